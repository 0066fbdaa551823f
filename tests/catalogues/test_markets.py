"""Files of Etsy, eBay and Amazon."""

import pytest
from made_catalogues import facts

ETSY = (
    "TITLE,DESCRIPTION,PRICE,CURRENCY_CODE,QUANTITY,TAGS,MATERIALS,IMAGE1,IMAGE2,VARIATION 1 TYPE,"
    "VARIATION 1 NAME,VARIATION 1 VALUES,VARIATION 2 TYPE,VARIATION 2 NAME,VARIATION 2 VALUES,SKU"
)


def test_etsy(read, rows):
    ring = {"TITLE": "Silver Ring &quot;Vy&quot;", "DESCRIPTION": "Made by hand.\n\nIn a box.",
            "PRICE": "30.0", "CURRENCY_CODE": "EUR", "TAGS": "ring,gift_for_her",
            "MATERIALS": "sterling_silver,enamel", "VARIATION 1 TYPE": "Ring size",
            "VARIATION 1 NAME": "Ring size", "VARIATION 1 VALUES": "6,7",
            "VARIATION 2 NAME": "Finish", "VARIATION 2 VALUES": "matt"}  # fmt: skip
    found = read(rows(ETSY, ring, {"TITLE": "Clay Mug", "SKU": "M1,M2"}))
    assert found.format == "etsy"
    silver, mug = found
    assert (silver.id, silver.name, silver.brand) == ("row 2", 'Silver Ring "Vy"', "")
    assert silver.description == "Made by hand.\nIn a box."
    assert facts(silver) == ["Material: sterling silver, enamel", "Finish: matt"]
    assert [facts(one) for one in silver.variants] == [["Ring size: 6"], ["Ring size: 7"]]
    assert mug.id == "M1"


EBAY = (
    "*Action(SiteID=US|Country=US|Currency=USD|Version=1193|CC=UTF-8),CustomLabel,*Category,*Title,"
    "Relationship,RelationshipDetails,*ConditionID,*C:Brand,*C:Color,C:Material,PicURL,*Description,"
    "*StartPrice,*Quantity"
)


@pytest.mark.parametrize("info", ["Info", "#INFO"])
def test_ebay(read, rows, info):
    table = rows(
        EBAY,
        {"CustomLabel": "K1", "*Category": "24541", "*Title": "Fjell Kettle 1.7 L",
         "*ConditionID": "3000", "*C:Brand": "Fjell", "*C:Color": "Black",
         "C:Material": "Steel|Glass", "*Description": "<p>Boils fast</p>", "*StartPrice": "20.00"},
        {"CustomLabel": "S", "*Title": "Fjell Socks", "*C:Brand": "Unbranded",
         "RelationshipDetails": "Color=Red;Blue|Size=M", "*ConditionID": "1000-New"},
        {"CustomLabel": "S-R", "Relationship": "Variation",
         "RelationshipDetails": "Color=Red|Size=M"},
        {"CustomLabel": "S-B", "Relationship": "Variation",
         "RelationshipDetails": "Color=Blue|Size=M"},
    )  # fmt: skip
    action = EBAY.partition(",")[0]
    for_table = table.replace("\r\n,", "\r\nAdd,")
    text = f"\ufeff{info},Version=1.0.0,Template=fx_x\r\n{for_table}{info},>>> Read more\r\n"
    found = read(text)
    assert action in text and found.format == "ebay"
    kettle, socks = found
    assert (kettle.id, kettle.name, kettle.brand) == ("K1", "Fjell Kettle 1.7 L", "Fjell")
    assert kettle.category == ""
    assert facts(kettle) == ["Color: Black", "Material: Steel, Glass", "Condition: Used"]
    assert (socks.brand, facts(socks)) == ("", ["Size: M", "Color options: 2"])
    assert [(one.id, facts(one)) for one in socks.variants] == [
        ("S-R", ["Color: Red"]),
        ("S-B", ["Color: Blue"]),
    ]


