"""Letters by script: which scripts write words without spaces, which signs belong to a letter.

Python's own Unicode data say it: a character's category, and its name, which begins with its script
and never changes. The module knows characters one by one, no words and no language.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# First words of the names of characters. Tibetan is not among them: it has a dot between syllables,
# which sets words apart as spaces do.
_WITHOUT_SPACES = frozenset(
    "BALINESE BOPOMOFO CJK HENTAIGANA HIRAGANA IDEOGRAPHIC JAVANESE KANA KATAKANA KHMER LAO MYANMAR "
    "TAI THAI".split()
)
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
