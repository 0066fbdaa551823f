"""A training of today's build beside one of the working tree, in turn; see benchmarks/training.py.

Each is a command of its own, in an environment of its own, on the same prepared corpus and the same
machine. Memory is that of all its processes at once, shared pages counted once.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from builds import BUILDS, ROOT, chosen_commit, installed, summary, watch
from measure import hand_out, hardware_line, log, megabytes

from adgen.records.tables import text_table

COMMIT = "98b4c5e"  # before engine "torch"
_MINUTES = 2.5  # a training with each build, results/benchmark-against-98b4c5e.json
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
    return {
        "against": options.against,
        "corpus": str(options.corpus),
        "max_ads": options.max_ads,
        "rounds": options.rounds,
        **summary(runs),
    }


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
    """Measures, prints and records; or says why not."""
    minutes = options.rounds * _MINUTES * options.max_ads / 100_000
    commit = chosen_commit(options.against, COMMIT, options.corpus, minutes)
    if commit is not None:
        options.against = commit
        figures = measure(options)
        hand_out("training", figures, options, arguments=arguments, rows=record_rows, show=show)
