"""Peak memory of trainings of LSTMs and of n-gram counts, beside what adgen predicts.

What is predicted to need more than there is is refused before it begins; a prediction far off
would refuse what works, or let begin what ends in the middle. Every run is in a process of its own.

    python benchmarks/memory.py --json
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from measure import Outcome, at_least, hand_out, hardware_line, in_own_process, log, parse

from adgen.lstm.training.settings import PRESETS
from adgen.records.tables import text_table
from adgen.support.processes import num_cores

_TORCH = PRESETS["small"] | {"reads": "packed", "checks_per_epoch": 1}
# Settings of trainings; each makes another part of the prediction the largest one.
TRAININGS: Mapping[str, dict[str, Any]] = {
    "small": {"lstm_units": 16, "embedding_dim": 16, "batch_size": 64},
    "wide": {"lstm_units": 1_000, "embedding_dim": 1_000, "batch_size": 256},
    "large batch": {
        "model": "ad-lstm",
        "reads": "packed",
        "sequence_length": 64,
        "batch_size": 256,
        "lstm_units": 512,
    },
    "long windows": {
        "sequence_length": 1_000,
        "batch_size": 512,
        "lstm_units": 16,
        "reads": "stream",
    },
    # On this machine's cores.
    "torch, small": _TORCH,
    "torch, wide": {**_TORCH, "lstm_units": 1_024, "embedding_dim": 1_024},
    "torch, large batch": {**_TORCH, "lstm_units": 512, "sequence_length": 64, "batch_size": 512},
    "torch, full softmax": {**_TORCH, "loss": "full", "precision": "float32", "batch_size": 256},
}
ORDERS = (2, 6, 16)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments)
    hand_out("memory", measure(options), options, arguments=arguments, rows=rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument("--ads", type=at_least(200), default=4_000, help="ads to train on")
    parser.add_argument("--tokens", type=at_least(1_000), default=5_000_000, help="of n-grams")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Measures every training and count, and what is predicted of it."""
    runs = []
    for name, settings in _trainings():
        log(f"{name} ...")
        runs.append(_compared(name, in_own_process(train_once, settings, options.ads)))
    for order in ORDERS:
        log(f"n-grams of order {order} ...")
        found = in_own_process(count_once, options.tokens, order)
        runs.append(_compared(f"n-grams, order {order}", found))
    return {"ads": options.ads, "tokens": options.tokens, "runs": runs}


def _trainings() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields name and settings of every training, those with torch on one core and on two."""
    for name, settings in TRAININGS.items():
        if settings.get("engine") != "torch":
            yield f"training, {name}", settings
            continue
        for num_devices in range(1, min(2, num_cores()) + 1):
            cores = f"{num_devices} process{'es' if num_devices > 1 else ''}"
            yield f"training, {name}, {cores}", {**settings, "num_devices": num_devices}


def train_once(settings: dict[str, Any], num_ads: int) -> tuple[int, int]:
    """Trains for one epoch; returns the bytes predicted, and those that other processes held."""
    from adgen.corpus import split_ads
    from adgen.corpus.sample import make_sample_ads
    from adgen.lstm.training.memory import predict_bytes
    from adgen.lstm.training.settings import TrainingConfig
    from adgen.lstm.training.trainer import prepare, train

    config = TrainingConfig(**{"epochs": 1, "patience": None, "num_check_ads": 50} | settings)
    ads = split_ads(make_sample_ads(num_ads)[["ad"]])
    data = prepare(ads, config)
    with TemporaryDirectory() as folder:
        result = train(data, config, checkpoint_path=f"{folder}/run.checkpoint")
    parts = predict_bytes(
        config, vocab_size=data.tokenizer.vocab_size, num_tokens=data.num_training_tokens
    )
    return sum(parts.values()), result.other_memory_bytes


def count_once(num_tokens: int, order: int) -> tuple[int, int]:
    """Fits an n-gram model to ads of tokens by Zipf's law; returns as `train_once`."""
    from adgen.ngram.memory import predict_bytes
    from adgen.ngram.model import NGramModel

    rng = np.random.default_rng(0)
    token_ids = np.minimum(rng.zipf(1.3, num_tokens) + 2, 16_383).astype(np.int32)
    token_ids[19::20] = 2  # ads of 20 tokens
    token_ids[-1] = 2
    NGramModel.fit(token_ids, vocab_size=16_384, order=order)
    return sum(predict_bytes(token_ids, order).values()), 0


def _compared(name: str, found: Outcome) -> dict[str, Any]:
    """Returns what was predicted of a run beside what all of its processes held."""
    predicted, others = found.result
    measured = found.peak_memory_bytes + others
    return {
        "run": name,
        "predicted_bytes": predicted,
        "peak_memory_bytes": measured,
        "ratio": predicted / measured,
    }


def rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns the rows for the README's table of benchmarks."""
    return [
        (f"{run['run']}: predicted memory by measured", f"{run['ratio']:.1f}")
        for run in results["runs"]
    ]


def show(results: Mapping[str, Any]) -> None:
    """Prints the table."""
    table = [("", "predicted", "measured", "ratio")]
    for run in results["runs"]:
        sizes = (f"{run[name] / 1e9:.2f} GB" for name in ("predicted_bytes", "peak_memory_bytes"))
        table.append((run["run"], *sizes, f"{run['ratio']:.2f}"))
    print(text_table(table))
    print(hardware_line(results))


if __name__ == "__main__":
    main()
