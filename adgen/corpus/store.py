"""Prepares a corpus once, as `ads.parquet` and `corpus.json`, and loads it in seconds.

`corpus.json` is written last and removed before anything of the corpus changes, so that both files
are there and belong together, or loading says so. This module knows files and frames; it knows no
downloads and no models.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adgen.corpus.adult import find_adult_ads
from adgen.corpus.categories import add_categories
from adgen.corpus.choosing import sample_places
from adgen.corpus.download import MANIFEST
from adgen.corpus.families import family_ids
from adgen.corpus.reading import read_with_report, useful_processes
from adgen.corpus.reading_report import CorpusReport
from adgen.corpus.splits import SPLITS, split_ads, split_arguments
from adgen.corpus.text_arrays import each_text
from adgen.records.base import Corpus, Split
from adgen.records.entries import Entry
from adgen.records.machine import environment
from adgen.records.record import corpus_entry
from adgen.support.files import (
    check_plain_file,
    read_json_object,
    replace_when_done,
    sha256_of,
    write_json,
)
from adgen.support.folders import FolderKind, check_output_dir
from adgen.support.given import a_path, texts
from adgen.support.json_files import read_json_dict
from adgen.support.processes import in_processes
from adgen.support.ranges import COUNTS, SEEDS, check_number

logger = logging.getLogger(__name__)

ADS_NAME = "ads.parquet"
ABOUT_NAME = "corpus.json"
LEAKS_NAME = "leaks.json"
STORE_VERSION = 1
_COLUMNS = ["ad", "category", "subcategory", "family", "split"]
_NAMES = ["category", "subcategory", "split"]  # kept as categories
_ROW_GROUP_ADS = 1 << 17
_AGAIN = "Run `adgen data prepare` again."


@dataclass(frozen=True, kw_only=True)
class _File(Entry):
    num_bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class _About(Entry):
    """The entries of `corpus.json` that are read again, with their types."""

    corpus: Corpus
    split: Split
    num_ads_by_split: Mapping[str, int]
    num_ads_by_category: Mapping[str, int]
    report: Mapping[str, object]
    files: Mapping[str, _File]


def _is_ours(folder: Path) -> bool:
    """Returns whether a folder holds a corpus, or what a kill while preparing one leaves."""
    if "store_version" in read_json_object(folder / ABOUT_NAME):
        return True
    if (folder / ADS_NAME).is_file():
        return _has_our_columns(folder / ADS_NAME)
    return all(path.name.startswith(".ads-") for path in folder.iterdir())


# `tokens` is the folder of `tokens.store`.
CORPUS_FOLDER = FolderKind(
    "a prepared corpus",
    is_ours=_is_ours,
    owns=lambda path: path.parts[0] == "tokens" or path.as_posix() in (ADS_NAME, ABOUT_NAME),
)


def prepare_corpus(
    raw_dir: str | Path,
    processed_dir: str | Path,
    *,
    text_column: str | None = None,
    valid: float = 0.05,
    test: float = 0.05,
    seed: int = 0,
    by: Literal["family", "ad"] = "family",
    keep_adult: bool = False,
    num_processes: int = 1,
) -> pd.DataFrame:
    """Reads, cleans and splits a corpus, and keeps the result in a folder for `load_corpus`.

    Args:
        raw_dir: A folder of files of ads, such as `download_corpus` makes, or one file.
        processed_dir: The folder to write `ads.parquet` and `corpus.json` into: new, empty, or a
            prepared corpus, which is replaced; other files in it stay. Ads that cannot be read or
            split leave it as it was.
        text_column: The column that holds the ads, as in `read_ads`.
        valid: The share for validation, as in `split_ads`.
        test: The share for the test.
        seed: Seed of the split.
        by: What stays undivided, `"family"` or `"ad"`.
        keep_adult: Whether ads of adult products stay. Else they are left out and counted.
        num_processes: Processes that read files and find families, at most; of a few MB this one
            does all. A script that gives more needs `if __name__ == "__main__":`.

    Returns:
        The frame that `load_corpus` returns. What reading dropped and repaired stands in
        `read_about(folder)["report"]`, how many ads are of adult products in its `["adult"]`.

    Raises:
        FileNotFoundError: If there is nothing at `raw_dir`.
        ValueError: If a file cannot be read as ads, a split argument is wrong, `processed_dir`
            holds something else, it and `raw_dir` lie in each other, every ad is left out, or
            `num_processes` is below 1.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as name:
        ...     csv_path = Path(name) / "raw" / "pets" / "amazon_pets_cats.csv"
        ...     csv_path.parent.mkdir(parents=True)
        ...     _ = csv_path.write_text("Cat tree, 120 cm")
        ...     _ = prepare_corpus(Path(name) / "raw", Path(name) / "processed")
        ...     load_corpus(Path(name) / "processed")[["ad", "category", "split"]].values.tolist()
        [['Cat tree, 120 cm', 'pets-cats', 'train']]
    """
    # Complain before the long part.
    split = split_arguments(valid=valid, test=test, seed=seed, by=by)
    check_output_dir(processed_dir, CORPUS_FOLDER, apart_from={"the ads": raw_dir})
    seconds: dict[str, float] = {}
    with in_processes(useful_processes(raw_dir, num_processes)) as over:
        with timed("read", seconds):
            ads, report = read_with_report(raw_dir, text_column=text_column, over=over)
            ads = add_categories(ads)
            adult = find_adult_ads(ads)
            if not keep_adult and adult.is_adult.any():
                ads = _without(ads, adult.is_adult, report)
        with timed("split", seconds):
            ads["family"] = family_ids(ads["ad"], over)
            ads = split_ads(ads, valid=valid, test=test, seed=seed, by=by)[_COLUMNS]
            ads["split"] = pd.Categorical(ads["split"], categories=SPLITS)
    source = _read_source(Path(raw_dir))
    with timed("hash", seconds):
        name = (source or {}).get("source", Path(raw_dir).resolve().name)
        corpus = corpus_entry(name, each_text(ads["ad"]))
    folder = Path(processed_dir)
    with timed("write", seconds), replace_when_done(folder / ADS_NAME) as ads_path:
        _write_parquet(ads, ads_path)
        file_entry = {"num_bytes": ads_path.stat().st_size, "sha256": sha256_of(ads_path)}
        (folder / ABOUT_NAME).unlink(missing_ok=True)
    about = {
        "store_version": STORE_VERSION,
        "corpus": corpus,
        "source": source,
        "split": split,
        "num_ads_by_split": ads["split"].value_counts(sort=False).to_dict(),
        "num_ads_by_category": ads["category"].value_counts(sort=False).to_dict(),
        "report": report.to_dict(),
        "adult": {"kept": keep_adult, **adult.counts()},
        "files": {ADS_NAME: file_entry},
        "seconds": {stage: round(value, 2) for stage, value in seconds.items()},
        **environment().as_dict(),
    }
    write_json(folder / ABOUT_NAME, about)
    return ads


def load_corpus(
    processed_dir: str | Path = "data/processed",
    *,
    categories: str | Sequence[str] | None = None,
    splits: str | Sequence[str] | None = None,
    max_ads: int | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Loads a prepared corpus, or a part of it.

    Args:
        processed_dir: A folder that `prepare_corpus` wrote.
        categories: The categories to load; None loads all.
        splits: The splits to load, of `train`, `valid` and `test`; None loads all.
        max_ads: If there are more ads, load so many of them at random. A larger sample with the
            same seed and of the same categories and splits contains the smaller one.
        seed: Seed of that sample.

    Returns:
        A frame with the columns `ad`, `category`, `subcategory`, `family` (int64) and `split`, the
        names categorical, in the order of the corpus. `read_about` says how it was divided, and
        what identifies the whole corpus; `adgen.corpus.source.load_ads` gives both.

    Raises:
        FileNotFoundError: If there is no corpus, or preparing one did not come to its end.
        ValueError: If a category or split is unknown, `max_ads` is below 1, or the files do not
            belong together.
    """
    folder = a_path("processed_dir", processed_dir)
    check_number("seed", seed, SEEDS, is_whole=True)
    about = read_about(folder)
    chosen = {
        "category": _known("category", categories, list(about["num_ads_by_category"])),
        "split": _known("split", splits, list(SPLITS)),
    }
    if max_ads is not None:
        check_number("max_ads", max_ads, COUNTS, is_whole=True)
    _check_parquet(folder / ADS_NAME, about["files"][ADS_NAME])
    return _read_parquet(folder / ADS_NAME, chosen, max_ads, seed)


