"""Every JSON file that adgen reads, damaged at every place: one clear line, or nothing amiss."""

import hashlib
import json
import shutil
from copy import deepcopy

import pytest
from command_runs import run
from tiny_corpus import prepare_tiny_corpus, save_model_of
from tiny_gpt import own_tokenizer, tiny_model
from tiny_models import save_tiny_model

from adgen.cli.main import main
from adgen.records.record import read_record
from adgen.tokens.spelling import SpellingModel
from adgen.tokens.word_tokenizer import WordTokenizer

WORSE = (None, [], "x", -1.5, 10**30)
MOST_KEYS = 9  # of an object, so that of a vocabulary a few are enough


def deep(levels):
    return "[" * levels + "]" * levels


def damaged_texts(value):
    """Yields what was done to a JSON value and the damaged text."""
    text = json.dumps(value)
    yield "empty", b""
    yield "cut short", text.encode()[: len(text) // 2]
    yield "no UTF-8", b"\xff" + text.encode()
    yield "nested a little", deep(200).encode()
    yield "nested deeply", deep(100_000).encode()
    yield "a key twice", (text[:-1] + "," + text[1:]).encode()
    yield "a long number", b'{"a": ' + b"9" * 5000 + b"}"
    for worse in WORSE:
        yield f"all {worse!r}", json.dumps(worse).encode()
    for path in places(value):
        for worse in ("DELETED", *WORSE):
            changed = deepcopy(value)
            inner = changed
            for key in path[:-1]:
                inner = inner[key]
            if worse == "DELETED":
                del inner[path[-1]]
            else:
                inner[path[-1]] = worse
            yield f"{path} {worse!r}", json.dumps(changed).encode()


def places(value, path=()):
    """Yields the keys that lead to each place in a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(pairs)[:MOST_KEYS]:
        yield (*path, key)
        if isinstance(inner, (dict, list)) and len(path) < 3:
            yield from places(inner, (*path, key))


def check_command(words, path, what, capsys):
    """Runs a command; it must end well, or with one line that names a remedy."""
    try:
        code = main([str(word) for word in words])
    except Exception as error:  # of any kind: none may come out
        pytest.fail(f"{path.name}, {what}: {error!r}")
    output = capsys.readouterr()
    errors = [line for line in output.err.splitlines() if "error:" in line]
    assert "Traceback" not in output.err
    assert (code, len(errors)) in ((0, 0), (2, 1)), (what, code, output.err)
    return code


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A prepared corpus, and an LSTM of words and one of sub-words that name it as theirs."""
    folder = tmp_path_factory.mktemp("damaged")
    corpus = prepare_tiny_corpus(folder / "data")
    spelling = SpellingModel.fit({"sony": 1, "mug": 2}, order=3).to_dict()
    save_tiny_model(folder / "words", spelling=spelling)
    save_model_of(corpus, folder / "lstm")
    words = ["ngram", corpus, "--output", folder / "ngram", "--order", "2"]
    options = ["--subword-vocab-size", "400", "--record", folder / "record.json"]
    assert main([str(word) for word in [*words, *options]]) == 0
    words = ["mix", folder / "lstm", corpus, "--output", folder / "mixture", "--max-mb", "0.02"]
    assert main([str(word) for word in words]) == 0
    return folder


CASES = {
    "config.json": ("words", ["generate", "Sony", "--model", "MODEL", "--max-tokens", "2"]),
    "config.json, judged": ("lstm", ["evaluate", "MODEL", "CORPUS", "--max-ads", "5"]),
    "config.json, compressed": ("words", ["compress", "MODEL", "OUT"]),
    "generation_config.json": ("words", ["generate", "Sony", "--model", "MODEL"]),
    "tokenizer.json": ("words", ["generate", "Sony", "--model", "MODEL", "--max-tokens", "2"]),
    "spelling.json": ("words", ["evaluate", "MODEL", "CSV", "--max-ads", "5"]),
    "config.json, mixture": (
        "mixture",
        ["generate", "Sony", "--model", "MODEL", "--max-tokens", "2"],
    ),
    "ngram.json": ("ngram", ["generate", "Sony", "--model", "MODEL", "--max-tokens", "2"]),
}


@pytest.mark.parametrize("case", CASES)
def test_a_damaged_file_of_a_model_is_said_in_one_line(folder, tmp_path, capsys, case):
    kind, words = CASES[case]
    model = tmp_path / "model"
    shutil.copytree(folder / kind, model)
    path = model / case.split(",")[0]
    csv_path = next((folder / "data" / "raw" / "toys").glob("*.csv"))
    named = {"MODEL": model, "CORPUS": folder / "data" / "processed", "CSV": csv_path}
    named["OUT"] = tmp_path / "out"
    command = [named.get(word, word) for word in words]
    if path.name in ("tokenizer.json", "spelling.json"):
        forget_checksum = json.loads((model / "config.json").read_text())
    codes = []
    for what, content in damaged_texts(json.loads(path.read_text())):
        path.write_bytes(content)
        if path.name in ("tokenizer.json", "spelling.json"):  # what is behind the checksum
            forget_checksum["sha256"][path.name] = hashlib.sha256(content).hexdigest()
            (model / "config.json").write_text(json.dumps(forget_checksum))
        codes.append(check_command(command, path, what, capsys))
    doubled = 5  # tokenizers reads a key twice
    assert all(code == 2 for place, code in enumerate(codes[:7]) if place != doubled)
    assert codes[doubled] == 2 or path.name == "tokenizer.json"


def test_a_damaged_corpus_is_said_in_one_line(folder, tmp_path, capsys):
    corpus = tmp_path / "corpus"
    shutil.copytree(folder / "data" / "processed", corpus, ignore=lambda *_: ["tokens"])
    path = corpus / "corpus.json"
    command = ["evaluate", folder / "lstm", corpus, "--max-ads", "5"]
    about = json.loads(path.read_text())
    kept = ("store_version", "corpus", "split", "num_ads_by_category", "files")
    about = {key: about[key] for key in kept} | {"num_ads_by_split": {}, "report": {}}
    for what, content in damaged_texts(about):
        path.write_bytes(content)
        check_command(command, path, what, capsys)


def test_damaged_token_ids_are_made_anew(folder, tmp_path, capsys):
    corpus = tmp_path / "corpus"
    shutil.copytree(folder / "data" / "processed", corpus)
    (tokens,) = (corpus / "tokens").iterdir()
    words = ["ngram", corpus, "--output", tmp_path / "out", "--order", "2"]
    command = [*words, "--subword-vocab-size", "400"]
    whole = {path.name: path.read_bytes() for path in tokens.iterdir()}
    for name in whole:
        (tokens / name).write_bytes(whole[name][: len(whole[name]) // 2])
        assert run(command, capsys)[0] == 0
        assert {path.name: path.read_bytes() for path in tokens.iterdir()} == whole


def test_a_damaged_record_is_a_record_or_a_clear_error(folder, tmp_path):
    path = tmp_path / "record.json"
    num_refused = 0
    for what, content in damaged_texts(json.loads((folder / "record.json").read_text())):
        path.write_bytes(content)
        try:
            read_record(path)
        except ValueError as error:
            assert "no run record that this adgen reads" in str(error), what
            num_refused += 1
    assert num_refused > 100


def test_a_damaged_configuration_of_a_gpt_is_said_in_one_line(tmp_path, capsys):
    from adgen.gpt.saving import save_gpt_directory
    from adgen.gpt.tokens import GPTTokenizer

    model = tmp_path / "gpt"
    tokenizer = GPTTokenizer(own_tokenizer())
    save_gpt_directory(model, tiny_model(), tokenizer, card="# Tiny\n", info={"name": "tiny"})
    about = json.loads((model / "config.json").read_text())
    about["adgen"]["writing"] = {"temperature": 1.0, "max_tokens": 60}
    (model / "config.json").write_text(json.dumps(about))
    command = ["generate", "Sony", "--model", model, "--max-tokens", "1"]
    for name in ("config.json", "generation_config.json", "tokenizer_config.json"):
        path = model / name
        whole = path.read_bytes()
        value = json.loads(whole)
        for what, content in damaged_texts({key: value[key] for key in value if key == "adgen"}):
            if what[0] == "(":  # a place: the rest of the file stays
                others = {key: value[key] for key in value if key != "adgen"}
                content = json.dumps(others | json.loads(content)).encode()
            path.write_bytes(content)
            check_command(command, path, what, capsys)
        path.write_bytes(whole)


def _rewritten(corpus, change):
    """Writes ads.parquet again, with the checksum that corpus.json has of it."""
    from pyarrow import parquet

    path = corpus / "ads.parquet"
    changed = change(parquet.read_table(path))
    if isinstance(changed, bytes):
        path.write_bytes(changed)
    else:
        parquet.write_table(changed, path)
    about = json.loads((corpus / "corpus.json").read_text())
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    about["files"]["ads.parquet"] = {"num_bytes": len(content), "sha256": sha256}
    (corpus / "corpus.json").write_text(json.dumps(about))


def _without_texts(table):
    import pyarrow as pa

    return table.set_column(0, "ad", pa.nulls(len(table), pa.large_string()))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table.drop_columns("family"), "no Parquet file with the columns ad, cat"),
        (lambda table: table.rename_columns([*"abcde"]), "no Parquet file with the columns"),
        (
            lambda table: table.set_column(0, "ad", table.column("family")),
            "no Parquet file with the columns",
        ),
        (
            lambda table: table.set_column(3, "family", table.column("ad")),
            "no Parquet file with the columns",
        ),
        (lambda table: b"ad\nBlue mug\n", "no Parquet file with the columns"),
        (_without_texts, "has rows without an ad"),
    ],
    ids=["column lacks", "other names", "ads are numbers", "families are texts", "CSV", "nulls"],
)
def test_a_corpus_of_other_columns_is_refused(folder, tmp_path, capsys, change, message):
    corpus = tmp_path / "corpus"
    shutil.copytree(folder / "data" / "processed", corpus)
    _rewritten(corpus, change)
    words = ["evaluate", folder / "lstm", corpus]
    code, _, err = run(words, capsys)
    assert code == 2
    assert message in err and "Traceback" not in err


