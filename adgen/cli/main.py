"""The command line: `adgen <command>`. Argument parsing, exit codes and errors in one line; no logic of its own."""

from __future__ import annotations

import argparse
import errno
import logging
import os
import sys
from collections.abc import Sequence

from adgen import __version__
from adgen.cli import data as data_commands
from adgen.cli import train as commands
from adgen.cli.compare import add_gpt_commands
from adgen.cli.options import Parser, add_command, add_decoding_options, add_split_options

_MODELS = ("lstm", "embedding-lstm", "ad-lstm")
_PRESETS = ("adgen", "packed", "small", "large", "seed")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 done, 2 bad input, 130 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    args = _build_parser().parse_args(words)
    # Anew at every call, so that notices go to where stderr is now.
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr, force=True)
    args.words = words
    try:
        return args.run(args)
    except BrokenPipeError:
        # The reader of our output has gone; silence the interpreter's own flush at exit too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt as interrupt:
        print(str(interrupt) or "Interrupted.", file=sys.stderr)
        return 130
    except (ValueError, ImportError, OSError) as error:
        command = " ".join(filter(None, (args.command, getattr(args, "action", None))))
        print(f"adgen {command}: error: {_one_line(error)}", file=sys.stderr)
        return 2


def _one_line(error: Exception) -> str:
    text = str(error)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        text = (
            f"The disk is full ({error.filename or 'while writing'}). Free some space; nothing was changed."
        )
    elif isinstance(error, OSError) and error.strerror and error.filename:
        text = f"{error.filename}: {error.strerror}."
    return " ".join(text.split())


def _build_parser() -> argparse.ArgumentParser:
    parser = Parser(prog="adgen", description="Train, compare and serve models that write shopping-ad text.")
    parser.add_argument("--version", action="version", version=f"adgen {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)
    _add_quickstart(subparsers)
    _add_data(subparsers)
    _add_train(subparsers)
    _add_ngram(subparsers)
    _add_evaluate(subparsers)
    _add_generate(subparsers)
    _add_compress(subparsers)
    add_gpt_commands(subparsers)
    _add_export(subparsers)
    _add_report(subparsers)
    return parser


def _add_quickstart(subparsers: argparse._SubParsersAction) -> None:
    parser = add_command(subparsers, "quickstart", "Read a corpus, train a small model on it and write ads.")
    parser.add_argument("--data-dir", default="data", help="folder to look for a corpus in")
    parser.add_argument("--output", default="runs/quickstart", help="model directory to write")
    parser.add_argument("--seed", type=int, default=0, help="seed of everything random")
    parser.add_argument("--max-ads", type=int, default=10_000, help="most ads to train and score on")
    parser.add_argument("--epochs", type=int, default=5, help="most epochs")
    parser.set_defaults(run=commands.quickstart)


def _add_data(subparsers: argparse._SubParsersAction) -> None:
    parser = add_command(
        subparsers, "data", "Bring a corpus here, prepare it for training, show its figures."
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION", parser_class=Parser)
    _add_data_download(actions)
    _add_data_prepare(actions)
    _add_data_stats(actions)


def _add_data_download(subparsers: argparse._SubParsersAction) -> None:
    parser = add_command(subparsers, "download", "Bring a corpus into a folder of CSV files.")
    parser.add_argument(
        "--source", help="address or path of a zip, a folder, or kaggle; the public archive if not given"
    )
    parser.add_argument("--output", default="data/raw", help="folder to write")
    parser.add_argument("--restart", action="store_true", help="bring it anew, whatever is there of it")
    parser.set_defaults(run=data_commands.download)


def _add_data_prepare(subparsers: argparse._SubParsersAction) -> None:
    parser = add_command(subparsers, "prepare", "Read, clean, de-duplicate and split a corpus.")
    parser.add_argument("--input", default="data/raw", help="folder of CSV files, or one CSV file")
    parser.add_argument("--output", default="data/processed", help="folder to write")
    parser.add_argument(
        "--leaks",
        action=argparse.BooleanOptionalAction,
        help="count held-out ads with a twin in training, under a split by family and one by ad; if neither is "
        "given, where rensa is installed",
    )
    parser.add_argument("--record", help="write the leak table's record to this JSON file too")
    add_split_options(parser)
    parser.set_defaults(run=data_commands.prepare)


def _add_data_stats(subparsers: argparse._SubParsersAction) -> None:
    parser = add_command(subparsers, "stats", "Print a prepared corpus's figures by category.")
    parser.add_argument("--corpus", default="data/processed", help="folder that prepare wrote")
    parser.add_argument("--split", choices=("train", "valid", "test", "all"), default="all", help="which ads")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=data_commands.stats)


def _add_train(subparsers: argparse._SubParsersAction) -> None:
    parser = add_command(subparsers, "train", "Train a model on a CSV of ads, a folder of them, or a corpus.")
    parser.add_argument("csv", nargs="?", help="one-column CSV, or a folder of them")
    parser.add_argument(
        "--corpus", metavar="DIR", help="instead of a CSV: folder that `adgen data prepare` wrote"
    )
    parser.add_argument(
        "--category", action="append", help="of a corpus, ads of this category alone; may be repeated"
    )
    parser.add_argument("--max-ads", type=int, help="of a corpus, most training ads")
    parser.add_argument("--output", help="model directory to write; runs/MODEL-PRESET if not given")
    parser.add_argument("--model", choices=_MODELS, help="what to train; the preset's own if not given")
    parser.add_argument(
        "--preset",
        "--recipe",
        choices=_PRESETS,
        help="our own rules on windows of words (adgen), whole ads of words (packed), whole ads of sub-words for the "
        "full corpus, on two cores (small) or a GPU (large), or the 2022 experiment (seed); small for ad-lstm, else "
        "adgen",
    )
    parser.add_argument("--text-column", default="ad", help="column that holds the ads")
    parser.add_argument("--name", help="name of model and record; the output folder's name if not given")
    parser.add_argument("--record", help="write the run record to this JSON file")
    parser.add_argument("--restart", action="store_true", help="ignore the checkpoint of an unfinished run")
    add_split_options(parser)
    _add_setting_options(parser)
    parser.set_defaults(run=commands.train)


def _add_setting_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("settings (not given: the preset's value)")
    for name, (kind, help_text) in commands.SETTINGS.items():
        group.add_argument(
            "--" + name.replace("_", "-"), type=kind, help=help_text, default=argparse.SUPPRESS
        )


def _add_evaluate(subparsers: argparse._SubParsersAction) -> None:
    parser = add_command(subparsers, "evaluate", "Print a model's figures on a split of a CSV or a corpus.")
    parser.add_argument("model", metavar="DIR", help="model directory")
    parser.add_argument(
        "ads",
        metavar="CSV_OR_CORPUS",
        help="one-column CSV, a folder of them, or a folder that `adgen data prepare` wrote",
    )
    parser.add_argument(
        "--split",
        choices=("train", "valid", "test", "all"),
        default="test",
        help="which ads, split as in the model's training; all: every ad there is",
    )
    parser.add_argument("--max-ads", type=int, help="most ads, a random sample")
    parser.add_argument("--text-column", default="ad", help="of a CSV, the column that holds the ads")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--record", help="write the run record to this JSON file")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--by-category", action="store_true", help="figures of each category too")
    what.add_argument(
        "--generated",
        type=int,
        metavar="N",
        help="instead: write N ads after first words of held-out ads, and compare both with the training ads",
    )
    what.add_argument(
        "--mix", metavar="DIR", help="instead: bits per character of a mixture with what `adgen ngram` wrote"
    )
    parser.add_argument("--seed", type=int, default=0, help="with --generated: same seed, same ads")
    add_decoding_options(parser)
    parser.set_defaults(run=commands.evaluate)


