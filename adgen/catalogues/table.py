"""Text files as tables: encoding, delimiter, the row with the names, rows cut at quotes.

The header is the row that has most of the names that catalogues use, wherever it stands. The module
knows names and cells; what a column means is for `recognise` and the formats.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from adgen.catalogues.headers import Columns, Record, key_of
from adgen.corpus.csv_rows import Row, Shape, iter_rows
from adgen.corpus.delimiters import cells_of
from adgen.corpus.encodings import SAMPLE_BYTES, read_lines
from adgen.corpus.reading_report import CorpusReport

# Of several that fit as well, the first.
_DELIMITERS = ("\t", ";", ",", "|", "#", "^", "~")
_SHOWN = {"\t": "tabs", " ": "spaces"}
# So many lines say how a file is written; a header stands among the first rows.
_HEAD_LINES = 400
_HEAD_ROWS = 15
_HEAD_RECORDS = 200
_CHUNK_BYTES = 1 << 20
_DATA = re.compile(r"^\s*(?:[-+]?[$€£]?\s*\d[\d.,]*|true|false)\s*$|://|\n", re.IGNORECASE)
# A quote behind a backslash that neither ends a cell nor is doubled already.
_PHP_QUOTE = re.compile(r"""\\"(?!["#^~,;|\t]|$)""")
_MARK = re.compile(r"\s*\ufeff")
# Letters of languages whose files are often in an encoding of their own.
_KANA = re.compile("[\u3041-\u30ff]")
_LETTER = re.compile(r"[^\W\d_a-zA-Z]")


@dataclass(frozen=True)
class Table:
    """What a file holds, row by row.

    Attributes:
        columns: Their names.
        records: The rows below the names; they can be gone through once.
        about: How it is written: "cut at tabs, names in row 3".
        head: The first of the rows, which stand in `records` too.
        before: The rows above the names.
        delimiter: What text is cut at; empty where it is no text.
    """

    columns: Columns
    records: Iterator[Record]
    about: str
    head: Sequence[Record] = ()
    before: Sequence[Sequence[str]] = ()
    delimiter: str = ""

    def with_columns(self, columns: Columns) -> Table:
        """Returns the same rows under other names."""

        def renamed() -> Iterator[Record]:
            for one in self.records:
                yield Record(columns, one.cells, one.number, one.damage)

        return replace(self, columns=columns, records=renamed())


def with_head(table: Table) -> Table:
    """Returns a table whose first rows can be looked at."""
    head = list(islice(table.records, _HEAD_RECORDS))
    return replace(table, head=head, records=chain(head, table.records))


def open_table(file: io.BufferedReader, name: str, known: frozenset[str]) -> Table:
    """Opens a text file as a table.

    Args:
        file: The file, at its beginning, with a buffer of `SAMPLE_BYTES`.
        name: What messages call it.
        known: Keys of names that catalogues use.

    Raises:
        ValueError: It is no text or is empty; while it is read, that it is cut off.
    """
    encoding = _foreign_encoding(file)
    file.seek(0)
    lines = _unmarked(_lines(file, name, encoding))
    first = list(islice(lines, _HEAD_LINES))
    if not any(line.strip() for line in first):
        raise ValueError(f"{name} is empty; expected products. Export the catalogue again.")
    delimiter = max(_DELIMITERS, key=lambda one: _likelihood(first, one, known))
    whole: Iterator[str] = chain(first, lines)
    if delimiter != "\t":
        whole = map(_with_doubled_quotes, whole)
    rows = _rows(whole, delimiter, name)
    written = f"cut at {_SHOWN.get(delimiter, repr(delimiter))}" + f", {encoding}" * bool(encoding)
    return replace(table_of(rows, written, known), delimiter=delimiter)


def table_of(
    rows: Iterator[tuple[int, list[str], str]], about: str, known: frozenset[str]
) -> Table:
    """Returns a table whose names stand in one of the first rows.

    Args:
        rows: Numbers of rows, their cells, and what is wrong with each.
        about: How it is written.
        known: Keys of names that catalogues use.
    """
    head = list(islice(rows, _HEAD_ROWS))
    place = header_place([cells for _, cells, _ in head], known)
    number, labels, _ = head[place] if head else (1, [], "")
    columns = Columns(_trimmed(labels))
    about += f", names in row {number}" * (number > 1)
    records = _records(chain(head[place + 1 :], rows), columns)
    before = [cells for _, cells, _ in head[:place]]
    return with_head(Table(columns, records, about, before=before))


def header_place(rows: Sequence[Sequence[str]], known: frozenset[str]) -> int:
    """Returns the place of the row with the names of the columns.

    It is the row with most known names, and no cell that names nothing. Of names for people and
    names for programs, which stand under each other in Amazon's templates, it is those for
    programs. Where no name is known, it is the first of the widest rows.
    """
    if not rows:
        return 0
    scores = [0 if _has_data(row) else num_known(row, known) for row in rows]
    best = scores.index(max(scores))
    if not scores[best]:
        widths = [0 if _has_data(row) else sum(map(bool, map(str.strip, row))) for row in rows]
        return widths.index(max(widths))
    for place in range(best + 1, len(rows)):
        if scores[place] >= 3 and scores[place] * 2 >= scores[best] and _for_programs(rows[place]):
            return place
    return best


