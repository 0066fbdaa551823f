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
from adgen.corpus.source import Ads
from adgen.generation.samples import SEED_PROMPTS, write_samples
from adgen.lstm.directory import save_model_directory
from adgen.lstm.training.settings import TrainingConfig
from adgen.records import current_commit, environment, write_record
from adgen.support.extras import needs_extra

if TYPE_CHECKING:
    from adgen.lstm.training.data import TrainingData
    from adgen.lstm.training.trainer import TrainingResult

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunPlan:
    """What a run is besides its settings.

    Attributes:
        name: Short name, the record's and the model's.
        corpus_name: Name of the corpus, for people, where the ads bring none.
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
    ads: Ads | pd.DataFrame | TrainingData, config: TrainingConfig, plan: RunPlan, *, restart: bool = False
) -> dict[str, Any]:
    """Train, save the model directory, write samples and the record.

    Args:
        ads: From `load_ads` or `load_training_data`; or a frame with the columns `ad` and `split`, of which the record
            then does not say how it was divided.
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
        from adgen.lstm.training.trainer import train
    started, commit = time.perf_counter(), current_commit()
    if isinstance(ads, pd.DataFrame):
        ads = Ads.of(ads, plan.corpus_name)
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
