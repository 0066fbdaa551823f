"""Names of other makers in a product's ad.

Only where the product's own brand is known, and only names that are hardly anything else, written
as their makers write them. Behind "for" or "with" a name says what something fits or holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from adgen.formats.format import Rule
from adgen.formats.reading import Reading
from adgen.formats.vocabulary import MAKERS
from adgen.products.brands import load_brands
from adgen.products.lexicon import CLASSES, DEVICE
from adgen.products.units import NAMES

_SHORTEST = 4  # letters; shorter names are abbreviations of many things
_MOST_WORDS = 3
# What follows is another maker's product, or a part of this one.
_FITS = re.compile(
    r"\b(?:for|fits?|compatible|with|works|replac\w+|alternative to|w/|designed|including)\b",
    re.IGNORECASE,
)


def find_trademarks(reading: Reading, rule: Rule) -> list[tuple[int, int]]:
    """Returns where other makers' names stand; nothing where the product's brand is not known."""
    own = reading.names.brand
    if not own:
        return []
    known = _makers()
    names = {
        name
        for word in reading.word_set & known.keys()
        for name in known[word]
        if name in reading.text and not _is_own(name, own)
    }
    found = []
    for name in sorted(names, key=len, reverse=True):
        for match in re.finditer(rf"(?<![\w&-]){re.escape(name)}(?![\w&-])", reading.text):
            inside = any(start < match.end() and match.start() < end for start, end in found)
            if not inside and not _FITS.search(reading.text, 0, match.start()):
                found.append(match.span())
    return sorted(found)


def _is_own(name: str, own: str) -> bool:
    """Tells whether a name shares a word with the product's brand."""
    return not set(name.lower().split()).isdisjoint(own.lower().split())


@cache
def _makers() -> Mapping[str, tuple[str, ...]]:
    """Returns the names of makers that are no ordinary words, by their first word."""
    brands = load_brands()
    known: dict[str, list[str]] = {}
    for name in (*(brand.name for brand in brands.known if brand.is_distinct), *MAKERS):
        words = re.findall(r"[^\W_]+", name.lower())
        if name in MAKERS or _is_name(name, words, brands.ordinary):
            known.setdefault(words[0], []).append(name)
    return {word: tuple(names) for word, names in known.items()}


def _is_name(name: str, words: list[str], ordinary: frozenset[str]) -> bool:
    if not words or len(name) < _SHORTEST or name.isdigit() or len(words) > _MOST_WORDS:
        return False
    if all(word in ordinary or word in CLASSES or word in NAMES for word in words):
        return False
    return not (len(words) == 1 and (name.islower() or CLASSES.get(words[0]) == DEVICE))
