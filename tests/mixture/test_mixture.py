"""An LSTM and an n-gram model as one model: shares, logits, scores, folder, ads."""

import json
import math
import threading
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_models import TEXTS, save_tiny_model, subword_tokenizer

from adgen.decoding.loop import Draft
from adgen.decoding.sampling import Sampling
from adgen.generation.generator import AdGenerator
from adgen.generation.kinds import check_kind, compress_model, open_model
from adgen.lstm.directory import load_model_directory
from adgen.lstm.numpy_lstm import NumpyLSTM
from adgen.mixture.directory import load_mixture_directory, save_mixture_directory
from adgen.mixture.reader import MixtureReader
from adgen.mixture.shares import NUM_BINS, Shares
from adgen.ngram import kept_tables
from adgen.ngram.model import NGramModel, NGramReading
from adgen.scoring.protocol import Shots

ORDER = 3
EOS = 2


@pytest.fixture(scope="module")
def ngram():
    tokenizer = subword_tokenizer()
    return NGramModel.fit(tokenizer.encode_ads(TEXTS), vocab_size=tokenizer.vocab_size, order=ORDER)


@pytest.fixture(scope="module")
def shares():
    table = np.linspace(0.05, 0.95, ORDER * NUM_BINS).reshape(ORDER, NUM_BINS)
    return Shares(table)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, ngram, shares):
    place = tmp_path_factory.mktemp("mixture")
    lstm = save_tiny_model(place / "lstm", reads="packed", tokenizer=subword_tokenizer(), seed=1)
    ngram.save(place / "ngram.safetensors")
    save_mixture_directory(
        place / "both",
        lstm,
        place / "ngram.safetensors",
        shares,
        controls={"temperature": 0.5},
        card="# Both\n",
        info={"name": "both"},
    )
    return place / "both"


@pytest.fixture(scope="module")
def parts(folder):
    found = load_mixture_directory(folder)
    return NumpyLSTM(found.lstm.weights, found.lstm.config), found.ngram, found.shares


def mixed_slowly(parts, context):
    """The mixture's probabilities after a context, from each part's own."""
    lstm, ngram, shares = parts
    logits = lstm.window_logits(np.array([context]))[0].astype(np.float64)
    of_lstm = np.exp(logits) / np.exp(logits).sum()
    of_ngram = ngram.distribution([context])[0].astype(np.float64)
    length, backoff = slow_context(ngram, context)
    share = shares.at(NGramReading(np.zeros(1), np.array([length]), np.array([backoff])))[0]
    return share * of_lstm + (1 - share) * of_ngram


def slow_context(ngram, context):
    """How long a context the model knows, and what that leaves to shorter ones: sums say it.

    What a context's n-grams add is 1 less its back-off weight.
    """
    tables = ngram.tables
    for length in range(ngram.order - 1, 0, -1):
        place = 0 if length else None
        tokens = context[-length:]
        if len(tokens) < length:
            continue
        place = tokens[0]
        for n, token in enumerate(tokens[1:], start=1):
            found = np.flatnonzero(tables.keys[n] == place * tables.vocab_size + token)
            place = int(found[0]) if len(found) else None
            if place is None:
                break
        if place is None:
            continue
        here = tables.keys[length] // tables.vocab_size == place
        if here.any():
            return length, np.float32(1 - tables.discounted[length][here].sum(dtype=np.float64))
    return 0, np.float32(1)


CONTEXTS = st.lists(st.integers(3, 299), max_size=4).map(lambda tokens: [EOS, *tokens])


@given(context=CONTEXTS)
def test_logits_are_those_of_the_weighted_mean(parts, context):
    reader = MixtureReader(*parts)
    reader.add([context])
    logits = reader.logits()[0].astype(np.float64)
    expected = mixed_slowly(parts, context)
    shown = np.exp(logits - logits.max())
    np.testing.assert_allclose(shown / shown.sum(), expected, rtol=2e-4, atol=1e-7)


def test_contexts_of_the_text_are_known(parts, ngram):
    ids = subword_tokenizer().encode(TEXTS[0])
    reading = ngram.readings([[EOS, *ids[:4]]])
    assert reading.context_lengths.tolist() == [ORDER - 1]
    assert reading.backoffs[0] < 1
    assert reading.backoffs[0] == pytest.approx(slow_context(ngram, [EOS, *ids[:4]])[1], abs=1e-5)


