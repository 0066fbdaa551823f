"""What products are called: phrases that end a title's first part, such as "Running Shoes".

Learned from titles, kept as a list. The first part of a title ends with the name of the product,
before a comma, a number or "with": the words that mostly stand there are such names or their last
words. It knows no brands and no facts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from adgen.products.lexicon import (
    ALLOY,
    AUDIENCE,
    CLASSES,
    COATING,
    COLOUR,
    FEATURE,
    MATERIAL,
    SHADE,
    SIZE,
    TEXTURE,
    WEAK_COLOUR,
)
from adgen.products.words import keys_of, read_list

NAMES_FILE = "names.txt"
LONGEST_NAME = 3  # words

# How often a phrase must end a title's first part, and in which share of its places.
_MIN_ENDS = {1: 30, 2: 40, 3: 40}
_MIN_SHARE = {1: 0.06, 2: 0.15, 3: 0.2}
_MIN_SHARE_OF_TIGHT = 0.25  # of the places of the last word
_NEVER_IN_NAMES = {COLOUR, COATING, SIZE}
_NO_THINGS = {*_NEVER_IN_NAMES, AUDIENCE, FEATURE, MATERIAL, SHADE, TEXTURE, ALLOY, WEAK_COLOUR}
_FACTS = {AUDIENCE, FEATURE, MATERIAL, SHADE, TEXTURE, ALLOY, WEAK_COLOUR}
_END = re.compile(
    r"[,;|()\[\]:–—!/]|\s-\s|\s[#.]?\d|\s(?:with|for|by|in|from|w|and|to|on|of)\b", re.IGNORECASE
)
_NO_NAMES_TEXT = """
    & n all assorted basics brand brands bulk buy clothing collection color colors company
    compatible ac android big bluetooth certified choice co commercial complete corp creative dc
    deluxe design designs edition exclusive fit flex free gift gifts go grade group hd inc inch life
    logo made male marine max me model
    mounted new only original part performance piece point print pro products professional push
    replacement s safe series size sizes starter style suitable standard t tech time up usa
    value wholesale works world you your
"""
_NO_NAMES = frozenset(_NO_NAMES_TEXT.split())


@dataclass(frozen=True)
class Names:
    """Knows what products are called.

    Attributes:
        known: Names of one to three words, in lower case.
    """

    known: frozenset[str]
    _last_words: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lasts = frozenset(name.rpartition(" ")[2] for name in self.known)
        object.__setattr__(self, "_last_words", lasts)

    def ending_at(self, keys: Sequence[str], end: int, start: int = 0) -> int:
        """Returns how many words before `end`, from `start`, are one name; 0 where none ends there.

        Args:
            keys: Words as `words.key_of` gives them.
            end: Index behind the name's last word.
            start: Index of the first word that may be in it.
        """
        if not end or keys[end - 1] not in self._last_words:
            return 0
        for length in range(min(LONGEST_NAME, end - start), 0, -1):
            if " ".join(keys[end - length : end]) in self.known:
                return length
        return 0


@cache
def load_names() -> Names:
    """Returns the names that come with adgen, learned from the training ads of its corpus."""
    return Names(frozenset(read_list(NAMES_FILE)))


def learn_names(titles: Sequence[str]) -> Names:
    """Learns names from what stands at the end of titles' first parts.

    Args:
        titles: Many titles, at best one of each family of variants.
    """
    # 1. How titles' first parts end.
    ends: Counter[str] = Counter()
    for title in titles:
        cut = _END.search(title, 1)
        words = keys_of(title[: cut.start()] if cut else title)
        for length in range(1, min(LONGEST_NAME + 1, len(words))):
            ends[" ".join(words[-length:])] += 1
    frequent = {key for key, num in ends.items() if num >= _MIN_ENDS[key.count(" ") + 1]}
    # 2. How often that stands anywhere.
    places: Counter[str] = Counter()
    for title in titles:
        words = keys_of(title)
        for i, word in enumerate(words, start=1):
            if word in frequent:
                lengths = range(1, min(LONGEST_NAME, i) + 1)
                phrases = (" ".join(words[i - length : i]) for length in lengths)
                places.update(phrase for phrase in phrases if phrase in frequent)
    return Names(frozenset(key for key in frequent if _is_name(key, ends, places)))


def _is_name(key: str, ends: Mapping[str, int], places: Mapping[str, int]) -> bool:
    words = key.split()
    if ends[key] < _MIN_SHARE[len(words)] * places[key] or _class(words[-1]) in _NO_THINGS:
        return False
    if any(word in _NO_NAMES or not word[0].isalpha() for word in words):
        return False
    classes = {_class(word) for word in words[:-1]}
    if "'" in "".join(words[:-1]) or classes & _NEVER_IN_NAMES:
        return False
    # "Leather" is a fact of a belt, "metal" no fact of a metal detector.
    is_tight = places[key] >= _MIN_SHARE_OF_TIGHT * places.get(words[-1], 0)
    return is_tight or classes.isdisjoint(_FACTS)


def _class(word: str) -> str:
    return CLASSES.get(word, "")
