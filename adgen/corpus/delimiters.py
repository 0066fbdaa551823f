"""Finds how the rows of a text file are written: delimiter, header, and the column of the ads.

Commas and bars stand in ads too, so a character is a delimiter only where a header or all rows say
so; else a row is one text. This module knows the first lines of a file and nothing of those after.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from adgen.corpus.columns import (
    DEFAULT_COLUMN,
    find_column,
    has_known_name,
    is_header,
    is_known_name,
    is_text_name,
    refusal,
    tidy_name,
)
from adgen.corpus.csv_rows import Row, Shape, iter_rows

# So many lines say how a file is written.
HEAD_LINES = 200
DELIMITERS = ("\t", ";", "|", ",")
_MAX_PREAMBLE_ROWS = 5
# Share of rows with as many columns as the header; the others may be damaged.
_AGREEING = 0.8
_SEP_LINE = re.compile(r'\ufeff?"?sep=(.)"?\s*', re.IGNORECASE)
_NAME = re.compile(r"(?:[^\W\d]\w*(?:[ ._-]\w+){0,2})?")
_HINT = f", or add a header line {DEFAULT_COLUMN!r} if every line is one text"


@dataclass(frozen=True)
class Layout:
    """The way in which the rows of a file are written; with one column a row is one text.

    Attributes:
        delimiter: The character between columns.
        num_lines_before: Lines in front of the header and the rows that belong to neither.
        num_header_rows: Rows in front of the texts: the header and what stands before it.
        header: The name of the column with the texts, if it has one.
        index: Its place.
        num_columns: Columns of a row.
        is_told: Whether a line `sep=` of the file names the delimiter.
    """

    delimiter: str = ","
    num_lines_before: int = 0
    num_header_rows: int = 0
    header: str | None = None
    index: int = 0
    num_columns: int = 1
    is_told: bool = False


def cells_of(row: Row, delimiter: str) -> list[str]:
    """Returns a row's cells, as if the delimiter always cut."""
    return row.text.split(delimiter) if row.columns is None else row.columns


def find_layout(lines: Sequence[str], text_column: str | None, file: str) -> Layout:
    """Finds how a file is written.

    Args:
        lines: Its first lines, at most `HEAD_LINES`.
        text_column: The column that the user gave, a name or a number from 1; None for the one
            called `ad`, or the only one.
        file: What messages call the file.

    Raises:
        ValueError: The file has several columns and it is unknown which holds the ads, or it has
            not the one that was given.

    Example:
        >>> find_layout(["ad;price", "TV;5"], None, "shop.csv").delimiter
        ';'
        >>> find_layout(["Mug, red", "Cup | blue"], None, "ads.csv").num_columns
        1
    """
    num_before, told = _preamble(lines)
    lines = lines[num_before:]
    tables = [
        table
        for delimiter in ([told] if told else DELIMITERS)
        if (table := _table(lines, delimiter, text_column, is_told=told is not None))
    ]
    if tables:
        table = max(tables, key=_likelihood)
        layout = _chosen(table, num_before, text_column, file)
    else:
        delimiter = told or _trailing_delimiter(lines)
        first = next(iter_rows(lines, delimiter), None)
        cells = cells_of(first, delimiter) if first else []
        layout = _one_column(cells, delimiter, num_before, text_column, file)
    return replace(layout, is_told=told is not None)


def _trailing_delimiter(lines: Sequence[str]) -> str:
    """Returns what ends every line of a file of one column, as in `ad;`; else the comma."""
    for delimiter in DELIMITERS:
        if all(line.rstrip().endswith(delimiter) for line in lines if line.strip()):
            return delimiter
    return ","


def layout_of_rows(rows: Sequence[list[str]], text_column: str | None, file: str) -> Layout:
    """Finds the header and the column of the ads in rows that are cut already.

    Args:
        rows: The first rows of a table.
        text_column: As in `find_layout`.
        file: What messages call the file.

    Raises:
        ValueError: As in `find_layout`.
    """
    num_before = _num_rows_before(rows, "\t", text_column)
    below = rows[num_before:]
    width = max((len(_names(row)) for row in below), default=0)
    if width < 2:
        return _one_column(below[0] if below else [], "\t", num_before, text_column, file)
    names: list[str | None] = list(map(tidy_name, [*below[0], *[""] * width][:width]))
    if not is_header(below[0], below[1:]) and not _has_name(_names(below[0]), text_column):
        names = [None] * width
    return _chosen(_Table("\t", below, names, num_before), 0, text_column, file)


