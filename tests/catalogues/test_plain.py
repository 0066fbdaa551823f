"""Plain tables, columns that a caller names, and what may be a fact at all."""

import pytest
from made_catalogues import facts

from adgen.catalogues.contradictions import contradictions
from adgen.catalogues.facts import cut, fact_of, packed_pairs
from adgen.products.product import Fact, Product, Variant


def test_the_columns_of_the_readme(read):
    text = (
        "id,brand,product,attributes,category,description,url\n"
        '7,Fjell,Clay Mug,"Color: red; Holds: 300 ml","Home > Kitchen > Mugs",Holds tea.,https://x.example\n'
    )
    found = read(text)
    assert (found.format, found.title, len(found), found.num_variants) == (
        "plain",
        "plain table",
        1,
        0,
    )
    assert found[0] == Product(
        id="7",
        brand="Fjell",
        name="Clay Mug",
        category="Kitchen > Mugs",
        facts=("Color: red", "Holds: 300 ml"),
        description="Holds tea.",
        url="https://x.example",
    )


@pytest.mark.parametrize(
    "name", ["product", "title", "Name", "Product Name", "Bezeichnung", "商品名"]
)
def test_names_of_the_column_of_products(read, name):
    assert read(f"sku;{name}\n7;Mug\n")[0].name == "Mug"


@pytest.mark.parametrize(
    "given",
    [
        "product=NAM, brand=VND,attributes=Glaze",
        {"product": "nam", "brand": "VND", "facts": ["Glaze"]},
    ],
)
def test_columns_that_a_caller_names(read, given):
    (mug,) = read("NAM,VND,Glaze,Other\nClay Mug,Fjell,matt,x\n", map=given)
    assert (mug.id, mug.name, mug.brand, facts(mug)) == (
        "row 2",
        "Clay Mug",
        "Fjell",
        ["Glaze: matt"],
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"map": "product=Nam"},
            r"map is product=Nam, .* no such column; expected one of 'Name', 'VND'.*product=Name",
        ),
        ({"map": "colour=VND"}, "map names 'colour'; expected one of id, brand"),
        ({"map": "product"}, "map holds 'product'; expected FIELD=COLUMN"),
        ({"map": ""}, "map holds ''; expected FIELD=COLUMN"),
        ({"map": 7}, "map is 7; expected columns by field"),
        ({"map": {"product": 7}}, "map is 7; expected a text"),
        ({"map": "product=Name", "format": "shopify"}, "Leave one of them out"),
        ({"format": "shopware"}, "format is 'shopware'; expected one of wix, shopify"),
        ({"vendor_is_brand": "yes"}, "vendor_is_brand is 'yes'; expected True or False"),
        ({"vendor_is_brand": True}, "vendor_is_brand is for Shopify"),
        ({"shop": 7}, "shop is 7; expected a text"),
        ({"shop": "https://x.example"}, "shop makes addresses for shopify, magento, wix"),
    ],
)
def test_arguments_that_are_none_are_refused(read, options, message):
    with pytest.raises(ValueError, match=message):
        read("Name,VND\nMug,Fjell\n", **options)


