"""What the benchmarks share: how they begin, fresh processes, medians, and how results come out.

It knows nothing of models.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shlex
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from adgen.cli.messages import one_line
from adgen.records.machine import environment, peak_memory_bytes
from adgen.records.measured import BenchmarkRecord
from adgen.records.record import check_record_path, finish, record_from, rounded, shown_argument
from adgen.support.processes import own_process


class Outcome(NamedTuple):
    """A function's result in a process of its own, and the most memory that the process held."""

    result: Any
    peak_memory_bytes: int

    def as_dict(self) -> dict[str, Any]:
        """Returns the entries of a result that is a mapping, and the peak memory."""
        return {**self.result, "peak_memory_bytes": self.peak_memory_bytes}


def parse(
    description: str | None,
    add_options: Callable[[argparse.ArgumentParser], None],
    arguments: Sequence[str] | None,
    *,
    needs: str | None = None,
) -> argparse.Namespace:
    """Parses a benchmark's command line, with the options that say where results go.

    Ends the process with code 2 where an argument or the library compared with is amiss.

    Args:
        description: The script's docstring.
        add_options: Adds the script's own options.
        arguments: The command's arguments; None for those of this process.
        needs: The library that adgen is compared with, and its version, as pip takes it.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object, as the last line"
    )
    parser.add_argument(
        "--record", type=record_path, help="also write a record, for the tables of `adgen report`"
    )
    add_options(parser)
    options = parser.parse_args(arguments)
    if needs is not None:
        library = needs.partition("==")[0]
        try:
            importlib.import_module(library)
        except ImportError:
            parser.error(
                f"{library}, with which adgen is compared, is not installed: pip install {needs}"
            )
    return options


@contextmanager
def bad_input_ends(name: str) -> Iterator[None]:
    """Ends the process with code 2 and one line on stderr where the block meets bad input."""
    try:
        yield
    except (ValueError, ImportError, OSError) as error:
        log(f"{name}: error: {one_line(error, {})}")
        raise SystemExit(2) from None


def in_own_process(function: Callable[..., Any], *arguments: Any) -> Outcome:
    """Calls a module's function in a fresh Python process.

    On Linux a process starts with the peak memory of the one that started it, so the caller should
    be small: import no TensorFlow there.

    Args:
        function: A function at the top level of a module.
        *arguments: Its arguments; they and the result are pickled.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # the process inherits it
    with own_process() as pool:
        return pool.submit(_call, function, *arguments).result()


def _call(function: Callable[..., Any], *arguments: Any) -> Outcome:
    """Calls the function and asks for the peak memory, in the fresh process."""
    result = function(*arguments)
    return Outcome(result, peak_memory_bytes() or 0)  # 0 where the system does not tell


def run_steps(trainer: Any, num_steps: int, note: Callable[[], None]) -> None:
    """Trains so many steps, in as many epochs as that takes, and calls `note` after each."""
    left, epoch = num_steps, 0
    while left > 0:
        part = min(left, trainer.batches.batches_per_epoch)
        trainer.learner.learn(epoch, slice(0, part), note)
        left, epoch = left - part, epoch + 1


def at_least(smallest: int) -> Callable[[str], int]:
    """Returns a type for `argparse`: whole numbers from `smallest`."""

    def parse(text: str) -> int:
        if not text.isdecimal() or int(text) < smallest:
            raise argparse.ArgumentTypeError(
                f"{text!r} is not a whole number of {smallest} or more"
            )
        return int(text)

    return parse


def median(values: Sequence[float]) -> float:
    """Returns the middle value, as a plain float."""
    return float(statistics.median(values))


def ratio(numerator: float, denominator: float) -> float:
    """Returns the quotient; infinite where there is nothing to divide by."""
    return numerator / denominator if denominator else float("inf")


def log(message: str) -> None:
    """Says on stderr how far the benchmark is."""
    print(message, file=sys.stderr, flush=True)


def record_path(text: str) -> Path:
    """Returns where a record may be written; a type for `argparse`, which asks before the work."""
    try:
        check_record_path(text, BenchmarkRecord)
    except (ValueError, OSError) as error:
        raise argparse.ArgumentTypeError(" ".join(str(error).split())) from None
    return Path(text)


def hand_out(
    name: str,
    figures: Mapping[str, Any],
    options: argparse.Namespace,
    *,
    arguments: Sequence[str] | None,
    rows: Callable[[Mapping[str, Any]], Sequence[tuple[str, str]]],
    show: Callable[[Mapping[str, Any]], None],
) -> None:
    """Prints the results as a table or as JSON, and writes the record that was asked for.

    Args:
        name: The benchmark's.
        figures: What was measured; surroundings in it stand for those of this process.
        options: From `parse`.
        arguments: The command's arguments; None for those of this process.
        rows: Returns label and value of each row in the README.
        show: Prints the table.
    """
    results = {"benchmark": name, **surroundings(), **figures}
    if options.record:
        command = command_line(name, arguments)
        labels = {"kind": "benchmark", "name": name, "command": command}
        finish(record_from({**labels, "rows": rows(results), **results}), options.record)
    if options.json:
        print(json.dumps(rounded(results, digits=6)), flush=True)
    else:
        show(results)


def command_line(name: str, arguments: Sequence[str] | None) -> str:
    """Returns the command of a benchmark as it is typed; None for the arguments of this process."""
    given = sys.argv[1:] if arguments is None else arguments
    return shlex.join(["python", f"benchmarks/{name}.py", *map(shown_argument, given)])


def megabytes(num_bytes: float) -> str:
    """Writes bytes for a table, in MB of a million."""
    return f"{num_bytes / 1e6:,.0f} MB"


def hardware_line(results: Mapping[str, Any]) -> str:
    """Writes processor and versions for the foot of a table."""
    hardware = results["hardware"]
    packages = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    return f"{hardware['processor']}, {hardware['num_cores']} cores; {packages}"


def surroundings() -> dict[str, Any]:
    """Returns time, commit, versions and hardware of this process.

    Where TensorFlow is loaded its accelerators are among them.
    """
    return {
        name: value
        for name, value in environment().as_dict().items()
        if name != "peak_memory_bytes"
    }


def blas_threads() -> str:
    """Returns what the environment tells NumPy's matrix library about threads."""
    given = os.environ.get("OPENBLAS_NUM_THREADS")
    return given if given else f"not set ({os.cpu_count()} cores)"
