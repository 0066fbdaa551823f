"""Writes files that are either complete or absent, and only where they may be.

Every file that adgen writes goes to a temporary name in the same folder and is moved into place
when it is complete, so that a full disk or a kill leaves the old file as it was.
`check_output_file` refuses before the work what would be refused then. This module knows paths and
bytes only; `folders` does the same for folders.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import IO, Any

from adgen.support.disk import disk_errors

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

_CHUNK_BYTES = 1 << 20
NOTHING: Mapping[str, str | Path] = MappingProxyType({})
OTHER_PATH = "Choose another path, or move what is there."


@contextmanager
def replace_when_done(path: str | Path) -> Iterator[Path]:
    """Yields a temporary path beside `path`; moves it there on success, deletes it on failure.

    Args:
        path: The file to write. Its folder is created when missing.

    Yields:
        The temporary path, in the same folder and with the same suffix, for the caller to write.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with replace_when_done(pathlib.Path(folder) / "a.txt") as temporary_path:
        ...         _ = temporary_path.write_text("hello")
        ...     sorted(p.name for p in pathlib.Path(folder).iterdir())
        ['a.txt']
    """
    path = Path(path)
    with disk_errors(path), made_parents(path):
        handle, name = tempfile.mkstemp(
            prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent
        )
        os.close(handle)
        temporary_path = Path(name)
        try:
            yield temporary_path
            temporary_path.chmod(0o644)
            temporary_path.replace(path)
        except BaseException:
            temporary_path.unlink(missing_ok=True)
            raise


def remove_stale(path: Path) -> None:
    """Deletes what `replace_when_done` left beside a path where its process was killed.

    Nobody else may be writing the path.
    """
    name = re.compile(rf"\.{re.escape(path.stem)}-[a-z0-9_]{{8}}{re.escape(path.suffix)}")
    for one in path.parent.iterdir():
        if name.fullmatch(one.name):
            one.unlink(missing_ok=True)


@contextmanager
def made_parents(path: Path) -> Iterator[None]:
    """Makes the folders that a path lies in; deletes those that it made if the block fails."""
    missing = [folder for folder in path.parents if not folder.exists()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        with suppress(OSError):  # one is no longer empty
            for folder in missing:
                folder.rmdir()
        raise


def check_plain_file(path: str | Path) -> None:
    """Raises where a path that will be read is no plain file; a pipe could be waited for for ever.

    Raises:
        FileNotFoundError: There is nothing.
        ValueError: It is a folder, a pipe, a socket, a device, or a link that leads to itself.

    Example:
        >>> check_plain_file("/dev/null")
        Traceback (most recent call last):
        ValueError: /dev/null is a device; expected a plain file. Save what it gives to a file ...
    """
    try:
        mode = Path(path).stat().st_mode
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise ValueError(
                f"{path} is a link that leads back to itself. Give the file itself."
            ) from None
        raise
    if stat.S_ISREG(mode):
        return
    if stat.S_ISDIR(mode):
        raise ValueError(f"{path} is a folder; expected a plain file. Give one.")
    kind = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}.get(stat.S_IFMT(mode), "a device")
    raise ValueError(
        f"{path} is {kind}; expected a plain file. Save what it gives to a file first, and give "
        "that file."
    )


def sha256_of(path: str | Path) -> str:
    """Returns the SHA-256 of a file in hexadecimal; memory does not grow with the file."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def sha256_of_folder(folder: Path) -> str:
    """Returns the SHA-256 of names and bytes of a folder's own files, apart from texts (`.md`)."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix != ".md")
    lines = [f"{path.name} {sha256_of(path)}" for path in files]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def lock(file: IO[bytes], path: Path) -> None:
    """Keeps an open file from other runs until it is closed; disks without such locks do not.

    The system opens the lock where a process is killed.

    Raises:
        ValueError: Another run has it.
    """
    if fcntl is not None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ValueError(
                f"{path} is being written by another run. Wait for it, or choose another path."
            ) from None
        except OSError:  # a disk of another machine
            return


def write_text(path: str | Path, text: str) -> None:
    """Writes `text` as UTF-8 with Unix line ends; the file is complete or unchanged."""
    with replace_when_done(path) as temporary_path:
        temporary_path.write_bytes(text.encode("utf-8"))


def write_json(path: str | Path, value: Any) -> None:
    """Writes `value` as indented JSON; the file is complete or unchanged."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def read_json_object(path: Path) -> dict[str, Any]:
    """Returns the JSON object in a file; an empty one where there is no such file or object."""
    try:
        if not path.is_file():
            return {}
        with path.open("rb") as file:
            if not file.read(64).lstrip().startswith(b"{"):
                return {}  # of a large CSV no more is read
            file.seek(0)
            value = json.loads(file.read().decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def check_output_file(
    path: str | Path,
    name: str = "a file",
    *,
    is_ours: Callable[[Path], bool] | None = None,
    suffixes: Sequence[str] = (),
    apart_from: Mapping[str, str | Path] = NOTHING,
) -> None:
    """Raises where adgen may not write a file; nothing is changed.

    Args:
        path: The file. It is new, or a plain file that is replaced.
        name: What is written, for messages, with its article.
        is_ours: Says of a file that is there whether it may be replaced; None allows every one.
        suffixes: The endings that it may have; empty for any.
        apart_from: What the file may not be, hold or lie in: a name for messages, such as "the
            base", and its path.

    Raises:
        ValueError: The ending is another; or what is there may not be replaced: a folder, a link,
            a device, a pipe, a file that is not adgen's; or it and one of `apart_from` lie in each
            other.
        OSError: Nothing can be written there.
    """
    path = Path(path)
    if suffixes and path.suffix not in suffixes:
        expected = " or ".join(suffixes)
        ends = f"ends in {path.suffix!r}" if path.suffix else "has no ending"
        raise ValueError(
            f"{path} {ends}; expected {expected}, such as {path.with_suffix(suffixes[0])}."
        )
    if path.is_symlink():
        raise ValueError(f"{path} is a link; expected {name} or a new path. {OTHER_PATH}")
    if path.exists() and not path.is_file():
        found = "a folder" if path.is_dir() else "no plain file (a device, a pipe or a socket)"
        raise ValueError(f"{path} is {found}; expected {name} or a new path. {OTHER_PATH}")
    if path.exists() and is_ours is not None and not is_ours(path):
        raise ValueError(f"{path} is there and not {name} that adgen wrote. {OTHER_PATH}")
    check_links(path)
    target = resolved(path)
    check_apart(target, apart_from)
    check_can_write(target)


def check_can_write(path: Path) -> None:
    """Raises where no new file or folder can be made at `path`; tries another name beside it.

    Raises:
        OSError: A parent is a file, or the folder takes nothing: no permission, read-only, full.
    """
    folder = path.parent
    while not folder.exists():
        folder = folder.parent
    if not folder.is_dir():
        raise OSError(f"{path} cannot be written: {folder} is a file. Choose another path.")
    try:
        Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=folder)).rmdir()
    except OSError as error:
        raise OSError(
            f"{path} cannot be written: {folder}: {error.strerror or error}. Choose another path, "
            "or make that folder writable."
        ) from None


