"""A training run from a table of ads to a model directory and a run record, in that order.

What `adgen train`, `adgen quickstart` and a notebook have in common: train, save, write samples, write the record,
and only then drop the checkpoint.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from adgen.cards import model_card
from adgen.extras import needs_extra
from adgen.generation import AdGenerator
from adgen.model_directory import save_model_directory
from adgen.records import current_commit, environment, write_record
from adgen.training_config import TrainingConfig

if TYPE_CHECKING:
    from adgen.training import TrainingResult
    from adgen.training_data import TrainingData

logger = logging.getLogger(__name__)

# The 2022 experiment's prompts, the last two out of its domain.
SEED_PROMPTS = (
    "Apple Watch",
    "Sony TV",
    "Sony Playstation",
    "AmazonBasics",
    "Samsung Galaxy",
    "Best deals on Samsung",
    "Last minute Christmas deals on Sony TV",
    "Last minute Memorial Day deals on Samsung headphones",
    "Mothers Day discounts for Apple watch",
    "Holiday specials on",
    "Tesla for Christmas",
    "Honda on sale",
)


@dataclass(frozen=True)
class RunPlan:
    """What a run is besides its settings.

    Attributes:
        name: Short name, the record's and the model's.
        corpus_name: Name of the corpus, for people.
        output_dir: The model directory to write.
        record_path: Where the run record goes; None writes none.
        command: The command line that runs it again.
        prompts: Prompts for the samples in the record.
    """

    name: str
    corpus_name: str
    output_dir: Path
    record_path: Path | None
    command: str
    prompts: Sequence[str] = SEED_PROMPTS

    @property
    def checkpoint_path(self) -> Path:
        """The file beside the model directory that an unfinished run lives in."""
        return self.output_dir.with_name(self.output_dir.name + ".checkpoint")


class RunInterrupted(KeyboardInterrupt):
    """Ctrl-C ended a training; the message says what was saved and how to go on."""


def run_training(
    ads: pd.DataFrame | TrainingData, config: TrainingConfig, plan: RunPlan, *, restart: bool = False
) -> dict[str, Any]:
    """Train, save the model directory, write samples and the record.

    Args:
        ads: Columns `ad` and `split`; `attrs["split"]` says how it was split. Or a corpus from `load_tokens`.
        config: Settings.
        plan: Names and places.
        restart: Whether to ignore a checkpoint that is there.

    Returns:
        The run record.

    Raises:
        ImportError: Keras is not installed; the message names the extra.
        ValueError: Bad settings, ads or checkpoint.
        RunInterrupted: Ctrl-C; the model directory holds the best weights so far.
    """
    with needs_extra("Training"):
        from adgen.training import train
    started, commit = time.perf_counter(), current_commit()
    if isinstance(ads, pd.DataFrame):
        ads.attrs["name"] = plan.corpus_name
    result = train(ads, config, checkpoint_path=plan.checkpoint_path, restart=restart)
    record = _record(config, plan, result, commit)
    record["seconds"] = {
        "training": result.progress.training_seconds,
        "this_process": time.perf_counter() - started,
    }
    _save(result, record, plan)
    if result.was_interrupted:
        raise RunInterrupted(
            f"Interrupted after {result.progress.epoch:g} epochs. The best weights so far are in "
            f"{plan.output_dir}; run the same command again to go on."
        )
    record["samples"] = write_samples(plan.output_dir, plan.prompts, seed=config.seed)
    if plan.record_path is not None:
        write_record(plan.record_path, record)
    plan.checkpoint_path.unlink(missing_ok=True)
    return record


def _record(
    config: TrainingConfig, plan: RunPlan, result: TrainingResult, commit: str | None
) -> dict[str, Any]:
    data = result.data
    num_weights = sum(int(array.size) for array in result.weights.values())
    return {
        "kind": "training",
        "name": plan.name,
        "command": plan.command,
        **environment(commit),
        **data.origin,
        "config": asdict(config),
        "seed": config.seed,
        "model": {
            "num_weights": num_weights,
            "vocab_size": data.tokenizer.vocab_size,
            "tokenizer_fingerprint": data.tokenizer.fingerprint,
            "num_training_tokens": data.num_training_tokens,
            "num_examples": len(data.examples),
            "steps_per_epoch": -(-len(data.examples) // config.batch_size),
        },
        "epochs": result.progress.epoch,
        "best_epoch": result.progress.best_epoch,
        "metrics": result.metrics,
        "history": result.progress.history,
    }


def _save(result: TrainingResult, record: Mapping[str, Any], plan: RunPlan) -> None:
    data = result.data
    kept = (
        "name",
        "created",
        "commit",
        "corpus",
        "split",
        "categories",
        "excluded",
        "max_ads",
        "seed",
        "config",
        "epochs",
        "best_epoch",
        "metrics",
    )
    save_model_directory(
        plan.output_dir,
        config=data.lstm_config,
        weights=result.weights,
        tokenizer=data.tokenizer,
        card=model_card(record),
        info={name: record[name] for name in kept if name in record}
        | {"was_interrupted": result.was_interrupted},
        spelling=data.spelling.to_dict() if data.spelling is not None else None,
    )


def write_samples(
    model_dir: Path, prompts: Sequence[str], *, num_ads: int = 2, seed: int = 0
) -> list[dict[str, Any]]:
    """Ads of a model directory for each prompt, as they come: nothing is picked or left out."""
    generator = AdGenerator.from_pretrained(model_dir)
    written = generator.generate(list(prompts), num_ads=num_ads, seed=seed)
    return [
        {"prompt": prompt, "ads": [ad.text for ad in ads]}
        for prompt, ads in zip(prompts, written, strict=True)
    ]
