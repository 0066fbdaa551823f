"""Writing ads with a trained model: ads a second, one by one and in batches, and the cold start.

Without --model the weights are random: two models of the 2022 model's size and one of the size of
those that are shipped. They leave a next token as uncertain as a trained model does (a few nats),
so that the choice costs what it costs there; no ad ends before it has its 25 tokens.

    python benchmarks/generation.py --json

With `--against COMMIT` it compares that commit's build, in its own environment, and the working
tree, in turn, with the model that comes with adgen and its own controls.

    python benchmarks/generation.py --against e4708f0
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from itertools import islice, product
from pathlib import Path
from typing import Any

import numpy as np
from builds import add_against
from generation_against import COMMIT, hand_out_against
from measure import (
    at_least,
    blas_threads,
    hand_out,
    hardware_line,
    log,
    median,
    parse,
    ratio,
)
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from adgen.decoding.sampling import Sampling
from adgen.generation.generator import AdGenerator
from adgen.int8.precisions import PRECISIONS
from adgen.lstm.config import LSTMConfig
from adgen.lstm.directory import save_model_directory
from adgen.records.tables import text_table
from adgen.tokens.base import EOS_ID, SPECIAL_TOKENS, AdTokenizer
from adgen.tokens.subword_tokenizer import SubwordTokenizer
from adgen.tokens.word_tokenizer import WordTokenizer

CONTROLS = {
    "greedy": Sampling(greedy=True),
    "temperature_0.8": Sampling(temperature=0.8),
    "top_p_0.9": Sampling(top_p=0.9),
    "top_k_40": Sampling(top_k=40),
}
# The size of the 2022 experiment's models, and of the one that comes with adgen.
LSTM_UNITS, EMBEDDING_DIM, WINDOW = 128, 128, 4
SHIPPED_VOCAB, SHIPPED_UNITS, SHIPPED_DIM = 16_384, 512, 256
# What a first-time caller does; prints the seconds of the import and whether TensorFlow came along.
COLD_START = """
import json, sys, time
start = time.perf_counter()
from adgen.generation.generator import AdGenerator
import_seconds = time.perf_counter() - start
generator = AdGenerator.from_pretrained(sys.argv[1], precision=sys.argv[3])
[ads] = generator.generate("Sony TV", num_ads=3, max_tokens=int(sys.argv[2]))
assert len(ads) == 3
print(json.dumps([import_seconds, "tensorflow" in sys.modules]))
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments)
    if options.against is not None:
        hand_out_against(options, arguments)
        return
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(make_models(Path(folder), options), options)
    hand_out("generation", figures, options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument(
        "--model",
        type=Path,
        help="model directory (default: three with random weights; with --against, adgen-lstm)",
    )
    add_against(parser, COMMIT, "writing")
    parser.add_argument("--rounds", type=at_least(1), default=5, help="turns of --against")
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        default="float32",
        help="what is multiplied in; with --against of the working tree (default: %(default)s)",
    )
    counts = {
        "vocab-size": (22_500, "words, without --model; sub-words: as many, at most 16,384"),
        "max-tokens": (25, "tokens an ad, at most"),
        "batch-size": (256, "ads written at once"),
        "repeats": (5, "times that everything is measured"),
    }
    for name, (default, meaning) in counts.items():
        parser.add_argument(
            f"--{name}", type=at_least(1), default=default, help=f"{meaning} (default: %(default)s)"
        )


