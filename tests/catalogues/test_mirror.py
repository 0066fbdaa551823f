"""Files that vendors and test suites publish, read where a mirror of them lies."""

import csv
import io

import pytest

from adgen.catalogues.reading import read_products

pytestmark = pytest.mark.corpus


def read(corpus_file, name, **options):
    return read_products(corpus_file(f"catalogues/{name}"), **options)


@pytest.mark.parametrize(
    ("name", "format", "num_products", "num_variants"),
    [
        ("shopify_official_apparel.csv", "shopify", 20, 3),
        ("shopify_official_home-and-garden.csv", "shopify", 20, 2),
        ("shopify_official_jewelery.csv", "shopify", 20, 6),
        ("classic_commerce_sample_products.csv", "woocommerce", 15, 12),
        ("wc_importer_unit_test_sample.csv", "woocommerce", 5, 2),
        ("magento2_sample_products.csv", "magento", 147, 1847),
        ("thirtybees_products_import.csv", "prestashop", 7, 0),
        ("google_merchant_rss_example.xml", "google_merchant", 1, 0),
        ("meta_template_catalog_products.csv", "meta", 3, 0),
    ],
)
def test_files_of_vendors(corpus_file, name, format, num_products, num_variants):
    """The numbers are counted in the files: handles, rows that are no variation, and so on."""
    found = read(corpus_file, name)
    assert (found.format, len(found), found.num_variants) == (format, num_products, num_variants)
    assert all(product.name for product in found)


def test_every_handle_of_shopify_is_a_product(corpus_file):
    path = corpus_file("catalogues/shopify_official_jewelery.csv")
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    found = read_products(path)
    assert [one.id for one in found] == list(dict.fromkeys(row["Handle"] for row in rows))
    assert [one.name for one in found] == [row["Title"].strip() for row in rows if row["Title"]]


def test_what_magento_packs(corpus_file):
    hoodie = read(corpus_file, "magento2_sample_products.csv")[0]
    assert hoodie.name == "Chaz Kangeroo Hoodie"
    assert hoodie.category == "Men > Tops > Hoodies & Sweatshirts"
    assert "Climate: All-weather, Cool, Indoor, Spring, Windy" in map(str, hoodie.facts)
    assert {str(fact) for one in hoodie.variants for fact in one.facts} == {
        *(f"Size: {size}" for size in ("XS", "S", "M", "L", "XL")),
        *(f"Color: {colour}" for colour in ("Black", "Gray", "Orange")),
    }


def test_combinations_of_prestashop(corpus_file):
    second = corpus_file("catalogues/thirtybees_combinations_import.csv")
    found = read(corpus_file, "thirtybees_products_import.csv", combinations=second)
    assert found.num_variants == 26
    assert found[0].name == "iPod Nano"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("amazon_jp_fptcustom_3row_header_subset.txt", "Amazon flat file"),
        ("bigcommerce_product_export_header.csv", "BigCommerce"),
        ("ebay_seller_hub_template_header.csv", "eBay Seller Hub"),
        ("meta_catalog_two_row_header.csv", "Meta catalogue"),
        ("shopify_new_template_header_2024.csv", "Shopify"),
    ],
)
def test_headers_alone_are_recognised_and_refused(corpus_file, name, title):
    with pytest.raises(ValueError, match=f"has the columns of {title} and no products below them"):
        read(corpus_file, name)


def test_a_file_of_ads_is_none_of_products(corpus_file):
    with pytest.raises(ValueError, match="is a file of ads"):
        read(corpus_file, "microsoft_bulk_rsa_docs_sample.csv")
