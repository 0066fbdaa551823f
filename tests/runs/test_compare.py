"""Models of all kinds side by side, and one under many controls, on a few invented ads."""

import json
from dataclasses import replace

import pytest
from tiny_corpus import prepare_tiny_corpus, save_models_of_all_kinds

from adgen.corpus import load_corpus
from adgen.corpus.source import AdSource
from adgen.evaluation.written_ads import begun_ads, likeness, prose
from adgen.generation.kinds import open_model
from adgen.records.record import read_record
from adgen.records.tables import HUMAN_ADS
from adgen.report.screen_comparison import comparison_notes
from adgen.runs.compare import PROSE, ComparePlan, compare


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return prepare_tiny_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def models(corpus, tmp_path_factory):
    return save_models_of_all_kinds(corpus, tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def record(corpus, models, tmp_path_factory):
    path = tmp_path_factory.mktemp("record") / "compared.json"
    plan = ComparePlan(
        models=list(models.values()),
        source=AdSource(corpus),
        shots=(0, 2, 40),
        num_ads=30,
        num_written=20,
        prompts=("Oak", "Sony TV"),
    )
    compare(plan, words=["compare"], record_path=path)
    return read_record(path)


def rows_of(record, name):
    return {row.shots: row for row in record.rows if row.model.endswith(name)}


def test_every_model_is_scored_on_the_same_ads_and_the_figures_are_its_own(record, corpus, models):
    held_out = load_corpus(corpus, splits="test")
    assert record.num_scored == 30 and len(record.rows) == 9
    chars = {row.figures.num_chars for row in record.rows if row.figures}
    assert len(chars) == 1
    from adgen.corpus.choosing import spread_places
    from adgen.scoring.protocol import Shots, scorer_figures

    ads = held_out["ad"].iloc[spread_places(len(held_out), 30)].tolist()
    for name in ("ngram", "lstm"):
        expected = scorer_figures(open_model(models[name]).scorer, ads, [Shots()] * 30)
        found = rows_of(record, name)[0].figures
        assert found.bits_per_char == pytest.approx(expected["bits_per_char"], rel=1e-5)


def test_shots_change_the_gpt_and_what_does_not_fit_says_so(record):
    gpt = rows_of(record, "gpt")
    assert gpt[0].figures.bits_per_char != gpt[2].figures.bits_per_char
    assert gpt[40].figures is None and "Give fewer example ads" in gpt[40].error
    ngram = rows_of(record, "ngram")
    assert ngram[0].figures == ngram[40].figures and ngram[40].samples is None
    assert rows_of(record, "lstm")[2].samples is None


def test_the_notes_say_what_could_not_be_scored_and_where_ads_had_fewer_shots(record):
    [refused] = [note for note in comparison_notes(record) if "example ads" in note]
    assert refused.startswith("gpt, 40 shots: ") and refused.endswith("Give fewer example ads.")
    row = rows_of(record, "gpt")[2]
    shortened = replace(row, figures=replace(row.figures, num_with_fewer_shots=3))
    notes = comparison_notes(replace(record, rows=[shortened]))
    assert "gpt, 2 shots: room for fewer before 3 of the ads." in notes


def test_samples_stand_side_by_side_and_no_human_ad_is_in_the_record(record, corpus):
    for name, shots in (("gpt", 0), ("gpt", 2), ("lstm", 0), ("ngram", 0)):
        samples = rows_of(record, name)[shots].samples
        assert [sample.prompt for sample in samples] == ["Oak", "Sony TV"]
        assert samples[1].ads[0].startswith("Sony TV")
    text = json.dumps(record.as_dict(), ensure_ascii=False)
    assert not any(ad in text for ad in load_corpus(corpus)["ad"])


def test_what_models_write_is_judged_beside_human_ads_and_prose(record):
    human, gpt = record.beside[HUMAN_ADS], rows_of(record, "gpt")[0].written_figures
    assert gpt.novel_3_share > human.novel_3_share
    assert record.beside[PROSE].likeness > human.likeness
    assert all(row.seconds_an_ad > 0 for row in record.rows if row.samples)


def test_ads_look_more_like_ads_than_sentences_do(corpus):
    ads = begun_ads(load_corpus(corpus), 60)["ad"].tolist()
    assert (
        likeness(ads)
        < likeness(prose())
        < likeness(["xq" + sentence[::-1] for sentence in prose()])
    )
