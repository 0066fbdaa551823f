"""The next token: figures worked by hand, properties of all draws, random streams, errors."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from adgen.decoding.sampling import Sampling, choose, draw, probabilities, sequence_generator

HALVES = np.log([[0.5, 0.25, 0.125, 0.125]])

logits_rows = hnp.arrays(np.float32, (3, 12), elements=st.floats(-40, 40, width=32))
samplings = st.builds(
    Sampling,
    temperature=st.floats(0.05, 20),
    top_k=st.integers(0, 15),
    top_p=st.floats(0.01, 1),
    repetition_penalty=st.floats(0.5, 3),
    greedy=st.booleans(),
)


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, atol=1e-6)


# --- figures worked by hand


def test_the_defaults_are_the_softmax():
    close(probabilities(HALVES, Sampling()), [[0.5, 0.25, 0.125, 0.125]])


def test_temperature_one_half_squares_the_probabilities():
    # 1/4, 1/16, 1/64, 1/64 add up to 22/64
    close(probabilities(HALVES, Sampling(temperature=0.5)), [[16 / 22, 4 / 22, 1 / 22, 1 / 22]])


def test_a_high_temperature_is_nearly_uniform():
    close(probabilities(HALVES, Sampling(temperature=1e6)), [[0.25] * 4])


@pytest.mark.parametrize("temperature", [1e-3, 1e-9, 1e-300, 5e-324, 1e6])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_temperatures_neither_overflow_nor_divide_by_zero(temperature, dtype):
    result = probabilities(HALVES.astype(dtype), Sampling(temperature=temperature))
    close(result, [[1, 0, 0, 0]] if temperature < 1 else [[0.25] * 4])


def test_top_k_keeps_two_and_renormalises():
    close(probabilities(HALVES, Sampling(top_k=2)), [[2 / 3, 1 / 3, 0, 0]])


def test_top_k_keeps_the_lower_id_of_a_tie():
    close(probabilities(HALVES, Sampling(top_k=3)), [[4 / 7, 2 / 7, 1 / 7, 0]])


def test_top_k_beyond_the_vocabulary_keeps_all():
    close(probabilities(HALVES, Sampling(top_k=99)), np.exp(HALVES))


@pytest.mark.parametrize(
    ("top_p", "expected"),
    [
        (0.4, [1, 0, 0, 0]),  # the first token always stays
        (0.6, [2 / 3, 1 / 3, 0, 0]),
        (0.8, [4 / 7, 2 / 7, 1 / 7, 0]),
        (0.99, [0.5, 0.25, 0.125, 0.125]),
    ],
)
def test_top_p_keeps_the_smallest_set_that_reaches_it(top_p, expected):
    close(probabilities(HALVES, Sampling(top_p=top_p)), [expected])


def test_top_p_counts_mass_after_top_k():
    # top-k leaves 2/3 and 1/3, so that 0.65 is reached by the first alone
    close(probabilities(HALVES, Sampling(top_k=2, top_p=0.65)), [[1, 0, 0, 0]])


def test_the_penalty_divides_positive_and_multiplies_negative_logits():
    logits = np.array([[2.0, -1.0, 0.0, 1.0]])
    expected = np.exp([1.0, -2.0, 0.0, 1.0])
    result = probabilities(
        logits, Sampling(repetition_penalty=2.0), token_ids_so_far=[[0, 1, 1, 0]]
    )
    close(result, [expected / expected.sum()])


def test_a_shift_of_all_logits_changes_what_the_penalty_does():
    def penalised(logits):
        return probabilities(logits, Sampling(repetition_penalty=2.0), token_ids_so_far=[[0]])

    assert abs(penalised(HALVES) - penalised(HALVES + 3)).max() > 0.05


def test_banned_ids_get_nothing():
    close(probabilities(HALVES, Sampling(), banned=[0, 3]), [[0, 2 / 3, 1 / 3, 0]])


def test_greedy_takes_the_most_probable_that_is_not_banned():
    close(probabilities(HALVES, Sampling(greedy=True), banned=[0]), [[0, 1, 0, 0]])


@pytest.mark.parametrize(("uniform", "token_id"), [(0.0, 0), (0.49, 0), (0.5, 2), (0.999, 2)])
def test_draw_inverts_the_cumulative_distribution(uniform, token_id):
    assert draw(np.array([[0.5, 0.0, 0.5, 0.0]]), np.array([uniform])).tolist() == [token_id]


def test_draw_at_the_last_number_below_one_stays_off_the_zeros():
    last = np.nextafter(1.0, 0.0)
    for size in (3, 7, 10, 1000):
        row = np.append(np.full(size, 1 / size), [0.0, 0.0])
        assert draw(row[np.newaxis], np.array([last]))[0] == size - 1
        assert draw(3 * row[np.newaxis], np.array([last]))[0] == size - 1


def test_the_inputs_are_left_as_they_are():
    logits = HALVES.copy()
    probabilities(logits, Sampling(repetition_penalty=2.0), token_ids_so_far=[[0]], banned=[1])
    np.testing.assert_array_equal(logits, HALVES)


# --- properties


@given(logits_rows, samplings)
def test_every_row_is_a_distribution_on_allowed_tokens(logits, sampling):
    so_far = [[2, 3], [4], []]
    result = probabilities(logits, sampling, token_ids_so_far=so_far, banned=[0, 1])
    np.testing.assert_allclose(result.sum(axis=1), 1, atol=1e-12)
    assert (result >= 0).all() and not result[:, :2].any()
    if sampling.top_k:
        assert ((result > 0).sum(axis=1) <= sampling.top_k).all()


# On the border of two tokens.
@example(np.zeros((3, 12), np.float32), Sampling(top_p=0.9375), [0.0, 0.0, 0.5])
@given(logits_rows, samplings, st.lists(st.floats(0, 1, exclude_max=True), min_size=3, max_size=3))
def test_no_token_of_probability_zero_is_drawn_and_choose_agrees(logits, sampling, uniforms):
    arguments = {"token_ids_so_far": [[2, 3], [4], []], "banned": [0, 1]}
    uniforms = np.array(uniforms)
    result = probabilities(logits, sampling, **arguments)
    up_to = result.cumsum(axis=1)
    both = draw(result, uniforms), choose(logits, sampling, uniforms=uniforms, **arguments)
    on_border = (abs(up_to - uniforms[:, np.newaxis]) < 1e-6)[:, 2:-1].any(axis=1)
    np.testing.assert_array_equal(both[0][~on_border], both[1][~on_border])
    for chosen in both:
        place = np.arange(3), chosen
        assert (result[place] > 0).all()
        # The token whose share of [0, 1) the uniform lies in, to rounding.
        assert (up_to[place] - result[place] <= uniforms + 1e-6).all()
        assert (uniforms <= up_to[place] + 1e-6).all()


@given(logits_rows, st.floats(0.01, 0.999))
def test_top_p_is_the_smallest_set_that_reaches_p(logits, top_p):
    full = probabilities(logits, Sampling())
    for row, kept in zip(full, probabilities(logits, Sampling(top_p=top_p)) > 0, strict=True):
        assert row[kept].sum() >= top_p - 1e-9
        assert row[kept].sum() - row[kept].min() < top_p + 1e-9
        assert row[kept].min() >= row[~kept].max(initial=0.0)


@given(logits_rows, samplings)
def test_a_row_does_not_depend_on_the_others(logits, sampling):
    together = probabilities(logits, sampling, token_ids_so_far=[[5]] * 3)
    for index in range(3):
        alone = probabilities(logits[index : index + 1], sampling, token_ids_so_far=[[5]])
        np.testing.assert_array_equal(alone[0], together[index])


@settings(deadline=None, max_examples=20)
@given(
    st.integers(0, 1000),
    st.sampled_from([1.0, 0.05, 8.0]),
    st.integers(1, 60),
    st.floats(0.05, 0.99),
)
def test_the_fast_cuts_of_a_large_vocabulary_equal_a_plain_sort(seed, scale, top_k, top_p):
    logits = (
        (scale * np.random.default_rng(seed).standard_normal((1, 5000))).round(2).astype(np.float32)
    )
    order = np.argsort(-logits[0], kind="stable")
    top = np.flatnonzero(probabilities(logits, Sampling(top_k=top_k)))
    np.testing.assert_array_equal(top, np.sort(order[:top_k]))
    row = probabilities(logits, Sampling())[0]
    nucleus = np.flatnonzero(probabilities(logits, Sampling(top_p=top_p)))
    count = len(nucleus)
    np.testing.assert_array_equal(nucleus, np.sort(order[:count]))
    assert row[order[:count]].sum() > top_p - 1e-9 > row[order[: count - 1]].sum() - 2e-9


@settings(deadline=None, max_examples=30)
@given(
    st.integers(0, 1000),
    st.integers(1, 20),
    st.sampled_from([1, 127, 128, 129, 700]),
    st.sampled_from([1e-3, 0.7, 1.0, 1e3]),
    st.sampled_from([1.0, 1.2]),
)
def test_a_draw_from_all_tokens_is_the_same_in_any_batch(
    seed, num_rows, vocab_size, temperature, penalty
):
    rng = np.random.default_rng(seed)
    sampling = Sampling(temperature=temperature, repetition_penalty=penalty)
    so_far = [rng.integers(0, vocab_size, rng.integers(0, 9)).tolist() for _ in range(num_rows)]
    logits = (4 * rng.standard_normal((num_rows, vocab_size + 2))).astype(np.float32)
    logits[:, 1] = 300  # banned, so that it may be as likely as it likes
    uniforms = rng.random(num_rows)
    uniforms[0] = np.nextafter(1.0, 0)
    given = {"token_ids_so_far": so_far, "banned": [0, 1]}
    chosen = choose(logits, sampling, uniforms=uniforms, **given)
    expected = draw(probabilities(logits, sampling, **given), uniforms)
    np.testing.assert_array_equal(chosen, expected)
    alone = [
        choose(
            logits[r : r + 1],
            sampling,
            uniforms=uniforms[r : r + 1],
            token_ids_so_far=so_far[r : r + 1],
            banned=[0, 1],
        )
        for r in range(num_rows)
    ]
    np.testing.assert_array_equal(chosen, np.concatenate(alone))


@pytest.mark.parametrize("penalty", [1.0, 1.2])
def test_tokens_are_drawn_as_often_as_the_plain_softmax_says(penalty):
    """All of (0, 1) in equal steps: each token's share of the draws is its probability."""
    num_draws, temperature = 40_000, 0.7
    rng = np.random.default_rng(1)
    logits = (3 * rng.standard_normal((1, 300))).astype(np.float32)
    seen = [5, 8, 8, 250]
    # The softmax as in a textbook, in double precision.
    plain = logits[0].astype(np.float64)
    for token_id in set(seen):
        value = plain[token_id]
        plain[token_id] = value / penalty if value > 0 else value * penalty
    weights = np.exp(plain / temperature)
    weights[0] = 0  # banned
    expected = weights / weights.sum()

    chosen = choose(
        np.repeat(logits, num_draws, axis=0),
        Sampling(temperature=temperature, repetition_penalty=penalty),
        uniforms=(np.arange(num_draws) + 0.5) / num_draws,
        token_ids_so_far=[seen] * num_draws,
        banned=[0],
    )
    counts = np.bincount(chosen, minlength=300)
    # A token's stretch of (0, 1) holds its share of the steps, but for one at each end.
    assert abs(counts - expected * num_draws).max() <= 1.1
    assert counts[0] == 0


