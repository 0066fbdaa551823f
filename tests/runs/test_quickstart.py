"""The quickstart: which corpus it takes, what it shows, what it leaves behind."""

import json

import pytest

from adgen.corpus.sample import make_sample_ads
from adgen.runs.quickstart import QuickstartPlan, find_corpus, run_quickstart


def test_a_corpus_of_the_users_comes_before_the_sample(tmp_path):
    assert find_corpus(tmp_path) is None
    sample = tmp_path / "sample_ads.csv"
    sample.write_text("ad\nx\n")
    assert find_corpus(tmp_path) == sample
    own = tmp_path / "mine.csv"
    own.write_text("ad\nx\n")
    assert find_corpus(tmp_path) == own
    nested = tmp_path / "raw" / "deep" / "part.csv"
    nested.parent.mkdir(parents=True)
    nested.write_text("ad\nx\n")
    assert find_corpus(tmp_path) == tmp_path / "raw"


@pytest.mark.parametrize("name", ["mine.TSV", "mine.jsonl", "mine.parquet", "mine.csv.gz"])
def test_a_corpus_may_be_of_every_format(tmp_path, name):
    for other in ("README.txt", "settings.json", ".mine.csv", "sample_ads.csv"):
        (tmp_path / other).touch()
    (tmp_path / name).touch()
    assert find_corpus(tmp_path) == tmp_path / name


def test_the_column_of_the_ads_can_be_named(tmp_path):
    titles = [f"{one} {two} mug" for one in ("Tin", "Oak", "Red", "Ivy") for two in range(40)]
    rows = [f"{number};{title} {chr(97 + number % 26) * 4}" for number, title in enumerate(titles)]
    (tmp_path / "shop.csv").write_text("\n".join(["id;Title", *rows]) + "\n")
    with pytest.raises(ValueError, match="text_column='Title'"):
        next(run_quickstart(QuickstartPlan(tmp_path, tmp_path / "q")))
    plan = QuickstartPlan(tmp_path, tmp_path / "q", text_column="Title")
    assert next(run_quickstart(plan)).endswith("Variants of one product stay in one split.")
    with pytest.raises(ValueError, match="text_column would do nothing"):
        next(run_quickstart(QuickstartPlan(tmp_path / "no", tmp_path / "q", text_column="Title")))


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quickstart")
    make_sample_ads(600).to_csv(folder / "sample_ads.csv", index=False)
    plan = QuickstartPlan(folder, folder / "runs" / "q", max_ads=400, epochs=2)
    return folder / "runs", list(run_quickstart(plan))


def test_it_summarises_the_corpus_and_says_that_the_sample_is_synthetic(shown):
    summary = shown[1][0]
    assert "400 ads" in summary
    assert "synthetic" in summary
    assert "600 rows" in summary


def test_it_compares_baseline_and_trained_on_training_and_validation(shown):
    table = next(text for text in shown[1] if "| figure |" in text)
    for column in ("baseline, train", "baseline, valid", "trained, train", "trained, valid"):
        assert column in table


def test_it_writes_ads_for_five_prompts_and_says_what_to_try_next(shown):
    samples = next(text for text in shown[1] if "Ads it writes" in text)
    trained, shipped = samples.split("\n\n")
    assert trained.count("→") == shipped.count("→") == 5
    assert "comes with adgen, trained on 2,236,987 ads" in shipped
    assert "Try next" in shown[1][-1]


def test_it_leaves_a_model_a_record_and_a_picture(shown):
    folder, _ = shown
    assert sorted(path.name for path in folder.iterdir()) == ["q", "q-learning-curve.png", "q.json"]
    assert (folder / "q-learning-curve.png").read_bytes().startswith(b"\x89PNG")
    record = json.loads((folder / "q.json").read_text())
    assert [entry["epoch"] for entry in record["history"]] == [1, 2]
    assert len(record["samples"]) == 5


def test_without_any_file_it_makes_the_sample_itself(tmp_path):
    texts = run_quickstart(
        QuickstartPlan(tmp_path / "nowhere", tmp_path / "q", max_ads=300, epochs=1)
    )
    assert "sample_ads.csv" in next(texts)


def test_too_few_ads_are_refused(tmp_path):
    with pytest.raises(ValueError, match="max_ads is 10"):
        next(run_quickstart(QuickstartPlan(tmp_path, tmp_path / "q", max_ads=10)))
    assert list(tmp_path.iterdir()) == []
