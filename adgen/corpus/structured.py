"""Reads tables that are no text: JSON, JSON lines, Parquet, Excel.

Each is read piece by piece and never held as a whole. The module knows columns and cells; it does
not know what an ad is.
"""

from __future__ import annotations

import io
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from adgen.corpus.columns import find_column, refusal
from adgen.corpus.delimiters import layout_of_rows
from adgen.corpus.encodings import MAX_LINE_CHARS, open_text
from adgen.support.json_files import number_or_digits

# So many records say which columns there are.
_HEAD_RECORDS = 1_000
_NUM_EXAMPLES = 20
_CHUNK_CHARS = 1 << 17
# What openpyxl raises where a part is missing, is no XML, or holds what no cell can.
DAMAGED_WORKBOOK = (BadZipFile, ParseError, KeyError, TypeError, ValueError, OSError, zlib.error)
_WHITE_SPACE = " \t\r\n"
_HALF = re.compile("[\ud800-\udfff]")


class Cell(NamedTuple):
    """The text of one record; None where its place holds something else."""

    text: str | None
    line: int


@dataclass(frozen=True)
class Records:
    """The texts of a file.

    Attributes:
        cells: The text of each record, with its line, or the number of its row.
        header: The name of their column; None where it has none.
        unread: Names of parts of the file that are not read.
    """

    cells: Iterator[Cell]
    header: str | None
    unread: list[str] = field(default_factory=list)


def read_json(file: io.BufferedReader, name: str, text_column: str | None) -> Records:
    """Opens JSON: objects or texts, one after the other (JSON lines) or in a list.

    An object that holds one list of objects and stands alone, as `{"products": [...]}`, counts as
    that list.

    Args:
        file: The file.
        name: What messages call it.
        text_column: The column that holds the texts, as in `find_column`.

    Raises:
        ValueError: It is not JSON, holds something else, or its column of texts is unknown.
    """
    values = json_values(open_text(file, name), name)
    head = unwrapped(list(islice(values, _HEAD_RECORDS)), name)
    records = [value for value, _ in head if isinstance(value, dict)]
    if not records:
        names: list[str | None] = [None]
        examples = {0: [value for value, _ in head[:_NUM_EXAMPLES] if isinstance(value, str)]}
    else:
        names = list(dict.fromkeys(key for record in records for key in record))
        examples = {
            place: [text_of(record.get(key)) or "" for record in records[:_NUM_EXAMPLES]]
            for place, key in enumerate(names)
        }
    index = _index(name, names, examples, text_column) if head else 0
    key = names[index]

    def cells() -> Iterator[Cell]:
        for value, line in chain(head, values):
            if isinstance(value, dict) != (key is not None):
                raise ValueError(
                    f"{name}: line {line:,} holds {_kind(value)}. Expected {_kind(head[0][0])}, as "
                    "in the lines before."
                )
            yield Cell(text_of(value if key is None else value.get(key)), line)

    return Records(cells(), key)


def read_parquet(file: io.BufferedReader, name: str, text_column: str | None) -> Records:
    """Opens a Parquet file.

    Raises:
        ValueError: It is none, or its column of texts is unknown.
    """
    import pyarrow
    from pyarrow import parquet

    try:
        table = parquet.ParquetFile(file)
        head = next(table.iter_batches(batch_size=_NUM_EXAMPLES), None)
    except (pyarrow.ArrowException, OSError) as error:
        raise damaged_file(name, "a Parquet file", error) from None
    names: list[str | None] = list(table.schema_arrow.names)
    examples = {
        place: [text_of(value) or "" for value in column.to_pylist()]
        for place, column in enumerate(head.columns if head is not None else ())
    }
    index = _index(name, names, examples, text_column)

    def cells() -> Iterator[Cell]:
        number = 0
        try:
            for batch in table.iter_batches(columns=[names[index]]):
                for value in batch.column(0).to_pylist():
                    number += 1
                    yield Cell(text_of(value), number)
        except (pyarrow.ArrowException, OSError) as error:
            raise damaged_file(name, "a Parquet file", error) from None

    return Records(cells(), names[index])


def read_excel(file: io.BufferedReader, name: str, text_column: str | None) -> Records:
    """Opens a workbook (`.xlsx`); its first sheet that is not empty is read.

    Raises:
        ValueError: It is no workbook, or its column of texts is unknown.
    """
    import openpyxl

    try:
        workbook = openpyxl.load_workbook(file, read_only=True, data_only=True)
        filled = [sheet for sheet in workbook.worksheets if next(excel_rows(sheet), None)]
        head = [row for _, row in islice(excel_rows(filled[0]), _HEAD_RECORDS)] if filled else []
    except DAMAGED_WORKBOOK as error:
        raise damaged_file(name, "an .xlsx workbook", error) from None
    layout = layout_of_rows(head, text_column, name)

    def cells() -> Iterator[Cell]:
        rows = excel_rows(filled[0]) if filled else iter(())
        try:
            for number, row in islice(rows, layout.num_header_rows, None):
                yield Cell(row[layout.index] if layout.index < len(row) else "", number)
        except DAMAGED_WORKBOOK as error:
            raise damaged_file(name, "an .xlsx workbook", error) from None

    unread = [f"{name}, sheet {sheet.title!r}" for sheet in filled[1:]]
    return Records(cells(), layout.header, unread)


