"""`adgen bulk`: ads for a whole catalogue, a row a product, continued after any break."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from adgen.cli.bulk_screen import say, show_changes, show_counts, show_forecast
from adgen.cli.options import number_in, option_of
from adgen.cli.settings import add_settings, given
from adgen.cli.writer_options import add_writer
from adgen.support.given import a_path
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
# What options are where they are not given, of those that say how ads are written.
_USUAL = {"precision": "auto", "invalid": "keep", "engine": "local"}


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
        default=_USUAL["invalid"],
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
        default=_USUAL["engine"],
        help="processes of this machine, or actors of Ray (default: %(default)s)",
    )
    group.add_argument(
        "--ray-address",
        metavar="ADDRESS",
        help="of a Ray cluster (default: RAY_ADDRESS, else this machine alone)",
    )


def run(args: argparse.Namespace) -> int:
    """Writes the rows of a catalogue, or says what writing them would take or change."""
    if args.dry_run:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the workers have
    from adgen.bulk.run import BulkJob
    from adgen.support.files import check_plain_file

    # 1. All that can be refused is, before a long reading.
    _check_options(args)
    plan = _plan(args)
    catalogue = a_path("CATALOGUE", args.catalogue)
    path = None if args.output is None else a_path("OUT", args.output)
    check_plain_file(catalogue)
    if path is not None:
        _check_output(args, path)
    model = "" if args.compare else _check_workers(args, plan)
    if path is not None and not args.dry_run:
        _check_begun(args, path, plan, model)
    # 2. What is asked for.
    source = _read_source(args)
    if args.dry_run or path is None:
        return _try(args, source, plan)
    if args.compare:
        return _compare(args, source, path)
    return _write(args, BulkJob(source, plan, path, model))


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
    if args.compare:
        _check_compare(args)


def _check_compare(args: argparse.Namespace) -> None:
    """Raises where an option is given that says how ads are written, of which none are."""
    from adgen.writing.settings import WriteSettings

    useless = [name for name in ("model", "workers") if getattr(args, name) is not None]
    useless += [name for name, usual in _USUAL.items() if getattr(args, name) != usual]
    useless += given(args, WriteSettings)
    if useless:
        raise ValueError(
            f"--compare writes no ads, so that {', '.join(map(option_of, useless))} would do "
            "nothing. Leave it out."
        )


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
    if args.model is not None and a_path("model", args.model).exists():
        apart_from["the model"] = Path(args.model)
    check_output(path, apart_from)


def _check_workers(args: argparse.Namespace, plan: BulkPlan) -> str:
    """Raises where no worker could write; returns the SHA-256 of the writer's folder."""
    from adgen.bulk.run import model_fingerprint
    from adgen.writing.engines import check_engine
    from adgen.writing.resources import writer_folder

    check_engine(writer_folder(plan.model, plan.revision))
    if args.engine == "ray":
        from adgen.bulk.ray_crew import check_ray

        check_ray(args.ray_address)
    return model_fingerprint(plan)


def _check_begun(args: argparse.Namespace, path: Path, plan: BulkPlan, model: str) -> None:
    """Raises where what is at a path is none that is to be compared, retried or gone on with."""
    from adgen.bulk.run import check_same_settings, checked_note

    if args.compare or args.retry_failed:
        checked_note(path, is_whole=args.compare)
    if not args.compare:
        check_same_settings(path, plan, model)


def _read_source(args: argparse.Namespace) -> Source:
    """Reads the catalogue, and says what it is."""
    from adgen.bulk.catalogue import read_source

    source = read_source(args.catalogue, map=args.map, include_flagged=args.include_flagged)
    say(f"{source.path}: {source.title}, {source.num_products:,} products")
    return source


def _write(args: argparse.Namespace, job: BulkJob) -> int:
    """Writes all rows, or those that failed."""
    from adgen.bulk.retrying import find_failed, retry_failed
    from adgen.bulk.run import find_complete, write_catalogue
    from adgen.bulk.source import check_products

    if args.retry_failed:
        failed = find_failed(job)
        if failed is None:
            say(f"No row of {job.path} has failed; nothing is to be done.")
            return 0
        return _finish(args, failed, lambda crew: retry_failed(job, failed, crew))
    done = find_complete(job)
    if done is not None:
        say(f"{job.path} is complete already.")
        return show_counts(done, job.path)
    if job.plan.invalid == "stop":
        check_products(job.source, job.plan)
    return _finish(args, job, lambda crew: write_catalogue(job, crew))


def _finish(
    args: argparse.Namespace, job: BulkJob, steps: Callable[[Crew], Iterator[Counts]]
) -> int:
    """Writes to the end, and says what was done."""
    from adgen.bulk.catalogue import write_to_end

    counts = write_to_end(job, _open_crew(args, job), steps, again="command")
    return show_counts(counts, Path(args.output))


def _open_crew(args: argparse.Namespace, job: BulkJob) -> AbstractContextManager[Crew]:
    """Opens workers, no more than there are blocks to write."""
    if args.engine == "ray":
        from adgen.bulk.ray_crew import open_ray_crew
        from adgen.bulk.run import num_blocks_left

        most = max(1, num_blocks_left(job))
        return open_ray_crew(job.plan, args.workers, args.ray_address, most=most)
    from adgen.bulk.catalogue import workers_for
    from adgen.bulk.local_crew import open_local_crew

    return open_local_crew(job.plan, workers_for(job, args.workers))


def _try(args: argparse.Namespace, source: Source, plan: BulkPlan) -> int:
    """Writes ten products' ads to the screen, with what a run will take."""
    from adgen.bulk.forecast import forecast
    from adgen.bulk.source import num_blocks
    from adgen.support.processes import num_cores

    suffix = Path(args.output or "ads.jsonl").suffix
    num_workers = min(args.workers or num_cores(), num_blocks(source.num_products))
    found = forecast(source, plan, num_workers=num_workers, suffix=suffix)
    show_forecast(found, num_workers, as_json=args.json)
    return 0


def _compare(args: argparse.Namespace, source: Source, path: Path) -> int:
    """Shows which products changed since a file was written."""
    from adgen.bulk.comparing import find_changes

    show_changes(find_changes(path, source.products), path, as_json=args.json)
    return 0
