"""Mixtures of a model and an n-gram model, worked from the probabilities of single tokens."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_models import TEXTS, make_config, random_weights, save_tiny_model, subword_tokenizer

from adgen.evaluation.mixtures import best_mixture_weight, mix, mixture_figures
from adgen.lstm.directory import load_model_directory
from adgen.lstm.evaluation import encode_for_evaluation, log_probabilities
from adgen.ngram.model import NGramModel
from adgen.scoring.metrics import figures_of

VALID, TEST = [*TEXTS, "Sony Watch"], ["Apple TV - 44 mm", "Samsung Watch: Black"]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "m"
    return load_model_directory(
        save_tiny_model(path, reads="packed", tokenizer=subword_tokenizer(), seed=1)
    )


@pytest.fixture(scope="module")
def ngram():
    tokenizer = subword_tokenizer()
    return NGramModel.fit(tokenizer.encode_ads(TEXTS), vocab_size=tokenizer.vocab_size, order=3)


def test_figures_are_those_of_the_mean_of_both_probabilities(model, ngram):
    figures = mixture_figures(model, ngram, valid_ads=VALID, ads=TEST)
    ids = {
        name: model.tokenizer.encode_ads(ads) for name, ads in (("valid", VALID), ("test", TEST))
    }
    of_model = {
        name: log_probabilities(model.weights, model.config, one) for name, one in ids.items()
    }
    of_ngram = {name: ngram.log_probabilities(one) for name, one in ids.items()}
    weight = best_mixture_weight(of_model["valid"], of_ngram["valid"])
    assert 0 < weight < 1
    num_chars = sum(len(ad) + 1 for ad in TEST)
    assert figures["model_weight"] == weight
    assert (figures["num_valid_ads"], figures["num_ads"]) == (len(VALID), 2)
    assert (figures["num_tokens"], figures["num_chars"]) == (len(ids["test"]), num_chars)
    probabilities = {
        "model": np.exp(of_model["test"]),
        "ngram": np.exp(of_ngram["test"]),
        "mixture": weight * np.exp(of_model["test"]) + (1 - weight) * np.exp(of_ngram["test"]),
    }
    for name, values in probabilities.items():
        nats = -np.log(values).sum()
        assert figures[name] == pytest.approx(
            {
                "bits_per_char": nats / math.log(2) / num_chars,
                "cross_entropy": nats / len(values),
                "perplexity": math.exp(nats / len(values)),
            }
        )


def test_the_weight_does_not_depend_on_the_ads_that_are_scored(model, ngram):
    weights = [
        mixture_figures(model, ngram, valid_ads=VALID, ads=ads)["model_weight"]
        for ads in (TEST, TEXTS[:1])
    ]
    assert weights[0] == weights[1]


def test_a_mixture_weighted_on_the_scored_ads_is_no_worse_than_either(model, ngram):
    figures = mixture_figures(model, ngram, valid_ads=TEST, ads=TEST)
    best = min(figures[name]["bits_per_char"] for name in ("model", "ngram"))
    assert figures["mixture"]["bits_per_char"] <= best + 1e-9


def test_figures_of_two_tokens_by_hand():
    # Probabilities 1/2 and 1/8 are 4 bits; "a" and "b" with their ends are 4 characters.
    tokenizer = subword_tokenizer()
    encoded = encode_for_evaluation(["a", "b"], tokenizer, make_config(tokenizer.vocab_size), None)
    figures = figures_of(np.log([1 / 2, 1 / 8]), encoded)
    assert figures == pytest.approx(
        {"bits_per_char": 1.0, "cross_entropy": 2 * math.log(2), "perplexity": 4.0}
    )


def test_a_model_that_reads_a_stream_has_no_mixture(tmp_path, ngram):
    tokenizer = subword_tokenizer()
    path = save_tiny_model(tmp_path / "m", reads="stream", tokenizer=tokenizer)
    with pytest.raises(ValueError, match="not every token is a target"):
        mixture_figures(load_model_directory(path), ngram, valid_ads=VALID, ads=TEST)
    config = make_config(tokenizer.vocab_size, reads="stream")
    with pytest.raises(ValueError, match='reads "stream"'):
        log_probabilities(random_weights(config), config, tokenizer.encode_ads(TEST))


def test_the_best_mixture_is_recovered():
    # Three tokens, 0.9 0.9 0.1 by one model, 0.5 by the other. The slope of 2 ln(0.5 + 0.4 w) +
    # ln(0.5 - 0.4 w) is zero where 2 (0.5 - 0.4 w) = 0.5 + 0.4 w, so w = 5/12.
    first, second = np.log([0.9, 0.9, 0.1]), np.log([0.5, 0.5, 0.5])
    weight = best_mixture_weight(first, second)
    assert weight == pytest.approx(5 / 12, abs=1e-8)
    assert best_mixture_weight(second, first) == pytest.approx(7 / 12, abs=1e-8)
    expected = [math.log(w * 0.9 + (1 - w) * 0.5) for w in (weight,)]
    np.testing.assert_allclose(mix(first, second, weight)[:1], expected)


def test_a_mixture_that_does_not_help_has_an_end_weight():
    better, worse = np.log([0.9, 0.8]), np.log([0.1, 1e-300])
    assert best_mixture_weight(better, worse) == pytest.approx(1)
    assert best_mixture_weight(worse, better) == pytest.approx(0, abs=1e-8)
    np.testing.assert_allclose(mix(better, worse, 1.0), better)


@given(st.lists(st.tuples(st.floats(-20, 0), st.floats(-20, 0)), min_size=1, max_size=20))
def test_no_other_weight_is_better(pairs):
    first, second = np.array(pairs).T
    best = mix(first, second, best_mixture_weight(first, second)).sum()
    assert all(mix(first, second, w).sum() <= best + 1e-6 for w in np.linspace(0, 1, 21))


def test_probabilities_of_other_tokens_have_no_mixture():
    with pytest.raises(ValueError, match=r"shapes \(2,\) and \(3,\)"):
        best_mixture_weight(np.zeros(2), np.zeros(3))
