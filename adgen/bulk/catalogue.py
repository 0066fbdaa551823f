"""Ads of a whole catalogue in one call: read, begun or gone on with, and counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from os import PathLike

from tqdm.auto import tqdm

from adgen.bulk.crew import Crew
from adgen.bulk.local_crew import open_local_crew
from adgen.bulk.plan import BulkPlan
from adgen.bulk.run import (
    BulkJob,
    Counts,
    check_output,
    check_same_settings,
    find_complete,
    model_fingerprint,
    num_blocks_left,
    write_catalogue,
)
from adgen.bulk.source import Source, check_products, open_source
from adgen.catalogues.recognise import PLAIN
from adgen.catalogues.streaming import open_products
from adgen.support.files import check_plain_file
from adgen.support.given import a_path, an_object
from adgen.support.processes import num_cores
from adgen.support.ranges import CORES, check_number
from adgen.writing.engines import check_engine
from adgen.writing.resources import writer_folder


def write_ads(
    catalogue: str | PathLike[str],
    path: str | PathLike[str],
    plan: BulkPlan | None = None,
    *,
    map: str | None = None,
    num_workers: int | None = None,
    **changes: object,
) -> Counts:
    """Writes the ads of all products of a seller's file, a row a product, in its order.

    The same call goes on where an interrupted one has stopped, and writes nothing where all is
    written already. Workers are processes of their own, so a script needs the usual
    `if __name__ == "__main__":`.

    Args:
        catalogue: As for `read_products`.
        path: The file of rows: .jsonl, a line a product, or .csv or .tsv, a line an ad.
        plan: How products get their ads; by default `BulkPlan()`.
        map: The columns of a plain table that have other names, "product=NAME,brand=VENDOR".
        num_workers: Processes that write, a core each; by default as many as there are cores.
        **changes: Fields of the plan's settings, such as `format="google-rsa"`.

    Returns:
        What was done, and why products have no ads.

    Raises:
        ValueError: A setting is out of its range, the catalogue is none, or what is at the path is
            another run's or none of adgen's.
        OSError: A file or the writer is missing, or the disk takes no more.
        KeyboardInterrupt: Somebody stopped it; the message says at which product.

    Example:
        counts = write_ads("shop.csv", "ads.jsonl", format="google-rsa", num_ads=1)
        print(counts.num_ads, counts.reasons)
    """
    # 1. All that can be refused is, before a long reading.
    plan = an_object("plan", BulkPlan() if plan is None else plan, BulkPlan)
    if changes:
        settings = replace(plan.settings, **changes)  # type: ignore[arg-type]
        plan = replace(plan, settings=settings)
    if num_workers is not None:
        check_number("num_workers", num_workers, CORES, is_whole=True, or_none=True)
    source_path = a_path("catalogue", catalogue)
    rows_path = a_path("path", path)
    check_plain_file(source_path)
    check_output(rows_path, {"the catalogue": source_path})
    check_engine(writer_folder(plan.model, plan.revision))
    model = model_fingerprint(plan)
    check_same_settings(rows_path, plan, model)
    # 2. What is there already, or is written now.
    source = read_source(source_path, map=map, include_flagged=plan.include_flagged)
    job = BulkJob(source, plan, rows_path, model)
    done = find_complete(job)
    if done is not None:
        return done
    if plan.invalid == "stop":
        check_products(source, plan)
    crew = open_local_crew(plan, workers_for(job, num_workers))
    return write_to_end(job, crew, lambda crew: write_catalogue(job, crew))


def read_source(
    catalogue: str | PathLike[str], *, map: str | None = None, include_flagged: bool = False
) -> Source:
    """Reads a catalogue and looks through it; see `open_source`.

    In a shop's export products that share an id are flagged and get no ads; in a table of one's own
    that is a mistake, and refused.
    """
    path = a_path("catalogue", catalogue)
    products = open_products(path, map=map)
    only_unique = include_flagged or getattr(products, "format", PLAIN) == PLAIN
    source = open_source(path, products, columns=map or "", only_unique=only_unique)
    return replace(source, title=products.title)


def workers_for(job: BulkJob, num_workers: int | None) -> int:
    """Returns how many workers a run takes: as asked for, but no more than blocks are left."""
    return min(num_workers or num_cores(), max(1, num_blocks_left(job)))


def write_to_end(
    job: BulkJob,
    opened: AbstractContextManager[Crew],
    steps: Callable[[Crew], Iterator[Counts]],
    again: str = "call",
) -> Counts:
    """Has a crew write to the end, under a progress bar where somebody sees it.

    Args:
        job: What is written where.
        opened: The crew, not started yet.
        steps: Writes with it; yields counts, the first those of the run that is continued.
        again: What the message of an interruption asks for once more.

    Raises:
        KeyboardInterrupt: Somebody stopped it; what is complete stays.
    """
    counts = Counts()
    total = job.source.num_products
    try:
        with opened as crew:
            running = steps(crew)
            counts = next(running)
            # What an interrupted run has written says nothing of this one's speed.
            with tqdm(
                total=total,
                initial=counts.num_rows,
                desc="Writing ads",
                unit=" products",
                disable=None,
            ) as bar:
                for counts in running:
                    bar.update(min(counts.num_rows, total) - bar.n)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"Interrupted at product {counts.num_rows:,} of {total:,}; the same {again} goes on."
        ) from None
    return counts
