"""One server and one browser for all tests of the page; they skip, with a reason, without them."""

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
# What Debian calls it, and what others do.
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


def needs(*packages):
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}: see `make test`")


def environment():
    """Of a server: few threads, and the code of this checkout."""
    paths = filter(None, [str(REPO), os.environ.get("PYTHONPATH")])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The address of a page with the models that come with adgen."""
    needs("gradio")
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "adgen", "demo", "--port", "0"],
            stderr=subprocess.PIPE,
            stdout=file,
            text=True,
            env=environment() | {"GRADIO_TEMP_DIR": str(tmp_path_factory.mktemp("uploads"))},
        )
        try:
            url = None
            for line in process.stderr:
                found = re.search(r"http://\S+", line)
                url = url or (found and found[0])
                if line.startswith("Ready"):
                    break
            assert url and process.poll() is None
            yield url
        finally:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def browser():
    needs("playwright")
    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        # Chromium's own sandbox does not work as root.
        found = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()
