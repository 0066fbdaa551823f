"""A product's name as a fact may say it: "Gas Stove" of a stove, "Boat Trailer Coupler"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from adgen.products.product import Fact
from adgen.writing.key_words import core_of, plain_key
from adgen.writing.repetition import head_of, words_of

_MOST_ADDED = 3  # words that a fact puts before the name
_FEWEST_WORDS = 2  # of a name that a fact without a key may repeat: "Basket" may be another one
_KINDS = "type kind style form variety subtype specialty model"
_OF_KIND = frozenset(_KINDS.split())
_ROW = re.compile(r"[,;:|/()]| (?:with|for|in|and|&|or|of|by|to) ", re.IGNORECASE)


def longer_name(brand: str, name: str, facts: Sequence[Fact]) -> tuple[str, list[Fact]]:
    """Returns the name with what a fact says before it, and the facts that are left.

    Of a fact that says the whole name at its end a title would say it twice: "Stove, Gas Stove".

    Example:
        >>> longer_name("", "stove", [Fact("gas stove", "Stove Type"), Fact("steel")])
        ('gas stove', [Fact(value='steel', key='')])
    """
    found = next((fact for fact in facts if _says_name(brand, name, fact)), None)
    if found is None:
        return name, list(facts)
    return found.value, [fact for fact in facts if fact is not found]


def _says_name(brand: str, name: str, fact: Fact) -> bool:
    """Tells whether a fact is the name with a few words before it, and nothing else."""
    wanted = words_of(name)
    said = words_of(fact.value)
    added = said[: len(said) - len(wanted)]
    if not wanted or not 0 < len(added) <= _MOST_ADDED or said[len(added) :] != wanted:
        return False
    if _ROW.search(fact.value) or _ROW.search(name) or not set(added).isdisjoint(words_of(brand)):
        return False
    if not fact.key:
        return len(wanted) >= _FEWEST_WORDS
    key = plain_key(fact.key)
    is_kind = not _OF_KIND.isdisjoint((core_of(key), *key.split()[-1:]))
    return is_kind or key.split() == [head_of(name)]