def test_a_model_without_the_checksum_of_its_spelling_is_read_as_before(tmp_path, capsys):
    model = save_tiny_model(
        tmp_path / "old",
        tokenizer=WordTokenizer.fit(["sony tv"]),
        spelling=SpellingModel.fit({"mug": 1}).to_dict(),
    )
    path = model / "config.json"
    settings = json.loads(path.read_text())
    (tmp_path / "ads.csv").write_text("ad\nsony mug\n")
    words = ["evaluate", model, tmp_path / "ads.csv", "--split", "all"]
    code, new_figures, _ = run(words, capsys)
    assert code == 0
    del settings["sha256"]["spelling.json"]
    path.write_text(json.dumps(settings))
    assert run(words, capsys)[:2] == (0, new_figures)


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_spelling_that_was_changed_is_refused(tmp_path, capsys, damage):
    spelling = SpellingModel.fit({"mug": 1}).to_dict()
    model = save_tiny_model(tmp_path / "model", spelling=spelling)
    compressed = tmp_path / "compressed"
    assert run(["compress", model, compressed], capsys)[0] == 0
    for one in (model, compressed):
        path = one / "spelling.json"
        if damage == "changed":
            path.write_text(path.read_text().replace("mug", "jug"))
        else:
            path.unlink()
        code, _, err = run(["generate", "Sony", "--model", one], capsys)
        assert code == 2
        message = "is not the file that was saved" if damage == "changed" else "lacks spelling"
        assert message in err