def test_rows_of_one_group_are_variants(read):
    text = (
        "sku,parent_sku,name,color\nT,,Tee,\nT-R,T,Tee red,red\nT-B,T,Tee blue,blue\nM,,Mug,red\n"
    )
    tee, mug = read(text)
    assert [(one.id, facts(one)) for one in tee.variants] == [
        ("T-R", ["Color: red"]),
        ("T-B", ["Color: blue"]),
    ]
    assert (tee.id, tee.name, facts(mug)) == ("T", "Tee", ["Color: red"])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Price", "5"), ("Preis", "5"), ("Stock quantity", "3"), ("Shipping weight", "2 kg"),
        ("Return policy", "14 days"), ("Meta title", "Mug"), ("GTIN", "4006381333931"),
        ("Note", "Free Returns ✓ Free Shipping✓"), ("Note", "Cash on Delivery"), ("Note", "$5.00"),
        ("Note", "15.00 GBP"), ("Note", "n/a"), ("Note", "-"), ("Note", "https://x.example/a"),
        ("Note", "Lorem ipsum dolor"), ("Size", "Default Title"), ("Note", "x" * 201),
        ("new", "Yes"), ("Handle", "blue-mug-2"), ("Handle", "mug"), ("Position", "3"),
        ("Quantity", "12"), ("Delivery time", "3 days"), ("Recommended browse nodes", "12"),
        ("Handle", "blue-mug"), ("Link", "https://x.example"), ("Link", "x.html"),
        ("Published", "TRUE"), ("Published", "2021-03-01"), ("Waterproof", "no"),
        ("Rating", "4.8"), ("Image", "a.jpg"), ("Guarantee", "Money back"),
        ("Note", "gid://shopify/Metaobject/1"), ("Note", "{}"), ("Eco", "No"), ("Note", "<br>"),
    ],
)  # fmt: skip
def test_what_is_no_fact(key, value):
    assert fact_of(key, value) is None


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("color_name", "red", "Color: red"),
        ("Connector", "USB 3", "Connector: USB 3"),
        ("", "Made in Norway", "Made in Norway"),
        ("Material", "<b>Oak</b> &amp; steel", "Material: Oak & steel"),
        ("Eco", "Yes", "Eco: Yes"),
        ("Pack Quantity", "24", "Pack Quantity: 24"),
        ("pH", "6.5-6.9", "pH: 6.5-6.9"),
        ("Qty/box", "50", "Qty/box: 50"),
        ("Quantity", "10 pieces", "Quantity: 10 pieces"),
        ("Handle", "removable 1", "Handle: removable 1"),
        ("Rating", "IP67", "Rating: IP67"),
        ("Position", "Foreground", "Position: Foreground"),
        ("Recommended age", "14+", "Recommended age: 14+"),
        ("Delivery head", "1.8 m", "Delivery head: 1.8 m"),
        ("Image sensor", "CMOS", "Image sensor: CMOS"),
        ("Handle", "pakkawood", "Handle: pakkawood"),
        ("Handle", "removable", "Handle: removable"),
        ("Handle", "leather", "Handle: leather"),
        ("Link", "curb", "Link: curb"),
        ("Link thickness", "9 mm", "Link thickness: 9 mm"),
        ("Published", "2021", "Published: 2021"),
        ("Palm oil", "no", "Palm oil: no"),
        ("Added sugar", "none", "Added sugar: none"),
        ("Parabens", "none", "Parabens: none"),
        ("Guarantee", "2 yrs", "Guarantee: 2 yrs"),
        ("Sizes", '["S", "M"]', "Sizes: S, M"),
    ],
)
def test_what_is_a_fact(key, value, said):
    assert str(fact_of(key, value)) == said


@pytest.mark.parametrize(
    ("cell", "pairs"),
    [
        ("Color: red; Size: M", [("Color", "red"), ("Size", "M")]),
        ("Color=red|Size=M", [("Color", "red"), ("Size", "M")]),
        ("Color: red, dark, Size: M", [("Color", "red, dark"), ("Size", "M")]),
        ("Color: red\nSize: M", [("Color", "red"), ("Size", "M")]),
        ("washable; light", [("", "washable"), ("", "light")]),
        ("6 mm thick, purple", [("", "6 mm thick"), ("", "purple")]),
        ("1,000 ml", [("", "1,000 ml")]),
        ('{"Color": "red", "Parts": ["cup", "lid"]}', [("Color", "red"), ("Parts", "cup, lid")]),
        ('[{"key": "Color", "value": "red"}]', [("Color", "red")]),
        ('[{"name": "Color", "value": "red"}, "light"]', [("Color", "red"), ("", "light")]),
        ('["Color: red"]', [("Color", "red")]),
        ('{"spec"=>[{"key"=>"Fabric", "value"=>"Cotton"}]}', [("Fabric", "Cotton")]),
        ("{not JSON", []),
    ],
)
def test_attributes_packed_into_a_cell(cell, pairs):
    assert list(packed_pairs(cell)) == pairs


