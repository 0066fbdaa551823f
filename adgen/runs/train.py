"""Trainings of LSTMs: ads in, a model directory and a run record out, in that order.

`adgen train`, `adgen quickstart` and notebooks share it: it trains, saves, writes samples and the
record, and only then drops the checkpoint. How a model learns is `lstm.training`'s business.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from adgen.corpus.source import Ads
from adgen.generation.arguments import check_sample_prompts
from adgen.generation.samples import PROMPTS_OF_2022, write_samples
from adgen.lstm.directory import LSTM_FOLDER, save_model_directory
from adgen.lstm.training.checkpoints import is_checkpoint
from adgen.lstm.training.settings import TrainingConfig
from adgen.records.base import Check, Corpus, Figures, Selection, Split
from adgen.records.cards import model_card
from adgen.records.machine import current_commit, environment
from adgen.records.record import check_record_path, finish
from adgen.records.trained import TrainedModel, TrainingRecord, TrainingSettings
from adgen.support.extras import check_engine, needs_extra
from adgen.support.files import check_output_file
from adgen.support.folders import check_output_dir

if TYPE_CHECKING:
    from adgen.lstm.training.data import TrainingData
    from adgen.lstm.training.trainer import TrainingResult

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunPlan:
    """Says what a run is called, and where it writes.

    Attributes:
        name: Short name, the record's and the model's.
        corpus_name: Name of the corpus, for people, where the ads bring none.
        output_dir: The model directory to write.
        record_path: Where the run record goes; None writes none.
        command: The command line that runs it again.
        prompts: Prompts for the samples in the record.
        ads_path: Where the ads come from, if from files: the output may not touch it.
    """

    name: str
    corpus_name: str
    output_dir: Path
    record_path: Path | None
    command: str
    prompts: Sequence[str] = PROMPTS_OF_2022
    ads_path: Path | None = None

    @property
    def checkpoint_path(self) -> Path:
        """Returns the file beside the model directory that an unfinished run lives in."""
        return self.output_dir.with_name(self.output_dir.name + ".checkpoint")

    def check(self, engine: str = "keras") -> None:
        """Raises where the run would fail after the ads are read: places to write, and libraries.

        `run_training` calls it first; call it yourself before you read ads that take long.

        Args:
            engine: As of `TrainingConfig`.

        Raises:
            ValueError: A prompt is of an adult product, what is at one of the places is not
                adgen's, or they and the ads lie in each
                other.
            OSError: Nothing can be written there.
            ImportError: What the engine needs is not installed; the message names the extra.
        """
        check_sample_prompts(self.prompts)
        apart_from = {} if self.ads_path is None else {"the ads": self.ads_path}
        check_output_dir(self.output_dir, LSTM_FOLDER, apart_from=apart_from)
        check_output_file(self.checkpoint_path, "a checkpoint", is_ours=is_checkpoint)
        check_record_path(
            self.record_path,
            TrainingRecord,
            beside=(self.output_dir, LSTM_FOLDER),
            apart_from={"the checkpoint": self.checkpoint_path},
        )
        check_engine(engine)


class RunInterrupted(KeyboardInterrupt):
    """Ctrl-C ended a training; the message says what was saved and how to go on."""


def run_training(
    ads: Ads | pd.DataFrame | TrainingData,
    config: TrainingConfig,
    plan: RunPlan,
    *,
    restart: bool = False,
) -> TrainingRecord:
    """Trains, saves the model directory, writes samples and the record.

    Args:
        ads: From `load_ads` or `load_training_data`; or a frame with the columns `ad` and `split`,
            of which the record then does not say how it was divided.
        config: Settings.
        plan: Names and places.
        restart: Whether to ignore a checkpoint that is there.

    Returns:
        The run record.

    Raises:
        ImportError: What the engine needs is not installed; the message names the extra.
        ValueError: Bad settings, ads or checkpoint, or an output that may not be written, as
            `RunPlan.check` says.
        RunInterrupted: Ctrl-C; the model directory holds the best weights so far.
    """
    plan.check(config.engine)
    with needs_extra("Training"):
        from adgen.lstm.training.trainer import train
    started = time.perf_counter()
    commit = current_commit()
    if isinstance(ads, pd.DataFrame):
        ads = Ads.of(ads, plan.corpus_name)
    result = train(ads, config, checkpoint_path=plan.checkpoint_path, restart=restart)
    record = _record(config, plan, result, commit, time.perf_counter() - started)
    _save(result, record, plan)
    if result.was_interrupted:
        raise RunInterrupted(
            f"Interrupted after {result.progress.epoch:g} epochs. The best weights so far are in "
            f"{plan.output_dir}; run the same command again to go on."
        )
    samples = write_samples(plan.output_dir, plan.prompts, seed=config.seed)
    record = finish(replace(record, samples=samples), plan.record_path)
    plan.checkpoint_path.unlink(missing_ok=True)
    return record


def _record(
    config: TrainingConfig,
    plan: RunPlan,
    result: TrainingResult,
    commit: str | None,
    process_seconds: float,
) -> TrainingRecord:
    data, progress = result.data, result.progress
    model = TrainedModel(
        num_weights=sum(int(array.size) for array in result.weights.values()),
        vocab_size=data.tokenizer.vocab_size,
        tokenizer_fingerprint=data.tokenizer.fingerprint,
        num_training_tokens=data.num_training_tokens,
        num_examples=len(data.examples),
        steps_per_epoch=-(-len(data.examples) // config.batch_size),
        num_cut_ads=data.num_cut_ads,
    )
    names = ("categories", "excluded", "max_ads")
    is_part = any(name in data.origin for name in names)  # of CSVs taken whole nothing is said
    chosen = {name: data.origin.get(name) for name in names}
    around = environment(commit)
    if around.peak_memory_bytes is not None:
        of_all = around.peak_memory_bytes + result.other_memory_bytes
        around = replace(around, peak_memory_bytes=of_all)
    return TrainingRecord(
        name=plan.name,
        command=plan.command,
        environment=around,
        corpus=Corpus.from_dict(data.origin["corpus"]),
        split=Split.from_dict(data.origin["split"]),
        selection=Selection.from_dict(chosen) if is_part else None,
        config=TrainingSettings.from_dict(asdict(config)),
        seed=config.seed,
        model=model,
        epochs=progress.epoch,
        best_epoch=progress.best_epoch,
        metrics={
            stage: {split: Figures.from_dict(figures) for split, figures in splits.items()}
            for stage, splits in result.metrics.items()
        },
        history=[Check.from_dict(entry) for entry in progress.history],
        seconds={"training": progress.training_seconds, "this_process": process_seconds},
    )


def _save(result: TrainingResult, record: TrainingRecord, plan: RunPlan) -> None:
    data = result.data
    entries = record.as_dict()
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
        info={name: entries[name] for name in kept if name in entries}
        | {"was_interrupted": result.was_interrupted},
        spelling=data.spelling.to_dict() if data.spelling is not None else None,
        was_checked=True,
    )
