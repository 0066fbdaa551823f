"""Where ads go: for each platform's tool the columns, the encoding, and what an ad must have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from adgen.exports import records
from adgen.exports.listings import Listing
from adgen.exports.records import MOST_DESCRIPTIONS, MOST_HEADLINES, Choices, Record


@dataclass(frozen=True)
class Target:
    """Describes a platform's tool.

    Attributes:
        name: "google-ads-editor".
        records: Yields the records of a product.
        columns: Of a table, in their order.
        format: The format whose ads have what it needs; those of others may have it too.
        suffixes: The endings that its files may have, the usual one first.
        optional: Columns that are left out where no product has them.
        needed: Columns that every record must have.
        above: Rows above the header.
        first: Records before all others.
        has_bom: Whether its tables begin with a byte order mark; all are UTF-8.
        is_checked: Whether ads must break no rule of that format.
    """

    name: str
    records: Callable[[Listing, Choices], Iterator[Record]]
    columns: tuple[str, ...]
    format: str
    suffixes: tuple[str, ...] = (".csv",)
    optional: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    above: tuple[tuple[str, ...], ...] = ()
    first: tuple[Record, ...] = ()
    has_bom: bool = False
    is_checked: bool = False


_ALL = (
    Target(
        "google-ads-editor",
        records.of_google,
        (
            *("Campaign", "Ad group", "Ad type"),
            *(f"Headline {number}" for number in range(1, MOST_HEADLINES + 1)),
            *(f"Description {number}" for number in range(1, MOST_DESCRIPTIONS + 1)),
            *("Path 1", "Path 2", "Final URL", "Status"),
        ),
        "google-rsa",
        needed=("Headline 3", "Description 2", "Final URL"),
        is_checked=True,
    ),
    Target(
        "microsoft-bulk",
        records.of_microsoft,
        (
            *("Type", "Status", "Campaign", "Ad Group", "Headline", "Description"),
            *("Final Url", "Path 1", "Path 2", "Name"),
        ),
        "microsoft-rsa",
        needed=("Headline", "Description", "Final Url"),
        first=({"Type": "Format Version", "Name": "6.0"},),
        has_bom=True,
        is_checked=True,
    ),
    Target(
        "merchant-feed",
        records.of_merchant,
        ("id", "structured_title", "structured_description", "short_title", "product_highlight"),
        "merchant-center",
        suffixes=(".xml", ".tsv", ".txt"),
        optional=("structured_description", "short_title", "product_highlight"),
        needed=("id", "structured_title"),
        is_checked=True,
    ),
    Target(
        "amazon",
        records.of_amazon,
        ("item_sku", "update_delete", "item_name", "title_differentiation"),
        "amazon-title",
        suffixes=(".txt", ".tsv"),
        optional=("title_differentiation",),
        needed=("item_sku", "item_name"),
        above=(
            ("TemplateType=fptcustom", "settings=labelRow=2&attributeRow=3&dataRow=4"),
            ("Seller SKU", "Update Delete", "Product Name", "Item Highlights"),
        ),
        is_checked=True,
    ),
    Target(
        "meta",
        records.of_meta,
        ("id", "title", "description"),
        "merchant-center",
        optional=("description",),
        needed=("id", "title"),
    ),
    Target(
        "linkedin",
        records.of_linkedin,
        ("Ad name", "Introductory text", "Headline", "Description", "Destination URL"),
        "linkedin-single-image",
        needed=("Headline", "Destination URL"),
        is_checked=True,
    ),
    Target(
        "shopify",
        records.of_shopify,
        ("Handle", "Title", "Body (HTML)"),
        "merchant-center",
        optional=("Body (HTML)",),
        needed=("Handle", "Title"),
    ),
    Target(
        "woocommerce",
        records.of_woocommerce,
        ("SKU", "ID", "Name", "Description"),
        "merchant-center",
        optional=("SKU", "ID", "Description"),
        needed=("Name",),
    ),
)
TARGETS: Mapping[str, Target] = {target.name: target for target in _ALL}