FLAT = [
    ("feed_product_type", "商品タイプ"), ("item_sku", "出品者SKU"), ("brand_name", "ブランド名"),
    ("item_name", "商品名"), ("external_product_id", "商品コード"), ("standard_price", "価格"),
    ("parent_child", "親子関係"), ("parent_sku", "親商品のSKU"), ("variation_theme", "テーマ"),
    ("update_delete", "アップデート"), ("product_description", "商品説明文"),
    ("bullet_point1", "商品の仕様"), ("bullet_point2", "商品の仕様"), ("color_name", "カラー"),
    ("size_name", "サイズ"), ("material_type", "素材"),
]  # fmt: skip
CHILDREN = [
    {"feed_product_type": "hat", "item_sku": "H", "brand_name": "Norrvik", "parent_child": "parent",
     "item_name": "ニット帽", "bullet_point1": "洗える"},
    {"item_sku": "H-R", "parent_child": "child", "parent_sku": "H", "item_name": "ニット帽 赤",
     "color_name": "赤", "size_name": "M"},
    {"item_sku": "H-B", "parent_child": "child", "parent_sku": "H", "item_name": "ニット帽 青",
     "color_name": "青", "size_name": "M"},
    {"item_sku": "X", "item_name": "マグカップ", "update_delete": "Delete",
     "material_type": "陶器"},
]  # fmt: skip


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-16"])
def test_amazon_flat_file(read, encoding):
    lines = [["TemplateType=fptcustom", "Version=2021.1014", "settings=feedType=113"]]
    lines += [[label for _, label in FLAT], [name for name, _ in FLAT]]
    lines += [[row.get(name, "") for name, _ in FLAT] for row in CHILDREN]
    text = "\r\n".join("\t".join(line) for line in lines) + "\r\n"
    found = read(text.encode(encoding), "flat.txt")
    assert found.format == "amazon_flat_file"
    hat, mug = found
    assert (hat.id, hat.name, hat.brand, hat.category) == ("H", "ニット帽", "Norrvik", "hat")
    assert facts(hat) == ["洗える", "Size: M", "Color options: 2"]
    assert [(one.id, facts(one)) for one in hat.variants] == [
        ("H-R", ["Color: 赤"]),
        ("H-B", ["Color: 青"]),
    ]
    assert (facts(mug), mug.flags) == (["Material: 陶器"], ("deleted",))


def test_amazon_flat_file_with_english_labels_and_newer_names(read):
    lines = [
        ["settings=labelRow=2&attributeRow=3&dataRow=4"],
        ["SKU", "Item Name", "Brand Name", "Parentage Level", "Parent SKU", "Color", "Bullet Point",
         "Bullet Point"],
        ["contribution_sku#1.value", "item_name[marketplace_id=A][language_tag=en_US]#1.value",
         "brand[marketplace_id=A]#1.value", "parentage_level[marketplace_id=A]#1.value",
         "child_parent_sku_relationship[marketplace_id=A]#1.parent_sku",
         "color[marketplace_id=A]#1.value", "bullet_point[marketplace_id=A]#1.value",
         "bullet_point[marketplace_id=A]#2.value"],
        ["H", "Wool Hat", "Norrvik", "Parent", "", "", "Machine washable", "Made in Norway"],
        ["H-R", "Wool Hat Red", "Norrvik", "Child", "H", "Red", "", ""],
        ["H-B", "Wool Hat Blue", "Norrvik", "Child", "H", "Blue", "", ""],
    ]  # fmt: skip
    (hat,) = read("\n".join("\t".join(line) for line in lines), "flat.txt")
    assert (hat.id, hat.name, hat.brand) == ("H", "Wool Hat", "Norrvik")
    assert facts(hat) == ["Machine washable", "Made in Norway", "Color options: 2"]
    assert [facts(one) for one in hat.variants] == [["Color: Red"], ["Color: Blue"]]


def test_bullet_points_are_facts_and_long_ones_description(read):
    header = "item_sku\titem_name\tfeed_product_type\tproduct_description\t"
    header += "bullet_point1\tbullet_point2\n"
    long = "Made by hand " * 12
    (hat,) = read(header + f"A\tHat\that\tWarm.\tWashable\t{long}\n", "flat.txt")
    assert (facts(hat), hat.description) == (["Washable"], f"Warm.\n{long.strip()}")


def test_children_whose_parent_is_in_no_row_are_one_product(read):
    header = "item_sku\titem_name\tfeed_product_type\tparent_child\tparent_sku\tcolor_name\n"
    text = header + "A\tHat red\that\tchild\tP\tred\nB\tHat blue\that\tchild\tP\tblue\n"
    (hat,) = read(text, "flat.txt")
    assert (hat.id, hat.name, hat.flags) == ("P", "Hat red", ("parent is not in the file: P",))
    assert [one.id for one in hat.variants] == ["A", "B"]


def test_active_listings(read):
    text = (
        "item-name\titem-description\tlisting-id\tseller-sku\tprice\tquantity\topen-date\t"
        "product-id\tstatus\n"
        'Oak "Big" Tray\tSolid oak\t0101X\tT-1\t20.00\t3\t2026-01-02\tB0AAAAAAAA\tActive\n'
        "Clay Mug\t\t0102X\tM-1\t5.00\t0\t2026-01-02\tB0BBBBBBBB\tInactive\n"
    )
    found = read(text, "listings.txt")
    assert found.format == "amazon_active_listings"
    assert [(one.id, one.name) for one in found] == [("T-1", 'Oak "Big" Tray'), ("M-1", "Clay Mug")]
    assert found[1].flags == ("inactive",)
