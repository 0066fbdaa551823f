"""Figures on ads equal those of a plain loop over tokens with the Keras model.

Bits per character by hand.
"""

import math

import numpy as np
import pytest
from tiny_models import (
    TEXTS,
    make_config,
    random_weights,
    save_tiny_model,
    set_model_weights,
    subword_tokenizer,
    word_tokenizer,
)

from adgen.lstm.directory import load_model_directory
from adgen.lstm.evaluation import (
    encode_for_evaluation,
    evaluate_ads,
    evaluate_encoded,
    evaluate_groups,
    log_probabilities,
    score_tokens,
)
from adgen.tokens.spelling import SpellingModel
from adgen.tokens.subword_tokenizer import SubwordTokenizer
from adgen.tokens.word_tokenizer import WordTokenizer

# Known and unknown words, one ad of a single word, one shorter and several longer than a window.
ADS = [*TEXTS, "Sony", "Tesla Watch 4", "Apple TV - 44 mm - White"]
EOS, UNK = 2, 1


def evaluate(ads, tokenizer, config, weights, spelling=None):
    return evaluate_encoded(
        weights, config, encode_for_evaluation(ads, tokenizer, config, spelling)
    )


def zeros(config):
    return {name: np.zeros(shape, np.float32) for name, shape in config.weight_shapes().items()}


# All ways of reading against a plain loop


def contexts_and_targets(ads, tokenizer, reads):
    """What a model that reads so may see before each target."""
    if reads == "stream":
        text = [i for ad in ads for i in tokenizer.encode(ad)]
        return [(text[start : start + 4], text[start + 4]) for start in range(0, len(text) - 4, 3)]
    pairs = []
    for ad in ads:
        before = [EOS]
        for target in [*tokenizer.encode(ad), EOS]:
            seen = before if reads == "packed" else ([0] * 3 + before)[-4:]
            pairs.append((list(seen), target))
            before.append(target)
    return pairs


def plain_figures(ads, tokenizer, config, weights):
    """One token at a time with the Keras model, figures by their definitions."""
    from adgen.lstm.training.models import build_model

    model = build_model(config)
    set_model_weights(model, weights)
    rows = []
    for context, target in contexts_and_targets(ads, tokenizer, config.reads):
        p = np.asarray(model(np.array([context])), np.float64)[0]
        p = p[-1] if config.reads == "packed" else p
        others = np.delete(p, target)
        rank = (others > p[target]).sum()
        known = target != UNK
        hinge = max(0.0, 1 + others.max() - p[target])
        rows.append(
            [known and rank < 1, known and rank < 5, -math.log(p[target]), hinge, not known]
        )
    means = np.mean(np.array(rows, np.float64), axis=0)
    names = ("accuracy", "top_5_accuracy", "cross_entropy", "hinge", "unknown_rate")
    figures = dict(zip(names, means.tolist(), strict=True))
    return figures | {"num_tokens": len(rows), "perplexity": math.exp(figures["cross_entropy"])}


@pytest.mark.parametrize(
    ("reads", "embedding_dim"),
    [("stream", 6), ("stream", None), ("ad", 6), ("ad", None), ("packed", 6)],
)
def test_figures_equal_those_of_a_loop_over_tokens(reads, embedding_dim):
    pytest.importorskip("keras")
    tokenizer = word_tokenizer()
    config = make_config(tokenizer.vocab_size, reads=reads, embedding_dim=embedding_dim)
    weights = random_weights(config, seed=3)
    expected = plain_figures(ADS, tokenizer, config, weights)
    figures = evaluate(ADS, tokenizer, config, weights)
    assert expected["top_5_accuracy"] > 0 and expected["unknown_rate"] > 0
    assert {name: figures[name] for name in expected} == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("reads", ["ad", "packed"])
def test_an_ad_costs_the_same_whatever_stands_beside_it(reads):
    tokenizer = subword_tokenizer()
    config = make_config(tokenizer.vocab_size, reads=reads)
    weights = random_weights(config)
    together = evaluate(ADS, tokenizer, config, weights)
    backwards = evaluate(ADS[::-1], tokenizer, config, weights)
    alone = [evaluate([ad], tokenizer, config, weights) for ad in ADS]
    assert backwards == pytest.approx(together, rel=1e-6)
    for name in ("num_ads", "num_tokens", "num_chars"):
        assert sum(one[name] for one in alone) == together[name]
    for name, weight in (
        ("cross_entropy", "num_tokens"),
        ("accuracy", "num_tokens"),
        ("bits_per_char", "num_chars"),
    ):
        total = sum(one[name] * one[weight] for one in alone)
        assert total / together[weight] == pytest.approx(together[name], rel=1e-6)


