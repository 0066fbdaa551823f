"""Engines that write with a Llama model: tokens a second, memory, cold start, and int8's loss.

Each writes greedily `--products` times `--candidates` rows of `--max-tokens` tokens, no end. Every
row has a prompt of its own, 40 random tokens, and all logits are taken; "shared" has a prompt for
each product and takes the logits of 4,000 allowed tokens. Every engine runs in a process of its
own, the engines in turn, `--repeats` times. Engines that are not installed are skipped and said.
With `--corpus`, validation ads of electronics are scored too.

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
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from measure import at_least, hand_out, hardware_line, in_own_process, log, median, megabytes, parse
from numpy.typing import NDArray

from adgen.gpt.bases import BASES
from adgen.records.tables import text_table

if TYPE_CHECKING:
    from adgen.llama.model import Llama

_PROMPT_TOKENS = 40
_NUM_ALLOWED = 4_000
_NUM_ADS = 200
Rows = list[list[int]]


class Sizes(NamedTuple):
    """How much is written, and by how many threads."""

    products: int
    candidates: int
    max_tokens: int
    threads: int


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments)
    hand_out("engines", measure(options), options, arguments=arguments, rows=record_rows, show=show)


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
        sizes = Sizes(options.products, options.candidates, options.max_tokens, options.threads)
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


def _prompts(num_prompts: int) -> Rows:
    """Makes up prompts of tokens that every vocabulary has."""
    rng = np.random.default_rng(0)
    prompts: Rows = rng.integers(3, 256, (num_prompts, _PROMPT_TOKENS)).tolist()
    return prompts


def _timed(
    load: Callable[[], Any],
    write: Callable[[Any, Rows, int], None],
    sizes: Sizes,
    *,
    is_shared: bool = False,
) -> dict[str, float]:
    """Returns the figures of an engine.

    Args:
        load: Makes the engine, its packages loaded too.
        write: Writes so many tokens to each row.
        sizes: How much.
        is_shared: Whether candidates of a product share a prompt.
    """
    num_rows = sizes.products * sizes.candidates
    prompts = _prompts(sizes.products if is_shared else num_rows)
    rows = [prompt for prompt in prompts for _ in range(num_rows // len(prompts))]
    started = time.perf_counter()
    engine = load()
    write(engine, [[1, 2, 3]], 1)
    cold = time.perf_counter() - started
    write(engine, rows[:2], 2)
    started = time.perf_counter()
    cpu_started = time.process_time()
    write(engine, rows, sizes.max_tokens)
    cpu_seconds = time.process_time() - cpu_started
    seconds = time.perf_counter() - started
    num_tokens = num_rows * sizes.max_tokens
    return {
        "tokens_per_second": num_tokens / seconds,
        "tokens_per_cpu_second": num_tokens / cpu_seconds,
        "seconds_to_first_token": cold,
    }


def run_transformers(model: Path, _: Path, sizes: Sizes) -> dict[str, float]:
    """Writes with transformers' batched `generate`, float32."""

    def load() -> Any:
        import torch
        from transformers import AutoModelForCausalLM

        torch.set_num_threads(sizes.threads)
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


