"""What is said of a product, in parts: its brand, its names from long to short, its facts.

Titles say all of it in one row; headlines of 30 characters and sentences take what they have room
for. Nothing here knows a model or a platform.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adgen.products.lexicon import CLASSES, COLOUR, SHADE
from adgen.products.names import load_names
from adgen.products.words import keys_of
from adgen.writing.pieces import Piece
from adgen.writing.repetition import words_of

# A name without one of these words is another thing: fake flowers, a toy truck, sugar free gum.
_NOT_TO_DROP_TEXT = """
anti artificial baby cat costume dog doll dummy fake false faux free imitation imitated lab less
mini miniature mock model no non not pet pretend proof refurbished renewed replacement replica
simulated synthetic toy used vegan without
"""
_NOT_TO_DROP = frozenset(_NOT_TO_DROP_TEXT.split())
# What begins no name, though many titles end so: blend pants, neck shirt.
_NO_BEGINNING_TEXT = """
blend color colour cut down fit front grade grain in leg mount neck of off on out over piece print
proof quality resistant safe set size sleeve style top type up waist way
"""
_NO_BEGINNING = frozenset(_NO_BEGINNING_TEXT.split())
_BEHIND = re.compile(r",| (?:with|w/|for|by|-|–) |\s\(", re.IGNORECASE)


@dataclass(frozen=True)
class Told:
    """Holds what is said of a product.

    Attributes:
        brand: Empty where it has none, or where the name says it.
        names: What it is called, the whole name first, then shorter ones.
        facts: Pieces of its facts, in their order.
    """

    brand: str
    names: tuple[str, ...]
    facts: tuple[Piece, ...]

    @property
    def things(self) -> list[str]:
        """Returns what the product is called, the longest first: with its brand, then without."""
        both = [f"{self.brand} {name}" for name in self.names] if self.brand else []
        return [*both, *self.names]


def told_of(pieces: Sequence[Piece]) -> Told:
    """Takes apart what an ad says.

    Args:
        pieces: As `pieces_of` gives them, what is excluded left out.
    """
    brand = next((piece.forms[0] for piece in pieces if piece.leads and not piece.is_name), "")
    name = next((piece.forms[0] for piece in pieces if piece.is_name), "")
    facts = tuple(piece for piece in pieces if not (piece.leads or piece.is_name))
    return Told(brand, tuple(names_of(name)), facts)


def names_of(name: str) -> Iterator[str]:
    """Yields a name, and shorter ones that are still true of the product.

    What follows "with" or "for" goes first, then a colour at the end, then all before the two or
    three words that many products are called by; a faux leather jacket is no leather jacket.

    Example:
        >>> list(names_of("Wireless Running Shoes with Lights"))
        ['Wireless Running Shoes with Lights', 'Wireless Running Shoes', 'Running Shoes']
    """
    yield name
    cut = _BEHIND.search(name)
    head = name[: cut.start()] if cut else name
    words = head.split()
    if cut and (len(words) > 1 or _known_words(words)):
        yield head
    while len(words) > 1 and CLASSES.get(words[-1].casefold()) in (COLOUR, SHADE):
        words.pop()  # "Table Lamp Rose Pink"
    if len(words) < len(head.split()):
        yield " ".join(words)
    known = _known_words(words)
    dropped = words[: len(words) - known]
    left = words[len(words) - known :]
    is_same = _NOT_TO_DROP.isdisjoint(words_of(" ".join(dropped)))
    if dropped and is_same and len(left) > 1 and _NO_BEGINNING.isdisjoint(words_of(left[0])):
        yield " ".join(left)


def _known_words(words: Sequence[str]) -> int:
    """Returns how many of the last words are a name that many products have; 0 where none are."""
    keys = keys_of(" ".join(words))
    return load_names().ending_at(keys, len(keys))
