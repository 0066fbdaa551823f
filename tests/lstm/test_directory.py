import errno
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hostile import lay_others, tree
from tiny_models import (
    make_config,
    random_weights,
    save_tiny_model,
    subword_tokenizer,
    word_tokenizer,
)

from adgen.lstm import directory as model_directory
from adgen.lstm.compressing import compress_model_directory
from adgen.lstm.config import LSTMConfig
from adgen.lstm.directory import load_model_directory, save_model_directory

FILES = [
    "README.md",
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "tokenizer.json",
]


def snapshot(directory):
    return {path.name: path.read_bytes() for path in Path(directory).iterdir()}


def edit_config(directory, change):
    path = directory / "config.json"
    settings = json.loads(path.read_text())
    change(settings)
    path.write_text(json.dumps(settings))


@pytest.mark.parametrize("reads", ["stream", "ad", "packed"])
@pytest.mark.parametrize("embedding_dim", [6, None])
def test_a_directory_comes_back_as_it_was_saved(tmp_path, reads, embedding_dim):
    spelling = {"order": 3}
    path = save_tiny_model(
        tmp_path / "m", reads=reads, embedding_dim=embedding_dim, spelling=spelling
    )
    loaded = load_model_directory(str(path))
    config = make_config(word_tokenizer().vocab_size, reads=reads, embedding_dim=embedding_dim)
    assert (loaded.path, loaded.config, loaded.info) == (path, config, {"seed": 0})
    assert loaded.spelling == spelling
    assert loaded.tokenizer.fingerprint == word_tokenizer().fingerprint
    assert loaded.generation_config["temperature"] == 1.0
    for name, array in random_weights(config).items():
        np.testing.assert_array_equal(loaded.weights[name], array)
    assert (path / "README.md").read_text() == "# A tiny model\n"


def test_the_files_are_those_of_the_format_and_nothing_is_left_beside_them(tmp_path):
    path = save_tiny_model(tmp_path / "deep" / "m")
    assert sorted(snapshot(path)) == sorted(FILES)
    assert [p.name for p in path.parent.iterdir()] == ["m"]
    settings = json.loads((path / "config.json").read_text())
    assert (settings["format"], settings["format_version"]) == ("adgen-lstm", 1)
    assert settings["tokenizer"]["kind"] == "word"


def test_saving_again_replaces_the_model_and_keeps_other_files(tmp_path):
    path = save_tiny_model(tmp_path / "m", spelling={"order": 3})
    others = lay_others(path)
    save_tiny_model(path, seed=1)
    assert load_model_directory(path).info == {"seed": 1}
    assert load_model_directory(path).spelling is None
    assert sorted(tree(path)) == sorted({*FILES, *others})
    assert {name: tree(path)[name] for name in others} == others


@pytest.mark.parametrize("storage", ["float32", "float16", "int8"])
def test_the_storage_is_recorded_and_loading_gives_float32(tmp_path, storage):
    path = save_tiny_model(tmp_path / "m", storage=storage)
    assert json.loads((path / "config.json").read_text())["storage"] == storage
    loaded = load_model_directory(path)
    assert loaded.storage == storage
    for name, array in random_weights(loaded.config).items():
        assert loaded.weights[name].dtype == np.float32
        np.testing.assert_allclose(loaded.weights[name], array, atol=np.abs(array).max() / 250)


def test_a_directory_that_does_not_say_its_storage_is_float32(tmp_path):
    path = save_tiny_model(tmp_path / "m")
    edit_config(path, lambda settings: settings.pop("storage"))
    loaded = load_model_directory(path)
    assert loaded.storage == "float32"
    np.testing.assert_array_equal(
        loaded.weights["lstm.bias"], random_weights(loaded.config)["lstm.bias"]
    )


