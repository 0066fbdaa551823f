"""Training as in 2022 against adgen's: seconds a step, peak memory, and validation perplexity.

Every variant runs in a process of its own, on the same windows, without an optimisation that the
other one could have had too, but for products in bfloat16, which have rows of their own. Memory is
the process's: on an accelerator it leaves out what lies on the device.

    python benchmarks/training.py --json

With `--against COMMIT` it compares other things: a training of the preset `small` with that
commit's build, in its own environment, and with the working tree, on the same prepared corpus.

    python benchmarks/training.py --against 98b4c5e --corpus data/processed
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from against import COMMIT, hand_out_against
from builds import add_against
from measure import (
    Outcome,
    at_least,
    hand_out,
    hardware_line,
    in_own_process,
    log,
    median,
    megabytes,
    parse,
    ratio,
    surroundings,
)

from adgen.records.tables import text_table
from adgen.tokens.base import EOS_ID, UNK_ID

SAMPLE_PATH = Path(__file__).parents[1] / "data" / "sample_ads.csv"
VARIANTS = (
    "seed_one_hot",
    "adgen_lstm",
    "seed_embedding",
    "adgen_embedding",
    "adgen_bfloat16_embedding",
)
# Name, label, and the two variants that are compared.
PAIRS = (
    ("one_hot", "LSTM without embedding", "seed_one_hot", "adgen_lstm"),
    ("embedding", "embedding LSTM", "seed_embedding", "adgen_embedding"),
    (
        "bfloat16",
        "embedding LSTM, adgen's products in bfloat16",
        "seed_embedding",
        "adgen_bfloat16_embedding",
    ),
)
# Steps before the clock starts: tracing, first touch of memory, filling of the queue.
WARM_UP_STEPS = 3


class Text(NamedTuple):
    """Real text as ids, every word of the training split kept."""

    train_ids: np.ndarray
    valid_ids: np.ndarray
    vocab_size: int
    description: dict[str, Any]


class Job(NamedTuple):
    """What a variant trains on."""

    token_ids: np.ndarray
    vocab_size: int
    batch_size: int
    seed: int


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments)
    if options.against is not None:
        options.corpus = options.corpus or Path("data/processed")
        hand_out_against(options, arguments)
        return
    figures = measure(options)
    hand_out("training", figures, options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument(
        "--corpus",
        type=Path,
        help="CSV of ads (default: ids by Zipf's law; the sample ads), or with --against a "
        "prepared corpus (default: data/processed)",
    )
    add_against(parser, COMMIT, "trainings")
    parser.add_argument("--max-ads", type=at_least(1_000), default=100_000, help="ads of --against")
    parser.add_argument("--rounds", type=at_least(1), default=3, help="trainings of each build")
    numbers = {
        "steps": (1, 12, "timed steps"),
        "epochs": (1, 5, "epochs before the perplexity"),
        "batch-size": (1, 4096, "windows a step"),
        "vocab-size": (100, 22_500, "tokens, without --corpus"),
        "seed": (0, 0, "seed of everything"),
    }
    for name, (smallest, default, meaning) in numbers.items():
        parser.add_argument(
            f"--{name}",
            type=at_least(smallest),
            default=default,
            help=f"{meaning} (default: %(default)s)",
        )


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Runs everything, one process after the other."""
    log("reading the ads")
    text = in_own_process(read_text, options.corpus or SAMPLE_PATH, options.seed).result
    job, timing_text = _timing_job(options, text)
    timings = {}
    for variant in VARIANTS:
        log(f"{variant}: {WARM_UP_STEPS} + {options.steps} steps of {job.batch_size:,} windows")
        timings[variant] = in_own_process(time_steps, variant, job)
        log(f"{variant}: {timings[variant].result['seconds']:.3f} s a step")
    job = Job(text.train_ids, text.vocab_size, options.batch_size, options.seed)
    perplexity = {}
    known_words = {}
    for name in ("seed", "adgen", "adgen_bfloat16"):
        log(f"{name}_embedding: {options.epochs} epochs of {len(job.token_ids):,} tokens")
        learned = in_own_process(learn, f"{name}_embedding", job, text.valid_ids, options.epochs)
        perplexity[name], known_words[name] = learned.result
    return {
        **compare(timings),
        "validation_perplexity": perplexity,
        "validation_perplexity_known_words": known_words,
        "steps": options.steps,
        "epochs": options.epochs,
        "batch_size": options.batch_size,
        "vocab_size": timing_text["vocab_size"],
        "corpus": {"timing": timing_text, "perplexity": text.description},
        "seed": options.seed,
        **timings["adgen_lstm"].result["environment"],
    }


