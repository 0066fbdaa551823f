"""Training a language model of ads: baseline of one epoch, validation, early stop, resume.

It takes ads with their splits and returns weights and what was measured; a run goes on from its
checkpoint, also within an epoch. It knows nothing of where the ads came from, nor of model
directories, records or pictures.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from adgen.corpus.source import Ads
from adgen.lstm.evaluation import evaluate_encoded
from adgen.lstm.training.batches import TextDataGenerator
from adgen.lstm.training.checkpoints import (
    is_checkpoint,
    load_checkpoint,
    read_progress,
    save_checkpoint,
)
from adgen.lstm.training.data import TrainingData, prepare
from adgen.lstm.training.devices import Devices
from adgen.lstm.training.divergence import StopAtNaN, check_cost, check_figures, check_weights
from adgen.lstm.training.models import model_weights
from adgen.lstm.training.settings import TrainingConfig
from adgen.lstm.training.setup import make_model, make_objective, make_optimizer, run_identity
from adgen.support.files import check_output_file
from adgen.support.finite import is_finite, of_diverged
from adgen.support.given import a_path, a_switch, an_object, kind_of
from adgen.support.interrupts import kept_interrupts, whole_steps
from adgen.tokens.encoded import EncodedAds

logger = logging.getLogger(__name__)

# With one worker tf.data tunes Keras's pipeline in a thread that sleeps twice as long each time,
# and `fit` waits for it to wake: an epoch of 15 seconds ended after 20.5.
NUM_WORKERS = 2


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


class Trainer:
    """One run: model, optimizer, batches and progress, saved after every part of an epoch.

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
        keras.utils.set_random_seed(config.seed)
        self.generator = TextDataGenerator(
            data.examples, batch_size=config.batch_size, seed=config.seed, workers=NUM_WORKERS
        )
        self.devices = Devices(config.num_devices)
        with self.devices.scope():
            self.model = make_model(data, config)
            self.objective = make_objective(self.model, config)
            num_steps = int(config.epochs * self.generator.batches_per_epoch)
            optimizer = make_optimizer(config, num_steps=num_steps)
            self.objective.compile(optimizer=optimizer)
            optimizer.build(self.objective.trainable_variables)
        self.progress = Progress(run=run_identity(data, config))
        self.best_weights: dict[str, np.ndarray] = {}
        if checkpoint_path.exists():
            self._resume()

    def _variables(self) -> list[Any]:
        """Returns every variable of objective and optimizer, in an order that stays."""
        return [*self.objective.variables, *self.objective.optimizer.variables]

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
        variables = self._variables()
        self.best_weights, _ = load_checkpoint(self.checkpoint_path, variables)
        if not (is_finite(progress.history) and all(map(_holds_numbers, variables))):
            raise of_diverged(self.checkpoint_path)
        self.progress = progress
        logger.info("Resumed after epoch %g from %s", progress.epoch, self.checkpoint_path)

    def save(self) -> None:
        """Writes the checkpoint."""
        save_checkpoint(
            self.checkpoint_path,
            self._variables(),
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
            index * self.generator.batches_per_epoch // self.config.checks_per_epoch
            for index in (part, part + 1)
        ]
        return epoch, slice(*ends)

    def run_part(self, callbacks: list[keras.callbacks.Callback]) -> dict[str, Any]:
        """Trains up to the next check, scores, and keeps the weights if they are the best.

        Args:
            callbacks: Keras's, for the progress bar.

        Returns:
            The entry that the history has of it.

        Raises:
            DivergedError: The loss, a weight or a figure is no number, or nothing was learned.
        """
        self.generator.start_epoch(*self.next_part())
        started = time.perf_counter()
        cpu_started = time.process_time()
        logs = self._fit(callbacks)
        seconds = time.perf_counter() - started
        cpu_seconds = time.process_time() - cpu_started
        weights = model_weights(self.model)
        checks = self.progress.checks + 1
        epoch = checks / self.config.checks_per_epoch
        check_weights(weights, epoch, self.config)
        entry: dict[str, Any] = {
            "epoch": int(epoch) if epoch.is_integer() else epoch,
            "seconds": round(seconds, 3),
            # Of all threads; what else ran on the machine is not in it.
            "cpu_seconds": round(cpu_seconds, 3),
            "running": {name: values[-1] for name, values in logs.items()},
            "train_sample": self._score(weights, self.data.curve_sample),
        }
        if self.data.check_valid is not None:
            entry["valid"] = self._score(weights, self.data.check_valid)
        check_figures(entry, epoch, self.config)
        sample = entry["train_sample"]["cross_entropy"]
        check_cost(sample, self.data.tokenizer.vocab_size, epoch, self.config)
        self._note(entry, weights)
        return entry

    def _fit(self, callbacks: list[keras.callbacks.Callback]) -> dict[str, list[float]]:
        """Trains on the generator's part of an epoch; returns the running figures."""
        if not len(self.generator):  # more checks than batches
            return {}
        # `fit` may tell the generator that an epoch has ended before it begins one; so the order is
        # set after that.
        set_order = keras.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs: self.generator.start_epoch(*self.next_part())
        )
        if self.config.pipeline == "keras":
            batches, callbacks = self.generator, [set_order, *callbacks]
        else:
            batches = self.generator.as_tf_dataset()
        callbacks = [*callbacks, StopAtNaN(self.config)]
        # JAX must be told of its devices again.
        with self.devices.scope(), whole_steps(self._stop) as was_asked:
            # `fit` forgets what it was asked before it begins.
            stop = keras.callbacks.LambdaCallback(
                on_train_begin=lambda logs: self._stop() if was_asked() else None
            )
            return self.objective.fit(
                batches, verbose=0, shuffle=False, callbacks=[*callbacks, stop]
            ).history

    def _stop(self) -> None:
        """Ends `fit` after the step that it is in."""
        self.objective.stop_training = True

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
    try:
        with kept_interrupts():
            _run(trainer)
    except KeyboardInterrupt:
        was_interrupted = True
    progress = trainer.progress
    weights = trainer.best_weights or model_weights(trainer.model)
    check_weights(weights, progress.epoch, config)
    metrics: dict[str, Any] = {}
    if not was_interrupted:
        baseline = {"baseline": progress.baseline} if progress.baseline else {}
        metrics = baseline | {"trained": trainer.evaluate(weights)}
        check_figures(metrics, progress.epoch, config)
    return TrainingResult(data, weights, progress, metrics, was_interrupted)


