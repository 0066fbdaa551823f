"""Reads files of ads into a frame of distinct clean ads, with a report on every row.

It works for any file with one text a row: ads, e-mail subject lines, reviews; of tables it reads
one column. It knows from which file a text is, but no categories, families or splits.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from adgen.corpus.cleaning import clean_with_steps, is_plain
from adgen.corpus.csv_rows import Row, Shape, iter_rows
from adgen.corpus.delimiters import HEAD_LINES, Layout, cells_of, find_layout
from adgen.corpus.encodings import SAMPLE_BYTES, read_lines
from adgen.corpus.formats import FORMATS, find_files, is_packed, suffix_of
from adgen.corpus.look import NUM_LOOKED_AT, check_beginning, check_texts
from adgen.corpus.reading_report import CorpusReport
from adgen.corpus.structured import READERS
from adgen.support.given import a_path, a_text
from adgen.support.ranges import COUNTS, check_number

# The longest ad of the 3.2 million Amazon ones has about 1,250 characters; what is longer than this
# is no ad.
MAX_AD_CHARS = 2_000
# Ads have at most 4 lines; 20 leaves room for reviews and still splits a field that swallowed a
# page of ads.
MAX_FIELD_LINES = 20
_MIN_FILES_FOR_BAR = 20


def read_ads(
    path: str | Path, *, text_column: str | None = None, max_ad_chars: int = MAX_AD_CHARS
) -> pd.DataFrame:
    r"""Reads the texts of a file, or of every file of ads below a folder, clean and distinct.

    Files are `.csv`, `.tsv`, `.txt`, `.jsonl`, `.json`, `.parquet`, `.xlsx`, and `.gz` of each;
    docs/data.md says which shapes they may have. A file has one text a row, or several columns:
    that called `ad` is read, or the one that is given. The delimiter is found. The first row is a
    header if it names columns; in a file of one column, if it is a single word that could be a name
    in a program (`ad`, `a`, `subject_line`) or a usual name (`Product title`); else it is the first
    text. Commas in an unquoted row of a one-column file belong to the text. A quoted field may go
    over up to `MAX_FIELD_LINES` lines; one that is longer has swallowed its neighbours and is split
    into its lines. Bytes that are not UTF-8 are read as Windows-1252.

    Args:
        path: A file or a folder, which is searched to the bottom.
        text_column: The column that holds the texts, its name (case does not matter) or its number
            from 1; None for the one called `ad`, or the only one.
        max_ad_chars: Texts with more characters are set aside and reported.

    Returns:
        A frame with the columns `ad` and `file`: files in the order of their paths, rows in the
        order of the file, the first of equal ads. `file` is categorical, the path below the folder
        that was read; its categories are all files, also those that gave no ad. `read_with_report`
        says what became of every row.

    Raises:
        FileNotFoundError: If `path` does not exist.
        ValueError: If there is no file of ads or no text at `path`, if a file is damaged or of
            another kind, if it has not the column that was given, or none was given and it is
            unknown which of several holds the texts, or if most of what it holds are no texts.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     csv_path = pathlib.Path(folder) / "ads.csv"
        ...     _ = csv_path.write_text('ad\n"Mug, blue"\nMug, blue\nTin  cup\n')
        ...     ads = read_ads(csv_path)
        >>> list(ads["ad"]), list(ads["file"])
        (['Mug, blue', 'Tin cup'], ['ads.csv', 'ads.csv'])
    """
    return read_with_report(path, text_column=text_column, max_ad_chars=max_ad_chars)[0]


def read_with_report(
    path: str | Path, *, text_column: str | None = None, max_ad_chars: int = MAX_AD_CHARS
) -> tuple[pd.DataFrame, CorpusReport]:
    """Reads ads as `read_ads` does, and says what became of every row of every file.

    Args:
        path: A file or a folder, which is searched to the bottom.
        text_column: The column that holds the texts, as in `read_ads`.
        max_ad_chars: Texts with more characters are set aside and reported.

    Raises:
        FileNotFoundError: `path` does not exist.
        ValueError: `read_ads` would refuse it.
    """
    path = a_path("path", path)
    if text_column is not None:
        a_text("text_column", text_column)
    check_number("max_ad_chars", max_ad_chars, COUNTS, is_whole=True)
    found = find_files(path)
    report = CorpusReport(num_hidden_files=found.num_hidden, unread_files=found.unread)
    collector = _Collector(report, max_ad_chars)
    few = len(found.paths) < _MIN_FILES_FOR_BAR
    for file_path in found.paths if few else tqdm(found.paths, desc="reading", unit="file"):
        name = file_path.relative_to(path).as_posix() if file_path != path else file_path.name
        _read_file(file_path, name, text_column, collector)
    report = collector.finish()
    if not collector.ads:
        raise ValueError(
            f"No ads in {path}: {report.num_rows:,} rows in {report.num_files:,} files, dropped "
            f"{report.dropped.total():,}. Expected one text a row; "
            "give a file with rows below its header."
        )
    ads = pd.DataFrame({"ad": collector.ads, "file": collector.file_column()})
    return ads, report


class _Collector:
    """Cleans texts, keeps the first of equal ones and counts the rest."""

    def __init__(self, report: CorpusReport, max_ad_chars: int) -> None:
        self.report = report
        self.ads: list[str] = []
        self.max_ad_chars = max_ad_chars
        self._files: list[str] = []
        self._num_ads_at_end: list[int] = []  # of each file
        self._raw: set[str] = set()
        self._clean: set[str] = set()
        self._looked_at: list[str] = []  # texts of this file, as they stand in it
        self._whole_rows = False

    def begin_file(self, *, whole_rows: bool) -> None:
        """Begins a file, in which a text is a whole row or a column."""
        self._looked_at.clear()
        self._whole_rows = whole_rows

    def add(self, text: str, file: str, line: int) -> None:
        """Takes one text, or counts why not."""
        report = self.report
        report.num_rows += 1
        if len(text) > self.max_ad_chars:
            report.put_aside(file, line, len(text))
        elif text in self._raw:
            report.dropped["duplicate"] += 1
        else:
            self._add_new(text)
            self._look_at(text, file)

    def _add_new(self, text: str) -> None:
        cleaned = text
        if not is_plain(text):
            cleaned, steps = clean_with_steps(text)
            self.report.cleaned.update(steps)
        if not cleaned:
            self.report.dropped["empty"] += 1
            return
        self._raw.add(text)
        if cleaned in self._clean:
            self.report.dropped["duplicate_after_cleaning"] += 1
            return
        self._clean.add(cleaned)
        self.ads.append(cleaned)

    def _look_at(self, text: str, file: str) -> None:
        """Looks at the first texts of a file, as soon as there are enough."""
        if len(self._looked_at) < NUM_LOOKED_AT and text.strip():
            self._looked_at.append(text)
            if len(self._looked_at) == NUM_LOOKED_AT:
                check_texts(self._looked_at, file, whole_rows=self._whole_rows)

    def end_file(self, name: str) -> None:
        """Ends a file: what was added since the last one is of it.

        Raises:
            ValueError: Most of it are no texts.
        """
        if len(self._looked_at) < NUM_LOOKED_AT:
            check_texts(self._looked_at, name, whole_rows=self._whole_rows)
        self._files.append(name)
        self._num_ads_at_end.append(len(self.ads))

    def file_column(self) -> pd.Series:
        """Returns the file of each ad."""
        num_ads = np.diff(self._num_ads_at_end, prepend=0)  # (files,)
        codes = np.repeat(np.arange(len(num_ads)), num_ads)  # (ads,)
        return pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index(self._files)))

    def finish(self) -> CorpusReport:
        """Completes the report."""
        self.report.num_ads = len(self.ads)
        self.report.num_distinct_raw = len(self._raw)
        return self.report


def _read_file(path: Path, name: str, text_column: str | None, collector: _Collector) -> None:
    """Hands every text of one file to the collector.

    Raises:
        ValueError: `read_ads` would refuse it.
    """
    report = collector.report
    report.num_files += 1
    report.num_bytes += path.stat().st_size
    num_rows_before = report.num_rows
    try:
        with _opened(path) as file:
            kind = FORMATS.get(suffix_of(path), "text")
            read = _read_structured if kind in READERS else _read_rows
            is_empty = read(file, name, text_column, collector)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{name} is damaged: {error}. Bring the file anew.") from None
    if not is_empty and report.num_rows == num_rows_before:
        report.num_header_only_files += 1
    collector.end_file(name)


def _opened(path: Path) -> io.BufferedReader:
    """Opens a file, and unpacks it where it is packed."""
    if is_packed(path):
        return io.BufferedReader(gzip.open(path), SAMPLE_BYTES)
    return io.BufferedReader(io.FileIO(path), SAMPLE_BYTES)


def _read_rows(
    file: io.BufferedReader, name: str, text_column: str | None, collector: _Collector
) -> bool:
    """Hands the texts of a text file to the collector; says whether it is empty."""
    report = collector.report
    lines = read_lines(file, name, report)
    num_blank = 0
    for first in lines:
        if first.strip():
            break
        num_blank += 1
    else:
        report.num_empty_files += 1
        return True
    check_beginning(first, name)
    head = [first, *islice(lines, HEAD_LINES - 1)]
    layout = find_layout(head, text_column, name)
    _count_header(layout.header, report)
    collector.begin_file(whole_rows=layout.num_columns == 1 and not layout.is_told)
    num_before = layout.num_lines_before
    lines = islice(chain(head, lines), num_before, None)
    rows = iter_rows(lines, layout.delimiter, first_line=num_blank + num_before + 1)
    for row in islice(rows, layout.num_header_rows, None):
        for text, line in _texts(row, layout, collector):
            collector.add(text, name, line)
    return False


def _read_structured(
    file: io.BufferedReader, name: str, text_column: str | None, collector: _Collector
) -> bool:
    """Hands the texts of a file that is no text to the collector; says whether it is empty."""
    report = collector.report
    records = READERS[FORMATS[suffix_of(Path(name))]](file, name, text_column)
    report.unread_files += records.unread
    collector.begin_file(whole_rows=False)
    num_rows_before = report.num_rows
    for text, line in records.cells:
        if text is None:
            report.num_rows += 1
            report.dropped["wrong_columns"] += 1
        else:
            collector.add(text, name, line)
    is_empty = records.header is None and report.num_rows == num_rows_before
    report.num_empty_files += is_empty
    if not is_empty:
        _count_header(records.header, report)
    return is_empty


def _count_header(header: str | None, report: CorpusReport) -> None:
    if header is None:
        report.num_headerless_files += 1
    else:
        report.headers[header] += 1


def _texts(row: Row, layout: Layout, collector: _Collector) -> Iterator[tuple[str, int]]:
    """Yields the text of a row with its line; several where a field swallowed its neighbours."""
    report = collector.report
    if row.shape in (Shape.STRAY, Shape.UNCLOSED):
        report.repaired[f"{row.shape.value}_quotes"] += 1
    is_whole = layout.num_columns == 1
    text = _whole_text(row, layout, report) if is_whole else _column_text(row, layout)
    if text is None:
        report.num_rows += 1
        report.dropped["wrong_columns"] += 1
    elif "\n" not in text:
        yield text, row.line
    elif text.count("\n") < MAX_FIELD_LINES and len(text) <= collector.max_ad_chars:
        report.repaired["multiline_fields"] += 1
        yield text, row.line
    else:
        lines = [
            (line, row.line + offset)
            for offset, line in enumerate(text.split("\n"))
            if line.strip()
        ]
        report.repaired["split_fields"] += 1
        report.repaired["split_lines"] += len(lines)
        yield from lines


def _whole_text(row: Row, layout: Layout, report: CorpusReport) -> str:
    """Returns a row of a one-column file as one text, its commas included."""
    if row.columns is None:
        if row.shape is not Shape.PLAIN or layout.delimiter not in row.text:
            return row.text
        report.repaired["rejoined_rows"] += 1
        return row.text.rstrip(f"{layout.delimiter} ")
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
