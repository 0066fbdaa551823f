"""The spelling model: a proper distribution over words, worked by hand where small."""

import json
import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.tokens.spelling import NUM_SYMBOLS, SpellingModel

SYLLABLES = ("ba", "con", "der", "ing", "lo", "mar", "ne", "ous", "per", "sta", "ti", "ver")


def _made_up_words(num_words, seed):
    """Returns pronounceable words, so that letters follow each other as in a language."""
    draw = random.Random(seed)
    return ["".join(draw.choices(SYLLABLES, k=draw.randint(1, 4))) for _ in range(num_words)]


def test_two_words_worked_by_hand():
    # Words "a" and "ab", order 2; $ is the end, ^ the start. Symbols seen: a $ a b $.
    #   empty context: a 2, b 1, $ 2; sum 5, 3 kinds -> p(s) = (c + 3/257) / 8
    #   after ^: a 2; sum 2, 1 kind                  -> p(s|^) = (c + 1 p(s)) / 3
    #   after a: $ 1, b 1; sum 2, 2 kinds            -> p(s|a) = (c + 2 p(s)) / 4
    #   after b: $ 1; sum 1, 1 kind                  -> p(s|b) = (c + 1 p(s)) / 2
    model = SpellingModel.fit({"a": 1, "ab": 1}, order=2)
    p_a, p_b, p_end = (2 + 3 / 257) / 8, (1 + 3 / 257) / 8, (2 + 3 / 257) / 8
    a = (2 + p_a) / 3 * (1 + 2 * p_end) / 4
    ab = (2 + p_a) / 3 * (1 + 2 * p_b) / 4 * (1 + p_end) / 2
    # "c" was never seen: nothing follows it, so its end has the empty context's p.
    c = (3 / 257 / 8) / 3 * p_end
    np.testing.assert_allclose(
        model.nats(["a", "ab", "c"]), [-math.log(a), -math.log(ab), -math.log(c)]
    )


def test_order_one_knows_frequencies_only():
    model = SpellingModel.fit({"aab": 1}, order=1)
    p = {"a": (2 + 3 / 257) / 7, "b": (1 + 3 / 257) / 7, "$": (1 + 3 / 257) / 7}
    assert model.nats(["ab"])[0] == pytest.approx(-math.log(p["a"] * p["b"] * p["$"]))
    assert model.nats(["ba"])[0] == pytest.approx(model.nats(["ab"])[0])


@pytest.mark.parametrize("order", [1, 2, 5, 7])
@pytest.mark.parametrize("prefix", ["", "c", "con", "const", "zzzzzzzz", "é", b"\xc3", b"\xff\x00"])
def test_the_next_symbols_sum_to_one(order, prefix):
    model = SpellingModel.fit(dict.fromkeys([*_made_up_words(200, 1), "café"], 1), order=order)
    probabilities = model.next_probabilities(prefix)
    assert probabilities.shape == (NUM_SYMBOLS,)
    assert probabilities.min() > 0
    assert probabilities.sum() == pytest.approx(1.0, abs=1e-12)


def test_a_words_cost_is_the_sum_of_its_symbols():
    model = SpellingModel.fit(dict.fromkeys(_made_up_words(50, 2), 1))
    steps = [("", ord("b")), ("b", ord("a")), ("ba", NUM_SYMBOLS - 1)]
    expected = -sum(math.log(model.next_probabilities(prefix)[symbol]) for prefix, symbol in steps)
    assert model.nats(["ba"])[0] == pytest.approx(expected)


def test_all_short_words_together_have_at_most_probability_one():
    model = SpellingModel.fit({"a": 1, "ab": 1, "bba": 1}, order=3)
    words, total, sums = [""], 0.0, []
    for _ in range(9):
        total += float(np.exp(-model.nats(words)).sum())
        sums.append(total)
        words = [word + letter for word in words for letter in "ab"]
    assert sums == sorted(sums)
    assert 0.5 < total <= 1.0  # The rest belongs to longer words and to the other 254 bytes.


@given(st.lists(st.text(alphabet=st.characters(), max_size=40), max_size=5))
def test_any_string_has_a_finite_cost(words):
    costs = SpellingModel.fit({"naïve": 2, "test": 1}).nats(words)
    assert costs.shape == (len(words),) and costs.dtype == np.float64
    assert np.isfinite(costs).all() and (costs > 0).all()


def test_lone_surrogates_have_a_finite_cost():
    assert np.isfinite(SpellingModel.fit({"a": 1}).nats(["\ud800"])[0])


def test_usual_patterns_cost_less_than_random_letters():
    model = SpellingModel.fit(dict.fromkeys(_made_up_words(2000, 3), 1))
    draw = random.Random(4)
    usual = [word for word in _made_up_words(300, 5) if word not in model.word_counts]
    assert usual
    shuffled = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=len(word))) for word in usual]
    assert model.nats(usual).mean() < 0.5 * model.nats(shuffled).mean()


def test_words_count_once_and_in_any_order():
    words = _made_up_words(100, 6)
    model = SpellingModel.fit(dict.fromkeys(words, 1))
    other = SpellingModel.fit({word: 3 for word in reversed(words)})
    np.testing.assert_array_equal(model.nats(words), other.nats(words))


def test_json_round_trip_gives_the_same_costs():
    model = SpellingModel.fit({"ab": 1, "café": 3, "ß": 2}, order=3)
    again = SpellingModel.from_dict(json.loads(json.dumps(model.to_dict())))
    assert again.to_dict() == model.to_dict()
    np.testing.assert_array_equal(
        again.nats(["ab", "caf", "ß", "日本"]), model.nats(["ab", "caf", "ß", "日本"])
    )


def test_no_words_give_the_uniform_distribution():
    assert SpellingModel.fit({}).nats(["abc"])[0] == pytest.approx(4 * math.log(257))


def test_no_words_to_score_give_an_empty_array():
    assert SpellingModel.fit({"a": 1}).nats([]).shape == (0,)


@pytest.mark.parametrize("order", [0, -1])
def test_an_order_below_one_is_refused(order):
    with pytest.raises(ValueError, match="expected at least 1"):
        SpellingModel.fit({"a": 1}, order=order)


def test_a_count_below_one_is_refused():
    with pytest.raises(ValueError, match="'b' has count 0"):
        SpellingModel.fit({"a": 1, "b": 0})


def test_a_dictionary_without_counts_is_refused():
    with pytest.raises(ValueError, match="lacks word_counts"):
        SpellingModel.from_dict({"order": 5})
