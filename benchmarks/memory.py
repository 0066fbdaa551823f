"""Peak memory of trainings of LSTMs and of n-gram counts, beside what adgen predicts.

What is predicted to need more than there is is refused before it begins; a prediction far off
would refuse what works, or let begin what ends in the middle. Every run is in a process of its own.

    python benchmarks/memory.py --json
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from measure import at_least, hand_out, hardware_line, in_own_process, log, parse

from adgen.records.tables import text_table

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
    for name, settings in TRAININGS.items():
        log(f"training, {name} ...")
        found = in_own_process(train_once, settings, options.ads)
        runs.append({"run": f"training, {name}", **_pair(found)})
    for order in ORDERS:
        log(f"n-grams of order {order} ...")
        found = in_own_process(count_once, options.tokens, order)
        runs.append({"run": f"n-grams, order {order}", **_pair(found)})
    return {"ads": options.ads, "tokens": options.tokens, "runs": runs}


def train_once(settings: dict[str, Any], num_ads: int) -> int:
    """Trains for one epoch; returns the bytes that were predicted."""
    from adgen.corpus import split_ads
    from adgen.corpus.sample import make_sample_ads
    from adgen.lstm.training.memory import predict_bytes
    from adgen.lstm.training.settings import TrainingConfig
    from adgen.lstm.training.trainer import prepare, train

    config = TrainingConfig(**{"epochs": 1, "patience": None, "num_check_ads": 50} | settings)
    ads = split_ads(make_sample_ads(num_ads)[["ad"]])
    data = prepare(ads, config)
    with TemporaryDirectory() as folder:
        train(data, config, checkpoint_path=f"{folder}/run.checkpoint")
    parts = predict_bytes(
        config, vocab_size=data.tokenizer.vocab_size, num_tokens=data.num_training_tokens
    )
    return sum(parts.values())


def count_once(num_tokens: int, order: int) -> int:
    """Fits an n-gram model to ads of tokens by Zipf's law; returns the bytes predicted."""
    from adgen.ngram.memory import predict_bytes
    from adgen.ngram.model import NGramModel

    rng = np.random.default_rng(0)
    token_ids = np.minimum(rng.zipf(1.3, num_tokens) + 2, 16_383).astype(np.int32)
    token_ids[19::20] = 2  # ads of 20 tokens
    token_ids[-1] = 2
    NGramModel.fit(token_ids, vocab_size=16_384, order=order)
    return sum(predict_bytes(token_ids, order).values())


def _pair(found: Any) -> dict[str, float]:
    return {
        "predicted_bytes": found.result,
        "peak_memory_bytes": found.peak_memory_bytes,
        "ratio": found.result / found.peak_memory_bytes,
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
