"""Directories that are either complete or absent: the new one is written beside the old one and swapped in.

It knows paths only; `files` does the same for single files.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def directory_when_done(target: Path) -> Iterator[Path]:
    """Yield a new folder beside `target`; put it in `target`'s place on success, delete it on failure.

    Args:
        target: The directory to write, or to replace. Its parent is created when missing.

    Yields:
        The new folder, empty, for the caller to fill.

    Example:
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with directory_when_done(Path(folder) / "model") as new:
        ...         _ = (new / "a.txt").write_text("hello")
        ...     sorted(path.name for path in Path(folder).rglob("*"))
        ['a.txt', 'model']
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    workplace = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    new, old = workplace / "new", workplace / "old"
    try:
        new.mkdir()
        yield new
        try:
            if target.exists():
                target.rename(old)
            new.rename(target)
        except BaseException:
            if old.exists() and not target.exists():
                old.rename(target)
            raise
    finally:
        if target.exists() or not old.exists():  # never delete the only copy of the old directory
            shutil.rmtree(workplace, ignore_errors=True)
