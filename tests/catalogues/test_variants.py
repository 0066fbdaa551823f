"""What variants share, and how far they range: true of what can be bought, or not said."""

import json

import pytest
from made_catalogues import facts

from adgen.catalogues.headers import Columns, Record
from adgen.catalogues.variants import Choice, is_offered, range_facts
from adgen.products.product import Fact

GROUP = "id,item_group_id,product,color,size,availability,attributes\n"


def ranges(name, *values, offered=True):
    choices = [Choice(str(n), ((name, value),), "", offered) for n, value in enumerate(values)]
    return [str(fact) for fact in range_facts(choices)]


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("Color", ["Red", "Blue", "red"], ["Color options: 2"]),
        ("Colour", ["Red / White", "Blue", "Sand"], ["Color options: 3"]),
        ("Color", ["Red", "RED"], []),  # one colour
        ("Color", ["Red", "Multicolor"], []),  # which are how many?
        ("Color", ["Red", "Striped"], []),
        ("Color", ["Red", ""], []),
        ("Size", ["L", "S", "M", "XL"], ["Sizes: S to XL"]),
        ("Size", ["M", "S"], ["Sizes: S and M"]),
        ("Size", ["Small", "Large", "Medium"], ["Sizes: Small to Large"]),
        ("Size", ["S", "M", "XL"], []),  # L is missing
        ("Size", ["S", "M", "One size"], []),
        ("Shoe size", ["6", "7", "6.5", "8"], ["Sizes: 6 to 8"]),
        ("Size", ["6", "8", "10"], []),
        ("Size", ["6", "7"], []),
        ("Size", ["500 ml", "1 l"], []),
        ("Scent", ["Rose", "Mint"], []),
    ],
)
def test_how_far_options_range(name, values, said):
    assert ranges(name, *values) == said


def test_only_what_can_be_bought_counts():
    assert ranges("Color", "Red", "Blue", offered=False) == []
    choices = [Choice("", (("Size", size),), "", size != "L") for size in ("S", "M", "L", "XL")]
    assert list(range_facts(choices)) == []
    choices.append(Choice("", (("Size", "L"),)))
    assert [fact.value for fact in range_facts(choices)] == ["S to XL"]


def test_options_that_not_every_variant_has_say_nothing():
    choices = [Choice("1", (("Color", "Red"), ("Size", "S"))), Choice("2", (("Color", "Blue"),))]
    assert [str(fact) for fact in range_facts(choices)] == ["Color options: 2"]


def test_what_the_seller_says_is_not_said_again():
    choices = [Choice("", (("Color", colour),)) for colour in ("Red", "Blue")]
    assert list(range_facts(choices, [Fact("Red, Blue", "Colors")])) == []


@pytest.mark.parametrize(
    ("cells", "offered"),
    [
        ({}, True),
        ({"availability": "in_stock"}, True),
        ({"availability": "out of stock"}, False),
        ({"Inventory": "OutOfStock"}, False),
        ({"In stock?": "0"}, False),
        ({"Published": "-1"}, False),
        ({"is_offered": "False"}, False),
        ({"quantity": "0"}, False),
        ({"Stock": "-2"}, False),
        ({"quantity": "12"}, True),
        # Shopify sells what it does not count, and what may be ordered beyond the stock.
        ({"Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "0"}, False),
        ({"Variant Inventory Tracker": "", "Variant Inventory Qty": "0"}, True),
        (
            {
                "Variant Inventory Tracker": "shopify",
                "Variant Inventory Qty": "0",
                "Variant Inventory Policy": "continue",
            },
            True,
        ),
    ],
)
def test_whether_a_variant_can_be_bought(cells, offered):
    assert is_offered(Record(Columns(cells), list(cells.values()), 1)) is offered


def test_a_group_says_what_all_its_rows_say_and_how_far_they_range(read):
    (hat,) = read(
        f"{GROUP}1,g,Hat,Red,S,in stock,Material: Wool; Lining: silk; warm; soft\n"
        "2,g,Hat,Blue,M,in stock,Material: Wool; Lining: fleece; soft\n"
        "3,g,Hat,Green,L,out of stock,Material: Wool; soft\n"
    )
    assert facts(hat) == ["soft", "Material: Wool", "Color options: 2", "Sizes: S and M"]
    assert [facts(one) for one in hat.variants] == [
        ["Color: Red", "Size: S", "Lining: silk"],
        ["Color: Blue", "Size: M", "Lining: fleece"],
        ["Color: Green", "Size: L"],
    ]
    assert [one.is_offered for one in hat.variants] == [True, True, False]


def test_facts_of_a_product_with_a_row_of_its_own_stay(read):
    (hat,) = read(
        f"{GROUP}g,,Hat,,,,warm; Made in: Norway\n1,g,Hat,Red,,,\n2,g,Hat,Blue,,,by hand\n"
    )
    assert facts(hat) == ["warm", "Made in: Norway", "Color options: 2"]


def test_a_feed_says_of_a_group_what_no_item_speaks_against(read):
    names = "id\titem_group_id\ttitle\tcolor\tlink\timage_link\tproduct_detail\tproduct_highlight\n"
    (hat,) = read(
        f'{names}1\tg\tHat\tRed\tl\ti\tMain:Lining:silk\t"Warm","Soft"\n'
        '2\tg\tHat\tBlue\tl\ti\tMain:Lining:fleece\t"Soft"\n3\tg\tHat\tGreen\tl\ti\t\t\n',
        "feed.txt",
    )
    assert facts(hat) == ["Soft", "Color options: 3"]


@pytest.mark.parametrize("flagged", ["status", "published"])
def test_of_a_product_in_doubt_nothing_is_counted(read, flagged):
    said = {"status": "draft", "published": "false"}[flagged]
    variants = [{"sku": "r", "attributes": "Color: Red"}, {"sku": "b", "attributes": "Color: Blue"}]
    row = {"id": "1", "product": "Hat", "variants": variants}
    (hat,) = read(json.dumps(row), "shop.jsonl")
    assert facts(hat) == ["Color options: 2"]
    (hat,) = read(json.dumps(row | {flagged: said}), "shop.jsonl")
    assert hat.flags and facts(hat) == []


def test_what_is_printed_is_read_again(read, capsys, tmp_path):
    from adgen.cli.main import main

    path = tmp_path / "hat.csv"
    path.write_text(f"{GROUP}1,g,Hat,Red,S,in stock,\n2,g,Hat,Blue,S,out of stock,\n")
    assert main(["products", str(path), "--json"]) == 0
    (hat,) = read(capsys.readouterr().out, "again.jsonl")
    assert facts(hat) == ["Size: S"]
    assert [one.is_offered for one in hat.variants] == [True, False]
