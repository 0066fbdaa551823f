"""What a product's parts say against each other: colours, brands, two values of one key.

A wrong colour in an ad is worse than none, so what is doubtful is taken out of the facts, and the
reason says both sides. The module knows English colours and the brands that come with adgen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adgen.catalogues.headers import key_of
from adgen.products.brands import load_brands
from adgen.products.lexicon import CLASSES, COLOUR
from adgen.products.product import Fact
from adgen.products.words import key_of as word_of
from adgen.products.words import split_words

COLOUR_KEYS = frozenset(
    ("color", "colour", "colorpattern", "maincolor", "colormap", "colors", "colours", "farbe")
)
# A product has one of each; several materials or features are no contradiction.
_SINGLE_KEYS = COLOUR_KEYS | {"size", "gender", "agegroup"}
_SAME = {
    "grey": "gray",
    "golden": "gold",
    "burgandy": "burgundy",
    "fuschia": "fuchsia",
    "rosegold": "gold",
    "charcoal": "gray",
    "off-white": "white",
    "offwhite": "white",
    "ivory": "white",
    "camouflage": "camo",
    "lilac": "purple",
    "violet": "purple",
    "aqua": "blue",
    "navy": "blue",
    "indigo": "blue",
    "cyan": "blue",
    "maroon": "red",
    "burgundy": "red",
    "magenta": "pink",
    "fuchsia": "pink",
    "taupe": "brown",
    "tan": "brown",
    "khaki": "green",
    "teal": "green",
    "gunmetal": "gray",
}
# What stands under colour and is none: beside a colour in the title it says nothing.
_PATTERNS = re.compile(
    "floral|stripe|stripes|striped|print|printed|solid|plaid|checked|geometric|paisley|abstract",
    re.IGNORECASE,
)
_MANY = re.compile(r"multi|assorted|rainbow|two-tone|various|mix", re.IGNORECASE)


@dataclass(frozen=True)
class Doubtful:
    """Facts that something else speaks against, and why."""

    facts: Sequence[Fact]
    reasons: Sequence[str]


def contradictions(
    name: str, brand: str, facts: Sequence[Fact], of_variants: Iterable[Sequence[Fact]]
) -> Doubtful:
    """Finds facts that a product's name or its other facts speak against.

    Args:
        name: The product's name.
        brand: Its brand.
        facts: Its facts.
        of_variants: The facts of each of its variants.

    Example:
        >>> found = contradictions("Golden Saree", "", [Fact("green", "Color")], ())
        >>> found.reasons
        ["another colour in the title: 'Golden Saree', Color is 'green'"]
    """
    doubtful: list[Fact] = []
    reasons: list[str] = []
    _two_values(facts, doubtful, reasons)
    titled = _colours(name)
    if titled and not _MANY.search(name):
        _other_colours(name, titled, facts, doubtful, reasons)
        _variants_colours(name, titled, of_variants, reasons)
    other = _other_brand(name, brand) if brand else ""
    if other:
        reasons.append(f"another brand in the title: it begins with {other!r}, brand is {brand!r}")
    return Doubtful(doubtful, reasons)


def says_several(value: str) -> bool:
    """Says whether what stands under colour is several colours, or a pattern and none."""
    return bool(_MANY.search(value) or _PATTERNS.fullmatch(value.strip()))


def _two_values(facts: Sequence[Fact], doubtful: list[Fact], reasons: list[str]) -> None:
    """Finds keys with two values of which only one can be so."""
    by_key: dict[str, list[Fact]] = {}
    for fact in facts:
        key = key_of(fact.key)
        if key in _SINGLE_KEYS:
            by_key.setdefault("color" if key in COLOUR_KEYS else key, []).append(fact)
    for same in by_key.values():
        if len(same) > 1:
            doubtful += same
            values = " and ".join(repr(fact.value) for fact in same)
            reasons.append(f"two values of one fact: {same[0].key} is {values}")


def _other_colours(
    name: str,
    titled: set[str],
    facts: Sequence[Fact],
    doubtful: list[Fact],
    reasons: list[str],
) -> None:
    for fact in facts:
        if key_of(fact.key) in COLOUR_KEYS and fact not in doubtful and _differs(titled, [fact]):
            doubtful.append(fact)
            reasons.append(f"another colour in the title: {name!r}, {fact.key} is {fact.value!r}")


def _variants_colours(
    name: str, titled: set[str], of_variants: Iterable[Sequence[Fact]], reasons: list[str]
) -> None:
    found = [fact for facts in of_variants for fact in facts if key_of(fact.key) in COLOUR_KEYS]
    if found and _differs(titled, found):
        shown = ", ".join(dict.fromkeys(fact.value for fact in found))
        reasons.append(f"another colour in the title: {name!r}, variants are {shown}")


def _differs(titled: set[str], facts: Sequence[Fact]) -> bool:
    """Says whether facts name colours, and none of a title's; or patterns for colours."""
    named = set().union(*(_colours(fact.value) for fact in facts))
    if not named and all(_PATTERNS.fullmatch(fact.value.strip()) for fact in facts):
        return True
    is_many = any(_MANY.search(fact.value) for fact in facts)
    return bool(named) and not is_many and named.isdisjoint(titled)


def _colours(text: str) -> set[str]:
    words = map(word_of, split_words(text.replace("/", " ").replace("-", " - ")))
    found = {word for word in words if CLASSES.get(word) == COLOUR}
    # Of two names of one colour, such as navy and blue, either will do.
    return {_SAME.get(_SAME.get(word, word), _SAME.get(word, word)) for word in found}


def _other_brand(name: str, brand: str) -> str:
    """Returns the well-known brand that a title begins with, where it is another."""
    keys = list(map(word_of, split_words(name)))
    if not keys:
        return ""
    found = load_brands().find(keys)
    if found is None or not found.is_distinct:
        return ""
    ours = key_of(brand)
    theirs = key_of(found.name)
    return "" if ours in theirs or theirs in ours else found.name