@dataclass(frozen=True)
class _Table:
    """A file's first rows cut at a delimiter; `names` are None without a header."""

    delimiter: str
    rows: Sequence[list[str]]  # from the header, or the first row, on
    names: list[str | None]
    num_rows_before: int


def _likelihood(table: _Table) -> tuple[int, bool, int]:
    """Returns what of several tables the likeliest has most of."""
    return -table.num_rows_before, None not in table.names, len(table.names)


def _preamble(lines: Sequence[str]) -> tuple[int, str | None]:
    """Returns how many lines stand in front of a table, and the delimiter that one of them names.

    These are empty lines, `sep=;` for Excel, and comments.
    """
    delimiter = None
    number = 0
    while number < len(lines):
        line = lines[number].lstrip("\ufeff")
        told = _SEP_LINE.fullmatch(line)
        if told:
            delimiter = told[1]
        elif line.strip() and not _is_comment(line, lines[number + 1 :]):
            break
        number += 1
    is_all = number == len(lines) and delimiter is None  # `# mug` in every line is no comment
    return (0 if is_all else number), delimiter


def _is_comment(line: str, below: Sequence[str]) -> bool:
    """Says whether a line is a comment, as `# exported by ...`, and no `#1 Dad mug`."""
    if not line.lstrip('"').startswith("#"):
        return False
    next_line = next((other for other in below if other.strip() and other[0] != "#"), "")
    return line.startswith("# ") or _names_columns(next_line)


def _names_columns(line: str) -> bool:
    """Says whether a line is a header beyond doubt."""
    cells = line.split(max(DELIMITERS, key=line.count))
    return is_header(cells) and has_known_name(cells)


def _table(
    lines: Sequence[str], delimiter: str, text_column: str | None, *, is_told: bool
) -> _Table | None:
    """Returns a file's first rows as a table; None where the delimiter does not cut them."""
    read = list(iter_rows(lines, delimiter))
    if len(lines) >= HEAD_LINES and len(read) > 1 and read[-1].shape is Shape.UNCLOSED:
        read.pop()  # cut off with the lines
    rows = [cells_of(row, delimiter) for row in read]
    num_before = _num_rows_before(rows, delimiter, text_column)
    rows = rows[num_before:]
    names = _names(rows[0]) if rows else []
    if len(names) < 2:
        return None
    if delimiter != "," and sum(map(bool, names)) < 2 and not _agree(rows):
        return None  # white space before the name of the one column
    is_named = is_header(names, rows[1:])
    has_column = _has_name(names, text_column)
    looks_so = _is_comma_table if delimiter == "," else _is_table
    if not (is_told or has_column or looks_so(rows, names, is_named)):
        return None
    if is_named or has_column:
        return _Table(delimiter, rows, list(names), num_before)
    width = Counter(map(len, rows)).most_common(1)[0][0]
    return _Table(delimiter, rows, [None] * width, num_before)


def _names(row: Sequence[str]) -> list[str]:
    """Returns a row's cells as names of columns."""
    names = list(map(tidy_name, row))
    while len(names) > 1 and not names[-1]:  # `ad,,` as spreadsheets write it
        names.pop()
    return names


def _has_name(names: Sequence[str], text_column: str | None) -> bool:
    """Says whether the column of the ads is among names, by its own."""
    is_number = text_column is not None and text_column.strip().isdecimal()
    return not is_number and len(names) > 1 and find_column(names, text_column) is not None


def _num_rows_before(rows: Sequence[list[str]], delimiter: str, text_column: str | None) -> int:
    """Counts the rows in front of a header: titles of reports, what a shop's template says."""
    head = rows[: _MAX_PREAMBLE_ROWS + 1]
    if text_column is not None:
        for number, row in enumerate(head):
            if is_header(row) and _has_name(_names(row), text_column):
                return number
    if rows and _names(rows[0]) == [DEFAULT_COLUMN]:
        return 0
    num_filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    widest = max(num_filled, default=0)
    for number, row in enumerate(head):
        is_known = (
            num_filled[number] > 1
            and is_header(row)
            and has_known_name(row)
            and (number == 0 or _agree(rows[number:]) or _is_sure_header(row))
        )
        is_wide = delimiter != "," and num_filled[number] * 2 >= widest
        if is_known or (is_wide and (number == 0 or _agree(rows[number:]))):
            return number if widest > 2 else 0
    return 0


