"""What comparisons of two builds share: which commit, its checkout, memory of processes, ratios.

One build is that of a commit of this repository's history, the other the working tree.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from measure import log, median, ratio

ROOT = Path(__file__).resolve().parents[1]
BUILDS = ("before", "now")


def add_against(parser: argparse.ArgumentParser, default: str, what: str) -> None:
    """Adds the option of the commit to compare with.

    Args:
        parser: The script's.
        default: The commit where the option stands alone.
        what: What is compared.
    """
    parser.add_argument(
        "--against",
        nargs="?",
        const="",
        metavar="COMMIT",
        help=f"a commit to compare {what} with (alone: {default})",
    )


def chosen_commit(given: str, default: str, place: Path, minutes: float) -> str | None:
    """Returns the commit to compare with, and says how long that takes.

    Of the default one it says in a line why not where something is missing, and ends the process
    with code 2 where that is so of a commit that was named.

    Args:
        given: What stands behind the option; empty for the default.
        default: The default.
        place: The ads or the model that both builds work on.
        minutes: What a comparison takes on two cores, without the installation.

    Returns:
        The commit; None where nothing is to be compared.
    """
    commit = given or default
    reason = _what_is_missing(commit, place)
    if not reason:
        log(f"comparing with {commit}: about {minutes:.0f} minutes on two cores, once installed")
        return commit
    if given:
        log(f"error: {reason}")
        raise SystemExit(2)
    log(f"skipped, the comparison with {commit}: {reason}")
    return None


def _what_is_missing(commit: str, place: Path) -> str | None:
    """Returns why a commit cannot be compared with; None where it can."""
    words = ["git", "-C", str(ROOT), "rev-parse", "--quiet", "--verify", f"{commit}^{{commit}}"]
    if not (ROOT / ".git").exists():
        return "this folder has no history (.git). Clone the repository."
    if subprocess.run(words, capture_output=True, check=False).returncode:
        return (
            f"commit {commit} is not in this checkout's history. Where it is cut off: "
            "git fetch --unshallow"
        )
    if not place.exists():
        return f"{place} is missing. Make it: adgen data download, then adgen data prepare"
    return None


def summary(runs: Mapping[str, Sequence[Mapping[str, float]]]) -> dict[str, Any]:
    """Returns the runs of each build, their medians, and the new build's by the old one's."""
    medians = {
        build: {name: median([run[name] for run in found]) for name in found[0]}
        for build, found in runs.items()
    }
    before, now = (medians[build] for build in BUILDS)
    ratios = {name: ratio(now[name], value) for name, value in before.items()}
    return {"runs": runs, "medians": medians, "ratios": ratios}


@contextmanager
def checkout(commit: str, folder: Path) -> Iterator[None]:
    """Checks a commit out into a new folder, which is removed at the end."""
    subprocess.run(
        ["git", "worktree", "add", "--quiet", "--detach", str(folder), commit], cwd=ROOT, check=True
    )
    try:
        yield
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", str(folder)], cwd=ROOT, check=False)


@contextmanager
def installed(commit: str, place: Path, *, extras: str = "") -> Iterator[tuple[Path, Path]]:
    """Checks a commit out and installs it; gives its folder and its Python.

    Args:
        commit: The commit.
        place: A folder for both.
        extras: Which of its extras are installed, as pip takes them.
    """
    folder, python = place / "before", place / "environment" / "bin" / "python"
    with checkout(commit, folder):
        log(f"installing {commit}")
        uv = [_uv()]
        subprocess.run([*uv, "venv", "--quiet", str(python.parents[1])], check=True)
        install = [*uv, "pip", "install", "--quiet", "--python", str(python)]
        pins = ["--constraint", str(folder / "requirements.txt")]
        subprocess.run([*install, *pins, "--editable", f"{folder}{extras}"], check=True)
        yield folder, python


def _uv() -> str:
    """Returns the path of uv: the checkout's own, else one that is installed."""
    own = ROOT / ".tools" / "bin" / "uv"
    found = str(own) if own.is_file() else shutil.which("uv")
    if found is None:
        raise FileNotFoundError(f"{own} is missing. Make it: make .venv/.all-installed")
    return found


def watch(process: subprocess.Popen[bytes]) -> float:
    """Waits for a process; returns the most bytes that it and its children held at once."""
    most = 0.0
    while process.poll() is None:
        most = max(most, sum(map(_own_bytes, _family(process.pid))))
        time.sleep(0.25)
    return most


def _family(pid: int) -> list[int]:
    """Returns a process and all that it began, as far as they are there."""
    found = [pid]
    for one in found:
        try:
            children = Path(f"/proc/{one}/task/{one}/children").read_text().split()
        except OSError:
            continue
        found += map(int, children)
    return found


def _own_bytes(pid: int) -> int:
    """Returns a process's share of memory: pages that several hold are divided among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
