"""Equal runs write equal bytes, but for when they ran and how long they took."""

import json

import pytest
from command_runs import run
from hostile import tree
from tiny_corpus import prepare_tiny_corpus
from tiny_models import save_tiny_model

from adgen.tokens.spelling import SpellingModel

COMMANDS = {
    "ngram": ["ngram", "data/processed", "--order", "3", "--subword-vocab-size", "400"],
    "ngram, compact": [
        *["ngram", "data/processed", "--order", "3", "--subword-vocab-size", "400"],
        *["--max-mb", "0.05"],
    ],
    "compress": ["compress", "model"],
    "prepare": ["data", "prepare", "data/raw", "--no-leaks"],
}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    here = tmp_path_factory.mktemp("here")
    prepare_tiny_corpus(here / "data")
    save_tiny_model(here / "model", spelling=SpellingModel.fit({"mug": 1}).to_dict())
    return here


@pytest.mark.parametrize("name", COMMANDS)
def test_equal_runs_write_equal_bytes(here, tmp_path, monkeypatch, capsys, name):
    monkeypatch.chdir(here)
    written = []
    for number in range(3):  # an order by chance agrees now and then
        output = tmp_path / str(number) / "out"
        words = COMMANDS[name]
        place = [output] if words[0] == "compress" else ["--output", output]
        assert run([*words, *place], capsys)[0] == 0
        path = output / "corpus.json"
        if path.exists():
            about = json.loads(path.read_text())
            for key in ("created", "seconds", "peak_memory_bytes"):
                del about[key]
            path.write_text(json.dumps(about))
        written.append(tree(output))
    assert written[0] == written[1] == written[2]
