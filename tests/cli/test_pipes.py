"""A pipe, socket, device or circle of links given for a file is refused at once, wherever it is."""

import os
import shutil
import signal
from contextlib import contextmanager

import pytest
from command_runs import fails
from hostile import make_socket, tree
from tiny_corpus import prepare_tiny_corpus
from tiny_models import save_tiny_model

from adgen.tokens.spelling import SpellingModel

MODEL_FILES = [
    "config.json",
    "tokenizer.json",
    "model.safetensors",
    "generation_config.json",
    "README.md",
    "spelling.json",
]
# Commands in which PATH is the file that is tried.
SOURCES = {
    "train": ["train", "PATH", "--output", "out"],
    "ngram": ["ngram", "PATH", "--output", "out"],
    "evaluate": ["evaluate", "model", "PATH"],
    "prepare": ["data", "prepare", "PATH", "--output", "out"],
    "download": ["data", "download", "--source", "PATH", "--output", "out"],
    "convert": ["convert", "PATH", "out", "--vocabulary", "words.json"],
    "vocabulary": ["convert", "old.h5", "out", "--vocabulary", "PATH"],
    "model": ["generate", "Sony", "--model", "PATH"],
    "report": ["report", "--results-dir", "results", "--readme", "PATH"],
}
KINDS = {"pipe": "is a pipe", "socket": "is a socket", "device": "is a device", "circle": "link"}


@contextmanager
def at_most(seconds):
    """Ends a test that waits for a pipe's other end."""

    def late(number, frame):
        raise AssertionError(f"still waiting after {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def lay(path, kind):
    """Makes what is no plain file."""
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        make_socket(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.symlink_to(path.name)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working folder with a model and files that are none yet."""
    monkeypatch.chdir(tmp_path)
    save_tiny_model(tmp_path / "model", spelling=SpellingModel.fit({"mug": 1}).to_dict())
    (tmp_path / "old.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    (tmp_path / "words.json").write_text('{"tv": 1}')
    (tmp_path / "results").mkdir()
    return tmp_path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SOURCES)
def test_what_is_no_plain_file_is_refused_as_a_source(here, capsys, name, kind):
    lay(here / "given", kind)
    before = tree(here)
    words = ["given" if word == "PATH" else word for word in SOURCES[name]]
    with at_most(20):
        error = fails(words, capsys)
    assert KINDS[kind] in error or kind == "circle"
    assert tree(here) == before
    if kind != "circle":
        assert "Save what it gives to a file first" in error


@pytest.mark.parametrize("name", MODEL_FILES)
def test_a_pipe_in_a_models_folder_is_refused(here, capsys, name):
    (here / "model" / name).unlink()
    os.mkfifo(here / "model" / name)
    with at_most(20):
        error = fails(["generate", "Sony", "--model", "model"], capsys)
    assert f"{name} is a pipe; expected a plain file" in error


@pytest.mark.parametrize("name", ["corpus.json", "ads.parquet"])
def test_a_pipe_in_a_corpus_is_refused(here, capsys, name):
    corpus = prepare_tiny_corpus(here / "data")
    (corpus / name).unlink()
    os.mkfifo(corpus / name)
    capsys.readouterr()
    with at_most(20):
        error = fails(["evaluate", "model", corpus], capsys)
    assert f"{name} is a pipe; expected a plain file" in error


def test_a_pipe_among_csvs_is_refused_and_not_left_out(here, capsys):
    (here / "raw").mkdir()
    (here / "raw" / "a.csv").write_text("ad\nBlue mug\n")
    os.mkfifo(here / "raw" / "b.csv")
    for words in (["prepare", "raw"], ["download", "--source", "raw"]):
        with at_most(20):
            assert "b.csv is a pipe" in fails(["data", *words, "--output", "out"], capsys)


def test_a_pipe_among_records_is_refused(here, capsys):
    os.mkfifo(here / "results" / "a.json")
    (here / "README.md").write_text("# Mine\n")
    with at_most(20):
        assert "a.json is a pipe" in fails(["report", "--results-dir", "results"], capsys)


def test_process_substitution_says_what_to_do(here, capsys):
    reading, writing = os.pipe()
    try:
        with at_most(20):
            error = fails(["train", f"/dev/fd/{reading}", "--output", "out"], capsys)
    finally:
        os.close(reading)
        os.close(writing)
    assert f"/dev/fd/{reading} is a pipe; expected a plain file" in error


def test_a_pipe_for_a_gpts_weights_is_refused(tmp_path, capsys):
    from tiny_gpt import own_tokenizer, tiny_model

    from adgen.gpt.saving import save_gpt_directory
    from adgen.gpt.tokens import GPTTokenizer

    tokenizer = GPTTokenizer(own_tokenizer())
    save_gpt_directory(tmp_path / "gpt", tiny_model(), tokenizer, card="# Tiny\n", info={})
    for name in ("model.safetensors", "tokenizer.json", "tokenizer_config.json"):
        copy = tmp_path / name.replace(".", "-")
        shutil.copytree(tmp_path / "gpt", copy)
        (copy / name).unlink()
        os.mkfifo(copy / name)
        with at_most(60):
            assert f"{name} is a pipe" in fails(["generate", "Sony", "--model", copy], capsys)
