"""`adgen generate`: ads, of prompts at hand or of a file of prompts."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from adgen.cli.generate_file import add_file_options, say_cut, write_file
from adgen.cli.options import number_in, option_of
from adgen.cli.settings import add_decoding_options, given_controls
from adgen.decoding.settings import Sampling
from adgen.int8.precisions import PRECISIONS
from adgen.support.ranges import SEEDS, TOKENS, WRITTEN, Range

if TYPE_CHECKING:
    from adgen.generation.generator import AdGenerator

HELP = "Write ads that begin with the prompts."
USAGE = "[PROMPT ...] [--input FILE] [--output FILE] [options]"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "prompts", nargs="*", metavar="PROMPT", help='first words of an ad; "" for any ad'
    )
    parser.add_argument(
        "--model",
        metavar="MODEL",
        help="a model's folder, or the id of a GPT on the Hub, OWNER/NAME (default: the model that "
        "comes with adgen)",
    )
    parser.add_argument(
        "--num-ads",
        type=number_in(WRITTEN),
        metavar="N",
        default=1,
        help="ads per prompt (default: %(default)s)",
    )
    parser.add_argument(
        "--max-tokens",
        type=number_in(TOKENS),
        metavar="N",
        help="tokens after the prompt at most (default: the model's own)",
    )
    parser.add_argument(
        "--seed",
        type=number_in(SEEDS),
        metavar="N",
        default=0,
        help="same seed, same ads (default: %(default)s)",
    )
    _add_ways(parser)
    parser.add_argument(
        "--explain",
        dest="num_candidates",
        type=number_in(Range(1, 1_000)),
        metavar="K",
        help="show the K most probable tokens of every step",
    )
    add_file_options(parser)
    add_decoding_options(parser)


def _add_ways(parser: argparse.ArgumentParser) -> None:
    """Adds what is about how ads are written, and the output's form."""
    parser.add_argument(
        "--keep-case",
        action="store_true",
        help="leave prompts without capitals as they are; else the model's own are set (Sony TV)",
    )
    parser.add_argument(
        "--allow-adult",
        action="store_true",
        help="allow words of adult products, which are kept out of ads otherwise",
    )
    parser.add_argument(
        "--allow-copies",
        action="store_true",
        help="allow ads that are training ads word for word; else an ad goes on where it would end "
        "as one. Of models of the public corpus; exact ones may copy anyway",
    )
    parser.add_argument(
        "--exact",
        action="store_true",
        help="the same ads on every machine and in the browser, slower where many are written; for "
        "LSTMs whose weights are stored as int8",
    )
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        default="float32",
        help="int8 takes less time in batches where the processor has VNNI, and writes other ads "
        "that are as likely; needs the extra adgen[writer]; for LSTMs, and mixtures, which gain "
        "little (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print one line of JSON")


def run(args: argparse.Namespace) -> int:
    """Prints or writes ads that begin with the prompts."""
    if args.input is None and not args.prompts:
        raise ValueError("There is no prompt. Give a PROMPT, or a file of them with --input.")
    if args.input is not None and args.prompts:
        raise ValueError("Prompts are given twice, as words and with --input. Give one of them.")
    controls = given_controls(args)
    _check_one_ad(Sampling(**controls), args.num_ads)
    if not args.input is args.output is args.format is None:
        return write_file(args, lambda: _open_generator(args, controls))
    for name in ("input_format", "prompt_column", "resume"):
        if getattr(args, name):
            raise ValueError(f"{option_of(name)} is for --input or --output. Leave it out.")
    # One prompt's products are too small for threads to help, and waking them costs a cold start
    # dear.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    return _print_ads(args, *_open_generator(args, controls))


def _open_generator(
    args: argparse.Namespace, controls: dict[str, Any]
) -> tuple[AdGenerator, Sampling]:
    """Loads the model; returns what writes with it and the decoding controls."""
    from adgen.generation.generator import AdGenerator

    generator = AdGenerator.from_pretrained(args.model, exact=args.exact, precision=args.precision)
    if {"temperature", "top_k", "top_p"} & set(controls):
        controls = {"greedy": False, **controls}  # else they would do nothing
    sampling = replace(generator.default_sampling, **controls)
    _check_one_ad(sampling, args.num_ads)
    return generator, sampling


def _check_one_ad(sampling: Sampling, num_ads: int) -> None:
    """Raises where more ads are asked for than the controls can tell apart."""
    if sampling.is_certain and num_ads > 1:
        what = "greedy=True" if sampling.greedy else "top_k=1"
        raise ValueError(
            f"With {what} the most probable token is always taken, so that a prompt has one ad; "
            f"num_ads is {num_ads}. Leave one of them out, or draw with a low temperature."
        )


def _print_ads(args: argparse.Namespace, generator: AdGenerator, sampling: Sampling) -> int:
    """Prints each ad as soon as it is written."""
    from adgen.generation.output import is_unicode, json_pieces, text_pieces

    ads = generator.iter_ads(
        args.prompts,
        num_ads=args.num_ads,
        sampling=sampling,
        max_tokens=args.max_tokens,
        seed=args.seed,
        match_case=not args.keep_case,
        allow_adult=args.allow_adult,
        allow_copies=args.allow_copies,
        batch_size=256 if args.num_candidates is None else 16,
        num_candidates=args.num_candidates,
    )
    num_cut = 0
    if args.json:
        only_ascii = not is_unicode(sys.stdout)
        pieces = json_pieces(args.prompts, ads, args.num_ads, only_ascii=only_ascii)
    else:
        pieces = text_pieces(args.prompts, ads, args.num_ads)
    for ad, text in pieces:
        print(text, end="", flush=True)
        num_cut += not ad.finished
    say_cut(generator, num_cut, len(args.prompts) * args.num_ads, args.max_tokens)
    return 0
