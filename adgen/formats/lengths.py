"""The length of a text as a platform counts it: characters, display width, bytes, X's weights.

Texts are counted in their composed form (NFC), since that is what is stored and shown. The module
knows units, no limits.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import lru_cache

from adgen.formats.contacts import WEB_ADDRESS
from adgen.formats.emoji import EMOJI

_LINK_LENGTH = 23  # of X, whatever the link's own
# Characters that X counts once; all others count twice.
_LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
# `{KeyWord:default}` and its kin: what is shown where nothing is put in its place.
INSERTION = re.compile(
    r"\{(?:keyword|param[1-3]|customizer\.[^{}:]*|location\([^{}()]*\)):([^{}]*)\}", re.IGNORECASE
)
_MOST_CHARACTERS = 1 << 16


def length_of(text: str, unit: str) -> int:
    """Returns the length of a text in a unit of `UNITS`.

    Example:
        >>> [length_of("靴 A", unit) for unit in ("characters", "width", "bytes")]
        [3, 4, 5]
    """
    if text.isascii() and unit != "weighted":
        return len(text)
    return _MEASURES[unit](unicodedata.normalize("NFC", text))


def said_unit(unit: str) -> str:
    """Returns what people call a unit: width and X's weights are counted in characters too.

    Example:
        >>> said_unit("width"), said_unit("bytes")
        ('characters', 'bytes')
    """
    return "bytes" if unit == "bytes" else "characters"


def wide_note(text: str, unit: str) -> str:
    """Returns why a text counts as more characters than it has; empty where it does not.

    Example:
        >>> wide_note("靴", "width"), wide_note("A", "width")
        ('wide letters count twice', '')
    """
    is_more = unit == "width" and length_of(text, unit) > length_of(text, "characters")
    return "wide letters count twice" if is_more else ""


def fitting_chars(text: str, max_length: int, unit: str) -> int:
    """Returns how many characters of a text's beginning are within a length.

    Example:
        >>> fitting_chars("靴ABC", 3, "width")
        2
    """
    if text.isascii() and unit != "weighted":
        return min(max_length, len(text))
    key: Callable[[int], int] = lambda end: length_of(text[:end], unit)  # noqa: E731
    return max(0, bisect_right(range(len(text) + 1), max_length, key=key) - 1)


def shown_text(text: str) -> tuple[str, list[int]]:
    """Returns a text with its insertions replaced by their defaults, and where each part is from.

    Returns:
        The text, and for each of its characters the index in the text given.

    Example:
        >>> shown_text("Buy {KeyWord:Tea}")
        ('Buy Tea', [0, 1, 2, 3, 13, 14, 15])
    """
    places: list[int] = []
    end = 0
    for match in INSERTION.finditer(text):
        places += range(end, match.start())
        places += range(*match.span(1))
        end = match.end()
    places += range(end, len(text))
    return "".join(text[place] for place in places), places


@lru_cache(_MOST_CHARACTERS)
def _width(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _weighted(text: str) -> int:
    """Counts as X does: a link 23, an emoji 2 however many signs it is made of."""
    text = WEB_ADDRESS.sub("x" * _LINK_LENGTH, text)
    if text.isascii():
        return len(text)
    text = EMOJI.sub("\u3042", text)  # any character that counts twice
    return sum(
        1 if any(first <= ord(character) <= last for first, last in _LIGHT) else 2
        for character in text
    )


_MEASURES: Mapping[str, Callable[[str], int]] = {
    "characters": len,
    "width": lambda text: sum(map(_width, text)),
    "bytes": lambda text: len(text.encode("utf-8", "surrogatepass")),
    "weighted": _weighted,
}
UNITS = tuple(_MEASURES)
