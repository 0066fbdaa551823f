"""Reads files of ads into a frame of distinct clean ads, with a report on every row.

It works for any file with one text a row: ads, e-mail subject lines, reviews; of tables it reads
one column. It knows from which file a text is, but no categories, families or splits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from tqdm.auto import tqdm

from adgen.corpus.file_texts import FileJob, FileTexts, read_file
from adgen.corpus.formats import find_files
from adgen.corpus.reading_report import CorpusReport
from adgen.corpus.text_arrays import as_array, first_of_equal
from adgen.support.given import a_path, a_text
from adgen.support.processes import Over
from adgen.support.ranges import COUNTS, SIZES, check_number

# The longest ad of the 3.2 million Amazon ones has about 1,250 characters; what is longer than this
# is no ad.
MAX_AD_CHARS = 2_000
_MIN_FILES_FOR_BAR = 20
# What one process reads while another one starts, and more.
_BYTES_PER_PROCESS = 1 << 24


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
    path: str | Path,
    *,
    text_column: str | None = None,
    max_ad_chars: int = MAX_AD_CHARS,
    over: Over = map,
) -> tuple[pd.DataFrame, CorpusReport]:
    """Reads ads as `read_ads` does, and says what became of every row of every file.

    Args:
        path: A file or a folder, which is searched to the bottom.
        text_column: The column that holds the texts, as in `read_ads`.
        max_ad_chars: Texts with more characters are set aside and reported.
        over: What calls a function for every file, such as `in_processes` gives.

    Raises:
        FileNotFoundError: `path` does not exist.
        ValueError: `read_ads` would refuse it.
    """
    path = a_path("path", path)
    if text_column is not None:
        a_text("text_column", text_column)
    check_number("max_ad_chars", max_ad_chars, COUNTS, is_whole=True)
    found = find_files(path)
    jobs = [
        FileJob(
            one,
            one.relative_to(path).as_posix() if one != path else one.name,
            text_column,
            max_ad_chars,
        )
        for one in found.paths
    ]
    is_long = len(jobs) >= _MIN_FILES_FOR_BAR
    files = list(
        tqdm(over(read_file, jobs), desc="reading", unit="file", total=len(jobs))
        if is_long
        else over(read_file, jobs)
    )
    report = CorpusReport(num_hidden_files=found.num_hidden, unread_files=found.unread)
    for file in files:
        report.add(file.report)
    ads = _distinct(files, report)
    report.num_ads = len(ads)
    if ads.empty:
        raise ValueError(
            f"No ads in {path}: {report.num_rows:,} rows in {report.num_files:,} files, dropped "
            f"{report.dropped.total():,}. Expected one text a row; "
            "give a file with rows below its header."
        )
    return ads, report


def useful_processes(path: str | Path, most: int) -> int:
    """Returns how many processes are worth starting to read the files at a path, at least 1.

    Raises:
        FileNotFoundError: `path` does not exist.
        ValueError: There is no file of ads, or `most` is no number of processes.
    """
    check_number("num_processes", most, SIZES, is_whole=True)
    num_bytes = sum(one.stat().st_size for one in find_files(a_path("path", path)).paths)
    return min(most, 1 + num_bytes // _BYTES_PER_PROCESS)


def _distinct(files: list[FileTexts], report: CorpusReport) -> pd.DataFrame:
    """Returns the first of equal ads with their files, and counts the others.

    Args:
        files: What was read; it is empty afterwards, which frees the memory of the raw texts.
        report: Where duplicates and cleaned texts are counted.
    """
    names = [file.name for file in files]
    # 1. Texts that stand in several files.
    is_first = first_of_equal(pa.chunked_array([file.texts for file in files], pa.large_string()))
    report.num_distinct_raw = int(is_first.sum())
    report.dropped["duplicate"] += len(is_first) - report.num_distinct_raw
    # 2. Texts that only cleaning makes equal.
    changed: list[str] = []
    chunks = list(_cleaned(files, is_first, changed, report.cleaned))
    cleaned = pa.chunked_array(chunks, pa.large_string())
    may_be_equal = pc.is_in(cleaned, as_array(changed))
    is_first = np.ones(len(cleaned), bool)
    is_first[may_be_equal.to_numpy()] = first_of_equal(cleaned.filter(may_be_equal))
    report.dropped["duplicate_after_cleaning"] += len(is_first) - int(is_first.sum())
    codes = np.repeat(np.arange(len(names)), [len(chunk) for chunk in chunks])  # (texts,)
    ads = pa.table({"ad": cleaned.filter(pa.array(is_first))}).to_pandas()
    ads["file"] = pd.Categorical.from_codes(codes[is_first], categories=pd.Index(names))
    return ads


def _cleaned(
    files: list[FileTexts], is_first: np.ndarray, changed: list[str], counts: Counter[str]
) -> Iterator[pa.LargeStringArray]:
    """Yields the different texts of every file as cleaning leaves them, and empties the list.

    Args:
        files: What was read.
        is_first: Which of their texts stand in no file before, shape `(texts,)`.
        changed: Where those go that cleaning changed.
        counts: Where its steps are counted.
    """
    start = 0
    files.reverse()
    while files:
        _, texts, cleaned, _ = files.pop()
        is_kept = is_first[start : start + len(texts)]
        start += len(texts)
        kept = {place: found for place, found in cleaned.items() if is_kept[place]}
        for found in kept.values():
            counts.update(found.steps)
            changed.append(found.text)
        is_changed = np.zeros(len(texts), bool)
        is_changed[list(kept)] = True
        found_texts = as_array([found.text for found in kept.values()])
        texts = pc.replace_with_mask(texts, pa.array(is_changed), found_texts)
        yield texts.filter(pa.array(is_kept))