def _timing_job(options: argparse.Namespace, text: Text) -> tuple[Job, dict[str, Any]]:
    """Returns windows for the timed steps, as many as they need, and where their words are from."""
    num_windows = (WARM_UP_STEPS + options.steps) * options.batch_size
    num_tokens = 3 * num_windows + 2  # windows of 4 and a target, 3 apart
    if options.corpus:
        token_ids, vocab_size, name = text.train_ids, text.vocab_size, text.description["name"]
    else:
        vocab_size, name = options.vocab_size, "ids drawn by Zipf's law"
        token_ids = draw_zipf_ids(num_tokens, vocab_size, options.seed)
    token_ids = np.resize(token_ids, num_tokens)  # a short corpus is repeated
    job = Job(token_ids, vocab_size, options.batch_size, options.seed)
    return job, {"name": name, "vocab_size": vocab_size, "num_tokens": num_tokens}


def draw_zipf_ids(num_tokens: int, vocab_size: int, seed: int) -> np.ndarray:
    """Draws ids of words by Zipf's law, the n-th most frequent with a probability of 1 / n.

    Special tokens are not among them.
    """
    num_words = vocab_size - EOS_ID - 1
    cumulative = np.cumsum(1 / np.arange(1, num_words + 1))
    draws = np.random.default_rng(seed).random(num_tokens) * cumulative[-1]
    return (np.searchsorted(cumulative, draws, side="right") + EOS_ID + 1).astype(np.int32)


def read_text(path: Path, seed: int) -> Text:
    """Reads and divides the ads, and encodes them as running text; for a process of its own."""
    from adgen.corpus import read_ads, split_ads
    from adgen.records.record import corpus_entry
    from adgen.tokens.word_tokenizer import WordTokenizer

    ads = split_ads(read_ads(path), seed=seed)
    train, valid = (ads.loc[ads["split"] == split, "ad"].tolist() for split in ("train", "valid"))
    tokenizer = WordTokenizer.fit(train)
    train_ids, valid_ids = (
        tokenizer.encode_ads(texts, end_of_ad=False) for texts in (train, valid)
    )
    is_known = valid_ids != UNK_ID
    description = corpus_entry(path.name, ads["ad"]) | {
        "num_train_ads": len(train),
        "num_valid_ads": len(valid),
        "vocab_size": tokenizer.vocab_size,
        "valid_unknown_rate": float(1 - is_known.mean()),
    }
    return Text(train_ids, valid_ids, tokenizer.vocab_size, description)


def time_steps(variant: str, job: Job) -> dict[str, Any]:
    """Trains for the steps there are windows for; for a process of its own."""
    import tensorflow  # noqa: F401, its memory is measured alone

    from adgen.records.machine import peak_memory_bytes

    baseline_bytes = peak_memory_bytes() or 0
    import keras
    from methods import make_method

    method = make_method(variant, **job._asdict())
    # Of the clock on the wall, and of the process on all cores.
    times: list[tuple[float, float]] = []

    def note(batch: int, logs: Mapping[str, Any]) -> None:
        float(logs["loss"])  # waits for the step, where steps run ahead of Python
        times.append((time.perf_counter(), time.process_time()))

    clock = keras.callbacks.LambdaCallback(on_train_batch_end=note)
    method.trainer.fit(method.batches, verbose=0, shuffle=False, callbacks=[clock])
    wall, cpu = np.diff(times, axis=0)[WARM_UP_STEPS - 1 :].T  # (steps,) each
    return {
        "seconds": median(wall.tolist()),
        "cpu_seconds": float(cpu.mean()),
        "baseline_bytes": baseline_bytes,
        "environment": surroundings(),
    }


