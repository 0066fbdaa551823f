"""Reads one file of ads: its different texts, cleaned, and what became of every row.

It works for any file with one text a row: ads, e-mail subject lines, reviews; of tables it reads
one column. It knows no other files.
"""

from __future__ import annotations

import gzip
import io
import zlib
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from adgen.corpus.cleaning import clean_with_steps, is_plain
from adgen.corpus.csv_rows import Row, Shape, iter_rows
from adgen.corpus.delimiters import HEAD_LINES, Layout, cells_of, find_layout
from adgen.corpus.encodings import SAMPLE_BYTES, read_lines
from adgen.corpus.formats import FORMATS, is_packed, suffix_of
from adgen.corpus.look import NUM_LOOKED_AT, check_beginning, check_texts
from adgen.corpus.reading_report import CorpusReport
from adgen.corpus.structured import READERS
from adgen.corpus.text_arrays import as_array

# Ads have at most 4 lines; 20 leaves room for reviews and still splits a field that swallowed a
# page of ads.
MAX_FIELD_LINES = 20
_REPAIRED = (Shape.STRAY, Shape.UNCLOSED)


class FileJob(NamedTuple):
    """A file to read.

    Attributes:
        path: Where it lies.
        name: What messages call it.
        text_column: The column that holds the texts, as in `read_ads`.
        max_ad_chars: Texts with more characters are set aside and reported.
    """

    path: Path
    name: str
    text_column: str | None
    max_ad_chars: int


class Cleaned(NamedTuple):
    """A text that cleaning changed, and by which steps."""

    text: str
    steps: frozenset[str]


class FileTexts(NamedTuple):
    """What a file holds.

    Attributes:
        name: What messages call the file.
        texts: Its different texts as they stand in it, but those of which cleaning leaves nothing.
        cleaned: Those that cleaning changed, by their places in `texts`.
        report: What became of its rows. Of texts that cleaning changed it counts none but those
            that became empty.
    """

    name: str
    texts: pa.LargeStringArray
    cleaned: dict[int, Cleaned]
    report: CorpusReport


def read_file(job: FileJob) -> FileTexts:
    """Reads a file.

    Raises:
        ValueError: `read_ads` would refuse it.
    """
    collector = _Collector(job)
    report = collector.report
    report.num_files = 1
    report.num_bytes = job.path.stat().st_size
    try:
        with _opened(job.path) as file:
            kind = FORMATS.get(suffix_of(job.path), "text")
            read = _read_structured if kind in READERS else _read_rows
            is_empty = read(file, job, collector)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{job.name} is damaged: {error}. Bring the file anew.") from None
    report.num_header_only_files = int(not is_empty and not report.num_rows)
    return collector.finish()


class _Collector:
    """Cleans the texts of a file, keeps the first of equal ones and counts the rest."""

    def __init__(self, job: FileJob) -> None:
        self.report = CorpusReport()
        self.whole_rows = False  # whether a text is a whole row, which no delimiter has cut
        self._job = job
        self._texts: dict[str, None] = {}  # as they stand in the file
        self._cleaned: dict[int, Cleaned] = {}
        self._looked_at: list[str] = []

    def add(self, text: str, line: int) -> None:
        """Takes one text, or counts why not."""
        report = self.report
        report.num_rows += 1
        if len(text) > self._job.max_ad_chars:
            report.put_aside(self._job.name, line, len(text))
        elif text in self._texts:
            report.dropped["duplicate"] += 1
        else:
            self._add_new(text)
            if len(self._looked_at) < NUM_LOOKED_AT:
                self._look_at(text)

    def _add_new(self, text: str) -> None:
        if not is_plain(text):
            cleaned = Cleaned(*clean_with_steps(text))
            if not cleaned.text:
                self.report.cleaned.update(cleaned.steps)
                self.report.dropped["empty"] += 1
                return
            if cleaned.steps:
                self._cleaned[len(self._texts)] = cleaned
        elif not text:
            self.report.dropped["empty"] += 1
            return
        self._texts[text] = None

    def _look_at(self, text: str) -> None:
        """Looks at the first texts of the file, as soon as there are enough."""
        if text.strip():
            self._looked_at.append(text)
            if len(self._looked_at) == NUM_LOOKED_AT:
                check_texts(self._looked_at, self._job.name, whole_rows=self.whole_rows)

    def finish(self) -> FileTexts:
        """Returns what was taken.

        Raises:
            ValueError: Most of it are no texts.
        """
        if len(self._looked_at) < NUM_LOOKED_AT:
            check_texts(self._looked_at, self._job.name, whole_rows=self.whole_rows)
        return FileTexts(self._job.name, as_array(list(self._texts)), self._cleaned, self.report)


