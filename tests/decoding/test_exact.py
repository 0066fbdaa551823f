"""Exact choices: those of the plain distribution, the same whatever the order, ties by lower id."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from adgen.decoding.exact import choose_exactly, exact_log_normaliser
from adgen.decoding.sampling import Sampling, choose, probabilities
from adgen.support.arrays import log_normaliser

logits_rows = hnp.arrays(np.float64, (2, 12), elements=st.floats(-20, 20, width=32))
samplings = st.builds(
    Sampling,
    temperature=st.floats(0.2, 5),
    top_k=st.integers(0, 15),
    top_p=st.floats(0.05, 1),
    repetition_penalty=st.floats(0.5, 3),
    greedy=st.booleans(),
)


def test_draws_fall_where_the_cumulative_probabilities_say():
    logits = np.log([[0.5, 0.25, 0.25]] * 4)
    uniforms = np.array([0.0, 0.49, 0.51, 0.76])
    assert choose_exactly(logits, Sampling(), uniforms=uniforms).tolist() == [0, 0, 1, 2]


def test_equal_logits_go_to_the_lower_id():
    logits = np.zeros((1, 6))
    last = np.array([1 - 2**-53])
    assert choose_exactly(logits, Sampling(greedy=True), uniforms=last).tolist() == [0]
    assert choose_exactly(logits, Sampling(top_k=2), uniforms=last).tolist() == [1]
    assert choose_exactly(logits, Sampling(top_p=0.5), uniforms=last).tolist() == [2]


@given(logits_rows, samplings, st.floats(0, 1, exclude_max=True))
def test_what_is_chosen_has_a_probability(logits, sampling, uniform):
    so_far = [[1, 2], [3]]
    chosen = choose_exactly(
        logits, sampling, uniforms=np.full(2, uniform), token_ids_so_far=so_far, banned=[0]
    )
    shares = probabilities(logits, sampling, token_ids_so_far=so_far, banned=[0])
    highest = shares.max(axis=1)
    # On the edge of top-p rounding may keep one token more or less.
    assert all(shares[row, id] > 0 or sampling.top_p < 1 for row, id in enumerate(chosen.tolist()))
    assert all(chosen != 0)
    if sampling.greedy:
        assert (shares[[0, 1], chosen] == highest).all()


def test_choices_are_those_of_the_plain_way_but_on_borders():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 3, (2_000, 50))
    uniforms = rng.random(2_000)
    for sampling in (Sampling(), Sampling(temperature=0.7, top_k=9, top_p=0.9)):
        exactly = choose_exactly(logits, sampling, uniforms=uniforms)
        plainly = choose(logits, sampling, uniforms=uniforms)
        assert (exactly == plainly).mean() > 0.999


def test_the_sum_of_weights_is_exact_in_any_order():
    logits = np.random.default_rng(1).normal(0, 4, (1, 16_384))
    shuffled = np.random.default_rng(2).permutation(logits, axis=1)
    assert exact_log_normaliser(logits) == exact_log_normaliser(shuffled)
    np.testing.assert_allclose(exact_log_normaliser(logits), log_normaliser(logits), atol=1e-6)


def test_a_row_without_any_token_is_refused():
    with pytest.raises(ValueError, match="every token of it is banned"):
        choose_exactly(np.zeros((1, 2)), Sampling(), uniforms=np.zeros(1), banned=[0, 1])
