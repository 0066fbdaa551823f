"""What several commands share: former spellings of options, the options of ads, the record.

It imports nothing that needs NumPy, so that `adgen COMMAND --help` answers at once.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from adgen.cli.messages import in_one_line
from adgen.support.ranges import (
    FILE_MEGABYTES,
    NGRAM_ORDERS,
    SEEDS,
    SHARES,
    Range,
    expectation,
)

if TYPE_CHECKING:
    from adgen.corpus.source import AdSource

FILES_HELP = "a file of ads (CSV, TSV, text, JSON, JSON lines, Parquet, Excel), or a folder of them"
ADS_HELP = f"{FILES_HELP}, or one that `adgen data prepare` wrote"
SPLITS = ("train", "valid", "test", "all")
# Options of how files are read and divided, and the arguments of `split_ads` that they are.
_NO_INT = re.compile(r"invalid int value: (.+)")  # argparse's own words
_NO_FLOAT = re.compile(r"invalid float value: (.+)")
_SPLIT_ARGUMENTS = {"split_by": "by", "valid": "valid", "test": "test", "split_seed": "seed"}


class _Formatter(argparse.HelpFormatter):
    """Writes helps, each with the range of its number."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        text, limits = action.help, getattr(action.type, "limits", None)
        if not text or limits is None:
            return text
        before, default, rest = text.partition(" (default")
        return f"{before}, {limits}{default}{rest}"


class Parser(argparse.ArgumentParser):
    """Parses words, and says what is wrong in one line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": _Formatter, **options})

    def error(self, message: str) -> NoReturn:
        """Exits with code 2 and one line, as `argparse` does with several."""
        message = _NO_INT.sub(r"\1 is no whole number; give one such as 3", message)
        message = _NO_FLOAT.sub(r"\1 is no number; give one such as 0.7", message)
        self.exit(2, f"{self.prog}: error: {in_one_line(message)}. See {self.prog} --help\n")


class OldSpelling(argparse.Action):
    """Takes an option's former spelling, which no help shows, and notes how it is written now."""

    def __init__(self, option_strings: list[str], dest: str, *, now: str, **rest: Any) -> None:
        super().__init__(option_strings, dest, help=argparse.SUPPRESS, **rest)
        self.now = now

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option: str | None = None,
    ) -> None:
        """Stores the value, the notice that `main` prints, and what was given by whom."""
        if getattr(namespace, self.dest, None) not in (None, parser.get_default(self.dest)):
            parser.error(f"{option} is given, and how it is written now too. Leave it out")
        setattr(namespace, self.dest, values)
        old_values = getattr(namespace, "old_values", [])
        namespace.old_values = [*old_values, (option, self.dest, values)]
        notices = getattr(namespace, "notices", [])
        now = self.now if self.now.startswith("--") else f"{parser.prog} {self.now}"
        namespace.notices = [*notices, f"{option} is an old spelling; write {now}."]


def option_of(name: str) -> str:
    """Returns the option of a setting: `--top-k` of `top_k`."""
    return "--" + name.replace("_", "-")


def at_least(smallest: int, most: int = 1_000_000_000) -> Callable[[str], int]:
    """Makes a type for `argparse`: a whole number that is neither smaller nor larger."""
    return number_in(Range(smallest, most))


