"""What the parsers of all commands share: how a command is added, and options that several take."""

from __future__ import annotations

import argparse
from typing import NoReturn

from adgen.cli import train as commands


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """As `argparse`, in one line."""
        self.exit(2, f"{self.prog}: error: {message}. See {self.prog} --help\n")


def add_command(subparsers: argparse._SubParsersAction, name: str, help_text: str) -> argparse.ArgumentParser:
    """Add a command whose help shows every default."""
    return subparsers.add_parser(
        name,
        help=help_text,
        description=help_text,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        argument_default=None,
    )


def add_split_options(parser: argparse.ArgumentParser) -> None:
    """Options of how ads are divided into training, validation and test."""
    group = parser.add_argument_group("split")
    group.add_argument(
        "--split-by", choices=("family", "ad"), default="family", help="keep variants together or not"
    )
    group.add_argument("--valid", type=float, default=0.05, help="share of validation ads")
    group.add_argument("--test", type=float, default=0.05, help="share of test ads")
    group.add_argument("--split-seed", type=int, default=0, help="seed of the split")


def add_decoding_options(parser: argparse.ArgumentParser) -> None:
    """The decoding controls."""
    group = parser.add_argument_group("decoding (not given: the model directory's values)")
    for name, kind in commands.DECODING.items():
        option, help_text = "--" + name.replace("_", "-"), name.replace("_", " ")
        if kind is None:
            group.add_argument(
                option, action="store_true", default=argparse.SUPPRESS, help="most probable token always"
            )
        else:
            group.add_argument(option, type=kind, default=argparse.SUPPRESS, help=help_text)
