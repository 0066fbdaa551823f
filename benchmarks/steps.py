"""A training step's cost, one setting changed at a time, in CPU seconds.

Other work on the machine changes these little.

The base is a preset; every variant differs in one setting and runs in a process of its own, on one
thread unless told otherwise. It says which settings pay on this machine; docs/performance.md tells
what became of it.

    python benchmarks/steps.py --corpus data/processed --json
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from measure import (
    at_least,
    hand_out,
    hardware_line,
    in_own_process,
    log,
    parse,
    run_steps,
)

from adgen.records.tables import text_table

WARM_UP_STEPS = 3
# Changes from the preset, one at a time.
VARIANTS: dict[str, dict[str, Any]] = {
    "preset": {},
    "products in float32": {"precision": "float32"},
    "softmax products alone in bfloat16": {"precision": "bfloat16"},
    "the preset again": {},  # how far two measurements differ
    "1,024 + 1,024 candidates": {"num_frequent": 1024, "num_negatives": 1024},
    "full softmax": {"loss": "full"},
    "512 units": {"lstm_units": 512},
    "768 units": {"lstm_units": 768},
    "two layers": {"num_layers": 2},
    "rows of 64, half as many": {"sequence_length": 64, "batch_size": 32},
    "twice the rows": {"batch_size": 128},
    "four times the rows": {"batch_size": 256},
    "batches from tf.data": {"pipeline": "tf.data"},
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments)
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ[name] = str(options.threads)  # the processes inherit it
    variants = {}
    for name in options.variants or VARIANTS:
        outcome = in_own_process(
            measure, options.corpus, options.preset, VARIANTS[name], options.steps
        )
        variants[name] = outcome.as_dict()
        log(f"{name}: {_shown(outcome.result)}")
    figures = {
        "preset": options.preset,
        "threads": options.threads,
        "steps": options.steps,
        "variants": variants,
    }
    hand_out("steps", figures, options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument(
        "--corpus", type=Path, default=Path("data/processed"), help="prepared corpus"
    )
    parser.add_argument("--preset", default="small", help="what the variants differ from")
    parser.add_argument("--steps", type=at_least(1), default=40, help="timed steps")
    parser.add_argument("--threads", type=at_least(1), default=1, help="TensorFlow's threads")
    parser.add_argument(
        "--variants", nargs="+", choices=VARIANTS, metavar="NAME", help="some of them"
    )


def measure(
    corpus_dir: Path, preset_name: str, changes: Mapping[str, Any], steps: int
) -> dict[str, float]:
    """Returns CPU and wall seconds of a variant's steps, batch making included."""
    import tempfile

    from adgen.lstm.training.data import load_tokens
    from adgen.lstm.training.settings import preset
    from adgen.lstm.training.trainer import Trainer

    config = preset(preset_name, engine="keras", **changes)
    data = load_tokens(corpus_dir, config, max_ads=100_000)
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(data, config, Path(folder) / "checkpoint")
    clocks: list[tuple[float, float]] = []
    run_steps(
        trainer,
        WARM_UP_STEPS + steps,
        lambda: clocks.append((trainer.learner.cpu_seconds(), time.perf_counter())),
    )
    trainer.learner.close()
    tokens_per_step = data.num_training_tokens / trainer.batches.batches_per_epoch
    num_tokens = tokens_per_step * (len(clocks) - WARM_UP_STEPS)
    cpu, wall = (clocks[-1][clock] - clocks[WARM_UP_STEPS - 1][clock] for clock in range(2))
    return {
        "cpu_seconds_per_million_tokens": cpu / num_tokens * 1e6,
        "wall_seconds_per_million_tokens": wall / num_tokens * 1e6,
        "tokens_per_step": tokens_per_step,
    }


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns the rows of the README's table."""
    return [(name, _shown(variant)) for name, variant in results["variants"].items()]


def _shown(variant: Mapping[str, Any]) -> str:
    """Writes a variant's cost in a few words."""
    return f"{variant['cpu_seconds_per_million_tokens']:.0f} s of CPU a million tokens"


def show(results: Mapping[str, Any]) -> None:
    """Prints a row a variant."""
    print(text_table([("", "measured"), *record_rows(results)]))
    print(hardware_line(results))


if __name__ == "__main__":
    main()
