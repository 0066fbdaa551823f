"""`adgen ngram`: a model of a corpus or of CSVs, its size, and what a mixture with it gains."""

import json

import pytest
from command_runs import fails, run
from tiny_corpus import prepare_tiny_corpus, save_model_of

from adgen.records.record import read_record


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """Makes a folder with CSVs in data/raw, a corpus in data/processed, a model in model/."""
    folder = tmp_path_factory.mktemp("here")
    prepare_tiny_corpus(folder / "data")
    save_model_of(folder / "data" / "processed", folder / "model")
    return folder


@pytest.fixture(autouse=True)
def _in_here(here, monkeypatch):
    monkeypatch.chdir(here)


def test_an_n_gram_model_and_what_a_mixture_gains(capsys):
    words = ["--order", 3, "--subword-vocab-size", 400, "--record", "ngram.json"]
    code, out, _ = run(["ngram", "data/processed", "--output", "ngram", *words], capsys)
    assert code == 0
    record = read_record("ngram.json")
    assert f"{record.figures['test'].bits_per_char:.3f}" in out
    assert out.endswith("N-gram model: ngram\n")
    _, out, _ = run(["evaluate", "model", "data/processed", "--mix", "ngram", "--json"], capsys)
    figures = json.loads(out)
    assert figures["ngram"]["bits_per_char"] == pytest.approx(record.figures["test"].bits_per_char)
    assert 0 <= figures["model_weight"] <= 1


def test_a_size_in_megabytes(capsys):
    words = ["--order", 2, "--subword-vocab-size", 400, "--max-mb", 0.008, "--record", "small.json"]
    assert run(["ngram", "data/processed", "--output", "small", *words], capsys)[0] == 0
    record = read_record("small.json")
    assert record.config.max_bytes == 8000
    assert record.model.file_bytes <= 8000


def test_csvs_give_what_their_corpus_gives_and_leave_no_files(here, capsys):
    words = ["--order", 2, "--subword-vocab-size", 400, "--category", "pets", "--max-ads", 100]
    split = ["--valid", 0.2, "--test", 0.2]  # as the corpus is divided
    for place, more in (("processed", []), ("raw", split)):
        found = ["--output", f"of-{place}", "--record", f"of-{place}.json"]
        assert run(["ngram", f"data/{place}", *words, *more, *found], capsys)[0] == 0
    of_corpus, of_csvs = (read_record(f"of-{place}.json") for place in ("processed", "raw"))
    assert of_csvs.split == of_corpus.split
    assert of_csvs.split.num_ads["train"] == 100
    assert list(of_csvs.selection.categories) == list(of_corpus.selection.categories) == ["pets"]
    assert of_csvs.corpus.sha256 == of_corpus.corpus.sha256
    assert {path.suffix for path in (here / "data" / "raw").rglob("*") if path.is_file()} == {
        ".csv"
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--max-mb", "0.0001"], "A file of 100 bytes is too small"),
        (["--subword-vocab-size", "9"], "'9' is no whole number from 259 to 65,536"),
        (["--order", "0"], "argument --order: '0' is no whole number from 1 to 32"),
        (["--split-by", "ad"], "--split-by would do nothing"),
    ],
)
def test_bad_input_gets_one_line(words, message, tmp_path, capsys):
    small = ["--subword-vocab-size", "400"]
    assert message in fails(
        ["ngram", "data/processed", "--output", tmp_path / "n", *small, *words], capsys
    )
