"""A run over a catalogue: begun, continued after any break, or found to be done already.

The rows go to a file in steps, and that file is moved in when it is complete. Beside it then lies
`NAME.run.json`, which says of which run it is, so that the same command can tell its own result.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from adgen.bulk.crew import Crew, write_blocks
from adgen.bulk.plan import BulkPlan, differences, run_path
from adgen.bulk.reasons import counted
from adgen.bulk.row_lines import SUFFIXES, RowLines, StoredRow
from adgen.bulk.rows import FAILED, OK, SKIPPED, Row
from adgen.bulk.source import Source, num_blocks, stopped
from adgen.support.disk import disk_errors
from adgen.support.files import (
    NOTHING,
    check_output_file,
    read_json_object,
    remove_stale,
    sha256_of_folder,
    write_json,
)
from adgen.support.steps import (
    StepFile,
    about_path,
    can_resume,
    check_steps,
    forget_note,
    noted,
    open_steps,
    partial_path,
)
from adgen.writing.resources import writer_folder

_FORMAT = "adgen-bulk"
_STEP_SECONDS = 1.0  # of work that a break costs, beside the blocks in hand


@dataclass(frozen=True)
class Counts:
    """Counts what a run has done.

    Attributes:
        num_rows: Products of the catalogue that are done.
        num_ok: Those with ads.
        num_failed: Those without an ad that may be used.
        num_skipped: Those that the catalogue flags.
        num_ads: Ads written.
        first_failed: What is wrong with the first one that failed.
        reasons: How many products have no ads for each kind of reason, by status and reason as
            `reasons.kinds_of` gives them; a product that is skipped may have several.
    """

    num_rows: int = 0
    num_ok: int = 0
    num_failed: int = 0
    num_skipped: int = 0
    num_ads: int = 0
    first_failed: str = ""
    reasons: Mapping[str, int] = field(default_factory=dict)

    def after(self, row: Row | StoredRow) -> Counts:
        """Returns the counts after one more row."""
        first = f"{row.id}: {row.reason}" if row.status == FAILED else ""
        return Counts(
            self.num_rows + 1,
            self.num_ok + (row.status == OK),
            self.num_failed + (row.status == FAILED),
            self.num_skipped + (row.status == SKIPPED),
            self.num_ads + row.num_ads,
            self.first_failed or first,
            counted(self.reasons, row.status, row.reason),
        )


@dataclass(frozen=True)
class BulkJob:
    """Says what is written where.

    Attributes:
        source: The products.
        plan: How they get ads.
        path: The file of rows: .jsonl, .csv or .tsv.
        model: SHA-256 of the writer's folder, from `model_fingerprint`.
    """

    source: Source
    plan: BulkPlan
    path: Path
    model: str

    def identity(self) -> dict[str, Any]:
        """Returns what tells this run from others."""
        return {
            "catalogue": self.source.fingerprint,
            "columns": self.source.columns,
            "model": self.model,
            **self.plan.identity(),
        }


def model_fingerprint(plan: BulkPlan) -> str:
    """Returns the SHA-256 of the folder of a plan's writer.

    Raises:
        FileNotFoundError: There is no such writer.
    """
    return sha256_of_folder(writer_folder(plan.model, plan.revision))


def check_output(path: Path, apart_from: Mapping[str, str | Path] = NOTHING) -> None:
    """Raises where no rows can be written to a path; nothing is changed.

    Args:
        path: The file of rows.
        apart_from: What it may not be, as for `check_output_file`.

    Raises:
        ValueError: Its ending is none of `SUFFIXES`, or it is something else than a plain file.
        OSError: Nothing can be written there.
    """
    check_output_file(path, "a new file", suffixes=SUFFIXES, apart_from=apart_from)
    check_output_file(
        run_path(path), "a note of adgen's", is_ours=lambda one: bool(read_note(path))
    )


def check_same_settings(path: Path, plan: BulkPlan, model: str) -> None:
    """Raises where what is at a path already is of a run with other settings.

    The catalogue is not needed for that, so that it can be said before a long reading.

    Args:
        path: The file of rows.
        plan: How products get their ads.
        model: SHA-256 of the writer's folder.

    Raises:
        ValueError: A file there is another run's, or none of adgen's; or damaged.
    """
    now = {**plan.identity(), "model": model}
    if path.exists():
        where = path
        then = checked_note(path, is_whole=False)["run"]
        remedy = "Give the same one, choose another path, or move it."
    else:
        where = partial_path(path)
        check_steps(path, resume=can_resume(path))
        then = noted(path).get("run", now)
        remedy = "Give the same one, or delete it to begin again."
    others = [name for name in differences(then, now) if name not in ("catalogue", "columns")]
    if others:
        raise ValueError(
            f"{where} is there, of a run with another {' and '.join(others)}. {remedy}"
        )


def num_blocks_left(job: BulkJob) -> int:
    """Counts the blocks that a run has still to write, those of an interrupted one not counted."""
    counts = counts_from(noted(job.path).get("done"))
    num_done = 0 if counts is None else counts.num_rows
    return num_blocks(max(0, job.source.num_products - num_done))


def find_complete(job: BulkJob) -> Counts | None:
    """Returns the counts of a run that is complete already; None where it is not.

    Raises:
        ValueError: What is there is another run's, or none of adgen's.
        OSError: Nothing can be written there.
    """
    if not job.path.exists():
        check_steps(job.path, resume=can_resume(job.path))
        return None
    note = checked_note(job.path)
    others = differences(note["run"], job.identity())
    if others:
        raise ValueError(
            f"{job.path} is there, of a run with another {' and '.join(others)}. Choose another "
            "path, or move it."
        )
    if not partial_path(job.path).exists():
        forget_note(job.path)  # of a run killed once its file was moved in
    return Counts(**note["counts"])


def checked_note(path: Path, *, is_whole: bool = True) -> dict[str, Any]:
    """Returns what is noted of a finished file.

    Args:
        path: The file.
        is_whole: Whether it must have the bytes that the note counts.

    Raises:
        ValueError: There is none, or it is none that a run wrote, or damaged.
    """
    if not path.exists():
        raise ValueError(f"There is no finished {path}. Write it first: `adgen bulk` alone does.")
    note = read_note(path)
    if not note:
        raise ValueError(
            f"{path} is there and not of `adgen bulk`: {run_path(path).name} is missing. Choose "
            "another path, or move it."
        )
    if is_whole:
        check_whole(path, note)
    return note


def check_whole(path: Path, note: Mapping[str, Any]) -> None:
    """Raises ValueError where a file has other bytes than its note counts."""
    num_bytes = note.get("num_bytes")
    if num_bytes is not None and num_bytes != path.stat().st_size:
        raise ValueError(
            f"{path} has {path.stat().st_size:,} bytes and had {num_bytes:,} when it was finished: "
            "it is damaged or changed. Move it, and write it anew."
        )


def read_note(path: Path) -> dict[str, Any]:
    """Returns what is noted of a finished file; an empty mapping where there is no note."""
    note = read_json_object(run_path(path))
    is_ours = note.get("format") == _FORMAT and isinstance(note.get("run"), dict)
    return note if is_ours and counts_from(note.get("counts")) is not None else {}


def counts_from(found: object) -> Counts | None:
    """Returns counts as JSON gives them back; None where they are none, or damaged."""
    if not isinstance(found, dict) or set(found) != set(asdict(Counts())):
        return None
    return Counts(**found) if isinstance(found["reasons"], dict) else None


def write_note(path: Path, run: Mapping[str, Any], counts: Counts, num_bytes: int) -> None:
    """Writes what is to be known of a finished file, its size among it."""
    remove_stale(run_path(path))
    about = {"format": _FORMAT, "run": run, "counts": asdict(counts), "num_bytes": num_bytes}
    write_json(run_path(path), about)


def write_catalogue(job: BulkJob, crew: Crew) -> Iterator[Counts]:
    """Writes the rows of a catalogue, from where an interrupted run of the same kind has stopped.

    Args:
        job: What is written where; `find_complete` says None of it.
        crew: Who writes.

    Yields:
        The counts, first those of the run that is continued, then after every block.

    Raises:
        ValueError: Another run was interrupted there; or a product has no ad, and the plan is to
            stop there.
        OSError: The disk takes no more; what is complete stays.
    """
    lines = RowLines(job.path.suffix)
    run = job.identity()
    with (
        disk_errors(job.path),
        open_steps(job.path, run, resume=can_resume(job.path)) as file,
    ):
        counts = _begun(job.path, file.done)
        yield counts
        if not counts.num_rows:
            file.write(lines.header)
        for done in _written(job, crew, file, counts):
            counts = done
            yield counts
        file.complete_step(asdict(counts))
        job.source.check_unchanged()
        # Before the file itself, so that no file is ever there without its note.
        write_note(job.path, run, counts, partial_path(job.path).stat().st_size)


def _begun(path: Path, done: Mapping[str, Any]) -> Counts:
    """Returns the counts of an interrupted run's complete steps."""
    counts = Counts() if not done else counts_from(done)
    if counts is None:
        raise ValueError(
            f"{about_path(path)} is damaged. Delete {partial_path(path).name} to begin again."
        )
    return counts


def _written(job: BulkJob, crew: Crew, file: StepFile, counts: Counts) -> Iterator[Counts]:
    """Writes what is left, a block at a time."""
    lines = RowLines(job.path.suffix)
    last_step = time.monotonic()
    for rows in write_blocks(crew, job.source.blocks(counts.num_rows)):
        for row in rows:
            counts = counts.after(row)
            if row.status == FAILED and job.plan.invalid == "stop":
                raise stopped(row.number, row.id, row.reason)
            if row.status == OK or job.plan.invalid != "drop":
                file.write(lines.data(row))
        if time.monotonic() - last_step >= _STEP_SECONDS:
            file.complete_step(asdict(counts))
            last_step = time.monotonic()
        yield counts
