"""Writing ads with today's build beside one of the working tree; see benchmarks/generation.py.

Both write with one model and the controls it has by default, in turn, each in processes of its own.
CPU seconds stand beside those of the clock, since other work on the machine slows both. A first
start finds an empty cache (ADGEN_CACHE), a cold one what the start before has left there.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from builds import BUILDS, ROOT, chosen_commit, installed, summary
from measure import blas_threads, hand_out, hardware_line, log

from adgen.records.tables import text_table

COMMIT = "e4708f0"
_MINUTES = 0.3  # a turn of both builds, results/benchmark-generation-against-e4708f0.json
NUM_SINGLE = 16  # prompts that are written one by one
NUM_COLD = 3  # first and cold starts a turn
STARTS = ("first_start", "cold_start")
# Writes with the build that the process finds; prints ads a second and CPU seconds an ad.
WRITE = """
import json, sys, time
from adgen.generation.generator import AdGenerator
generator = AdGenerator.from_pretrained(sys.argv[1], **json.loads(sys.argv[4]))
prompts = [f"Sony TV {number}" for number in range(int(sys.argv[2]))]
figures = {}
for name, groups in (
    ("single", [[prompt] for prompt in prompts[:int(sys.argv[3])]]),
    ("batched", [prompts]),
):
    for group in groups[:2]:  # warms up
        generator.generate(group, batch_size=len(prompts))
    start, cpu_start = time.perf_counter(), time.process_time()
    ads = [ad for group in groups for [ad] in generator.generate(group, batch_size=len(prompts))]
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    figures[f"{name}_ads_per_second"] = len(ads) / seconds
    figures[f"{name}_cpu_seconds_per_ad"] = cpu_seconds / len(ads)
    figures[f"{name}_tokens_per_ad"] = sum(len(ad.token_ids) for ad in ads) / len(ads)
print(json.dumps(figures))
"""


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Writes with each build in turn, as often as asked."""
    model = _model_of(options)
    # The build before may know no other precision.
    given = {build: {} for build in BUILDS}
    if options.precision != "float32":
        given["now"] = {"precision": options.precision}
    runs: dict[str, list[dict[str, float]]] = {build: [] for build in BUILDS}
    with tempfile.TemporaryDirectory() as place, installed(options.against, Path(place)) as before:
        pythons = {"before": before, "now": (ROOT, Path(sys.executable))}
        for build in BUILDS:  # the first one compiles
            _starts(*pythons[build], model, given[build])
        for _ in range(options.rounds):
            for build in BUILDS:
                done = _write(*pythons[build], model, options.batch_size, given[build])
                runs[build].append(done)
                log(f"{build}: {_shown(runs[build][-1])}")
            for _ in range(NUM_COLD):
                for build in BUILDS:
                    found = _starts(*pythons[build], model, given[build])
                    for name, value in found.items():
                        runs[build][-1].setdefault(name, value)
                        runs[build][-1][name] = min(runs[build][-1][name], value)
    return {
        "against": options.against,
        "model": model.name,
        "precision": options.precision,
        "batch_size": options.batch_size,
        "rounds": options.rounds,
        "blas_threads": blas_threads(),
        **summary(runs),
    }


def _write(
    folder: Path, python: Path, model: Path, batch_size: int, given: Mapping[str, str]
) -> dict[str, float]:
    """Writes ads one by one and in a batch, in a process of its own."""
    words = ["-c", WRITE, str(model), str(batch_size), str(min(NUM_SINGLE, batch_size))]
    words.append(json.dumps(given))
    with tempfile.TemporaryDirectory() as cache:
        done = subprocess.run(
            [str(python), *words],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env=_surroundings(folder, cache),
        )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _starts(folder: Path, python: Path, model: Path, given: Mapping[str, str]) -> dict[str, float]:
    """Returns the seconds of a first start and of a cold one, of the clock and of the CPU."""
    found = {}
    with tempfile.TemporaryDirectory() as cache:
        for start in STARTS:
            seconds, cpu_seconds = _start(folder, python, model, cache, given)
            found[f"{start}_seconds"] = seconds
            found[f"{start}_cpu_seconds"] = cpu_seconds
    return found


def _start(
    folder: Path, python: Path, model: Path, cache: str, given: Mapping[str, str]
) -> tuple[float, float]:
    """Returns the seconds from the shell's command to its end with three ads, and the CPU's."""
    words = ["-m", "adgen", "generate", "Sony TV", "--num-ads", "3", "--model", str(model)]
    words += [f"--{name}={value}" for name, value in given.items()]
    before, start = os.times(), time.perf_counter()
    subprocess.run(
        [str(python), *words],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
        env=_surroundings(folder, cache),
    )
    seconds, after = time.perf_counter() - start, os.times()
    user_seconds = after.children_user - before.children_user
    return seconds, user_seconds + after.children_system - before.children_system


def _surroundings(folder: Path, cache: str) -> dict[str, str]:
    """Returns the environment of a build; Python keeps its bytecode, as it does where it runs."""
    kept = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(folder), "ADGEN_CACHE": cache}


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns the rows of the table in docs/results.md."""
    before, now = (results["medians"][build] for build in BUILDS)
    commit = results["against"][:7]
    in_int8 = "" if results["precision"] == "float32" else f", now in {results['precision']}"
    model = f"`{results['model']}`{in_int8}"
    rows = []
    for name, how in (
        ("single", "one by one"),
        ("batched", f"in batches of {results['batch_size']}"),
    ):
        speed, cpu = f"{name}_ads_per_second", f"{name}_cpu_seconds_per_ad"
        rows += [
            (
                f"ads a second, {model}, {how}, commit `{commit}` → now",
                f"{before[speed]:,.0f} → {now[speed]:,.0f}: {results['ratios'][speed]:.2f} times",
            ),
            (
                f"CPU ms an ad{in_int8}, {how}",
                f"{before[cpu] * 1e3:.1f} → {now[cpu] * 1e3:.1f}: "
                f"{results['ratios'][cpu]:.2f} of them",
            ),
        ]
    for start in STARTS:
        label = f"{start.replace('_', ' ')} to three ads{in_int8}"
        for name, words in (("", label), ("cpu_", "its CPU time")):
            seconds = f"{start}_{name}seconds"
            rows.append((words, f"{before[seconds]:.2f} → {now[seconds]:.2f} s"))
    return rows


def _shown(run: Mapping[str, float]) -> str:
    return ", ".join(
        f"{name} {run[f'{name}_ads_per_second']:,.1f} ads/s, "
        f"{run[f'{name}_cpu_seconds_per_ad'] * 1e3:.1f} CPU ms an ad"
        for name in ("single", "batched")
    )


def show(results: Mapping[str, Any]) -> None:
    """Prints a table."""
    print(text_table([("", "before → now"), *record_rows(results)]))
    print(f"BLAS threads: {results['blas_threads']}. {hardware_line(results)}")


def _model_of(options: argparse.Namespace) -> Path:
    found: Path = options.model or ROOT / "models" / "adgen-lstm"
    return found.resolve()


def hand_out_against(options: argparse.Namespace, arguments: Sequence[str] | None) -> None:
    """Measures, prints and records; or says why not."""
    minutes = options.rounds * _MINUTES
    commit = chosen_commit(options.against, COMMIT, _model_of(options), minutes)
    if commit is not None:
        options.against = commit
        figures = measure(options)
        hand_out("generation", figures, options, arguments=arguments, rows=record_rows, show=show)
