"""`adgen finetune`: a causal language model on ads."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from adgen.cli.options import (
    add_ads,
    add_ads_options,
    add_output,
    add_record,
    ads_source,
    record_path,
)
from adgen.cli.settings import add_settings, given, help_of, refuse_unused
from adgen.support.fields import texts_of

if TYPE_CHECKING:
    from adgen.records.trained import FinetuningRecord
    from adgen.runs.finetune import GPTPlan

HELP = "Fine-tune a causal language model on ads."
USAGE = "ADS --base MODEL [options]"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    from adgen.gpt.training.settings import FinetuneConfig

    add_run_options(parser, default_output="runs/finetuned")
    parser.add_argument(
        "--base", required=True, metavar="MODEL", help=help_of(texts_of(FinetuneConfig)["base"])
    )
    parser.add_argument(
        "--revision",
        metavar="COMMIT",
        help="a commit on the Hub (default: the one that adgen pins, of GPT-2 and GPT-Neo; else "
        "the newest)",
    )
    parser.add_argument(
        "--export-bin", action="store_true", help="write pytorch_model.bin too, the file of 2022"
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="predict the memory and choose settings that fit, no more",
    )
    add_settings(parser, "training", FinetuneConfig, leave_out=("base", "revision"))


def add_run_options(parser: argparse.ArgumentParser, *, default_output: str) -> None:
    """Adds what `finetune` and `pretrain` share: the ads, and where results go."""
    add_ads(parser, old="--data")
    add_output(parser, default=default_output)
    parser.add_argument("--name", help="name of model and record (default: the output folder's)")
    add_record(parser)
    parser.add_argument(
        "--restart",
        action="store_true",
        help="ignore the checkpoints of an unfinished run and begin anew",
    )
    add_ads_options(parser, max_ads="most training ads")


def run(args: argparse.Namespace) -> int:
    """Fine-tunes a model; writes its folder and record; prints its figures."""
    from adgen.gpt.training.settings import FinetuneConfig
    from adgen.runs.finetune import plan_memory, run_finetuning

    changes = given(args, FinetuneConfig)
    config = FinetuneConfig(**changes)
    has_lora = bool(config.lora_rank), "--lora-rank 1 or more"
    is_trainer = config.engine == "trainer", "--engine trainer"
    of_trainer = ("rows", "schedule", "warmup_share", "gradient_checkpointing")
    refuse_unused(
        changes,
        {"lora_alpha": has_lora, "lora_dropout": has_lora} | dict.fromkeys(of_trainer, is_trainer),
    )
    if args.revision is not None and Path(args.base).is_dir():
        raise ValueError(
            f"--revision is for models on the Hub; {args.base} is a folder. Leave it out."
        )
    if args.dry_run:
        print(plan_memory(config)[1])
        return 0
    print_figures(run_finetuning(config, plan_of(args), restart=args.restart), args)
    return 0


def plan_of(args: argparse.Namespace) -> GPTPlan:
    """Returns what a run is called, and where it reads and writes."""
    from adgen.records.record import command_line
    from adgen.runs.finetune import GPTPlan
    from adgen.support.files import resolved

    output_dir = Path(args.output)
    return GPTPlan(
        name=args.name or resolved(output_dir).name,
        source=ads_source(args),
        output_dir=output_dir,
        command=command_line(args.words),
        record_path=record_path(args),
        export_bin=getattr(args, "export_bin", False),
    )


def print_figures(record: FinetuningRecord | None, args: argparse.Namespace) -> None:
    """Prints a run's figures.

    Of a distributed run, only the first process has a record; the others print nothing.
    """
    from adgen.records.tables import text_table

    if record is None:
        return
    names = ("num_ads", "bits_per_char", "word_accuracy", "word_top_5_accuracy")
    rows = [
        (
            split,
            *("–" if (value := figures.get(name)) is None else f"{value:,.4g}" for name in names),
        )
        for split, figures in record.figures.items()
    ]
    print(text_table([("split", "ads", "bits/char", "next word right", "in first five"), *rows]))
    print(f"\nModel folder: {args.output}")