# --- random streams


def test_a_stream_depends_on_seed_prompt_and_number():
    def first(*key):
        return sequence_generator(*key).random()

    keys = [(0, "a", 0), (1, "a", 0), (0, "b", 0), (0, "a", 1), (2**70, "a", 0), (0, "", 0)]
    assert len({first(*key) for key in keys}) == len(keys)
    assert first(3, "Größe", 2) == first(3, "Größe", 2)


def test_a_stream_is_the_same_in_another_process():
    code = (
        "from adgen.decoding.sampling import sequence_generator\n"
        "print(sequence_generator(7, 'Sony TV', 2).random())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(run.stdout) == sequence_generator(7, "Sony TV", 2).random()


def test_a_longer_draw_begins_with_the_shorter_one():
    short, long = sequence_generator(7, "a", 0).random(5), sequence_generator(7, "a", 0).random(50)
    np.testing.assert_array_equal(short, long[:5])


# --- errors


@pytest.mark.parametrize(
    "values",
    [
        {"temperature": 0},
        {"temperature": -1.0},
        {"temperature": float("nan")},
        {"temperature": float("inf")},
        {"temperature": "hot"},
        {"top_p": 0.0},
        {"top_p": 1.01},
        {"top_p": float("nan")},
        {"top_k": -1},
        {"top_k": 2.0},
        {"top_k": True},
        {"repetition_penalty": 0.0},
        {"greedy": 1},
    ],
)
def test_impossible_controls_are_refused_by_name(values):
    with pytest.raises(ValueError, match=f"{next(iter(values))} is .*expected"):
        Sampling(**values)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_broken_logits_are_refused(bad):
    with pytest.raises(ValueError, match="NaN"):
        probabilities(np.array([[0.0, bad]]), Sampling())
    with pytest.raises(ValueError, match="NaN"):
        choose(np.array([[0.0, 1.0], [0.0, bad]]), Sampling(), uniforms=np.zeros(2))


def test_a_row_with_everything_banned_is_refused():
    with pytest.raises(ValueError, match="banned"):
        choose(np.zeros((1, 2)), Sampling(), uniforms=np.zeros(1), banned=[0, 1])


def test_a_penalty_needs_the_ids_so_far():
    with pytest.raises(ValueError, match="token_ids_so_far"):
        probabilities(HALVES, Sampling(repetition_penalty=2.0))


@pytest.mark.parametrize("uniforms", [[1.0], [-0.1], [0.5, 0.5]])
def test_draw_refuses_numbers_outside_and_wrong_shapes(uniforms):
    with pytest.raises(ValueError, match="uniform"):
        draw(np.array([[0.5, 0.5]]), np.array(uniforms))


def test_draw_refuses_a_row_without_mass():
    with pytest.raises(ValueError, match="positive"):
        draw(np.zeros((1, 3)), np.array([0.5]))


def test_logits_must_be_a_matrix():
    with pytest.raises(ValueError, match="expected \\(batch, vocab\\)"):
        probabilities(np.zeros(3), Sampling())