def test_text_and_contexts_give_the_same_readings(ngram):
    ids = subword_tokenizer().encode_ads(TEXTS)
    text = ngram.token_readings(ids)
    starts = [0, *(np.flatnonzero(ids == EOS)[:-1] + 1)]
    ads = [ids[a:b].tolist() for a, b in pairwise([*starts, len(ids)])]
    contexts = [[EOS, *ad[:place]] for ad in ads for place in range(len(ad))]
    single = ngram.readings(contexts)
    assert single.context_lengths.tolist() == text.context_lengths.tolist()
    assert single.backoffs.tolist() == text.backoffs.tolist()
    chosen = single.probabilities[np.arange(len(ids)), ids]
    np.testing.assert_allclose(chosen, text.probabilities, rtol=1e-5)


@given(contexts=st.lists(CONTEXTS, min_size=1, max_size=4), data=st.data())
def test_company_changes_no_logits(parts, contexts, data):
    reader = MixtureReader(*parts)
    reader.add(contexts)
    token_ids = data.draw(
        st.lists(st.integers(3, 299), min_size=len(contexts), max_size=len(contexts))
    )
    reader.advance(np.array(token_ids))
    kept = data.draw(st.integers(0, len(contexts) - 1))
    reader.keep(np.array([kept]))
    alone = MixtureReader(*parts)
    alone.add([contexts[kept]])
    alone.advance(np.array([token_ids[kept]]))
    assert reader.logits().tobytes() == alone.logits().tobytes()


@pytest.mark.parametrize("num_threads", ["1", "2"])
def test_large_batches_are_shared_by_threads_without_effect(parts, monkeypatch, num_threads):
    contexts = [[EOS, 3 + number, 4 + number % 7] for number in range(150)]
    alone = []
    for context in contexts:
        reader = MixtureReader(*parts)
        reader.add([context])
        alone.append(reader.logits()[0].copy())
    monkeypatch.setenv("OMP_NUM_THREADS", num_threads)
    together = MixtureReader(*parts)
    together.add(contexts)
    assert together.logits().tobytes() == np.array(alone).tobytes()


def test_the_shares_of_each_kind_of_place_are_chosen_on_its_own_tokens():
    # Where the n-gram model knows two tokens it is right, where it knows none it is wrong.
    rng = np.random.default_rng(0)
    lengths = np.repeat([0, 2], 5_000)
    reading = NGramReading(
        np.where(lengths == 2, 0.6, 0.05), lengths, np.full(10_000, 0.3, np.float32)
    )
    of_lstm = np.log(rng.choice([0.3, 0.2], 10_000))
    shares = Shares.fit(of_lstm, reading, order=3)
    at = shares.at(reading)
    assert (at[lengths == 2] < 0.01).all() and (at[lengths == 0] > 0.99).all()
    # A kind never seen has the share of all places together: neither 0 nor 1 here.
    unseen = NGramReading(np.zeros(1), np.array([1]), np.ones(1, np.float32))
    assert 0 < shares.at(unseen)[0] < 1


@pytest.mark.parametrize("damage", [None, [[0.5]], "x", [[2.0] * NUM_BINS] * ORDER])
def test_shares_that_are_none_are_refused(damage):
    with pytest.raises(ValueError, match="shares are no 3 lists"):
        Shares.of(damage, ORDER)


def test_the_scorer_prices_tokens_with_the_mixture(folder, parts):
    ad = TEXTS[1]
    scorer = open_model(folder).scorer
    [ids] = [subword_tokenizer().encode(ad)]
    expected = [
        math.log(mixed_slowly(parts, [EOS, *ids[:place]])[token])
        for place, token in enumerate([*ids, EOS])
    ]
    found = scorer.score([ad], [Shots()])
    np.testing.assert_allclose(found.log_probabilities, expected, rtol=1e-4, atol=1e-4)


def test_figures_do_not_depend_on_threads(folder):
    model = open_model(folder)
    one, two = (model.figures({"all": TEXTS}, num_threads=n)[0] for n in (1, 2))
    assert one == two and one["num_ads"] == len(TEXTS)


def test_it_writes_after_prompts(folder):
    generator = AdGenerator.from_pretrained(folder)
    [ads] = generator.generate("Sony", num_ads=3, sampling=Sampling(), max_tokens=12, seed=4)
    assert all(ad.text.startswith("Sony") for ad in ads)
    again = generator.generate(
        ["Apple", "Sony"], num_ads=3, max_tokens=12, seed=4, sampling=Sampling()
    )
    assert [ad.text for ad in again[1]] == [ad.text for ad in ads]


