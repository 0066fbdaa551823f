"""Open the notebooks in JupyterLab, as copies: what is run there changes no file of the repository.

    python notebooks/lab.py [OPTIONS OF JUPYTERLAB]

The copies lie in `runs/lab/notebooks/`; one that is there already is kept. Links lead to `docs/` as
in the originals. Runs find `data/` above them, and write to `runs/`.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

_REPO = Path(__file__).resolve().parents[1]
# What the notebooks and the pages that they lead to have links into.
_LINKED = ("docs", "images", "README.md")


def copy_notebooks(repo: Path) -> Iterator[str]:
    """Makes what is missing of `runs/lab/` below `repo`; yields a line on each notebook.

    Raises:
        OSError: Nothing can be written there.
    """
    lab = repo / "runs" / "lab"
    (lab / "notebooks").mkdir(parents=True, exist_ok=True)
    for name in _LINKED:
        if not (lab / name).exists():
            (lab / name).symlink_to(Path("..", "..", name))
    for path in sorted((repo / "notebooks").glob("*.ipynb")):
        copy = lab / "notebooks" / path.name
        if not copy.exists():
            shutil.copyfile(path, copy)
            yield f"Copied {path.name} to runs/lab/notebooks/"
        elif copy.read_bytes() != path.read_bytes():
            yield f"Kept runs/lab/notebooks/{path.name}; notebooks/ has another"


def servers_of(repo: Path) -> Iterator[str]:
    """Yields the addresses of the JupyterLabs that serve the copies of `repo` now."""
    from jupyter_server.serverapp import list_running_servers

    lab = (repo / "runs" / "lab").resolve()
    for server in list_running_servers():
        if Path(server["root_dir"]).resolve() == lab:
            yield server["url"]


def command(repo: Path, options: list[str]) -> list[str]:
    """Returns the command of JupyterLab, which prints its address and opens a browser if it can."""
    words = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={repo / 'runs' / 'lab'}"]
    words += ["--LabApp.default_url=/lab/tree/notebooks"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        words.append("--allow-root")  # in a container; the token is asked for all the same
    return [*words, *options]


if __name__ == "__main__":
    if find_spec("jupyterlab") is None:
        print(f"{sys.executable} has no JupyterLab. Install and open it: make lab", file=sys.stderr)
        sys.exit(2)
    for line in copy_notebooks(_REPO):
        print(line, flush=True)  # before this process becomes JupyterLab
    for url in servers_of(_REPO):
        print(f"{url} serves these copies already; another JupyterLab opens beside it", flush=True)
    words = command(_REPO, sys.argv[1:])
    os.execv(words[0], words)
