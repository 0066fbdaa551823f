"""What tests of the page share: what they need, a server of its own process, where Chromium is."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]
# What Debian calls it, and what others do.
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


def needs(*packages):
    """Skips a test where a package is missing."""
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}, which `make test` installs")


def environment(**more):
    """Returns the variables of a server: few threads, and the code of this checkout."""
    paths = filter(None, [str(REPO), os.environ.get("PYTHONPATH")])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1", **more}


@contextmanager
def serving(folder, **variables):
    """Serves the page with the models that come with adgen; gives its address.

    `variables` are added to those of its environment.
    """
    command = [sys.executable, "-m", "adgen", "demo", "--port", "0"]
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            env=environment(GRADIO_TEMP_DIR=str(folder), **variables),
        )
        try:
            yield _address(process, folder / "log.txt")
        finally:
            process.kill()
            process.wait()


def _address(process, log_path):
    """Waits until a server is ready."""
    while True:
        text = log_path.read_text(encoding="utf-8")
        if "Ready." in text:
            return re.search(r"http://\S+", text)[0]
        with_end = process.poll()
        assert with_end is None, text
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
