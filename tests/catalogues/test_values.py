"""Values that are no text: one rule for JSON, Parquet, workbooks and text; nothing made up."""

import io
import json
import time

import openpyxl
import pyarrow as pa
import pytest
from made_catalogues import facts
from pyarrow import parquet

from adgen.catalogues.facts import fact_of, packed_pairs
from adgen.catalogues.values import cell_of, said, texts_in
from adgen.writing.casing import Casing
from adgen.writing.forms import fact_forms


def as_jsonl(rows):
    return "".join(json.dumps(row) + "\n" for row in rows), "shop.jsonl"


def as_csv(rows):
    names = list(rows[0])
    lines = [names, *([str(row[name]) for name in names] for row in rows)]
    return "".join(";".join(cells) + "\n" for cells in lines), "shop.csv"


def as_parquet(rows):
    file = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows), file)
    return file.getvalue(), "shop.parquet"


def as_workbook(rows):
    book = openpyxl.Workbook()
    for cells in (list(rows[0]), *(list(row.values()) for row in rows)):
        book.active.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue(), "shop.xlsx"


@pytest.mark.parametrize("written", [as_jsonl, as_csv, as_parquet, as_workbook])
def test_true_false_and_numbers_are_one_thing_in_every_file(read, written):
    rows = [
        {"id": 1, "product": True, "brand": "Fjell", "capacity": 350.0},
        {"id": 2, "product": False, "brand": "Fjell", "capacity": 12.5},
    ]
    found = read(*written(rows))
    assert [one.name for one in found] == ["", ""]
    reasons = [flag.partition(":")[0] for one in found for flag in one.flags]
    assert reasons == ["name is no text"] * 2
    assert [fact.partition(".0")[0] for one in found for fact in facts(one)] == [
        "Capacity: 350",
        "Capacity: 12.5",
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ({"en": "Mug"}, "an object"),
        (["Mug", "Cup"], "a list of 2"),
        ([["Mug"]], "a list"),
        (42, "'42'"),
        ("4711", "'4711'"),
        ("[1, 2]", "a list"),
    ],
)
def test_a_name_that_is_no_text_is_flagged_with_what_it_is(read, name, kind):
    (one,) = read(*as_jsonl([{"product": name, "brand": "Fjell"}]))
    assert one.flags == (f"name is no text: it is {kind}",)


@pytest.mark.parametrize(
    ("cell", "brand"),
    [
        ("Fjell", "Fjell"),
        ({"@type": "Brand", "name": "Fjell"}, "Fjell"),
        (["Fjell"], "Fjell"),
        (1883, "1883"),
        (None, ""),
    ],
)
def test_brands_that_are_written_another_way(read, cell, brand):
    (one,) = read(*as_jsonl([{"product": "Mug", "brand": cell}]))
    assert (one.brand, one.flags) == (brand, ())


@pytest.mark.parametrize("cell", [True, {"id": 7}, ["Fjell", "Acme"]])
def test_a_brand_that_is_no_text_is_flagged(read, cell):
    (one,) = read(*as_jsonl([{"product": "Mug", "brand": cell}]))
    assert one.brand == "" and one.flags[0].startswith("brand is no text: it is ")


def test_lists_of_texts_are_lines_of_a_description_and_paths_of_categories(read):
    row = {
        "product": "Mug",
        "description": ["Holds tea.", "Or milk."],
        "category": ["Home", "Mugs"],
    }
    (one,) = read(*as_jsonl([row]))
    assert (one.description, one.category, one.flags) == ("Holds tea.\nOr milk.", "Mugs", ())
    (one,) = read(*as_jsonl([{"product": "Mug", "description": {"html": "<p>Tea</p>"}}]))
    assert (one.description, one.flags) == ("", ("description is no text: it is an object",))


