"""What the benchmarks share: a fresh process with its peak memory, medians, and how results are printed.

It knows nothing of models.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from adgen.records.machine import environment, peak_memory_bytes
from adgen.records.record import check_record_path, finish, record_from, rounded, shown_argument


class Outcome(NamedTuple):
    """What a function gave in a process of its own, and the most memory that process held at once."""

    result: Any
    peak_memory_bytes: int

    def as_dict(self) -> dict[str, Any]:
        """The entries of a result that is a mapping, and the peak memory."""
        return {**self.result, "peak_memory_bytes": self.peak_memory_bytes}


def in_own_process(function: Callable[..., Any], *arguments: Any) -> Outcome:
    """Call a module's function in a fresh Python process.

    On Linux a process starts with the peak memory of the one that started it, so the caller should
    be small: import no TensorFlow there.

    Args:
        function: A function at the top level of a module.
        *arguments: Its arguments; they and the result are pickled.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_call, function, *arguments).result()


def _call(function: Callable[..., Any], *arguments: Any) -> Outcome:
    result = function(*arguments)
    return Outcome(result, peak_memory_bytes() or 0)  # 0 where the system does not tell


def run_steps(trainer: Any, num_steps: int, callback: Any) -> None:
    """Train so many steps, in as many epochs as that takes."""
    trainer.generator.start_epoch(0, slice(0, num_steps))
    num_epochs = -(-num_steps // len(trainer.generator))
    is_keras = trainer.config.pipeline == "keras"
    batches = trainer.generator if is_keras else trainer.generator.as_tf_dataset()
    trainer.objective.fit(
        batches, epochs=num_epochs, verbose=0, shuffle=False, callbacks=[callback]
    )


def at_least(smallest: int) -> Callable[[str], int]:
    """A type for `argparse`: whole numbers from `smallest`."""

    def parse(text: str) -> int:
        if not text.isdecimal() or int(text) < smallest:
            raise argparse.ArgumentTypeError(
                f"{text!r} is not a whole number of {smallest} or more"
            )
        return int(text)

    return parse


def median(values: Sequence[float]) -> float:
    """The middle value, as a plain float."""
    return float(statistics.median(values))


def ratio(numerator: float, denominator: float) -> float:
    """The quotient; infinite where there is nothing to divide by."""
    return numerator / denominator if denominator else float("inf")


def log(message: str) -> None:
    """Say on stderr how far the benchmark is."""
    print(message, file=sys.stderr, flush=True)


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """The options that say where results go."""
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object, as the last line"
    )
    parser.add_argument(
        "--record", type=record_path, help="also write a record, for the tables of `adgen report`"
    )


def record_path(text: str) -> Path:
    """Return where a record may be written; a type for `argparse`, which asks before the work."""
    try:
        check_record_path(text)
    except (ValueError, OSError) as error:
        raise argparse.ArgumentTypeError(" ".join(str(error).split())) from None
    return Path(text)


def hand_out(
    results: Mapping[str, Any],
    options: argparse.Namespace,
    *,
    arguments: Sequence[str] | None,
    rows: Sequence[tuple[str, str]],
    show: Callable[[Mapping[str, Any]], None],
) -> None:
    """Print the results as a table or as JSON, and write the record that was asked for.

    Args:
        results: With the `benchmark`'s name and its `surroundings`.
        options: Parsed, see `add_output_options`.
        arguments: The command's arguments; None for those of this process.
        rows: Label and value of each row in the README.
        show: Prints the table.
    """
    if options.record:
        given = sys.argv[1:] if arguments is None else arguments
        script = f"benchmarks/{results['benchmark']}.py"
        command = shlex.join(["python", script, *map(shown_argument, given)])
        labels = {"kind": "benchmark", "name": results["benchmark"], "command": command}
        finish(record_from({**labels, "rows": rows, **results}), options.record)
    if options.json:
        print(json.dumps(rounded(results, digits=6)), flush=True)
    else:
        show(results)


def megabytes(num_bytes: float) -> str:
    """Bytes for a table, in MB of a million."""
    return f"{num_bytes / 1e6:,.0f} MB"


def hardware_line(results: Mapping[str, Any]) -> str:
    """Processor and versions for the foot of a table."""
    hardware, versions = results["hardware"], results["versions"]
    packages = ", ".join(f"{name} {version}" for name, version in versions.items())
    return f"{hardware['processor']}, {hardware['num_cores']} cores; {packages}"


def surroundings() -> dict[str, Any]:
    """Time, commit, versions and hardware of this process.

    With TensorFlow loaded its accelerators too.
    """
    return {
        name: value
        for name, value in environment().as_dict().items()
        if name != "peak_memory_bytes"
    }


def blas_threads() -> str:
    """What the environment tells NumPy's matrix library about threads."""
    given = os.environ.get("OPENBLAS_NUM_THREADS")
    return given if given else f"not set ({os.cpu_count()} cores)"
