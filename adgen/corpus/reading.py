"""Reads CSV files into a frame of distinct clean ads, with a report on every row.

It works for any file with one text a row: ads, e-mail subject lines, reviews. It knows from which
file a text is, but no categories, families or splits.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from adgen.corpus.cleaning import clean_with_steps, is_plain
from adgen.corpus.csv_rows import Row, Shape, iter_rows, split_lines
from adgen.corpus.reading_report import CorpusReport
from adgen.support.files import check_plain_file, resolved

# The longest ad of the 3.2 million Amazon ones has about 1,250 characters; what is longer than this
# is no ad.
MAX_AD_CHARS = 2_000
# Ads have at most 4 lines; 20 leaves room for reviews and still splits a field that swallowed a
# page of ads.
MAX_FIELD_LINES = 20
_MIN_FILES_FOR_BAR = 20
# How the first bytes of archives, images, PDFs and spreadsheets look.
_BINARY_STARTS = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF",
    b"\xd0\xcf\x11",
)
_CONTROLS = bytes(range(1, 9)) + bytes(range(14, 32))
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_COLUMN_NAME = re.compile(r"(?:[^\W\d]\w*(?:[ ._-]\w+){0,2})?")


@dataclass(frozen=True)
class _Layout:
    """The place of the text in the rows of one file; with one column a row is one text."""

    index: int = 0
    num_columns: int = 1
    header: str | None = None


def read_ads(
    path: str | Path, *, text_column: str = "ad", max_ad_chars: int = MAX_AD_CHARS
) -> pd.DataFrame:
    r"""Reads the texts of a CSV file, or of every `*.csv` below a folder, clean and distinct.

    A file has one text a row, or several columns of which `text_column` is one. The first row is a
    header if one of its cells is `text_column` (case and white space around it do not matter) or if
    it is a single word that could be a name in a program (`ad`, `a`, `subject_line`); else it is
    the first text. Commas in an unquoted row of a one-column file belong to the text. A quoted
    field may go over up to `MAX_FIELD_LINES` lines; one that is longer has swallowed its neighbours
    and is split into its lines. Bytes that are not UTF-8 are read as Windows-1252.

    Args:
        path: A CSV file or a folder, which is searched to the bottom.
        text_column: The name of the column that holds the texts.
        max_ad_chars: Texts with more characters are set aside and reported.

    Returns:
        A frame with the columns `ad` and `file`: files in the order of their paths, rows in the
        order of the file, the first of equal ads. `file` is categorical, the path below the folder
        that was read; its categories are all files, also those that gave no ad. `read_with_report`
        says what became of every row.

    Raises:
        FileNotFoundError: If `path` does not exist.
        ValueError: If there is no CSV file or no text at `path`, if a file is not text, or if it
            has several columns and none is `text_column`.

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
    path: str | Path, *, text_column: str = "ad", max_ad_chars: int = MAX_AD_CHARS
) -> tuple[pd.DataFrame, CorpusReport]:
    """Reads ads as `read_ads` does, and says what became of every row of every file.

    Args:
        path: A CSV file or a folder, which is searched to the bottom.
        text_column: The name of the column that holds the texts.
        max_ad_chars: Texts with more characters are set aside and reported.

    Raises:
        FileNotFoundError: `path` does not exist.
        ValueError: `read_ads` would refuse it.
    """
    path = Path(path)
    collector = _Collector(CorpusReport(), max_ad_chars)
    csv_paths = _csv_paths(path)
    few = len(csv_paths) < _MIN_FILES_FOR_BAR
    for csv_path in csv_paths if few else tqdm(csv_paths, desc="reading", unit="file"):
        name = csv_path.relative_to(path).as_posix() if csv_path != path else csv_path.name
        _read_file(csv_path, name, text_column, collector)
        collector.end_file(name)
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

    def end_file(self, name: str) -> None:
        """Ends a file: what was added since the last one is of it."""
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


def _csv_paths(path: Path) -> list[Path]:
    """Lists the files to read."""
    if not path.exists():
        raise FileNotFoundError(
            f"{resolved(path)} does not exist. Expected a CSV file or a folder of CSV files; "
            "check the path, or run `adgen data download` and then `adgen data prepare`."
        )
    if not path.is_dir():
        check_plain_file(path)
        return [path]
    csv_paths = sorted(
        (found for found in path.rglob("*.csv") if not found.is_dir()), key=Path.as_posix
    )
    for csv_path in csv_paths:
        check_plain_file(csv_path)
    if not csv_paths:
        raise ValueError(
            f"No *.csv file in or below the folder {path}. "
            "Unpack the corpus there or give another folder."
        )
    return csv_paths


