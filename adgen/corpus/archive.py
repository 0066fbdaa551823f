"""Unpacks the CSV files of a zip after it has checked all of the archive.

What is unpacked is a tree of CSV files below their deepest common folder; other members stay
packed. This module knows zips and paths; it knows neither where an archive came from nor what is in
a CSV.
"""

from __future__ import annotations

import errno
import posixpath
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

from tqdm.auto import tqdm

_CHUNK_BYTES = 1 << 20
_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# What `zipfile` raises over bytes that are no sound zip.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    UnicodeDecodeError,
    struct.error,
)


@dataclass(frozen=True)
class Limits:
    """The most that an archive may hold; the public corpus has 524 files, 0.29 GB, ratio 3.3.

    Attributes:
        max_members: Members of any kind.
        max_bytes: Bytes of all CSV files once unpacked, and of the archive itself.
        max_ratio: Bytes of all CSV files once unpacked for each byte of the archive.
    """

    max_members: int = 100_000
    max_bytes: int = 4_000_000_000
    max_ratio: float = 100.0


DEFAULT_LIMITS = Limits()


def check_members(
    members: Sequence[zipfile.ZipInfo], archive_bytes: int, *, limits: Limits = DEFAULT_LIMITS
) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """Chooses the CSV members and says where each belongs, or refuses the whole archive.

    Every name is checked, whatever it names; CSV members must also be plain files, readable without
    a password, and of different names on every file system.

    Args:
        members: The archive's members, `ZipFile.infolist()`.
        archive_bytes: The size of the archive.
        limits: What the members may add up to.

    Returns:
        The CSV members, each with its path below the deepest folder that holds all of them.

    Raises:
        ValueError: If a name leads out of the folder, a CSV member is a link, encrypted, packed by
            an unusual method or there twice, the members break the limits, or none is a CSV file.

    Example:
        >>> names = ["corpus/README.md", "corpus/home/mugs.csv", "corpus/toys/games/chess.csv"]
        >>> chosen = check_members([zipfile.ZipInfo(name) for name in names], 1000)
        >>> [str(path) for _, path in chosen]
        ['home/mugs.csv', 'toys/games/chess.csv']

    Source:
        CWE-22 (path traversal), CWE-59 (links), CWE-409 (zip bombs); D. Fifield, "A better zip
        bomb", 2019, for members that share their bytes: their sum is therefore held against the
        archive's own size.
    """
    if len(members) > limits.max_members:
        raise ValueError(
            f"The archive has {len(members):,} members; at most {limits.max_members:,} are read."
        )
    named = [(member, _safe_path(member.filename)) for member in members]
    chosen = [one for one in named if is_csv(one[1]) and not one[0].filename.endswith(("/", "\\"))]
    for member, _ in chosen:
        _check_kind(member)
    _check_sizes([member for member, _ in chosen], archive_bytes, limits)
    paths = below_common_folder([path for _, path in chosen])
    return [(member, path) for (member, _), path in zip(chosen, paths, strict=True)]


def unpack_csvs(
    archive_path: str | Path, folder: str | Path, *, limits: Limits = DEFAULT_LIMITS
) -> tuple[int, int]:
    r"""Unpacks the CSV files of a zip into a folder, after all of its members were checked.

    Args:
        archive_path: The zip.
        folder: An empty folder. After an error some files may lie in it: give a temporary one.
        limits: What the archive may hold.

    Returns:
        Number of files and of their bytes, as counted while they were written.

    Raises:
        ValueError: If the file is no zip, is damaged (every file's checksum is tested), or
            `check_members` refuses it.
        OSError: If writing fails, for example on a full disk.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as name:
        ...     with zipfile.ZipFile(pathlib.Path(name) / "a.zip", "w") as archive:
        ...         archive.writestr("corpus/home/mugs.csv", "ad\nBlue mug\n")
        ...     unpack_csvs(pathlib.Path(name) / "a.zip", name)
        (1, 12)
    """
    archive_path = Path(archive_path)
    folder = Path(folder)
    try:
        if not zipfile.is_zipfile(archive_path):
            raise ValueError(_what_it_is(archive_path))
        with zipfile.ZipFile(archive_path) as archive:
            chosen = check_members(archive.infolist(), archive_path.stat().st_size, limits=limits)
            num_bytes = sum(member.file_size for member, _ in chosen)
            with tqdm(total=num_bytes, desc="unpacking", unit="B", unit_scale=True) as bar:
                for member, path in chosen:
                    bar.update(_unpack(archive, member, folder / path))
    except (*_DAMAGE, OSError) as error:
        # A damaged offset leads before the file's start: the one OSError that is not about the
        # disk.
        if isinstance(error, OSError) and (error.errno != errno.EINVAL or error.filename):
            raise
        reason = str(error) or "a file in it ends too early"
        raise ValueError(f"The zip is damaged ({reason}). Download or copy it again.") from error
    return len(chosen), num_bytes


