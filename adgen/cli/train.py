"""`adgen train`: an LSTM on ads."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adgen.cli.options import (
    OldSpelling,
    add_ads,
    add_ads_options,
    add_record,
    ads_source,
    quiet_tensorflow,
    record_path,
)
from adgen.cli.settings import add_settings, given, help_of, refuse_unused
from adgen.support.fields import texts_of

if TYPE_CHECKING:
    from adgen.corpus.source import AdSource
    from adgen.lstm.training.settings import TrainingConfig

HELP = "Train an LSTM on ads."
USAGE = "ADS [options]"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    from adgen.lstm.training.settings import PRESETS, TrainingConfig, preset, preset_name

    add_ads(parser, old="--corpus")
    parser.add_argument(
        "--output", metavar="DIR", help="model directory to write (default: runs/MODEL-PRESET)"
    )
    parser.add_argument("--name", help="name of model and record (default: the output folder's)")
    add_record(parser)
    parser.add_argument(
        "--restart",
        action="store_true",
        help="ignore the checkpoint of an unfinished run and begin anew",
    )
    presets = texts_of(preset, "Args")["name"].replace("None:", "default:")
    parser.add_argument("--preset", type=preset_name, choices=PRESETS, help=help_of(presets))
    parser.add_argument(
        "--recipe",
        dest="preset",
        type=preset_name,
        choices=PRESETS,
        action=OldSpelling,
        now="--preset",
    )
    add_ads_options(parser, max_ads="most training ads")
    add_settings(parser, "settings", TrainingConfig, default="the preset's", has_flags=False)


def run(args: argparse.Namespace) -> int:
    """Trains a model, writes its directory and record, prints its figures."""
    quiet_tensorflow()
    from adgen.lstm.training.data import load_training_data
    from adgen.records.cards import metrics_table
    from adgen.records.record import command_line
    from adgen.runs.train import RunPlan, run_training
    from adgen.support.files import resolved

    source = ads_source(args)
    config = _config(args, source)
    output_dir = Path(args.output or f"runs/{config.model}-{args.preset or 'default'}")
    plan = RunPlan(
        name=args.name or resolved(output_dir).name,
        corpus_name=resolved(source.path).name,
        output_dir=output_dir,
        record_path=record_path(args),
        command=command_line(args.words),
        ads_path=source.path,
    )
    plan.check(config.engine)  # before the ads are read
    data = load_training_data(source, config)
    record = run_training(data, config, plan, restart=args.restart)
    print(metrics_table(record.metrics))
    print(f"\nModel directory: {output_dir}")
    return 0


def _config(args: argparse.Namespace, source: AdSource) -> TrainingConfig:
    """Returns the settings: the preset's, and what the command line gives."""
    from adgen.lstm.training.settings import TrainingConfig, preset

    changes = given(args, TrainingConfig)
    model = changes.pop("model", None)
    if model is None and args.preset is None and source.is_corpus:
        model = "ad-lstm"
    config = preset(args.preset, model, **changes)
    # To `preset` None is no change; typed, it is a value.
    nothing: dict[str, Any] = {name: None for name, value in changes.items() if value is None}
    config = replace(config, **nothing)
    _refuse_unused(changes, config)
    return config


def _refuse_unused(names: Iterable[str], config: TrainingConfig) -> None:
    has_embedding = config.model != "lstm", "--model embedding-lstm and ad-lstm"
    is_sampled = config.loss == "sampled", "--loss sampled"
    refuse_unused(
        names,
        {
            "embedding_dim": has_embedding,
            "input_dropout": has_embedding,
            "num_frequent": is_sampled,
            "num_negatives": is_sampled,
            "min_count": (config.tokenizer == "word", "--tokenizer word"),
            "subword_vocab_size": (config.tokenizer == "subword", "--tokenizer subword"),
        },
    )