def test_attributes_of_every_type(read):
    attributes = {
        "dishwasher safe": True,
        "microwave safe": False,
        "handles": 2,
        "wall": 4.0,
        "weight": {"value": 3, "unit": "kg"},
        "glaze": {"name": "matt", "hex": "#333"},
        "made in": None,
        "parts": ["lid", None, "spoon"],
        "size": {"height": 9, "width": None},
    }
    (one,) = read(*as_jsonl([{"product": "Mug", "color": True, "attributes": attributes}]))
    assert facts(one) == [
        "Dishwasher safe: Yes",
        "Handles: 2",
        "Wall: 4",
        "Weight: 3 kg",
        "Glaze: matt",
        "Parts: lid, spoon",
        "Height: 9",
    ]


def test_a_map_of_parquet_is_attributes(read):
    kind = pa.map_(pa.string(), pa.string())
    table = pa.table(
        {"product": ["Mug"], "attributes": pa.array([[("color", "red"), ("glaze", None)]], kind)}
    )
    file = io.BytesIO()
    parquet.write_table(table, file)
    (one,) = read(file.getvalue(), "shop.parquet")
    assert facts(one) == ["Color: red"]


def test_what_is_so_is_said_by_its_key_as_the_writer_knows_it():
    for written in ("Yes", "yes", "TRUE", "true"):
        fact = fact_of("dishwasher safe", written)
        assert fact_forms(fact, Casing({})) == ("Dishwasher Safe",)
    for written in ("No", "FALSE", "false"):
        assert fact_of("dishwasher safe", written) is None


@pytest.mark.parametrize(
    ("key", "value"),
    [("Handle Material", "walnut"), ("Waterproof Rating", "10,000 mm"), ("IP rating", "IP67")],
)
def test_a_part_or_a_measure_that_is_called_as_something_of_the_shop_is_a_fact(key, value):
    assert fact_of(key, value).value == value


@pytest.mark.parametrize(
    "key", ["Handle", "Product Handle", "Rating", "Average rating", "Rating count", "Seller Rating"]
)
def test_the_shop_s_handle_and_stars_are_no_facts(key):
    assert fact_of(key, "4.8") is None


@pytest.mark.parametrize("key", ["", "Color", "Size", "Show size chart", "Enable preorder"])
def test_yes_is_no_fact_of_what_has_a_value_or_is_a_switch_of_the_shop(key):
    assert fact_of(key, "true") is None


def test_keys_and_values_in_objects():
    cell = (
        '[{"name": "Color", "value": "Red"}, {"name": "Weight", "value": null}, {"a": [1, null]}]'
    )
    assert [pair for pair in packed_pairs(cell) if pair[1]] == [("Color", "Red"), ("a", "1")]


def test_variants_of_every_type(read):
    variants = [
        {"sku": 1, "attributes": {"Lid": True}},
        {"sku": None, "attributes": {"Lid": False}},
    ]
    (one,) = read(*as_jsonl([{"id": 7, "product": "Mug", "variants": variants}]))
    assert [(v.id, facts(v)) for v in one.variants] == [("1", ["Lid: Yes"]), ("", ["Lid: No"])]


def test_numbers_of_thousands_of_digits_are_no_facts_and_take_no_time(read):
    long = "9" * 200_000
    text = (
        f'{{"product": "Mug", "id": {long}, "capacity": {long}, "attributes": {{"a": [{long}]}}}}\n'
    )
    start = time.process_time()
    (one,) = read(text, "shop.jsonl")
    assert (one.id, facts(one)) == (long, [])
    (one,) = read(f"product,capacity\nMug,{long}\n")
    assert facts(one) == []
    assert fact_of("Capacity", "1" * 20) is None and fact_of("Capacity", "350 ml")
    assert time.process_time() - start < 2


def test_what_values_say():
    assert [cell_of(one) for one in (2.0, float("inf"), float("nan"), b"Mug", [], {})] == [
        "2",
        "",
        "",
        "Mug",
        "",
        "",
    ]
    assert said({"value": {"deep": 1}}) == "" and said([1, [2, True]]) == "1, 2, Yes"
    assert texts_in("") == ([], "") and texts_in("[New] Mug") == (["[New] Mug"], "")
