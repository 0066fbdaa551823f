"""Fine-tuning a pretrained model: adgen's ways beside two plain ones, in one run.

Plain ways: the Hugging Face Trainer, all weights, float32; and PEFT's LoRA beside all linear
layers, bfloat16. adgen's: all weights, and LoRA, in bfloat16; and LoRA with frozen weights in 8
bits, where the processor is one for it. All read the same batches of ads in the same order, once,
so that the rows and their padding are alike, with as many steps; what rows of similar length save
is in gpt.py. Every way runs in a process of its own. With `--corpus` ads are those of a prepared
corpus, else invented ones.

    python benchmarks/finetuning.py --corpus data/processed --category electronics --json
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from measure import at_least, hand_out, hardware_line, in_own_process, log, megabytes, parse, ratio

from adgen.gpt.bases import BASES
from adgen.gpt.training.settings import FinetuneConfig
from adgen.records.tables import text_table

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

_RANK = 16
_ALPHA = 32
_MAX_TOKENS = 128
# Step sizes at their highest.
_ALL_WEIGHTS_RATE = 1e-4
_LORA_RATE = 5e-4


class Given(NamedTuple):
    """What a way is given.

    Attributes:
        base: The model's folder.
        train: Ads to learn, once.
        valid: Ads to be judged by.
        tokens: Tokens of a batch, padding included.
        skipped: Ways that cannot be gone here, by name: why.
    """

    base: str
    train: list[str]
    valid: list[str]
    tokens: int
    skipped: dict[str, str]


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments)
    figures = measure(options)
    hand_out("finetuning", figures, options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument(
        "--base",
        default=str(BASES["smollm2-135m"].folder),
        help="a model in transformers' layout; by default the fetched base",
    )
    parser.add_argument("--steps", type=at_least(1), default=30, help="steps of each way, about")
    parser.add_argument("--tokens", type=at_least(2), default=2_000, help="tokens of a step")
    parser.add_argument("--corpus", type=Path, help="a prepared corpus; without it invented ads")
    parser.add_argument("--category", help="of the corpus; all by default")
    parser.add_argument(
        "--num-valid-ads", type=at_least(1), default=200, help="validation ads to be judged by"
    )


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Runs each way in a process of its own."""
    given = in_own_process(choose_ads, options).result
    runs: dict[str, dict[str, float]] = {}
    for name, work in WAYS.items():
        if name in given.skipped:
            log(f"{name} is skipped: {given.skipped[name]}")
            continue
        runs[name] = in_own_process(work, given).as_dict()
        log(f"{name}: {runs[name]}")
    return {
        "runs": runs,
        "ratios": {
            f"{ours} / {plain}": {
                "speed": ratio(runs[ours]["tokens_per_second"], runs[plain]["tokens_per_second"]),
                "bits_per_char": ratio(runs[ours]["bits_per_char"], runs[plain]["bits_per_char"]),
            }
            for ours, plain in COMPARED
            if {ours, plain} <= set(runs)
        },
        "skipped": given.skipped,
        "base": Path(options.base).name,
        "tokens": options.tokens,
        "num_train_ads": len(given.train),
        "num_valid_ads": len(given.valid),
    }


def choose_ads(options: argparse.Namespace) -> Given:
    """Chooses training ads that fill about so many steps, and validation ads."""
    from adgen.gpt.loading import load_causal_lm
    from adgen.gpt.tokens import GPTTokenizer

    model, inner = load_causal_lm(options.base, device="cpu")
    tokenizer = GPTTokenizer(inner)
    ads = _ads(options)
    train, valid = ([ad for ad, own in ads if own == split] for split in ("train", "valid"))
    chosen: list[str] = []
    num_tokens = 0
    for ad in train:
        num_tokens += len(tokenizer.encode(ad)) + 2  # its start and end
        if chosen and num_tokens > options.steps * options.tokens:
            break
        chosen.append(ad)
    valid = valid[: options.num_valid_ads]
    return Given(options.base, chosen, valid, options.tokens, _skipped(model.config.model_type))


