"""Compression: the record says what was written, of which training, by which command."""

import pytest
from tiny_models import save_tiny_model

from adgen.cli.main import main
from adgen.lstm.directory import load_model_directory
from adgen.records.record import read_record


def test_a_record_says_what_was_made_of_which_model(tmp_path, capsys):
    model = save_tiny_model(tmp_path / "model", reads="packed")
    output, record_path = tmp_path / "small", tmp_path / "small.json"
    words = ["compress", str(model), str(output), "--temperature", "0.7"]
    assert main([*words, "--record", str(record_path)]) == 0
    record = read_record(record_path)
    assert (record.kind, record.name, record.storage) == ("compression", "small", "int8")
    assert record.trained_as == load_model_directory(model).info.get("name")
    assert record.command == ("adgen compress model small --temperature 0.7 --record small.json")
    assert record.num_bytes == sum(path.stat().st_size for path in output.iterdir())
    assert f"{record.num_bytes / 1e6:.1f} MB, weights in int8" in capsys.readouterr().out


@pytest.mark.parametrize("place", ["model/record.json", "small/record.json"])
def test_a_record_in_a_model_is_refused_before_anything_is_written(place, tmp_path, capsys):
    model = save_tiny_model(tmp_path / "model", reads="packed")
    words = ["compress", str(model), str(tmp_path / "small"), "--record", str(tmp_path / place)]
    assert main(words) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "small").exists() and not (tmp_path / place).exists()


def test_a_model_is_not_replaced_by_its_smaller_copy(tmp_path, capsys):
    model = save_tiny_model(tmp_path / "model", reads="packed")
    before = {path.name: path.read_bytes() for path in model.iterdir()}
    assert main(["compress", str(model), str(model)]) == 2
    assert "is the model" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in model.iterdir()} == before
