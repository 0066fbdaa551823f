"""Engines that write with a Llama model: tokens a second, memory, cold start, and int8's loss.

The same greedy work for each: `--products` prompts of 40 random tokens, `--candidates` rows of each
prompt, 24 tokens a row, no end. "shared" reads a prompt once and takes the logits of 4,000 allowed
tokens, as the writer does; the others read every row and take all logits. Every engine runs in a
process of its own, the engines in turn, `--repeats` times. Engines that are not installed are
skipped and said. With `--corpus`, validation ads of electronics are scored too.

    python benchmarks/engines.py --model FOLDER --json
"""

from __future__ import annotations

import argparse
import math
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from measure import at_least, hand_out, hardware_line, in_own_process, log, median, megabytes, parse

from adgen.gpt.bases import BASES
from adgen.records.tables import text_table

if TYPE_CHECKING:
    from adgen.llama.model import Llama

_PROMPT_TOKENS = 40
_NUM_ALLOWED = 4_000
_NUM_ADS = 200
Rows = list[list[int]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments)
    hand_out(
        "engines", measure(options), options, arguments=arguments, rows=record_rows, show=show
    )


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument(
        "--model",
        type=Path,
        default=BASES["smollm2-135m"].folder,
        help="a Llama model in transformers' layout; by default the fetched base",
    )
    parser.add_argument("--products", type=at_least(1), default=8, help="different prompts")
    parser.add_argument("--candidates", type=at_least(1), default=8, help="rows of a prompt")
    parser.add_argument("--max-tokens", type=at_least(1), default=24, help="tokens of a row")
    parser.add_argument("--threads", type=at_least(1), default=os.cpu_count(), help="cores")
    parser.add_argument("--repeats", type=at_least(1), default=3, help="rounds of all engines")
    parser.add_argument("--corpus", type=Path, help="a prepared corpus, to score ads of")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Runs all engines in turn, and again."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(options.threads)
    skipped = {
        name: f"{package} is not installed"
        for name, (package, _) in ENGINES.items()
        if find_spec(package) is None
    }
    for name, reason in skipped.items():
        log(f"{name} is skipped: {reason}")
    runs: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        sizes = (options.products, options.candidates, options.max_tokens, options.threads)
        for _ in range(options.repeats):
            for name, (_, work) in ENGINES.items():
                if name not in skipped:
                    found = in_own_process(work, options.model, Path(folder), sizes).as_dict()
                    runs.setdefault(name, []).append(found)
                    log(f"{name}: {found}")
        bits = {}
        if options.corpus:
            for name in set(SCORERS) - set(skipped):
                given = (name, options.model, Path(folder), options.corpus)
                bits[name] = in_own_process(bits_per_char, *given).result
                log(f"{name}: {bits[name]:.4f} bits/char")
    return {
        "engines": {
            name: {key: median([run[key] for run in found]) for key in found[0]}
            for name, found in runs.items()
        },
        "skipped": skipped,
        "bits_per_char": bits,
        "model": str(options.model),
        **{name: getattr(options, name) for name in ("products", "candidates", "max_tokens")},
        "threads": options.threads,
        "repeats": options.repeats,
    }


def _prompts(num_products: int, vocab_size: int) -> Rows:
    """Makes up prompts."""
    rng = np.random.default_rng(0)
    return rng.integers(3, vocab_size, (num_products, _PROMPT_TOKENS)).tolist()


def _timed(load: Callable[[], Any], write: Callable[[Any, Rows, int], Any], sizes: Any) -> Any:
    """Returns the figures of an engine.

    Args:
        load: Makes the engine, its packages loaded too.
        write: Writes so many tokens to each row.
        sizes: Products, candidates, tokens, threads.
    """
    num_products, num_candidates, max_tokens, _ = sizes
    started = time.perf_counter()
    engine = load()
    write(engine, [[1, 2, 3]], 1)
    cold = time.perf_counter() - started
    prompts = _prompts(num_products, 256)
    rows = [prompt for prompt in prompts for _ in range(num_candidates)]
    write(engine, rows[:2], 2)
    started = time.perf_counter()
    cpu_started = time.process_time()
    write(engine, rows, max_tokens)
    cpu_seconds = time.process_time() - cpu_started
    seconds = time.perf_counter() - started
    num_tokens = len(rows) * max_tokens
    return {
        "tokens_per_second": num_tokens / seconds,
        "tokens_per_cpu_second": num_tokens / cpu_seconds,
        "seconds_to_first_token": cold,
    }


def run_transformers(model: Path, _: Path, sizes: Any) -> Any:
    """Writes with transformers' batched `generate`, float32."""

    def load() -> Any:
        import torch
        from transformers import AutoModelForCausalLM

        torch.set_num_threads(sizes[3])
        return AutoModelForCausalLM.from_pretrained(model).eval()

    def write(engine: Any, rows: Rows, max_tokens: int) -> None:
        import torch

        engine.generate(
            torch.tensor(rows),
            do_sample=False,
            max_new_tokens=max_tokens,
            min_new_tokens=max_tokens,
            pad_token_id=0,
        )

    return _timed(load, write, sizes)


