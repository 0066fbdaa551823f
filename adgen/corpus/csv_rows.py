"""Cuts the text of a CSV file into rows; a lost quote cannot swallow the lines after it.

The csv module joins everything from a stray quote to the next one into one field. Here a quoted
field may go over lines only when its closing quote stands where a field ends; otherwise its first
line is read as plain text. This module knows rows and columns; it does not know what an ad is.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import islice
from typing import NamedTuple

# No quoted field is followed further than this, as in the csv module's own order of size.
MAX_RECORD_CHARS = 1_000_000
_UNCLOSED = re.compile(r'"[^"]*(?:""[^"]*)*\Z')


class Shape(Enum):
    """The ways in which a row may be written."""

    # No quoted column; `columns` is None: whether delimiters cut it is for the caller to know.
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


def iter_rows(lines: Iterable[str], delimiter: str = ",", *, first_line: int = 1) -> Iterator[Row]:
    """Yields the rows of a file in order; blank lines yield nothing.

    Args:
        lines: The lines of the file, without their ends; no more of them are held at once than a
            quoted field may go over.
        delimiter: The character between columns.
        first_line: The number of the first of these lines in the file.

    Yields:
        The rows.

    Example:
        >>> [row.columns or row.text for row in iter_rows(['"a, b"', 'c, d', '"lost', '"e"'])]
        [['a, b'], 'c, d', 'lost', ['e']]
    """
    cutter = _Cutter(delimiter)
    ahead = _Ahead(lines)
    number = first_line
    for line in ahead:
        if '"' not in line:
            if line and not line.isspace():
                yield Row(line, None, number, Shape.PLAIN)
            number += 1
        else:
            row, num_further = _quoted_row(line, ahead, number, cutter)
            yield row
            ahead.drop(num_further)
            number += 1 + num_further


class _Ahead:
    """Yields lines that come one by one, and looks ahead in them."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._held: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        while True:
            while self._held:
                yield self._held.popleft()
            for line in self._lines:
                yield line
                if self._held:
                    break
            else:
                return

    def peek(self, place: int) -> str | None:
        """Returns the line at a place after the current one; None behind the last one."""
        missing = place + 1 - len(self._held)
        if missing > 0:
            self._held.extend(islice(self._lines, missing))
        return self._held[place] if place < len(self._held) else None

    def drop(self, num_lines: int) -> None:
        """Passes over so many lines, all of which were looked at."""
        for _ in range(num_lines):
            self._held.popleft()


class _Cutter:
    """Cuts records at a delimiter."""

    def __init__(self, delimiter: str) -> None:
        end = re.escape(delimiter)
        self.opening = f'{delimiter}"'
        self.quoted = re.compile(rf'"([^"]*(?:""[^"]*)*)"(?={end}|\Z)')
        self.bare = re.compile(rf'(?!")[^{end}]*')

    def columns(self, text: str) -> list[str] | None:
        """Cuts one record into columns, strictly.

        Returns:
            Its columns, or None when a quote stands where no CSV writer would put it.

        Example:
            >>> _Cutter(",").columns('"5"" pipe, red",x')
            ['5" pipe, red', 'x']
            >>> _Cutter(",").columns('"Best" pillow') is None
            True
        """
        columns = []
        position = 0
        while True:
            match = self.quoted.match(text, position)
            if match:
                columns.append(match.group(1).replace('""', '"'))
            else:
                match = self.bare.match(text, position)
                if not match:
                    return None
                columns.append(match.group())
            if match.end() == len(text):
                return columns
            position = match.end() + 1

    def open_quote(self, text: str) -> int | None:
        """Returns the place of a quote whose field is still open at the end of `text`."""
        position = 0
        while True:
            if _UNCLOSED.match(text, position):
                return position
            match = self.quoted.match(text, position) or self.bare.match(text, position)
            if not match or match.end() >= len(text):
                return None
            position = match.end() + 1


def _quoted_row(line: str, ahead: _Ahead, number: int, cutter: _Cutter) -> tuple[Row, int]:
    """Returns the row that starts in a line that has a quote, and how many lines more it takes."""
    # No column is quoted: the quotes are inch marks and the like.
    if line[0] != '"' and cutter.opening not in line:
        return Row(line, None, number, Shape.PLAIN), 0
    columns = cutter.columns(line)
    if columns is not None:
        return Row(line, columns, number, Shape.QUOTED), 0
    opening = cutter.open_quote(line)
    if opening is None:
        return Row(line, None, number, Shape.STRAY), 0
    record = _closed_record(line, ahead, cutter)
    if record is not None:
        text = "\n".join(record)
        return Row(text, cutter.columns(text), number, Shape.QUOTED), len(record) - 1
    # The quote that opened nothing goes, and doubled quotes after it are one, as the writer meant
    # them.
    literal = line[:opening] + line[opening + 1 :].replace('""', '"')
    return Row(literal, None, number, Shape.UNCLOSED), 0


def _closed_record(first: str, ahead: _Ahead, cutter: _Cutter) -> list[str] | None:
    """Returns the lines from an open quote to the one where it closes a field.

    None where the quote closes no field.
    """
    record = [first]
    num_chars = len(first)
    while (line := ahead.peek(len(record) - 1)) is not None:
        record.append(line)
        num_chars += 1 + len(line)
        if num_chars > MAX_RECORD_CHARS:
            return None
        if '"' not in line:  # cannot close the field
            continue
        # The line alone reads the same when it starts inside a quoted field.
        inside = '"' + line
        if cutter.columns(inside) is not None:
            return record
        if cutter.open_quote(inside) is None:
            return None
    return None
