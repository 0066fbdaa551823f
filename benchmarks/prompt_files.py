"""Ads for a file of prompts, beside `generate` on a list of them: CPU seconds and memory.

Both write the same ads with the same model; every way runs in a process of its own. CPU seconds
count the time of all threads, so that other work on the machine matters little.

    python benchmarks/prompt_files.py --json
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from measure import at_least, hand_out, hardware_line, in_own_process, log, median, parse, ratio

from adgen.generation.bulk import BulkPlan, write_ads
from adgen.generation.generator import AdGenerator
from adgen.generation.prompt_file import PromptFile
from adgen.records.tables import text_table

# Of different lengths, as the names of products are.
_WORDS = ("Sony TV", "Women's", "Oak table with lamp", "Best deals on", "Mug")


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments)
    figures = measure(options)
    hand_out("prompt_files", figures, options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument("--model", help="a model's folder (default: the one that comes with adgen)")
    counts = {
        "prompts": (5_000, "prompts of a file"),
        "max-tokens": (60, "tokens an ad, at most"),
        "repeats": (3, "times that everything is measured"),
    }
    for name, (default, meaning) in counts.items():
        parser.add_argument(
            f"--{name}", type=at_least(1), default=default, help=f"{meaning} (default: %(default)s)"
        )


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Measures a list, a file, and a file of four times as many prompts."""
    arguments = (options.model, options.max_tokens)
    ways = {
        "list": (write_list, options.prompts),
        "file": (write_file, options.prompts),
        "larger file": (write_file, 4 * options.prompts),
    }
    runs: dict[str, Any] = {}
    for name, (function, num_prompts) in ways.items():
        log(name)
        repeats = 1 if name == "larger file" else options.repeats
        done = [in_own_process(function, num_prompts, *arguments).as_dict() for _ in range(repeats)]
        runs[name] = {
            "num_prompts": num_prompts,
            "cpu_seconds": median([one["cpu_seconds"] for one in done]),
            "peak_memory_bytes": max(one["peak_memory_bytes"] for one in done),
        }
    return {
        "runs": runs,
        "speed_ratio": ratio(runs["list"]["cpu_seconds"], runs["file"]["cpu_seconds"]),
        "memory_ratio": ratio(
            runs["larger file"]["peak_memory_bytes"], runs["file"]["peak_memory_bytes"]
        ),
        "model": options.model or "adgen-lstm",
        "max_tokens": options.max_tokens,
        "repeats": options.repeats,
    }


def write_list(num_prompts: int, model: str | None, max_tokens: int) -> dict[str, float]:
    """Writes ads with `generate`; returns the CPU seconds, those of loading the model apart."""
    generator = AdGenerator.from_pretrained(model)
    start = time.process_time()
    generator.generate(list(_prompts(num_prompts)), max_tokens=max_tokens)
    return {"cpu_seconds": time.process_time() - start}


def write_file(num_prompts: int, model: str | None, max_tokens: int) -> dict[str, float]:
    """Writes ads as `adgen generate --input --output` does; returns the CPU seconds."""
    generator = AdGenerator.from_pretrained(model)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "prompts.txt"
        with source.open("w", encoding="utf-8") as file:
            file.writelines(f"{prompt}\n" for prompt in _prompts(num_prompts))
        start = time.process_time()
        plan = BulkPlan(PromptFile(source), "csv", generator.settings(max_tokens=max_tokens))
        for _ in write_ads(generator, plan, Path(folder) / "ads.csv"):
            pass
        return {"cpu_seconds": time.process_time() - start}


def _prompts(num_prompts: int) -> Iterator[str]:
    """Yields different prompts."""
    return (f"{_WORDS[number % len(_WORDS)]} {number}" for number in range(num_prompts))


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns the rows of the README's table."""
    return [
        (
            f"{run['num_prompts']:,} ads, {name}",
            f"{run['cpu_seconds']:.1f} CPU s, {run['peak_memory_bytes'] / 1e6:,.0f} MB",
        )
        for name, run in results["runs"].items()
    ]


def show(results: Mapping[str, Any]) -> None:
    """Prints a table."""
    rows = [
        (name, f"{run['num_prompts']:,}", f"{run['cpu_seconds']:.1f}",
         f"{run['peak_memory_bytes'] / 1e6:,.0f}")
        for name, run in results["runs"].items()
    ]  # fmt: skip
    print(text_table([("way", "prompts", "CPU s", "peak MB"), *rows]))
    print(f"\nA file is {results['speed_ratio']:.2f} times as fast as a list; a file four times as")
    print(f"large takes {results['memory_ratio']:.2f} times the memory. {hardware_line(results)}")


if __name__ == "__main__":
    main()