def check_apart(target: Path, apart_from: Mapping[str, str | Path]) -> None:
    """Raises where an output and something else of the same run lie in each other.

    Args:
        target: The output, with links followed.
        apart_from: What it may not be, hold or lie in, by its name for messages.

    Raises:
        ValueError: They do; the message says which lies in which.
    """
    for name, path in apart_from.items():
        other = resolved(path)
        is_within = lies_in(target, other)
        holds = lies_in(other, target)
        if is_within or holds:
            relation = "is" if is_within and holds else "lies in" if is_within else "holds"
            raise ValueError(
                f"The output {target} {relation} {name}, {other}. Choose an output apart from it."
            )


def resolved(path: str | Path) -> Path:
    """Returns a path with its links followed.

    Raises:
        ValueError: The links form a circle.
    """
    try:
        found = Path(path).resolve()
    except (OSError, RuntimeError):  # Python before 3.13 raises where links form a circle
        found = Path(path)
    if found.is_symlink():
        raise ValueError(f"{path} is a link that leads back to itself. Choose another path.")
    return found


def check_links(path: Path) -> None:
    """Raises where a path is, or lies behind, a link to nothing.

    Writing through such a link would make its goal, at a place that nobody named.

    Raises:
        ValueError: It does; the message names the link and its goal.
    """
    for place in (path, *path.parents):
        if place.is_symlink() and not place.exists():
            raise ValueError(
                f"{place} is a link to {place.readlink()}, which does not exist. "
                "Make that folder, or choose another path."
            )


def lies_in(path: Path, folder: Path) -> bool:
    """Returns whether a path is a folder or lies in it, by whatever name."""
    places = (path, *path.parents)
    if not folder.exists():
        return folder in places
    return any(place.exists() and place.samefile(folder) for place in places)