def test_what_an_ad_cost_is_the_mixtures_log_probability(folder, parts):
    model = open_model(folder)
    [[ad]] = AdGenerator(model).generate("Sony", max_tokens=6, sampling=Sampling(), seed=1)
    draft = Draft("Sony", subword_tokenizer().encode("Sony"))
    nats = 0.0
    context = [EOS, *draft.prompt_ids]
    for token in ad.token_ids:
        nats += math.log(mixed_slowly(parts, context)[token])
        context.append(token)
    assert ad.log_probability == pytest.approx(nats, rel=1e-3)


def test_controls_become_its_own_and_the_others_are_its_lstms(folder):
    generator = AdGenerator.from_pretrained(folder)
    assert generator.default_sampling == Sampling(temperature=0.5)


def test_kinds_are_told_apart(folder, tmp_path):
    assert open_model(folder).called == "a mixture"
    with pytest.raises(ValueError, match="is a mixture; expected an LSTM"):
        check_kind(folder, "lstm")
    with pytest.raises(ValueError, match=r"is a mixture\. Compress its LSTM"):
        compress_model(folder, tmp_path / "c")
    with pytest.raises(ValueError, match="exact=True is for LSTMs"):
        open_model(folder, exact=True)
    with pytest.raises(ValueError, match="says format 'adgen-mixture'"):
        load_model_directory(folder)


def test_a_copy_is_the_same_model(folder, tmp_path):
    AdGenerator.from_pretrained(folder).save_pretrained(tmp_path / "copy")
    names = {path.name for path in folder.iterdir()}
    assert {path.name for path in (tmp_path / "copy").iterdir()} == names
    assert open_model(tmp_path / "copy").figures({"a": TEXTS}) == open_model(folder).figures(
        {"a": TEXTS}
    )


def changed(folder, tmp_path, change):
    AdGenerator.from_pretrained(folder).save_pretrained(tmp_path / "copy")
    path = tmp_path / "copy" / "config.json"
    settings = json.loads(path.read_text())
    change(settings)
    path.write_text(json.dumps(settings))
    return tmp_path / "copy"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda settings: settings.update(format_version=9), "version 9"),
        (lambda settings: settings.pop("lstm"), "no object 'lstm'"),
        (lambda settings: settings["lstm"].pop("sha256"), "no object 'sha256'"),
        (lambda settings: settings.update(shares=[[1]]), "shares are no 3 lists"),
        (lambda settings: settings["sha256"].clear(), "not the file that was saved"),
    ],
)
def test_damaged_settings_are_explained(folder, tmp_path, change, message):
    with pytest.raises(ValueError, match=message):
        open_model(changed(folder, tmp_path, change))


def test_kept_tables_write_the_same_and_hide_no_damage(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("ADGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(kept_tables, "_LEAST_BYTES", 0)
    copy = changed(folder, tmp_path, lambda settings: None)
    ads = AdGenerator.from_pretrained(copy).generate("Sony", num_ads=4, max_tokens=12)
    for thread in threading.enumerate():
        if thread.name == kept_tables.KEEPER:
            thread.join()
    assert list((tmp_path / "cache" / "ngrams").glob("*.tables"))
    assert AdGenerator.from_pretrained(copy).generate("Sony", num_ads=4, max_tokens=12) == ads
    (copy / "ngram.safetensors").write_bytes(b"x")
    with pytest.raises(ValueError, match="not the file that was saved"):
        open_model(copy)


def test_a_missing_ngram_file_is_named(folder, tmp_path):
    copy = changed(folder, tmp_path, lambda settings: None)
    (copy / "ngram.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match=r"lacks ngram\.safetensors"):
        open_model(copy)


@pytest.mark.parametrize(("reads", "message"), [("ad", "an n-gram model is mixed with one")])
def test_lstms_of_windows_are_not_mixed(folder, tmp_path, ngram, shares, reads, message):
    lstm = save_tiny_model(tmp_path / "l", reads=reads, tokenizer=subword_tokenizer())
    ngram.save(tmp_path / "n.safetensors")
    save_mixture_directory(
        tmp_path / "m", lstm, tmp_path / "n.safetensors", shares, controls={}, card="", info={}
    )
    with pytest.raises(ValueError, match=message):
        open_model(tmp_path / "m")
