"""Shopify's exports: handles, variants, images, vendors; the old names of columns and the new."""

import pytest
from made_catalogues import facts

OLD = (
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,"
    "Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,Variant SKU,Variant Price,"
    "Variant Barcode,Image Src,Image Position,SEO Title,Google Shopping / Gender,"
    "Color (product.metafields.shopify.color-pattern),Fabric (product.metafields.shopify.fabric),"
    "Status"
)
NEW = (
    "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,"
    "Status,SKU,Barcode,Option1 name,Option1 value,Option1 Linked To,Option2 name,Option2 value,"
    "Option2 Linked To,Price,Product image URL,Image position,SEO title"
)


def first(handle, title, **more):
    cells = {"Handle": handle, "Title": title, "Vendor": "Norrvik", "Published": "true"}
    cells |= {"Status": "active", "Option1 Name": "Title", "Option1 Value": "Default Title"}
    cells |= {"Variant SKU": f"{handle}-1", "Variant Price": "10.00"}
    return cells | more


def test_variants_and_images_are_gathered_under_their_handle(read, rows):
    text = rows(
        OLD,
        first(
            "wool-hat",
            "Wool Hat ",
            **{
                "Body (HTML)": '<meta charset="utf-8"><p>Soft &amp; warm.</p>',
                "Product Category": "Apparel & Accessories > Hats",
                "Type": "Hat",
                "Option1 Name": "Color",
                "Option1 Value": "Red",
                "Option2 Name": "Size",
                "Option2 Value": "M",
                "Variant SKU": "H-R-M",
            },
        ),
        {
            "Handle": "wool-hat",
            "Option1 Value": "Blue",
            "Option2 Value": "M",
            "Variant SKU": "H-B-M",
        },
        {"Handle": "wool-hat", "Image Src": "https://x.example/2.jpg", "Image Position": "2"},
        first("clay-mug", "Clay Mug"),
    )
    hat, mug = read(text)
    assert (hat.id, hat.name, hat.brand) == ("wool-hat", "Wool Hat", "Norrvik")
    assert hat.category == "Apparel & Accessories > Hats"
    assert hat.description == "Soft & warm."
    # All are of one size: a fact of the hat. Colours tell its variants apart.
    assert facts(hat) == ["Size: M", "Color options: 2"]
    assert [(one.id, facts(one)) for one in hat.variants] == [
        ("H-R-M", ["Color: Red"]),
        ("H-B-M", ["Color: Blue"]),
    ]
    assert (mug.name, mug.facts, mug.variants, mug.flags) == ("Clay Mug", (), (), ())


def test_the_new_names_of_columns(read, rows):
    text = rows(
        NEW,
        {
            "Title": "Oak Tray",
            "URL handle": "oak-tray",
            "Description": "<p>Solid oak.</p>",
            "Vendor": "Norrvik",
            "Product category": "Home & Garden > Trays",
            "Published on online store": "TRUE",
            "Status": "Active",
            "SKU": "T-S",
            "Option1 name": "Size",
            "Option1 value": "Small",
            "Price": "20",
        },
        {"URL handle": "oak-tray", "SKU": "T-L", "Option1 value": "Large", "Price": "30"},
        {"URL handle": "oak-tray", "Product image URL": "https://x.example/t.jpg"},
    )
    found = read(text)
    assert found.format == "shopify"
    (tray,) = found
    assert (tray.id, tray.name, tray.brand) == ("oak-tray", "Oak Tray", "Norrvik")
    assert [facts(one) for one in tray.variants] == [["Size: Small"], ["Size: Large"]]


@pytest.mark.parametrize(
    ("cells", "flag"),
    [
        ({"Status": "draft"}, "draft"),
        ({"Status": "Archived"}, "archived"),
        ({"Published": "false"}, "unpublished"),
        ({"Published": "FALSE", "Status": "active"}, "unpublished"),
        ({"Title": ""}, "no name"),
        ({"Variant Barcode": "8.80609E+12"}, "number damaged by a spreadsheet: 8.80609E+12 in "
         "Variant Barcode"),
    ],
)  # fmt: skip
def test_what_is_not_for_sale_or_damaged_is_kept_and_flagged(read, rows, cells, flag):
    (product,) = read(rows(OLD, first("a", "Clay Mug", **cells)))
    assert product.flags == (flag,)


def test_one_handle_twice_is_two_products_with_a_flag(read, rows):
    found = read(rows(OLD, first("a", "Clay Mug"), first("b", "Tray"), first("a", "Oak Bowl")))
    assert [one.name for one in found] == ["Clay Mug", "Tray", "Oak Bowl"]
    assert [bool(one.flags) for one in found] == [True, False, True]
    assert found[0].flags == ("id not unique: 2 products have 'a'",)


def test_a_colour_that_the_title_denies_is_no_fact(read, rows):
    column = "Color (product.metafields.shopify.color-pattern)"
    text = rows(OLD, first("a", "Golden Silk Saree", **{column: "green"}), first("b", "Red Rug",
                **{column: "red"}))  # fmt: skip
    saree, rug = read(text)
    assert saree.facts == ()
    assert saree.flags == ("another colour in the title: 'Golden Silk Saree', Color is 'green'",)
    assert facts(rug) == ["Color: red"] and not rug.flags


