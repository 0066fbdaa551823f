import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.products.brands import Brand, Brands, load_brands
from adgen.products.names import Names
from adgen.products.parsing import parse_title
from adgen.products.words import split_words

KINDS = {
    "measure",
    "count",
    "colour",
    "material",
    "model",
    "compatibility",
    "audience",
    "use",
    "feature",
}
# What joins and is no fact.
JOINTS_TEXT = """
and or n w with for by compatible fits works includes including featuring x the a an of in on to
from at your our its is as this that only und replaces s color colors colour model no size sku style
more inc llc ltd corp gmbh made set
"""
JOINTS = set(JOINTS_TEXT.split())
# Title, brand, name, facts by kind.
TITLES = [
    (
        "Sony Bluetooth Headphones with Carry Case, 40 Hours Battery, Black",
        "Sony",
        "Bluetooth Headphones",
        [("feature", "Carry Case"), ("measure", "40 Hours Battery"), ("colour", "Black")],
    ),
    (
        "Nike Men's Lightweight Running Shoes, Navy Blue/White, Size 11",
        "Nike",
        "Running Shoes",
        [
            ("audience", "Men's"),
            ("feature", "Lightweight"),
            ("colour", "Navy Blue/White"),
            ("measure", "Size 11"),
        ],
    ),
    (
        "Bosch GWS-2200X Wall Mount Bracket for Home Office (Pack of 3)",
        "Bosch",
        "Wall Mount Bracket",
        [("model", "GWS-2200X"), ("use", "for Home Office"), ("count", "Pack of 3")],
    ),
    (
        "Klein Tools 20 x 30 cm Stainless Steel Tool Box, 12-Pack",
        "Klein Tools",
        "Tool Box",
        [("measure", "20 x 30 cm"), ("material", "Stainless Steel"), ("count", "12-Pack")],
    ),
    (
        "Leather Phone Case for iPhone 12, 11, XR - Rose Gold",
        "",
        "Phone Case",
        [
            ("material", "Leather"),
            ("compatibility", "for iPhone 12, 11, XR"),
            ("colour", "Rose Gold"),
        ],
    ),
    (
        "Water Filters Compatible with Keurig 2.0 Brewers",
        "",
        "Water Filters",
        [("compatibility", "Compatible with Keurig 2.0 Brewers")],
    ),
    (
        "14k Yellow Gold Stud Earrings for Women and Girls",
        "",
        "Stud Earrings",
        [("material", "14k Yellow Gold"), ("audience", "for Women and Girls")],
    ),
    (
        "925 Sterling Silver Pendant Necklace 18 Inch",
        "",
        "Pendant Necklace",
        [("material", "925 Sterling Silver"), ("measure", "18 Inch")],
    ),
    (
        "Dansko Women's Lace Up Ankle Boot, 9.5 B(M) US",
        "Dansko",
        "Ankle Boot",
        [("audience", "Women's"), ("feature", "Lace Up"), ("measure", "9.5 B(M) US")],
    ),
    (
        "Toggle Switch 12V 20A w/ LED Indicator, Works with Alexa",
        "",
        "Toggle Switch",
        [
            ("measure", "12V"),
            ("measure", "20A"),
            ("feature", "LED Indicator"),
            ("compatibility", "Works with Alexa"),
        ],
    ),
    (
        "Gift Wrap Ribbon for Birthday, Wedding, Christmas, 10 Yards",
        "",
        "Gift Wrap Ribbon",
        [
            ("use", "for Birthday, Wedding, Christmas"),
            ("measure", "10 Yards"),
        ],
    ),
    (
        'Set of 4 Brushed Nickel Table Lamp, 27" Tall',
        "",
        "Table Lamp",
        [("count", "Set of 4"), ("colour", "Brushed Nickel"), ("measure", '27" Tall')],
    ),
]


@pytest.mark.parametrize(("title", "brand", "name", "facts"), TITLES, ids=[t[0] for t in TITLES])
def test_a_title_is_parsed(title, brand, name, facts):
    parsed = parse_title(title)
    assert (parsed.brand, parsed.name) == (brand, name)
    assert [(fact.kind, fact.text) for fact in parsed.facts] == facts
    assert parsed.has_known_name


