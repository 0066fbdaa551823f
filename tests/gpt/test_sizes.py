"""A GPT's folder that says impossible sizes, or has no room in memory, is refused unloaded."""

import json

import pytest

from adgen.gpt.sizes import check_sizes
from adgen.support import memory

CONFIG = {"model_type": "gpt2", "n_layer": 2, "n_embd": 32, "vocab_size": 400, "n_positions": 64}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    (tmp_path / "model.safetensors").write_bytes(b"0" * 5_000)
    return tmp_path


@pytest.mark.parametrize(
    ("entry", "value", "expected"),
    [
        ("n_layer", 10**9, "expected a whole number from 1 to 1,024"),
        ("n_embd", -1, "expected a whole number from 1 to 65,536"),
        ("vocab_size", 10**12, "expected a whole number from 4 to"),
        ("n_positions", "64", "expected a whole number from 2 to"),
        ("hidden_size", 1e9, "expected a whole number"),
    ],
)
def test_sizes_that_no_model_has_are_named(entry, value, expected, folder):
    check_sizes(folder)
    (folder / "config.json").write_text(json.dumps(CONFIG | {entry: value}))
    with pytest.raises(ValueError, match=rf"config\.json: {entry} is .*{expected}"):
        check_sizes(folder)


def test_weights_larger_than_the_free_memory_are_refused(folder, monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 5_000)
    check_sizes(folder)
    monkeypatch.setattr(memory, "available_bytes", lambda: 4_999)
    with pytest.raises(ValueError, match=r"Loading .* needs about .* GB of memory"):
        check_sizes(folder)
