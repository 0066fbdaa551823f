"""`adgen export`: a model directory as a Keras file."""

from __future__ import annotations

import argparse

from adgen.cli.options import quiet_tensorflow

HELP = "Write a model directory as a plain Keras file (.keras or .h5)."
USAGE = "MODEL FILE"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("model", metavar="MODEL", help="model directory")
    parser.add_argument("path", metavar="FILE", help="file to write, ending in .keras or .h5")


def run(args: argparse.Namespace) -> int:
    """Writes a model directory as a plain Keras file."""
    quiet_tensorflow()
    from adgen.generation.folder_kinds import LSTM
    from adgen.generation.kinds import check_kind
    from adgen.lstm.training.keras_export import export_keras

    check_kind(args.model, LSTM)
    print(f"Wrote {export_keras(args.model, args.path)}")
    return 0
