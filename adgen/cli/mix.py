"""`adgen mix`: an n-gram model with an LSTM's tokenizer, both as one model."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from adgen.cli.options import (
    add_ads,
    add_ads_options,
    add_ngram_options,
    add_record,
    ads_source,
    record_path,
)
from adgen.cli.settings import add_decoding_options, given_controls

HELP = "Add an n-gram model to an LSTM: one model of both."
USAGE = "MODEL ADS [options]"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "model", metavar="MODEL", help="folder of an LSTM that reads whole ads, of sub-words"
    )
    add_ads(parser)
    add_ngram_options(
        parser,
        output="runs/mixture",
        max_mb=12.5,
        max_mb_help="megabytes of the n-gram model's file (default: %(default)s)",
    )
    add_record(parser)
    add_ads_options(parser, max_ads="most training ads", has_split=False)
    add_decoding_options(parser, default="the LSTM's own; what is given becomes the folder's own")


def run(args: argparse.Namespace) -> int:
    """Fits the n-gram part, chooses its share, writes both, prints the figures."""
    # Threads of our own score sets of ads side by side; BLAS's would wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from adgen.records.machine import hardware
    from adgen.records.record import command_line
    from adgen.report.screen_evaluation import mixing_as_text
    from adgen.runs.mix import MixPlan, run_mix

    plan = MixPlan(
        lstm_dir=Path(args.model),
        source=ads_source(args),
        output_dir=Path(args.output),
        command=command_line(args.words),
        order=args.order,
        max_bytes=round(args.max_mb * 1e6),
        controls=given_controls(args),
        num_threads=hardware().num_cores or 1,
        record_path=record_path(args),
    )
    print(mixing_as_text(run_mix(plan)))
    print(f"\nMixture: {args.output}")
    return 0
