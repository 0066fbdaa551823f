"""Exports of Magento, PrestaShop, Wix and BigCommerce."""

import pytest
from made_catalogues import facts

from adgen.catalogues.reading import read_products

MAGENTO = (
    "sku,store_view_code,attribute_set_code,product_type,categories,name,description,"
    "short_description,product_online,visibility,price,url_key,additional_attributes,"
    "configurable_variations,configurable_variation_labels"
)


COMMA = "Default Category/Home, Garden,Default Category"


def simple(sku, name, attributes, **more):
    return {
        "sku": sku,
        "product_type": "simple",
        "name": name,
        "product_online": "1",
        "visibility": "Not Visible Individually",
        "categories": "Default Category/Men/Jackets & Vests,Default Category/Sale",
        "description": "<p>Warm.</p>\n<p>&bull; Two pockets.</p>",
        "additional_attributes": f"has_options=0,required_options=0,{attributes}",
    } | more


def test_magento(read, rows):
    parent = {
        "product_type": "configurable",
        "visibility": "Catalog, Search",
        "url_key": "fjell-jacket",
        "configurable_variations": "sku=J-S-R,size=S,color=Red|sku=J-M-R,size=M,color=Red",
        "configurable_variation_labels": "size=Size,color=Colour",
    }
    attributes = "material=Wool|Fleece,pattern=Solid,eco_collection=Yes,sale=No,note=a, b and c"
    text = rows(
        MAGENTO,
        simple("J-S-R", "Fjell Jacket-S-Red", "size=S,color=Red"),
        simple("J-M-R", "Fjell Jacket-M-Red", "size=M,color=Red"),
        simple("J", "Fjell Jacket", attributes, **parent),
        simple("B", "Belt", "color=Brown", visibility="Catalog, Search", product_online="2"),
        simple("L", "Lace", "color=Black"),
        {"sku": "B", "store_view_code": "de", "name": "Gürtel"},
        simple("V", "Vase", "x=1", visibility="Catalog", categories=COMMA),
    )
    found = read(text, shop="https://shop.example")
    assert found.format == "magento"
    jacket, belt, lace, vase = found
    assert vase.category == "Home, Garden"
    assert (jacket.id, jacket.name) == ("J", "Fjell Jacket")
    assert jacket.category == "Men > Jackets & Vests"
    assert jacket.description == "Warm.\n• Two pockets."
    assert jacket.url == "https://shop.example/fjell-jacket.html"
    assert facts(jacket) == [
        "Material: Wool, Fleece",
        "Pattern: Solid",
        "Eco collection: Yes",
        "Note: a, b and c",
        "Colour: Red",
        "Sizes: S and M",
    ]
    assert [(one.id, facts(one)) for one in jacket.variants] == [
        ("J-S-R", ["Size: S"]),
        ("J-M-R", ["Size: M"]),
    ]
    assert (belt.name, belt.flags) == ("Belt", ("unpublished",))
    assert lace.flags == ("not visible individually",)
    assert found.notes == ("1 rows of other store views are left out",)


PRESTASHOP = [
    "Product ID", "Active (0/1)", "Name *", "Categories (x,y,z...)", "Price tax excluded",
    "Reference #", "Manufacturer", "Short description", "Description", "Tags (x,y,z...)",
    "URL rewritten", "Available for order (0 = No, 1 = Yes)", "Feature(Name:Value:Position)",
]  # fmt: skip


