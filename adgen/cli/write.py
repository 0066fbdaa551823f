"""`adgen write`: ads from a product's facts."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING, Any

from adgen.cli.messages import in_one_line
from adgen.cli.options import option_of
from adgen.cli.settings import add_settings, given
from adgen.cli.writer_options import add_writer

if TYPE_CHECKING:
    from adgen.writing.ranking import WrittenAd
    from adgen.writing.writer import ProductAds

HELP = "Write ads of a product from its facts."
USAGE = "--product NAME [--brand NAME] [--fact TEXT ...] [options]"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    from adgen.writing.settings import WriteSettings

    parser.add_argument("--product", required=True, metavar="NAME", help="what the product is")
    parser.add_argument("--brand", default="", metavar="NAME", help="the product's brand")
    parser.add_argument("--category", default="", metavar="TEXT", help="where it is sold")
    _add_many(parser, "fact", "something that is so: '40 hours battery', 'Colour: black'")
    _add_many(parser, "keyword", "words that every ad holds")
    _add_many(parser, "exclude", "words that no ad holds")
    add_writer(parser)
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    add_settings(parser, "writing", WriteSettings, leave_out=("keywords", "exclude"))


def _add_many(parser: argparse.ArgumentParser, name: str, text: str) -> None:
    """Adds an option that may be given several times."""
    parser.add_argument(
        option_of(name),
        action="append",
        default=[],
        dest=f"{name}s",
        metavar="TEXT",
        help=f"{text}; may be given several times",
    )


def run(args: argparse.Namespace) -> int:
    """Prints ads of a product; what they leave out goes to stderr."""
    if args.model is None:
        # Its products are too small for threads to help, and waking them costs a cold start dear.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from adgen.products.product import Product, facts_of
    from adgen.writing.settings import WriteSettings
    from adgen.writing.writer import AdWriter

    product = Product(
        brand=args.brand, name=args.product, category=args.category, facts=facts_of(*args.facts)
    )
    settings = WriteSettings(
        **given(args, WriteSettings) | {"keywords": args.keywords, "exclude": args.excludes}
    )
    writer = AdWriter.from_pretrained(args.model, precision=args.precision)
    (found,) = writer.write(product, settings)
    if found.error is not None:
        raise ValueError(found.error)
    for text in found.left_out:
        print(in_one_line(f"Left out: {text}"), file=sys.stderr)
    for text in found.unfilled:
        print(in_one_line(f"Not filled: {text}"), file=sys.stderr)
    if args.json:
        print(json.dumps(_as_json(found), ensure_ascii=True))
        return 0
    for number, ad in enumerate(found.ads):
        if number and ad.fields:
            print()
        print(_as_text(ad))
    return 0


def _as_text(ad: WrittenAd) -> str:
    """Returns an ad as people read it: its text, or a line a text of each field."""
    lines = [f"{name}: {text}" for name, texts in ad.fields.items() for text in texts]
    return "\n".join(lines) or ad.text


def _as_json(found: ProductAds) -> dict[str, Any]:
    return {
        "brand": found.product.brand,
        "product": found.product.name,
        "ads": [
            {"text": ad.text, "score": round(ad.score, 4)}
            | ({"fields": dict(ad.fields)} if ad.fields else {})
            for ad in found.ads
        ],
        "left_out": list(found.left_out),
        "unfilled": list(found.unfilled),
    }