def test_a_brand_that_no_list_has_is_seen_by_its_unknown_word():
    assert parse_title("ZORBLAX Wireless Mouse, Black").brand == "ZORBLAX"
    assert parse_title("Zorblax Men's Rain Jacket").brand == "Zorblax"
    assert parse_title("Genova Products Inc 70330 Pipe Adapter").brand == "Genova Products Inc"
    assert parse_title("Robert Graham Men's Black Denim").brand == "Robert Graham"
    assert parse_title("Wireless Mouse by Zorblax").brand == "Zorblax"


@pytest.mark.parametrize(
    "title", ["Black Leather Belt", "Women's Rain Jacket", "Set of 3 Candles", "2 Pack Socks"]
)
def test_colours_audiences_and_counts_are_no_brands(title):
    assert parse_title(title).brand == ""


def test_a_name_that_is_not_known_is_said_to_be_a_guess():
    parsed = parse_title("Zorblax Quibbly Frobnicator, Red")
    assert (parsed.brand, parsed.name, parsed.has_known_name) == (
        "Zorblax",
        "Quibbly Frobnicator",
        False,
    )


def test_own_brands_and_names_are_taken():
    brands = Brands((Brand("Blue Moon", is_distinct=True),))
    names = Names(frozenset({"frobnicator"}))
    parsed = parse_title("Blue Moon Frobnicator", brands, names)
    assert (parsed.brand, parsed.name, parsed.facts) == ("Blue Moon", "Frobnicator", ())


@pytest.mark.parametrize("title", ["", " ", "-", ",,,", "for", "with", "12", "(", "For", "by", "&"])
def test_titles_of_nothing_have_no_facts_of_joints(title):
    assert all(re.search(r"[^\W_]", fact.text) for fact in parse_title(title).facts)


def test_a_model_number_is_no_measure():
    [model] = [fact for fact in parse_title("Acme Q-4100L-ZT Wire Basket").facts][:1]
    assert (model.kind, model.text) == ("model", "Q-4100L-ZT")


@pytest.mark.parametrize("title", ["Genuine Bosch Drill", "Bosch Drill", "Men's Bosch Drill"])
def test_the_brand_may_stand_behind_what_is_none(title):
    assert parse_title(title).brand == "Bosch"


def test_a_company_belongs_to_its_brand():
    assert parse_title("Acme Industries AB-1200 Water Filter").brand == "Acme Industries"


@pytest.mark.parametrize(
    "title",
    [
        "Bosch Tool Box with Lunch Bag & More",
        "Bosch, Inc. Tool Box, Lunch Bag and More",
        "Bosch O. Tool Box, Lunch Bag, More",
    ],
)
def test_what_is_left_of_a_firm_or_a_list_is_no_fact(title):
    assert [fact.text for fact in parse_title(title).facts] == ["Lunch Bag"]


def test_plain_numbers_stay_with_their_words():
    texts = [fact.text for fact in parse_title("Tool Box, Black 2 Outlets 3 USB Ports").facts]
    assert not {"2", "3"} & set(texts)


def test_what_a_colour_or_model_is_called_by_is_no_fact():
    parsed = parse_title("Tool Box (Model: AC-1200X), Color: Red, Size: Small")
    texts = [(fact.kind, fact.text) for fact in parsed.facts]
    assert texts == [("model", "AC-1200X"), ("colour", "Red"), ("measure", "Size: Small")]


@pytest.mark.parametrize(
    ("title", "kind", "text"),
    [
        ("Solid Black Tool Box", "colour", "Solid Black"),
        ("Genuine Black Leather Tool Box", "material", "Genuine Black Leather"),
        ("Sterling Silver Tool Box", "material", "Sterling Silver"),
        ("18k Rose Gold Plated Tool Box", "material", "18k Rose Gold Plated"),
        ("Rose Gold Tool Box", "colour", "Rose Gold"),
        ("Gold Plated Tool Box", "material", "Gold Plated"),
        ("Polished Chrome Tool Box", "colour", "Polished Chrome"),
        ("100% Cotton Tool Box", "material", "100% Cotton"),
        ("Tool Box,9 M US", "measure", "9 M US"),
        ("Tool Box, SPF 50+", "measure", "SPF 50+"),
        ("Tool Box, 15-20mmHg", "measure", "15-20mmHg"),
        ("Tool Box, S-3XL", "measure", "S-3XL"),
        ("Tool Box, X Large", "measure", "X Large"),
        ("Tool Box, 5' x 100'", "measure", "5' x 100'"),
        ("Tool Box 47-03-1200", "model", "47-03-1200"),
        ("Tool Box, 3-Outlet", "feature", "3-Outlet"),
        ("Tool Box, 1080P", "feature", "1080P"),
        ("Tool Box for Big Dogs", "audience", "for Big Dogs"),
        ("Tool Box for Girls Women", "audience", "for Girls Women"),
        ("Tool Box, Mixed Colors", "colour", "Mixed Colors"),
        ("Tool Box, Gym Red/Sail Blue", "colour", "Gym Red/Sail Blue"),
        ("Tool Box, Extra Large", "measure", "Extra Large"),
    ],
)
def test_kinds_of_facts(title, kind, text):
    assert [(fact.kind, fact.text) for fact in parse_title(title).facts] == [(kind, text)]