@pytest.mark.parametrize(("cut", "within"), [(";", ","), (",", ";")])
def test_prestashop(tmp_path, rows, cut, within):
    """A real shop cuts rows at `;` and lists at `,`; a sample the other way round."""
    header = [name.replace("x,y,z", within.join("xyz")) for name in PRESTASHOP]
    cells = {
        "Product ID": "1",
        "Active (0/1)": "1",
        "Name *": "Clay Mug",
        header[3]: within.join(["Home", "Kitchen", "Sale"]),
        "Manufacturer": "Norrvik",
        "Short description": "<p>Short.</p>",
        header[-1]: within.join(["Material:Clay:1", "Height:9 cm:2:0", "Ratio:16:9:3"]),
    }
    other = {"Product ID": "2", "Active (0/1)": "0", "Name *": "Tray", header[3]: "Home"}
    (tmp_path / "products.csv").write_text(rows(header, cells, other, delimiter=cut))
    second = [
        "Product ID*",
        "Attribute (Name:Type:Position)*",
        "Value (Value:Position)*",
        "Reference",
    ]
    (tmp_path / "combinations.csv").write_text(
        rows(
            second,
            {second[0]: "1", second[1]: f"Color:color:0{within} Size:select:1",
             second[2]: f"Blue:0{within} S:1", "Reference": "M-B-S"},
            {second[0]: "1", second[1]: f"Color:color:0{within} Size:select:1",
             second[2]: f"Blue:0{within} L:1", "Reference": "M-B-L"},
            delimiter=cut,
        )
    )  # fmt: skip
    found = read_products(tmp_path / "products.csv", combinations=tmp_path / "combinations.csv")
    assert found.format == "prestashop"
    mug, tray = found
    assert (mug.id, mug.name, mug.brand) == ("1", "Clay Mug", "Norrvik")
    assert (mug.category, mug.description) == ("Kitchen", "Short.")
    assert facts(mug) == ["Material: Clay", "Height: 9 cm", "Ratio: 16:9", "Color: Blue"]
    assert [(one.id, facts(one)) for one in mug.variants] == [
        ("M-B-S", ["Size: S"]),
        ("M-B-L", ["Size: L"]),
    ]
    assert tray.flags == ("unpublished",)
    alone = read_products(tmp_path / "combinations.csv")
    assert (alone.format, alone[0].flags) == ("prestashop_combinations", ("no name",))


def test_combinations_are_refused_with_another_format(read, rows, tmp_path):
    (tmp_path / "second.csv").write_text("id,product\n1,Mug\n")
    with pytest.raises(ValueError, match="combinations is PrestaShop's second file"):
        read("id,product\n1,Mug\n", combinations=tmp_path / "second.csv")


WIX = [
    "handleId", "fieldType", "name", "description", "productImageUrl", "collection", "sku",
    "ribbon", "price", "surcharge", "visible", "productOptionName1", "productOptionType1",
    "productOptionDescription1", "productOptionName2", "productOptionType2",
    "productOptionDescription2", "additionalInfoTitle1", "additionalInfoDescription1",
    "additionalInfoTitle2", "additionalInfoDescription2", "brand",
]  # fmt: skip


def test_wix(read, rows):
    text = "\ufeff" + rows(
        WIX,
        {"handleId": "p1", "fieldType": "Product", "name": "Fjell Scarf", "price": "30",
         "description": "<p>Long &amp; soft</p>", "collection": "Scarves;Sale", "visible": "true",
         "productOptionName1": "Colour", "productOptionType1": "COLOR",
         "productOptionDescription1": "#b81616:Red;rgb(193,180,123):Cream",
         "additionalInfoTitle1": "Return Policy", "additionalInfoDescription1": "14 days",
         "additionalInfoTitle2": "Made in", "additionalInfoDescription2": "<p>Norway</p>",
         "brand": "Fjell"},
        {"handleId": "p1", "fieldType": "Variant", "sku": "S-R",
         "productOptionDescription1": "#b81616:Red"},
        {"handleId": "p1", "fieldType": "Variant", "sku": "S-C",
         "productOptionDescription1": "rgb(193,180,123):Cream"},
        {"handleId": "p2", "fieldType": "Product", "name": "Cap", "collection": "Your_Category",
         "visible": "FALSE", "productOptionName1": "Size",
         "productOptionDescription1": "Medium;Large"},
    )  # fmt: skip
    found = read(text)
    assert found.format == "wix"
    scarf, cap = found
    assert (scarf.id, scarf.name, scarf.brand) == ("p1", "Fjell Scarf", "Fjell")
    assert (scarf.category, scarf.description) == ("Scarves", "Long & soft")
    assert facts(scarf) == ["Made in: Norway", "Color options: 2"]
    assert [(one.id, facts(one)) for one in scarf.variants] == [
        ("S-R", ["Colour: Red"]),
        ("S-C", ["Colour: Cream"]),
    ]
    assert (cap.name, cap.category) == ("Cap", "")
    assert cap.flags == ("unpublished", "placeholder: the category is a template's")
    assert [facts(one) for one in cap.variants] == [["Size: Medium"], ["Size: Large"]]


