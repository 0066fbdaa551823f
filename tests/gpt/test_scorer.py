"""What ads cost a causal language model.

By hand, and as the model itself says, one ad at a time.
"""

import math

import numpy as np
import pytest
from tiny_gpt import gpt2_tokenizer, own_tokenizer, tiny_model

from adgen.corpus.sample import make_sample_ads
from adgen.generation.scorers import score_ads
from adgen.generation.shipped import SHIPPED_LSTM, shipped_model_dir
from adgen.gpt.causal import CausalLM
from adgen.gpt.fast_layers import _FEWEST_TOKENS
from adgen.gpt.prompts import TEMPLATES, context_ids, draw_shots
from adgen.gpt.scorer import CausalScorer
from adgen.gpt.tokens import GPTTokenizer
from adgen.lstm.directory import load_model_directory
from adgen.ngram.model import NGramModel
from adgen.scoring.protocol import Shots, scorer_figures
from adgen.tokens.subword_tokenizer import SubwordTokenizer

ADS = ["Sony TV 44 mm", "Red band for Apple Watch, small", "A", "Größe 5 \U0001f525 Oak table"]
SHOTS = Shots(("Blue band", "Tin cup in red"), "electronics")


def plain_scores(model, inner, ads, shots, template):
    """Returns log-probabilities and ranks by the model's own forward pass, an ad at a time."""
    import torch

    tokenizer = GPTTokenizer(inner, end=TEMPLATES[template].end)
    logs, ranks = [], []
    for ad in ads:
        before = context_ids(tokenizer, TEMPLATES[template], shots)
        ids = [*before, *tokenizer.encode(ad), tokenizer.eos_id]
        with torch.no_grad():
            predictions = model(torch.tensor([ids])).logits[0].log_softmax(-1).double().numpy()
        for place in range(len(before), len(ids)):
            row = predictions[place - 1]
            logs.append(row[ids[place]])
            ranks.append((row >= row[ids[place]]).sum() - 1)
    return np.array(logs), np.array(ranks)


@pytest.mark.parametrize("kind", ["gpt_neo", "gpt2"])
@pytest.mark.parametrize("template", ["ads", "list"])
@pytest.mark.parametrize("shots", [Shots(), SHOTS])
def test_batches_give_what_one_ad_at_a_time_gives(kind, template, shots):
    model, inner = tiny_model(kind, context_length=128), own_tokenizer()
    scorer = CausalScorer.of(model, inner, template=template)
    found = scorer.score(ADS, [shots] * len(ADS))
    logs, ranks = plain_scores(model, inner, ADS, shots, template)
    np.testing.assert_allclose(found.log_probabilities, logs, atol=1e-4)
    assert (found.ranks == ranks).all()
    assert found.lengths.tolist() == [len(GPTTokenizer(inner).encode(ad)) + 1 for ad in ADS]


@pytest.mark.parametrize("kind", ["gpt_neo", "gpt2", "llama"])
@pytest.mark.parametrize("shots", [Shots(), SHOTS])
def test_many_ads_with_faster_layers_cost_what_each_costs_alone(kind, shots):
    model, inner = tiny_model(kind, context_length=256), own_tokenizer()
    ads = make_sample_ads(60, seed=5)["ad"].tolist()
    # 1. As the model itself says, an ad at a time: log-probabilities, ranks.
    logs, ranks = plain_scores(model, inner, ads, shots, "ads")
    assert len(logs) >= _FEWEST_TOKENS
    scorer = CausalScorer.of(model, inner, template="ads")
    found = scorer.score(ads, [shots] * len(ads))
    np.testing.assert_allclose(found.log_probabilities, logs, atol=1e-4)
    # Logits that differ by rounding may change places.
    assert (found.ranks != ranks).mean() < 1e-3
    # 2. The figures.
    figures = scorer_figures(scorer, ads, [shots] * len(ads))
    assert figures["perplexity"] == pytest.approx(np.exp(-logs.mean()), rel=1e-5)
    assert figures["bits_per_char"] == pytest.approx(
        -logs.sum() / np.log(2) / sum(len(ad) + 1 for ad in ads), rel=1e-5
    )


@pytest.mark.parametrize("kind", ["gpt_neo", "gpt2"])
def test_a_token_keeps_its_keys_and_values_in_every_layer(kind):
    model = tiny_model(kind)
    config = model.config
    kept = CausalLM(model).read_prefix([2, 7, 5]).bytes_per_token
    assert kept == 2 * 4 * config.num_hidden_layers * config.hidden_size


def test_the_real_gpt2_vocabulary_and_a_model_of_its_size_of_vocabulary():
    model = tiny_model(vocab_size=50_257, eos_id=50_256)
    figures = score_ads(model, gpt2_tokenizer(), ADS, template="lines")
    logs, ranks = plain_scores(model, gpt2_tokenizer(), ADS, Shots(), "lines")
    assert figures["bits_per_char"] == pytest.approx(
        -logs.sum() / math.log(2) / figures["num_chars"]
    )
    assert figures["accuracy"] == pytest.approx((ranks == 0).mean())


