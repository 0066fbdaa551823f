"""Letters by script: which scripts write words without spaces, which signs belong to a letter.

Python's own Unicode data say it: a character's category, and its name, which begins with its script
and never changes. The module knows characters one by one, no words and no language.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import groupby

# First words of the names of characters. Tibetan is not among them: it has a dot between syllables,
# which sets words apart as spaces do.
_WITHOUT_SPACES = {"BALINESE", "BOPOMOFO", "CJK", "HENTAIGANA", "HIRAGANA", "IDEOGRAPHIC"}
_WITHOUT_SPACES |= {"JAVANESE", "KANA", "KATAKANA", "KHMER", "LAO", "MYANMAR", "TAI", "THAI"}
# Stands for a mark while words are looked for: to `re` marks are no part of a word, and this letter
# is. What begins with a mark is the rest of a sign (`❤️`), no word.
MARK = "\u02d1"
_WORD = re.compile(rf"(?!{MARK})[^\W_]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_JOINERS = "\u200c\u200d"
_MOST_CHARACTERS = 1 << 16


@lru_cache(_MOST_CHARACTERS)
def is_mark(character: str) -> bool:
    """Returns whether a sign belongs to the letter before it: an accent, a vowel sign, a joiner.

    Example:
        >>> [is_mark(character) for character in "\u0301\u093fe'"]
        [True, True, False, False]
    """
    return character in _JOINERS or unicodedata.category(character)[0] == "M"


@lru_cache(_MOST_CHARACTERS)
def is_without_spaces(character: str) -> bool:
    """Returns whether a letter, digit or mark is of a script that sets no spaces between words.

    These are Chinese, Japanese, Thai, Lao, Khmer, Burmese and a few more; Korean has spaces.

    Example:
        >>> [is_without_spaces(character) for character in "\u624bカกa\ud55c。"]
        [True, True, True, False, False, False]
    """
    if character.isascii() or not (character.isalnum() or is_mark(character)):
        return False
    first_words = unicodedata.name(character, "").replace("-", " ").split()[:2]
    return not _WITHOUT_SPACES.isdisjoint(first_words)


def last_letter(text: str) -> str:
    """Returns the letter or digit that a text ends in, without its marks; "" if it ends otherwise.

    Example:
        >>> last_letter("cafe\u0301"), last_letter("Wi-")
        ('e', '')
    """
    end = len(text)
    while end and is_mark(text[end - 1]):
        end -= 1
    return text[end - 1 : end] if text[end - 1 : end].isalnum() else ""


def shape_of(text: str) -> str:
    """Returns a text with `MARK` in place of every mark, in which `re` finds whole words."""
    return "".join(MARK if is_mark(character) else character for character in text)


def is_spaced(text: str) -> bool:
    """Returns whether spaces and punctuation alone set a text's words apart, and it has no marks.

    Example:
        >>> is_spaced("Crème – 50 ml"), is_spaced("手机壳"), is_spaced("cafe\u0301")
        (True, False, False)
    """
    if text.isascii():
        return True
    others = set(_NOT_ASCII.findall(text))
    return not any(is_mark(character) or is_without_spaces(character) for character in others)


def find_words(text: str) -> list[str]:
    """Returns the runs of letters and digits of a text, their marks among them.

    Where no spaces show the words, every two letters in a row stand for one.

    Example:
        >>> find_words("Wi-Fi हिन्दी, 手机壳")
        ['Wi', 'Fi', 'हिन्दी', '手机', '机壳']
    """
    if is_spaced(text):
        return _WORD.findall(text)
    words: list[str] = []
    for has_no_spaces, characters in groupby(text, is_without_spaces):
        run = "".join(characters)
        if has_no_spaces:
            starts = [i for i, character in enumerate(run) if not is_mark(character)] or [0]
            ends = [*starts[2:], len(run)]  # of every pair; one letter alone is a word too
            words += [run[start:end] for start, end in zip(starts, ends, strict=False)]
        else:
            words += [run[found.start() : found.end()] for found in _WORD.finditer(shape_of(run))]
    return words
