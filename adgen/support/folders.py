"""Writes folders that are complete or absent, and replaces none that is not adgen's.

An output is a new folder, an empty one, or one that adgen wrote, known by a mark that only adgen
writes. A folder that is replaced is written beside the old one and swapped in, and what else lies
in it stays. `check_output_dir` refuses before the first step of work what would be refused after
the last. This module knows paths, marks and names; `files` does the same for single files.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from adgen.support.disk import disk_errors
from adgen.support.files import (
    NOTHING,
    OTHER_PATH,
    check_apart,
    check_can_write,
    check_links,
    lies_in,
    made_parents,
    resolved,
)

# What file managers leave behind where someone has looked.
_LEFT_BY_FILE_MANAGERS = (".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class FolderKind:
    """A kind of folder that adgen writes, and how adgen knows its own again.

    Attributes:
        name: For messages, with its article: "a model directory".
        is_ours: Says of a folder whether it has the mark that only adgen writes.
        owns: Says of a path below the folder whether adgen writes it. Those are replaced, and
            deleted when they are stale.
    """

    name: str
    is_ours: Callable[[Path], bool]
    owns: Callable[[PurePosixPath], bool]


def at_top(*patterns: str) -> Callable[[PurePosixPath], bool]:
    """Returns an `owns` for files at a folder's top, by patterns of their names.

    Example:
        >>> owns = at_top("config.json", "model-*.safetensors")
        >>> [owns(PurePosixPath(name)) for name in ("model-1.safetensors", "notes/config.json")]
        [True, False]
    """

    def owns(path: PurePosixPath) -> bool:
        is_at_top = len(path.parts) == 1
        return is_at_top and any(fnmatchcase(path.name, pattern) for pattern in patterns)

    return owns


def check_output_dir(
    path: str | Path, kind: FolderKind, *, apart_from: Mapping[str, str | Path] = NOTHING
) -> Path:
    """Raises where adgen may not write a folder; nothing is changed.

    Args:
        path: The output. A link to a folder stands for the folder.
        kind: What will be written there.
        apart_from: What the output may not be, hold or lie in: a name for messages, such as
            "the base", and its path.

    Returns:
        The folder, with links followed.

    Raises:
        ValueError: What is there is not adgen's; or the output is a link to nothing, or is or holds
            the working folder; or it and one of `apart_from` lie in each other.
        OSError: Nothing can be written there.
    """
    target = resolved(path)
    check_links(Path(path))
    if lies_in(Path.cwd(), target):
        raise ValueError(
            f"{target} is the working folder or holds it; expected a folder of its own. "
            f"Give one such as {Path(path) / 'output'}."
        )
    check_apart(target, apart_from)
    if target.exists():
        _check_present(target, kind)
    check_can_write(target)
    return target


def check_beside(path: str | Path, folder: Path, kind: FolderKind) -> None:
    """Raises where a file is in the way of a folder that the same run writes.

    It may lie in the folder by a name of its own; there it stays when the folder is replaced.

    Raises:
        ValueError: The file is where the folder goes, or is one of the folder's own files.
    """
    folder = resolved(folder)
    path = resolved(path)
    if lies_in(folder, path):
        raise ValueError(f"{path} is where the output {folder} goes. Give the file another path.")
    if path.is_relative_to(folder):
        below = PurePosixPath(path.relative_to(folder).as_posix())
        if any(kind.owns(part) for part in (below, *below.parents[:-1])):
            raise ValueError(
                f"{path} is a file of {kind.name} itself. "
                f"Give a name of its own, or a path beside {folder}."
            )


@contextmanager
def directory_when_done(
    target: Path, kind: FolderKind, *, was_checked: bool = False
) -> Iterator[Path]:
    """Yields a new folder; puts it in the place of `target` on success, else deletes it.

    What `kind` does not own stays: it is in the folder before and after, also when it appears in
    the meantime.

    Args:
        target: The folder to write, or to replace. Its parent is created when missing.
        kind: What is written.
        was_checked: Whether `check_output_dir` passed before a long run. Then files of others that
            have appeared since stay too, so long as none has a name that adgen writes.

    Yields:
        The new folder, empty, for the caller to fill.

    Raises:
        ValueError: `check_output_dir` refuses the place.
        OSError: Nothing can be written there, or writing fails.

    Example:
        >>> kind = FolderKind("a folder of letters", lambda folder: False, at_top("a.txt"))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with directory_when_done(Path(folder) / "letters", kind) as new:
        ...         _ = (new / "a.txt").write_text("hello")
        ...     sorted(path.name for path in Path(folder).rglob("*"))
        ['a.txt', 'letters']
    """
    if was_checked:
        target = resolved(target)
        _check_nothing_in_the_way(target, kind)
    else:
        target = check_output_dir(target, kind)
    with disk_errors(target), made_parents(target):
        yield from _fill_and_swap(target, kind)


def _fill_and_swap(target: Path, kind: FolderKind) -> Iterator[Path]:
    """Does the work of `directory_when_done` once the place is known to be right."""
    workplace = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    new = workplace / "new"
    old = workplace / "old"
    is_done = False
    try:
        new.mkdir()
        yield new
        if target.exists():
            shutil.copymode(target, new)
            _keep_others(target, new, kind)
        _swap(target, new, old)
        if old.exists():
            _keep_others(old, target, kind)  # what appeared while they were swapped
        is_done = True
    finally:
        if is_done or not old.exists():  # never delete the only copy of the old folder
            shutil.rmtree(workplace, ignore_errors=True)


def delete_ours(folder: Path, kind: FolderKind) -> None:
    """Deletes what adgen wrote into a folder, and the folder where nothing else is in it.

    A folder that is not adgen's is left as it is.
    """
    if not folder.is_dir() or not kind.is_ours(folder):
        return
    for path in sorted(folder.iterdir()):
        if not kind.owns(PurePosixPath(path.name)):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
    if not folder.is_symlink() and not any(folder.iterdir()):
        folder.rmdir()


def _check_present(target: Path, kind: FolderKind) -> None:
    """Raises where what is there may not be replaced, or cannot be."""
    if not target.is_dir():
        raise ValueError(f"{target} is a file; expected {kind.name} or a new path. {OTHER_PATH}")
    found = [path for path in target.iterdir() if path.name not in _LEFT_BY_FILE_MANAGERS]
    if found and not kind.is_ours(target):
        raise ValueError(
            f"{target} is not empty and not {kind.name} that adgen wrote. {OTHER_PATH}"
        )
    for path in found:
        name = PurePosixPath(path.name)
        is_folder = path.is_dir() and not path.is_symlink()
        if is_folder and kind.owns(name) and not kind.owns(name / "any"):
            raise ValueError(f"{path} is a folder where adgen writes a file. {OTHER_PATH}")
        if is_folder and os.path.ismount(path):
            raise ValueError(
                f"{path} is a mounted disk, which cannot be moved. Choose another path."
            )
    if os.path.ismount(target):
        raise ValueError(
            f"{target} is a mounted disk, which cannot be replaced. Give a folder in it, such as "
            f"{target / 'output'}."
        )
    if not os.access(target, os.R_OK | os.W_OK | os.X_OK):
        raise OSError(
            f"{target} cannot be written: no permission. Choose another path, or make it writable."
        )


def _check_nothing_in_the_way(target: Path, kind: FolderKind) -> None:
    """Raises where a file with a name that adgen writes has appeared in a folder that was free."""
    if target.exists() and not target.is_dir():
        raise ValueError(f"{target} has become a file. Move it, and run the same command again.")
    if target.is_dir() and not kind.is_ours(target):
        found = [path.name for path in target.iterdir() if kind.owns(PurePosixPath(path.name))]
        if found:
            raise ValueError(
                f"{', '.join(sorted(found))} of another program appeared in {target}. "
                "Move what is in the folder, and run the same command again."
            )


def _swap(target: Path, new: Path, old: Path) -> None:
    """Moves `target` to `old` and `new` to `target`; on failure puts `target` back."""
    try:
        if target.exists():
            target.rename(old)
        new.rename(target)
    except BaseException as error:
        if old.exists() and not target.exists():
            old.rename(target)
        elif old.exists() and new.exists():
            raise OSError(
                f"Another program made {target} at this moment. "
                f"What stood there before is in {old}, the new one in {new}."
            ) from error
        raise


def _keep_others(old: Path, new: Path, kind: FolderKind) -> None:
    """Gives `new` what `kind` does not own in `old`.

    These are the same files under a second name, so that a log which another program holds open is
    written on; copies where the disk knows no second names.
    """
    made: list[tuple[Path, Path]] = []
    for folder, dir_names, file_names in os.walk(old, onerror=_raise):
        here = Path(folder)
        links = [name for name in dir_names if (here / name).is_symlink()]
        for name in (*file_names, *links):
            below = (here / name).relative_to(old)
            if kind.owns(PurePosixPath(below.as_posix())):
                continue
            (new / below).parent.mkdir(parents=True, exist_ok=True)
            if not _is_there(new / below):
                _link(here / name, new / below)
        is_empty = not dir_names and not file_names
        if is_empty and not _is_there(new / here.relative_to(old)):
            (new / here.relative_to(old)).mkdir(parents=True)
        if here != old:
            made.append((here, new / here.relative_to(old)))
    for here, copy in reversed(made):  # inner folders first: filling one changes its time
        if copy.is_dir():
            shutil.copystat(here, copy)


def _is_there(path: Path) -> bool:
    """Returns whether there is anything by this name, be it a link to nowhere."""
    return path.exists() or path.is_symlink()


def _link(path: Path, link: Path) -> None:
    """Gives a file a second name, or copies it where the disk knows no such names."""
    try:
        os.link(path, link, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(path, link, follow_symlinks=False)


def _raise(error: OSError) -> None:
    """Lets `os.walk` stop where it cannot read a folder, whose files would else be lost."""
    raise error