def _skipped(architecture: str) -> dict[str, str]:
    """Says which ways cannot be gone here, and why."""
    from adgen.gpt.training.int8 import check_int8

    try:
        check_int8(architecture)
    except ValueError as error:
        return {"adgen, LoRA, int8": str(error)}
    return {}


def _ads(options: argparse.Namespace) -> list[tuple[str, str]]:
    """Returns texts and splits of more ads than are needed, in random order."""
    from adgen.corpus import load_corpus, split_ads
    from adgen.corpus.sample import make_sample_ads

    # An ad has five tokens at least, and a twentieth of all ads are for validation.
    num_ads = options.steps * options.tokens // 5 + 40 * options.num_valid_ads
    if options.corpus is None:
        frame = split_ads(make_sample_ads(num_ads, seed=1), test=0.0)
    else:
        frame = load_corpus(
            options.corpus,
            categories=options.category,
            splits=("train", "valid"),
            max_ads=num_ads,
        )
    frame = frame.sample(frac=1.0, random_state=0)
    return list(zip(frame["ad"], frame["split"], strict=True))


def train_plainly(given: Given) -> dict[str, float]:
    """Trains all weights in float32 with the Trainer, the model as it is."""
    from adgen.gpt.loading import load_causal_lm

    model, inner = load_causal_lm(given.base, device="cpu")
    seconds = _train(model, inner, given, learning_rate=_ALL_WEIGHTS_RATE, bf16=False)
    return _figures(model, inner, given, seconds)


def train_with_peft(given: Given) -> dict[str, float]:
    """Trains LoRA matrices of PEFT in bfloat16 with the Trainer."""
    from peft import LoraConfig, get_peft_model

    from adgen.gpt.loading import load_causal_lm
    from adgen.gpt.training.lora import merge_lora

    model, inner = load_causal_lm(given.base, device="cpu")
    lora = LoraConfig(
        r=_RANK, lora_alpha=_ALPHA, target_modules="all-linear", task_type="CAUSAL_LM"
    )
    trained = get_peft_model(model, lora)
    seconds = _train(trained, inner, given, learning_rate=_LORA_RATE, bf16=True)
    return _figures(merge_lora(trained), inner, given, seconds)


def _train(
    model: Any,
    inner: PreTrainedTokenizerFast,
    given: Given,
    *,
    learning_rate: float,
    bf16: bool,
) -> tuple[float, int]:
    """Trains on adgen's batches with the Trainer's own loss; returns seconds and steps."""
    from transformers import Trainer, TrainingArguments

    batches = _batches(inner, given)
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(
            model=model,
            args=TrainingArguments(
                output_dir=folder,
                per_device_train_batch_size=1,  # an item of the data set is a batch
                num_train_epochs=1,
                learning_rate=learning_rate,
                lr_scheduler_type="cosine",
                bf16=bf16,
                use_cpu=True,
                save_strategy="no",
                report_to="none",
                remove_unused_columns=False,
                disable_tqdm=True,
                data_seed=0,
                seed=0,
            ),
            train_dataset=batches,
            data_collator=itemgetter(0),  # the only item is a whole batch already
        )
        started = time.perf_counter()
        trainer.train()
        return time.perf_counter() - started, int(trainer.state.global_step)


def _batches(inner: PreTrainedTokenizerFast, given: Given) -> Any:
    """Puts the training ads into the batches that adgen trains on."""
    from adgen.gpt.tokens import GPTTokenizer
    from adgen.gpt.training.rows import AdBatches

    return AdBatches(
        given.train, GPTTokenizer(inner), batch_tokens=given.tokens, max_tokens=_MAX_TOKENS
    )


def train_all_weights(given: Given) -> dict[str, float]:
    """Trains all weights with adgen."""
    return _finetune(given, FinetuneConfig(given.base, learning_rate=_ALL_WEIGHTS_RATE))


