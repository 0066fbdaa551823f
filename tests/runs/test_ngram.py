"""The n-gram baseline from a corpus to directory and record; what is saved is what was scored."""

import json

import numpy as np
import pytest
from hostile import lay_others, tree
from tiny_corpus import prepare_tiny_corpus

from adgen.corpus import load_corpus
from adgen.corpus.source import AdSource
from adgen.corpus.store import read_about
from adgen.ngram.directory import load_ngram_directory, save_ngram_directory
from adgen.ngram.model import NGramModel
from adgen.records.record import read_record, rounded
from adgen.runs import ngram as ngram_runs
from adgen.runs.ngram import NGramPlan, run_ngram
from adgen.tokens.subword_tokenizer import SubwordTokenizer


@pytest.fixture(scope="module")
def corpus_dir(tmp_path_factory):
    return prepare_tiny_corpus(tmp_path_factory.mktemp("corpus"))


def plan_for(path, output_dir, *, categories=(), max_ads=None, **changes):
    options = {"order": 3, "subword_vocab_size": 400, **changes}
    return NGramPlan(
        AdSource(path, categories, max_ads=max_ads), output_dir, "adgen ngram", **options
    )


@pytest.fixture(scope="module")
def fitted(corpus_dir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fitted")
    plan = plan_for(corpus_dir, folder / "ngram", record_path=folder / "record.json")
    return run_ngram(plan), plan


@pytest.mark.parametrize("split", ["valid", "test"])
def test_figures_are_those_of_all_ads_of_a_split(corpus_dir, fitted, split):
    record, plan = fitted
    saved = load_ngram_directory(plan.output_dir)
    ads = load_corpus(corpus_dir, splits=split)["ad"].tolist()
    token_ids = saved.tokenizer.encode_ads(ads)
    scores, num_chars = saved.model.score_tokens(token_ids), sum(len(ad) + 1 for ad in ads)
    expected = scores.summary(num_chars=num_chars)
    figures = record.figures[split]
    assert (figures.num_ads, figures.num_tokens) == (len(ads), len(token_ids))
    assert figures.num_accuracy_ads == len(ads)
    for name in ("bits_per_char", "cross_entropy", "perplexity", "accuracy", "top_5_accuracy"):
        assert figures.get(name) == pytest.approx(expected[name], rel=1e-5)


def test_the_model_is_that_of_the_training_ads_alone(corpus_dir, fitted):
    saved = load_ngram_directory(fitted[1].output_dir)
    train = load_corpus(corpus_dir, splits="train")["ad"].tolist()
    tokenizer = SubwordTokenizer.fit(train, vocab_size=400)
    expected = NGramModel.fit(tokenizer.encode_ads(train), vocab_size=tokenizer.vocab_size, order=3)
    assert saved.tokenizer.fingerprint == tokenizer.fingerprint
    some_ids = tokenizer.encode_ads(train[:5])
    np.testing.assert_array_equal(
        saved.model.log_probabilities(some_ids), expected.log_probabilities(some_ids)
    )


def test_accuracies_may_be_of_fewer_ads(corpus_dir, tmp_path, monkeypatch, fitted):
    monkeypatch.setattr(ngram_runs, "_ACCURACY_ADS", 10)
    record = run_ngram(plan_for(corpus_dir, tmp_path / "ngram"))
    for split, figures in record.figures.items():
        assert figures.num_accuracy_ads == 10 < figures.num_ads
        assert figures.bits_per_char == fitted[0].figures[split].bits_per_char


def test_the_record_says_what_was_run(corpus_dir, fitted):
    record, plan = fitted
    assert read_record(plan.record_path).as_dict() == rounded(record.as_dict())
    assert (record.kind, record.name) == ("ngram", "ngram")
    assert record.config.as_dict() == {"order": 3, "max_bytes": None, "subword_vocab_size": 400}
    saved = load_ngram_directory(plan.output_dir)
    assert (
        record.model.num_ngrams == sum(record.model.num_ngrams_by_order) == saved.model.num_ngrams
    )
    assert record.model.file_bytes == (plan.output_dir / "ngram.safetensors").stat().st_size
    assert record.corpus.as_dict() == saved.info["corpus"] == read_about(corpus_dir)["corpus"]
    assert record.num_train_ads == len(load_corpus(corpus_dir, splits="train"))
    assert set(record.seconds) == {"fit", "evaluation"}
    assert record.peak_memory_bytes > 0
    assert not [ad for ad in load_corpus(corpus_dir)["ad"] if ad in plan.record_path.read_text()]


def test_a_pruned_model_fits_the_size_and_is_scored_as_saved(corpus_dir, tmp_path, fitted):
    max_bytes = 12_000
    record = run_ngram(plan_for(corpus_dir, tmp_path / "small", max_bytes=max_bytes))
    assert record.model.file_bytes <= max_bytes < fitted[0].model.file_bytes
    assert record.model.num_ngrams < fitted[0].model.num_ngrams
    saved = load_ngram_directory(tmp_path / "small")
    ads = load_corpus(corpus_dir, splits="test")["ad"].tolist()
    nats = -saved.model.log_probabilities(saved.tokenizer.encode_ads(ads)).sum()
    figures = record.figures["test"]
    assert figures.cross_entropy * figures.num_tokens == pytest.approx(nats)


def test_one_category_and_fewer_training_ads(corpus_dir, tmp_path):
    record = run_ngram(plan_for(corpus_dir, tmp_path / "pets", categories=["pets"], max_ads=50))
    assert (record.selection.categories, record.selection.max_ads) == (("pets",), 50)
    assert record.num_train_ads == 50
    assert record.figures["test"].num_ads == len(
        load_corpus(corpus_dir, categories="pets", splits="test")
    )


def test_a_model_is_replaced_and_anything_else_is_not(corpus_dir, tmp_path):
    for order in (2, 3):
        run_ngram(plan_for(corpus_dir, tmp_path / "ngram", order=order))
    assert load_ngram_directory(tmp_path / "ngram").model.order == 3
    assert {path.name for path in tmp_path.iterdir()} == {"ngram"}
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep me")
    with pytest.raises(ValueError, match="not empty and not an n-gram model's directory"):
        run_ngram(plan_for(corpus_dir, tmp_path / "mine"))
    assert (tmp_path / "mine" / "notes.txt").read_text() == "keep me"


def test_files_of_others_stay_when_a_model_is_replaced(corpus_dir, tmp_path):
    run_ngram(plan_for(corpus_dir, tmp_path / "ngram", order=2))
    others = lay_others(tmp_path / "ngram")
    record_path = tmp_path / "ngram" / "record.json"
    for _ in range(2):
        run_ngram(plan_for(corpus_dir, tmp_path / "ngram", order=3, record_path=record_path))
    assert load_ngram_directory(tmp_path / "ngram").model.order == 3
    found = tree(tmp_path / "ngram")
    assert {name: found.pop(name) for name in others} == others
    assert set(found) == {"ngram.json", "ngram.safetensors", "tokenizer.json", "record.json"}


def test_a_failure_leaves_nothing_half_written(fitted, tmp_path, monkeypatch):
    saved = load_ngram_directory(fitted[1].output_dir)

    def fail(self, path):
        raise OSError("disk full")

    monkeypatch.setattr(SubwordTokenizer, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        save_ngram_directory(tmp_path / "new", saved.model, tokenizer=saved.tokenizer, info={})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("damage", "error", "message"),
    [
        (lambda folder: (folder / "ngram.json").unlink(), FileNotFoundError, "lacks ngram.json"),
        (
            lambda folder: (folder / "tokenizer.json").unlink(),
            FileNotFoundError,
            "lacks tokenizer.json",
        ),
        (
            lambda folder: (folder / "ngram.json").write_text("[]"),
            ValueError,
            "holds a list; expected a JSON object",
        ),
        (
            lambda folder: (folder / "ngram.json").write_text("{"),
            ValueError,
            "is not readable JSON",
        ),
        (
            lambda folder: (folder / "ngram.safetensors").write_bytes(b"x"),
            ValueError,
            "is not the file that was saved",
        ),
    ],
)
def test_damage_is_noticed(fitted, tmp_path, damage, error, message):
    saved = load_ngram_directory(fitted[1].output_dir)
    save_ngram_directory(
        tmp_path / "ngram", saved.model, tokenizer=saved.tokenizer, info={"order": 3}
    )
    assert json.loads((tmp_path / "ngram" / "ngram.json").read_text())["info"] == {"order": 3}
    damage(tmp_path / "ngram")
    with pytest.raises(error, match=message):
        load_ngram_directory(tmp_path / "ngram")


def test_without_a_corpus_it_says_how_to_get_one(tmp_path):
    with pytest.raises(FileNotFoundError, match="adgen data download"):
        run_ngram(plan_for(tmp_path / "nowhere", tmp_path / "ngram"))
    assert not (tmp_path / "ngram").exists()
