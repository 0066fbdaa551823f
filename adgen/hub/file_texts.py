"""Texts that a file may hold, whatever its ending: in UTF-8, UTF-16 or UTF-32, with a mark or not.

A file is judged by its beginning. Text inside of binary files, such as archives, is not looked for.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterator
from pathlib import Path

_SNIFFED_BYTES = 8192
_MARKS = {
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
}
# Control characters, lone surrogates, and what no standard gives a meaning.
_NOT_OF_TEXTS = ("Cc", "Cs", "Cn", "Co")


def texts_of(path: Path) -> Iterator[str]:
    """Yields what a file says in each encoding that it may have; nothing of a binary file.

    Bytes of one encoding read in another are other letters, and so hide nothing and show nothing.
    """
    with path.open("rb") as file:
        beginning = file.read(_SNIFFED_BYTES)
    encodings = [encoding for encoding in _MARKS.values() if _may_be(beginning, encoding)]
    encodings += [name for mark, name in _MARKS.items() if beginning.startswith(mark)]
    if b"\0" not in beginning:
        encodings.append("utf-8")
    for encoding in sorted(set(encodings)):
        yield path.read_text(encoding=encoding, errors="replace")


def _may_be(beginning: bytes, encoding: str) -> bool:
    """Tells whether a file's beginning is text in an encoding of two or four bytes."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(beginning)
    except UnicodeDecodeError:
        return False
    return all(one in "\t\n\r\f" or unicodedata.category(one) not in _NOT_OF_TEXTS for one in text)