def test_a_model_that_knows_nothing_pays_the_logarithm_of_its_vocabulary_for_every_token():
    model, inner = tiny_model(spread=0.0), own_tokenizer()
    figures = score_ads(model, inner, ADS, template="ads")
    num_tokens = sum(len(inner(ad)["input_ids"]) + 1 for ad in ADS)
    num_chars = sum(len(ad) + 1 for ad in ADS)
    assert figures["bits_per_char"] == pytest.approx(
        num_tokens * math.log2(400) / num_chars, rel=1e-6
    )
    # All tokens are as probable: none is the first choice, not even among five.
    assert figures["top_5_accuracy"] == figures["word_top_5_accuracy"] == 0


def test_an_ad_costs_the_same_whatever_stands_beside_it_in_the_list():
    scorer = CausalScorer.of(tiny_model(), own_tokenizer(), template="ads")
    together = scorer.score([*ADS, "Blue cup"], [Shots()] * 5)
    alone = scorer.score([ADS[1]], [Shots()])
    start = together.lengths[0]
    np.testing.assert_allclose(
        together.log_probabilities[start : start + together.lengths[1]],
        alone.log_probabilities,
        atol=1e-5,
    )


@pytest.mark.parametrize("kind", ["gpt_neo", "gpt2"])
def test_an_ad_longer_than_the_context_is_read_in_pieces_each_after_half_a_context_of_it(kind):
    import torch

    model, inner = tiny_model(kind, context_length=16), own_tokenizer()
    tokenizer, ads = GPTTokenizer(inner), ["A", " ".join(["Red band for Apple Watch, small"] * 3)]
    found = CausalScorer.of(model, inner, template="ads").score(ads, [Shots()] * 2)
    ids = [tokenizer.eos_id, *tokenizer.encode(ads[1]), tokenizer.eos_id]
    assert len(ids) > 16 + 9  # two pieces and a part of a third at least
    expected = []
    for place in range(1, len(ids)):
        # The first piece sees all before it; a later one the eight tokens before it, and itself.
        start = 0 if place <= 16 else 17 - 8 + (place - 17) // 9 * 9
        with torch.no_grad():
            logits = model(torch.tensor([ids[start:place]])).logits[0, -1]
        expected.append(logits.log_softmax(-1)[ids[place]].item())
    np.testing.assert_allclose(found.log_probabilities[found.lengths[0] :], expected, atol=1e-4)


def test_an_ad_too_long_for_all_its_shots_is_read_after_the_last_ones():
    inner = own_tokenizer()
    tokenizer, shots, long = GPTTokenizer(inner), Shots(("Blue band", "Tin cup", "Red")), ADS[1]
    last_two = Shots(shots.examples[1:])
    room = len(context_ids(tokenizer, TEMPLATES["ads"], last_two)) + len(tokenizer.encode(long))
    scorer = CausalScorer.of(tiny_model(context_length=room), inner, template="ads")
    found = scorer.score(["A", long], [shots] * 2)
    for ad, given, part in (("A", shots, slice(0, 2)), (long, last_two, slice(2, None))):
        alone = scorer.score([ad], [given])
        np.testing.assert_allclose(
            found.log_probabilities[part], alone.log_probabilities, atol=1e-5
        )
    assert (
        found.num_with_fewer_shots == 1 and scorer.score(["A"], [shots]).num_with_fewer_shots == 0
    )
    assert scorer_figures(scorer, ["A", long], [shots] * 2)["num_with_fewer_shots"] == 1
    assert "num_with_fewer_shots" not in scorer_figures(scorer, ["A", long])


def test_shots_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"more than the 64 that the model reads. Give fewer"):
        score_ads(
            tiny_model(), own_tokenizer(), ADS, shots=[Shots(tuple(ADS * 5))] * 4, template="ads"
        )
    with pytest.raises(ValueError, match="4 ads and shots for 1"):
        score_ads(tiny_model(), own_tokenizer(), ADS, shots=[Shots()])
    with pytest.raises(ValueError, match="no ads to score"):
        score_ads(tiny_model(), own_tokenizer(), [])


def test_the_lstm_after_shots_costs_what_it_costs_to_go_on():
    model = load_model_directory(shipped_model_dir(SHIPPED_LSTM))
    eos, encode = model.tokenizer.eos_id, model.tokenizer.encode
    figures = score_ads(model, None, ["Sony TV remote"], shots=[Shots(("Red band",))])
    from adgen.lstm.numpy_lstm import NumpyLSTM
    from adgen.support.arrays import log_normaliser

    lstm = NumpyLSTM(model.weights, model.config)
    before, ad = [eos, *encode("Red band"), eos], [*encode("Sony TV remote"), eos]
    state = lstm.initial_state(1)
    nats = 0.0
    for place, token in enumerate([*before, *ad]):
        if place >= len(before):
            logits = lstm.logits(state)
            nats -= logits[0, token] - log_normaliser(logits)[0]
        state = lstm.step(np.array([token]), state)
    assert figures["bits_per_char"] == pytest.approx(nats / math.log(2) / 15, rel=1e-4)


