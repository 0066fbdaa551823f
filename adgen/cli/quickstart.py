"""`adgen quickstart`: a corpus, a small model, its ads."""

from __future__ import annotations

import argparse

from adgen.cli.options import add_text_column, at_least, number_in, quiet_tensorflow
from adgen.support.ranges import SEEDS

HELP = "Read a corpus, train a small model on it and write ads."
USAGE = "[options]"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        default="data",
        help="folder to look for ads in (default: %(default)s)",
    )
    add_text_column(parser)
    parser.add_argument(
        "--output",
        metavar="DIR",
        default="runs/quickstart",
        help="model directory to write (default: %(default)s)",
    )
    parser.add_argument(
        "--max-ads",
        type=at_least(100),
        metavar="N",
        default=10_000,
        help="most ads to train and score on (default: %(default)s)",
    )
    parser.add_argument(
        "--epochs",
        type=at_least(1, 1_000_000),
        metavar="N",
        default=5,
        help="most passes over the training ads (default: %(default)s)",
    )
    parser.add_argument(
        "--seed",
        type=number_in(SEEDS),
        metavar="N",
        default=0,
        help="seed of everything random (default: 0)",
    )


def run(args: argparse.Namespace) -> int:
    """Reads a corpus, trains a small model and writes ads."""
    quiet_tensorflow()
    from adgen.runs.quickstart import QuickstartPlan, run_quickstart

    plan = QuickstartPlan(
        args.data_dir, args.output, args.max_ads, args.epochs, args.seed, args.text_column
    )
    for text in run_quickstart(plan):
        print(text, flush=True)
    return 0
