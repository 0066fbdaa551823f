"""`adgen compare`: models of all kinds side by side."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from adgen.cli.options import (
    ADS_HELP,
    OldSpelling,
    add_ads_options,
    add_record,
    ads_source,
    at_least,
    number_in,
    record_path,
)
from adgen.cli.settings import add_decoding_options, given_sampling
from adgen.support.ranges import MOST_SHOTS, SAMPLES, SEEDS, WRITTEN

if TYPE_CHECKING:
    from adgen.records.judged import ComparisonRecord, SweepRecord

HELP = "Compare models of all kinds: figures and ads side by side."
USAGE = "MODEL [MODEL ...] [--ads ADS] [options]"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument("models", nargs="*", metavar="MODEL", help="a folder, or an id on the Hub")
    parser.add_argument(
        "--models", dest="old_models", nargs="+", action=OldSpelling, now="MODEL ..."
    )
    add_writing_options(parser, default_split="test")
    parser.add_argument(
        "--shots",
        type=_numbers,
        metavar="N,N,...",
        default="0,1,4",
        help="numbers of example ads before each ad, 0 to 1,000 (default: %(default)s)",
    )
    parser.add_argument(
        "--prompts",
        nargs="+",
        metavar="PROMPT",
        help="for samples (default: the 2022 experiment's)",
    )
    parser.add_argument(
        "--num-samples",
        type=number_in(SAMPLES),
        metavar="N",
        default=1,
        help="ads a prompt (default: %(default)s)",
    )
    parser.add_argument(
        "--num-ads",
        type=at_least(1),
        metavar="N",
        default=500,
        help="held-out ads to score (default: %(default)s)",
    )
    parser.add_argument(
        "--template",
        metavar="NAME",
        help="how ads stand in a GPT's context: ads, each a text of its own; lines, one a line; "
        "list, so under a heading (default: ads for models that adgen trained, else list)",
    )
    add_ads_options(parser)
    add_decoding_options(parser, default="each model's own")


def add_writing_options(parser: argparse.ArgumentParser, *, default_split: str) -> None:
    """Adds the options of `compare` and `sweep`: which ads they go on from, where figures go.

    Args:
        parser: The command's.
        default_split: The split of the held-out ads.
    """
    parser.add_argument(
        "--ads", metavar="ADS", default="data/processed", help=f"{ADS_HELP} (default: %(default)s)"
    )
    parser.add_argument("--corpus", dest="ads", action=OldSpelling, now="--ads")
    parser.add_argument(
        "--split",
        choices=("valid", "test"),
        default=default_split,
        help="which held-out ads (default: %(default)s)",
    )
    parser.add_argument(
        "--num-written",
        type=number_in(WRITTEN),
        metavar="N",
        default=200,
        help="ads to write after two words of held-out ads (default: %(default)s)",
    )
    parser.add_argument(
        "--max-training-ads",
        type=at_least(1),
        metavar="N",
        help="training ads to compare what is written with, at most (default: all)",
    )
    parser.add_argument(
        "--seed",
        type=number_in(SEEDS),
        metavar="N",
        default=0,
        help="same seed, same example ads and ads (default: 0)",
    )
    add_record(parser)
    parser.add_argument("--json", action="store_true", help="print the record as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Compares models; prints a table and the samples side by side."""
    from adgen.generation.samples import PROMPTS_OF_2022
    from adgen.report.screen_comparison import as_text
    from adgen.runs.compare import ComparePlan
    from adgen.runs.compare import compare as compare_models

    plan = ComparePlan(
        models=_models(args),
        source=ads_source(args),
        shots=args.shots,
        split=args.split,
        num_ads=args.num_ads,
        num_written=args.num_written,
        prompts=tuple(args.prompts or PROMPTS_OF_2022),
        num_samples=args.num_samples,
        template=args.template,
        sampling=given_sampling(args),
        max_training_ads=args.max_training_ads,
        seed=args.seed,
    )
    if plan.template is not None and not any(map(_may_be_gpt, plan.models)):
        raise ValueError("--template is for GPT models and would do nothing. Leave it out.")
    record = compare_models(plan, words=args.words, record_path=record_path(args))
    print_record(record, as_text(record), args)
    return 0


def print_record(
    record: ComparisonRecord | SweepRecord, text: str, args: argparse.Namespace
) -> None:
    """Prints a record as the command line wants it: one JSON object, or its text."""
    from adgen.records.record import rounded

    print(json.dumps(rounded(record.as_dict()), ensure_ascii=False) if args.json else text)


def _models(args: argparse.Namespace) -> tuple[str, ...]:
    if args.models and args.old_models:
        raise ValueError("Models are given with --models and without. Give all of them without.")
    models = args.models or args.old_models
    if not models:
        raise ValueError("MODEL is missing. Give at least one folder, or id on the Hub.")
    return tuple(models)


def _may_be_gpt(model: str) -> bool:
    from adgen.gpt.loading import is_gpt_folder

    return not Path(model).is_dir() or is_gpt_folder(model)


def _numbers(text: str) -> tuple[int, ...]:
    """Reads numbers of shots from "0,1,4"."""
    try:
        numbers = tuple(int(part) for part in text.split(","))
    except ValueError:
        numbers = (-1,)
    if not all(0 <= number <= MOST_SHOTS for number in numbers):
        raise argparse.ArgumentTypeError(
            f"{text!r:.40} is given; expected whole numbers from 0 to {MOST_SHOTS:,}, such as 0,1,4"
        )
    return numbers
