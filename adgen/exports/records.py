"""One product as the records of each platform's file: a row, or an item of a feed.

What a platform calls a thing is its columns' name; sources are in docs/exports.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from adgen.exports.columns import first_of, listed, numbered, titled, untold
from adgen.exports.listings import Listing
from adgen.formats.catalogue import read_format
from adgen.formats.lengths import length_of

Record = Mapping[str, str]

MOST_HEADLINES, MOST_DESCRIPTIONS = 15, 4  # of a responsive search ad
_LONGEST_NAME = 255  # of a campaign and an ad group
_FEWEST_HIGHLIGHTS, _MOST_HIGHLIGHTS = 2, 100  # that Merchant Center takes of a product
_LONGEST_META_TITLE = 200  # of a catalogue, which is no format of ads


@dataclass(frozen=True)
class Choices:
    """Says what a seller chooses of an export.

    Attributes:
        campaign: The campaign that the ads go to.
        status: Of new ads: "paused" until somebody has looked at them, or "enabled".
        key_column: The column by which WooCommerce knows products, "SKU" or "ID".
        descriptions: Whether a shop's own descriptions are replaced too, by a row of facts.
    """

    campaign: str = "adgen"
    status: str = "paused"
    key_column: str = "SKU"
    descriptions: bool = False


def of_google(listing: Listing, choices: Choices) -> Iterator[Record]:
    """Yields a responsive search ad a record, as Google Ads Editor imports them."""
    for ad in listing.ads:
        headlines = numbered(ad["headline"], MOST_HEADLINES)
        descriptions = numbered(ad["description"], MOST_DESCRIPTIONS)
        yield {
            "Campaign": choices.campaign,
            "Ad group": _group(listing),
            "Ad type": "Responsive search ad",
            **{f"Headline {n}": text for n, text in enumerate(headlines, 1)},
            **{f"Description {n}": text for n, text in enumerate(descriptions, 1)},
            "Path 1": first_of(ad, "path1"),
            "Path 2": first_of(ad, "path2"),
            "Final URL": listing.url,
            "Status": choices.status.capitalize(),
        }


def of_microsoft(listing: Listing, choices: Choices) -> Iterator[Record]:
    """Yields a responsive search ad a record; its texts are one JSON list in a cell."""
    for ad in listing.ads:
        yield {
            "Type": "Responsive Search Ad",
            "Status": "Active" if choices.status == "enabled" else "Paused",
            "Campaign": choices.campaign,
            "Ad Group": _group(listing),
            "Headline": _as_json(ad["headline"]),
            "Description": _as_json(ad["description"]),
            "Final Url": listing.url,
            "Path 1": first_of(ad, "path1"),
            "Path 2": first_of(ad, "path2"),
        }


def of_merchant(listing: Listing, choices: Choices) -> Iterator[Record]:
    """Yields a product of a supplemental feed, its texts marked as written by a model."""
    for one in listing.each:
        ad = one.ads[0]
        yield {
            "id": one.id,
            "structured_title": titled(
                one, first_of(ad, "title"), _longest("merchant-center", "title")
            ),
            "structured_description": first_of(ad, "description"),
            "short_title": first_of(ad, "short_title"),
            "product_highlight": listed(
                ad.get("highlight", ()), _FEWEST_HIGHLIGHTS, _MOST_HIGHLIGHTS
            ),
        }


def of_amazon(listing: Listing, choices: Choices) -> Iterator[Record]:
    """Yields a product whose title alone is updated.

    What tells a variant apart and has no room in its title begins its highlights.
    """
    for one in listing.each:
        ad = one.ads[0]
        title = titled(one, first_of(ad, "title"), _longest("amazon-title", "title"))
        highlights = first_of(ad, "item_highlights")
        told = [*untold(one, f"{title}, {highlights}"), *filter(None, [highlights])]
        longer = ", ".join(told)
        has_room = length_of(longer, "characters") <= _longest("amazon-title", "item_highlights")
        yield {
            "item_sku": one.id,
            "update_delete": "PartialUpdate",
            "item_name": title,
            "title_differentiation": longer if has_room else highlights,
        }


def _longest(name: str, field: str) -> int:
    """Returns how many characters a field may have in a format."""
    return read_format(name).field(field).max_length


def of_meta(listing: Listing, choices: Choices) -> Iterator[Record]:
    """Yields a product, and each of its variants, of a catalogue."""
    for one in listing.each:
        yield {
            "id": one.id,
            "title": titled(one, _title(one), _LONGEST_META_TITLE),
            "description": _description(one, choices),
        }


def of_linkedin(listing: Listing, choices: Choices) -> Iterator[Record]:
    """Yields an ad a record, its columns as Campaign Manager calls its fields."""
    for ad in listing.ads:
        yield {
            "Ad name": first_of(ad, "ad_name", "headline"),
            "Introductory text": first_of(ad, "introductory_text"),
            "Headline": first_of(ad, "headline"),
            "Description": first_of(ad, "description"),
            "Destination URL": listing.url,
        }


def of_shopify(listing: Listing, choices: Choices) -> Iterator[Record]:
    """Yields a product's row by its handle; rows of variants keep what they have."""
    body = _as_html(_description(listing, choices))
    yield {"Handle": listing.id, "Title": _title(listing), "Body (HTML)": body}


def of_woocommerce(listing: Listing, choices: Choices) -> Iterator[Record]:
    """Yields a product's row by its key."""
    body = _as_html(_description(listing, choices))
    yield {choices.key_column: listing.id, "Name": _title(listing), "Description": body}


def _title(listing: Listing) -> str:
    return first_of(listing.ads[0], "title")


def _description(listing: Listing, choices: Choices) -> str:
    """Returns a product's description if that is wished; empty where the ads have none."""
    return first_of(listing.ads[0], "description") if choices.descriptions else ""


def _as_html(text: str) -> str:
    return f"<p>{escape(text, quote=False)}</p>" if text else ""


def _group(listing: Listing) -> str:
    """Returns the name of a product's ad group: its own, with its key so that no two are one."""
    says_brand = listing.name.casefold().startswith(listing.brand.casefold())
    name = listing.name if says_brand else f"{listing.brand} {listing.name}"
    room = max(0, _LONGEST_NAME - len(listing.id) - 3)
    return f"{name[:room]} ({listing.id})"[:_LONGEST_NAME].strip()


def _as_json(texts: Sequence[str]) -> str:
    return json.dumps([{"text": text} for text in texts], ensure_ascii=False)
