"""Says which files hold ads: by their suffixes, alone or in a folder.

Hidden files and what an operating system leaves beside them are counted and passed over; files of
other kinds are listed, so that nobody takes them for read. The module opens no file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from adgen.corpus.download import MANIFEST
from adgen.support.files import check_plain_file, resolved

# What stands in a file, by its suffix.
FORMATS = {
    ".csv": "text",
    ".tsv": "text",
    ".txt": "text",
    ".jsonl": "json",
    ".json": "json",
    ".parquet": "parquet",
    ".xlsx": "excel",
}
SUFFIXES = f"{', '.join(FORMATS)}, and .gz of each"
# In a folder these are more often something else: README.txt, settings.
_LESS_SURE = (".txt", ".json")
_PACKED = ".gz"
_AS_TABLE = "Save the table as CSV or .xlsx"
# Kinds of files that people give for ads, and what to do with each.
_OTHERS = {
    ".htm": "a web page. Give a file of its texts, one a line",
    ".html": "a web page. Give a file of its texts, one a line",
    ".xml": "XML, such as a product feed. Export the products as CSV or TSV",
    ".rss": "a feed. Export the products as CSV or TSV",
    ".xls": f"a spreadsheet of the old kind. {_AS_TABLE}",
    ".xlsb": f"a binary spreadsheet. {_AS_TABLE}",
    ".ods": f"a spreadsheet. {_AS_TABLE}",
    ".numbers": f"a spreadsheet. {_AS_TABLE}",
    ".doc": "a document. Save its texts as .txt, one a line",
    ".docx": "a document. Save its texts as .txt, one a line",
    ".pdf": "a document. Save its texts as .txt, one a line",
    ".ipynb": "a notebook. Give the file that it reads",
    ".zip": "an archive. Unpack it and give the folder, or see `adgen data download --help`",
    ".rar": "an archive. Unpack it and give the folder",
    ".7z": "an archive. Unpack it and give the folder",
    ".tar": "an archive. Unpack it and give the folder",
    ".tgz": "an archive. Unpack it and give the folder",
    ".bz2": "compressed. Unpack it, or compress it with gzip",
    ".xz": "compressed. Unpack it, or compress it with gzip",
    ".zst": "compressed. Unpack it, or compress it with gzip",
}


@dataclass(frozen=True)
class FoundFiles:
    """The files below a path.

    Attributes:
        paths: Those to read, in the order of their paths.
        num_hidden: Files that are hidden or lie in a hidden folder, or were left by macOS.
        unread: The others, relative to the path.
    """

    paths: list[Path]
    num_hidden: int = 0
    unread: list[str] = field(default_factory=list)


def suffix_of(path: PurePath) -> str:
    """Returns a file's suffix in lower case, that of the packed file where it ends in `.gz`.

    Example:
        >>> suffix_of(Path("Ads.CSV.gz")), suffix_of(Path("ads"))
        ('.csv', '')
    """
    return _unpacked(path).suffix.lower()


def stem_of(path: PurePath) -> str:
    """Returns a file's name without its suffixes.

    Example:
        >>> stem_of(Path("pets/cats.v2.csv.gz"))
        'cats.v2'
    """
    return _unpacked(path).stem


def is_packed(path: PurePath) -> bool:
    """Says whether a file is compressed with gzip, by its name."""
    return path.suffix.lower() == _PACKED


def is_surely_ads(path: Path) -> bool:
    """Says whether a file of a folder is one of ads, and no README.txt, settings or hidden file."""
    suffix = suffix_of(path)
    is_sure = suffix in FORMATS and suffix not in _LESS_SURE
    return is_sure and not _is_hidden(path.name) and path.is_file()


def find_files(path: Path) -> FoundFiles:
    """Finds the files of ads at a path.

    Args:
        path: A file, which is taken whatever its suffix, unless that is one of another kind; or a
            folder, which is searched to the bottom. `.txt` and `.json` files of a folder count only
            where it holds no other file of ads.

    Raises:
        FileNotFoundError: There is nothing at the path.
        ValueError: It is a file of another kind, or a folder without files of ads.
    """
    if not path.exists():
        raise FileNotFoundError(
            f"{resolved(path)} does not exist. Expected a file of ads ({SUFFIXES}) or a folder of "
            "them; check the path, or run `adgen data download` and then `adgen data prepare`."
        )
    if not path.is_dir():
        if suffix_of(path) in _OTHERS:
            raise ValueError(f"{path.name} is {_OTHERS[suffix_of(path)]}. Read are {SUFFIXES}.")
        check_plain_file(path)
        return FoundFiles([path])
    found = _below(path)
    for one in found.paths:
        check_plain_file(one)
    if not found.paths:
        unread = f" There are {_kinds(found.unread)}." if found.unread else ""
        raise ValueError(
            f"No file of ads in or below the folder {path}: read are {SUFFIXES}.{unread} "
            "Unpack the corpus there or give another folder."
        )
    return found


def _below(folder: Path) -> FoundFiles:
    """Finds the files of ads in and below a folder."""
    num_hidden = 0
    by_sureness: dict[bool, list[Path]] = {True: [], False: []}
    unread = []
    for path in sorted(_no_folders(folder), key=Path.as_posix):
        if any(map(_is_hidden, path.relative_to(folder).parts)):
            num_hidden += 1
        elif path.name == MANIFEST:  # says where the others are from
            continue
        elif (suffix := suffix_of(path)) in FORMATS:
            by_sureness[suffix not in _LESS_SURE].append(path)
        else:
            unread.append(path)
    if by_sureness[True]:
        unread += by_sureness.pop(False)
    paths = by_sureness[True] or by_sureness[False]
    names = sorted(path.relative_to(folder).as_posix() for path in unread)
    return FoundFiles(paths, num_hidden, names)


def _no_folders(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if not path.is_dir())


def _is_hidden(part: str) -> bool:
    """Says whether a file or folder is hidden, as `.ipynb_checkpoints` or `._ads.csv`."""
    return part.startswith(".") or part == "__MACOSX"


def _unpacked(path: PurePath) -> PurePath:
    return path.with_suffix("") if is_packed(path) else path


def _kinds(names: list[str]) -> str:
    """Returns files counted by suffix, the most frequent first."""
    counts = Counter(suffix_of(Path(name)) or "no suffix" for name in names)
    return ", ".join(f"{number:,} of {suffix}" for suffix, number in counts.most_common(5))