READERS: Mapping[str, Callable[[io.BufferedReader, str, str | None], Records]] = {
    "json": read_json,
    "parquet": read_parquet,
    "excel": read_excel,
}


def _index(
    name: str,
    names: Sequence[str | None],
    examples: Mapping[int, Sequence[str]],
    text_column: str | None,
) -> int:
    """Returns the place of the column of the texts, or refuses."""
    index = find_column(names, text_column)
    if index is None:
        raise refusal(name, names, examples, text_column)
    return index


def text_of(value: Any) -> str | None:
    """Returns a cell as text; None for a list or an object, which is none."""
    if isinstance(value, str):
        # JSON can name halves of characters, which no file can be written with.
        is_whole = value.isascii() or not _HALF.search(value)
        return (
            value
            if is_whole
            else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        )
    if value is None or value != value:  # NaN
        return ""
    return None if isinstance(value, (dict, list, bytes)) else str(value)


def _kind(value: Any) -> str:
    """Returns what a JSON value is, for messages."""
    for kind, shown in ((dict, "an object"), (str, "a text"), (list, "a list")):
        if isinstance(value, kind):
            return shown
    return json.dumps(value)


def damaged_file(name: str, what: str, error: Exception) -> ValueError:
    """Returns the error of a file that another library cannot read, with what that says.

    Args:
        name: The file.
        what: What it should be: "a Parquet file".
        error: The library's own.
    """
    reason = " ".join(str(error).split()) or type(error).__name__
    if "integer string conversion" in reason:
        reason = "a cell holds a number of thousands of digits"
    return ValueError(
        f"{name} is damaged ({reason:.200}); expected {what}. Save or export it again."
    )


def excel_rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """Yields the rows of a sheet that are not empty, with their numbers."""
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
        row = ["" if value is None else str(value) for value in values]
        if any(cell.strip() for cell in row):
            yield number, row


def unwrapped(head: list[tuple[Any, int]], name: str) -> list[tuple[Any, int]]:
    """Returns the records of an object that stands alone and holds their list, else the values."""
    if head and not isinstance(head[0][0], (dict, str)):
        raise ValueError(
            f"{name} holds {_kind(head[0][0])}; expected objects, one a row, or texts. Export it "
            "so."
        )
    if len(head) != 1 or not isinstance(head[0][0], dict):
        return head
    value, line = head[0]
    lists = [
        one
        for one in value.values()
        if isinstance(one, list) and one and all(isinstance(item, dict) for item in one)
    ]
    if len(lists) == 1:
        return [(item, line) for item in lists[0]]
    if value and all(isinstance(one, dict) for one in value.values()):
        raise ValueError(
            f"{name} holds one column after the other. Expected an object an ad; pandas writes "
            'such files with the orientation "records".'
        )
    return head


def json_values(text: io.TextIOWrapper, name: str) -> Iterator[tuple[Any, int]]:
    """Yields the values of a file, or of the list that it is, with the lines where they begin."""
    reader = _JsonReader(text, name)
    in_list = False
    while (char := reader.next_char("," if in_list else "")) is not None:
        if char == "[" and not in_list:
            in_list = True
            reader.skip()
        elif char == "]" and in_list:
            in_list = False
            reader.skip()
        else:
            yield reader.value()
    if in_list:
        raise ValueError(f"{name} ends within its list: it is cut off. Bring the file anew.")


class _JsonReader:
    """Reads one JSON value after the other out of a file that is never held as a whole."""

    def __init__(self, text: io.TextIOWrapper, name: str) -> None:
        self._text = text
        self._name = name
        self._decoder = json.JSONDecoder(parse_int=number_or_digits)
        self._held = ""
        self._place = 0
        self._line = 1

    def next_char(self, between: str) -> str | None:
        """Goes on to what is neither white space nor `between`; returns it, or None at the end."""
        while True:
            while self._place < len(self._held):
                char = self._held[self._place]
                if char not in _WHITE_SPACE and char not in between:
                    return char
                self.skip()
            if not self._more():
                return None

    def skip(self) -> None:
        """Goes on by one character."""
        self._line += self._held[self._place] == "\n"
        self._place += 1

    def value(self) -> tuple[Any, int]:
        """Returns the value that begins here, and its line."""
        while True:
            try:
                value, end = self._decoder.raw_decode(self._held, self._place)
            except (json.JSONDecodeError, RecursionError) as error:
                is_long = len(self._held) - self._place > MAX_LINE_CHARS
                if is_long or isinstance(error, RecursionError) or not self._more():
                    raise self._damaged(is_long) from None
                continue
            line = self._line
            self._line += self._held.count("\n", self._place, end)
            self._place = end
            return value, line

    def _more(self) -> bool:
        """Reads on; says whether there was more."""
        left = len(self._held) - self._place
        chunk = self._text.read(max(_CHUNK_CHARS, left))
        if not chunk.isascii() and _HALF.search(chunk):
            raise ValueError(f"{self._name} is not UTF-8, as JSON has to be. Save it as UTF-8.")
        self._held = self._held[self._place :] + chunk
        self._place = 0
        return bool(chunk)

    def _damaged(self, is_long: bool) -> ValueError:
        what = f"a value of more than {MAX_LINE_CHARS:,} characters" if is_long else "no JSON"
        return ValueError(
            f"{self._name}: line {self._line:,} holds {what}. Expected an object or text a line, "
            "or a list of them; mend the line or leave it out."
        )
