"""Numbers with units: what is one, which are equal, and in which forms they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.products.measures import find_measures, forms_of, plain_number
from adgen.products.units import UNITS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hose 50ft, 1/2 in, Pack of 2", ["50 feet", "1/2 inches", "2 pack"]),
        ("4/Pack, 2 pairs/pack", ["4 pack", "2 pairs"]),
        ("4711-A, 15A, 60 Nm, 650 nm", ["15 amps", "650nm"]),
        ('frame 8" x 10"', ["8 x 10 inches"]),
        ('art 24"x36"', ["24 x 36 inches"]),
        ("rug 10ftx12ft, 2 inxes", ["10 x 12 feet"]),
        ("rug 10ft x 12ft", ["10 x 12 feet"]),
        ("for 28-55 inch TVs", ["28 - 55 inches"]),
        ("1,000 mAh", ["1000mAh"]),
        ("5V/2A charger", ["5 volts", "2 amps"]),
        ("3 1/4 inch", ["3-1/4 inches"]),
        ("1080p 4K TV, 5000K bulb", ["5000K"]),
        ("Caster Set of 4,Polyurethane", ["set of 4"]),
        ("8.1999999999999993 lbs", ["8.2 pounds"]),
        ("6' cable, boys' 8'x10' rug", ["6 feet", "8 x 10 feet"]),
        ("strap 3\" x 30'", ["3 inches x 30 feet"]),
        ("12inch x 3Feet", ["12 inches x 3 feet"]),
    ],
)
def test_measures_are_found_in_normal_form(text, expected):
    assert [measure.normal_form for measure in find_measures(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "3M tape",
        "5W-30 oil",
        "size 8 M US",
        "2 in 1",
        "A4",
        "V2.5",
        "x10",
        "HYSJ18-2G",
        "10G cable",
        "12inch x 3Feet x 4",
        "802.11g",
        "060340-2950A",
    ],
)
def test_what_looks_like_a_measure_and_is_none(text):
    assert find_measures(text) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("40-Hour Battery", "battery: 40 hrs"),
        ("6mm Thick", "thickness 6 mm"),
        ("Pack of 3", "3-Pack"),
        ("8x10 inch", '8" x 10"'),
        ("2.50 lbs", "2.5 Pound"),
        ("Sets of 3", "set of 3"),
    ],
)
def test_forms_of_one_measure_are_equal(one, other):
    (first,), (second,) = find_measures(one), find_measures(other)
    assert first.normal_form == second.normal_form


@given(st.integers(1, 99_999), st.sampled_from(sorted(set(UNITS) - {"kelvin"})))
def test_every_written_form_is_read_as_the_same_measure(number, unit):
    form = UNITS[unit].written[0].format(number)
    (measure,) = find_measures(form)
    for written in forms_of(measure):
        assert [found.normal_form for found in find_measures(written)] == [measure.normal_form]


_WORDS = st.sampled_from(
    [
        "pack",
        "packs",
        "set",
        "sets",
        "box",
        "boxes",
        "bag",
        "bags",
        "pair",
        "pairs",
        "roll",
        "rolls",
        "bottle",
        "bottles",
    ]
)


@given(_WORDS, st.integers(1, 99_999), st.sampled_from((str.lower, str.upper, str.title)))
def test_what_is_counted_by_of_is_read_whatever_its_number_and_case(word, number, case):
    (measure,) = find_measures(case(f"{word} of {number:,}"))
    assert measure.numbers == (str(number),)
    assert measure.unit in UNITS and measure.unit.rstrip("es") in word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,000.50", "1000.5"),
        (".5", "0.5"),
        ("007", "7"),
        ("1 1/2", "1-1/2"),
        ("0", "0"),
        ("0.000000000000012", "0.000000000000012"),
    ],
)
def test_numbers_in_normal_form(text, expected):
    assert plain_number(text) == expected
