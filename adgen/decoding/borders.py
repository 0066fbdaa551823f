"""Whole words: which tokens may follow a prompt directly, so that "Dog" is no "Doghouse".

A letter makes the word before it longer where both are of scripts that set words apart by spaces.
Chinese, Japanese or Thai goes on without one, and begins a word behind Latin letters ("USB线"). An
accent or vowel sign always belongs to the letter before it. The module knows characters and
tokens' bytes, no models.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from adgen.support.scripts import is_mark, is_without_spaces, last_letter
from adgen.tokens.base import AdTokenizer

_LONGEST_CHARACTER = 4  # bytes
_MOST_SAMPLES = 1024  # characters that are looked at to judge the first bytes of a character
_NONE = np.zeros(0, np.int64)


class WordBorders:
    """Finds the tokens that would make a prompt's last word another one.

    Args:
        tokenizer: The model's.
    """

    def __init__(self, tokenizer: AdTokenizer) -> None:
        self._tokenizer = tokenizer
        self._found: dict[tuple[bool, bytes], NDArray[np.int64]] = {}

    def glued(self, prompt: str, token_ids: Sequence[int]) -> NDArray[np.int64]:
        """Returns the ids of the tokens that may not come next.

        Args:
            prompt: The prompt.
            token_ids: What was written after it. Once they hold a whole character, every token may
                follow.
        """
        last = "" if len(token_ids) >= _LONGEST_CHARACTER else last_letter(prompt)
        if not last:
            return _NONE
        token_bytes = self._tokenizer.token_bytes
        if not token_bytes:
            return _NONE
        # A model may have more token ids than its tokenizer has tokens; those write nothing.
        known = [token_id for token_id in token_ids if token_id < len(token_bytes)]
        begun = b"".join(token_bytes[token_id] for token_id in known)
        if token_ids and not _is_unfinished(begun):
            return _NONE
        key = is_without_spaces(last), begun
        if key not in self._found:
            self._found[key] = self._look_up(*key)
        return self._found[key]

    def _look_up(self, after_spaceless: bool, begun: bytes) -> NDArray[np.int64]:
        token_bytes = self._tokenizer.token_bytes
        judged: dict[bytes, bool] = {}
        glued = np.zeros(len(token_bytes), bool)  # (vocab,)
        for token_id, added in enumerate(token_bytes):
            if not added:
                continue
            # What decides: a character of ASCII is one byte, others are at most four.
            first = (begun + added[:_LONGEST_CHARACTER])[:_LONGEST_CHARACTER]
            first = first[:1] if first[0] < 0x80 else first
            if first not in judged:
                judged[first] = _is_glued(first, after_spaceless)
            glued[token_id] = judged[first]
        return np.flatnonzero(glued)


def last_border(text: str, end: int) -> int:
    """Returns the last place before `end` where a word of the text begins or a space stands; or -1.

    Example:
        >>> last_border("Sony TV", 6), last_border("手机壳", 2)
        (4, 2)
    """
    for place in range(end, 0, -1):
        here = text[place : place + 1]
        if here == " " and place < end:
            return place
        if here and is_without_spaces(text[place - 1]) and not is_mark(here):
            return place
    return -1


def _is_glued(first: bytes, after_spaceless: bool) -> bool:
    """Tells whether a text that begins with these bytes makes the word before it another one.

    A part of a character is judged by what most characters are that begin so.
    """
    span = _span(first)
    if span is None:
        return True  # no character begins so: the text would be damaged
    if len(span) == 1:
        return _makes_longer(chr(span[0]), after_spaceless)
    sample = [chr(code) for code in span[:: max(1, len(span) // _MOST_SAMPLES)]]
    kinds = [unicodedata.category(one)[0] for one in sample]
    # As `_makes_longer`, in less time: an ad's first token waits for 17,000 characters.
    letters = [one for one, kind in zip(sample, kinds, strict=True) if kind in "LN"]
    num_longer = kinds.count("M")
    if not after_spaceless:
        num_longer += sum(one.isalnum() and not is_without_spaces(one) for one in letters)
    return 2 * num_longer >= len(kinds) - kinds.count("C")


def _makes_longer(character: str, after_spaceless: bool) -> bool:
    """Tells whether a character belongs to the word, or to the letter, that stands before it."""
    if is_mark(character) or unicodedata.category(character) == "Cn":  # no character at all
        return True
    return character.isalnum() and not after_spaceless and not is_without_spaces(character)


def _is_unfinished(begun: bytes) -> bool:
    """Tells whether these are the first bytes of a character and more must come."""
    span = _span(begun)
    return span is not None and len(begun) < _length(begun[0])


def _span(first: bytes) -> range | None:
    """Returns the numbers of the characters that a UTF-8 text beginning so may begin with.

    None where it can be no text.
    """
    length = _length(first[0]) if first else 0
    given = first[1:length]
    if not length or any(byte & 0xC0 != 0x80 for byte in given):
        return None
    # 1. The bits that are given, then those that may be anything.
    code = first[0] if length == 1 else first[0] & (0xFF >> (length + 1))
    for byte in given:
        code = code << 6 | byte & 0x3F
    free_bits = 6 * (length - 1 - len(given))
    # 2. Not what has a shorter form, and nothing behind the last character.
    least = (0, 0, 0x80, 0x800, 0x10000)[length]
    low = max(code << free_bits, least)
    high = min((code + 1) << free_bits, 0x110000)
    return range(low, high) if low < high else None


def _length(lead: int) -> int:
    """Returns how many bytes a character has that begins with this one; 0 where none does."""
    if lead < 0x80:
        return 1
    return 2 * (0xC2 <= lead < 0xE0) + 3 * (0xE0 <= lead < 0xF0) + 4 * (0xF0 <= lead < 0xF5)