def is_csv(path: PurePath) -> bool:
    """Returns whether a relative path names a CSV file to read.

    A hidden file is none, nor is one in a hidden folder.

    Example:
        >>> names = ("home/mugs.csv", "MUGS.CSV", "home/._mugs.csv", "a.txt")
        >>> [is_csv(PurePosixPath(name)) for name in names]
        [True, True, False, False]
    """
    # Hidden: the `._mugs.csv` that macOS adds to zips, the copies that Jupyter keeps.
    return path.suffix.lower() == ".csv" and not any(part.startswith(".") for part in path.parts)


def below_common_folder(paths: Sequence[PurePosixPath]) -> list[PurePosixPath]:
    """Returns the paths of CSV files below the deepest folder that holds all of them.

    They end in `.csv` in small letters.

    Raises:
        ValueError: If there are no paths, or two differ in nothing but case.

    Example:
        >>> below_common_folder([PurePosixPath("data/home/mugs.CSV")])
        [PurePosixPath('mugs.csv')]
    """
    if not paths:
        raise ValueError(
            "No *.csv file in it. Give a zip or a folder that holds the corpus as CSV files."
        )
    shared = posixpath.commonpath([path.parent for path in paths])
    below = [path.relative_to(shared).with_suffix(".csv") for path in paths]
    seen: dict[str, PurePosixPath] = {}
    for path in below:
        other = seen.setdefault(str(path).casefold(), path)
        if other is not path:
            raise ValueError(
                f"{str(other)!r} and {str(path)!r} are one file on some systems. "
                "Rename one of them."
            )
    return below


def _safe_path(name: str) -> PurePosixPath:
    """Reads a member's name as a relative path, also as Windows would, or refuses it."""
    slashed = name.replace("\\", "/")
    parts = [part for part in slashed.split("/") if part not in ("", ".")]
    # Windows drops dots and spaces at a name's end, so that ".. " is ".." there.
    climbs = any(not part.strip(" .") for part in parts)
    if climbs or slashed.startswith("/") or _CONTROL.search(name) or any(map(_DRIVE.match, parts)):
        raise ValueError(
            f"The archive names a member {name!r}; expected a path inside the archive's own "
            "folder. Nothing was unpacked: do not trust this archive."
        )
    return PurePosixPath(*parts)


def _check_kind(member: zipfile.ZipInfo) -> None:
    """Raises where a member is no plain file that can be read without a password."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):  # 0: written on a system without such kinds
        raise ValueError(
            f"{member.filename!r} is a link or device; expected a plain file. Nothing was unpacked."
        )
    if member.flag_bits & 0x1:
        raise ValueError(f"{member.filename!r} is encrypted. Give a zip without a password.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(
            f"{member.filename!r} is packed by method {member.compress_type}; "
            "expected deflate. Pack it again."
        )


def _check_sizes(members: Iterable[zipfile.ZipInfo], archive_bytes: int, limits: Limits) -> None:
    """Raises where the sizes that the members claim are a bomb's.

    `_unpack` holds them to their claims.
    """
    num_bytes = sum(member.file_size for member in members)
    most = min(limits.max_bytes, limits.max_ratio * archive_bytes)
    if num_bytes > most:
        raise ValueError(
            f"The archive's {archive_bytes:,} bytes unpack to {num_bytes:,}; "
            f"at most {most:,.0f} are unpacked. "
            "Unpack it yourself if you trust it, and give the folder."
        )


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> int:
    """Writes one file and counts its bytes; `ZipFile` tests the checksum at its end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    num_bytes = 0
    with archive.open(member) as packed, path.open("xb") as unpacked:
        while chunk := packed.read(_CHUNK_BYTES):
            num_bytes += len(chunk)
            if num_bytes > member.file_size:
                break
            unpacked.write(chunk)
    if num_bytes != member.file_size:
        raise zipfile.BadZipFile(
            f"{member.filename!r} has not the {member.file_size:,} bytes that it claims"
        )
    return num_bytes


def _what_it_is(path: Path) -> str:
    """Returns a sentence on what a file is that should be a zip."""
    with path.open("rb") as file:
        start = file.read(200).lstrip()
    if start.startswith(b"<"):
        return (
            "A web page came instead of a zip. "
            "Open the address in a browser, and give that of the zip itself."
        )
    if start.startswith(b"PK"):
        return "The zip is cut short. Download or copy it again."
    return f"Not a zip: it begins with {start[:20]!r}. Give a zip or a folder of CSV files."
