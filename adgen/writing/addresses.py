"""Texts as they stand in an address, after the shop's own: "Lumière Lamp" is "Lumiere-Lamp"."""

from __future__ import annotations

import re
import unicodedata

_NO_PATH = re.compile(r"[^A-Za-z0-9]+")
# Letters that are no others with an accent.
_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "æ": "ae",
        "Æ": "Ae",
        "œ": "oe",
        "Œ": "Oe",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ı": "i",
        "'": None,
        "’": None,
    }
)


def path_of(text: str) -> str:
    """Returns a text in letters, digits and hyphens.

    Example:
        >>> path_of("Café Crème, 6 pcs")
        'Cafe-Creme-6-pcs'
    """
    return _NO_PATH.sub("-", _without_accents(text)).strip("-")


def _without_accents(text: str) -> str:
    """Returns a text in letters without accents, as addresses have them: Lumière as Lumiere."""
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(one for one in apart if not unicodedata.combining(one))
