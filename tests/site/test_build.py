"""`site/build.py`: what it writes, and what it refuses."""

import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from adgen.generation.shipped import SHIPPED_LSTM, shipped_model_dir
from adgen.lstm.directory import load_model_directory
from adgen.support.version import __version__

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "site"))
try:
    from build import check_model
finally:
    sys.path.pop(0)


def test_service_worker_keeps_every_file(built_site):
    lines = (built_site / "files.js").read_text().splitlines()
    kept = json.loads(lines[1].removeprefix("self.FILES = ").removesuffix(";"))
    files = {p.relative_to(built_site).as_posix() for p in built_site.rglob("*") if p.is_file()}
    assert set(kept) == files - {"files.js", "sw.js"}


def test_the_page_s_weights_and_tokenizer_are_the_model_s(built_site):
    for name in ("model.safetensors", "tokenizer.json"):
        content = (built_site / "model" / name).read_bytes()
        assert content == (shipped_model_dir(SHIPPED_LSTM) / name).read_bytes()


def test_a_folder_of_others_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    done = subprocess.run(
        [sys.executable, REPO / "site" / "build.py", tmp_path], capture_output=True, check=False
    )
    assert done.returncode == 2
    assert b"is not empty and not a page that adgen wrote" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    "change", [{"tied": False}, {"num_layers": 2}, {"lstm_units": 510}, {"embedding_dim": 512}]
)
def test_a_model_that_the_page_cannot_run_is_refused(change):
    model = load_model_directory(shipped_model_dir(SHIPPED_LSTM))
    check_model(model)
    with pytest.raises(ValueError, match="not a model that the page can run"):
        check_model(replace(model, config=replace(model.config, **change)))
    with pytest.raises(ValueError, match="not a model that the page can run"):
        check_model(replace(model, storage="float32"))


def test_a_model_whose_sums_are_not_exact_is_refused(monkeypatch):
    monkeypatch.setattr("adgen.lstm.exact_lstm.MOST_TOKENS", 10)
    with pytest.raises(ValueError, match="would not be exact"):
        check_model(load_model_directory(shipped_model_dir(SHIPPED_LSTM)))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"greedy": True}, r"unknown \['greedy'\]"),
        ({"min_tokens": 3}, r"unknown \['min_tokens'\]"),
        ({"top_p": None}, r"missing \['top_p'\]"),
    ],
)
def test_defaults_that_the_page_has_no_field_for_are_refused(changes, named):
    model = load_model_directory(shipped_model_dir(SHIPPED_LSTM))
    defaults = dict(model.generation_config) | changes
    defaults = {name: value for name, value in defaults.items() if value is not None}
    with pytest.raises(ValueError, match=named):
        check_model(replace(model, generation_config=defaults))


def test_the_page_knows_adgen_s_version_and_its_model(built_site):
    tables = json.loads((built_site / "model" / "tables.json").read_text(encoding="utf-8"))
    content = (built_site / "model" / "model.safetensors").read_bytes()
    assert tables["model_sha256"] == hashlib.sha256(content).hexdigest()
    assert tables["version"] == __version__


def test_the_link_to_the_repository_is_that_of_the_package():
    [repository] = re.findall(r'^Repository = "(.+)"', (REPO / "pyproject.toml").read_text(), re.M)
    links = re.findall(r'href="(https?://[^"]+)"', (REPO / "site" / "index.html").read_text())
    assert links == [repository]


def test_the_design_of_the_page_names_every_file_of_it():
    document = (REPO / "docs" / "site.md").read_text(encoding="utf-8")
    files = [path for path in (REPO / "site").rglob("*.*") if "__pycache__" not in path.parts]
    for path in files:
        name = path.stem if path.suffix == ".js" and path.parent.name != "site" else path.name
        assert re.search(rf"\b{re.escape(name)}\b", document), f"{path.name} is not in docs/site.md"
