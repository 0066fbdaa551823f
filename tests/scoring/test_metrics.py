"""Scores of predictions: worked by hand, equal to Keras's, and sums over targets."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.scoring.metrics import TargetScores, score_targets

SCORES = st.builds(
    TargetScores,
    num_targets=st.integers(0, 99),
    nats=st.floats(0, 99),
    num_correct=st.integers(0, 99),
    num_top_5=st.integers(0, 99),
    hinge=st.floats(0, 99),
    num_unknown=st.integers(0, 99),
)


def figures(scores):
    return list(vars(scores).values())


def log_of(*probabilities):
    """Returns logits of a distribution, off by a constant as logits are."""
    return (np.log(np.array(probabilities)) + 3.7).astype(np.float32)


def test_three_targets_worked_by_hand():
    logits = log_of([0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.3, 0.4], [0.1, 0.4, 0.2, 0.3])
    scores = score_targets(logits, np.array([3, 2, 1]))
    # Target 3 is the most probable; 2 the second; 1 is <unk>, which is never right, however
    # probable.
    assert (scores.num_targets, scores.num_unknown) == (3, 1)
    assert (scores.num_correct, scores.num_top_5) == (1, 2)
    assert scores.nats == pytest.approx(-math.log(0.4 * 0.3 * 0.4), rel=1e-6)
    # max(0, 1 + best other - target): 1 + .3 - .4, 1 + .4 - .3, 1 + .3 - .4
    assert scores.hinge == pytest.approx(0.9 + 1.1 + 0.9, rel=1e-6)
    summary = scores.summary(num_chars=7, spelling_nats=2.0)
    assert summary == pytest.approx(
        {
            "accuracy": 1 / 3,
            "top_5_accuracy": 2 / 3,
            "cross_entropy": -math.log(0.048) / 3,
            "perplexity": 0.048 ** (-1 / 3),
            "hinge": 2.9 / 3,
            "bits_per_char": (-math.log2(0.048) + 2 / math.log(2)) / 7,
            "unknown_rate": 1 / 3,
        },
        rel=1e-6,
    )


def test_a_certain_model_costs_nothing():
    scores = score_targets(np.array([[0, 0, 0, 200]], np.float32), np.array([3]))
    assert (scores.nats, scores.hinge, scores.num_correct) == (0.0, 0.0, 1)


def test_logits_far_from_zero_neither_overflow_nor_vanish():
    with np.errstate(all="raise", under="ignore"):
        scores = score_targets(
            np.array([[1e4, 0, 0, 0], [-1e4, 1e4, 0, 0]], np.float32), np.array([2, 0])
        )
    assert scores.nats == pytest.approx(1e4 + 2e4)
    assert scores.hinge == pytest.approx(4)


@pytest.mark.parametrize("target", [0, 2, 5, 8])
def test_a_model_that_says_nothing_is_never_right(target):
    scores = score_targets(np.zeros((1, 9), np.float32), np.array([target]))
    assert (scores.num_correct, scores.num_top_5) == (0, 0)
    assert scores.nats == pytest.approx(math.log(9))
    assert scores.hinge == pytest.approx(1)


def test_tokens_as_probable_as_the_target_stand_before_it():
    # First row: ids 3 to 6 share the third place, so each of them is the sixth. Second: 3 and 4
    # share it, so each is the fourth. Third: 0 and 2 share the first place, so each is the second.
    logits = np.array(
        [[0, 9, 8, 1, 1, 1, 1], [0, 9, 8, 1, 1, 0, 0], [9, 0, 9, 0, 0, 0, 0]], np.float32
    )
    scores = [
        score_targets(logits[i : i + 1].copy(), np.array([t]))
        for i, t in ((0, 3), (0, 6), (1, 4), (2, 2))
    ]
    assert [(score.num_correct, score.num_top_5) for score in scores] == [
        (0, 0),
        (0, 0),
        (0, 1),
        (0, 1),
    ]


def test_figures_equal_those_of_keras():
    keras = pytest.importorskip("keras")
    rng = np.random.default_rng(0)
    logits = (3 * rng.normal(size=(300, 40))).astype(np.float32)
    logits[:, 1] = -50.0  # <unk>, which Keras would count as right
    targets = rng.integers(2, 40, 300)
    dense = np.eye(40, dtype=np.float32)[targets]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    expected = {}
    for name, metric, truth in (
        ("accuracy", keras.metrics.SparseCategoricalAccuracy(), targets),
        ("top_5_accuracy", keras.metrics.SparseTopKCategoricalAccuracy(k=5), targets),
        ("hinge", keras.metrics.CategoricalHinge(), dense),
        ("cross_entropy", keras.metrics.SparseCategoricalCrossentropy(), targets),
    ):
        metric.update_state(truth, probabilities)
        expected[name] = float(metric.result())
    summary = score_targets(logits, targets).summary()
    assert {name: summary[name] for name in expected} == pytest.approx(expected, rel=1e-5)
    # Neither figure is trivial.
    assert 0.02 < summary["accuracy"] < summary["top_5_accuracy"] < 0.98


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 5))
def test_the_score_of_a_text_is_the_sum_of_its_parts(num_first, num_second, seed):
    rng = np.random.default_rng(seed)
    logits = rng.integers(-3, 4, (num_first + num_second, 8)).astype(np.float32)  # with ties
    targets = rng.integers(0, 8, num_first + num_second)
    whole = score_targets(logits.copy(), targets)
    first = score_targets(logits[:num_first].copy(), targets[:num_first])
    second = score_targets(logits[num_first:].copy(), targets[num_first:])
    assert figures(first + second) == pytest.approx(figures(whole), rel=1e-6)
    assert whole.num_targets == num_first + num_second


@given(SCORES, SCORES, SCORES)
def test_sums_do_not_depend_on_grouping_or_order(a, b, c):
    assert figures((a + b) + c) == pytest.approx(figures(a + (b + c)))
    assert figures(a + b) == figures(b + a)
    assert figures(a + TargetScores()) == figures(a)


def test_averages_weigh_targets_not_batches():
    # 1 target of 6 nats and 3 of 2 nats together: 12 / 4, not (6 + 2) / 2.
    together = TargetScores(num_targets=1, nats=6.0) + TargetScores(
        num_targets=3, nats=6.0, num_correct=3
    )
    summary = together.summary()
    assert summary["cross_entropy"] == 3.0
    assert summary["perplexity"] == pytest.approx(math.e**3)
    assert summary["accuracy"] == 0.75


def test_without_characters_there_are_no_bits_per_character():
    assert TargetScores(num_targets=1, nats=1.0).summary()["bits_per_char"] is None


def test_a_hopeless_model_has_a_finite_perplexity():
    assert TargetScores(num_targets=1, nats=1e6).summary()["perplexity"] == pytest.approx(
        math.exp(700)
    )


def test_no_targets_have_no_average():
    with pytest.raises(ValueError, match="no targets to average over"):
        TargetScores().summary()
