"""Brings the public ads corpus, or a copy of it, into a folder as a tree of CSV files.

From the web, from Kaggle, from a zip or a folder on this machine: the result is the same folder,
with a `source.json` that says what it was made of. This module knows whole corpora; it knows
neither rows nor ads.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from functools import partial
from pathlib import Path, PurePath, PurePosixPath

from tqdm.auto import tqdm

from adgen.corpus.archive import DEFAULT_LIMITS, Limits, below_common_folder, is_csv, unpack_csvs
from adgen.corpus.fetching import DEFAULT_PATIENCE, Patience, check_part, fetch, forget
from adgen.support.extras import needs_extra
from adgen.support.files import check_plain_file, read_json_object, resolved, sha256_of, write_json
from adgen.support.folders import FolderKind, check_output_dir, directory_when_done

logger = logging.getLogger(__name__)

PUBLIC_ARCHIVE = "https://github.com/paschok/Diploma/archive/refs/heads/master.zip"
KAGGLE = "kaggle"
KAGGLE_DATASET = "sachsene/amazons-advertisements"
MANIFEST = "source.json"

# Where a file is, and where it belongs below the corpus folder.
_CsvFile = tuple[Path, PurePosixPath]


@dataclass(frozen=True)
class CorpusSource:
    """The origin of a corpus folder; `source.json` has it, and the names of its `files`.

    Attributes:
        source: The address as it was given, or the name of the zip or folder without its path.
        sha256: The zip's; of a folder, that of its relative paths and contents.
        num_files: CSV files.
        num_bytes: Their size together.
        date: When the folder was written, UTC, ISO 8601.
    """

    source: str
    sha256: str
    num_files: int
    num_bytes: int
    date: str


def download_corpus(
    source: str | Path | None,
    raw_dir: str | Path,
    *,
    restart: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    patience: Patience = DEFAULT_PATIENCE,
) -> CorpusSource:
    """Brings a corpus into `raw_dir`, whole or not at all.

    A download that breaks off leaves `<raw_dir>.zip.part`, and the next call goes on from there. A
    folder that holds the same source already is left as it is, and the log says so.

    Args:
        source: None for the public archive on GitHub, another http(s) address of a zip, `"kaggle"`
            for the same corpus on Kaggle, or a zip or a folder of CSV files on this machine.
        raw_dir: The folder to write: new, empty, or one that this function wrote, which is
            replaced. What others laid into it stays.
        restart: Bring the corpus anew, whatever is there of it already.
        limits: What a zip may hold.
        patience: When a connection counts as broken, and how often it is made again.

    Returns:
        What the folder was made of, now or by an earlier call.

    Raises:
        FileNotFoundError: If there is nothing at `source`.
        ValueError: If the source is no zip or folder of CSV files, a zip is damaged or not to be
            trusted, or `raw_dir` holds something else.
        ImportError: If `source` is `"kaggle"` and kagglehub is not installed.
        OSError: If the server cannot be reached or the disk is full. `raw_dir` is as it was.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as name:
        ...     csv_path = Path(name) / "mine" / "home" / "mugs.csv"
        ...     csv_path.parent.mkdir(parents=True)
        ...     _ = csv_path.write_bytes(b"Blue mug")
        ...     corpus = download_corpus(Path(name) / "mine", Path(name) / "raw")
        >>> corpus.source, corpus.num_files, corpus.num_bytes
        ('mine', 1, 8)
    """
    kind = _folder_kind(Path(raw_dir))
    target = check_output_dir(raw_dir, kind)  # a link to a folder stays a link
    present = _read_present(target, restart)
    address = PUBLIC_ARCHIVE if source is None else str(source)
    bring = partial(_bring, target, kind, present=present, limits=limits)
    if address != KAGGLE and "://" not in address:
        path = resolved(address)
        _check_local(path, target)
        return bring(path, path.name)
    name = f"{KAGGLE}: {KAGGLE_DATASET}" if address == KAGGLE else address
    if present and present.source == name:
        return _left_alone(present, target)
    if address == KAGGLE:
        return bring(_fetch_from_kaggle(restart), name)
    part_path = target.with_name(target.name + ".zip.part")
    check_part(part_path)
    if restart:
        forget(part_path)
    fetch(address, part_path, max_bytes=limits.max_bytes, patience=patience)
    try:
        corpus = bring(part_path, name)
    except ValueError:
        forget(part_path)  # it is of no use; after an OSError or Ctrl-C it waits for the next call
        raise
    forget(part_path)
    return corpus


def _bring(
    target: Path,
    kind: FolderKind,
    path: Path,
    name: str,
    *,
    present: CorpusSource | None,
    limits: Limits,
) -> CorpusSource:
    """Makes the corpus folder from a zip or a folder, unless it was made from the same one."""
    fill: Callable[[Path], tuple[int, int]]
    if path.is_dir():
        files = _csv_files(path)
        sha256 = _sha256_of_files(files)
        fill = partial(_copy, files)
    else:
        sha256 = sha256_of(path)
        fill = partial(unpack_csvs, path, limits=limits)
    if present and present.sha256 == sha256:
        return _left_alone(present, target)
    with directory_when_done(target, kind, was_checked=True) as folder:
        num_files, num_bytes = fill(folder)
        date = datetime.now(timezone.utc).isoformat(timespec="seconds")
        corpus = CorpusSource(name, sha256, num_files, num_bytes, date)
        written = sorted(file for file in folder.rglob("*") if file.is_file())
        names = [_shown(file.relative_to(folder)) for file in written]
        write_json(folder / MANIFEST, asdict(corpus) | {"files": names})
    return corpus


def _folder_kind(folder: Path) -> FolderKind:
    """Says which files of a corpus folder are adgen's: those that its manifest names.

    An older manifest names none; then all CSV files are.
    """
    names = read_json_object(folder / MANIFEST).get("files")
    known = set(names) if isinstance(names, list) else None

    def owns(path: PurePosixPath) -> bool:
        is_csv_of_ours = is_csv(path) if known is None else _shown(path) in known
        return is_csv_of_ours or path == PurePosixPath(MANIFEST)

    return FolderKind("a corpus folder", lambda folder: _read_manifest(folder) is not None, owns)


def _shown(path: PurePath) -> str:
    """Returns a name that JSON can hold, also where the disk's own is no text."""
    return path.as_posix().encode("utf-8", "backslashreplace").decode("utf-8")


