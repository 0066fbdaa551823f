"""What stands in the columns of an export, taken from an ad's fields."""

from __future__ import annotations

import re
from collections.abc import Sequence

from adgen.exports.listings import Fields, Listing
from adgen.formats.lengths import length_of


def first_of(ad: Fields, *names: str) -> str:
    """Returns the first text of the first field that has one; empty of none."""
    return next((ad[name][0] for name in names if ad.get(name)), "")


def numbered(texts: Sequence[str], number: int) -> list[str]:
    """Returns texts as so many cells, empty behind the last one.

    Example:
        >>> numbered(["a", "b"], 3)
        ['a', 'b', '']
    """
    return [*texts[:number], *[""] * (number - len(texts))]


def listed(texts: Sequence[str], fewest: int, most: int) -> str:
    r"""Returns texts of which a platform takes a list, a line each; empty where they are too few.

    Example:
        >>> listed(["6mm Thick", "Non-Slip"], 2, 100), listed(["6mm Thick"], 2, 100)
        ('6mm Thick\nNon-Slip', '')
    """
    return "\n".join(texts[:most]) if len(texts) >= fewest else ""


def titled(listing: Listing, title: str, max_length: int) -> str:
    """Returns a title with what tells a variant apart behind it, where that has room.

    Words that the title says already are not said again; no title stays none.
    """
    longer = ", ".join([title, *untold(listing, title)]) if title else title
    return longer if length_of(longer, "characters") <= max_length else title


def untold(listing: Listing, text: str) -> list[str]:
    """Returns what of that which tells a variant apart a text does not say.

    A size S is not said by every word that holds the letter.
    """
    return [one for one in listing.differs.split(", ") if one and not _says(text, one)]


def _says(text: str, words: str) -> bool:
    found = re.escape(words)
    # Where words have no spaces between them they have no borders either.
    whole = rf"(?<!\w){found}(?!\w)" if words.isascii() else found
    return re.search(whole, text, re.IGNORECASE) is not None
