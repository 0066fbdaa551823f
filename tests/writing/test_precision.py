"""Which arithmetic a writer takes, and that what is missing is said."""

import json

import pytest

from adgen.bulk.plan import BulkPlan
from adgen.support import extras
from adgen.writing import precision
from adgen.writing.precision import chosen_precision
from adgen.writing.resources import writer_folder
from adgen.writing.writer import AdWriter


@pytest.fixture
def large_folder(tmp_path):
    """A folder whose config.json describes a large model; its weights are never read."""
    entries = json.loads((writer_folder() / "config.json").read_text(encoding="utf-8"))
    entries |= {"vocab_size": 49_152, "hidden_size": 1_024}
    (tmp_path / "config.json").write_text(json.dumps(entries), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("is_installed", [True, False])
def test_the_small_writer_is_float32_whatever_is_installed(monkeypatch, caplog, is_installed):
    monkeypatch.setattr(precision, "find_spec", lambda name: is_installed or None)
    with caplog.at_level("INFO", logger="adgen"):
        assert chosen_precision(writer_folder(), "auto") == "float32"
    assert not caplog.text  # nothing to install: int8 would not be chosen


def test_a_large_one_is_int8_where_that_is_possible(large_folder, monkeypatch, caplog):
    monkeypatch.setattr(precision, "find_spec", lambda name: True)
    assert chosen_precision(large_folder, "auto") == "int8"
    assert chosen_precision(large_folder, "float32") == "float32"
    monkeypatch.setattr(precision, "find_spec", lambda name: None)
    with caplog.at_level("INFO", logger="adgen"):
        assert chosen_precision(large_folder, "auto") == "float32"
    assert "int8 is faster" in caplog.text and "writer" in caplog.text


def test_an_unknown_precision_is_refused():
    with pytest.raises(
        ValueError, match="precision is 'int4'; expected one of auto, float32, int8"
    ):
        AdWriter.from_pretrained(precision="int4")


def test_int8_without_the_extra_names_the_command(monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"Writing in int8 needs onnx.*writer"):
        AdWriter.from_pretrained(precision="int8")
    with pytest.raises(ImportError, match=r"Writing in int8 needs onnx.*writer"):
        BulkPlan(precision="int8")


def test_a_run_is_of_one_precision():
    pytest.importorskip("onnxruntime")
    assert BulkPlan().precision == "float32"
    assert BulkPlan().identity() == BulkPlan(precision="float32").identity()
    assert BulkPlan().identity() != BulkPlan(precision="int8").identity()
