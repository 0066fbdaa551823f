"""Whole evaluations of model directories on a corpus and on its raw files, and their records."""

import json

import pytest
from tiny_corpus import prepare_tiny_corpus, save_model_of
from tiny_gpt import own_tokenizer, save_tiny, tiny_model
from tiny_models import word_tokenizer

from adgen.corpus import load_corpus
from adgen.corpus.source import AdSource
from adgen.corpus.store import read_about
from adgen.decoding.sampling import Sampling
from adgen.generation.generator import AdGenerator
from adgen.generation.kinds import open_model
from adgen.generation.scorers import score_ads
from adgen.lstm.directory import load_model_directory
from adgen.lstm.evaluation import evaluate_ads
from adgen.records.record import read_record, rounded
from adgen.report.screen_evaluation import as_json, as_text
from adgen.runs.evaluate import EvaluationPlan, run_evaluation, run_memorisation, run_mixture
from adgen.runs.ngram import NGramPlan, run_ngram


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Makes a corpus, a model and an n-gram model of the same tokenizer; returns their folders."""
    folder = tmp_path_factory.mktemp("places")
    corpus_dir = prepare_tiny_corpus(folder)
    model_dir = save_model_of(corpus_dir, folder / "model")
    run_ngram(
        NGramPlan(
            AdSource(corpus_dir), folder / "ngram", "adgen ngram", order=3, subword_vocab_size=400
        )
    )
    return corpus_dir, model_dir, folder / "ngram"


def plan_for(places, **changes):
    return EvaluationPlan(places[1], places[0], "adgen evaluate", **changes)


def texts(places, split, **options):
    return load_corpus(places[0], splits=split, **options)["ad"].tolist()


# Figures


@pytest.mark.parametrize("split", ["train", "valid", "test"])
def test_figures_are_those_of_the_split_s_ads(places, split):
    record = run_evaluation(plan_for(places, split=split))
    assert record.figures[split].as_dict() == evaluate_ads(
        load_model_directory(places[1]), texts(places, split)
    )


def test_the_raw_files_give_the_same_figures(places):
    raw = EvaluationPlan(places[1], places[0].parent / "raw", "adgen evaluate")
    assert run_evaluation(raw).figures == run_evaluation(plan_for(places)).figures


def test_categories_add_up_to_the_whole(places):
    record = run_evaluation(plan_for(places), by_category=True)
    whole = run_evaluation(plan_for(places)).scored
    model = load_model_directory(places[1])
    assert list(record.by_category) == ["garden", "pets", "toys"]
    for category, figures in record.by_category.items():
        ads = texts(places, "test", categories=category)
        assert figures.as_dict() == evaluate_ads(model, ads)
    assert record.scored.as_dict() == pytest.approx(whole.as_dict())
    parts = record.by_category.values()
    assert sum(one.num_ads for one in parts) == whole.num_ads
    bits = sum(one.bits_per_char * one.num_chars for one in parts)
    assert bits / whole.num_chars == pytest.approx(whole.bits_per_char)


def test_at_most_so_many_ads(places):
    figures = run_evaluation(plan_for(places, max_ads=20)).scored
    sample = load_corpus(places[0], splits="test", max_ads=20)["ad"].tolist()
    assert figures.as_dict() == evaluate_ads(load_model_directory(places[1]), sample)


def test_the_record_says_what_was_scored(places, tmp_path):
    plan = plan_for(places, record_path=tmp_path / "here.json", max_ads=30)
    record = run_evaluation(plan, by_category=True)
    written = read_record(tmp_path / "here.json")
    assert written.as_dict() == rounded(record.as_dict())
    assert (record.kind, record.name, record.command) == ("evaluation", "here", "adgen evaluate")
    model = load_model_directory(places[1])
    config = json.loads((places[1] / "config.json").read_text())
    assert record.model.as_dict() == {
        "name": "model",
        "kind": "lstm",
        "weights_sha256": config["sha256"]["model.safetensors"],
        "tokenizer_fingerprint": model.tokenizer.fingerprint,
        "num_weights": sum(array.size for array in model.weights.values()),
        "vocab_size": 400,
    }
    about = read_about(places[0])
    assert (record.corpus.as_dict(), record.split.as_dict()) == (about["corpus"], about["split"])
    assert (record.scored_split, record.max_ads) == ("test", 30)
    assert record.seconds["evaluation"] > 0
    assert record.hardware.num_cores >= 1


def test_the_screen_shows_each_category(places):
    record = run_evaluation(plan_for(places), by_category=True)
    lines = as_text(record).splitlines()
    assert lines[0].endswith("targets (test)")
    rows = {line.split()[0]: line.split()[1:] for line in lines[9:]}
    assert list(rows) == ["category", "garden", "pets", "toys", "all"]
    for category, figures in record.by_category.items():
        assert rows[category][:2] == [str(figures.num_ads), f"{figures.bits_per_char:.3f}"]


def test_one_json_object(places):
    record = run_evaluation(plan_for(places))
    assert json.loads(as_json(record)) == {"split": "test", **rounded(record.scored.as_dict())}
    by_category = run_evaluation(plan_for(places), by_category=True)
    assert json.loads(as_json(by_category))["by_category"] == rounded(
        by_category.as_dict()["by_category"]
    )


# Models of other kinds


@pytest.fixture(scope="module")
def gpt_dir(places, tmp_path_factory):
    """Saves a GPT that says it was trained on the corpus."""
    model, about = tiny_model(context_length=256, spread=0.05), read_about(places[0])
    model.config.adgen = {
        "info": {"name": "tiny", **{name: about[name] for name in ("corpus", "split")}}
    }
    return save_tiny(tmp_path_factory.mktemp("gpt"), model, own_tokenizer())


def test_gpts_and_n_gram_models_are_judged_on_the_same_ads_as_lstms(places, gpt_dir):
    for path in (gpt_dir, places[2]):
        model = open_model(path)
        for ads_path in (places[0], places[0].parent / "raw"):
            record = run_evaluation(
                EvaluationPlan(path, ads_path, "adgen evaluate"), by_category=True
            )
            assert record.scored.as_dict() == score_ads(model, None, texts(places, "test"))
            assert record.model.kind == model.kind
            assert record.model.num_weights == model.num_weights
            assert len(record.model.weights_sha256) == 64
            for category, figures in record.by_category.items():
                expected = score_ads(model, None, texts(places, "test", categories=category))
                assert figures.as_dict() == pytest.approx(expected, rel=1e-5)
        assert "next word right" in as_text(record)
        assert json.loads(as_json(record))["word_accuracy"] == rounded(record.scored.word_accuracy)


def test_an_n_gram_model_costs_what_its_own_run_measured(places, tmp_path):
    plan = NGramPlan(
        AdSource(places[0]), tmp_path / "ngram", "adgen ngram", order=3, subword_vocab_size=400
    )
    measured = run_ngram(plan).metrics["test"]
    figures = run_evaluation(EvaluationPlan(tmp_path / "ngram", places[0], "adgen evaluate")).scored
    for name in (
        "num_ads",
        "num_tokens",
        "bits_per_char",
        "perplexity",
        "accuracy",
        "top_5_accuracy",
    ):
        assert figures.get(name) == pytest.approx(measured.get(name), rel=1e-5)


def test_what_n_gram_models_repeat_is_measured_too(places):
    record = run_memorisation(EvaluationPlan(places[2], places[0], "adgen evaluate"), num_ads=12)
    assert record.sets["generated"].num_ads == 12
    ads = AdGenerator.from_pretrained(places[2]).generate([one.prompt for one in record.samples])
    assert [ad.text for [ad] in ads] == [one.ad for one in record.samples]


@pytest.mark.parametrize("kind", ["gpt", "ngram"])
def test_a_mixture_is_of_an_lstm_and_an_n_gram_model(places, gpt_dir, kind):
    path, called = {"gpt": (gpt_dir, "a GPT"), "ngram": (places[2], "an n-gram model")}[kind]
    with pytest.raises(ValueError, match=f"is {called}; an n-gram model is mixed with an LSTM"):
        run_mixture(EvaluationPlan(path, places[0], "adgen evaluate"), places[2])
    with pytest.raises(ValueError, match="is an LSTM; expected an n-gram model"):
        run_mixture(plan_for(places), places[1])


# Whether the ads were held out


def test_a_corpus_split_anew_is_refused(places, tmp_path):
    other = tmp_path / "model"
    split = read_about(places[0])["split"]
    save_model_of(places[0], other, split={**split, "seed": 9})
    with pytest.raises(
        ValueError, match=r"seed 9, by family of this corpus, which is now split .* seed 0"
    ):
        run_evaluation(EvaluationPlan(other, places[0], "adgen evaluate"))
    assert run_evaluation(EvaluationPlan(other, places[0], "", split="all")).scored.num_ads == 900


def test_a_model_of_another_corpus_and_split_is_scored_with_a_warning(places, tmp_path, caplog):
    save_model_of(
        places[0], tmp_path / "model", corpus={"name": "old.csv", "sha256": "0"}, split={"by": "ad"}
    )
    run_evaluation(EvaluationPlan(tmp_path / "model", places[0], "adgen evaluate"))
    [message] = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "old.csv" in message and "may have been trained on" in message


def test_a_stream_has_no_categories(places, tmp_path):
    save_model_of(places[0], tmp_path / "model", reads="stream")
    plan = EvaluationPlan(tmp_path / "model", places[0], "adgen evaluate")
    assert run_evaluation(plan).scored.bits_per_char is None
    with pytest.raises(ValueError, match="no figures by category"):
        run_evaluation(plan, by_category=True)


# Memorisation


def test_memorisation_is_recorded_without_a_human_ad(places, tmp_path):
    plan = plan_for(places, record_path=tmp_path / "novelty.json")
    record = run_memorisation(plan, num_ads=30, seed=4, controls={"temperature": 0.5})
    assert read_record(tmp_path / "novelty.json").as_dict() == rounded(record.as_dict())
    assert (record.kind, record.num_ads, record.seed) == ("novelty", 30, 4)
    assert record.sampling == vars(Sampling(temperature=0.5))
    assert record.num_training_ads == len(texts(places, "train"))
    assert set(record.sets) == {"generated", "human", "human_training"}
    assert {name: one["human"].num_ads for name, one in record.by_category.items()} == {
        "garden": 10,
        "pets": 10,
        "toys": 10,
    }
    assert len(record.samples) == 15
    written = (tmp_path / "novelty.json").read_text()
    assert not [ad for ad in load_corpus(places[0])["ad"] if ad in written]


def test_what_is_written_is_what_generate_writes(places):
    record = run_memorisation(plan_for(places), num_ads=3, seed=2)
    for sample in record.samples:
        human = texts(places, "test", categories=sample.category)
        assert [ad for ad in human if ad.split()[:2] == sample.prompt.split()]
    prompts = [sample.prompt for sample in record.samples]
    assert len(set(prompts)) == 3
    ads = AdGenerator.from_pretrained(places[1]).generate(prompts, seed=2)
    assert [ad.text for [ad] in ads] == [sample.ad for sample in record.samples]


def test_memorisation_on_the_screen_and_as_json(places):
    record = run_memorisation(plan_for(places, split="valid"), num_ads=12)
    text = as_text(record)
    assert text.startswith("12 ads of each kind (valid) beside ")
    assert "human, training families" in text.splitlines()[1]
    pets = next(line for line in text.splitlines() if line.startswith("pets")).split()
    sets = record.by_category["pets"]
    shares = [f"{sets[name].novel_3_share:.2%}" for name in ("generated", "human")]
    runs = [f"{sets[name].get('copied_run_mean'):.2f}" for name in ("generated", "human")]
    assert pets[1:] == ["4", *shares, *runs]
    assert json.loads(as_json(record))["figures"] == rounded(record.as_dict()["figures"])


@pytest.mark.parametrize("split", ["train", "all"])
def test_memorisation_needs_held_out_ads(places, split):
    with pytest.raises(ValueError, match=f"The split is {split}; memorisation needs held-out ads"):
        run_memorisation(plan_for(places, split=split), num_ads=3)


# Mixtures


def test_a_mixture_is_weighted_on_validation_and_scored_on_test(places, tmp_path):
    record = run_mixture(plan_for(places, record_path=tmp_path / "mix.json"), places[2])
    mixed = record.mixed
    assert (mixed.num_ads, mixed.num_valid_ads) == (
        len(texts(places, "test")),
        len(texts(places, "valid")),
    )
    alone = run_evaluation(plan_for(places)).scored
    assert mixed.model.bits_per_char == pytest.approx(alone.bits_per_char, rel=1e-6)
    assert mixed.mixture.bits_per_char < mixed.ngram.bits_per_char + 0.01
    assert record.kind == "mixture"
    assert record.ngram.config["order"] == 3
    assert read_record(tmp_path / "mix.json").as_dict() == rounded(record.as_dict())
    assert f"{mixed.mixture.bits_per_char:.3f}" in as_text(record)
    assert json.loads(as_json(record))["mixture"] == rounded(mixed.mixture.as_dict())


def test_an_n_gram_model_of_other_tokens_is_refused(places, tmp_path):
    save_model_of(places[0], tmp_path / "model", tokenizer=word_tokenizer())
    plan = EvaluationPlan(tmp_path / "model", places[0], "adgen evaluate")
    with pytest.raises(
        ValueError, match=r"has tokenizer .*; the model's is .*Fit the n-gram model on"
    ):
        run_mixture(plan, places[2])


@pytest.mark.parametrize("split", ["train", "valid", "all"])
def test_a_mixture_is_scored_on_test_ads_alone(places, split):
    with pytest.raises(ValueError, match=f"The split is {split}; a mixture"):
        run_mixture(plan_for(places, split=split), places[2])
