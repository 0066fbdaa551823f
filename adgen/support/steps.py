"""A file that is written step by step, can be continued after a break, and is moved in when done.

Until then it lies beside its place as `NAME.partial`; `NAME.partial.json` says up to which byte it
is complete, and of which run it is. The module knows bytes and paths, not what is written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from adgen.support.files import (
    NOTHING,
    OTHER_PATH,
    check_output_file,
    lock,
    read_json_object,
    remove_stale,
    write_json,
)

_FORMAT = "adgen-partial"


class StepFile:
    """Writes a file in steps; `open_steps` gives one.

    Attributes:
        done: What the last step said of itself; empty before the first one.
    """

    def __init__(self, path: Path, file: BinaryIO, run: Mapping[str, Any]) -> None:
        self._about_path = about_path(path)
        self._file = file
        self._run = run
        self.done: Mapping[str, Any] = {}

    def write(self, data: bytes) -> None:
        """Appends bytes, which count when the step is complete."""
        self._file.write(data)

    def complete_step(self, done: Mapping[str, Any]) -> None:
        """Notes that all that was written so far is complete.

        Args:
            done: What is needed to go on from here; anything JSON can hold.
        """
        self._file.flush()
        os.fsync(self._file.fileno())
        self.done = done
        about = {"format": _FORMAT, "num_bytes": self._file.tell(), "run": dict(self._run)}
        write_json(self._about_path, {**about, "done": dict(done)})


def partial_path(path: Path) -> Path:
    """Returns where a file lies until it is complete."""
    return path.with_name(f"{path.name}.partial")


def about_path(path: Path) -> Path:
    """Returns the file that says of an incomplete one how far it is."""
    return path.with_name(f"{path.name}.partial.json")


def check_steps(
    path: Path, *, resume: bool, apart_from: Mapping[str, str | Path] = NOTHING
) -> None:
    """Raises where `open_steps` would; nothing is changed.

    Args:
        path: The file to write.
        resume: Whether it is continued.
        apart_from: As for `check_output_file`.

    Raises:
        ValueError: The file is there already and not empty; an incomplete one is there and should
            not be continued, or should and is not there.
        OSError: Nothing can be written there.
    """
    partial = partial_path(path)
    for one in (path, partial, about_path(path)):
        check_output_file(one, "a new file", apart_from=apart_from)
    if path.exists() and path.stat().st_size:
        raise ValueError(f"{path} is there already. {OTHER_PATH}")
    if resume:
        _read_about(path)
        return
    if about_path(path).exists() and not _is_ours(read_json_object(about_path(path))):
        raise ValueError(f"{about_path(path)} is there and not adgen's. {OTHER_PATH}")
    if can_resume(path):
        raise ValueError(
            f"{partial} is there, of a run that was interrupted. Go on with resume=True, or delete "
            "it to begin again."
        )


@contextmanager
def open_steps(path: Path, run: Mapping[str, Any], *, resume: bool) -> Iterator[StepFile]:
    """Yields a file to write in steps; moves it in on success, and leaves it for later on failure.

    Args:
        path: The file to write.
        run: What the run is: anything JSON can hold. Only the same run can be continued.
        resume: Whether to continue an incomplete file.

    Raises:
        ValueError: As `check_steps`, or the incomplete file is of another run.
    """
    check_steps(path, resume=resume)
    partial = partial_path(path)
    about: dict[str, Any] = {"num_bytes": 0, "done": {}}
    if resume:
        about = _read_about(path)
        _check_same(partial, about["run"], run)
    else:
        forget_note(path)  # what a run left that ended after its file was moved in
    path.parent.mkdir(parents=True, exist_ok=True)
    partial.touch()
    with partial.open("r+b") as file:
        lock(file, partial)
        _check_still_there(file, partial)
        remove_stale(about_path(path))
        file.truncate(about["num_bytes"])
        file.seek(about["num_bytes"])
        steps = StepFile(path, file, run)
        steps.complete_step(about["done"])
        yield steps
    partial.replace(path)
    about_path(path).unlink(missing_ok=True)


def noted(path: Path) -> dict[str, Any]:
    """Returns what is noted of an incomplete file: its run, what was done; empty if there is none.

    Raises:
        ValueError: The note is missing or damaged.
    """
    return _read_about(path) if can_resume(path) else {}


def forget_note(path: Path) -> None:
    """Deletes the note of an incomplete file that was finished, if there is one of adgen's."""
    if _is_ours(read_json_object(about_path(path))):
        about_path(path).unlink(missing_ok=True)


def _check_still_there(file: BinaryIO, partial: Path) -> None:
    """Raises where another run has finished the file before this one had its lock."""
    if not partial.exists() or not os.path.samestat(os.fstat(file.fileno()), partial.stat()):
        raise ValueError(f"{partial} was finished by another run. Give the command again.")


def can_resume(path: Path) -> bool:
    """Tells whether a run was interrupted that had begun to write a file.

    One that was killed before its first note has written nothing.
    """
    partial = partial_path(path)
    return partial.exists() and (about_path(path).exists() or partial.stat().st_size > 0)


def _is_ours(about: Mapping[str, Any]) -> bool:
    return about.get("format") == _FORMAT


def _read_about(path: Path) -> dict[str, Any]:
    """Returns what is known of an incomplete file."""
    partial = partial_path(path)
    about = read_json_object(about_path(path))
    if not partial.exists():
        raise ValueError(
            f"There is no {partial} to go on with. Leave out resume=True to begin a run."
        )
    num_bytes = about.get("num_bytes")
    mappings = about.get("run"), about.get("done")
    if (
        not _is_ours(about)
        or not isinstance(num_bytes, int)
        or not all(isinstance(one, dict) for one in mappings)
    ):
        raise ValueError(
            f"{partial} cannot be continued: {about_path(path)} is missing or damaged. Delete "
            f"{partial.name} to begin again."
        )
    if not 0 <= num_bytes <= partial.stat().st_size:
        raise ValueError(
            f"{partial} has {partial.stat().st_size:,} bytes, fewer than the {num_bytes:,} that "
            "were complete. Delete it to begin again."
        )
    return about


def _check_same(partial: Path, then: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Raises unless a run is the one that was interrupted."""
    for name in sorted({*then, *now}):
        if then.get(name) != now.get(name):
            raise ValueError(
                f"{partial} is of a run with another {name.replace('_', ' ')} "
                f"({then.get(name)}; now {now.get(name)}). Give the same one, or delete the file "
                "to begin again."
            )
