"""What top-k and top-p keep is what a plain sort of the whole row keeps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from adgen.decoding.truncation import highest, nucleus

rows = hnp.arrays(
    np.float64,
    st.integers(1, 400),
    elements=st.sampled_from([0.0, 1e-300, 1e-9, 0.1, 0.3, 0.5, 1.0]),
)


def by_plain_sort(values, count):
    return sorted(np.argsort(-values, kind="stable")[:count].tolist())


@given(rows, st.data())
def test_the_highest_are_those_of_a_plain_sort(values, data):
    count = data.draw(st.integers(1, len(values)))
    assert sorted(highest(values, count).tolist()) == by_plain_sort(values, count)


def test_minus_infinity_is_a_value_like_others():
    values = np.full(300, -np.inf)
    values[[7, 290]] = [1.0, -5.0]
    assert sorted(highest(values, 2).tolist()) == [7, 290]
    assert sorted(highest(values, 3).tolist()) == [0, 7, 290]


@given(rows.filter(lambda weights: weights.any()), st.floats(1e-6, 1 - 1e-6))
def test_the_nucleus_is_the_shortest_beginning_of_a_plain_sort_that_reaches_the_share(
    weights, top_p
):
    kept = nucleus(weights, top_p)
    assert sorted(kept.tolist()) == by_plain_sort(weights, len(kept))
    shares = np.sort(weights)[::-1].cumsum() / weights.sum()
    assert shares[len(kept) - 1] > top_p - 1e-9
    assert len(kept) == 1 or shares[len(kept) - 2] < top_p + 1e-9


@pytest.mark.parametrize(
    ("top_p", "expected"), [(0.3, [1]), (0.6, [0, 1]), (0.8, [0, 1, 3]), (0.95, [0, 1, 2, 3])]
)
def test_the_nucleus_by_hand(top_p, expected):
    assert sorted(nucleus(np.array([0.2, 0.5, 0.1, 0.2]), top_p).tolist()) == expected


def test_the_share_next_to_one_keeps_all_that_counts():
    weights = np.array([1.0, 1e-3, 0.0, 1e-6])
    assert sorted(nucleus(weights, np.nextafter(1.0, 0.0)).tolist()) == [0, 1, 3]
