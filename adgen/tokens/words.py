"""The 2022 experiment's words: how a text falls into words, and how words make a text again.

Pure text rules; ids and vocabularies are the tokenizer's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

# The 2022 experiment removed these and set the others apart as words of their own.
REMOVED_PUNCTUATION = '"()_'
SEPARATED_PUNCTUATION = "!?.,:-;"
_WORD_TABLE = str.maketrans(
    {character: "" for character in REMOVED_PUNCTUATION}
    | {character: f" {character} " for character in SEPARATED_PUNCTUATION}
)
# A special token's name inside a text is text: without its brackets it cannot be mistaken for the
# token. All brackets go, and after the removed punctuation, or '<<eos>>' and '<(eos>' would still
# become the token.
_SPECIAL_NAME = re.compile("<+(pad|unk|eos)>+")


def split_words(text: str) -> list[str]:
    """Returns the words of a text by the 2022 rules; `WordTokenizer.encode` splits the same way."""
    return _SPECIAL_NAME.sub(r"\1", text.translate(_WORD_TABLE)).split()


def count_words(texts: Iterable[str]) -> Counter[str]:
    """Counts how often each word occurs."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(split_words(text))
    return counts


_COLOURS = {
    "black",
    "white",
    "red",
    "blue",
    "green",
    "yellow",
    "orange",
    "purple",
    "pink",
    "brown",
    "beige",
    "gray",
    "grey",
    "gold",
    "silver",
    "rose",
    "navy",
}


def join_words(words: Sequence[str]) -> str:
    """Puts words and punctuation together as a person would write them.

    `.` and `:` between digits join both sides. Words do not tell a hyphen from a dash; taken as a
    dash is what stands before a colour, or between a plain word and a number, a code or a word in
    capitals.
    """
    pieces: list[str] = []
    glue = ""  # what goes before the next word
    for index, word in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) else ""
        previous = words[index - 1] if index else ""
        if word == "-" and previous and following:
            glue = "" if _is_hyphen(previous, following) else " "
            pieces.append(glue + word)
        elif len(word) == 1 and word in "!?.,:;":
            pieces.append(word)
            joins = word in ".:," and previous[-1:].isdigit() and following[:1].isdigit()
            glue = "" if joins and (word != "," or _is_thousand(previous, following)) else " "
        else:
            pieces.append(glue + word)
            glue = " "
    return "".join(pieces).strip()


def _is_hyphen(previous: str, following: str) -> bool:
    """Tells a hyphen between two words ('Wi-Fi', 'SM-R810') from a dash ('Watch - 42 mm')."""
    if following.casefold() in _COLOURS:
        return False
    is_plain_word = len(previous) > 2 and previous.isalpha() and not previous.isupper()
    is_code = len(following) > 1 and (following.isupper() or any(c.isdigit() for c in following))
    return not (is_plain_word and (is_code or following.isdigit()))


def _is_thousand(previous: str, following: str) -> bool:
    """Tells whether a comma between two numbers groups thousands ('1,080')."""
    return len(previous) <= 3 and previous.isdigit() and len(following) == 3 and following.isdigit()


def word_numbers(text: str, starts: Iterable[int]) -> list[int]:
    """Returns the number of the word that each of these characters stands in.

    White space separates words, and belongs to the word after it, as in byte-level vocabularies.

    Args:
        text: The text.
        starts: Places of characters in it.

    Example:
        >>> word_numbers("Wi-Fi TV", [0, 2, 5, 6])
        [0, 0, 1, 1]
    """
    numbers, number = [], 0
    for place, character in enumerate(text):
        number += place > 0 and character.isspace() and not text[place - 1].isspace()
        numbers.append(number)
    return [numbers[start] for start in starts]
