"""What a text claims: inventions found, facts found again, in whatever form."""

import pytest

from adgen.products.brands import Brand, Brands
from adgen.products.claims import (
    invented_brands,
    invented_colours,
    invented_numbers,
    is_kept,
    kept_share,
)
from adgen.products.product import Fact, Product, facts_of

LAMP = Product(
    brand="Acme",
    name="desk lamp AB-12",
    facts=facts_of("40 hours battery", "Color: black", "quantity: 3", "height: 1/2 ft"),
)


@pytest.mark.parametrize(
    ("text", "invented"),
    [
        ("Acme Desk Lamp AB-12, 40-Hour Battery, 3-Pack, 1/2 Foot", []),
        ("Acme Desk Lamp AB12", []),
        ("Lamp, 40 Watts", ["40 Watts"]),
        ("Lamp, 41 hrs", ["41 hrs"]),
        ("Lamp AB-13, 2023", ["AB-13", "2023"]),
        ("Lamp, Pack of 4", ["Pack of 4"]),
        ("Lamp, 3 inch", ["3 inch"]),
    ],
)
def test_numbers_that_the_product_lacks(text, invented):
    assert invented_numbers(text, LAMP) == invented


def test_a_unit_may_stand_in_another_fact_than_its_number():
    pills = Product(name="Vitamin C", facts=facts_of("Net content: 100 Ct", "Item form: Tablets"))
    assert invented_numbers("Vitamin C, 100 Tablets", pills) == []
    assert invented_numbers("Vitamin C, 100 Capsules", pills) == ["100 Capsules"]
    assert invented_numbers("Vitamin C, 120 Tablets", pills) == ["120 Tablets"]
    disk = Product(name="Disk", facts=facts_of("Rotational Speed: 7200", "Ports: 2"))
    assert invented_numbers("Disk, 7200 RPM", disk) == []
    assert invented_numbers("Disk, 7200 W", disk) == ["7200 W"]


def test_brands_that_the_product_lacks():
    brands = Brands((Brand("Sony", True), Brand("New Balance", True), Brand("Champion", False)))
    assert invented_brands("Acme Sony Champion", LAMP, brands) == ["Sony"]
    assert invented_brands("for New Balance", LAMP, brands) == ["New Balance"]
    own = Product(brand="Oral-B", name="Toothbrush")
    assert invented_brands("Oral-B Pro", own, Brands((Brand("Oral-B", True),))) == []
    fitting = Product(name="Cable", facts=facts_of("compatible with: Sony TV"))
    assert invented_brands("Cable for Sony", fitting, brands) == []


def test_colours_that_the_product_lacks():
    assert invented_colours("Lamp, Black and Red", LAMP) == ["red"]


@pytest.mark.parametrize(
    ("fact", "text", "kept"),
    [
        ("40 hours battery", "40-Hour Battery", True),
        ("40 hours battery", "40-Hour Lamp", False),
        ("40 hours battery", "4 Hour Battery", False),
        ("gender: women", "Women's Boots", True),
        ("gender: female", "Boots for Women", True),
        ("noise cancelling", "Noise-Cancelling Headphones", True),
        ("Material: leather", "Feather", False),
        ("LC27-F591", "Monitor LC27F591", True),
        ("black and red", "Red, Black", True),
        # Numbers stand whole.
        ("Quantity: 2", "Router, 2.4 GHz", False),
        ("Size: 10", "boots 10,000 lumens", False),
        ("Size: 10", "Size 100", False),
        ("Size: 10", "Size UK10", True),
        ("Size: 8.5", "US Size 8.5", True),
        ("Size: 8.5", "Size 85", False),
        ("Pieces: 1000", "1,000-Piece Puzzle", True),
        ("Pieces: 000", "1,000-Piece Puzzle", False),
        ("Items: 4.0", "4 Mugs", True),
        ("Rating: 2,5 or more", "2,5 or More", True),
        ("1080p", "Camera, 1080P", True),
        # What is denied is not said.
        ("waterproof", "Boots, not waterproof", False),
        ("waterproof", "Boots, Non-Waterproof", False),
        ("cotton", "Socks, Cotton Free", False),
        ("Contains: gluten", "Gluten-Free Bread", False),
        ("gluten free", "Gluten-Free Bread", True),
        ("no radio", "Speaker, No Radio", True),
        ("waterproof", "Waterproof Boots, Not for Diving", True),
        ("Material: oak", "Oak Free Standing Shelf", True),
        # The least and the most.
        ("Max wattage: 60 W", "Lamp, 60 W", False),
        ("Max wattage: 60 W", "Lamp, up to 60W", True),
        ("Min temperature: -5 °C", "Cooler, -5°C Temperature", False),
        ("Min temperature: -5 °C", "Cooler, -5°C Min Temperature", True),
        ("Maximum weight: 110 lb", "Chair, 110 lb Weight Capacity", True),
        ("Max. capacity: 2 l", "Kettle, 2 l", True),
        ("Minimum age: 3 years", "Toy for Ages 3 Years and Up", True),
    ],
)
def test_facts_are_found_in_their_forms(fact, text, kept):
    assert is_kept(Fact.of(fact), text) is kept


def test_shares_are_counted():
    assert kept_share(facts_of("red", "led", "6 mm"), "Red Lamp 6mm") == (2, 3)


def test_a_number_at_the_end_of_a_brand_is_no_measure_with_what_follows():
    cream = Product(brand="Sulfur 8", name="light cream")
    assert invented_numbers("Sulfur 8 Light Cream", cream) == []
    assert invented_numbers("Sulfur 8 Light Cream, 8 Lights", cream) == ["8 Lights"]
