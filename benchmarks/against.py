"""A training of today's build beside one of the working tree, in turn; see benchmarks/training.py.

Each is a command of its own, in an environment of its own, on the same prepared corpus and the same
machine. Memory is that of all its processes at once, shared pages counted once.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from measure import hand_out, hardware_line, log, median, megabytes, ratio

from adgen.records.tables import text_table

ROOT = Path(__file__).resolve().parents[1]
BUILDS = ("before", "now")
_WORDS = ("--model", "ad-lstm", "--preset", "small", "--epochs", "1", "--checks-per-epoch", "2")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Trains with each build in turn, as often as asked."""
    runs: dict[str, list[dict[str, float]]] = {build: [] for build in BUILDS}
    with (
        tempfile.TemporaryDirectory() as place,
        installed(options.against, Path(place), extras="[lstm-cpu]") as before,
    ):
        commands = {"before": before, "now": (ROOT, Path(sys.executable))}
        for turn in range(options.rounds):
            for build in BUILDS:
                found = _train(*commands[build], options, Path(place, f"{build}-{turn}"))
                runs[build].append(found)
                log(f"{build}: {_shown(found)}")
    medians = {
        build: {name: median([run[name] for run in found]) for name in found[0]}
        for build, found in runs.items()
    }
    return {
        "against": options.against,
        "corpus": str(options.corpus),
        "max_ads": options.max_ads,
        "rounds": options.rounds,
        "runs": runs,
        "medians": medians,
        "ratios": {
            name: ratio(medians["now"][name], value) for name, value in medians["before"].items()
        },
    }


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


def _train(
    folder: Path, python: Path, options: argparse.Namespace, place: Path
) -> dict[str, float]:
    """Trains once; returns what its record says and what its processes held."""
    record_path = place.with_suffix(".json")
    words = ["train", str(options.corpus.resolve()), *_WORDS, "--max-ads", str(options.max_ads)]
    words += ["--output", str(place), "--record", str(record_path)]
    log_path = place.with_suffix(".txt")
    with log_path.open("w") as file:
        process = subprocess.Popen(
            [str(python), "-m", "adgen", *words],
            cwd=folder,
            stdout=file,
            stderr=file,
            env={**os.environ, "PYTHONPATH": str(folder), "TF_CPP_MIN_LOG_LEVEL": "3"},
        )
        peak = watch(process)
    if process.returncode:
        raise OSError(
            f"The training ended with {process.returncode}: {log_path.read_text()[-800:]}"
        )
    record = json.loads(record_path.read_text())
    parts = record["history"]
    num_tokens = record["model"]["num_training_tokens"]
    return {
        "tokens_per_second": num_tokens / sum(part["seconds"] for part in parts),
        "cpu_seconds_per_million_tokens": sum(part["cpu_seconds"] for part in parts)
        / num_tokens
        * 1e6,
        "peak_memory_bytes": peak,
        "valid_bits_per_char": parts[-1]["valid"]["bits_per_char"],
    }


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


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns the rows of the table in docs/results.md."""
    before, now = (results["medians"][build] for build in BUILDS)
    ratios = results["ratios"]
    speed, cpu = "tokens_per_second", "cpu_seconds_per_million_tokens"
    memory, bits = "peak_memory_bytes", "valid_bits_per_char"
    return [
        (
            f"training, preset `small`, commit `{results['against'][:7]}` → now",
            f"{before[speed]:,.0f} → {now[speed]:,.0f} tokens/s: {ratios[speed]:.2f} times",
        ),
        (
            "its CPU seconds a million tokens",
            f"{before[cpu]:.0f} → {now[cpu]:.0f}: {ratios[cpu]:.2f} of them",
        ),
        (
            "its peak memory, all processes",
            f"{megabytes(before[memory])} → {megabytes(now[memory])}: {ratios[memory]:.2f} of it",
        ),
        (
            f"its validation bits/char after {results['max_ads']:,} ads",
            f"{before[bits]:.3f} → {now[bits]:.3f}",
        ),
    ]


def _shown(run: Mapping[str, float]) -> str:
    return (
        f"{run['tokens_per_second']:,.0f} tokens/s, "
        f"{run['cpu_seconds_per_million_tokens']:.0f} CPU s a million, "
        f"{megabytes(run['peak_memory_bytes'])}, {run['valid_bits_per_char']:.4f} bits/char"
    )


def show(results: Mapping[str, Any]) -> None:
    """Prints a table."""
    print(text_table([("", "before → now"), *record_rows(results)]))
    print(hardware_line(results))


def hand_out_against(options: argparse.Namespace, arguments: Sequence[str] | None) -> None:
    """Measures, prints and records."""
    hand_out(
        "training", measure(options), options, arguments=arguments, rows=record_rows, show=show
    )