def _run(trainer: Trainer) -> None:
    """Trains part after part of the epochs under one progress bar, which counts tokens."""
    generator = trainer.generator
    config = trainer.config
    tokens_per_step = max(trainer.data.num_training_tokens // generator.batches_per_epoch, 1)
    epoch, part = trainer.next_part()
    total = int(config.epochs * generator.batches_per_epoch) * tokens_per_step
    done = (epoch * generator.batches_per_epoch + part.start) * tokens_per_step
    with tqdm(total=total, initial=done, unit="tok", unit_scale=True, mininterval=0.5) as bar:
        advance = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: bar.update(tokens_per_step)
        )
        while not trainer.is_finished:
            bar.set_description(f"Epoch {trainer.next_part()[0] + 1}/{config.epochs:g}")
            entry = trainer.run_part([advance])
            trainer.save()
            if "valid" in entry:
                bar.set_postfix(_shown(entry["valid"]))


def _holds_numbers(variable: Any) -> bool:
    """Tells whether every number of a Keras variable is finite."""
    array = np.asarray(variable)
    return array.dtype.kind != "f" or bool(np.isfinite(array).all())


def _shown(figures: Mapping[str, Any]) -> dict[str, str]:
    """Returns what the bar says of validation: bits per character, or else perplexity."""
    if figures["bits_per_char"] is not None:
        return {"valid_bits_per_char": f"{figures['bits_per_char']:.3f}"}
    return {"valid_perplexity": f"{np.exp(figures['cross_entropy']):,.1f}"}
