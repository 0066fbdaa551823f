"""Errors in the words of the page, from the library's own."""

import pytest

from adgen.catalogues.reading import read_products
from adgen.demo.messages import in_page_words


@pytest.mark.parametrize(
    ("table", "given", "message"),
    [
        ("it's new\nMug\n", None, "Name it under Columns: product=it's new."),
        ("Titel\nMug\n", "product=Tital", "Columns is product=Tital, and mine.csv has no"),
        ("Titel\nMug\n", "Titel", "Columns holds 'Titel'; expected FIELD=COLUMN"),
        ("Titel\nMug\n", "odd=Titel", "Columns names 'odd'; expected one of"),
        (
            "Campaign,Ad group,Headline 1,Final URL\nA,B,Mug,https://shop.example\n",
            None,
            "Give the shop's catalogue.",
        ),
    ],
)
def test_what_a_table_lacks_is_said_without_arguments_of_python(tmp_path, table, given, message):
    path = tmp_path / "mine.csv"
    path.write_text(table)
    with pytest.raises(ValueError) as caught:
        read_products(path, map=given)
    said = in_page_words(str(caught.value))
    assert message in said and "map" not in said and 'format "plain"' not in said


def test_a_vendor_that_is_taken_for_the_shop_names_no_argument(tmp_path):
    head = "Handle,Title,Vendor,Option1 Name,Option1 Value,Variant SKU\n"
    rows = "".join(f"mug-{n},Mug {n},My Shop,Title,Default Title,S{n}\n" for n in range(6))
    path = tmp_path / "mine.csv"
    path.write_text(head + rows)
    notes = read_products(path).notes
    assert any("vendor_is_brand" in note for note in notes)
    assert not any("vendor_is_brand" in in_page_words(note) for note in notes)
