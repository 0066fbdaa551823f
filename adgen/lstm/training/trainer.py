"""Training a language model of ads: baseline of one epoch, validation, early stop, resume.

It takes ads with their splits and returns weights and what was measured; a run goes on from its
checkpoint, also within an epoch. It knows nothing of where the ads came from, nor of model
directories, records or pictures.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from adgen.corpus.source import Ads
from adgen.lstm.evaluation import evaluate_encoded
from adgen.lstm.training.checkpoints import (
    is_checkpoint,
    load_checkpoint,
    read_progress,
    save_checkpoint,
)
from adgen.lstm.training.data import TrainingData, prepare
from adgen.lstm.training.divergence import check_cost, check_figures, check_weights
from adgen.lstm.training.identity import run_identity
from adgen.lstm.training.learner import Learner, open_learner
from adgen.lstm.training.order import BatchOrder
from adgen.lstm.training.settings import TrainingConfig
from adgen.support.files import check_output_file
from adgen.support.finite import is_finite, of_diverged
from adgen.support.given import a_path, a_switch, an_object, kind_of
from adgen.support.interrupts import kept_interrupts
from adgen.tokens.encoded import EncodedAds

logger = logging.getLogger(__name__)


@dataclass
class Progress:
    """The progress of a run; JSON can hold it.

    Epochs are counted in fractions where they are checked more often.
    """

    run: str  # identity of settings and data
    checks: int = 0  # parts of epochs finished
    epoch: float = 0
    best_epoch: float = 0
    best_cross_entropy: float = float("inf")
    training_seconds: float = 0.0
    baseline: dict[str, Any] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)

    def check(self) -> None:
        """Raises where a field that was read from a file has another type.

        Raises:
            TypeError: One has.
        """
        kinds = {"run": str, "checks": int, "baseline": dict, "history": list}
        for name, value in asdict(self).items():
            if not isinstance(value, kinds.get(name, (int, float))):
                raise TypeError(f"{name} is {value!r:.40}")


@dataclass(frozen=True)
class TrainingResult:
    """The result of a run: final weights, and metrics by split of baseline and trained model.

    The baseline is the model after one epoch.
    """

    data: TrainingData
    weights: Mapping[str, np.ndarray]
    progress: Progress
    metrics: Mapping[str, Mapping[str, Any]]
    was_interrupted: bool = False
    other_memory_bytes: int = 0  # of processes beside this one


class Trainer:
    """One run: what learns, and progress, saved after every part of an epoch.

    Args:
        data: From `prepare`.
        config: The run's settings.
        checkpoint_path: The file the run lives in; it is resumed from when it is there.

    Raises:
        ValueError: The checkpoint is damaged or belongs to other settings or other ads.
    """

    def __init__(self, data: TrainingData, config: TrainingConfig, checkpoint_path: Path) -> None:
        self.data = data
        self.config = config
        self.checkpoint_path = checkpoint_path
        self.learner: Learner = open_learner(data, config)
        self.batches = BatchOrder(len(data.examples), config.batch_size, config.seed)
        self.progress = Progress(run=run_identity(data, config))
        self.best_weights: dict[str, np.ndarray] = {}
        if checkpoint_path.exists():
            self._resume()

    def _resume(self) -> None:
        """Goes on from the checkpoint.

        Raises:
            ValueError: It is damaged, of other settings or ads, or of a run that diverged.
        """
        try:
            progress = Progress(**read_progress(self.checkpoint_path))
            progress.check()
        except TypeError as error:
            raise ValueError(
                f"{self.checkpoint_path} holds no run ({error}). Delete it and train again."
            ) from None
        if progress.run != self.progress.run:
            raise ValueError(
                f"{self.checkpoint_path} is the checkpoint of a run with other settings or ads. "
                "Give those settings to go on with it, another output, or start over with "
                "--restart."
            )
        variables = self.learner.variables()
        self.best_weights, _ = load_checkpoint(self.checkpoint_path, variables)
        if not (is_finite(progress.history) and all(map(_holds_numbers, variables))):
            raise of_diverged(self.checkpoint_path)
        self.progress = progress
        logger.info("Resumed after epoch %g from %s", progress.epoch, self.checkpoint_path)

    def save(self) -> None:
        """Writes the checkpoint."""
        save_checkpoint(
            self.checkpoint_path,
            self.learner.variables(),
            weights=self.best_weights,
            progress=asdict(self.progress),
        )

    @property
    def is_finished(self) -> bool:
        """Tells whether the epochs are used up or validation has stopped improving."""
        patience = self.config.patience
        waited = self.progress.epoch - self.progress.best_epoch
        last_check = round(self.config.epochs * self.config.checks_per_epoch)
        return self.progress.checks >= last_check or (patience is not None and waited >= patience)

    def next_part(self) -> tuple[int, slice]:
        """Returns the next epoch, from 0, and which of its batches come before the next check."""
        epoch, part = divmod(self.progress.checks, self.config.checks_per_epoch)
        ends = [
            index * self.batches.batches_per_epoch // self.config.checks_per_epoch
            for index in (part, part + 1)
        ]
        return epoch, slice(*ends)

    def run_part(self, advance: Callable[[], None] = lambda: None) -> dict[str, Any]:
        """Trains up to the next check, scores, and keeps the weights if they are the best.

        Args:
            advance: Called after each step.

        Returns:
            The entry that the history has of it.

        Raises:
            DivergedError: The loss, a weight or a figure is no number, or nothing was learned.
        """
        started = time.perf_counter()
        cpu_started = self.learner.cpu_seconds()
        running = self.learner.learn(*self.next_part(), advance)
        seconds = time.perf_counter() - started
        cpu_seconds = self.learner.cpu_seconds() - cpu_started
        weights = self.learner.weights()
        checks = self.progress.checks + 1
        epoch = checks / self.config.checks_per_epoch
        check_weights(weights, epoch, self.config)
        entry: dict[str, Any] = {
            "epoch": int(epoch) if epoch.is_integer() else epoch,
            "seconds": round(seconds, 3),
            # Of all threads; what else ran on the machine is not in it.
            "cpu_seconds": round(cpu_seconds, 3),
            "running": dict(running),
            "train_sample": self._score(weights, self.data.curve_sample),
        }
        if self.data.check_valid is not None:
            entry["valid"] = self._score(weights, self.data.check_valid)
        check_figures(entry, epoch, self.config)
        sample = entry["train_sample"]["cross_entropy"]
        check_cost(sample, self.data.tokenizer.vocab_size, epoch, self.config)
        self._note(entry, weights)
        return entry

    def _note(self, entry: dict[str, Any], weights: dict[str, np.ndarray]) -> None:
        """Adds an entry to the history, and keeps the weights if they are the best so far."""
        progress = self.progress
        progress.checks += 1
        progress.epoch = entry["epoch"]
        progress.training_seconds += entry["seconds"]
        progress.history.append(entry)
        cross_entropy = entry["valid"]["cross_entropy"] if "valid" in entry else float("inf")
        if self.config.patience is None or cross_entropy < progress.best_cross_entropy:
            progress.best_cross_entropy = cross_entropy
            progress.best_epoch = progress.epoch
            self.best_weights = weights
        if progress.epoch == 1 and self.config.checks_per_epoch == 1:
            progress.baseline = self.evaluate(weights)

    def _score(self, weights: Mapping[str, np.ndarray], encoded: EncodedAds) -> dict[str, Any]:
        """Returns the figures that the history has of some ads."""
        with np.errstate(over="ignore", invalid="ignore"):  # a training that diverges has its error
            figures = evaluate_encoded(weights, self.data.lstm_config, encoded)
        return {
            name: figures[name]
            for name in ("cross_entropy", "accuracy", "top_5_accuracy", "bits_per_char")
        }

    def evaluate(self, weights: Mapping[str, np.ndarray]) -> dict[str, Any]:
        """Returns the metrics of every split that holds ads."""
        return {
            split: evaluate_encoded(weights, self.data.lstm_config, encoded)
            for split, encoded in self.data.encoded.items()
        }


def train(
    ads: Ads | pd.DataFrame | TrainingData,
    config: TrainingConfig,
    *,
    checkpoint_path: str | Path,
    restart: bool = False,
) -> TrainingResult:
    """Trains until the epochs are used up or validation stops improving.

    The checkpoint is written after every epoch, or `checks_per_epoch` times in it. A run that finds
    its own checkpoint goes on from it and ends with the weights of an uninterrupted run; the caller
    deletes the file when the result is safe. Ctrl-C ends the run after saving nothing new: the
    result holds the best weights so far.

    Args:
        ads: Columns `ad` and `split`, or what was prepared before.
        config: The run's settings.
        checkpoint_path: Where the run lives until it is finished.
        restart: Whether to ignore a checkpoint that is there.

    Returns:
        Weights, metrics and history.

    Raises:
        DivergedError: A loss, weight or figure is no number, or nothing was learned; the
            checkpoint is the last good one.
        ValueError: See `prepare` and `Trainer`; or what is at `checkpoint_path` is no checkpoint.
    """
    path = a_path("checkpoint_path", checkpoint_path)
    an_object("config", config, TrainingConfig)
    if not isinstance(ads, (Ads, pd.DataFrame, TrainingData)):
        raise ValueError(f"ads is {kind_of(ads)}; expected Ads, a frame or TrainingData.")
    check_output_file(path, "a checkpoint", is_ours=is_checkpoint)
    if a_switch("restart", restart):
        path.unlink(missing_ok=True)
    data = ads if isinstance(ads, TrainingData) else prepare(ads, config)
    trainer = Trainer(data, config, path)
    was_interrupted = False
    other_bytes = 0
    try:
        with kept_interrupts():
            _run(trainer)
        other_bytes = trainer.learner.other_memory_bytes()
    except KeyboardInterrupt:
        was_interrupted = True
    finally:
        weights = trainer.best_weights or trainer.learner.weights()
        trainer.learner.close()
    progress = trainer.progress
    check_weights(weights, progress.epoch, config)
    metrics: dict[str, Any] = {}
    if not was_interrupted:
        baseline = {"baseline": progress.baseline} if progress.baseline else {}
        metrics = baseline | {"trained": trainer.evaluate(weights)}
        check_figures(metrics, progress.epoch, config)
    return TrainingResult(data, weights, progress, metrics, was_interrupted, other_bytes)


def _run(trainer: Trainer) -> None:
    """Trains part after part of the epochs under one progress bar, which counts tokens."""
    batches_per_epoch = trainer.batches.batches_per_epoch
    config = trainer.config
    tokens_per_step = max(trainer.data.num_training_tokens // batches_per_epoch, 1)
    epoch, part = trainer.next_part()
    total = int(config.epochs * batches_per_epoch) * tokens_per_step
    done = (epoch * batches_per_epoch + part.start) * tokens_per_step
    with tqdm(total=total, initial=done, unit="tok", unit_scale=True, mininterval=0.5) as bar:
        while not trainer.is_finished:
            bar.set_description(f"Epoch {trainer.next_part()[0] + 1}/{config.epochs:g}")
            entry = trainer.run_part(partial(bar.update, tokens_per_step))
            trainer.save()
            if "valid" in entry:
                bar.set_postfix(_shown(entry["valid"]))


def _holds_numbers(variable: Any) -> bool:
    """Tells whether every number of a variable is finite."""
    array = np.asarray(variable)
    return array.dtype.kind != "f" or bool(np.isfinite(array).all())


def _shown(figures: Mapping[str, Any]) -> dict[str, str]:
    """Returns what the bar says of validation: bits per character, or else perplexity."""
    if figures["bits_per_char"] is not None:
        return {"valid_bits_per_char": f"{figures['bits_per_char']:.3f}"}
    return {"valid_perplexity": f"{np.exp(figures['cross_entropy']):,.1f}"}
