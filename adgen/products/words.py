"""Words of a title, as the lists of this room know them, and the files that hold the lists."""

from __future__ import annotations

import re
from importlib.resources import files

# Letters and digits, with what joins them inside a word: Harley-Davidson, K&S, U.S, Women's, Men's.
# U.S., C.R., Mr. and Inc. end with their point.
WORD = (
    r"(?:\b(?:[^\W\d_]\.){2,}|\b(?:Mrs?|Dr|St|No|Co|Inc|Ltd|Assn|Bros)\.|"
    r"[^\W_]+(?:[-'’.&+][^\W_]+)*(?:['’](?=\s|$))?)"
)
_WORDS = re.compile(rf"{WORD}|&")


def split_words(text: str) -> list[str]:
    """Returns a text's words; "&" is one.

    Example:
        >>> split_words("Black & Decker Men's Drill, 20V")
        ['Black', '&', 'Decker', "Men's", 'Drill', '20V']
    """
    return _WORDS.findall(text)


def key_of(word: str) -> str:
    """Returns the form by which a word is looked up: without case and last point."""
    return word.lower().replace("’", "'").removesuffix(".")


def keys_of(text: str) -> list[str]:
    """Returns the forms by which a text's words are looked up.

    Example:
        >>> keys_of("Men’s Drill")
        ["men's", 'drill']
    """
    return [key_of(word) for word in split_words(text)]


def read_list(name: str) -> list[str]:
    """Returns the lines of one of this room's lists."""
    text = files("adgen.products").joinpath(name).read_text(encoding="utf-8")
    return text.splitlines()