def make_models(folder: Path, options: argparse.Namespace) -> dict[str, Path]:
    """Makes model directories with random weights, or takes the one given; returns them by name.

    `ad` reads windows of words, `packed` carries its state along, `shipped` does so with sub-words,
    more units and int8 weights.
    """
    if options.model:
        return {AdGenerator.from_pretrained(options.model).config.reads: options.model}
    words = _words(options.vocab_size)
    subwords = _subwords(min(options.vocab_size, SHIPPED_VOCAB))
    sizes = words.vocab_size, LSTM_UNITS, EMBEDDING_DIM
    made: dict[str, tuple[AdTokenizer, LSTMConfig]] = {
        "ad": (words, LSTMConfig(*sizes, WINDOW, 0.3, "ad")),
        "packed": (words, LSTMConfig(*sizes, None, 0.3, "packed")),
        "shipped": (
            subwords,
            LSTMConfig(
                subwords.vocab_size, SHIPPED_UNITS, SHIPPED_DIM, None, 0.0, "packed", tied=True
            ),
        ),
    }
    for name, (tokenizer, config) in made.items():
        save_model_directory(
            folder / name,
            config=config,
            weights=_random_weights(config),
            tokenizer=tokenizer,
            card="# Random weights\n",
            info={},
            storage="int8" if name == "shipped" else "float32",
        )
    return {name: folder / name for name in made}


def _words(vocab_size: int) -> WordTokenizer:
    """Makes a tokenizer of invented words."""
    return WordTokenizer.from_word_counts(
        {f"word{rank}": vocab_size - rank for rank in range(vocab_size - len(SPECIAL_TOKENS))}
    )


def _subwords(vocab_size: int) -> SubwordTokenizer:
    """Makes a tokenizer whose sub-words are single bytes and pairs of them."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    num_pairs = max(vocab_size - len(letters) - len(SPECIAL_TOKENS), 1)
    merges = list(islice(product(letters, letters), num_pairs))
    tokens = [*SPECIAL_TOKENS, *letters, *map("".join, merges)]
    backend = Tokenizer(
        models.BPE({token: token_id for token_id, token in enumerate(tokens)}, merges)
    )
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    return SubwordTokenizer(backend)


def _random_weights(config: LSTMConfig) -> dict[str, np.ndarray]:
    """Makes weights under which no ad ends itself and words follow Zipf's law.

    Every context has preferences of its own beside that law.
    """
    rng = np.random.default_rng(0)
    scales = {"output.kernel": 1.0}
    if config.tied:
        width = config.lstm_units**-0.5
        scales = {"lstm.recurrent_kernel": width, "projection.kernel": 2.5 * width}
    weights = {
        name: rng.normal(0, scales.get(name, 0.3), shape).astype(np.float32)
        for name, shape in config.weight_shapes().items()
    }
    weights["output.bias"] = -np.log(np.arange(1, config.vocab_size + 1), dtype=np.float32)
    weights["output.bias"][EOS_ID] = -100
    return weights


def measure(paths: Mapping[str, Path], options: argparse.Namespace) -> dict[str, Any]:
    """Measures every model and control, and the cold start of the last model, the largest."""
    speeds: dict[str, Any] = {}
    sizes: dict[str, Any] = {}
    for model, path in paths.items():
        generator = AdGenerator.from_pretrained(path, precision=options.precision)
        sizes[model] = asdict(generator.config)
        speeds[model] = {}
        for name, sampling in CONTROLS.items():
            log(f"{model}, {name}")
            speeds[model][name] = ads_per_second(generator, sampling, options)
    log("cold start")
    return {
        "ads_per_second": speeds,
        "batching_speedup": min(
            ratio(speed["batched"], speed["single"])
            for controls in speeds.values()
            for speed in controls.values()
        ),
        **cold_start(path, options),
        "model": str(options.model) if options.model else "random weights",
        "precision": options.precision,
        "models": sizes,
        "max_tokens": options.max_tokens,
        "batch_size": options.batch_size,
        "repeats": options.repeats,
        "blas_threads": blas_threads(),
    }


def ads_per_second(
    generator: AdGenerator, sampling: Sampling, options: argparse.Namespace
) -> dict[str, float]:
    """Returns ads a second of a prompt a call, and of a batch of prompts a call; medians."""
    prompts = [f"Sony TV {number}" for number in range(options.batch_size)]

    def write(some_prompts: Sequence[str]) -> int:
        groups = generator.generate(
            some_prompts,
            sampling=sampling,
            max_tokens=options.max_tokens,
            batch_size=options.batch_size,
        )
        return sum(len(ad.token_ids) for [ad] in groups)

    num_tokens = write(prompts)  # also warms up
    batch_seconds = [_seconds(write, prompts) for _ in range(options.repeats)]
    # The same prompts as in the batch, since ads of a trained model differ in length.
    num_single = min(options.batch_size, 8)
    single_seconds = [
        _seconds(write, [prompt]) for prompt in prompts[:num_single] * options.repeats
    ]
    return {
        "single": ratio(1, median(single_seconds)),
        "batched": ratio(len(prompts), median(batch_seconds)),
        "tokens_per_ad": num_tokens / len(prompts),
    }


def _seconds(function: Callable[[Sequence[str]], object], argument: Sequence[str]) -> float:
    """Returns how long a call takes."""
    start = time.perf_counter()
    function(argument)
    return time.perf_counter() - start


def cold_start(path: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Returns the seconds from starting Python to three written ads; of these, the import's.

    Every start is a fresh process; a first one finds an empty cache, a cold one what that has left.

    Raises:
        RuntimeError: TensorFlow was imported on the way.
    """
    firsts = []
    whole = []
    imports = []
    for _ in range(options.repeats):
        with tempfile.TemporaryDirectory() as cache:
            firsts.append(_start(path, options, cache)[0])
            seconds, import_seconds = _start(path, options, cache)
        whole.append(seconds)
        imports.append(import_seconds)
    return {
        "first_start_seconds": {"median": median(firsts), "max": max(firsts)},
        "cold_start_seconds": {"median": median(whole), "max": max(whole)},
        "import_seconds": {"median": median(imports), "max": max(imports)},
        "imports_tensorflow": False,
    }


