"""The notebooks: run with small settings, and the rules that they keep."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((REPO / "notebooks").glob("*.ipynb"))
PROJECT = (REPO / "pyproject.toml").read_text(encoding="utf-8")
REPOSITORY = re.search(r'^Repository = "(.*)"', PROJECT, flags=re.MULTILINE).group(1)
VERSION = re.search(r'^version = "(.*)"', PROJECT, flags=re.MULTILINE).group(1)

NOT_RUN = "not run on a GPU or TPU"

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells_of(path, kind):
    return [
        cell
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == kind
    ]


def source(cell):
    return "".join(cell["source"])


def outputs_of(path):
    """Every output's text and pictures, as written in the file."""
    return json.dumps([cell["outputs"] for cell in cells_of(path, "code")])


@pytest.mark.slow
@each_notebook
def test_it_runs_on_synthetic_ads(path, tmp_path):
    (tmp_path / "data").mkdir()
    command = [
        sys.executable,
        "-m",
        "papermill",
        str(path),
        str(tmp_path / path.name),
        "-p",
        "setting",
        "smoke",
    ]
    done = subprocess.run(
        [*command, "--cwd", str(tmp_path), "--no-progress-bar"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert {entry.name for entry in tmp_path.iterdir()} == {"data", path.name, "runs"}
    if path.stem.startswith("06"):
        runs = tmp_path / "runs" / "notebooks-smoke"
        of_jax = json.loads((runs / "jax.json").read_text(encoding="utf-8"))
        # A training that finds fewer devices than it is told is refused.
        assert (of_jax["backend"], of_jax["config"]["num_devices"]) == ("jax", 2)
        of_tensorflow = json.loads((runs / "tensorflow.json").read_text(encoding="utf-8"))
        assert of_tensorflow["backend"] == "tensorflow"


@each_notebook
def test_it_was_run_once_from_top_to_bottom_without_an_error(path):
    counts = [cell["execution_count"] for cell in cells_of(path, "code")]
    assert counts == list(range(1, len(counts) + 1))
    kinds = {output["output_type"] for cell in cells_of(path, "code") for output in cell["outputs"]}
    assert "error" not in kinds
    (parameters,) = [
        cell for cell in cells_of(path, "code") if "parameters" in cell["metadata"].get("tags", [])
    ]
    assert source(parameters) == "setting = None"


@each_notebook
def test_it_is_small_and_holds_no_logic(path):
    assert path.stat().st_size <= 1_000_000
    assert len(cells_of(path, "code")) <= 25
    for cell in cells_of(path, "code"):
        text = source(cell)
        assert "import *" not in text and not re.search(r"^class ", text, flags=re.MULTILINE)
        for body in re.findall(r"^def .*\n((?:[ \t]+.*\n?)+)", text, flags=re.MULTILINE):
            assert len(body.splitlines()) <= 5, text


@each_notebook
def test_it_shows_no_path_or_warning_of_a_machine(path):
    everything = outputs_of(path) + "".join(source(cell) for cell in cells_of(path, "code"))
    assert not re.search(r"/(?:home|root|usr|work|tmp|Users|mnt)/|[A-Z]:\\\\", everything)
    assert "Warning" not in outputs_of(path)


@each_notebook
def test_it_opens_in_the_fixed_order_and_its_badge_leads_to_itself(path):
    markdown, code = (
        [source(cell) for cell in cells_of(path, kind)] for kind in ("markdown", "code")
    )
    number = int(path.stem[:2])
    assert markdown[0].startswith(f"# {number} ")
    notebook = f"{REPOSITORY.removeprefix('https://github.com/')}/blob/main/notebooks/{path.name}"
    assert f"(https://colab.research.google.com/github/{notebook})" in markdown[0]
    assert all(word in markdown[0] for word in ("**Question:**", "**Takes**", "**Gives**"))
    assert code[2] == "setting = None"
    assert "workspace = notebook.open_workspace(setting" in code[3]


@each_notebook
def test_it_says_at_its_top_what_it_needs(path):
    top = source(cells_of(path, "markdown")[0])
    assert re.search(r"^\| ads \| .+ \|$", top, flags=re.MULTILINE)
    assert re.search(r"^\| \d+ CPU cores? \| \d+ minutes?.* memory.* \|$", top, flags=re.MULTILINE)
    assert re.search(rf"^\| T4 \| {NOT_RUN}", top, flags=re.MULTILINE)
    extras = re.findall(r"`([\w-]+)`", re.search(r"^\| extras \| (.+) \|$", top, re.MULTILINE)[1])
    for cell, function in ((0, "add_extras"), (1, "set_up")):
        text = source(cells_of(path, "code")[cell])
        assert f"{function}({', '.join(map(json.dumps, extras))})" in text
    assert "notebooks" not in extras  # a kernel of its own would break Colab's


def test_the_set_up_cells_are_one_cell():
    """All but the extras; the repository and the version in it are those of the project."""
    cells = {
        re.sub(r"add_extras\(.*\)", "", source(cells_of(path, "code")[0])) for path in NOTEBOOKS
    }
    (cell,) = cells
    assert f'url = "{REPOSITORY}"' in cell and cell.count("https://") == 1
    assert set(re.findall(r"v\d[\w.]*", cell)) == {f"v{VERSION}"}


@each_notebook
def test_a_sentence_stands_before_every_section(path):
    assert len(cells_of(path, "markdown")) >= len(cells_of(path, "code")) / 2


def test_what_was_not_run_is_said_in_the_same_words_everywhere():
    """Of GPUs, TPUs and Colab's T4 no text says it another way."""
    texts = [REPO / "README.md", REPO / "CONTRIBUTING.md", *(REPO / "docs").glob("*.md")]
    said = {path: path.read_text(encoding="utf-8") for path in texts}
    said |= {path: "\n".join(map(source, cells_of(path, "markdown"))) for path in NOTEBOOKS}
    said |= {
        path: path.read_text(encoding="utf-8") for path in sorted((REPO / "adgen").rglob("*.py"))
    }
    other = re.compile(
        r"\b(?:not (?:yet )?(?:been )?|never (?:been )?|un)(?:tried|tested|measured)\b",
        re.IGNORECASE,
    )
    hardware = re.compile(r"\b(?:GPUs?|TPUs?|T4)\b")
    for path, text in said.items():
        for sentence in re.split(r"(?<=[.;|])\s|\n\n", text):
            if hardware.search(sentence):
                assert not other.search(sentence), f"{path}: {sentence}"
                assert not re.search(r"\bnot run\b(?! on a GPU or TPU)", sentence), (
                    f"{path}: {sentence}"
                )
    assert sum(NOT_RUN in text for text in said.values()) > len(NOTEBOOKS)


def test_the_verdicts_of_the_blind_reading_are_of_the_sheet_that_is_shown():
    (path,) = [path for path in NOTEBOOKS if path.stem.startswith("07_")]
    assert "verdicts of this sheet" in outputs_of(path)
