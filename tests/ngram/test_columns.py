"""Columns of numbers: what goes in comes out, and codes worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.ngram.columns import (
    from_share_codes,
    from_single_codes,
    from_weight_codes,
    join_by_class,
    pack,
    pack_by_class,
    share_codes,
    single_codes,
    unpack,
    weight_codes,
)

numbers_of_all_sizes = st.integers(0, 300) | st.integers(0, 2**32 - 1)


@given(st.lists(numbers_of_all_sizes))
def test_numbers_come_out_as_they_went_in(numbers):
    assert unpack(pack(np.array(numbers, np.int64))).tolist() == numbers


@given(st.lists(st.tuples(st.integers(0, 2**24), st.integers(0, 25))))
def test_numbers_of_any_class_come_out_as_they_went_in(pairs):
    numbers = np.array([number for number, _ in pairs], np.int64)
    classes = np.array([one for _, one in pairs], np.uint8)
    high, low = pack_by_class(numbers, classes)
    assert join_by_class(unpack(high), unpack(low), classes).tolist() == numbers.tolist()


def test_rare_numbers_take_more_bits_and_equal_ones_a_bit():
    rng = np.random.default_rng(0)
    equal = pack(np.full(80_000, 7))
    assert 10_000 <= len(equal) < 10_300  # a bit each
    # -(0.9 log2 0.9 + 0.1 log2(0.1 / 16)) = 0.87 bits, where a whole bit is the least: 0.9 * 1 +
    # 0.1 * 5 bits.
    skewed = np.where(rng.random(80_000) < 0.9, 0, rng.integers(1, 17, 80_000))
    assert len(pack(skewed)) == pytest.approx(1.4 * 10_000, rel=0.05)


def test_single_tokens_have_steps_of_an_eighth_of_an_octave():
    codes = single_codes(np.array([0, 0.5, 0.25, 0.25], np.float32))
    assert codes.tolist() == [255, 8, 16, 16]
    assert from_single_codes(codes).tolist() == [0, 0.5, 0.25, 0.25]


def test_shares_are_ratios_to_the_least_of_a_context():
    # Three contexts: of 3, 1 and 2 followers. The single one needs no code.
    values = np.array([0.1, 0.4, 0.2, 0.7, 0.3, 0.3], np.float32)
    sizes = np.array([3, 1, 2])
    codes = share_codes(values, sizes)
    assert codes.tolist() == [0, 4, 2, 0, 0]
    sums = np.array([0.7, 0.7, 0.5], np.float32)
    shared = from_share_codes(codes, sizes, sums)
    assert shared.tolist() == pytest.approx([0.1, 0.4, 0.2, 0.7, 0.25, 0.25])
    with pytest.raises(ValueError, match="do not fit the contexts"):
        from_share_codes(codes[:-1], sizes, sums)


@pytest.mark.parametrize(
    ("weight", "code"), [(0.5, 48), (2 / 3, 50), (1 / 3, 46), (1 / 17, 40), (0, 1), (1, 95)]
)
def test_weights_are_half_octaves_of_their_odds(weight, code):
    # log2(w / (1 - w)) from -24 octaves; 0 and 1 are 1e-7 away from the ends: 23.25 octaves.
    assert weight_codes(np.array([weight], np.float32), 2).tolist() == [code]
    again = from_weight_codes(np.array([code], np.uint8), 2)
    assert again.tolist() == pytest.approx([weight], abs=1e-6)
