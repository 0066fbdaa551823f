"""`adgen sweep`: one model under many values of every decoding control."""

from __future__ import annotations

import argparse

from adgen.cli.compare import add_writing_options, print_record
from adgen.cli.options import add_ads_options, ads_source, record_path
from adgen.cli.settings import add_settings, given_sampling

HELP = "Write ads with many values of every decoding control, and judge them."
USAGE = "MODEL [--ads ADS] [options]"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    from adgen.decoding.settings import Sampling

    parser.add_argument("model", metavar="MODEL", help="a folder, or an id on the Hub")
    add_writing_options(parser, default_split="valid")
    add_ads_options(parser)
    # Greedy would leave nothing for temperature, top-k and top-p to do.
    add_settings(
        parser, "decoding controls while another one is swept", Sampling, leave_out=("greedy",)
    )


def run(args: argparse.Namespace) -> int:
    """Sweeps the decoding controls of a model; prints a table."""
    from adgen.report.screen_comparison import sweep_text
    from adgen.runs.sweep import SweepPlan
    from adgen.runs.sweep import sweep as sweep_controls

    plan = SweepPlan(
        model=args.model,
        source=ads_source(args),
        split=args.split,
        num_written=args.num_written,
        base=given_sampling(args),
        max_training_ads=args.max_training_ads,
        seed=args.seed,
    )
    record = sweep_controls(plan, words=args.words, record_path=record_path(args))
    print_record(record, sweep_text(record), args)
    return 0
