"""`adgen demo`: a page in the browser that writes ads."""

from __future__ import annotations

import argparse
from pathlib import Path

from adgen.cli.options import number_in
from adgen.support.ranges import Range

HELP = "Open a page in the browser that writes ads and shows how they came about."
USAGE = "[--model DIR ...] [--port N] [--host ADDRESS] [--corpus DIR]"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "--model",
        action="append",
        metavar="DIR",
        help="a model's folder, or the name of a fetched base; may be given several times "
        "(default: the writer and the mixture that come with adgen)",
    )
    parser.add_argument(
        "--port",
        type=number_in(Range(0, 65_535)),
        default=7860,
        metavar="N",
        help="where the page is; 0 takes any free port (default: %(default)s)",
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="the address to listen at; 0.0.0.0 lets other machines in (default: %(default)s)",
    )
    parser.add_argument(
        "--corpus",
        type=Path,
        metavar="DIR",
        help="a prepared corpus, to say how much of an ad stands in one of its training ads",
    )


def run(args: argparse.Namespace) -> int:
    """Serves the page until Ctrl-C."""
    import os

    # Products of one visitor are too small for threads to help.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from adgen.demo.app import launch

    launch(tuple(args.model or (None,)), host=args.host, port=args.port, corpus=args.corpus)
    return 0
