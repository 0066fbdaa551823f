"""The pages of the API: made from the docstrings of every module, without a warning."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "adgen"


@pytest.mark.slow
def test_every_module_has_a_page_and_nothing_is_warned_of(tmp_path):
    command = [
        "-c",
        "import sys; sys.modules['triton'] = None; from pdoc.__main__ import cli; cli()",
        "--docformat",
        "google",
        "--no-include-undocumented",
        "--output-directory",
    ]
    rooms = [f"adgen.{path.parent.name}" for path in PACKAGE.glob("*/__init__.py")]
    done = subprocess.run(
        [sys.executable, *command, str(tmp_path), "adgen", *rooms],
        env={**os.environ, "PDOC_ALLOW_EXEC": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Warn:" not in done.stderr, done.stderr
    # What is public of these rooms is on their own page.
    doors = {"corpus", "notebook"}
    modules = {path.relative_to(PACKAGE).with_suffix(".html") for path in PACKAGE.rglob("[!_]*.py")}
    pages = {path.relative_to(tmp_path / "adgen") for path in (tmp_path / "adgen").rglob("*.html")}
    assert {page for page in modules if page.parts[0] not in doors} <= pages
    assert "load_corpus" in (tmp_path / "adgen" / "corpus.html").read_text(encoding="utf-8")
    assert "set_up" in (tmp_path / "adgen" / "notebook.html").read_text(encoding="utf-8")
    front = (tmp_path / "adgen.html").read_text(encoding="utf-8")
    assert "AdGenerator" in front