def run_ctranslate2(model: Path, folder: Path, sizes: Any) -> Any:
    """Writes with CTranslate2's `generate_batch`, int8."""
    converted = _ctranslate2_folder(model, folder)

    def load() -> Any:
        import ctranslate2

        return ctranslate2.Generator(
            str(converted), compute_type="int8", intra_threads=sizes[3], inter_threads=1
        )

    def write(engine: Any, rows: Rows, max_tokens: int) -> None:
        # It takes tokens by name; those of the converted vocabulary are numbers.
        engine.generate_batch(
            [[f"t{token_id}" for token_id in row] for row in rows],
            max_length=max_tokens,
            min_length=max_tokens,
            include_prompt_in_result=False,
            end_token=[],
        )

    return _timed(load, write, sizes)


def _ctranslate2_folder(model: Path, folder: Path) -> Path:
    """Converts the model once; in a process of its own, so that its memory is not the engine's."""
    converted = folder / "ctranslate2"
    if not converted.exists():
        in_own_process(_convert_to_ctranslate2, model, converted)
    return converted


def _convert_to_ctranslate2(model: Path, converted: Path) -> None:
    """Writes CTranslate2's folder, tokens named by their numbers."""
    from ctranslate2.converters import transformers as converters
    from transformers import AutoModelForCausalLM

    class Loader(converters.LlamaLoader):
        def get_vocabulary(self, model: Any, tokenizer: Any) -> list[str]:
            return [f"t{token_id}" for token_id in range(model.config.vocab_size)]

        def set_vocabulary(self, spec: Any, tokens: Any) -> None:
            spec.register_vocabulary(tokens)

        def set_config(self, config: Any, model: Any, tokenizer: Any) -> None:
            config.bos_token = config.eos_token = config.unk_token = "t0"
            config.layer_norm_epsilon = model.config.rms_norm_eps

    loaded = AutoModelForCausalLM.from_pretrained(model)
    loader = Loader()
    spec = loader.get_model_spec(loaded)
    loader.set_config(spec.config, loaded, None)
    loader.set_vocabulary(spec, loader.get_vocabulary(loaded, None))
    spec.validate()
    spec.optimize(quantization="int8")
    converted.mkdir()
    spec.save(str(converted))


def _load_numpy(model: Path, _: Path, __: int) -> Llama:
    from adgen.llama.model import Llama

    return Llama.load(model)


def _load_int8(model: Path, folder: Path, num_threads: int) -> Llama:
    from adgen.llama.int8_layers import load_int8

    return load_int8(model, folder / "int8", num_threads=num_threads)


def _write_every_row(llama: Llama, rows: Rows, max_tokens: int) -> None:
    """Reads every row by itself, and takes all logits."""
    from adgen.llama.reader import LlamaReader

    reader = LlamaReader(llama)
    for row in rows:
        reader.add([row])
    for number in range(max_tokens):
        chosen = reader.logits().argmax(axis=1)
        if number + 1 < max_tokens:
            reader.advance(chosen)


def _write_shared(llama: Llama, rows: Rows, max_tokens: int) -> None:
    """Reads prompts once, and takes the logits of allowed tokens."""
    from adgen.llama.reader import LlamaReader

    vocab_size = llama.config.vocab_size
    allowed = np.random.default_rng(0).permutation(vocab_size)[:_NUM_ALLOWED]
    reader = LlamaReader(llama)
    reader.add(rows)
    for number in range(max_tokens):
        chosen = allowed[reader.logits_of(allowed).argmax(axis=1)]
        if number + 1 < max_tokens:
            reader.advance(chosen)


def run_numpy(model: Path, folder: Path, sizes: Any) -> Any:
    """Writes with NumPy, float32, row by row."""
    return _timed(lambda: _load_numpy(model, folder, sizes[3]), _write_every_row, sizes)


def run_numpy_shared(model: Path, folder: Path, sizes: Any) -> Any:
    """Writes with NumPy, float32, prompts shared."""
    return _timed(lambda: _load_numpy(model, folder, sizes[3]), _write_shared, sizes)


def run_int8(model: Path, folder: Path, sizes: Any) -> Any:
    """Writes with ONNX Runtime, int8, row by row."""
    in_own_process(_load_int8, model, folder, 1) if not (folder / "int8").exists() else None
    return _timed(lambda: _load_int8(model, folder, sizes[3]), _write_every_row, sizes)


def run_int8_shared(model: Path, folder: Path, sizes: Any) -> Any:
    """Writes with ONNX Runtime, int8, prompts shared."""
    return _timed(lambda: _load_int8(model, folder, sizes[3]), _write_shared, sizes)