def test_lists_are_cut_outside_of_brackets():
    assert cut("rgb(1,2,3):Cream,#fff:White", ",") == ["rgb(1,2,3):Cream", "#fff:White"]


@pytest.mark.parametrize(
    ("name", "colour", "is_doubtful"),
    [
        ("Golden Saree", "green", True),
        ("Gold Ring", "golden", False),
        ("Navy Shirt", "blue", False),
        ("Grey Hat", "gray", False),
        ("Red and Blue Rug", "blue", False),
        ("Multicolor Rug", "green", False),
        ("Red Rug", "multicolor", False),
        ("Blue Saree", "floral", True),
        ("Red Rug", "ocean breeze", False),
        ("Black-Yellow Saree", "green", True),
        ("Rug", "floral", False),
        ("Rug", "green", False),
    ],
)
def test_colours_against_the_title(name, colour, is_doubtful):
    found = contradictions(name, "", [Fact(colour, "Color")], ())
    assert (bool(found.facts), bool(found.reasons)) == (is_doubtful, is_doubtful)


def test_two_values_of_what_is_one():
    given = [Fact("red", "Color"), Fact("blue", "Colour"), Fact("wool", "Material"),
             Fact("felt", "Material")]  # fmt: skip
    found = contradictions("Hat", "", given, ())
    assert found.facts == given[:2]
    assert found.reasons == ["two values of one fact: Color is 'red' and 'blue'"]


def test_colours_of_variants_against_the_title():
    found = contradictions("Green Hat", "", (), [[Fact("red", "Color")], [Fact("blue", "Color")]])
    assert found.reasons == ["another colour in the title: 'Green Hat', variants are red, blue"]


@pytest.mark.parametrize(
    ("name", "brand", "is_doubtful"),
    [
        ("Sony Camera Kit", "Panasonic", True),
        ("Bosch Hikvision Camera Kit", "Hikvision", True),
        ("Sony Camera Kit", "SONY", False),
        ("Sony Camera Kit", "Sony Europe", False),
        ("Camera Kit for Sony", "Panasonic", False),
        ("Zzyx Camera", "Panasonic", False),
    ],
)
def test_a_brand_that_the_title_denies(name, brand, is_doubtful):
    assert bool(contradictions(name, brand, (), ()).reasons) == is_doubtful


@pytest.mark.parametrize(
    ("cell", "category"),
    [
        ("Home > Kitchen > Mugs", "Kitchen > Mugs"),
        ('["Clothing >> Shorts >> Cycling"]', "Clothing > Shorts > Cycling"),
        ("Sports & Outdoors | Skates", "Sports & Outdoors > Skates"),
        ("276", ""),
        ("Uncategorized", ""),
        ("Mugs;Sale", "Mugs"),
    ],
)
def test_categories(read, cell, category):
    quoted = cell.replace('"', '""')
    assert read(f'id,product,category\n1,Mug,"{quoted}"\n')[0].category == category


@pytest.mark.parametrize("brand", ["OEM", "Generic", "no brand", "Unbranded", "n/a", "Your_Brand"])
def test_words_for_no_brand(read, brand):
    assert read(f"id,product,brand\n1,Mug,{brand}\n")[0].brand == ""


def test_a_product_holds_its_variants_and_flags():
    variant = Variant("T-R", ["Color: red"])
    product = Product(name="Tee", variants=[variant], flags=["draft"])
    assert (product.variants, product.flags) == ((variant,), ("draft",))
    assert variant.facts == (Fact("red", "Color"),)


@pytest.mark.parametrize(
    "given",
    [
        {"variants": "T-R"},
        {"variants": ["T-R"]},
        {"flags": "draft"},
        {"flags": [7]},
        {"variants": 7},
    ],
)
def test_other_variants_and_flags_are_refused(given):
    with pytest.raises(ValueError, match=r"expected (a list of|Variant|texts|a text)"):
        Product(name="Tee", **given)
