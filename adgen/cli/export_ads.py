"""`adgen export-ads`: the ads of a bulk run as a file for a platform's own tool."""

from __future__ import annotations

import argparse
import sys

from adgen.cli.messages import in_one_line, shown
from adgen.cli.options import option_of
from adgen.support.given import a_path

HELP = "Write the ads of a bulk run for a platform's own tool."
USAGE = "OUT --to TARGET FILE"
_TARGETS = (
    "google-ads-editor",
    "microsoft-bulk",
    "merchant-feed",
    "amazon",
    "meta",
    "linkedin",
    "shopify",
    "woocommerce",
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument("ads", metavar="OUT", help="what adgen bulk wrote: .jsonl, .csv or .tsv")
    parser.add_argument("path", metavar="FILE", help="the file to write")
    parser.add_argument("--to", required=True, choices=_TARGETS, help="the platform's tool")
    parser.add_argument(
        "--url-template",
        default="",
        metavar="URL",
        help="the page of products that have none, with {id} in the place of their key",
    )
    parser.add_argument(
        "--campaign",
        metavar="NAME",
        help="the campaign of search ads (default: adgen)",
    )
    parser.add_argument(
        "--status",
        choices=("paused", "enabled"),
        help="of search ads (default: paused, until somebody has looked at them)",
    )
    parser.add_argument(
        "--key-column",
        choices=("SKU", "ID"),
        help="by which WooCommerce knows products (default: SKU)",
    )
    parser.add_argument(
        "--descriptions",
        action="store_true",
        default=None,
        help="replace a shop's or catalogue's own descriptions too, where the ads have some",
    )


def run(args: argparse.Namespace) -> int:
    """Writes the file, and says what is not in it."""
    from adgen.exports.files import FLAGGED, export_ads
    from adgen.exports.records import Choices
    from adgen.exports.targets import TARGETS

    given = {name: getattr(args, name) for name in _ONLY_FOR if getattr(args, name) is not None}
    for name in given:
        if args.to not in _ONLY_FOR[name]:
            targets = " and ".join(_ONLY_FOR[name])
            raise ValueError(f"{option_of(name)} is for {targets}. Leave it out.")
    path = a_path("FILE", args.path)
    found = export_ads(
        a_path("OUT", args.ads),
        path,
        TARGETS[args.to],
        Choices(**given),
        url_template=args.url_template,
    )
    for reason, count in found.left_out.items():
        print(f"Left out: {count:,} products: {in_one_line(reason)}", file=sys.stderr)
    print(f"{found.num_products:,} products, {found.num_records:,} records to {shown(str(path))}")
    return 1 if set(found.left_out) - {FLAGGED} else 0


_ONLY_FOR = {
    "campaign": ("google-ads-editor", "microsoft-bulk"),
    "status": ("google-ads-editor", "microsoft-bulk"),
    "key_column": ("woocommerce",),
    "descriptions": ("meta", "shopify", "woocommerce"),
}