def num_known(row: Sequence[str], known: frozenset[str]) -> int:
    """Counts the known names of columns in a row."""
    return len({key_of(cell) for cell in row if len(cell) <= 100} & known)


def _has_data(row: Sequence[str]) -> bool:
    """Says whether a row has a cell that names nothing: a number, an address, several lines."""
    return any(map(_DATA.search, row))


def _for_programs(row: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in row if cell.strip()]
    return all(cell.partition("[")[0].partition("#")[0].isidentifier() for cell in filled) and any(
        "_" in cell for cell in filled
    )


def _likelihood(lines: Sequence[str], delimiter: str, known: frozenset[str]) -> tuple[int, int]:
    """Returns how well a delimiter cuts a file's first lines: known names, columns that agree."""
    read = list(islice(iter_rows(lines, delimiter), _HEAD_ROWS))
    rows = [_cells(row, delimiter) for row in read]
    place = header_place(rows, known)
    width, num_agreeing = Counter(map(len, rows[place:])).most_common(1)[0]
    agreeing = width if width > 1 and num_agreeing * 2 > len(rows) - place else 0
    return num_known(rows[place], known), agreeing


def _lines(file: io.BufferedReader, name: str, encoding: str | None) -> Iterator[str]:
    if encoding is None:
        return read_lines(file, name, CorpusReport())
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline=None)
    return (line.removesuffix("\n") for line in text)


def _unmarked(lines: Iterator[str]) -> Iterator[str]:
    """Yields lines without a byte-order mark, and what stands before it, among the first ones."""
    for line in islice(lines, 3):
        yield _MARK.sub("", line)
    yield from lines


def _with_doubled_quotes(line: str) -> str:
    """Returns a line with quotes doubled that stand behind a backslash, as PHP writes them."""
    return _PHP_QUOTE.sub('""', line) if '\\"' in line else line


def _foreign_encoding(file: io.BufferedReader) -> str | None:
    """Returns the Japanese or Cyrillic encoding of a file; None for Unicode and Windows-1252."""
    sample = file.peek(SAMPLE_BYTES)
    if b"\0" in sample:
        return None  # UTF-16, which `read_lines` knows
    reader = codecs.getincrementaldecoder("utf-8")()
    while chunk := file.read(_CHUNK_BYTES):
        try:
            reader.decode(chunk)
        except UnicodeDecodeError:
            return _told_by_letters(chunk)
    return None


def _told_by_letters(chunk: bytes) -> str | None:
    """Tells an encoding by what letters come out; both signs are rare where it is another one."""
    text = chunk.decode("cp932", errors="replace")
    num_foreign = max(1, sum(not char.isascii() for char in text))
    is_clean = text.count("\ufffd") * 100 < num_foreign
    if is_clean and len(_KANA.findall(text)) * 10 >= num_foreign:
        return "cp932"
    text = chunk.decode("cp1251", errors="replace")
    letters = _LETTER.findall(text)
    in_words = sum(len(word) for word in re.findall("[\u0400-\u04ff]{3,}", text))
    if in_words * 10 >= 7 * max(1, len(letters)):
        return "cp1251"
    return None


def _rows(lines: Iterable[str], delimiter: str, name: str) -> Iterator[tuple[int, list[str], str]]:
    """Yields rows with their numbers, cut into cells.

    Raises:
        ValueError: A quoted cell is never closed. With tabs a quote is more often an inch mark.
    """
    for row in iter_rows(lines, delimiter):
        if row.shape is Shape.UNCLOSED and delimiter != "\t":
            raise ValueError(
                f"{name}: line {row.line:,} opens a quoted cell that never closes; expected a "
                "closing quote. The file is cut off, or a quote is lost: export it again."
            )
        yield row.line, _cells(row, delimiter), ""


def _cells(row: Row, delimiter: str) -> list[str]:
    if row.shape is Shape.STRAY and delimiter != "\t":
        try:
            return next(csv.reader(row.text.splitlines(), delimiter=delimiter))
        except csv.Error:  # longer than its fields may be
            pass
    return cells_of(row, delimiter)


def _records(rows: Iterable[tuple[int, list[str], str]], columns: Columns) -> Iterator[Record]:
    """Yields rows as records; the last one is marked where it alone is too short."""
    width = len(columns)
    num_short = 0
    held: Record | None = None
    for number, cells, damage in rows:
        if held is not None:
            yield held
        if not any(map(str.strip, cells)):
            held = None
            continue
        num_short += len(cells) < width
        if any(map(str.strip, cells[width:])):
            damage = f"cells do not fit the header: {len(cells)} cells, {width} names"
        held = Record(columns, cells, number, damage)
    if held is not None:
        if num_short == 1 and len(held.cells) < width and held.number > 3:
            held.damage = f"row is cut off: {len(held.cells)} cells, {width} names"
        yield held


def _trimmed(labels: Sequence[str]) -> list[str]:
    """Returns names without the empty ones at the end, as spreadsheets write them."""
    kept = list(labels)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept
