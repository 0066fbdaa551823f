"""Of many ads always the same ones are chosen, never too many, none twice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.corpus.choosing import sample_places, spread_places

NUMBERS = st.integers(0, 200)


@given(NUMBERS, st.one_of(st.none(), NUMBERS))
def test_places_rise_and_are_as_many_as_wanted(num_ads, max_ads):
    for places in (sample_places(num_ads, max_ads), spread_places(num_ads, max_ads)):
        assert len(places) == (num_ads if max_ads is None else min(num_ads, max_ads))
        assert (np.diff(places) > 0).all()
        assert set(places) <= set(range(num_ads))


@given(st.integers(1, 200), st.integers(1, 200))
def test_spread_places_begin_at_the_first_ad_and_have_one_distance(num_ads, max_ads):
    places = spread_places(num_ads, max_ads)
    assert places[0] == 0
    assert set(np.diff(places)) <= {num_ads // min(num_ads, max_ads)}


@given(st.integers(1, 200), NUMBERS, NUMBERS, st.integers(0, 5))
def test_a_larger_sample_contains_the_smaller_one(num_ads, one, other, seed):
    smaller, larger = (set(sample_places(num_ads, n, seed=seed)) for n in sorted((one, other)))
    assert smaller <= larger


def test_every_ad_is_as_likely_to_be_sampled():
    counts = np.zeros(10)
    for seed in range(2000):
        counts[sample_places(10, 3, seed=seed)] += 1
    assert counts == pytest.approx(600, abs=100)  # five standard deviations
