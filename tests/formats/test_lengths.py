"""Lengths as platforms count them; every figure is counted by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.formats.lengths import UNITS, fitting_chars, length_of, shown_text


@pytest.mark.parametrize(
    ("text", "unit", "length"),
    [
        ("Oak Table", "characters", 9),
        ("Cafe\u0301", "characters", 4),  # an accent of its own is a letter with an accent
        ("靴 A", "width", 4),
        ("ｶﾒﾗ", "width", 3),  # narrow
        ("カメラ", "width", 6),
        ("Ａ", "width", 2),  # full width
        ("😀", "width", 2),
        ("é靴", "bytes", 5),
        ("Oak", "weighted", 3),
        ("靴", "weighted", 2),
        ("é", "weighted", 1),
        ("see https://acme.example/a-very-long-way-to-a-page now", "weighted", 4 + 23 + 4),
        ("👨‍👩‍👧", "weighted", 2),  # one picture of three, and two joiners
        ("👍🏽", "weighted", 2),
        ("“Oak”", "weighted", 5),
    ],
)
def test_length(text, unit, length):
    assert length_of(text, unit) == length


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Buy {KeyWord:Oak Desks} Now", "Buy Oak Desks Now"),
        ("{keyword:Oak}{KEYWORD:Ash}", "OakAsh"),
        ("{Param2:9.99} in {LOCATION(City):Rome}", "9.99 in Rome"),
        ("{Sale} {KeyWord:Oak", "{Sale} {KeyWord:Oak"),
    ],
)
def test_an_insertion_counts_as_its_default(text, shown):
    found, places = shown_text(text)
    assert found == shown
    assert "".join(text[place] for place in places) == shown


@given(st.text(), st.sampled_from(UNITS), st.integers(0, 20))
def test_what_fits_is_the_longest_beginning(text, unit, limit):
    num = fitting_chars(text, limit, unit)
    assert length_of(text[:num], unit) <= limit or num == 0