def _is_sure_header(row: Sequence[str]) -> bool:
    """Says whether so many cells of a row are usual names that no ad has them by chance."""
    return not _is_spaced(row) and sum(has_known_name([cell]) for cell in row) > 2


def _agree(rows: Sequence[list[str]]) -> bool:
    """Says whether there are rows below the first, and they have as many cells."""
    width = len(rows[0])
    agreeing = sum(len(row) == width for row in rows[1:])
    return agreeing > 0 and agreeing >= _AGREEING * (len(rows) - 1)


def _is_spaced(cells: Sequence[str]) -> bool:
    """Says whether delimiters have spaces after them, as in a sentence or `Mug | Shop`."""
    return any(cell.startswith(" ") for cell in cells[1:])


def _is_table(rows: Sequence[list[str]], names: Sequence[str], is_named: bool) -> bool:
    """Says whether rows that hold tabs, semicolons or bars are a table's."""
    is_known = is_named and has_known_name(names)
    if _is_spaced(rows[0]) or sum(map(_is_spaced, rows)) * 2 > len(rows):
        return is_known and (len(rows) == 1 or _agree(rows))
    return is_known or _agree(rows)


def _is_comma_table(rows: Sequence[list[str]], names: Sequence[str], is_named: bool) -> bool:
    """Says whether rows that hold commas are a table's."""
    cells = rows[0][: len(names)]
    if all(map(_NAME.fullmatch, cells)):
        return True
    agree = _agree(rows)
    if _is_spaced(cells):  # a sentence, or `id, title, price`
        num_known = sum(map(is_known_name, names))
        return is_named and num_known * 2 >= len(names) and (agree or len(rows) == 1)
    if is_named:
        return agree or has_known_name(names)
    is_even = agree and len(set(map(len, rows))) == 1
    return is_even and sum(map(_is_spaced, rows)) * 10 <= len(rows)


def _chosen(table: _Table, num_before: int, text_column: str | None, file: str) -> Layout:
    """Returns the layout of a table in which the column of the ads is found.

    Raises:
        ValueError: It is not found.
    """
    names = table.names
    num_names = 0 if None in names else 1 + _has_second_header(table.rows)
    index = find_column(names, text_column)
    if index is None:
        rows = table.rows[num_names:]
        examples = {
            place: [row[place] for row in rows if place < len(row)] for place in range(len(names))
        }
        is_sure = text_column is not None or has_known_name([name or "" for name in names])
        raise refusal(file, names, examples, text_column, "" if is_sure else _HINT)
    return Layout(
        delimiter=table.delimiter,
        num_lines_before=num_before,
        num_header_rows=table.num_rows_before + num_names,
        header=names[index],
        index=index,
        num_columns=len(names),
    )


def _has_second_header(rows: Sequence[list[str]]) -> bool:
    """Says whether names for programs stand under those for people, as in Amazon's templates."""
    if len(rows) < 2 or not (is_header(rows[1]) and has_known_name(rows[1])):
        return False
    labels, names = ([cell for cell in map(tidy_name, row) if cell] for row in rows[:2])
    return all(map(str.isidentifier, names)) and "_" in "".join(names) and labels != names


def _one_column(
    first: Sequence[str], delimiter: str, num_before: int, text_column: str | None, file: str
) -> Layout:
    """Returns the layout of a file with a text a row, of which this is the first.

    Raises:
        ValueError: A column was given that is not the one there is.
    """
    names = _names(first)
    name = names[0] if len(names) == 1 else ""
    wanted = (text_column or DEFAULT_COLUMN).strip().casefold()
    is_named = name.isidentifier() or is_text_name(name) or name.casefold() == wanted
    header = name if is_named else None
    if text_column is not None and names and find_column([header], text_column) is None:
        column = "no header" if header is None else f"the one column {header!r}"
        raise ValueError(
            f"{file} has no column {text_column!r}: it has {column}, and a text a row. "
            "Leave out text_column."
        )
    return Layout(delimiter, num_before, int(is_named), header)
