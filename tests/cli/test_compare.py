"""`adgen compare` and `adgen sweep`: a table or a record, of a corpus or of CSVs."""

import json

import pytest
from command_runs import fails, run
from tiny_corpus import prepare_tiny_corpus, save_models_of_all_kinds

from adgen.runs.sweep import SWEPT


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return prepare_tiny_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def models(corpus, tmp_path_factory):
    return save_models_of_all_kinds(corpus, tmp_path_factory.mktemp("models"))


def test_a_sweep_is_of_every_value(corpus, models, capsys):
    words = [
        "sweep",
        models["lstm"],
        "--ads",
        corpus,
        "--num-written",
        6,
        "--category",
        "pets",
        "--json",
    ]
    code, out, _ = run(words, capsys)
    assert code == 0
    assert [(row["control"], row["value"]) for row in json.loads(out)["rows"]] == [
        (control, value) for control, values in SWEPT.items() for value in values
    ]


def test_models_are_compared_on_a_corpus_and_alike_on_its_csvs(corpus, models, capsys):
    words = ["compare", models["ngram"], models["lstm"], "--num-written", 6, "--exclude", "toys"]
    words += ["--num-ads", 5, "--shots", "0"]
    code, out, _ = run([*words, "--ads", corpus], capsys)
    assert code == 0
    assert "lstm" in out and "human ads" in out and "Best deals on Samsung:" in out
    split = ["--valid", 0.2, "--test", 0.2]  # as the corpus is divided
    of_corpus, of_csvs = (
        json.loads(run([*words, "--json", "--ads", *place], capsys)[1])
        for place in ([corpus], [corpus.parent / "raw", *split])
    )
    assert of_corpus["plan"]["excluded"] == ["toys"]
    figures = [[row["figures"] for row in record["rows"]] for record in (of_corpus, of_csvs)]
    assert figures[0] == figures[1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["compare", "{lstm}", "{lstm}"], "given twice"),
        (["compare", "./no-such-folder"], "There is no folder"),
        (["compare", "{lstm}", "{gpt}", "--template", "x", "--num-ads", "0"], "'0' is no whole"),
        (["sweep", "./no-such-folder"], "There is no folder"),
        (["finetune", "--base", "{lstm}", "x.csv"], "is an LSTM; expected a GPT"),
        (["compare", "{lstm}", "./no-such-folder"], "There is no folder"),
        (["finetune", "--base", "{gpt}", "no.csv"], "no.csv does not exist"),
        (["finetune", "--base", "{gpt}", "{empty}"], "No ads in"),
        (["pretrain", "no.csv", "--num-heads", "3"], "does not divide the width"),
    ],
)
def test_bad_input_gets_one_line(words, message, corpus, models, tmp_path, capsys):
    empty = tmp_path / "empty.csv"
    empty.write_text("ad\n")
    given = [word.format(**models, empty=empty) for word in words]
    corpus_options = ["--ads", str(corpus)] if words[0] in ("compare", "sweep") else []
    error = fails([*given, *corpus_options], capsys)
    assert message in error and error.startswith(f"adgen {words[0]}: error: ")