def _add_ngram(subparsers: argparse._SubParsersAction) -> None:
    parser = add_command(subparsers, "ngram", "Fit the n-gram baseline to a corpus and print its figures.")
    parser.add_argument("corpus", metavar="CORPUS", help="folder that `adgen data prepare` wrote")
    parser.add_argument("--output", default="runs/ngram", help="folder to write")
    parser.add_argument("--order", type=int, default=6, help="tokens of the longest n-gram")
    parser.add_argument(
        "--max-mb", type=float, help="prune to a file of so many MB; every n-gram if not given"
    )
    parser.add_argument(
        "--subword-vocab-size", type=int, help="tokens of the tokenizer; the preset small's if not given"
    )
    parser.add_argument("--category", action="append", help="ads of this category alone; may be repeated")
    parser.add_argument("--max-ads", type=int, help="most training ads")
    parser.add_argument("--record", help="write the run record to this JSON file")
    parser.set_defaults(run=commands.ngram)


def _add_generate(subparsers: argparse._SubParsersAction) -> None:
    parser = add_command(subparsers, "generate", "Write ads that begin with the prompts.")
    parser.add_argument("prompts", nargs="+", metavar="PROMPT", help="first words of an ad")
    parser.add_argument(
        "--model", metavar="DIR", help="model directory; the model that comes with adgen if not given"
    )
    parser.add_argument("--num-ads", type=int, default=1, help="ads per prompt")
    parser.add_argument("--max-tokens", type=int, help="tokens after the prompt at most")
    parser.add_argument("--seed", type=int, default=0, help="same seed, same ads")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--explain", type=int, metavar="K", help="show the K most probable tokens of every step"
    )
    add_decoding_options(parser)
    parser.set_defaults(run=commands.generate)


def _add_compress(subparsers: argparse._SubParsersAction) -> None:
    parser = add_command(
        subparsers,
        "compress",
        "Write a model directory again with its weights in fewer bytes. Decoding options become its defaults.",
    )
    parser.add_argument("model", metavar="DIR", help="model directory")
    parser.add_argument("output", metavar="OUTPUT", help="model directory to write")
    parser.add_argument(
        "--storage", choices=("float32", "float16", "int8"), default="int8", help="how weights are stored"
    )
    add_decoding_options(parser)
    parser.set_defaults(run=commands.compress)


def _add_export(subparsers: argparse._SubParsersAction) -> None:
    parser = add_command(
        subparsers, "export", "Write a model directory as a plain Keras file (.keras or .h5)."
    )
    parser.add_argument("model", metavar="DIR", help="model directory")
    parser.add_argument("path", metavar="FILE", help="file to write, ending in .keras or .h5")
    parser.set_defaults(run=commands.export)


def _add_report(subparsers: argparse._SubParsersAction) -> None:
    parser = add_command(subparsers, "report", "Draw images and write README tables from the run records.")
    parser.add_argument("--results-dir", default="results", help="folder of run records")
    parser.add_argument("--images-dir", default="images", help="folder to draw into")
    parser.add_argument("--readme", default="README.md", help="file whose marked tables are written")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit code 2 if a table is out of date"
    )
    parser.set_defaults(run=commands.report)