def learn(variant: str, job: Job, valid_ids: np.ndarray, epochs: int) -> tuple[float, float]:
    """Trains; returns the validation perplexity of all words, and without unknown ones.

    The softmax is the whole one. For a process of its own.
    """
    from methods import SETTINGS, make_method, named_weights

    from adgen.lstm.evaluation import score_tokens

    method = make_method(variant, **job._asdict())
    method.trainer.fit(method.batches, epochs=epochs, verbose=0, shuffle=False)
    config = SETTINGS.lstm_config(job.vocab_size)
    weights = named_weights(method.model)

    def perplexity(token_ids: np.ndarray) -> float:
        scores = score_tokens(weights, config, token_ids)
        return math.exp(scores.nats / scores.num_targets)

    return perplexity(valid_ids), perplexity(valid_ids[valid_ids != UNK_ID])


def compare(timings: Mapping[str, Outcome]) -> dict[str, Any]:
    """Returns seconds and memory of every variant, and the ratios between the two methods."""
    seconds = {variant: outcome.result["seconds"] for variant, outcome in timings.items()}
    peaks = {variant: outcome.peak_memory_bytes for variant, outcome in timings.items()}
    baseline = round(median([outcome.result["baseline_bytes"] for outcome in timings.values()]))
    ratios = {}
    for name, _, seed, ours in PAIRS:
        ratios[f"speedup_{name}"] = ratio(seconds[seed], seconds[ours])
        ratios[f"memory_ratio_{name}"] = ratio(peaks[ours], peaks[seed])
        ratios[f"memory_ratio_{name}_above_baseline"] = ratio(
            peaks[ours] - baseline, peaks[seed] - baseline
        )
    memory = {"peak_memory_bytes": peaks, "baseline_memory_bytes": baseline}
    cpu = {variant: outcome.result["cpu_seconds"] for variant, outcome in timings.items()}
    return ratios | {"seconds_per_step": seconds, "cpu_seconds_per_step": cpu} | memory


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns the rows of the README's table."""
    rows = []
    for name, label, seed, ours in PAIRS:
        seconds, peaks = results["seconds_per_step"], results["peak_memory_bytes"]
        rows += [
            (
                f"{label}, a step of {results['batch_size']:,} windows",
                f"{seconds[seed]:.2f} s → {seconds[ours]:.2f} s: "
                f"{results[f'speedup_{name}']:.1f} times as fast",
            ),
            (
                f"{label}, peak memory",
                f"{megabytes(peaks[seed])} → {megabytes(peaks[ours])}: "
                f"{results[f'memory_ratio_{name}']:.2f} of it",
            ),
        ]
    perplexity = results["validation_perplexity"]
    label = f"embedding LSTM, validation perplexity after {results['epochs']} epochs"
    shown = (
        f"{perplexity['seed']:,.0f} → {perplexity['adgen']:,.0f}, "
        f"in bfloat16 {perplexity['adgen_bfloat16']:,.0f}"
    )
    return [*rows, (label, shown)]


def show(results: Mapping[str, Any]) -> None:
    """Prints a table."""
    rows = [
        (variant, f"{seconds:.3f}", megabytes(results["peak_memory_bytes"][variant]))
        for variant, seconds in results["seconds_per_step"].items()
    ]
    rows.append(("TensorFlow imported", "-", megabytes(results["baseline_memory_bytes"])))
    print(text_table([("variant", "s a step", "peak memory"), *rows]))
    for name, *_ in PAIRS:
        print(
            f"\n{name}: {results[f'speedup_{name}']:.1f} times as fast with "
            f"{results[f'memory_ratio_{name}']:.2f} of the memory",
            end="",
        )
    perplexity, corpus = results["validation_perplexity"], results["corpus"]
    print(
        f"\n\nValidation perplexity after {results['epochs']} epochs on "
        f"{corpus['perplexity']['name']}: "
        f"2022 {perplexity['seed']:,.0f}, adgen {perplexity['adgen']:,.0f}, "
        f"in bfloat16 {perplexity['adgen_bfloat16']:,.0f}"
    )
    print(
        f"Timed on {corpus['timing']['name']}, {results['vocab_size']:,} tokens. "
        f"{hardware_line(results)}"
    )


if __name__ == "__main__":
    main()