def test_compressing_rewrites_the_weights_and_keeps_the_rest(tmp_path):
    path = save_tiny_model(tmp_path / "m", spelling={"order": 3})
    before = snapshot(path)
    compress_model_directory(path, tmp_path / "small", "int8")
    assert snapshot(path) == before
    after = snapshot(tmp_path / "small")
    changed = {name for name in before if after[name] != before[name]}
    assert set(after) == set(before) and changed == {
        "README.md",
        "config.json",
        "model.safetensors",
    }
    loaded = load_model_directory(tmp_path / "small")
    assert loaded.storage == "int8"
    assert loaded.info == {
        "seed": 0,
        "compression": {"storage": "int8", "figures_measured": "before"},
    }
    direct = load_model_directory(save_tiny_model(tmp_path / "direct", storage="int8"))
    for name, array in direct.weights.items():
        np.testing.assert_array_equal(loaded.weights[name], array)


def test_compressing_in_place_keeps_notes_and_says_what_was_done(tmp_path):
    path = save_tiny_model(tmp_path / "m")
    others = lay_others(path)
    (path / "generation_config.json").write_text('{"top_k": 7, "temperature": 0.8}')
    compress_model_directory(path, path, "int8")
    compress_model_directory(path, path, "float16", controls={"temperature": 0.7})
    loaded = load_model_directory(path)
    assert loaded.info["compression"] == {"storage": "float16", "figures_measured": "before"}
    assert loaded.generation_config == {"top_k": 7, "temperature": 0.7}
    card = (path / "README.md").read_text()
    assert (
        card.startswith("# A tiny model\n\n## Storage\n\nWeights in float16.")
        and "int8" not in card
    )
    assert {name: tree(path)[name] for name in others} == others
    assert [p.name for p in tmp_path.iterdir()] == ["m"]


def test_compressing_refuses_what_it_does_not_know(tmp_path):
    path = save_tiny_model(tmp_path / "m")
    before = snapshot(path)
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "a.txt").write_text("years of work")
    with pytest.raises(ValueError, match=r"storage is 'int4'"):
        compress_model_directory(path, path, "int4")
    with pytest.raises(ValueError, match="top_p is 2"):
        compress_model_directory(path, path, "int8", controls={"top_p": 2})
    with pytest.raises(ValueError, match="not a model directory"):
        compress_model_directory(path, tmp_path / "thesis", "int8")
    assert snapshot(path) == before


