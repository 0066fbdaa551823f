"""Files that are either complete or absent.

Every file that adgen writes goes to a temporary name in the same folder and is moved into place when it is
complete, so that a full disk or a kill leaves the old file as it was. This module knows paths and bytes only.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_CHUNK_BYTES = 1 << 20


@contextmanager
def replace_when_done(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; move it to `path` on success, delete it on failure.

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
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary_path = Path(name)
    try:
        yield temporary_path
        temporary_path.chmod(0o644)
        temporary_path.replace(path)
    except BaseException:
        temporary_path.unlink(missing_ok=True)
        raise


def sha256_of(path: str | Path) -> str:
    """SHA-256 of a file's content in hexadecimal; memory does not grow with the file."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def write_text(path: str | Path, text: str) -> None:
    """Write `text` as UTF-8 with Unix line ends; the file is complete or unchanged."""
    with replace_when_done(path) as temporary_path:
        temporary_path.write_bytes(text.encode("utf-8"))


def write_json(path: str | Path, value: Any) -> None:
    """Write `value` as indented JSON; the file is complete or unchanged."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")
