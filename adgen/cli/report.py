"""`adgen report`: pictures and tables from run records."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "Draw images and write README tables from the run records."
USAGE = "[options]"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "--results-dir",
        metavar="DIR",
        default="results",
        help="folder of run records (default: %(default)s)",
    )
    parser.add_argument(
        "--images-dir",
        metavar="DIR",
        default="images",
        help="folder to draw into (default: %(default)s)",
    )
    parser.add_argument(
        "--readme",
        metavar="FILE",
        default="README.md",
        help="file whose marked tables are written (default: %(default)s)",
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit code 2 if a table is out of date"
    )


def run(args: argparse.Namespace) -> int:
    """Draws pictures and writes the tables of the README and docs."""
    from adgen.report.documents import check_report, write_report

    paths = Path(args.results_dir), Path(args.images_dir), Path(args.readme)
    for line in check_report(*paths) if args.check else write_report(*paths):
        print(line)
    return 0