@contextmanager
def timed(stage: str, seconds: dict[str, float]) -> Iterator[None]:
    """Measures how long a stage takes, and logs it.

    Args:
        stage: Its name.
        seconds: Where its seconds go, under its name.
    """
    started = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - started
    logger.info("%s: %.1f s", stage, seconds[stage])


def is_corpus(path: Path) -> bool:
    """Returns whether a path is that of a prepared corpus, be it unfinished."""
    return any((path / name).exists() for name in (ABOUT_NAME, ADS_NAME))


def _without(ads: pd.DataFrame, is_adult: NDArray[np.bool_], report: CorpusReport) -> pd.DataFrame:
    """Leaves out the ads of adult products, and says so in the report."""
    if is_adult.all():
        raise ValueError(
            "Every ad is of an adult product, so that nothing is left. Give other ads, or "
            "keep_adult=True."
        )
    report.dropped["adult"] += int(is_adult.sum())
    report.num_ads -= int(is_adult.sum())
    ads = ads[~is_adult].reset_index(drop=True)
    for column in ("category", "subcategory"):
        ads[column] = ads[column].cat.remove_unused_categories()
    return ads


def _read_source(raw_dir: Path) -> dict[str, Any] | None:
    """Reads what `download_corpus` says of a folder but its files; None where it says nothing."""
    source = read_json_object(raw_dir / MANIFEST)
    return {name: value for name, value in source.items() if name != "files"} or None