def test_an_n_gram_model_does_not_reach_into_the_ad_before():
    ads = ["red band", "red cup", "blue band"]
    tokenizer = SubwordTokenizer.fit(ads * 3, vocab_size=270)
    ngram = NGramModel.fit(tokenizer.encode_ads(ads * 3), vocab_size=tokenizer.vocab_size, order=3)
    plain = score_ads(ngram, tokenizer, ads)
    assert score_ads(ngram, tokenizer, ads, shots=[Shots(("blue cup",))] * 3) == plain
    nats = -ngram.log_probabilities(tokenizer.encode_ads(ads)).sum()
    assert plain["bits_per_char"] == pytest.approx(
        nats / math.log(2) / sum(len(ad) + 1 for ad in ads)
    )


class KnownScorer:
    """Says what it is told to: two ads, "ab cd" as a, b | cd and "e" as e, each with its end."""

    def encode_words(self, ad):
        return ([0, 0, 0], [0, 0, 1]) if ad == "ab cd" else ([0], [0])

    def score(self, ads, shots):
        from adgen.scoring.protocol import TokenScores

        ranks = np.array([0, 3, 0, 0, 6, 4])
        return TokenScores(np.full(6, -math.log(2)), ranks, np.array([4, 2]))

    def count_text(self, ads):
        from adgen.tokens.encoded import EncodedAds

        return EncodedAds(np.zeros(0, np.int32), 2, 8)


def test_a_word_is_right_when_all_its_tokens_are():
    from adgen.scoring.protocol import scorer_figures

    figures = scorer_figures(KnownScorer(), ["ab cd", "e"])
    # Words: ab (ranks 0, 3), cd (0), end (0); e (6), end (4).
    assert figures["word_accuracy"] == 2 / 5
    assert figures["word_top_5_accuracy"] == 4 / 5
    assert figures["accuracy"] == 3 / 6
    assert figures["bits_per_char"] == 6 / 8


def test_examples_are_training_ads_of_the_category_and_more_shots_contain_fewer(tiny_ads):
    training = tiny_ads[tiny_ads["split"] == "train"].assign(category=lambda ads: ads["ad"].str[0])
    four = draw_shots(training, ["S", "W"], 4, seed=1)
    two = draw_shots(training, ["S", "W"], 2, seed=1)
    for category, shots in four.items():
        assert all(ad.startswith(category) for ad in shots.examples)
        assert shots.examples[2:] == two[category].examples
        families = training.set_index("ad")["family"][list(shots.examples)]
        assert families.is_unique
    assert draw_shots(training, ["S"], 4, seed=2) != draw_shots(training, ["S"], 4, seed=1)
    with pytest.raises(
        ValueError, match=r"must come from the training split; received ads of test, valid"
    ):
        draw_shots(tiny_ads.assign(category="S"), ["S"], 1)
    with pytest.raises(ValueError, match="Give fewer"):
        draw_shots(training, ["S"], 10_000)


def test_what_stands_before_an_ad():
    tokenizer = GPTTokenizer(gpt2_tokenizer(), end="\n")
    ids = context_ids(tokenizer, TEMPLATES["list"], SHOTS)
    assert gpt2_tokenizer().decode(ids) == (
        "<|endoftext|>Product titles on Amazon, electronics:\nBlue band\nTin cup in red\n"
    )
    assert context_ids(GPTTokenizer(gpt2_tokenizer()), TEMPLATES["ads"], Shots()) == (50_256,)


def test_special_tokens_in_an_ad_are_text():
    for inner in (gpt2_tokenizer(), own_tokenizer()):
        tokenizer = GPTTokenizer(inner)
        text = f"a {inner.eos_token} b"
        assert tokenizer.eos_id not in tokenizer.encode(text)
        assert tokenizer.decode(tokenizer.encode(text)) == text


def test_a_model_whose_logits_are_more_than_a_product_is_scored_by_its_own():
    model = tiny_model("gpt2")
    plain = CausalLM(model)
    assert plain._has_plain_head
    forward = type(model).forward

    class Capped(type(model)):
        def forward(self, *arguments, **named):
            output = forward(self, *arguments, **named)
            output.logits = 3 * (output.logits / 3).tanh()
            return output

    model.__class__ = Capped
    assert not CausalLM(model)._has_plain_head
    found = CausalScorer.of(model, own_tokenizer(), template="ads").score(ADS, [Shots()] * 4)
    logs, _ = plain_scores(model, own_tokenizer(), ADS, Shots(), "ads")
    np.testing.assert_allclose(found.log_probabilities, logs, atol=1e-4)
