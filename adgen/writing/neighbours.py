"""Which two texts may not stand side by side, since the first would be read with the second.

A "Wool Fleece Lined Beanie" seems lined with wool, a "Cork White Mat" white as cork is, and of a
"Pink Moonstone Ring" the stone is pink. It knows words alone, not what they are said of.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from adgen.products.lexicon import CLASSES, COLOUR, MATERIAL, SHADE, WEAK_COLOUR
from adgen.writing.key_terms import GEMS
from adgen.writing.piece import Piece

_MOST_PAIRS = 4_096  # remembered: a product's few are asked for again and again
_WORDS_READ = 2  # of what follows: "Fleece Lined", "Rose Quartz"
_LINED = frozenset(("lined", "lining"))
_MIXED = frozenset(("blend", "mix"))  # of materials
_COLOURS = frozenset((COLOUR, SHADE, WEAK_COLOUR))


@lru_cache(maxsize=_MOST_PAIRS)
def clash(first: str, second: str) -> bool:
    """Tells whether a text right before another one would be read with it.

    Args:
        first: A fact that stands before the name.
        second: Another fact, or the name.

    Example:
        >>> clash("Wool", "Fleece Lined Beanie"), clash("Fleece Lined", "Wool Beanie")
        (True, False)
        >>> clash("Cork", "White"), clash("Pink", "Moonstone Ring"), clash("Pink", "Ring")
        (True, True, False)
    """
    before = first.casefold().split()
    behind = second.casefold().replace("-lined", " lined").split()
    if _is_of_material(before):
        return not _LINED.isdisjoint(behind[:_WORDS_READ]) or _begins_with_colour(behind)
    return _is_colour(before) and not GEMS.isdisjoint(behind[:_WORDS_READ])


def forms_before_name(pieces: Sequence[Piece]) -> list[Sequence[str]]:
    """Returns the forms of each piece before the name; none that would be read with the name."""
    names = [piece.forms[0] for piece in pieces if piece.is_name]
    return [
        piece.before
        if piece.is_name or piece.leads
        else [form for form in piece.before if not any_clash([form], names)]
        for piece in pieces
    ]


def any_clash(first: Sequence[str], second: Sequence[str]) -> bool:
    """Tells whether one of some texts would be read with one of others behind it."""
    return any(clash(one, other) for one in first for other in second)


def _is_of_material(words: list[str]) -> bool:
    named = [word for word in words if word not in _MIXED]
    return bool(named) and CLASSES.get(named[-1]) == MATERIAL


def _is_colour(words: list[str]) -> bool:
    return all(CLASSES.get(word) in _COLOURS for word in words)


def _begins_with_colour(words: list[str]) -> bool:
    # Of a name that begins with "cherry" it may be what the product is for: a steel cherry pitter.
    classes = [CLASSES.get(word) for word in words[:_WORDS_READ]]
    return _is_colour(words) or classes[:1] == [COLOUR] or classes == [SHADE, COLOUR]