def _read_manifest(folder: Path) -> CorpusSource | None:
    """Reads what a folder was made of; None where adgen did not make it."""
    content = read_json_object(folder / MANIFEST)
    content.pop("files", None)
    try:
        return CorpusSource(**content)
    except TypeError:
        return None


def _left_alone(present: CorpusSource, target: Path) -> CorpusSource:
    logger.info(
        "%s is complete: %s files, %.1f MB, from %s (%s). Nothing to do; restart to bring it anew.",
        target,
        f"{present.num_files:,}",
        present.num_bytes / 1e6,
        present.source,
        present.date,
    )
    return present


def _read_present(target: Path, restart: bool) -> CorpusSource | None:
    """Reads what made the folder; None where nothing is to be kept. Refuses a changed folder."""
    present = _read_manifest(target)
    if present is None or restart:
        return None
    files = [path for path in target.rglob("*") if path.is_file()]
    found = [path for path in files if is_csv(path.relative_to(target))]
    num_bytes = sum(path.stat().st_size for path in found)
    if (len(found), num_bytes) != (present.num_files, present.num_bytes):
        raise ValueError(
            f"{target} was changed: it holds {len(found):,} CSV files of {num_bytes:,} bytes, "
            f"{MANIFEST} says {present.num_files:,} of {present.num_bytes:,}. Move what you added, "
            "restart to bring adgen's own files anew, or choose another folder."
        )
    return present


def _check_local(path: Path, target: Path) -> None:
    """Raises where `path` holds no source, or one that goes away when `target` is replaced."""
    if not path.exists():
        raise FileNotFoundError(
            f"{path} does not exist. Expected a zip, a folder of CSV files, an https address "
            f"or {KAGGLE!r}."
        )
    if not path.is_dir():
        check_plain_file(path)
    if path == target or target in path.parents or path in target.parents:
        raise ValueError(
            f"The source {path} and the folder to write, {target}, lie in each other. "
            "Choose another folder, or read the CSV files where they are."
        )


def _csv_files(folder: Path) -> list[_CsvFile]:
    """Lists a folder's CSV files, each with its path below the folder common to all of them."""
    names = [path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir()]
    names = [name for name in names if is_csv(name)]
    for name in names:
        check_plain_file(folder / name)
    below = below_common_folder([PurePosixPath(name.as_posix()) for name in names])
    files = zip((folder / name for name in names), below, strict=True)
    return sorted(files, key=lambda file: file[1])


def _copy(files: Sequence[_CsvFile], folder: Path) -> tuple[int, int]:
    """Copies CSV files into a folder; returns their number and bytes."""
    num_bytes = 0
    for path, below in tqdm(files, desc="copying", unit="file"):
        copy_path = folder / below
        copy_path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy_path)
        num_bytes += copy_path.stat().st_size
    return len(files), num_bytes


def _sha256_of_files(files: Sequence[_CsvFile]) -> str:
    """Returns one checksum of all paths and contents; files come in the order of their paths."""
    lines = [f"{sha256_of(path)}  {below}\n" for path, below in files]
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _fetch_from_kaggle(restart: bool) -> Path:
    """Has kagglehub download the corpus into its own cache; returns the folder there."""
    with needs_extra(f"The source {KAGGLE!r}"):
        import kagglehub
    try:
        return Path(kagglehub.dataset_download(KAGGLE_DATASET, force_download=restart)).resolve()
    except Exception as error:  # kagglehub's errors have no common kind
        raise OSError(
            f"Kaggle did not give {KAGGLE_DATASET} ({error}). Check the connection, or leave the "
            "source out for the archive on GitHub."
        ) from error
