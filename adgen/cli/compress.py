"""`adgen compress`: a model directory in fewer bytes."""

from __future__ import annotations

import argparse
from pathlib import Path

from adgen.cli.options import add_record, record_path
from adgen.cli.settings import add_decoding_options, given_controls

HELP = (
    "Write a model's folder again with its weights in fewer bytes. Decoding options become its "
    "defaults."
)
USAGE = "MODEL OUTPUT [options]"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument("model", metavar="MODEL", help="folder of an LSTM or GPT that adgen wrote")
    parser.add_argument("output", metavar="OUTPUT", help="folder to write")
    parser.add_argument(
        "--storage",
        choices=("float32", "float16", "int8", "adapter"),
        help="how weights are stored; int8 of LSTMs alone; adapter of GPTs trained with LoRA, what "
        "changed in their base (default: int8, of GPTs float16)",
    )
    add_record(parser)
    add_decoding_options(parser)


def run(args: argparse.Namespace) -> int:
    """Writes a model directory again, its weights in fewer bytes."""
    from adgen.records.record import command_line
    from adgen.runs.compress import CompressionPlan, run_compress

    plan = CompressionPlan(
        model_dir=Path(args.model),
        output_dir=Path(args.output),
        command=command_line(args.words),
        storage=args.storage,
        controls=given_controls(args),
        record_path=record_path(args),
    )
    made = run_compress(plan)
    print(f"Wrote {args.output}: {made.num_bytes / 1e6:.1f} MB, weights in {made.storage}")
    return 0
