"""A prepared corpus as token ids: what the ads themselves give, made once, mapped into memory."""

import json
from dataclasses import replace

import numpy as np
import pytest
from tiny_corpus import prepare_tiny_corpus

from adgen.corpus import load_corpus
from adgen.lstm.training.data import load_tokens
from adgen.lstm.training.settings import preset
from adgen.tokens import store as token_store
from adgen.tokens.base import EOS_ID, PAD_ID
from adgen.tokens.store import TokenStore

CONFIG = preset("small", subword_vocab_size=400, sequence_length=24, num_check_ads=10)


@pytest.fixture(scope="module")
def corpus_dir(tmp_path_factory):
    return prepare_tiny_corpus(tmp_path_factory.mktemp("corpus"))


def split_texts(corpus_dir, split, **options):
    return load_corpus(corpus_dir, splits=split, **options)["ad"].tolist()


def as_texts(token_ids, tokenizer):
    """Returns the ads behind token ids."""
    ends = np.flatnonzero(np.asarray(token_ids) == EOS_ID)
    return [tokenizer.decode(ids) for ids in np.split(np.asarray(token_ids), ends + 1)[:-1]]


@pytest.mark.parametrize("split", ["train", "valid", "test"])
def test_the_token_ids_are_the_ads_in_order(corpus_dir, split):
    store = TokenStore.open(corpus_dir, CONFIG.subword_vocab_size)
    token_ids = store.token_ids(split)
    assert isinstance(token_ids, np.memmap) and token_ids.dtype == np.uint16
    texts = split_texts(corpus_dir, split)
    assert as_texts(token_ids, store.tokenizer) == texts
    assert store.num_ads(split) == len(texts) > 20


def test_a_run_gets_what_it_needs(corpus_dir):
    data = load_tokens(corpus_dir, CONFIG)
    train, valid = split_texts(corpus_dir, "train"), split_texts(corpus_dir, "valid")
    assert data.lstm_config.vocab_size == data.tokenizer.vocab_size == 400
    assert set(data.encoded) == {"train", "valid", "test"}
    assert data.encoded["valid"].num_chars == sum(len(ad) + 1 for ad in valid)
    assert as_texts(data.encoded["valid"].token_ids, data.tokenizer) == valid
    checked = as_texts(data.check_valid.token_ids, data.tokenizer)
    assert len(checked) == data.check_valid.num_ads == 10 and set(checked) < set(valid)
    assert data.check_valid.num_chars == sum(len(ad) + 1 for ad in checked)
    assert set(as_texts(data.curve_sample.token_ids, data.tokenizer)) < set(train)
    counts = np.bincount(data.tokenizer.encode_ads(train), minlength=400)
    assert (
        data.token_counts.tolist() == counts.tolist() and data.num_training_tokens == counts.sum()
    )
    assert data.origin["corpus"]["num_ads"] == len(load_corpus(corpus_dir))
    assert data.origin["split"]["num_ads"] == {
        split: len(split_texts(corpus_dir, split)) for split in ("train", "valid", "test")
    }


def test_the_rows_hold_every_training_token_once(corpus_dir):
    data = load_tokens(corpus_dir, CONFIG)
    rows = data.examples.rows
    assert isinstance(rows, np.memmap) and rows.shape[1] == 25
    targets = rows[:, 1:]
    counts = np.bincount(targets[targets != PAD_ID], minlength=400)
    assert counts.tolist() == data.token_counts.tolist()


def test_what_is_there_is_not_made_again(corpus_dir, monkeypatch):
    first = load_tokens(corpus_dir, CONFIG)
    for name in ("_encode", "plan_rows"):
        monkeypatch.setattr(token_store, name, lambda *_, **__: pytest.fail("made again"))
    again = load_tokens(corpus_dir, CONFIG)
    assert again.sha256 == first.sha256
    np.testing.assert_array_equal(again.examples.rows, first.examples.rows)


def test_another_tokenizer_or_choice_of_ads_has_files_of_its_own(corpus_dir):
    whole = load_tokens(corpus_dir, CONFIG)
    others = [
        load_tokens(corpus_dir, replace(CONFIG, subword_vocab_size=300)),
        load_tokens(corpus_dir, CONFIG, categories=["pets"]),
        load_tokens(corpus_dir, CONFIG, max_ads=50),
    ]
    assert len({data.sha256 for data in (whole, *others)}) == 4
    assert load_tokens(corpus_dir, CONFIG).sha256 == whole.sha256


def test_fewer_training_ads_leave_validation_and_test_as_they_are(corpus_dir):
    store = TokenStore.open(corpus_dir, CONFIG.subword_vocab_size, max_ads=50)
    assert store.num_ads("train") == 50
    for split in ("valid", "test"):
        assert as_texts(store.token_ids(split), store.tokenizer) == split_texts(corpus_dir, split)


def test_one_category_is_that_category_in_every_split(corpus_dir):
    store = TokenStore.open(corpus_dir, CONFIG.subword_vocab_size, categories=["pets"])
    for split in ("train", "valid", "test"):
        expected = split_texts(corpus_dir, split, categories=["pets"])
        assert as_texts(store.token_ids(split), store.tokenizer) == expected


def test_a_kill_while_encoding_is_noticed(corpus_dir, monkeypatch):
    def die(path, value):
        raise KeyboardInterrupt

    config = replace(CONFIG, subword_vocab_size=310)
    monkeypatch.setattr(token_store, "write_json", die)
    with pytest.raises(KeyboardInterrupt):
        load_tokens(corpus_dir, config)
    monkeypatch.undo()
    assert load_tokens(corpus_dir, config).tokenizer.vocab_size == 310


@pytest.mark.parametrize(
    ("config", "options", "message"),
    [
        (preset("packed"), {}, 'trains model "ad-lstm" with tokenizer "subword"'),
        (preset("adgen"), {}, 'received "embedding-lstm" with "word"'),
        (CONFIG, {"categories": ["pet"]}, "No category 'pet'; expected some of pets"),
        (CONFIG, {"max_ads": 0}, "max_ads is 0"),
    ],
)
def test_what_a_corpus_cannot_do_is_explained(corpus_dir, config, options, message):
    with pytest.raises(ValueError, match=message):
        load_tokens(corpus_dir, config, **options)


def test_without_a_corpus_it_says_how_to_get_one(tmp_path):
    with pytest.raises(FileNotFoundError, match="adgen data download"):
        load_tokens(tmp_path, CONFIG)


def test_the_files_say_what_they_are(corpus_dir):
    store = TokenStore.open(corpus_dir, CONFIG.subword_vocab_size)
    about = json.loads((store.folder / "tokens.json").read_text())
    assert about["fingerprint"] == store.tokenizer.fingerprint
    assert about["num_tokens"]["valid"] == len(store.token_ids("valid"))
