"""Peak memory of one training step of the published models, all weights and LoRA.

The 2022 experiment could not fine-tune the larger ones. The models have the published shapes and
random weights: memory does not depend on their values. Every step runs in a process of its own;
what is predicted to need more than this machine has is not run.

    python benchmarks/gpt_memory.py --json
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from measure import at_least, hand_out, hardware_line, in_own_process, log, parse

from adgen.gpt.catalogue import PUBLISHED
from adgen.gpt.training.memory import Shape, available_bytes, predict_bytes
from adgen.gpt.training.settings import FinetuneConfig
from adgen.records.tables import text_table

# A realistic batch: 32 ads of 32 tokens.
_ROW_TOKENS = 32


class Run(TypedDict):
    """A step of one model; bytes and seconds are None where it was not run."""

    model: str
    lora_rank: int
    gradient_checkpointing: bool
    num_weights: int
    predicted_bytes: int
    peak_memory_bytes: int | None
    seconds: float | None


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments)
    figures = measure(options)
    hand_out("gpt_memory", figures, options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument(
        "--models", nargs="+", default=list(PUBLISHED), help="names of published models"
    )
    parser.add_argument(
        "--batch-tokens", type=at_least(_ROW_TOKENS), default=1024, help="tokens a step"
    )
    parser.add_argument("--lora-rank", type=at_least(1), default=16, help="rank of LoRA's matrices")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Measures one step of every model, all weights and LoRA."""
    runs = []
    for name in options.models:
        for rank, checkpointing in (
            (0, False),
            (options.lora_rank, False),
            (options.lora_rank, True),
        ):
            config = FinetuneConfig(
                name,
                batch_tokens=options.batch_tokens,
                max_tokens=_ROW_TOKENS,
                lora_rank=rank,
                gradient_checkpointing=checkpointing,
            )
            shape = Shape.of(PUBLISHED[name].config())
            predicted = predict_bytes(shape, config)["total"]
            room, _ = available_bytes()
            run: Run = {
                "model": name,
                "lora_rank": rank,
                "gradient_checkpointing": checkpointing,
                "num_weights": shape.num_weights,
                "predicted_bytes": predicted,
                "peak_memory_bytes": None,
                "seconds": None,
            }
            if predicted < 0.95 * room:
                outcome = in_own_process(step, name, config)
                run["peak_memory_bytes"] = outcome.peak_memory_bytes
                run["seconds"] = outcome.result["seconds"]
            peak = _gigabytes(run["peak_memory_bytes"])
            log(f"{_label(run)}: {peak}, predicted {_gigabytes(predicted)}")
            runs.append(run)
    return {"batch_tokens": options.batch_tokens, "runs": runs}


def step(name: str, config: FinetuneConfig) -> dict[str, float]:
    """Takes two steps of AdamW, the first makes its moments; returns seconds of the second."""
    import time

    import torch
    from transformers import AutoModelForCausalLM

    from adgen.gpt.training.lora import TrainedModel, add_lora
    from adgen.gpt.training.loss import use_blockwise_loss
    from adgen.gpt.training.memory import give_memory_back

    torch.manual_seed(0)
    plain = AutoModelForCausalLM.from_config(PUBLISHED[name].config(use_cache=False)).train()
    use_blockwise_loss(plain)
    if config.gradient_checkpointing:
        plain.gradient_checkpointing_enable()
        give_memory_back()
    model: TrainedModel = add_lora(plain, config) if config.lora_rank else plain
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=config.learning_rate)
    ids = torch.randint(0, 50_000, (config.batch_tokens // _ROW_TOKENS, _ROW_TOKENS))
    for _ in range(2):
        started = time.perf_counter()
        model(input_ids=ids, attention_mask=torch.ones_like(ids), labels=ids).loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, config.clip_norm)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        seconds = time.perf_counter() - started
    return {"seconds": seconds}


def _label(run: Run) -> str:
    """Says which model took the step, and how."""
    how = f"LoRA of rank {run['lora_rank']}" if run["lora_rank"] else "all weights"
    twice = ", activations twice" if run["gradient_checkpointing"] else ""
    return f"{run['model']}, {how}{twice}"


def _gigabytes(size: int | None) -> str:
    """Writes bytes for a table, in GB of a billion."""
    return "not run" if size is None else f"{size / 1e9:.1f} GB"


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns the rows of the README's table."""
    return [
        (
            _label(run),
            f"{_gigabytes(run['peak_memory_bytes'])} "
            f"(predicted {_gigabytes(run['predicted_bytes'])})",
        )
        for run in results["runs"]
    ]


def show(results: Mapping[str, Any]) -> None:
    """Prints the rows."""
    print(text_table([("one step", "peak memory"), *record_rows(results)]))
    print(hardware_line(results))


if __name__ == "__main__":
    main()
