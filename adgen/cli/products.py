"""`adgen products`: what a seller's file holds, as adgen reads it."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from adgen.cli.messages import SEVERAL_REASONS, in_one_line, shown

if TYPE_CHECKING:
    from adgen.catalogues.reading import Catalogue
    from adgen.products.product import Fact, Product

HELP = "Read the products of a shop's export, a feed or a table, and say what is wrong with them."
USAGE = "FILE [--map FIELD=COLUMN,...] [options]"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    from adgen.catalogues.recognise import FORMATS

    parser.add_argument("file", metavar="FILE", help="the export, feed or table")
    parser.add_argument(
        "--map",
        metavar="FIELD=COLUMN,...",
        help="the columns of a plain table: product=NAME,brand=VENDOR; fields are id, brand, "
        "product, category, attributes, description, url and group",
    )
    parser.add_argument(
        "--format", choices=list(FORMATS), help="the file's format (default: recognised)"
    )
    vendor = parser.add_mutually_exclusive_group()
    vendor.add_argument(
        "--vendor-is-brand",
        action="store_true",
        default=None,
        help="Shopify's Vendor is a brand (default: unless it is the shop, by the rows)",
    )
    vendor.add_argument(
        "--vendor-is-shop",
        action="store_false",
        dest="vendor_is_brand",
        default=None,
        help="Shopify's Vendor is the shop, no brand",
    )
    parser.add_argument(
        "--shop",
        default="",
        metavar="URL",
        help="the shop's address, for exports without addresses of products",
    )
    parser.add_argument(
        "--combinations", metavar="FILE", help="PrestaShop's second file, with the variants"
    )
    parser.add_argument("--json", action="store_true", help="print one line of JSON a product")


def run(args: argparse.Namespace) -> int:
    """Prints what was recognised, or the products."""
    from adgen.catalogues.reading import read_products

    catalogue = read_products(
        args.file,
        map=args.map,
        format=args.format,
        vendor_is_brand=args.vendor_is_brand,
        shop=args.shop,
        combinations=args.combinations,
    )
    if args.json:
        for product in catalogue:
            print(json.dumps(_as_json(product), ensure_ascii=True))
    else:
        _print_summary(catalogue)
    return 0


def _print_summary(catalogue: Catalogue) -> None:
    num_flagged = sum(bool(product.flags) for product in catalogue)
    reasons = catalogue.num_flagged()
    several = SEVERAL_REASONS * (reasons.total() > num_flagged)
    print(shown(f"{catalogue.title} ({catalogue.format}), {catalogue.about}"))
    print(
        f"{len(catalogue):,} products, {catalogue.num_variants:,} variants, "
        f"{num_flagged:,} flagged{several}"
    )
    for reason, number in reasons.most_common():
        print(f"  {number:,} {in_one_line(reason)}")
    for note in catalogue.notes:
        print(f"Note: {in_one_line(note)}")


def _as_json(product: Product) -> dict[str, Any]:
    return {
        "id": product.id,
        "brand": product.brand,
        "product": product.name,
        "category": product.category,
        "attributes": _facts(product.facts),
        "description": product.description,
        "url": product.url,
        "variants": [
            {
                "id": one.id,
                "attributes": _facts(one.facts),
                "url": one.url,
                "is_offered": one.is_offered,
            }
            for one in product.variants
        ],
        "flags": list(product.flags),
    }


def _facts(facts: tuple[Fact, ...]) -> list[str]:
    return [str(fact) for fact in facts]
