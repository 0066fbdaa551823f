"""Products that no ad can be written of, and words of promotion."""

import pytest

from adgen.products.checks import check_product
from adgen.products.product import Fact, Product, facts_of
from adgen.products.promotion import find_promotion


def product(**changes):
    return Product(**{"brand": "Acme", "name": "Yoga Mat", "facts": ("6 mm", "red")} | changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": " "}, r"name is empty; expected what the product is"),
        ({"name": "!!!"}, r"name is '!!!'; expected what the product is"),
        ({"name": "瑜伽垫"}, r"written in Cjk letters"),
        ({"facts": ("red", "для дома")}, r"written in Cyrillic letters"),
        ({"name": "Mat free shipping"}, r"says 'free shipping'"),
        ({"name": "Silicone Dildo"}, r"for adults \('dildo'\)"),
        (
            {"name": "Blue Yoga Mat", "facts": ("Color: red",)},
            r"name is 'Blue Yoga Mat' and the facts say Color: red",
        ),
        (
            {"facts": ("Color: red", "colour: blue")},
            r"The facts say colour: red and colour: blue",
        ),
        ({"facts": ("Waterproof", "waterproof: no")}, r"said to be 'Waterproof' and .*: no"),
    ],
)
def test_what_is_wrong_with_a_product_is_one_line(changes, message):
    with pytest.raises(ValueError, match=message) as caught:
        check_product(product(**changes))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"brand": ""},
        {"brand": "Häagen", "facts": ("10 µm", "Ø 5 mm", "½ inch")},
        {"facts": ("Color: red", "Color: Red")},
        {"facts": ("Feature: breathable", "Feature: washable")},
        {"facts": ("Height: 10 in", "Height: 25.4 cm")},
        {"facts": ("Impedance: 32 Ω", "10 μF", "α-hydroxy acid")},
        {"facts": ("Wheel: red", "Frame: blue")},
        {"name": "Navy Blue Mat", "facts": ("Color: blue",)},
        {"name": "Blue Mat", "facts": ("Trim: red",)},
    ],
)
def test_what_is_right(changes):
    check_product(product(**changes))


def test_products_for_adults_may_be_allowed():
    check_product(product(name="Silicone Dildo"), allow_adult=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("FREE SHIPPING on all", "FREE SHIPPING"),
        ("now 20% off", "20% off"),
        ("Best-Seller lamp", "Best-Seller"),
        ("see www.acme.com", "www.acme.com"),
        ("the #1 lamp", "#1"),
        ("now only $9.99", "$9.99"),
        ("Save 20% today", "Save 20%"),
        ("4.8 stars", "4.8 stars"),
        ("Clearance sofa", "Clearance"),
        ("Rating: 4 star", "4 star"),
        ("call 555-123-4567", "call 555-123-4567"),
    ],
)
def test_promotion_is_found(text, words):
    assert find_promotion(text) == words


@pytest.mark.parametrize(
    "text",
    [
        *("sailing shoes", "100% cotton", "dealer plate", "#10 screws"),
        *("80 mm Ground Clearance", "Clearance: CN", "C3 Clearance"),
        "Shackle clearance (v): 27 mm",
        *("BS EN1303, Kitemark 1 star", "4 Star Energy", "Energy: 4 star"),
    ],
)
def test_other_words_are_no_promotion(text):
    assert find_promotion(text) is None


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Colour: black", Fact("black", "Colour")),
        ("40 hours battery", Fact("40 hours battery")),
        ("16:9 screen", Fact("16:9 screen")),
        ("Ratio: 16:9", Fact("16:9", "Ratio")),
        (": black", Fact(": black")),
    ],
)
def test_facts_are_read(text, fact):
    assert Fact.of(text) == fact


def test_facts_may_be_texts_facts_or_a_mapping():
    expected = (Fact("red", "Color"), Fact("6 mm", "Thickness"))
    assert product(facts=facts_of("Color: red", "Thickness: 6 mm")).facts == expected
    assert product(facts={"Color": "red", "Thickness": "6 mm"}).facts == expected