def number_in(limits: Range, *, kind: Callable[[str], Any] = int) -> Callable[[str], Any]:
    """Makes a type for `argparse`: a number of a range, which the help then says.

    Args:
        limits: The range.
        kind: `int` or `float`.
    """

    def read(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = float("nan")
        if not limits.holds(value):
            expected = expectation(limits, is_whole=kind is int).removeprefix("a ")
            raise argparse.ArgumentTypeError(f"{text!r:.40} is no {expected}")
        return value

    read.limits = limits  # type: ignore[attr-defined]
    return read


# Ads


def add_ads(
    parser: argparse.ArgumentParser,
    *,
    old: str | None = None,
    default: str | None = None,
    help_text: str = ADS_HELP,
) -> None:
    """Adds the argument ADS, and its former spelling.

    Args:
        parser: The command's.
        old: An option that gave the ads in earlier releases; None if there was none.
        default: Where the ads are if neither is given; None refuses that.
        help_text: What ADS may be.
    """
    shown = f"{help_text} (default: {default})" if default else help_text
    if old is None and default is None:
        parser.add_argument("ads", metavar="ADS", help=shown)
        return
    parser.add_argument("ads", nargs="?", metavar="ADS", help=shown)
    parser.set_defaults(default_ads=default)
    if old is not None:
        parser.add_argument(old, dest="old_ads", action=OldSpelling, now="ADS", metavar="ADS")


def ads_path(args: argparse.Namespace) -> Path:
    """Returns where the ads are.

    Raises:
        ValueError: They are given twice, or not at all.
    """
    old = getattr(args, "old_ads", None)
    if args.ads is not None and old is not None:
        raise ValueError(f"The ads are given twice, {args.ads} and {old}. Give one of them.")
    found = next(
        (path for path in (args.ads, old, getattr(args, "default_ads", None)) if path is not None),
        None,
    )
    if found is None:
        raise ValueError(f"ADS is missing. Give {ADS_HELP}.")
    return Path(found)


def add_ads_options(
    parser: argparse.ArgumentParser, *, max_ads: str | None = None, has_split: bool = True
) -> None:
    """Adds the options of which ads are read and how they are divided.

    Args:
        parser: The command's.
        max_ads: What --max-ads limits; None has no such option.
        has_split: Whether the command says how files are divided.
    """
    group = parser.add_argument_group("ads")
    add_text_column(group)
    group.add_argument(
        "--category",
        action="append",
        metavar="NAME",
        help="ads of this category alone, in files that of their folder or own name; may be "
        "repeated (default: all)",
    )
    group.add_argument(
        "--exclude",
        action="append",
        metavar="NAME",
        help="leave out this category; may be repeated (default: none)",
    )
    if max_ads is not None:
        group.add_argument(
            "--max-ads",
            type=at_least(1),
            metavar="N",
            help=f"{max_ads}, a random sample (default: all)",
        )
    if has_split:
        add_split_options(group)


def add_text_column(group: Any) -> None:
    """Adds the option of the column that holds the ads."""
    group.add_argument(
        "--text-column",
        metavar="NAME",
        help="of files, the column that holds the ads, its name or its number from 1 (default: ad, "
        "or the only one)",
    )


def add_split_options(group: Any) -> None:
    """Adds the options of how ads are divided into training, validation and test."""
    group.add_argument(
        "--split-by",
        choices=("family", "ad"),
        help="of files, what stays in one split: the variants of an ad, or each ad alone (default: "
        "family)",
    )
    group.add_argument(
        "--valid",
        type=number_in(SHARES, kind=float),
        metavar="X",
        help="of files, share of validation ads (default: 0.05)",
    )
    group.add_argument(
        "--test",
        type=number_in(SHARES, kind=float),
        metavar="X",
        help="of files, share of test ads (default: 0.05)",
    )
    group.add_argument(
        "--split-seed",
        type=number_in(SEEDS),
        metavar="N",
        help="of files, seed of the split (default: 0)",
    )


def split_arguments(args: argparse.Namespace) -> dict[str, Any]:
    """Returns the arguments of `split_ads` that the command line gives."""
    given_options = {
        argument: getattr(args, name, None) for name, argument in _SPLIT_ARGUMENTS.items()
    }
    return {argument: value for argument, value in given_options.items() if value is not None}


def ads_source(args: argparse.Namespace) -> AdSource:
    """Returns the ads that the command line means, not loaded yet.

    Raises:
        ValueError: No ads are given, or options of files with a prepared corpus.
    """
    from adgen.corpus.source import AdSource

    source = AdSource(
        ads_path(args),
        tuple(args.category or ()),
        tuple(args.exclude or ()),
        getattr(args, "max_ads", None),
        args.text_column,
        tuple(split_arguments(args).items()),
    )
    file_options = [
        name for name in ("text_column", *_SPLIT_ARGUMENTS) if getattr(args, name, None) is not None
    ]
    if file_options and source.is_corpus:
        useless = ", ".join(map(option_of, file_options))
        raise ValueError(
            f"{source.path} is a prepared corpus, read and divided already: {useless} would do "
            "nothing. Leave it out, or prepare the corpus again (see adgen data prepare --help)."
        )
    return source


# Other options


def add_output(parser: argparse.ArgumentParser, *, default: str) -> None:
    """Adds the option of the folder that is written."""
    parser.add_argument(
        "--output", metavar="DIR", default=default, help="folder to write (default: %(default)s)"
    )


def add_ngram_options(
    parser: argparse.ArgumentParser,
    *,
    output: str,
    max_mb_help: str,
    max_mb: float | None = None,
) -> None:
    """Adds the options of what is counted and where it goes.

    Args:
        parser: The command's.
        output: The folder that is written by default.
        max_mb_help: What --max-mb does.
        max_mb: Its default.
    """
    add_output(parser, default=output)
    parser.add_argument(
        "--order",
        type=number_in(NGRAM_ORDERS),
        metavar="N",
        default=6,
        help="tokens of the longest n-gram (default: %(default)s)",
    )
    parser.add_argument(
        "--max-mb",
        type=number_in(FILE_MEGABYTES, kind=float),
        metavar="X",
        default=max_mb,
        help=max_mb_help,
    )


def add_record(parser: argparse.ArgumentParser) -> None:
    """Adds the option of where the run record goes."""
    parser.add_argument(
        "--record",
        metavar="FILE",
        help="write the run record to this JSON file (default: no record)",
    )


def record_path(args: argparse.Namespace) -> Path | None:
    """Returns where the run record goes; None writes none."""
    return Path(args.record) if args.record else None


def quiet_tensorflow() -> None:
    """Keeps TensorFlow's start-up notices out of the output; errors still show."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
