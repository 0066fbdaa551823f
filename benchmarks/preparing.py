"""`adgen data prepare` of a commit beside that of the working tree, in turn, on the same ads.

Each is a command of its own with the leak table, in this Python's environment; what both wrote must
be the same. Memory is that of all its processes at once, shared pages counted once. The commit is
by default one that worked on one core.

    python benchmarks/preparing.py --against e4708f0 --input data/raw --json
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from builds import BUILDS, ROOT, add_against, checkout, chosen_commit, summary, watch
from measure import at_least, hand_out, hardware_line, log, megabytes, parse
from pyarrow import parquet

from adgen.corpus.store import ABOUT_NAME, ADS_NAME, LEAKS_NAME
from adgen.records.tables import text_table

COMMIT = "e4708f0"
_MINUTES = 4  # a turn of both builds, results/benchmark-preparing.json
# What a run says of itself, not of the corpus.
_OF_THE_RUN = {"seconds", "created", "commit", "versions", "hardware", "peak_memory_bytes", "files"}


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments)
    minutes = options.rounds * _MINUTES
    commit = chosen_commit(options.against, COMMIT, options.input, minutes)
    if commit is None:
        return
    options.against = commit
    figures = measure(options)
    hand_out("preparing", figures, options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument("--input", type=Path, default=Path("data/raw"), help="folder of CSV files")
    add_against(parser, COMMIT, "preparing")
    parser.set_defaults(against="")
    parser.add_argument("--rounds", type=at_least(1), default=1, help="turns of both")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Prepares the ads with each build in turn, as often as asked."""
    runs: dict[str, list[dict[str, float]]] = {build: [] for build in BUILDS}
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        folders = {"before": place / "build", "now": ROOT}
        outputs = {build: place / f"corpus-{build}" for build in BUILDS}
        with checkout(options.against, folders["before"]):
            for _ in range(options.rounds):
                for build in BUILDS:
                    found = prepare(folders[build], options.input.resolve(), outputs[build])
                    runs[build].append(found)
                    log(f"{build}: {_shown(found)}")
                check_same(outputs["before"], outputs["now"])
        num_ads = parquet.read_metadata(outputs["now"] / ADS_NAME).num_rows
    return {
        "against": options.against,
        "num_ads": num_ads,
        "rounds": options.rounds,
        **summary(runs),
    }


def prepare(folder: Path, raw_dir: Path, corpus_dir: Path) -> dict[str, float]:
    """Prepares the ads once; returns what that took.

    Raises:
        OSError: The command failed.
    """
    words = ["data", "prepare", str(raw_dir), "--output", str(corpus_dir), "--leaks"]
    log_path = corpus_dir.with_suffix(".txt")
    cpu_seconds = _cpu_seconds()
    started = time.perf_counter()
    with log_path.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "adgen", *words],
            cwd=folder,
            stdout=file,
            stderr=file,
            env={**os.environ, "PYTHONPATH": str(folder)},
        )
        peak = watch(process)
    if process.returncode:
        raise OSError(f"It ended with {process.returncode}: {log_path.read_text()[-800:]}")
    return {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": _cpu_seconds() - cpu_seconds,
        "peak_memory_bytes": peak,
    }


def check_same(one: Path, other: Path) -> None:
    """Raises unless two prepared corpora are the same: ads, figures, leak table.

    Raises:
        ValueError: They are not.
    """
    same = {
        ADS_NAME: parquet.read_table(one / ADS_NAME).equals(parquet.read_table(other / ADS_NAME))
    }
    for name, read in ((ABOUT_NAME, _figures), (LEAKS_NAME, _leaks)):
        same[name] = read(one / name) == read(other / name)
    if not all(same.values()):
        differ = ", ".join(name for name, is_same in same.items() if not is_same)
        raise ValueError(f"Both builds were to write the same; these differ: {differ}.")


def _figures(path: Path) -> dict[str, Any]:
    about = json.loads(path.read_text(encoding="utf-8"))
    return {name: value for name, value in about.items() if name not in _OF_THE_RUN}


def _leaks(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))["leaks"]


def _cpu_seconds() -> float:
    """Returns the CPU time of all processes that this one began and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _shown(run: Mapping[str, float]) -> str:
    return (
        f"{run['seconds']:.0f} s, {run['cpu_seconds']:.0f} CPU s, "
        f"{megabytes(run['peak_memory_bytes'])}"
    )


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns the rows of the table in docs/results.md."""
    before, now = (results["medians"][build] for build in BUILDS)
    ratios = results["ratios"]
    labels = {
        "seconds": f"`data prepare`, {results['num_ads']:,} ads, commit "
        f"`{results['against'][:7]}` → now",
        "cpu_seconds": "its CPU seconds",
    }
    rows = [
        (label, f"{before[name]:,.0f} → {now[name]:,.0f} s: {ratios[name]:.2f} of it")
        for name, label in labels.items()
    ]
    memory = "peak_memory_bytes"
    shown = f"{megabytes(before[memory])} → {megabytes(now[memory])}: {ratios[memory]:.2f} of it"
    return [*rows, ("its peak memory, all processes", shown)]


def show(results: Mapping[str, Any]) -> None:
    """Prints the rows."""
    print(text_table([("", "before → now"), *record_rows(results)]))
    print(hardware_line(results))


if __name__ == "__main__":
    main()
