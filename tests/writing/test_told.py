import pytest

from adgen.products.product import Product
from adgen.writing.casing import Casing
from adgen.writing.headlines import alike, headlines_of
from adgen.writing.pieces import pieces_of
from adgen.writing.sentences import sentences_of
from adgen.writing.told import names_of, told_of

MAT = Product(brand="Acme", name="yoga mat", facts=("6 mm thick", "Color: black", "for home"))


def told(product=MAT):
    return told_of(pieces_of(product, Casing({})))


def room(max_chars):
    return lambda text: len(text) <= max_chars


@pytest.mark.parametrize(
    ("name", "shorter"),
    [
        ("Light Red Running Shoes with Lights", ["Light Red Running Shoes", "Running Shoes"]),
        ("Faux Leather Jacket", []),
        ("Toy Dump Truck", []),
        ("USB-C to Lightning Cable", []),
        ("Remote Control Compatible with Smart TV", ["Remote Control"]),
        ("Women's Red Running Shoes", ["Women's Running Shoes"]),
        ("Bris Table Lamp Dark Green", ["Bris Table Lamp", "Table Lamp"]),
        ("Running Shoes", []),
        ("Case for Phones", ["Case"]),
        ("Grinch and Max", []),
    ],
)
def test_a_shorter_name_is_still_true(name, shorter):
    assert list(names_of(name)) == [name, *shorter]


def test_what_is_said_is_told_apart():
    found = told()
    assert (found.brand, found.names) == ("Acme", ("Yoga Mat",))
    assert found.things == ["Acme Yoga Mat", "Yoga Mat"]
    assert [piece.source for piece in found.facts] == ["6 mm thick", "Color: black", "for home"]


def test_headlines_have_room_and_say_what_the_facts_say():
    groups = headlines_of(told(), room(30), keywords=["Gym Mat"])
    of_keywords, names, facts, pairs, calls = groups
    assert all(len(text) <= 30 for group in groups for text in group)
    assert names == ["Acme Yoga Mat", "Yoga Mat"]
    assert {"Black Yoga Mat", "Yoga Mat for Home", "6mm Thick Yoga Mat"} <= set(facts)
    assert "6mm Thick, Black" in pairs
    assert "Shop the Acme Yoga Mat" in calls
    assert {"Gym Mat", "Acme Gym Mat"} <= set(of_keywords)


@pytest.mark.parametrize("fact", ["black", "6 mm", "SKU 4711-A", "Made in Spain"])
def test_what_says_nothing_alone_does_not_stand_alone(fact):
    facts = headlines_of(told(Product(name="yoga mat", facts=(fact,))), room(30))[2]
    assert all("Yoga Mat" in text for text in facts)


def test_headlines_are_alike_where_only_their_order_differs():
    assert alike("Black Yoga Mat") == alike("Yoga Mat in black") != alike("Red Yoga Mat")
    assert alike("Women's Shoes") == alike("Shoes for Women")


def test_sentences_end_have_room_and_begin_with_other_facts():
    assert sentences_of(told(), room(60))[0][0].startswith("Acme Yoga Mat")
    found, again = sentences_of(told(), room(60), has_first=True)
    assert not set(found) & set(again)
    assert found[0].startswith("Discover the Acme Yoga Mat")
    assert all(len(text) <= 60 and text.endswith(".") for text in found)
    assert "Discover the Acme Yoga Mat for Home: 6mm Thick, Black." in found
    assert len(found) > 2
    assert len({*found, *again}) > 4


def test_where_nothing_has_room_nothing_is_said():
    assert sentences_of(told(), room(5)) == ([], [])
    assert not any(headlines_of(told(), room(3)))


def test_no_headline_has_a_material_that_is_read_with_the_name():
    found = told(Product(name="white yoga mat", facts=("Material: cork", "non slip")))
    texts = [text for group in headlines_of(found, room(40)) for text in group]
    assert "White Yoga Mat, Cork" in texts
    assert "Cork Yoga Mat" in texts
    assert not any("Cork White" in text for text in texts)