@pytest.mark.parametrize("reads", ["ad", "packed"])
def test_log_probabilities_stand_where_their_tokens_do(reads):
    tokenizer = subword_tokenizer()
    config = make_config(tokenizer.vocab_size, reads=reads)
    weights = random_weights(config, seed=1)
    together = log_probabilities(weights, config, tokenizer.encode_ads(ADS))
    alone = [log_probabilities(weights, config, tokenizer.encode_ads([ad])) for ad in ADS]
    assert (
        len({len(one) for one in alone}) > 2
    )  # ads of several lengths, which are read in another order
    np.testing.assert_allclose(together, np.concatenate(alone), rtol=1e-5)
    scores = score_tokens(weights, config, tokenizer.encode_ads(ADS))
    assert -together.sum() == pytest.approx(scores.nats, rel=1e-6)


def test_log_probabilities_of_a_model_that_says_nothing():
    tokenizer = word_tokenizer()
    config = make_config(tokenizer.vocab_size, reads="packed")
    found = log_probabilities(zeros(config), config, tokenizer.encode_ads(TEXTS * 100))
    np.testing.assert_allclose(found, -math.log(tokenizer.vocab_size), rtol=1e-6)


@pytest.mark.parametrize("reads", ["stream", "ad", "packed"])
def test_threads_change_nothing(reads):
    tokenizer = subword_tokenizer()
    config = make_config(tokenizer.vocab_size, reads=reads)
    weights = random_weights(config)
    token_ids = tokenizer.encode_ads(ADS * 150, end_of_ad=reads != "stream")
    counts = []
    scores = [
        score_tokens(weights, config, token_ids, num_threads=num_threads, on_progress=counts.append)
        for num_threads in (1, 2, 3)
    ]
    assert scores[0] == scores[1] == scores[2]  # to the last bit
    assert len(counts) >= 6
    assert sum(counts) == 3 * scores[0].num_targets
    if reads != "stream":
        one, two = (log_probabilities(weights, config, token_ids, num_threads=n) for n in (1, 2))
        np.testing.assert_array_equal(one, two)


def test_an_error_in_a_thread_is_raised():
    tokenizer = word_tokenizer()
    config = make_config(tokenizer.vocab_size, reads="packed")
    token_ids = tokenizer.encode_ads(TEXTS * 100)
    token_ids[-5] = 10_000
    with pytest.raises(IndexError):
        score_tokens(zeros(config), config, token_ids, num_threads=2)


def test_more_targets_than_a_block_are_all_scored():
    tokenizer = word_tokenizer()
    for reads in ("stream", "ad", "packed"):
        config = make_config(tokenizer.vocab_size, reads=reads)
        num_tokens = evaluate(TEXTS * 100, tokenizer, config, zeros(config))["num_tokens"]
        num_words = sum(len(tokenizer.encode(ad)) for ad in TEXTS) * 100
        assert num_tokens == (
            len(range(0, num_words - 4, 3)) if reads == "stream" else num_words + 400
        )


# Bits per character


def test_sub_words_pay_for_every_character_and_the_end():
    # A model without weights gives each of the 259 tokens the same probability. "ab" is two bytes,
    # "é" two.
    tokenizer = SubwordTokenizer.fit([], vocab_size=259)
    config = make_config(259)
    figures = evaluate(["ab", "é"], tokenizer, config, zeros(config))
    assert (figures["num_ads"], figures["num_tokens"], figures["num_chars"]) == (2, 3 + 3, 3 + 2)
    assert figures["cross_entropy"] == pytest.approx(math.log(259))
    assert figures["bits_per_char"] == pytest.approx(6 * math.log2(259) / 5)