def test_what_variants_say_of_themselves_is_no_fact_of_the_product(read, rows):
    column = "Color (product.metafields.shopify.color-pattern)"
    options = {"Option1 Name": "Color", "Option1 Value": "Red"}
    blue = {"Option1 Value": "Blue", "Variant SKU": "x"}
    text = rows(
        OLD,
        first("a", "Hat", **options, **{column: "red; blue"}),
        {"Handle": "a"} | blue,
        first("b", "Cap", **options, **{column: "green"}),
        {"Handle": "b"} | blue,
    )
    hat, cap = read(text)
    assert (facts(hat), hat.flags, cap.facts) == (["Color options: 2"], (), ())
    assert cap.flags == ("two values of one fact: Color is 'green', variants are Red, Blue",)


def test_metafields_and_google_columns_are_facts_and_others_are_not(read, rows):
    fabric = "Fabric (product.metafields.shopify.fabric)"
    text = rows(
        OLD,
        first(
            "a",
            "Shirt",
            **{fabric: "cotton; linen", "Google Shopping / Gender": "male", "SEO Title": "Buy now"},
        ),
    )
    assert facts(read(text)[0]) == ["Fabric: cotton, linen", "Gender: male"]


@pytest.mark.parametrize(
    ("column", "is_fact"),
    [
        ("Waterproof Rating (product.metafields.custom.waterproof_rating)", True),
        ("Handle Material (product.metafields.custom.handle_material)", True),
        ("Stars (product.metafields.custom.average_rating)", False),
        ("Stars (product.metafields.custom.rating_value)", False),
        ("Stars (product.metafields.rating.value)", False),
        ("Stars (product.metafields.reviews.stars)", False),
    ],
)
def test_a_metafield_of_an_app_s_stars_is_no_fact(read, rows, column, is_fact):
    header = OLD.replace("Fabric (product.metafields.shopify.fabric)", column)
    found = read(rows(header, first("a", "Shirt", **{column: "5000"})))[0]
    assert any(fact.value == "5000" for fact in found.facts) == is_fact


def test_a_vendor_that_is_the_shop_is_no_brand(read, rows):
    titles = ["Clay Mug", "Oak Tray", "Wool Hat", "Tea Towel", "Bread Box"]
    text = rows(OLD, *(first(f"h{i}", title, Vendor="my-demo") for i, title in enumerate(titles)))
    found = read(text)
    assert {one.brand for one in found} == {""}
    assert "'my-demo' is taken for the shop" in found.notes[0]
    assert {one.brand for one in read(text, vendor_is_brand=True)} == {"my-demo"}
    named = text.replace("Clay Mug", "my-demo Clay Mug")
    assert {one.brand for one in read(named)} == {"my-demo"}
    assert {one.brand for one in read(named, vendor_is_brand=False)} == {""}


def test_the_shop_gives_addresses(read, rows):
    (mug,) = read(rows(OLD, first("clay-mug", "Clay Mug")), shop="https://shop.example/")
    assert mug.url == "https://shop.example/products/clay-mug"


def test_a_title_in_every_row_is_one_product(read, rows):
    text = rows(
        OLD,
        first("a", "Hat", **{"Option1 Name": "Size", "Option1 Value": "S"}),
        first("a", "Hat", **{"Option1 Name": "Size", "Option1 Value": "M"}),
    )
    (hat,) = read(text)
    assert [facts(one) for one in hat.variants] == [["Size: S"], ["Size: M"]]


def test_the_row_of_the_product_may_stand_below_one_of_a_variant(read, rows):
    text = rows(
        OLD,
        {"Handle": "a", "Option1 Value": "S", "Variant SKU": "a-s", "Variant Price": "5"},
        first("a", "Hat", **{"Option1 Name": "Size", "Option1 Value": "M", "Status": "draft"}),
    )
    (hat,) = read(text)
    assert (hat.name, hat.brand, hat.flags) == ("Hat", "Norrvik", ("draft",))
    assert len(hat.variants) == 2


def test_a_handle_that_comes_again_further_down_is_another_product(read, rows):
    rest = (first("a", ""), first("c", "Bowl"), first("a", "Mug"))
    found = read(rows(OLD, first("a", "Mug"), first("b", "Tray"), *rest))
    assert [one.name for one in found] == ["Mug", "Tray", "", "Bowl", "Mug"]


def test_columns_in_any_order_case_and_number(read, rows):
    names = [name.upper() for name in reversed(OLD.split(","))]
    cells = {name.upper(): cell for name, cell in first("a", "Clay Mug").items()}
    text = rows(["My note", *names], cells | {"My note": "x"}, delimiter=";")
    found = read(text)
    assert (found.format, found[0].name, found[0].brand) == ("shopify", "Clay Mug", "Norrvik")
