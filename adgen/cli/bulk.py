"""`adgen bulk`: ads for a whole catalogue, a row a product, continued after any break."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from adgen.cli.bulk_screen import show_changes, show_counts, show_forecast
from adgen.cli.options import number_in, option_of
from adgen.cli.settings import add_settings, given
from adgen.cli.writer_options import add_writer
from adgen.support.ranges import CORES

if TYPE_CHECKING:
    from adgen.bulk.crew import Crew
    from adgen.bulk.plan import BulkPlan
    from adgen.bulk.run import BulkJob, Counts
    from adgen.bulk.source import Source

HELP = "Write ads of all products of a catalogue."
USAGE = "CATALOGUE OUT [--format NAME] [options]"
_ENGINES = ("local", "ray")
# What is done instead of writing rows, one of them at most.
_OTHERS = ("dry_run", "compare", "retry_failed")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    from adgen.writing.settings import WriteSettings

    parser.add_argument(
        "catalogue", metavar="CATALOGUE", help="a seller's file of products, as for adgen products"
    )
    parser.add_argument(
        "output",
        nargs="?",
        metavar="OUT",
        help=".jsonl, a line a product, or .csv or .tsv, a line an ad; where the same run was "
        "interrupted it goes on",
    )
    add_writer(parser)
    parser.add_argument(
        "--map",
        metavar="FIELD=COLUMN,...",
        help="columns of a plain table that have other names, such as product=NAME,brand=VENDOR",
    )
    _add_rows(parser)
    _add_instead(parser)
    _add_workers(parser)
    add_settings(parser, "writing", WriteSettings, leave_out=("keywords", "exclude"))


def _add_rows(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("products without ads")
    group.add_argument(
        "--invalid",
        choices=("keep", "drop", "stop"),
        default="keep",
        help="keep a row that says why, drop it, or stop the run (default: %(default)s); the exit "
        "code is 1 where a product failed",
    )
    group.add_argument(
        "--include-flagged",
        action="store_true",
        help="write ads of drafts and other products that the catalogue flags, too",
    )


def _add_instead(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("instead of writing all rows")
    group.add_argument(
        "--dry-run",
        action="store_true",
        help="show ten products with their ads, and what all will take; nothing is written",
    )
    group.add_argument(
        "--retry-failed",
        action="store_true",
        help="write the failed rows of a finished OUT again; the others keep their bytes",
    )
    group.add_argument(
        "--compare",
        action="store_true",
        help="show which products changed since OUT was written; nothing is written",
    )
    group.add_argument("--json", action="store_true", help="show that as lines of JSON")


def _add_workers(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("workers")
    group.add_argument(
        "--workers",
        type=number_in(CORES),
        metavar="N",
        help="processes that write, a core each (default: as many as there are cores)",
    )
    group.add_argument(
        "--engine",
        choices=_ENGINES,
        default="local",
        help="processes of this machine, or actors of Ray (default: %(default)s)",
    )
    group.add_argument(
        "--ray-address",
        metavar="ADDRESS",
        help="of a Ray cluster (default: RAY_ADDRESS, else this machine alone)",
    )


def run(args: argparse.Namespace) -> int:
    """Writes the rows of a catalogue, or says what writing them would take or change."""
    _check_options(args)
    plan = _plan(args)
    if args.output is not None:
        _check_output(args, Path(args.output))
    source = _read_source(args)
    if args.dry_run:
        return _try(args, source, plan)
    path = Path(args.output)
    if args.compare:
        return _compare(args, source, path)
    return _write(args, source, plan, path)


def _check_options(args: argparse.Namespace) -> None:
    """Raises where options do not go together."""
    chosen = [name for name in _OTHERS if getattr(args, name)]
    if len(chosen) > 1:
        raise ValueError(f"{' and '.join(map(option_of, chosen))} are given. Give one of them.")
    if args.output is None and not args.dry_run:
        raise ValueError("OUT is missing. Give a file to write, such as ads.jsonl.")
    if args.json and not (args.dry_run or args.compare):
        raise ValueError("--json is for --dry-run and --compare. Leave it out.")
    if args.ray_address is not None and args.engine != "ray":
        raise ValueError("--ray-address is for --engine ray. Leave it out, or give that too.")


def _plan(args: argparse.Namespace) -> BulkPlan:
    from adgen.bulk.plan import BulkPlan
    from adgen.writing.settings import WriteSettings

    return BulkPlan(
        settings=WriteSettings(**given(args, WriteSettings)),
        model=args.model,
        precision=args.precision,
        invalid=args.invalid,
        include_flagged=args.include_flagged,
    )


def _check_output(args: argparse.Namespace, path: Path) -> None:
    from adgen.bulk.run import check_output

    apart_from = {"the catalogue": Path(args.catalogue)}
    if args.model is not None and Path(args.model).exists():
        apart_from["the model"] = Path(args.model)
    check_output(path, apart_from)


def _read_source(args: argparse.Namespace) -> Source:
    """Reads the catalogue, and says what it is."""
    from adgen.bulk.source import open_source
    from adgen.catalogues.recognise import PLAIN
    from adgen.catalogues.streaming import open_products

    products = open_products(args.catalogue, map=args.map)
    # In a shop's export what shares an id is flagged; in a table of one's own it is a mistake.
    only_unique = args.include_flagged or getattr(products, "format", PLAIN) == PLAIN
    path = Path(args.catalogue)
    source = open_source(path, products, columns=args.map or "", only_unique=only_unique)
    print(f"{source.path}: {products.title}, {source.num_products:,} products", file=sys.stderr)
    return source


def _write(args: argparse.Namespace, source: Source, plan: BulkPlan, path: Path) -> int:
    """Writes all rows, or those that failed."""
    from adgen.bulk.retrying import find_failed, retry_failed
    from adgen.bulk.run import BulkJob, find_complete, model_fingerprint, write_catalogue
    from adgen.bulk.source import check_products

    job = BulkJob(source, plan, path, model_fingerprint(plan.model))
    if args.retry_failed:
        failed = find_failed(job)
        if failed is None:
            print(f"No row of {path} has failed; nothing is to be done.", file=sys.stderr)
            return 0
        return _finish(args, failed, lambda crew: retry_failed(job, failed, crew))
    done = find_complete(job)
    if done is not None:
        print(f"{path} is complete already.", file=sys.stderr)
        return show_counts(done, path)
    if plan.invalid == "stop":
        check_products(source, plan)
    return _finish(args, job, lambda crew: write_catalogue(job, crew))


def _finish(
    args: argparse.Namespace, job: BulkJob, steps: Callable[[Crew], Iterator[Counts]]
) -> int:
    """Writes to the end, under a progress bar where there is a terminal."""
    from tqdm import tqdm

    from adgen.bulk.run import Counts

    counts = Counts()
    total = job.source.num_products
    try:
        with _open_crew(args, job.plan) as crew:
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
            f"Interrupted at product {counts.num_rows:,} of {total:,}; the same command goes on."
        ) from None
    return show_counts(counts, Path(args.output))


def _open_crew(args: argparse.Namespace, plan: BulkPlan) -> AbstractContextManager[Crew]:
    if args.engine == "ray":
        from adgen.bulk.ray_crew import open_ray_crew

        return open_ray_crew(plan, args.workers, args.ray_address)
    from adgen.bulk.local_crew import open_local_crew

    return open_local_crew(plan, _num_workers(args))


def _num_workers(args: argparse.Namespace) -> int:
    from adgen.support.processes import num_cores

    return args.workers or num_cores()


def _try(args: argparse.Namespace, source: Source, plan: BulkPlan) -> int:
    """Writes ten products' ads to the screen, with what a run will take."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the workers have
    from adgen.bulk.forecast import forecast

    suffix = Path(args.output or "ads.jsonl").suffix
    num_workers = _num_workers(args)
    found = forecast(source, plan, num_workers=num_workers, suffix=suffix)
    show_forecast(found, num_workers, as_json=args.json)
    return 0


def _compare(args: argparse.Namespace, source: Source, path: Path) -> int:
    """Shows which products changed since a file was written."""
    from adgen.bulk.comparing import find_changes
    from adgen.bulk.run import checked_note

    checked_note(path)
    show_changes(find_changes(path, source.products), path, as_json=args.json)
    return 0
