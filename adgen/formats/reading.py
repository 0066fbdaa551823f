"""A text as the rules read it, with its words cut once for all; and names that may stand in it.

The module knows no rule.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from adgen.formats.vocabulary import NAMES

_PUNCTUATION = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'’‘“”„«»–—…·•|¡¿、。，！？・（）【】「」™®©"
_SPACES: Mapping[int, str] = {ord(mark): " " for mark in _PUNCTUATION}
# The same for ASCII, which bytes do ten times as fast; small letters in place of capitals too.
_ASCII_SPACES = bytes(
    ord(" " if chr(code) in _PUNCTUATION else chr(code).lower()) if code < 128 else code
    for code in range(256)
)
_OTHERS = re.compile("[^A-Za-z0-9 ,.'&()/:+-]")
# A mark before another one, or where a space belongs behind it; a line's end within a text.
_ODD_MARKS = re.compile(
    r"[\t-\r!?,;:&%@#$^~=|.*+/<>-]"
    r"(?:[!?,;:&%@#$^~=|.*+/<>-]|(?<=[\t-\r,;!?.])(?=[A-Za-z])|(?<=[\t-\r]))"
)
_MOST_NAMES = 256


Spans = list[tuple[int, int]]
# How far around a place the rules look, so that a text of a million characters takes no more time
# for each of its places than a short one.
WINDOW = 60


def apart(spans: Spans, others: Spans) -> Spans:
    """Returns the places that overlap none of others.

    Example:
        >>> apart([(0, 2), (5, 6)], [(1, 3)])
        [(5, 6)]
    """
    if not others:
        return spans
    ordered = sorted(others)
    starts = [start for start, _ in ordered]
    ends = list(accumulate((end for _, end in ordered), max))  # the last end of all up to here
    kept = []
    for start, end in spans:
        place = bisect_left(starts, end)
        if not place or ends[place - 1] <= start:
            kept.append((start, end))
    return kept


class Reading:
    """Holds a text and its words.

    Args:
        text: The text, insertions replaced.
        names: Names that may stand in it as they are.
        watched: Words, in lower case, without which some rules have nothing to look for.

    Attributes:
        words: Its words in lower case, cut at every punctuation mark.
        word_set: The same without doubles.
        has_odd_marks: Whether a mark stands before another one, or before a letter; of ASCII.
        is_plain: Whether it holds letters, digits, spaces and the commonest marks alone.
        watched: Those of the watched words that it holds.
    """

    __slots__ = (
        "has_odd_marks",
        "is_ascii",
        "is_plain",
        "names",
        "text",
        "watched",
        "word_set",
        "words",
    )

    def __init__(self, text: str, names: AllowedNames, watched: frozenset[str]) -> None:
        self.text = text
        self.names = names
        self.is_ascii = text.isascii()
        self.is_plain = not _OTHERS.search(text)
        self.has_odd_marks = bool(_ODD_MARKS.search(text))
        if self.is_ascii:
            self.words = text.encode().translate(_ASCII_SPACES).decode().split()
        else:
            self.words = text.lower().translate(_SPACES).split()
        self.word_set = frozenset(self.words)
        self.watched = self.word_set & watched


@dataclass(frozen=True)
class AllowedNames:
    """Knows where names stand whose capitals and signs are their own.

    Attributes:
        brand: The product's brand, empty where it is not known.
        names: All names, the brand among them.
    """

    brand: str
    names: tuple[str, ...]

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Returns where the names stand in a text, whatever their case."""
        pattern = _pattern_of(self.names)
        return [match.span() for match in pattern.finditer(text)]


@lru_cache(_MOST_NAMES)
def allowed_names(brand: str, allow: tuple[str, ...]) -> AllowedNames:
    """Returns the names that a text may hold: those given, and those known to everybody."""
    given = [name.strip() for name in (brand, *allow)]
    address = [f"{brand.strip()}.com"] if brand.strip() else []  # which is many a brand's own name
    return AllowedNames(brand.strip(), (*filter(None, given), *address, *NAMES))


@lru_cache(_MOST_NAMES)
def _pattern_of(names: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
