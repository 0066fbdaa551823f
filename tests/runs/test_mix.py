"""Mixing from an LSTM and a corpus to directory and record; what is saved is what was scored."""

import pytest
from hostile import lay_others, tree
from tiny_corpus import prepare_tiny_corpus, save_model_of
from tiny_gpt import save_tiny, tiny_model

from adgen.corpus import load_corpus
from adgen.corpus.source import AdSource
from adgen.generation.generator import AdGenerator
from adgen.generation.kinds import open_model
from adgen.ngram.model import NGramModel
from adgen.records.record import read_record, rounded
from adgen.runs.mix import MixPlan, run_mix


@pytest.fixture(scope="module")
def corpus_dir(tmp_path_factory):
    return prepare_tiny_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def lstm_dir(corpus_dir, tmp_path_factory):
    return save_model_of(corpus_dir, tmp_path_factory.mktemp("lstm") / "tiny-lstm")


def plan_for(lstm_dir, path, output_dir, **changes):
    options = {"order": 3, "max_bytes": 20_000, **changes}
    return MixPlan(lstm_dir, AdSource(path), output_dir, "adgen mix", **options)


@pytest.fixture(scope="module")
def mixed(lstm_dir, corpus_dir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mixed")
    plan = plan_for(
        lstm_dir, corpus_dir, folder / "both", record_path=folder / "record.json", num_threads=2
    )
    return run_mix(plan), plan


def test_figures_are_those_of_the_saved_model_on_other_ads(mixed, corpus_dir):
    record, plan = mixed
    model = open_model(plan.output_dir)
    valid = load_corpus(corpus_dir, splits="valid")["ad"].tolist()
    scored = [ad for place, ad in enumerate(valid) if place % 3 == 0]
    figures, _ = model.figures({"all": scored})
    found = record.mixed["mixture"]
    assert (found.num_ads, record.num_share_ads) == (len(scored), len(valid) - len(scored))
    assert found.bits_per_char == pytest.approx(figures["bits_per_char"], rel=1e-4)
    lstm, _ = open_model(plan.lstm_dir).figures({"all": scored})
    assert record.mixed["lstm"].bits_per_char == pytest.approx(lstm["bits_per_char"], rel=1e-5)
    ids = model.tokenizer.encode_ads(scored)
    nats = -NGramModel.load(plan.output_dir / "ngram.safetensors").log_probabilities(ids).sum()
    assert record.mixed["ngram"].cross_entropy == pytest.approx(nats / len(ids), rel=1e-6)


def test_the_file_keeps_its_size(mixed):
    record, plan = mixed
    size = (plan.output_dir / "ngram.safetensors").stat().st_size
    assert record.model.file_bytes == size <= plan.max_bytes


def test_record_and_card_say_where_it_comes_from(mixed):
    record, plan = mixed
    assert read_record(plan.record_path).as_dict() == rounded(record.as_dict())
    card = (plan.output_dir / "README.md").read_text(encoding="utf-8")
    info = open_model(plan.output_dir).info
    assert "LSTM: tiny-lstm" in card and "`adgen mix`" in card
    assert info["name"] == "both" and info["lstm"]["name"] == "tiny-lstm"
    assert info["corpus"] == record.corpus.as_dict()


def test_samples_are_what_it_writes(mixed):
    record, plan = mixed
    generator = AdGenerator.from_pretrained(plan.output_dir)
    for sample in record.samples[:2]:
        [ads] = generator.generate(sample.prompt, num_ads=len(sample.ads))
        assert [ad.text for ad in ads] == list(sample.ads)


def test_ads_in_a_file_are_divided_as_in_the_lstms_training(lstm_dir, corpus_dir, tmp_path):
    ads = load_corpus(corpus_dir)
    path = tmp_path / "ads.csv"
    ads[["ad"]].to_csv(path, index=False)
    record = run_mix(plan_for(lstm_dir, path, tmp_path / "both"))
    assert record.split.num_ads["train"] == (ads["split"] == "train").sum()


def test_foreign_folders_are_kept(lstm_dir, corpus_dir, tmp_path):
    place = tmp_path / "other"
    lay_others(place)
    before = tree(place)
    with pytest.raises(ValueError, match="other"):
        run_mix(plan_for(lstm_dir, corpus_dir, place))
    assert tree(place) == before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"order": 0}, "order"),
        ({"max_bytes": 10}, "too small"),
        ({"controls": {"temperature": -1}}, "temperature"),
        ({"lstm_dir": "nowhere"}, "There is no folder"),
        ({"lstm_dir": "gpt"}, "gpt is a GPT; expected an LSTM. Give another model."),
        ({"output_dir": "lstm"}, "the LSTM"),
    ],
)
def test_wrong_plans_are_refused_before_any_work(lstm_dir, corpus_dir, tmp_path, changes, message):
    given = {"lstm_dir": lstm_dir, "output_dir": tmp_path / "both", **changes}
    save_tiny(tmp_path / "gpt", tiny_model("gpt2"))
    if given["lstm_dir"] in ("nowhere", "gpt"):
        given["lstm_dir"] = tmp_path / given["lstm_dir"]
    if given["output_dir"] == "lstm":
        given["output_dir"] = lstm_dir
    before = tree(lstm_dir)
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        run_mix(plan_for(given.pop("lstm_dir"), corpus_dir, given.pop("output_dir"), **given))
    assert tree(lstm_dir) == before
    assert not (tmp_path / "both").exists()
