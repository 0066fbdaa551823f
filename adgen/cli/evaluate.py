"""`adgen evaluate`: a model's figures on held-out ads."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from adgen.cli.options import (
    SPLITS,
    add_ads,
    add_ads_options,
    add_record,
    ads_source,
    at_least,
    number_in,
    option_of,
    record_path,
)
from adgen.cli.settings import add_decoding_options, given_controls
from adgen.support.ranges import SEEDS

if TYPE_CHECKING:
    from adgen.records.judged import EvaluationRecord, MixtureRecord, NoveltyRecord

HELP = "Print a model's figures on ads."
USAGE = "MODEL ADS [options]"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "model", metavar="MODEL", help="a model's folder, or the id of a GPT on the Hub, OWNER/NAME"
    )
    add_ads(parser)
    parser.add_argument(
        "--split",
        choices=SPLITS,
        default="test",
        help="which ads, files divided as in the model's training; all: every ad there is "
        "(default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_record(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--by-category", action="store_true", help="figures of each category too")
    what.add_argument(
        "--generated",
        type=at_least(1),
        metavar="N",
        help="instead: write N ads after first words of held-out ads, and compare both with the "
        "training ads",
    )
    what.add_argument(
        "--mix",
        metavar="DIR",
        help="instead: bits per character of a mixture with what `adgen ngram` wrote",
    )
    parser.add_argument(
        "--seed",
        type=number_in(SEEDS),
        metavar="N",
        help="with --generated: same seed, same ads (default: 0)",
    )
    add_ads_options(parser, max_ads="most ads to score", has_split=False)
    add_decoding_options(parser, default="with --generated, the model's own")


def run(args: argparse.Namespace) -> int:
    """Prints a model's figures, what it repeats of its training ads, or what a mixture gains."""
    # Threads of our own score sets of ads side by side; BLAS's would wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from adgen.records.machine import hardware
    from adgen.records.record import command_line
    from adgen.report.screen_evaluation import as_json, as_text
    from adgen.runs.evaluate import EvaluationPlan, run_evaluation, run_memorisation, run_mixture

    controls = given_controls(args)
    source = ads_source(args)
    writing = [*map(option_of, controls), *(["--seed"] if args.seed is not None else [])]
    if args.generated is None and writing:
        raise ValueError(
            f"{', '.join(writing)} would do nothing without --generated N. Leave it out."
        )
    plan = EvaluationPlan(
        model=args.model,
        ads_path=source.path,
        command=command_line(args.words),
        split=args.split,
        categories=source.categories,
        excluded=source.excluded,
        text_column=source.text_column,
        max_ads=source.max_ads,
        num_threads=hardware().num_cores or 1,
        record_path=record_path(args),
    )
    record: EvaluationRecord | NoveltyRecord | MixtureRecord
    if args.generated is not None:
        record = run_memorisation(
            plan, num_ads=args.generated, seed=args.seed or 0, controls=controls
        )
    elif args.mix is not None:
        record = run_mixture(plan, args.mix)
    else:
        record = run_evaluation(plan, by_category=args.by_category)
    print(as_json(record) if args.json else as_text(record))
    return 0
