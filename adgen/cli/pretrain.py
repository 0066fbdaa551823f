"""`adgen pretrain`: a small GPT on ads from scratch."""

from __future__ import annotations

import argparse
from typing import Any

from adgen.cli.finetune import add_run_options, plan_of, print_figures
from adgen.cli.settings import add_settings, given, refuse_unused

HELP = "Train a small GPT on ads from scratch, its tokenizer too."
USAGE = "ADS [options]"
# What a new model is trained with otherwise than `FinetuneConfig` says.
_DEFAULTS: dict[str, Any] = {"rows": "categories", "learning_rate": 1e-3}
_OF_BASES = ("base", "revision", "engine", "lora_rank", "lora_alpha", "lora_dropout")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    from adgen.gpt.training.new_model import NewModel
    from adgen.gpt.training.settings import FinetuneConfig

    add_run_options(parser, default_output="runs/pretrained")
    add_settings(parser, "the model", NewModel)
    add_settings(parser, "training", FinetuneConfig, leave_out=_OF_BASES, defaults=_DEFAULTS)


def run(args: argparse.Namespace) -> int:
    """Trains a model from scratch; writes its folder and record; prints its figures."""
    from adgen.gpt.training.new_model import NewModel
    from adgen.gpt.training.settings import SCRATCH, FinetuneConfig
    from adgen.runs.finetune import run_pretraining

    changes = given(args, NewModel)
    shape = NewModel(**changes)
    is_local = shape.architecture == "gpt-neo", "--architecture gpt-neo"
    refuse_unused(changes, {"local_window": is_local})
    config = FinetuneConfig(base=SCRATCH, **_DEFAULTS | given(args, FinetuneConfig))
    print_figures(run_pretraining(shape, config, plan_of(args), restart=args.restart), args)
    return 0