def test_wix_of_the_new_catalogue(read, rows):
    header = ["handle", "fieldType", "name", "visible", "plainDescription", "media", "brand",
              "price", "productOptionName[1]", "productOptionType[1]",
              "productOptionChoices[1]", "sku"]  # fmt: skip
    text = rows(
        header,
        {"handle": "cap", "fieldType": "PRODUCT", "name": "Cap", "visible": "TRUE",
         "productOptionName[1]": "Size", "productOptionChoices[1]": "M;L"},
        {"handle": "cap", "fieldType": "VARIANT", "productOptionChoices[1]": "M", "sku": "c-m"},
        {"handle": "cap", "fieldType": "VARIANT", "productOptionChoices[1]": "L", "sku": "c-l"},
    )  # fmt: skip
    (cap,) = read(text)
    assert [(one.id, facts(one)) for one in cap.variants] == [
        ("c-m", ["Size: M"]),
        ("c-l", ["Size: L"]),
    ]


def test_bigcommerce(read, rows):
    header = ["Item Type", "Product ID", "Product Name", "Product Type", "Product Code/SKU",
              "Brand Name", "Product Description", "Price", "Product Weight", "Product Visible?",
              "Category", "Product UPC/EAN", "Product URL"]  # fmt: skip
    text = rows(
        header,
        {"Item Type": "Product", "Product ID": "5", "Product Name": "Fjell Tee", "Price": "20",
         "Product Code/SKU": "T", "Brand Name": "Fjell", "Product Description": "<b>Soft</b>",
         "Product Visible?": "N", "Category": "Clothing > Tees;Sale",
         "Product URL": "https://x.example/tee", "Product UPC/EAN": "8,1E+11"},
        {"Item Type": "  SKU", "Product Name": "[S]Size=M[/S],[CS]Color=Red:#ff0000[/CS]",
         "Product Code/SKU": "T-M"},
        {"Item Type": "SKU", "Product Name": "[S]Size=L[/S],[CS]Color=Red:#ff0000[/CS]",
         "Product Code/SKU": "T-L"},
        {"Item Type": "Rule", "Product Code/SKU": "T-L", "Price": "22"},
    )  # fmt: skip
    found = read(text)
    assert found.format == "bigcommerce"
    (tee,) = found
    assert (tee.id, tee.name, tee.brand, tee.category) == (
        "5",
        "Fjell Tee",
        "Fjell",
        "Clothing > Tees",
    )
    assert tee.url == "https://x.example/tee"
    assert facts(tee) == ["Color: Red"]
    assert [(one.id, facts(one)) for one in tee.variants] == [
        ("T-M", ["Size: M"]),
        ("T-L", ["Size: L"]),
    ]
    assert tee.flags == (
        "number damaged by a spreadsheet: 8,1E+11 in Product UPC/EAN",
        "unpublished",
    )


def test_bigcommerce_of_the_new_export(read, rows):
    header = "Item,ID,Name,Type,SKU,Options,Price,Categories,Description,Is Visible"
    text = rows(
        header,
        {"Item": "Product", "ID": "5", "Name": "Tee", "Type": "physical", "Is Visible": "TRUE",
         "Categories": "Clothing"},
        {"Item": "Variant", "ID": "51", "SKU": "T-M",
         "Options": "Type=Rectangle|Name=Size|Value=M"},
        {"Item": "Variant", "ID": "52", "SKU": "T-L",
         "Options": "Type=Rectangle|Name=Size|Value=L"},
        {"Item": "Image", "ID": "9"},
    )  # fmt: skip
    (tee,) = read(text)
    assert [facts(one) for one in tee.variants] == [["Size: M"], ["Size: L"]]
