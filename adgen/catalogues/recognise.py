"""Which format a table has, by the names of its columns.

The formats stand from the most particular to the plain table, which takes what is left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from adgen.catalogues import (
    amazon,
    bigcommerce,
    ebay,
    etsy,
    magento,
    merchant,
    plain,
    prestashop,
    shopify,
    wix,
    woocommerce,
)
from adgen.catalogues.drafts import BRAND_KEYS, Drafts
from adgen.catalogues.facts import FACT_KEYS
from adgen.catalogues.headers import Columns, key_of
from adgen.catalogues.options import Options
from adgen.catalogues.table import Table


@dataclass(frozen=True)
class Format:
    """One way in which catalogues are written.

    Attributes:
        title: What people call it.
        is_it: Says whether a table is written so.
        read: Gathers products from one.
    """

    title: str
    is_it: Callable[[Table], bool]
    read: Callable[[Table, Options], Drafts]


PLAIN = "plain"
FORMATS = {
    "wix": Format("Wix", wix.is_wix, wix.read_wix),
    "shopify": Format("Shopify", shopify.is_shopify, shopify.read_shopify),
    "prestashop_combinations": Format(
        "PrestaShop combinations", prestashop.is_combinations, prestashop.read_combinations
    ),
    "magento": Format("Magento 2", magento.is_magento, magento.read_magento),
    "prestashop": Format("PrestaShop", prestashop.is_prestashop, prestashop.read_prestashop),
    "bigcommerce": Format("BigCommerce", bigcommerce.is_bigcommerce, bigcommerce.read_bigcommerce),
    "ebay": Format("eBay Seller Hub", ebay.is_ebay, ebay.read_ebay),
    "etsy": Format("Etsy", etsy.is_etsy, etsy.read_etsy),
    "amazon_flat_file": Format("Amazon flat file", amazon.is_flat_file, amazon.read_flat_file),
    "amazon_active_listings": Format(
        "Amazon Active Listings report", amazon.is_active_listings, amazon.read_active_listings
    ),
    "meta": Format("Meta catalogue", merchant.is_meta, merchant.read_items),
    "google_merchant": Format("Google Merchant Center", merchant.is_merchant, merchant.read_items),
    "woocommerce": Format("WooCommerce", woocommerce.is_woocommerce, woocommerce.read_woocommerce),
    PLAIN: Format("plain table", plain.is_plain, plain.read_plain),
}

# Names that no text under them is: what tells a header from a row.
_MORE_NAMES = """
    option1_name option1_value option2_name option2_value variant_price variant_grams image_src
    tags published status seo_title gift_card price sale_price regular_price stock weight images
    parent visibility attribute_set_code product_type additional_attributes
    configurable_variations url_key store_view_code active quantity wholesale_price field_type
    product_image_url inventory currency_code variation_1_type variation_1_values image1 action
    custom_label relationship relationship_details pic_url category_name start_price item_type
    product_name product_visible brand_name feed_product_type external_product_id
    recommended_browse_nodes standard_price main_image_url parent_child parentage_level
    variation_theme generic_keywords bullet_point1 record_action contribution_sku seller_sku
    availability condition image_link additional_image_link fb_product_category structured_title
    structured_description product_detail preis prix precio prezzo prijs cena preço цена 価格
    available_quantity item_number date size_type barcode currency is_featured tax_status
    tax_class
"""
_FROM_THEM = frozenset(key_of(name) for name in _MORE_NAMES.split())
KNOWN_KEYS = plain.KNOWN_KEYS | FACT_KEYS | BRAND_KEYS | _FROM_THEM | woocommerce.KNOWN_KEYS


def recognised(table: Table) -> str | None:
    """Returns the name of a table's format; None where it has no column with products."""
    return next((name for name, one in FORMATS.items() if one.is_it(table)), None)


def is_of_ads(columns: Columns) -> bool:
    """Says whether columns are those of Google's or Microsoft's files of ads, or of reports."""
    return columns.has_any("campaign", "campaignname") and columns.has_any("adgroup", "adgroupname")