def run_ctranslate2(model: Path, folder: Path, sizes: Sizes) -> dict[str, float]:
    """Writes with CTranslate2's `generate_batch`, int8."""
    converted = _ctranslate2_folder(model, folder)

    def load() -> Any:
        import ctranslate2

        return ctranslate2.Generator(
            str(converted), compute_type="int8", intra_threads=sizes.threads, inter_threads=1
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


def _write_all_logits(llama: Llama, rows: Rows, max_tokens: int) -> None:
    """Takes the logits of the whole vocabulary at every step."""
    _write(llama, rows, max_tokens, None)


def _write_allowed(llama: Llama, rows: Rows, max_tokens: int) -> None:
    """Takes the logits of allowed tokens alone."""
    vocab_size = llama.config.vocab_size
    allowed = np.random.default_rng(0).permutation(vocab_size)[:_NUM_ALLOWED]
    _write(llama, rows, max_tokens, allowed)


def _write(llama: Llama, rows: Rows, max_tokens: int, allowed: NDArray[np.int64] | None) -> None:
    from adgen.llama.reader import LlamaReader

    reader = LlamaReader(llama)
    reader.add(rows)
    for number in range(max_tokens):
        if allowed is None:
            chosen = reader.logits().argmax(axis=1)
        else:
            chosen = allowed[reader.logits_of(allowed).argmax(axis=1)]
        if number + 1 < max_tokens:
            reader.advance(chosen)


def run_numpy(model: Path, folder: Path, sizes: Sizes) -> dict[str, float]:
    """Writes with NumPy, float32."""
    return _timed(lambda: _load_numpy(model, folder, sizes.threads), _write_all_logits, sizes)


def run_numpy_shared(model: Path, folder: Path, sizes: Sizes) -> dict[str, float]:
    """Writes with NumPy, float32, prompts shared."""
    return _timed(
        lambda: _load_numpy(model, folder, sizes.threads), _write_allowed, sizes, is_shared=True
    )


def run_int8(model: Path, folder: Path, sizes: Sizes) -> dict[str, float]:
    """Writes with ONNX Runtime, int8."""
    return _timed(lambda: _load_int8(model, folder, sizes.threads), _write_all_logits, sizes)


def run_int8_shared(model: Path, folder: Path, sizes: Sizes) -> dict[str, float]:
    """Writes with ONNX Runtime, int8, prompts shared."""
    return _timed(
        lambda: _load_int8(model, folder, sizes.threads), _write_allowed, sizes, is_shared=True
    )


# By name: the package that has to be installed, and the function that writes.
ENGINES: Mapping[str, tuple[str, Callable[..., dict[str, float]]]] = {
    "transformers, float32": ("transformers", run_transformers),
    "CTranslate2, int8": ("ctranslate2", run_ctranslate2),
    "NumPy, float32": ("numpy", run_numpy),
    "NumPy, float32, shared": ("numpy", run_numpy_shared),
    "ONNX Runtime, int8": ("onnxruntime", run_int8),
    "ONNX Runtime, int8, shared": ("onnxruntime", run_int8_shared),
}
# What scores ads, by the names above.
SCORERS: Mapping[str, Callable[[Path, Path, int], Llama]] = {
    "NumPy, float32": _load_numpy,
    "ONNX Runtime, int8": _load_int8,
}


def bits_per_char(name: str, model: Path, folder: Path, corpus: Path) -> float:
    """Returns the bits per character of validation ads of electronics, without example ads."""
    from tokenizers import Tokenizer

    from adgen.corpus.choosing import spread_places
    from adgen.corpus.store import load_corpus
    from adgen.support.arrays import log_normaliser
    from adgen.support.files import read_json_object

    frame = load_corpus(corpus, splits="valid")
    found = frame.loc[frame["category"] == "electronics", "ad"].tolist()
    ads = [found[place] for place in spread_places(len(found), min(_NUM_ADS, len(found)))]
    llama = SCORERS[name](model, folder, os.cpu_count() or 1)
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    end = read_json_object(model / "config.json")["eos_token_id"]
    num_bits = 0.0
    for ad in ads:
        row = np.array([end, *tokenizer.encode(ad, add_special_tokens=False).ids, end])
        logits = llama.logits(llama.read([row[:-1].tolist()]))  # (tokens, vocab)
        own = logits[np.arange(len(logits)), row[1:]]
        num_bits += float((log_normaliser(logits) - own).sum()) / math.log(2)
    return num_bits / sum(len(ad) + 1 for ad in ads)


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns the rows of the README's table."""
    rows = [
        (
            name,
            f"{run['tokens_per_second']:,.0f} tokens/s, {run['tokens_per_cpu_second']:,.0f} a CPU "
            f"second, first after {run['seconds_to_first_token']:.1f} s, "
            f"{megabytes(run['peak_memory_bytes'])}",
        )
        for name, run in results["engines"].items()
    ]
    rows += [(name, f"skipped: {reason}") for name, reason in results["skipped"].items()]
    rows += [(f"{name}, bits/char", f"{b:.4f}") for name, b in results["bits_per_char"].items()]
    return rows


def show(results: Mapping[str, Any]) -> None:
    """Prints the rows."""
    print(text_table([("", "measured"), *record_rows(results)]))
    print(f"{results['threads']} threads. {hardware_line(results)}")


if __name__ == "__main__":
    main()