def train_lora(given: Given) -> dict[str, float]:
    """Trains LoRA matrices with adgen."""
    return _finetune(given, _LORA)


def train_lora_in_int8(given: Given) -> dict[str, float]:
    """Trains LoRA matrices with adgen, frozen weights in 8 bits."""
    return _finetune(given, replace(_LORA, precision="int8"))


def _finetune(given: Given, config: FinetuneConfig) -> dict[str, float]:
    """Trains with adgen, on the same batches."""
    import pandas as pd

    from adgen.gpt.loading import load_causal_lm
    from adgen.gpt.tokens import GPTTokenizer
    from adgen.gpt.training.finetune import finetune

    model, inner = load_causal_lm(given.base, device="cpu")
    # The check at the end reads one ad; the others are read afterwards, as for the plain ways.
    ads = pd.DataFrame(
        {
            "ad": [*given.train, given.valid[0]],
            "split": ["train"] * len(given.train) + ["valid"],
            "category": "all",
        }
    )
    config = replace(
        config,
        batch_tokens=given.tokens,
        max_tokens=_MAX_TOKENS,
        warmup_share=0.0,
        weight_decay=0.0,
        checks=1,
    )
    with tempfile.TemporaryDirectory() as folder:
        found = finetune(
            model, GPTTokenizer(inner), ads, config, checkpoint_dir=Path(folder) / "checkpoint"
        )
    return _figures(found.model, inner, given, (found.history[-1]["seconds"], found.num_steps))


def _figures(
    model: PreTrainedModel,
    inner: PreTrainedTokenizerFast,
    given: Given,
    taken: tuple[float, int],
) -> dict[str, float]:
    """Returns the speed of a training that took these seconds and steps, and what it learned."""
    from adgen.generation.scorers import score_ads

    seconds, num_steps = taken
    bits = score_ads(model.eval(), inner, given.valid, template="ads")["bits_per_char"]
    return {
        "tokens_per_second": _batches(inner, given).num_targets / seconds,
        "seconds_per_step": seconds / num_steps,
        "num_steps": num_steps,
        "bits_per_char": math.nan if bits is None else bits,
    }


_LORA = FinetuneConfig("", lora_rank=_RANK, lora_alpha=_ALPHA, learning_rate=_LORA_RATE)
WAYS: Mapping[str, Callable[[Given], dict[str, float]]] = {
    "Trainer, all weights, float32": train_plainly,
    "PEFT, LoRA, bfloat16": train_with_peft,
    "adgen, all weights": train_all_weights,
    "adgen, LoRA": train_lora,
    "adgen, LoRA, int8": train_lora_in_int8,
}
# What is divided by what.
COMPARED = (
    ("adgen, all weights", "Trainer, all weights, float32"),
    ("adgen, LoRA", "PEFT, LoRA, bfloat16"),
    ("adgen, LoRA, int8", "PEFT, LoRA, bfloat16"),
    ("adgen, LoRA, int8", "adgen, LoRA"),
)


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns the rows of the README's table."""
    rows = [
        (
            name,
            f"{run['tokens_per_second']:,.0f} tokens/s, {run['seconds_per_step']:.2f} s a step, "
            f"{run['bits_per_char']:.3f} bits/char after {run['num_steps']} steps, "
            f"{megabytes(run['peak_memory_bytes'])}",
        )
        for name, run in results["runs"].items()
    ]
    rows += [
        (
            name,
            f"{found['speed']:.2f} times the tokens a second, "
            f"{found['bits_per_char']:.3f} times the bits/char",
        )
        for name, found in results["ratios"].items()
    ]
    rows += [(name, f"skipped: {reason}") for name, reason in results["skipped"].items()]
    return rows


def show(results: Mapping[str, Any]) -> None:
    """Prints the rows."""
    print(text_table([("", "measured"), *record_rows(results)]))
    print(hardware_line(results))


if __name__ == "__main__":
    main()
