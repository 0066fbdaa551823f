"""The built page, and Node to ask its engine, for all tests of the page."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def built_site(tmp_path_factory):
    """The page as `make site` writes it."""
    output = tmp_path_factory.mktemp("site") / "page"
    subprocess.run([sys.executable, REPO / "site" / "build.py", output], cwd=REPO, check=True)
    return output


@pytest.fixture(scope="session")
def ask(built_site):
    """Returns a function that asks the page's engine: calls in, answers out."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node, which is not installed")

    def answer(*calls):
        done = subprocess.run(
            [node, Path(__file__).with_name("engine.mjs")],
            input=json.dumps({"site": str(built_site), "calls": calls}).encode(),
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr.decode()[-2000:]
        return json.loads(done.stdout)

    return answer
