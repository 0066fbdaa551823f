"""`adgen evaluate` and `adgen ngram` on a prepared corpus: options arrive, a table or one object comes out."""

import json

import pytest
from tiny_corpus import prepare_tiny_corpus, save_model_of

from adgen.cli.main import main
from adgen.records import read_record


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A folder with a corpus in data/ and a model in model/."""
    folder = tmp_path_factory.mktemp("here")
    prepare_tiny_corpus(folder / "data")
    save_model_of(folder / "data" / "processed", folder / "model")
    return folder


@pytest.fixture(autouse=True)
def _in_here(here, monkeypatch):
    monkeypatch.chdir(here)


def run(capsys, *words):
    """Output and error output of a command that must succeed."""
    assert main([str(word) for word in words]) == 0
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_one_json_object_of_a_corpus(capsys):
    out, _ = run(capsys, "evaluate", "model", "data/processed", "--split", "test", "--json")
    figures = json.loads(out)
    assert figures["split"] == "test"
    assert figures["bits_per_char"] > 0
    assert "by_category" not in figures


def test_by_category_with_a_record(capsys):
    words = ["evaluate", "model", "data/processed", "--by-category", "--max-ads", 60, "--record", "a/b.json"]
    out, _ = run(capsys, *words)
    record = read_record("a/b.json")
    assert record["command"] == f"adgen {' '.join(map(str, words))}"
    assert record["figures"]["num_ads"] == 60
    assert [line.split()[0] for line in out.splitlines()[-4:]] == [*record["by_category"], "all"]


def test_generated_ads_beside_human_ones(capsys):
    words = ["evaluate", "model", "data/processed", "--generated", 6, "--json", "--record", "novelty.json"]
    found = [
        json.loads(run(capsys, *words, "--seed", seed, "--temperature", 0.5)[0])["samples"]
        for seed in (3, 3, 4)
    ]
    assert found[0] == found[1] != found[2]
    record = read_record("novelty.json")
    assert (record["seed"], record["sampling"]["temperature"]) == (4, 0.5)
    assert record["samples"] == found[2]


def test_an_n_gram_model_and_what_a_mixture_gains(capsys):
    words = ["--order", 3, "--subword-vocab-size", 400, "--record", "ngram.json"]
    out, _ = run(capsys, "ngram", "data/processed", "--output", "ngram", *words)
    record = read_record("ngram.json")
    assert f"{record['metrics']['test']['bits_per_char']:.3f}" in out
    assert out.endswith("N-gram model: ngram\n")
    out, _ = run(capsys, "evaluate", "model", "data/processed", "--mix", "ngram", "--json")
    figures = json.loads(out)
    assert figures["ngram"]["bits_per_char"] == pytest.approx(record["metrics"]["test"]["bits_per_char"])
    assert 0 <= figures["model_weight"] <= 1


def test_a_size_in_megabytes(capsys):
    words = ["--order", 2, "--subword-vocab-size", 400, "--max-mb", 0.008, "--record", "small.json"]
    run(capsys, "ngram", "data/processed", "--output", "small", *words)
    record = read_record("small.json")
    assert record["config"]["max_bytes"] == 8000
    assert record["model"]["file_bytes"] <= 8000


def test_another_split_is_refused_in_one_line(here, capsys):
    save_model_of(
        here / "data" / "processed",
        here / "other",
        split={"valid": 0.1, "test": 0.2, "seed": 0, "by": "family"},
    )
    assert main(["evaluate", "other", "data/processed"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("adgen evaluate: error: The model was trained on the split valid 0.1")