def _opened(path: Path) -> io.BufferedReader:
    """Opens a file, and unpacks it where it is packed."""
    if is_packed(path):
        return io.BufferedReader(gzip.open(path), SAMPLE_BYTES)
    return io.BufferedReader(io.FileIO(path), SAMPLE_BYTES)


def _read_rows(file: io.BufferedReader, job: FileJob, collector: _Collector) -> bool:
    """Hands the texts of a text file to the collector; says whether it is empty."""
    report = collector.report
    lines = read_lines(file, job.name, report)
    num_blank = 0
    for first in lines:
        if first.strip():
            break
        num_blank += 1
    else:
        report.num_empty_files += 1
        return True
    check_beginning(first, job.name)
    head = [first, *islice(lines, HEAD_LINES - 1)]
    layout = find_layout(head, job.text_column, job.name)
    _count_header(layout.header, report)
    collector.whole_rows = layout.num_columns == 1 and not layout.is_told
    num_before = layout.num_lines_before
    lines = islice(chain(head, lines), num_before, None)
    rows = iter_rows(lines, layout.delimiter, first_line=num_blank + num_before + 1)
    for row in islice(rows, layout.num_header_rows, None):
        if row.shape in _REPAIRED:
            report.repaired[f"{row.shape.value}_quotes"] += 1
        is_whole = layout.num_columns == 1
        text = _whole_text(row, layout, report) if is_whole else _column_text(row, layout)
        if text is None:
            report.num_rows += 1
            report.dropped["wrong_columns"] += 1
        elif "\n" not in text:
            collector.add(text, row.line)
        else:
            for line, offset in _lines(text, job.max_ad_chars, report):
                collector.add(line, row.line + offset)
    return False


def _read_structured(file: io.BufferedReader, job: FileJob, collector: _Collector) -> bool:
    """Hands the texts of a file that is no text to the collector; says whether it is empty."""
    report = collector.report
    records = READERS[FORMATS[suffix_of(job.path)]](file, job.name, job.text_column)
    report.unread_files += records.unread
    for text, line in records.cells:
        if text is None:
            report.num_rows += 1
            report.dropped["wrong_columns"] += 1
        else:
            collector.add(text, line)
    is_empty = records.header is None and not report.num_rows
    report.num_empty_files += is_empty
    if not is_empty:
        _count_header(records.header, report)
    return is_empty


def _count_header(header: str | None, report: CorpusReport) -> None:
    if header is None:
        report.num_headerless_files += 1
    else:
        report.headers[header] += 1


def _lines(text: str, max_ad_chars: int, report: CorpusReport) -> list[tuple[str, int]]:
    """Returns a text of several lines, or these lines where a field swallowed its neighbours.

    Each stands with the number of lines before it.
    """
    if text.count("\n") < MAX_FIELD_LINES and len(text) <= max_ad_chars:
        report.repaired["multiline_fields"] += 1
        return [(text, 0)]
    lines = [(line, offset) for offset, line in enumerate(text.split("\n")) if line.strip()]
    report.repaired["split_fields"] += 1
    report.repaired["split_lines"] += len(lines)
    return lines


def _whole_text(row: Row, layout: Layout, report: CorpusReport) -> str:
    """Returns a row of a one-column file as one text, its commas included."""
    if row.columns is None:
        if row.shape is not Shape.PLAIN or layout.delimiter not in row.text:
            return row.text
        report.repaired["rejoined_rows"] += 1
        return row.text.rstrip(f"{layout.delimiter} ")
    if len(row.columns) == 1:  # most
        return row.columns[0] if row.columns[0].strip() else ""
    columns = [column for column in row.columns if column.strip()]
    if len(columns) < 2:
        return columns[0] if columns else ""
    report.repaired["rejoined_rows"] += 1
    return _rejoined(columns, layout)


def _column_text(row: Row, layout: Layout) -> str | None:
    """Returns the text column of a row; None where its columns are not those of the header."""
    columns = cells_of(row, layout.delimiter)
    index = layout.index
    if any(column.strip() for column in columns[layout.num_columns :]):
        # An unquoted delimiter: which columns are the text is certain only when it is the last one.
        if index != layout.num_columns - 1:
            return None
        return _rejoined(columns[index:], layout)
    return columns[index] if index < len(columns) else None


def _rejoined(columns: list[str], layout: Layout) -> str:
    """Returns a text that its own delimiters had cut."""
    between = " " if layout.delimiter == "\t" else f"{layout.delimiter} "
    return between.join(column.strip() for column in columns)
