"""`adgen generate`: ads."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace

from adgen.cli.options import at_least
from adgen.cli.settings import add_decoding_options, given_controls

HELP = "Write ads that begin with the prompts."
USAGE = "PROMPT [PROMPT ...] [options]"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument("prompts", nargs="+", metavar="PROMPT", help="first words of an ad")
    parser.add_argument(
        "--model", metavar="DIR", help="model directory (default: the model that comes with adgen)"
    )
    parser.add_argument(
        "--num-ads", type=int, metavar="N", default=1, help="ads per prompt (default: %(default)s)"
    )
    parser.add_argument(
        "--max-tokens",
        type=int,
        metavar="N",
        help="tokens after the prompt at most (default: the model's own)",
    )
    parser.add_argument(
        "--seed",
        type=int,
        metavar="N",
        default=0,
        help="same seed, same ads (default: %(default)s)",
    )
    parser.add_argument(
        "--allow-adult",
        action="store_true",
        help="allow words of adult products, which are kept out of ads otherwise",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--explain",
        dest="num_candidates",
        type=at_least(1),
        metavar="K",
        help="show the K most probable tokens of every step, 1 or more",
    )
    add_decoding_options(parser)


def run(args: argparse.Namespace) -> int:
    """Prints ads that begin with the prompts."""
    # One prompt's products are too small for threads to help, and waking them costs a cold start
    # dear.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from adgen.generation.generator import AdGenerator
    from adgen.generation.output import as_json, as_text

    controls = given_controls(args)
    generator = AdGenerator.from_pretrained(args.model)
    options = {
        "num_ads": args.num_ads,
        "sampling": replace(generator.default_sampling, **controls),
        "max_tokens": args.max_tokens,
        "seed": args.seed,
        "allow_adult": args.allow_adult,
    }
    if args.num_candidates is None:
        ads = generator.generate(args.prompts, **options)
    else:
        ads = generator.explain(args.prompts, num_candidates=args.num_candidates, **options)
    print(as_json(args.prompts, ads) if args.json else as_text(args.prompts, ads))
    return 0