def test_a_link_to_a_directory_stays_a_link(tmp_path):
    path = save_tiny_model(tmp_path / "real")
    (tmp_path / "link").symlink_to(path)
    save_tiny_model(tmp_path / "link", seed=1)
    assert (tmp_path / "link").is_symlink()
    assert load_model_directory(path).info == {"seed": 1}


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()]
)
@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "README.md"])
def test_a_full_disk_or_an_interrupt_leaves_the_old_directory(tmp_path, monkeypatch, error, name):
    path = save_tiny_model(tmp_path / "m")
    before = snapshot(path)
    write_bytes = Path.write_bytes

    def fail(self, data):
        if name.split(".")[0] in self.name:
            write_bytes(self, data[: len(data) // 2])
            raise error
        return write_bytes(self, data)

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(type(error)):
        save_tiny_model(path, seed=1)
    with pytest.raises(type(error)):
        save_tiny_model(tmp_path / "new")
    monkeypatch.undo()
    assert snapshot(path) == before
    assert [p.name for p in tmp_path.iterdir()] == ["m"]


def test_an_interrupt_between_the_two_moves_puts_the_old_directory_back(tmp_path, monkeypatch):
    path = save_tiny_model(tmp_path / "m")
    before = snapshot(path)
    rename = Path.rename

    def fail(self, target):
        if self.name == "new":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(KeyboardInterrupt):
        save_tiny_model(path, seed=1)
    assert snapshot(path) == before
    assert [p.name for p in tmp_path.iterdir()] == ["m"]


def test_what_is_not_a_model_directory_is_not_overwritten(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(
        ValueError, match=r"not empty and not a model directory.*Choose another path"
    ):
        save_tiny_model(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "gpt2"}')
    with pytest.raises(ValueError, match="not a model directory"):
        save_tiny_model(tmp_path)
    with pytest.raises(ValueError, match="is a file"):
        save_tiny_model(tmp_path / "thesis.txt")
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_an_empty_directory_may_be_filled(tmp_path):
    save_tiny_model(tmp_path)
    assert load_model_directory(tmp_path).info == {"seed": 0}


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(tmp_path, name):
    path = save_tiny_model(tmp_path / "m")
    (path / name).unlink()
    with pytest.raises(FileNotFoundError, match=f"lacks {name}"):
        load_model_directory(path)


def test_a_missing_directory_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no model directory"):
        load_model_directory(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
@pytest.mark.parametrize("damage", [lambda b: b[:-7], lambda b: b"", lambda b: b[:-1] + b"\x01"])
def test_a_truncated_or_changed_file_is_one_clear_error(tmp_path, name, damage):
    path = save_tiny_model(tmp_path / "m")
    (path / name).write_bytes(damage((path / name).read_bytes()))
    with pytest.raises(ValueError, match=f"{name} .*changed or cut short"):
        load_model_directory(path)


def test_a_damaged_file_with_a_fitting_checksum_is_still_a_value_error(tmp_path, monkeypatch):
    path = save_tiny_model(tmp_path / "m")
    read = model_directory._read_checked
    monkeypatch.setattr(model_directory, "_read_checked", lambda p, s: read(p, s)[:-7])
    with pytest.raises(ValueError, match="not a safetensors file"):
        load_model_directory(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.update(format="other"), "says format 'other'"),
        (lambda s: s.update(format_version=2), "version 2; this adgen reads"),
        (lambda s: s.pop("info"), "no object 'info'"),
        (lambda s: s["architecture"].pop("reads"), "architecture has"),
        (lambda s: s["architecture"].update(lstm_units=-1), "lstm_units is -1"),
        (lambda s: s["architecture"].update(lstm_units=6), "lstm.kernel is float32"),
        (lambda s: s["architecture"].update(vocab_size=99), "the model has 99"),
        (lambda s: s["tokenizer"].update(fingerprint="3f2a"), "was trained with 3f2a"),
        (lambda s: s.update(storage="int4"), r"model\.safetensors: storage is 'int4'"),
        (lambda s: s.update(storage="int8"), r"model\.safetensors holds the scales"),
    ],
)
def test_settings_that_do_not_fit_are_refused(tmp_path, change, message):
    path = save_tiny_model(tmp_path / "m")
    edit_config(path, change)
    with pytest.raises(ValueError, match=message):
        load_model_directory(path)


@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff\xfe", b"", b"[" * 100_000])
def test_a_config_that_is_not_a_json_object_is_a_value_error(tmp_path, content):
    path = save_tiny_model(tmp_path / "m")
    (path / "config.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"config\.json"):
        load_model_directory(path)


def test_a_tokenizer_of_another_size_is_refused_when_saving(tmp_path):
    config = make_config(word_tokenizer().vocab_size)
    with pytest.raises(ValueError, match=r"tokenizer has .* tokens; the model has"):
        save_model_directory(
            tmp_path / "m",
            config=config,
            weights=random_weights(config),
            tokenizer=subword_tokenizer(),
            card="",
            info={},
        )


@pytest.mark.parametrize(
    "info", [{"loss": float("nan")}, {"loss": np.float32(1)}, {"path": Path("a")}]
)
def test_info_that_is_not_json_is_refused_before_anything_is_written(tmp_path, info):
    config = make_config(word_tokenizer().vocab_size)
    with pytest.raises(ValueError, match="info cannot be written as JSON"):
        save_model_directory(
            tmp_path / "m",
            config=config,
            weights=random_weights(config),
            tokenizer=word_tokenizer(),
            card="",
            info=info,
        )
    assert not list(tmp_path.iterdir())


GOOD = LSTMConfig(50, 8, embedding_dim=6, sequence_length=4, dropout=0.3, reads="ad")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"vocab_size": 3}, "vocab_size is 3"),
        ({"lstm_units": 0}, "lstm_units is 0"),
        ({"lstm_units": True}, "lstm_units is True"),
        ({"embedding_dim": 0}, "embedding_dim is 0"),
        ({"sequence_length": None}, "sequence_length is None"),
        ({"dropout": 1.0}, "dropout is 1.0"),
        ({"dropout": "0.3"}, "dropout is '0.3'"),
        ({"reads": "words"}, "stream, ad, packed"),
        ({"reads": "packed"}, "expected None"),
    ],
)
def test_an_impossible_architecture_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        replace(GOOD, **values)