def _read_file(csv_path: Path, name: str, text_column: str, collector: _Collector) -> None:
    """Hands every text of one file to the collector."""
    report = collector.report
    content = csv_path.read_bytes()
    report.num_files += 1
    report.num_bytes += len(content)
    lines = split_lines(_decode(content, name, report))
    first = next(iter_rows(lines), None)
    if first is None:
        report.num_empty_files += 1
        return
    layout = _layout(first, text_column, name)
    rows = iter_rows(lines)
    if layout.header is None:
        report.num_headerless_files += 1
    else:
        report.headers[layout.header] += 1
        rows = islice(rows, 1, None)
    num_rows_before = report.num_rows
    for row in rows:
        for text, line in _texts(row, layout, collector):
            collector.add(text, name, line)
    if report.num_rows == num_rows_before:
        report.num_header_only_files += 1


def _decode(content: bytes, name: str, report: CorpusReport) -> str:
    """Decodes a file as UTF-8, as UTF-16 where it is marked so, and else line by line."""
    sample = content[:65_536]
    marked_utf_16 = content.startswith(_UTF_16)
    num_controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if content.startswith(_BINARY_STARTS) or (
        not marked_utf_16 and num_controls > len(sample) / 50
    ):
        raise ValueError(
            f"{name} is not text (an archive, image or spreadsheet?). "
            "Unpack it or save it as a CSV file."
        )
    if marked_utf_16:
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        lines = content.removeprefix(codecs.BOM_UTF8).split(b"\n")
        return "\n".join(_decode_line(line, name, report) for line in lines)


def _decode_line(line: bytes, name: str, report: CorpusReport) -> str:
    """Decodes one line as UTF-8 or, failing that, as Windows-1252."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        report.num_cp1252_lines[name] += 1
        return line.decode("cp1252", errors="replace")


def _layout(first: Row, text_column: str, name: str) -> _Layout:
    """Decides from a file's first row where its texts are."""
    cells = first.columns or first.text.split(",")
    names = [cell.strip(' \t"\ufeff') for cell in cells]
    while len(names) > 1 and not names[-1]:  # `ad,,` as spreadsheets write it
        names.pop()
    folded = [cell.casefold() for cell in names]
    wanted = text_column.strip().casefold()
    if wanted in folded:
        return _Layout(folded.index(wanted), len(names), names[folded.index(wanted)])
    if len(names) == 1:
        return _Layout(header=names[0]) if names[0].isidentifier() else _Layout()
    # Names, none of which is followed by a space after its comma, as it would be in a sentence.
    if all(_COLUMN_NAME.fullmatch(cell) for cell in cells[: len(names)]):
        raise ValueError(
            f"{name} has the columns {', '.join(map(repr, names))}; none is {text_column!r}. "
            f"Name the one with the texts, for example text_column={names[-1]!r}, "
            "or add a header line 'ad' if every line is one text."
        )
    return _Layout()


def _texts(row: Row, layout: _Layout, collector: _Collector) -> Iterator[tuple[str, int]]:
    """Yields the text of a row with its line; several where a field swallowed its neighbours."""
    report = collector.report
    if row.shape in (Shape.STRAY, Shape.UNCLOSED):
        report.repaired[f"{row.shape.value}_quotes"] += 1
    text = _whole_text(row, report) if layout.num_columns == 1 else _column_text(row, layout)
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


def _whole_text(row: Row, report: CorpusReport) -> str:
    """Returns a row of a one-column file as one text, its commas included."""
    if row.columns is None:
        if row.shape is not Shape.PLAIN or "," not in row.text:
            return row.text
        report.repaired["rejoined_rows"] += 1
        return row.text.rstrip(", ")
    columns = [column for column in row.columns if column.strip()]
    if len(columns) < 2:
        return columns[0] if columns else ""
    report.repaired["rejoined_rows"] += 1
    return ", ".join(column.strip() for column in columns)


def _column_text(row: Row, layout: _Layout) -> str | None:
    """Returns the text column of a row; None where its columns are not those of the header."""
    columns = row.columns or row.text.split(",")
    index = layout.index
    if any(column.strip() for column in columns[layout.num_columns :]):
        # An unquoted comma: which columns are the text is certain only when it is the last one.
        if index != layout.num_columns - 1:
            return None
        return ", ".join(column.strip() for column in columns[index:])
    return columns[index] if index < len(columns) else None
