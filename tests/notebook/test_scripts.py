"""`notebooks/lab.py` and `notebooks/render.py`: nothing of a reader's is written over."""

import importlib.util
import json
import re
import runpy
import sys
from pathlib import Path

import nbformat
import pytest

REPO = Path(__file__).resolve().parents[2]


def script(name):
    spec = importlib.util.spec_from_file_location(name, REPO / "notebooks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path):
    """Returns a folder like this repository, with one notebook of a link and one of a run."""
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    for name in ("01_a.ipynb", "02_b.ipynb"):
        (notebooks / name).write_text(f"see [it](../docs/results.md) {name}")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "results.md").write_text("![](../images/one.png)")
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "one.png").write_bytes(b"")
    (tmp_path / "README.md").write_text("")
    return tmp_path


def test_a_reader_gets_copies_whose_links_lead_where_they_led(checkout):
    lines = list(script("lab").copy_notebooks(checkout))
    copies = checkout / "runs" / "lab" / "notebooks"
    assert [path.name for path in sorted(copies.iterdir())] == ["01_a.ipynb", "02_b.ipynb"]
    assert lines == [
        f"Copied {name} to runs/lab/notebooks/" for name in ("01_a.ipynb", "02_b.ipynb")
    ]
    [link] = re.findall(r"\((.*)\)", (copies / "01_a.ipynb").read_text())
    page = copies / link
    assert page.is_file() and (page.parent / "../images/one.png").is_file()


def test_what_a_reader_ran_is_kept_and_the_shipped_ones_stay_as_they_are(checkout):
    before = {path: path.read_bytes() for path in (checkout / "notebooks").iterdir()}
    lab = script("lab")
    list(lab.copy_notebooks(checkout))
    mine = checkout / "runs" / "lab" / "notebooks" / "01_a.ipynb"
    mine.write_text("run")
    assert list(lab.copy_notebooks(checkout)) == [
        "Kept runs/lab/notebooks/01_a.ipynb; notebooks/ has another"
    ]
    assert mine.read_text() == "run"
    assert {path: path.read_bytes() for path in (checkout / "notebooks").iterdir()} == before


def test_jupyterlab_sees_the_copies_alone_and_asks_for_its_token(checkout):
    words = script("lab").command(checkout, ["--no-browser"])
    assert words[:3] == [sys.executable, "-m", "jupyterlab"] and words[-1] == "--no-browser"
    assert f"--ServerApp.root_dir={checkout / 'runs' / 'lab'}" in words
    assert not any("token" in word or "password" in word for word in words)


def test_without_jupyterlab_nothing_is_copied(checkout, monkeypatch, capsys):
    program = checkout / "notebooks" / "lab.py"
    program.write_text((REPO / "notebooks" / "lab.py").read_text(encoding="utf-8"))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SystemExit) as stop:
        runpy.run_path(str(program), run_name="__main__")
    assert stop.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.count("\n") == 1 and "make lab" in shown.err
    assert not (checkout / "runs").exists()


def test_a_server_of_the_same_copies_is_found(checkout, monkeypatch):
    pytest.importorskip("jupyter_server")
    lab = checkout / "runs" / "lab"
    running = [
        {"root_dir": str(checkout), "url": "http://localhost:8888/"},
        {"root_dir": str(lab), "url": "http://localhost:8889/"},
    ]
    monkeypatch.setattr("jupyter_server.serverapp.list_running_servers", lambda: iter(running))
    assert list(script("lab").servers_of(checkout)) == ["http://localhost:8889/"]


def test_links_of_notebooks_lead_only_where_the_copies_have_them():
    linked = set(script("lab")._LINKED)
    for path in (REPO / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        text = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        targets = re.findall(r"\]\(\.\./([\w.]+)", text)
        assert set(targets) <= linked, path


@pytest.mark.slow
def test_rendering_writes_what_it_took_and_drops_bars(tmp_path):
    cells = [
        nbformat.v4.new_markdown_cell("# 1\n\n| 9 CPU cores | long ago |\n| T4 | no |"),
        nbformat.v4.new_code_cell(
            "import time\nfrom tqdm.auto import tqdm\nkept = bytearray(300_000_000)\n"
            "for _ in tqdm(range(3)):\n    time.sleep(1)\nprint('done')"
        ),
    ]
    path = tmp_path / "one.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    script("render").render(path)
    rendered = nbformat.read(path, as_version=4)
    top, code = rendered.cells
    [(minutes, gigabytes)] = re.findall(
        r"^\| \d+ CPU cores? \| (\d+) minutes?, ([\d.]+) GB of memory \|$", top.source, re.MULTILINE
    )
    assert minutes == "1" and 0.3 <= float(gigabytes) < 3
    assert top.source.endswith("| T4 | no |")
    assert [output["text"] for output in code.outputs] == ["done\n"]
    assert code.execution_count == 1
