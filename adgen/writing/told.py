"""What is said of a product, in parts: its brand, its names from long to short, its facts.

Titles say all of it in one row; headlines of 30 characters and sentences take what they have room
for. Nothing here knows a model or a platform.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from adgen.products.lexicon import CLASSES, COLOUR, SHADE
from adgen.products.names import load_names
from adgen.products.words import keys_of
from adgen.writing.piece import Piece
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
BEHIND = re.compile(
    r",| (?:compatible (?:with|for)|fits|with|without|w/|for|by|-|–) |\s\(", re.IGNORECASE
)
_JOINED = frozenset(("to", "of", "and", "&", "+", "or", "in", "from"))  # no end without the other
_OWNER = re.compile(r"[^\W\d]+['’]s?|Unisex", re.IGNORECASE)
_FEWEST_WORDS = 2  # of a shorter name
_T = TypeVar("_T")
Room = Callable[[str], bool]  # whether a text may stand where it is to


@dataclass(frozen=True)
class Told:
    """Holds what is said of a product.

    Attributes:
        brand: Empty where it has none, or where the name says it but at its beginning.
        names: What it is called, the whole name first, then shorter ones.
        facts: Pieces of its facts, in their order.
        purpose: What it is for, where the name says so: "for Samsung Galaxy S23".
        owner: Whose it is, "Men's", where the longer names begin with it.
    """

    brand: str
    names: tuple[str, ...]
    facts: tuple[Piece, ...]
    purpose: str = ""
    owner: str = ""

    def with_before(self, form: str, name: str) -> str:
        """Returns a name with a fact before it, whose it is before both: "Men's Red Shoes"."""
        owner = f"{self.owner} " if self.owner else ""
        rest = name.removeprefix(owner)
        return f"{owner}{form} {rest}" if owner and rest != name else f"{form} {name}"

    @property
    def things(self) -> list[str]:
        """Returns what the product is called, the longest first: with its brand, then without."""
        both = [f"{self.brand} {name}" for name in self.names] if self.brand else []
        return [*both, *self.names]


def told_of(pieces: Sequence[Piece], brand: str = "") -> Told:
    """Takes apart what an ad says.

    Args:
        pieces: As `pieces_of` gives them, what is excluded left out.
        brand: The product's, which its name may begin with.
    """
    leading = next((piece.forms[0] for piece in pieces if piece.leads and not piece.is_name), "")
    name = next((piece.forms[0] for piece in pieces if piece.is_name), "")
    if not leading and brand and name.casefold().startswith(f"{brand.casefold()} "):
        leading = name[: len(brand)]
        name = name[len(brand) :].strip()
    owner = next((p.forms[0] for p in pieces if p.precedes and p.is_owner), "")
    facts = tuple(p for p in pieces if not (p.leads or p.is_name or (owner in p.forms)))
    cut = BEHIND.search(name)
    tail = name[cut.start() :].strip(" ,") if cut else ""
    names = list(names_of(name))
    names[0] = names[0].replace(": ", " ", 1)  # a title's colon, since facts follow another one
    names = [*(f"{owner} {name}" for name in names if owner), *names]
    purpose = tail if tail.startswith("for ") else ""
    return Told(leading, tuple(names), facts, purpose, owner)


def names_of(name: str) -> Iterator[str]:
    """Yields a name, and shorter ones that are still true of the product.

    What follows "with" or "for" goes first, then colours and model numbers at the end, then what is
    before the two or three words that many products are called by, but whose it is; a faux leather
    jacket is no leather jacket.

    Example:
        >>> list(names_of("Women's Light Running Shoes with Lights"))
        ["Women's Light Running Shoes with Lights", "Women's Light Running Shoes", \
"Women's Running Shoes"]
    """
    yield name
    title, colon, _ = name.partition(": ")
    if colon:
        yield title
        return
    cut = BEHIND.search(name)
    head = name[: cut.start()] if cut else name
    words = head.split()
    if cut and (len(words) > 1 or _num_known(words)):
        yield head
    while len(words) > 1 and _says_which(words[-1]):
        words.pop()  # "Table Lamp Rose Pink", "Smart TV VX-55Q8"
    if len(words) < len(head.split()):
        yield " ".join(words)
    shortest = _without_beginning(words)
    if shortest:
        yield " ".join(shortest)


def _without_beginning(words: Sequence[str]) -> list[str]:
    """Returns the last words of a name that name the product too; none where none do."""
    known = _num_known(words)
    if not known or len(words) <= _FEWEST_WORDS:
        return []
    start = len(words) - max(known, _FEWEST_WORDS)
    dropped = list(words[:start])
    left = list(words[start:])
    said = words_of(" ".join(dropped))
    is_another = not _NOT_TO_DROP.isdisjoint(said) or not _JOINED.isdisjoint(dropped)
    is_cut = bool(dropped) and (dropped[-1].isdecimal() or len(left[0]) == 1)
    if not dropped or is_cut or is_another or not _NO_BEGINNING.isdisjoint(words_of(left[0])):
        return []
    owner = dropped[:1] if _OWNER.fullmatch(dropped[0]) else []
    return [] if owner == dropped else [*owner, *left]


def _says_which(word: str) -> bool:
    """Tells whether a word at the end of a name says which one it is: a colour, a model number."""
    return any(map(str.isdigit, word)) or CLASSES.get(word.casefold()) in (COLOUR, SHADE)


def _num_known(words: Sequence[str]) -> int:
    """Returns how many of the last words are a name that many products have; 0 where none are."""
    keys = keys_of(" ".join(words))
    return load_names().ending_at(keys, len(keys))


def turned(items: Sequence[_T], number: int) -> list[_T]:
    """Returns items, beginning at another one: those before it come last.

    Example:
        >>> turned(["a", "b", "c"], 4)
        ['b', 'c', 'a']
    """
    start = number % max(1, len(items))
    return [*items[start:], *items[:start]]
