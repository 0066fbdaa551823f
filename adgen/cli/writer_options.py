"""Options of the commands that write from products: which writer, and how it multiplies."""

from __future__ import annotations

import argparse


def add_writer(parser: argparse.ArgumentParser) -> None:
    """Adds `--model` and `--precision`."""
    from adgen.writing.precision import PRECISIONS

    parser.add_argument(
        "--model",
        metavar="MODEL",
        help="a writer's folder, or the name of a fetched base (default: the writer that comes "
        "with adgen)",
    )
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        default="auto",
        help="int8 needs the extra adgen[writer] and takes less time for nearly the same ads; auto "
        "is int8 for a large model where the extra is installed, else float32 "
        "(default: %(default)s)",
    )
