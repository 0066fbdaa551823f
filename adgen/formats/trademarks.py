"""Names of other makers in a product's ad.

Only where the product's own brand is known, and only names that are hardly anything else, written
as their makers write them. Behind "for" or "with" a name says what something fits or holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from itertools import islice

from adgen.formats.format import Rule
from adgen.formats.reading import WINDOW, Reading, Spans, apart
from adgen.formats.vocabulary import MAKERS
from adgen.products.brands import load_brands
from adgen.products.lexicon import CLASSES
from adgen.products.units import NAMES

_SHORTEST = 4  # letters; shorter names are abbreviations of many things
_MOST_WORDS = 3
_LETTERS = re.compile(r"[^\W_]+")
# What follows is another maker's product, up to the text's end; or a part of this one, up to the
# next comma.
_FITS = re.compile(
    r"\b(?:for|fits?|compatible|works|replac\w+|remanufactured|equivalent|alternative to|"
    r"designed)\b",
    re.IGNORECASE,
)
_WITH = re.compile(r"(?:\b(?:with|including)\b|\bw/)[^,;|–—]*$", re.IGNORECASE)
_MOST_PLACES = 20


def find_trademarks(reading: Reading, rule: Rule) -> Spans:
    """Returns where other makers' names stand; nothing where the product's brand is not known."""
    own = reading.names.brand
    if not own:
        return []
    known = _makers()
    words = reading.word_set & _words_of_makers()
    names = {
        name
        for word in words
        for name in known[word]
        if name in reading.text and not _is_own(name, own)
    }
    if not names:
        return []
    fits = _FITS.search(reading.text)
    end_of_own = fits.start() if fits else len(reading.text)
    found: Spans = []
    for name in sorted(names, key=len, reverse=True):
        pattern = re.compile(rf"(?<![\w&-]){re.escape(name)}(?![\w&-])")
        places = islice(pattern.finditer(reading.text, 0, end_of_own), _MOST_PLACES)
        for start, end in apart([match.span() for match in places], found):
            if not _WITH.search(reading.text, max(0, start - WINDOW), start):
                found.append((start, end))
    return sorted(found)


def _is_own(name: str, own: str) -> bool:
    """Tells whether a name is the product's brand, or shares a word with it."""
    if not set(name.lower().split()).isdisjoint(own.lower().split()):
        return True
    ours, theirs = ("".join(_LETTERS.findall(text.lower())) for text in (own, name))
    return ours in theirs or theirs in ours


@cache
def _makers() -> Mapping[str, tuple[str, ...]]:
    """Returns the names of makers that are no ordinary words, by the rarest word of each."""
    brands = load_brands()
    known: dict[str, list[str]] = {}
    for name in (*(brand.name for brand in brands.known if brand.is_distinct), *MAKERS):
        words = _LETTERS.findall(name.lower())
        rare = [word for word in words if word not in CLASSES]
        if len(words) > 1:
            rare = [word for word in rare if word not in brands.ordinary]
        if name in MAKERS or (rare and _is_name(name, words)):
            written = {name, name.title()} if name.islower() else {name}
            known.setdefault((rare or words)[0], []).extend(written)
    return {word: tuple(names) for word, names in known.items()}


@cache
def _words_of_makers() -> frozenset[str]:
    return frozenset(_makers())


def _is_name(name: str, words: list[str]) -> bool:
    """Tells whether a brand of the list is a name alone: no short one, no unit, no device."""
    if len(name) < _SHORTEST or name.isdigit() or len(words) > _MOST_WORDS:
        return False
    if len(words) == 1:
        return words[0] not in NAMES
    return not all(word in NAMES for word in words)
