"""Cuts the text of a CSV file into rows; a lost quote cannot swallow the lines after it.

The csv module joins everything from a stray quote to the next one into one field. Here a quoted
field may go over lines only when its closing quote stands where a field ends; otherwise its first
line is read as plain text. This module knows rows and columns; it does not know what an ad is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

# No quoted field is followed further than this, as in the csv module's own order of size.
MAX_RECORD_CHARS = 1_000_000
_QUOTED = re.compile(r'"([^"]*(?:""[^"]*)*)"(?=,|\Z)')
_UNCLOSED = re.compile(r'"[^"]*(?:""[^"]*)*\Z')
_BARE = re.compile(r'(?!")[^,]*')


class Shape(Enum):
    """The ways in which a row may be written."""

    # No quoted column; `columns` is None: whether its commas cut it is for the caller to know.
    PLAIN = "plain"
    # Well-formed.
    QUOTED = "quoted"
    # Quotes that are not CSV: taken literally.
    STRAY = "stray"
    # An opening quote that is never closed where a field ends: dropped, the line stands alone.
    UNCLOSED = "unclosed"


class Row(NamedTuple):
    """One row of a file.

    Attributes:
        text: The row as plain text; for a quoted row the original lines, quotes included.
        columns: The columns of a quoted row, None for the other shapes.
        line: The number of its first line, from 1.
        shape: How it was written.
    """

    text: str
    columns: list[str] | None
    line: int
    shape: Shape


def split_lines(text: str) -> list[str]:
    r"""Cuts a file's text into lines that end in LF, CRLF or CR; a last empty line is none.

    Example:
        >>> split_lines("a\r\nb\rc\n")
        ['a', 'b', 'c']
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


def iter_rows(lines: list[str], start: int = 0) -> Iterator[Row]:
    """Yields the rows of a file in order; blank lines yield nothing.

    Args:
        lines: The lines of the file, without their ends.
        start: The index of the first line to read.

    Yields:
        The rows.

    Example:
        >>> [row.columns or row.text for row in iter_rows(['"a, b"', 'c, d', '"lost', '"e"'])]
        [['a, b'], 'c, d', 'lost', ['e']]
    """
    index = start
    while index < len(lines):
        line = lines[index]
        if '"' not in line:
            if line and not line.isspace():
                yield Row(line, None, index + 1, Shape.PLAIN)
            index += 1
        else:
            row, index = _quoted_row(lines, index)
            yield row


def columns_of(text: str) -> list[str] | None:
    r"""Cuts one record into columns, strictly.

    Args:
        text: A record, possibly over several lines.

    Returns:
        Its columns, or None when a quote stands where no CSV writer would put it.

    Example:
        >>> columns_of('"5"" pipe, red",x')
        ['5" pipe, red', 'x']
        >>> columns_of('"Best" pillow') is None
        True
    """
    columns = []
    position = 0
    while True:
        match = _QUOTED.match(text, position)
        if match:
            columns.append(match.group(1).replace('""', '"'))
        else:
            match = _BARE.match(text, position)
            if not match:
                return None
            columns.append(match.group())
        if match.end() == len(text):
            return columns
        position = match.end() + 1


def _quoted_row(lines: list[str], index: int) -> tuple[Row, int]:
    """Returns the row that starts at `index`, whose line has a quote, and the index after it."""
    line = lines[index]
    # No column is quoted: the quotes are inch marks and the like.
    if line[0] != '"' and ',"' not in line:
        return Row(line, None, index + 1, Shape.PLAIN), index + 1
    columns = columns_of(line)
    if columns is not None:
        return Row(line, columns, index + 1, Shape.QUOTED), index + 1
    opening = _opening(line)
    if opening is None:
        return Row(line, None, index + 1, Shape.STRAY), index + 1
    record = _closed_record(lines, index)
    if record is not None:
        text, after = record
        return Row(text, columns_of(text), index + 1, Shape.QUOTED), after
    # The quote that opened nothing goes, and doubled quotes after it are one, as the writer meant
    # them.
    literal = line[:opening] + line[opening + 1 :].replace('""', '"')
    return Row(literal, None, index + 1, Shape.UNCLOSED), index + 1


def _opening(text: str) -> int | None:
    """Returns the place of a quote whose field is still open at the end of `text`."""
    position = 0
    while True:
        if _UNCLOSED.match(text, position):
            return position
        match = _QUOTED.match(text, position) or _BARE.match(text, position)
        if not match or match.end() >= len(text):
            return None
        position = match.end() + 1


def _closed_record(lines: list[str], index: int) -> tuple[str, int] | None:
    """Returns the record from an open quote to the line where it closes a field, and its end.

    None where the quote closes no field.
    """
    num_chars = len(lines[index])
    for end in range(index + 1, len(lines)):
        num_chars += 1 + len(lines[end])
        if num_chars > MAX_RECORD_CHARS:
            return None
        if '"' not in lines[end]:  # cannot close the field
            continue
        # The line alone reads the same when it starts inside a quoted field.
        inside = '"' + lines[end]
        if columns_of(inside) is not None:
            return "\n".join(lines[index : end + 1]), end + 1
        if _opening(inside) is None:
            return None
    return None
