"""Where ads go: for each platform's tool the columns, the encoding, and what an ad must have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

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
        formats: The formats whose ads have what it needs, the usual one first.
        suffixes: The endings that its files may have, the usual one first.
        optional: Columns that are left out where no product has them.
        needed: Columns that every record must have.
        above: Rows above the header.
        first: Records before all others.
        has_bom: Whether its tables begin with a byte order mark; all are UTF-8.
        is_checked: Whether ads must break no rule of the first format.
    """

    name: str
    records: Callable[[Listing, Choices], Iterator[Record]]
    columns: tuple[str, ...]
    formats: tuple[str, ...]
    suffixes: tuple[str, ...] = (".csv",)
    optional: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    above: tuple[tuple[str, ...], ...] = ()
    first: tuple[Record, ...] = ()
    has_bom: bool = False
    is_checked: bool = False


def find_target(name: str) -> Target:
    """Returns a target.

    Raises:
        ValueError: There is none of that name.
    """
    if name in TARGETS:
        return TARGETS[name]
    near = get_close_matches(name, TARGETS, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise ValueError(f"{name!r:.60} is no target; expected one of {', '.join(TARGETS)}.{hint}")


_RSA = ("google-rsa", "microsoft-rsa", "google-pmax")
_WITH_TITLE = ("merchant-center", "amazon-title", "ebay-title", "etsy-title", "pinterest")
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
        _RSA,
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
        ("microsoft-rsa", "google-rsa", "google-pmax"),
        needed=("Headline", "Description", "Final Url"),
        first=({"Type": "Format Version", "Name": "6.0"},),
        has_bom=True,
        is_checked=True,
    ),
    Target(
        "merchant-feed",
        records.of_merchant,
        ("id", "structured_title", "structured_description", "short_title"),
        _WITH_TITLE,
        suffixes=(".xml", ".tsv", ".txt"),
        optional=("structured_description", "short_title"),
        needed=("id", "structured_title"),
        is_checked=True,
    ),
    Target(
        "amazon",
        records.of_amazon,
        ("item_sku", "update_delete", "item_name", "title_differentiation"),
        ("amazon-title",),
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
        _WITH_TITLE,
        optional=("description",),
        needed=("id", "title"),
    ),
    Target(
        "linkedin",
        records.of_linkedin,
        ("Ad name", "Introductory text", "Headline", "Description", "Destination URL"),
        ("linkedin-single-image",),
        needed=("Headline", "Destination URL"),
        is_checked=True,
    ),
    Target(
        "shopify",
        records.of_shopify,
        ("Handle", "Title", "Body (HTML)"),
        _WITH_TITLE,
        optional=("Body (HTML)",),
        needed=("Handle", "Title"),
    ),
    Target(
        "woocommerce",
        records.of_woocommerce,
        ("SKU", "ID", "Name", "Description"),
        _WITH_TITLE,
        optional=("SKU", "ID", "Description"),
        needed=("Name",),
    ),
)
TARGETS: Mapping[str, Target] = {target.name: target for target in _ALL}