def test_a_colour_behind_an_alloy_is_a_fact_of_its_own():
    facts = parse_title("14k Yellow Gold Blue Stud Earrings").facts
    assert [(fact.kind, fact.text) for fact in facts] == [
        ("material", "14k Yellow Gold"),
        ("colour", "Blue"),
    ]


@pytest.mark.parametrize(
    ("title", "texts"),
    [
        ("Acme Tool Box Leather Strap", ["Leather Strap"]),
        ("Acme Tool Box Black Oxide, 5 lb", ["Black Oxide", "5 lb"]),
        (
            "Acme Tool Box, Denim Skirt Summer Beach Handbag Foldable Red",
            ["Denim Skirt", "Summer Beach Handbag", "Foldable", "Red"],
        ),
        # How the product is, not what is of it:
        ("Acme Cotton Thin Tool Box", ["Cotton", "Thin"]),
        ("Acme Tool Box Cotton Set", ["Cotton"]),
        ("Acme Leather Tool Box", ["Leather"]),
    ],
)
def test_a_part_stays_with_its_colour_or_material(title, texts):
    assert [fact.text for fact in parse_title(title).facts] == texts


def test_words_with_particles_are_no_names_and_stay_whole():
    parsed = parse_title("Acme Women's Pointed Toe Slip On Ballet Flats")
    assert parsed.name == "Ballet Flats"
    assert ("feature", "Pointed Toe Slip On") in [fact[:2] for fact in parsed.facts]


def test_use_with_is_compatibility():
    [fact] = parse_title("Mounting Strap, for Use with Acme Raceway").facts
    assert (fact.kind, fact.text) == ("compatibility", "for Use with Acme Raceway")
    [fact] = parse_title("Nail Tips for Daily Use").facts
    assert (fact.kind, fact.text) == ("use", "for Daily Use")


PIECES = [
    "Sony", "Zorblax", "Women's", "for", "with", "and", "by", "/", ",", "-", "(", ")", "|", "12",
    "3 Pack", "20 x 30 cm", "Black", "Navy", "Stainless", "Steel", "Phone", "Case", "iPhone 12",
    "AC-1200X", "Waterproof", "the", "of", "Compatible", "Size 8", '18"', "100%", "Cotton", "2019",
    "&", "w/", "Large", "M", "Color", "Fits", "Works", "Dogs", "é", "™", "'", "long", "...",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join) | st.text(max_size=60))
def test_spans_are_exact_apart_and_hold_every_word(title):
    parsed = parse_title(title)
    end = 0
    rest = title
    for fact in parsed.facts:
        assert fact.kind in KINDS
        assert title[fact.start : fact.end] == fact.text
        assert fact.start >= end
        end = fact.end
        rest = rest[: fact.start] + " " * len(fact.text) + rest[fact.end :]
    # Either may hold the other's words: "Moon" and "Blue Moon".
    both = [
        rest.replace(one, " ", 1).replace(other, " ", 1)
        for one, other in ((parsed.name, parsed.brand), (parsed.brand, parsed.name))
        if other in rest.replace(one, " ", 1) and one in rest
    ]
    assert both
    rest = both[0]
    left = {word.lower().strip(".'’") for word in split_words(rest)} - {"&", ""}
    assert {word for word in left if len(word) > 1} <= JOINTS


def test_the_shipped_brands_have_no_ordinary_words_among_the_distinct():
    distinct = {brand.name.lower() for brand in load_brands().known if brand.is_distinct}
    ordinary = """
    black white steel leather women's men's set pack new vintage classic cotton gold silver small
    large portable wireless waterproof kitchen home dog cat baby christmas gift handmade genuine
    red blue personalized replacement custom fashion jewelry watch case bag premium professional
    """
    assert not distinct & set(ordinary.split())
    assert {"nike", "sony", "samsung", "honda", "under armour", "calvin klein"} <= distinct
