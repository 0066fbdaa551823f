"""`adgen ngram`: the n-gram baseline."""

from __future__ import annotations

import argparse
from pathlib import Path

from adgen.cli.options import (
    add_ads,
    add_ads_options,
    add_ngram_options,
    add_record,
    ads_source,
    number_in,
    record_path,
)
from adgen.support.ranges import SUBWORD_VOCABULARIES

HELP = "Fit the n-gram baseline to ads and print its figures."
USAGE = "ADS [options]"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    add_ads(parser)
    add_ngram_options(
        parser,
        output="runs/ngram",
        max_mb_help="prune to a file of so many MB (default: keep every n-gram)",
    )
    parser.add_argument(
        "--subword-vocab-size",
        type=number_in(SUBWORD_VOCABULARIES),
        metavar="N",
        help="tokens of the tokenizer (default: those of adgen train --preset small)",
    )
    add_record(parser)
    add_ads_options(parser, max_ads="most training ads")


def run(args: argparse.Namespace) -> int:
    """Fits the n-gram baseline, writes its directory and record, prints its figures."""
    from adgen.records.record import command_line
    from adgen.report.screen_evaluation import as_text
    from adgen.runs.ngram import VOCAB_SIZE, NGramPlan, run_ngram

    plan = NGramPlan(
        source=ads_source(args),
        output_dir=Path(args.output),
        command=command_line(args.words),
        order=args.order,
        max_bytes=None if args.max_mb is None else round(args.max_mb * 1e6),
        subword_vocab_size=args.subword_vocab_size or VOCAB_SIZE,
        record_path=record_path(args),
    )
    print(as_text(run_ngram(plan)))
    print(f"\nN-gram model: {args.output}")
    return 0