def test_words_pay_for_the_spelling_of_what_they_do_not_know():
    # 5 tokens in the vocabulary; "Sony ab TV <eos>" is 4 targets of ln 5 nats, and the uniform
    # speller asks ln 257 for each of "a", "b" and the word's end. "Sony ab TV" and its end are 11
    # characters.
    tokenizer = WordTokenizer.fit(["Sony TV"])
    config = make_config(5)
    figures = evaluate(['Sony (ab) "TV"'], tokenizer, config, zeros(config), SpellingModel.fit({}))
    assert (figures["num_tokens"], figures["num_chars"], figures["unknown_rate"]) == (4, 11, 1 / 4)
    assert figures["cross_entropy"] == pytest.approx(math.log(5))  # the spelling is not part of it
    assert figures["bits_per_char"] == pytest.approx((4 * math.log2(5) + 3 * math.log2(257)) / 11)


def test_each_unknown_word_is_priced_by_its_own_spelling():
    tokenizer = word_tokenizer()
    spelling = SpellingModel.fit({"Tesla": 1, "Honda": 1})
    encoded = encode_for_evaluation(
        ["Tesla TV", "Sony", "a<eos>b - Sony\x1cRoadster"],
        tokenizer,
        make_config(tokenizer.vocab_size),
        spelling,
    )
    assert encoded.spelling_nats == pytest.approx(
        spelling.nats(["Tesla", "aeosb", "Roadster"]).sum()
    )
    assert (encoded.token_ids == UNK).sum() == 3


@pytest.mark.parametrize(
    ("tokenizer", "reads", "spelling"),
    [
        (subword_tokenizer(), "stream", None),  # nothing says where an ad ends
        (word_tokenizer(), "stream", SpellingModel.fit({})),
        (word_tokenizer(), "ad", None),  # no price for an unknown word
    ],
)
def test_what_has_no_price_has_no_bits_per_character(tokenizer, reads, spelling):
    config = make_config(tokenizer.vocab_size, reads=reads)
    figures = evaluate(ADS, tokenizer, config, zeros(config), spelling)
    assert (figures["num_chars"], figures["bits_per_char"]) == (None, None)


# Model directories and errors


@pytest.mark.parametrize("reads", ["ad", "packed"])
def test_a_model_directory_is_evaluated_with_its_own_tokenizer_and_spelling(tmp_path, reads):
    spelling = SpellingModel.fit({"Tesla": 1})
    path = save_tiny_model(tmp_path / "m", reads=reads, seed=2, spelling=spelling.to_dict())
    config = make_config(word_tokenizer().vocab_size, reads=reads)
    expected = evaluate(ADS, word_tokenizer(), config, random_weights(config, 2), spelling)
    assert evaluate_ads(load_model_directory(path), ADS) == expected
    assert expected["bits_per_char"] > 0


@pytest.mark.parametrize(
    "tokenizer", [word_tokenizer(), subword_tokenizer()], ids=["word", "subword"]
)
def test_groups_have_their_own_figures_and_add_up(tmp_path, tokenizer):
    spelling = SpellingModel.fit({"Tesla": 1}).to_dict() if tokenizer.kind == "word" else None
    path = save_tiny_model(tmp_path / "m", reads="packed", tokenizer=tokenizer, spelling=spelling)
    model = load_model_directory(path)
    groups = {"long": ADS[:4], "short": ADS[4:5], "unknown": ADS[5:]}
    figures, by_group = evaluate_groups(model, groups, num_threads=2)
    assert figures == pytest.approx(evaluate_ads(model, ADS))
    assert by_group == {name: evaluate_ads(model, ads) for name, ads in groups.items()}
    for name, weight in (
        ("bits_per_char", "num_chars"),
        ("unknown_rate", "num_tokens"),
        ("hinge", "num_tokens"),
    ):
        total = sum(one[name] * one[weight] for one in by_group.values())
        assert total / figures[weight] == pytest.approx(figures[name])


def test_a_group_without_ads_is_a_clear_error(tmp_path):
    model = load_model_directory(save_tiny_model(tmp_path / "m"))
    with pytest.raises(ValueError, match="There are no ads to evaluate"):
        evaluate_groups(model, {"some": ADS, "none": []})


def test_no_ads_have_no_figures():
    tokenizer = word_tokenizer()
    with pytest.raises(ValueError, match="There are no ads to evaluate"):
        encode_for_evaluation([], tokenizer, make_config(tokenizer.vocab_size), None)


def test_a_stream_too_short_for_a_window_is_a_clear_error():
    tokenizer = word_tokenizer()
    config = make_config(tokenizer.vocab_size, reads="stream")
    with pytest.raises(ValueError, match="2 ads have 4 tokens, too few for a window of 4"):
        encode_for_evaluation(["Sony TV", "Apple TV"], tokenizer, config, None)