def read_about(folder: Path) -> dict[str, Any]:
    """Reads what `corpus.json` says of a prepared corpus, without its ads.

    Raises:
        FileNotFoundError: There is no corpus, or preparing one did not come to its end.
        ValueError: The file is damaged or of another version.
    """
    path = folder / ABOUT_NAME
    if not path.exists():
        if (folder / ADS_NAME).exists():
            raise FileNotFoundError(
                f"{folder} has {ADS_NAME} but no {ABOUT_NAME}: preparing it did not come to its "
                "end. Run `adgen data prepare` again."
            )
        raise FileNotFoundError(
            f"No corpus in {folder}. Run `adgen data download` and then `adgen data prepare`, "
            "or give the folder that they wrote."
        )
    about = read_json_dict(path, _AGAIN)
    version = about.get("store_version")
    if version != STORE_VERSION:
        raise ValueError(
            f"{path} is of version {version!r:.20}; expected {STORE_VERSION}. {_AGAIN}"
        )
    try:
        _About.from_dict(about)
    except ValueError as error:
        raise ValueError(f"{path} is damaged: {error}. {_AGAIN}") from None
    if ADS_NAME not in about["files"]:
        raise ValueError(f"{path} is damaged: it names no {ADS_NAME}. {_AGAIN}")
    return about


def _known(kind: str, names: str | Sequence[str] | None, known: list[str]) -> list[str] | None:
    """Returns the names of categories or splits, or raises and names those that there are."""
    if names is None:
        return None
    chosen = [names] if isinstance(names, str) else list(texts(kind, names))
    for name in chosen:
        if name not in known:
            similar = get_close_matches(str(name), known, n=5)
            others = [one for one in known if one not in similar]
            raise ValueError(f"No {kind} {name!r}; expected some of {', '.join(similar + others)}.")
    if not chosen:
        raise ValueError(f"Received an empty list; expected at least one {kind}, or None for all.")
    return chosen


def _check_parquet(path: Path, entry: dict[str, Any]) -> None:
    """Raises where the file is not the one that `corpus.json` describes."""
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing. {_AGAIN}")
    check_plain_file(path)
    if path.stat().st_size != entry["num_bytes"] or sha256_of(path) != entry["sha256"]:
        raise ValueError(f"{path} is not the file that {ABOUT_NAME} describes. {_AGAIN}")


def _has_our_columns(path: Path) -> bool:
    """Returns whether a file is Parquet with the columns that `_write_parquet` writes."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        schema = parquet.read_schema(path)
    except (OSError, pa.ArrowException):
        return False
    return (
        schema.names == _COLUMNS
        and schema.field("ad").type in (pa.string(), pa.large_string())
        and schema.field("family").type == pa.int64()
        and all(pa.types.is_dictionary(schema.field(name).type) for name in _NAMES)
    )


def _write_parquet(ads: pd.DataFrame, path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.Table.from_pandas(ads, preserve_index=False).replace_schema_metadata(None)
    parquet.write_table(
        table, path, compression="zstd", use_dictionary=_NAMES, row_group_size=_ROW_GROUP_ADS
    )


def _read_parquet(
    path: Path, chosen: dict[str, list[str] | None], max_ads: int | None, seed: int
) -> pd.DataFrame:
    """Reads the ads of the chosen categories and splits, or a sample of them.

    Raises:
        ValueError: The file is damaged, or not of our columns.
    """
    import pyarrow as pa
    from pyarrow import parquet

    if not _has_our_columns(path):
        raise ValueError(
            f"{path} is no Parquet file with the columns {', '.join(_COLUMNS)} of adgen's types. "
            f"{_AGAIN}"
        )
    filters = [(column, "in", names) for column, names in chosen.items() if names is not None]
    try:
        table = parquet.read_table(path, filters=filters or None)
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"{path} is damaged ({error}). {_AGAIN}") from None
    if any(table.column(name).null_count for name in ("ad", "category", "family", "split")):
        raise ValueError(f"{path} has rows without an ad, category, family or split. {_AGAIN}")
    if max_ads is not None and max_ads < len(table):
        table = table.take(sample_places(len(table), max_ads, seed=seed))
    ads = table.to_pandas()
    for column in ads.columns[ads.dtypes == "category"]:
        ads[column] = ads[column].cat.remove_unused_categories()
    return ads
