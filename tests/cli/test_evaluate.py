"""`adgen evaluate`: options arrive, a table or one object comes out.

What would do nothing is refused.
"""

import json

import pytest
from command_runs import fails, run
from tiny_corpus import prepare_tiny_corpus, save_model_of

from adgen.cli.main import main
from adgen.records.record import read_record


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """Makes a folder with a corpus in data/ and a model in model/."""
    folder = tmp_path_factory.mktemp("here")
    prepare_tiny_corpus(folder / "data")
    save_model_of(folder / "data" / "processed", folder / "model")
    return folder


@pytest.fixture(autouse=True)
def _in_here(here, monkeypatch):
    monkeypatch.chdir(here)


def run_here(capsys, *words):
    """Returns output and error output of a command that must succeed."""
    assert main([str(word) for word in words]) == 0
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_one_json_object_of_a_corpus(capsys):
    out, _ = run_here(capsys, "evaluate", "model", "data/processed", "--split", "test", "--json")
    figures = json.loads(out)
    assert figures["split"] == "test"
    assert figures["bits_per_char"] > 0
    assert "by_category" not in figures


def test_by_category_with_a_record(capsys):
    words = [
        "evaluate",
        "model",
        "data/processed",
        "--by-category",
        "--max-ads",
        60,
        "--record",
        "a/b.json",
    ]
    out, _ = run_here(capsys, *words)
    record = read_record("a/b.json")
    assert record.command == f"adgen {' '.join(map(str, words))}"
    assert record.figures["test"].num_ads == 60
    assert [line.split()[0] for line in out.splitlines()[-4:]] == [*record.by_category, "all"]


def test_generated_ads_beside_human_ones(capsys):
    words = [
        "evaluate",
        "model",
        "data/processed",
        "--generated",
        6,
        "--json",
        "--record",
        "novelty.json",
    ]
    found = [
        json.loads(run_here(capsys, *words, "--seed", seed, "--temperature", 0.5)[0])["samples"]
        for seed in (3, 3, 4)
    ]
    assert found[0] == found[1] != found[2]
    record = read_record("novelty.json")
    assert (record.seed, record.sampling["temperature"]) == (4, 0.5)
    assert [sample.as_dict() for sample in record.samples] == found[2]


def test_another_split_is_refused_in_one_line(here, capsys):
    save_model_of(
        here / "data" / "processed",
        here / "other",
        split={"valid": 0.1, "test": 0.2, "seed": 0, "by": "family"},
    )
    assert main(["evaluate", "other", "data/processed"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(
        "adgen evaluate: error: The model was trained on the split valid 0.1"
    )


def test_evaluate_prints_one_json_object_that_agrees_with_the_record(trained, csv_path, capsys):
    output, record_path = trained
    code, out, _ = run(["evaluate", output, csv_path, "--split", "valid", "--json"], capsys)
    figures = json.loads(out)
    assert code == 0
    expected = json.loads(record_path.read_text())["metrics"]["trained"]["valid"]
    names = [
        "num_ads",
        "accuracy",
        "top_5_accuracy",
        "cross_entropy",
        "perplexity",
        "bits_per_char",
        "unknown_rate",
    ]
    assert [figures[name] for name in names] == pytest.approx(
        [expected[name] for name in names], rel=1e-6
    )


def test_evaluate_all_scores_every_ad_of_the_file(trained, csv_path, capsys):
    code, out, _ = run(["evaluate", trained[0], csv_path, "--split", "all", "--json"], capsys)
    assert (code, json.loads(out)["num_ads"]) == (0, 400)


def test_categories_are_chosen_and_left_out_alike_of_a_corpus_and_of_csvs(capsys):
    def num_ads(place, *words):
        out, _ = run_here(capsys, "evaluate", "model", place, "--json", *words)
        return json.loads(out)["num_ads"]

    pets = num_ads("data/processed", "--category", "pets", "--split", "all")
    assert pets == num_ads("data/raw", "--category", "pets", "--split", "all") == 300
    others = num_ads("data/processed", "--exclude", "pets", "--split", "all")
    assert others == num_ads("data/raw", "--exclude", "pets", "--split", "all") == 600
    assert (
        num_ads("data/raw", "--category", "pets")
        == num_ads("data/processed", "--category", "pets")
        < 300
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--seed", "3"], "--seed would do nothing without --generated N"),
        (
            ["--top-k", "3", "--greedy"],
            "--greedy takes the most probable token, so that --top-k would do nothing",
        ),
        (["--top-k", "3"], "--top-k would do nothing without --generated N"),
        (["--text-column", "title"], "read and divided already: --text-column would do nothing"),
        (["--category", "cars"], "Unknown category cars; the ads have garden, pets, toys"),
        (["--max-ads", "0"], "argument --max-ads: '0' is no whole number from 1 to"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(words, message, capsys):
    assert message in fails(["evaluate", "model", "data/processed", *words], capsys)
