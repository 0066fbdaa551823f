"""Where facts stand behind a name."""

import pytest

from adgen.writing.order import CODE, LAST, VARIANT, WORDS, place_of


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Stainless Steel", WORDS),
        ("40-Hour Battery", WORDS),
        ("Dark Blue Strap", WORDS),
        ("3-in-1", WORDS),
        ("IP67", WORDS),
        ("Navy Blue/White", VARIANT),
        ("6-Pack", VARIANT),
        ("Size M", VARIANT),
        ("US Size 8.5", VARIANT),
        ("10 x 12 Inch", VARIANT),
        ("X-Large", VARIANT),
        ("AC-1200X", CODE),
        ("18-5003", CODE),
        ("Machine Wash Cold", LAST),
        ("Batteries Not Included", LAST),
    ],
)
def test_a_fact_has_a_place(text, place):
    assert place_of(text) == place


def test_a_key_tells_what_the_words_do_not():
    assert place_of("Kylo Ren") == WORDS
    assert place_of("Kylo Ren", "Color: Kylo Ren") == VARIANT
    assert place_of("Kylo Ren", "Colour Name: Kylo Ren") == VARIANT
    assert place_of("42", "MPN: 42") == LAST
    assert place_of("Tahoe", "Model name: Tahoe") == WORDS
