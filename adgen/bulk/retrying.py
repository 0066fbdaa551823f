"""The failed rows of a finished file, written again from what the catalogue says now.

They go to a file beside it first, in steps as every run; then both are put together, and the rows
that had not failed keep their bytes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

from adgen.bulk.crew import Crew
from adgen.bulk.plan import differences, run_path
from adgen.bulk.row_lines import RowLines
from adgen.bulk.rows import FAILED, SKIPPED, fingerprint_of
from adgen.bulk.run import (
    BulkJob,
    Counts,
    checked_note,
    find_complete,
    read_note,
    write_catalogue,
    write_note,
)
from adgen.support.disk import disk_errors
from adgen.support.files import remove_stale, replace_when_done


def find_failed(job: BulkJob) -> BulkJob | None:
    """Returns the job of writing the failed rows of a finished one; None where nothing is to do.

    A retry that was interrupted while it put its rows in their places still has that to do.

    Args:
        job: As the file was written; its catalogue may have been mended since.

    Raises:
        ValueError: The file is another run's, or damaged; or no failed product is in the catalogue.
        OSError: It cannot be read.
    """
    # While rows are put in their places the note is of the file before.
    note = checked_note(job.path, is_whole=not _beside(job.path, "retry").exists())
    same = ("catalogue", "columns")  # which may have changed
    others = [name for name in differences(note["run"], job.identity()) if name not in same]
    if others:
        raise ValueError(
            f"{job.path} is of a run with another {' and '.join(others)}. Give the same one, so "
            "that all rows are of one kind."
        )
    rows = RowLines(job.path.suffix).read(job.path)
    numbers = {row.id: row.number for row in rows if row.status == FAILED}
    path = _beside(job.path, "retry")
    if not path.exists() and read_note(path):
        run_path(path).unlink()  # of a retry killed once its rows were put in their places
    if not numbers and not path.exists():
        return None
    num_left = sum(product.id in numbers for product in job.source.products)
    if numbers and not num_left:
        raise ValueError(
            f"None of the {len(numbers):,} failed products is in {job.source.path} now. Give the "
            "catalogue that has them."
        )
    source = replace(job.source, numbers=numbers, num_products=num_left)
    return replace(job, source=source, path=path)


def retry_failed(job: BulkJob, failed: BulkJob, crew: Crew) -> Iterator[Counts]:
    """Writes failed rows again, from where an interrupted retry has stopped.

    Args:
        job: Of the finished file.
        failed: From `find_failed`.
        crew: Who writes.

    Yields:
        The counts of the failed rows, then those of the whole file.

    Raises:
        ValueError: Another retry was interrupted there.
        OSError: The disk takes no more; what is complete stays.
    """
    if find_complete(failed) is None:
        yield from write_catalogue(failed, crew)
    with disk_errors(job.path):
        counts = _put_together(job.path, failed.path)
    run = checked_note(job.path, is_whole=False)["run"]
    if _are_of(job):
        run = job.identity()
    write_note(job.path, run, counts, job.path.stat().st_size)
    # Last, so that a kill before it puts the rows in their places once more.
    failed.path.unlink()
    run_path(failed.path).unlink(missing_ok=True)
    yield counts


def _are_of(job: BulkJob) -> bool:
    """Tells whether a file has the rows that a run over the catalogue of now gives."""
    rows = RowLines(job.path.suffix).read(job.path)
    return all(
        row is not None
        and product is not None
        and (row.id, row.fingerprint) == (product.id, fingerprint_of(product))
        and (row.status == SKIPPED) == job.plan.skips(product)
        for row, product in zip_longest(rows, job.source.products)
    )


def _put_together(path: Path, new_path: Path) -> Counts:
    """Puts new rows in the place of those with their numbers; returns the counts of all."""
    lines = RowLines(path.suffix)
    # Where each new row lies: first byte and length.
    places: dict[int, tuple[int, int]] = {}
    start = len(lines.header)
    for row in lines.read(new_path):
        places[row.number] = (start, len(row.data))
        start += len(row.data)
    counts = Counts()
    remove_stale(path)
    with (
        replace_when_done(path) as merged,
        new_path.open("rb") as new_file,
        merged.open("wb") as file,
    ):
        file.write(lines.header)
        for row in lines.read(path):
            data = row.data
            if row.number in places:
                first, num_bytes = places[row.number]
                new_file.seek(first)
                data = new_file.read(num_bytes)
            file.write(data)
        file.flush()
        os.fsync(file.fileno())
        for row in lines.read(merged):
            counts = counts.after(row)
    return counts


def _beside(path: Path, word: str) -> Path:
    return path.with_name(f"{path.stem}.{word}{path.suffix}")
