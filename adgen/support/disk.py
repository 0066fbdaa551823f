"""Turns what libraries raise over a full or broken disk into an `OSError` with the system's number.

Each writer has an error of its own kind: safetensors, tokenizers and torch raise no `OSError`,
h5py and pyarrow one that names no file. The module knows texts and numbers of errors only.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What a disk does to a file that is being written.
DISK_ERRORS = {
    errno.ENOSPC: "The disk is full ({}). Free some space",
    errno.EDQUOT: "Your share of the disk is used up ({}). Free some space, or ask for more",
    errno.EFBIG: "The file grows larger than this system allows ({}). Raise the limit (ulimit -f)",
    errno.EROFS: "The disk is read-only ({}). Choose a path on another disk",
    errno.EIO: "The disk failed ({}). Check it, or choose a path on another disk",
}
# As Rust and C say it.
_NUMBERED = re.compile(r"\(os error (\d+)\)|\berrno[ =:]+(\d+)", re.IGNORECASE)
# torch says only that less was written than it gave.
_SHORT_WRITE = re.compile(r"inline_container|PytorchStreamWriter|requested and \d+ written")
_NEARLY_FULL_BYTES = 1 << 20


@contextmanager
def disk_errors(path: str | Path) -> Iterator[None]:
    """Gives the errors of a disk one kind, and the name of what was to be written.

    Args:
        path: What the block writes, for the message.

    Raises:
        OSError: With the number of the system and this path, whatever a library raised.

    Example:
        >>> try:
        ...     with disk_errors("model.bin"):
        ...         raise RuntimeError("I/O error: No space left on device (os error 28)")
        ... except OSError as error:
        ...     print(error.filename, error.errno == errno.ENOSPC)
        model.bin True
    """
    path = Path(path)
    try:
        yield
    except Exception as error:
        number = _number_of(error, path)
        if number is None or (number == errno.EIO and _is_of_another_place(error, path)):
            raise
        raise OSError(number, os.strerror(number), str(path)) from error


def reserve(path: Path, num_bytes: int) -> None:
    """Takes room for a file on the disk, before something writes it that a full disk would end.

    Pages that are written through memory end the process there (SIGBUS), and so does HDF5 when it
    closes what it could not write. Systems without such a call are left.

    Args:
        path: The file, which is there.
        num_bytes: Its size, or more.

    Raises:
        OSError: The disk has no room.
    """
    if hasattr(os, "posix_fallocate"):
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, num_bytes)


def _number_of(error: BaseException | None, path: Path) -> int | None:
    """Returns which of `DISK_ERRORS` an error or what led to it is; None where it is none."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in DISK_ERRORS:
            return error.errno
        found = _NUMBERED.search(str(error))
        number = int(found[1] or found[2]) if found else None
        if number in DISK_ERRORS:
            return number
        if _SHORT_WRITE.search(str(error)):
            return errno.ENOSPC if _is_nearly_full(path) else errno.EIO
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return None


def _is_nearly_full(path: Path) -> bool:
    folder = next(parent for parent in path.absolute().parents if parent.is_dir())
    return shutil.disk_usage(folder).free < _NEARLY_FULL_BYTES


def _is_of_another_place(error: Exception, path: Path) -> bool:
    """Says whether an error names a file elsewhere, such as one that was read."""
    named = error.filename if isinstance(error, OSError) else None
    if not isinstance(named, str):
        return False
    return not Path(named).absolute().is_relative_to(path.absolute().parent)
