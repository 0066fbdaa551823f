"""Errors in the words of the page: what a visitor can do there, in place of arguments of Python."""

from __future__ import annotations

import re

_WORDS = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"Name it: map='(.+)'\.$", r"Name it under Columns: \1."),
        (r"^map (is|holds|names) ", r"Columns \1 "),
        (r"; vendor_is_brand=True says it is", ""),
        (r', or format "plain" to read it all the same', ""),
        (r"^Prompt \d+ is of ", "The first words are of "),
        (r"^Prompt \d+ has ", "The first words have "),
        (r"^Prompt \d+ holds ", "The first words hold "),
        (r", or allow_adult=True", ""),
        (
            r"\. Leave it out, or allow such ads with allow_adult=True\.",
            ", and this page writes no such ads. Leave it out.",
        ),
    )
)


def in_page_words(message: str) -> str:
    """Returns a message of the library as the page says it.

    Example:
        >>> in_page_words("mine.csv has no column of products. Name it: map='product=Titel'.")
        'mine.csv has no column of products. Name it under Columns: product=Titel.'
    """
    for pattern, words in _WORDS:
        message = pattern.sub(words, message)
    return message
