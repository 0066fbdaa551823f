"""Many ads at once, as Arrow arrays: in chunks, changed sign by sign, cut into words.

What takes Python microseconds an ad takes a tenth of that here. It holds for texts in ASCII, as
most titles are; the others come through a function, one by one. This module knows strings alone, no
families and no splits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

# Ads handled in one go: what they share is then looked at once, and their arrays take some 50 MB.
CHUNK_ADS = 1 << 16


class Words(NamedTuple):
    """The words of a chunk of texts.

    Attributes:
        places: Each word as its place in `distinct`, text after text, int32, shape `(words,)`.
        counts: How many words each text has, int64, shape `(texts,)`.
        distinct: The different words, in the order in which they come first.
    """

    places: NDArray[np.int32]
    counts: NDArray[np.int64]
    distinct: list[str]


def text_chunks(ads: pd.Series) -> Iterator[pa.LargeStringArray]:
    """Yields the ads, `CHUNK_ADS` at a time.

    Raises:
        ValueError: One of them is not a string.
    """
    for start in range(0, len(ads), CHUNK_ADS):
        chunk = ads.iloc[start : start + CHUNK_ADS]
        wrong = np.flatnonzero(_are_wrong(chunk))
        if len(wrong):
            raise ValueError(
                f"Ad in row {start + wrong[0]:,} is {chunk.iloc[wrong[0]]!r}; expected a string. "
                "Drop such rows before."
            )
        yield as_array(chunk)


def as_array(texts: pd.Series | list[str]) -> pa.LargeStringArray:
    """Copies texts into an array whose buffers hold nothing else."""
    try:
        found = pa.array(texts, type=pa.large_string(), from_pandas=True)
    except UnicodeEncodeError:  # half of a character, which only cleaning takes out
        encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
        found = pa.array(encoded, type=pa.large_binary()).view(pa.large_string())
    return pa.concat_arrays(found.chunks if isinstance(found, pa.ChunkedArray) else [found])


def as_strings(texts: pa.LargeStringArray) -> list[str]:
    r"""Returns the texts of an array; the inverse of `as_array`.

    Example:
        >>> as_strings(as_array(["mug", "half a letter: \ud800"]))
        ['mug', 'half a letter: \ud800']
    """
    try:
        return texts.to_pylist()
    except UnicodeDecodeError:
        encoded = texts.cast(pa.large_binary()).to_pylist()
        return [text.decode("utf-8", "surrogatepass") for text in encoded]


def each_text(ads: pd.Series) -> Iterator[str]:
    """Yields the ads as strings of Python, of which a chunk at a time is held.

    Raises:
        ValueError: One of them is not a string.
    """
    for chunk in text_chunks(ads):
        yield from as_strings(chunk)


def sign_table(*, digits: str | None = None, kept: str = "") -> bytes:
    """Returns a table for `with_signs`: letters in lower case, digits, and a space for the rest.

    Args:
        digits: The sign that stands for each digit; None for the digit itself.
        kept: Other signs that stay.
    """

    def sign(char: str) -> str:
        if char.isdigit():
            return digits or char
        return char.lower() if char.isalpha() or char in kept else " "

    return bytes([*(ord(sign(chr(code))) for code in range(128)), *range(128, 256)])


def with_signs(
    texts: pa.LargeStringArray, table: bytes, others: Callable[[str], str]
) -> pa.LargeStringArray:
    """Puts another sign in the place of every sign.

    Args:
        texts: A chunk of `text_chunks`.
        table: The other sign of each sign of ASCII, from `sign_table`.
        others: What makes of a text that is not ASCII one whose words stand apart by spaces, before
            the table is looked up for its signs of ASCII.
    """
    is_ascii = pc.string_is_ascii(texts)
    made = [others(text) for text in as_strings(texts.filter(pc.invert(is_ascii)))]
    if made:
        texts = pc.replace_with_mask(texts, pc.invert(is_ascii), as_array(made))
    _, ends, content = texts.buffers()
    changed = content.to_pybytes().translate(table) if content is not None else b""
    return pa.LargeStringArray.from_buffers(len(texts), ends, pa.py_buffer(changed))


def cut(texts: pa.LargeStringArray) -> Words:
    """Cuts texts at white space of ASCII.

    Example:
        >>> words = cut(as_array(["tin cup ", "", "red  cup"]))
        >>> words.places.tolist(), words.counts.tolist(), words.distinct
        ([0, 1, 2, 1], [2, 0, 2], ['tin', 'cup', 'red'])
    """
    parts = pc.ascii_split_whitespace(texts)
    words = parts.flatten()
    is_word = pc.not_equal(words, "")  # white space at an end leaves empty ones
    owners = pc.list_parent_indices(parts).filter(is_word)  # (words,)
    numbered = words.filter(is_word).dictionary_encode()
    counts = np.bincount(owners.to_numpy(), minlength=len(texts))
    return Words(numbered.indices.to_numpy(), counts, numbered.dictionary.to_pylist())


def first_of_equal(texts: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Tells of each text whether no equal one stands before it, shape `(texts,)`.

    Example:
        >>> first_of_equal(pa.chunked_array([["a", "b"], ["a", "c", "c"]])).tolist()
        [True, True, False, True, False]
    """
    encoded = texts.dictionary_encode()
    places = np.concatenate([[-1], *(chunk.indices.to_numpy() for chunk in encoded.chunks)])
    # A new text has the next number.
    return places[1:] > np.maximum.accumulate(places)[:-1]


def _are_wrong(chunk: pd.Series) -> NDArray[np.bool_]:
    """Tells which are no strings; an empty answer where the type of the column allows no other."""
    if chunk.dtype == object or not isinstance(chunk.dtype, pd.StringDtype):
        return np.array([not isinstance(ad, str) for ad in chunk.tolist()], bool)
    return chunk.isna().to_numpy()
