"""The command line `adgen <command>`: which commands there are, exit codes, errors in one line.

Each command is a module of this package with `HELP`, `USAGE`, `add_options(parser)` and
`run(args)`; only the one that was typed gets its options, and its heavy imports stand inside `run`.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from adgen.cli import (
    base,
    bulk,
    compare,
    compress,
    convert,
    data,
    demo,
    evaluate,
    export,
    export_ads,
    finetune,
    generate,
    lint,
    mix,
    ngram,
    pretrain,
    products,
    publish,
    quickstart,
    report,
    sweep,
    train,
    write,
)
from adgen.cli.messages import PlainFormatter, in_one_line, one_line, options_of, yes_or_no_of
from adgen.cli.options import Parser
from adgen.support.interrupts import kept_interrupts
from adgen.support.version import __version__

COMMANDS = {
    "quickstart": quickstart,
    "data": data,
    "train": train,
    "ngram": ngram,
    "mix": mix,
    "evaluate": evaluate,
    "products": products,
    "write": write,
    "bulk": bulk,
    "demo": demo,
    "generate": generate,
    "lint": lint,
    "compress": compress,
    "compare": compare,
    "sweep": sweep,
    "base": base,
    "finetune": finetune,
    "pretrain": pretrain,
    "export": export,
    "export-ads": export_ads,
    "convert": convert,
    "publish": publish,
    "report": report,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit code.

    It is 0 done, 1 done but for bad lines of a file or ads with errors, 2 bad input, 130
    interrupted.
    """
    _escape_what_cannot_be_shown()
    words = list(sys.argv[1:] if arguments is None else arguments)
    args = parse(words)
    # Anew at every call, so that notices go to where stderr is now.
    _log_to_stderr()
    args.words = words
    for notice in getattr(args, "notices", []):
        print(in_one_line(notice), file=sys.stderr)
    try:
        with kept_interrupts():
            code: int = args.run(args)
        if sys.stdout is not None:
            sys.stdout.flush()  # here, where a reader that has gone is no error
        return code
    except BrokenPipeError:
        # The reader of our output has gone; silence the interpreter's own flush at exit too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt as interrupt:
        print(in_one_line(str(interrupt)) or "Interrupted.", file=sys.stderr)
        return 130
    except (ValueError, ImportError, OSError) as error:
        _close_bars()
        text = one_line(error, options_of(args.parser), yes_or_no_of(args.parser))
        print(f"{args.parser.prog}: error: {text}", file=sys.stderr)
        return 2


def _escape_what_cannot_be_shown() -> None:
    """Has stdout write an escape for what its encoding lacks, so that no output is lost."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _log_to_stderr() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainFormatter("%(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def _close_bars() -> None:
    """Ends the lines of progress bars that are still open, so that an error has its own."""
    bars = sys.modules.get("tqdm.std")
    for bar in list(getattr(bars.tqdm, "_instances", ())) if bars is not None else ():
        bar.close()


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Parses a command line; `run` of the result is the command's action, `parser` its parser.

    Raises:
        SystemExit: Help was asked for (code 0), or the words are no command line (code 2).
    """
    args, unknown = build_parser(words).parse_known_args(words)
    if unknown:
        args.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    for option, dest, value in vars(args).pop("old_values", []):
        if getattr(args, dest) != value:
            args.parser.error(f"{option} is given, and how it is written now too. Leave it out")
    return args


def build_parser(words: Sequence[str]) -> Parser:
    """Builds the parser of all commands, with the options of those that the words name."""
    parser = Parser(
        prog="adgen", description="Train, compare and serve models that write shopping-ad text."
    )
    parser.add_argument("--version", action="version", version=f"adgen {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        added = subparsers.add_parser(
            name,
            prog=f"adgen {name}",
            help=command.HELP,
            description=command.HELP,
            usage=f"adgen {name} {command.USAGE}",
        )
        if name in words:
            added.set_defaults(run=command.run, parser=added)
            command.add_options(added)
    return parser