def _start(path: Path, options: argparse.Namespace, cache: str) -> tuple[float, float]:
    """Returns the seconds of one start, and its import's; as `cold_start`, which says more."""
    words = ["-c", COLD_START, str(path), str(options.max_tokens), options.precision]
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *words],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "ADGEN_CACHE": cache},
    )
    seconds = time.perf_counter() - start
    import_seconds, has_tensorflow = json.loads(done.stdout)
    if has_tensorflow:
        raise RuntimeError(
            "Writing ads imported TensorFlow; adgen.generation.generator has to do without."
        )
    return seconds, import_seconds


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns the rows of the README's table."""
    how = "" if results["precision"] == "float32" else f", {results['precision']}"
    rows = [
        (
            f"ads a second, {model} model{how}, {control.replace('_', ' ')}",
            f"{speed['single']:,.0f} one by one, {speed['batched']:,.0f} in batches of "
            f"{results['batch_size']}",
        )
        for model, controls in results["ads_per_second"].items()
        for control, speed in controls.items()
    ]
    for start in ("first", "cold"):
        whole = results[f"{start}_start_seconds"]
        seconds = f"{whole['median']:.2f} s, at most {whole['max']:.2f} s"
        rows.append((f"{start} start to three ads{how}", seconds))
    return rows


def show(results: Mapping[str, Any]) -> None:
    """Prints a table."""
    rows = [
        (f"{model}, {control}", f"{speed['single']:,.0f}", f"{speed['batched']:,.0f}")
        for model, controls in results["ads_per_second"].items()
        for control, speed in controls.items()
    ]
    print(
        text_table([("ads a second", "one by one", f"batches of {results['batch_size']}"), *rows])
    )
    whole, imports = results["cold_start_seconds"], results["import_seconds"]
    print(f"\nBatching is at least {results['batching_speedup']:.1f} times as fast.")
    print(f"Cold start to three ads: {whole['median']:.2f} s, at most {whole['max']:.2f} s;")
    print(f"of that the import {imports['median']:.2f} s, without TensorFlow.")
    first = results["first_start_seconds"]
    print(f"With an empty cache: {first['median']:.2f} s, at most {first['max']:.2f} s.")
    print(f"BLAS threads: {results['blas_threads']}. {hardware_line(results)}")


if __name__ == "__main__":
    main()
