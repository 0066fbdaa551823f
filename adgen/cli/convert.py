"""`adgen convert`: an LSTM that Keras 2 saved as a model directory."""

from __future__ import annotations

import argparse

from adgen.cli.options import number_in
from adgen.support.ranges import SIZES

HELP = "Make a model directory of an .h5 that Keras 2 saved, such as those of 2022."
USAGE = "OLD.h5 OUTPUT --vocabulary WORDS.json"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("path", metavar="OLD.h5", help="file of model.save() of Keras 2")
    parser.add_argument("output", metavar="OUTPUT", help="model directory to write")
    parser.add_argument(
        "--vocabulary",
        required=True,
        metavar="WORDS.json",
        help="its words: a JSON object from words to indexes (word_index), or what to_json() of a "
        "Keras Tokenizer gives",
    )
    parser.add_argument(
        "--sequence-length",
        type=number_in(SIZES),
        metavar="N",
        help="words that the model reads, where the file does not say it",
    )


def run(args: argparse.Namespace) -> int:
    """Write a model directory from an .h5 of Keras 2."""
    from adgen.lstm.converting import convert_keras_h5

    found = convert_keras_h5(
        args.path, args.vocabulary, args.output, sequence_length=args.sequence_length
    )
    left_out = f", {found.num_left_out:,} of others left out" if found.num_left_out else ""
    print(f"{args.vocabulary}: {found.vocabulary}, {found.num_words:,} words{left_out}")
    print(f"Wrote {args.output}, as Keras {found.keras_version} saved it in {args.path}")
    return 0
