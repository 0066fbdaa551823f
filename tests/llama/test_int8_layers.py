"""Llama in int8 by ONNX Runtime beside float32; skipped, saying so, where it is not installed."""

import numpy as np
import pytest
from tiny_gpt import tiny_model

from adgen.llama.int8_layers import load_int8
from adgen.llama.model import Llama
from adgen.llama.reader import LlamaReader
from adgen.support import extras


@pytest.fixture
def folder(tmp_path):
    tiny_model("llama", spread=0.1).save_pretrained(tmp_path / "model")
    return tmp_path / "model"


def test_without_the_extra_the_error_names_the_command(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda package: None)
    with pytest.raises(ImportError, match=r"Writing in int8 needs onnx.*writer"):
        load_int8(folder, tmp_path / "cache")


def test_logits_are_near_those_of_float32_whatever_the_batch(folder, tmp_path):
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx")
    exact = Llama.load(folder)
    small = load_int8(folder, tmp_path / "cache", num_threads=1)
    texts = [[1, 5, 9, 30], [7] * 20, [3]]
    expected = exact.read(texts)
    found = small.read(texts)
    assert 0 < np.abs(found - expected).max() < 0.05 * np.abs(expected).max()
    # Rows are rounded by their own numbers: a batch mate with large ones changes nothing.
    np.testing.assert_allclose(small.read(texts[:1]), found[:4], atol=1e-6)
    logits = exact.logits(expected)
    found_logits = small.logits(expected)
    assert 0 < np.abs(found_logits - logits).max() < 0.05 * np.abs(logits).max()
    np.testing.assert_allclose(small.logits(expected[:4]), found_logits[:4], atol=1e-6)


def test_a_model_is_converted_once_and_again_when_it_changed(folder, tmp_path):
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx")
    cache = tmp_path / "cache"

    def first_graph():
        reader = LlamaReader(load_int8(folder, cache))
        reader.add([[1, 2], [1, 2]])
        reader.advance(np.array([5, 6]))
        assert reader.logits_of(np.arange(9)).shape == (2, 9)
        [found] = cache.glob("*/stretch-0000.onnx")
        return found.stat().st_ino, found.read_bytes()

    before = first_graph()
    assert first_graph() == before
    tiny_model("llama", seed=1).save_pretrained(folder)
    after = first_graph()
    assert after[1] != before[1]
