"""Training a language model of ads: one-epoch baseline, validation, early stop, resume.

Takes ads with their splits and writes a model directory; returns what was measured. Knows nothing of where the
ads came from, and nothing of records or pictures.
"""

from __future__ import annotations

import hashlib
import json
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

from adgen.batches import TextDataGenerator
from adgen.checkpoints import load_checkpoint, read_progress, save_checkpoint
from adgen.evaluation import EncodedAds, evaluate_encoded
from adgen.models import build_model, model_weights
from adgen.objectives import FullSoftmax, SampledSoftmax
from adgen.training_config import TrainingConfig
from adgen.training_data import TrainingData, prepare

logger = logging.getLogger(__name__)

# With one worker tf.data tunes Keras's pipeline in a thread that sleeps twice as long each time, and `fit` waits for it
# to wake: an epoch of 15 seconds ended after 20.5.
NUM_WORKERS = 2


@dataclass
class Progress:
    """Where a run stands after an epoch; JSON can hold it."""

    run: str  # identity of settings and data
    epoch: int = 0  # epochs finished
    best_epoch: int = 0
    best_cross_entropy: float = float("inf")
    training_seconds: float = 0.0
    baseline: dict[str, Any] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class TrainingResult:
    """What a run gave: final weights, metrics by split of the one-epoch baseline and the trained model."""

    data: TrainingData
    weights: Mapping[str, np.ndarray]
    progress: Progress
    metrics: Mapping[str, Mapping[str, Any]]
    was_interrupted: bool = False


class Trainer:
    """One run: model, optimizer, batches and progress, saved after every epoch.

    Args:
        data: From `prepare`.
        config: The run's settings.
        checkpoint_path: The file the run lives in between epochs; it is resumed from when it is there.

    Raises:
        ValueError: The checkpoint is damaged or belongs to other settings or other ads.
    """

    def __init__(self, data: TrainingData, config: TrainingConfig, checkpoint_path: Path) -> None:
        self.data, self.config, self.checkpoint_path = data, config, checkpoint_path
        keras.utils.set_random_seed(config.seed)
        self.model = _build(data, config)
        self.objective = _objective(self.model, config)
        self.generator = TextDataGenerator(
            data.examples, batch_size=config.batch_size, seed=config.seed, workers=NUM_WORKERS
        )
        optimizer = _optimizer(config, num_steps=config.epochs * len(self.generator))
        self.objective.compile(optimizer=optimizer)
        optimizer.build(self.objective.trainable_variables)
        self.progress = Progress(run=_identity(data, config))
        self.best_weights: dict[str, np.ndarray] = {}
        if checkpoint_path.exists():
            self._resume()

    def _variables(self) -> list[Any]:
        return [*self.objective.variables, *self.objective.optimizer.variables]

    def _resume(self) -> None:
        try:
            progress = Progress(**read_progress(self.checkpoint_path))
        except TypeError as error:
            raise ValueError(
                f"{self.checkpoint_path} holds no run ({error}). Delete it and train again."
            ) from None
        if progress.run != self.progress.run:
            raise ValueError(
                f"{self.checkpoint_path} is the checkpoint of a run with other settings or ads. "
                "Give those settings to go on with it, another output, or start over with --restart."
            )
        self.best_weights, _ = load_checkpoint(self.checkpoint_path, self._variables())
        self.progress = progress
        logger.info("Resumed after epoch %d from %s", progress.epoch, self.checkpoint_path)

    def save(self) -> None:
        """Write the checkpoint."""
        save_checkpoint(
            self.checkpoint_path,
            self._variables(),
            weights=self.best_weights,
            progress=asdict(self.progress),
        )

    @property
    def is_finished(self) -> bool:
        """Whether the epochs are used up or validation has stopped improving."""
        patience = self.config.patience
        waited = self.progress.epoch - self.progress.best_epoch
        return self.progress.epoch >= self.config.epochs or (patience is not None and waited >= patience)

    def run_epoch(self, callbacks: list[keras.callbacks.Callback]) -> dict[str, Any]:
        """Train one epoch, score it, note it in the history and keep the weights if they are the best."""
        # `fit` may tell the generator that an epoch has ended before it begins one; so the order is set after that.
        set_order = keras.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs: self.generator.start_epoch(self.progress.epoch)
        )
        started = time.perf_counter()
        logs = self.objective.fit(
            self.generator, verbose=0, shuffle=False, callbacks=[set_order, *callbacks]
        ).history
        seconds = time.perf_counter() - started
        weights = model_weights(self.model)
        entry: dict[str, Any] = {"epoch": self.progress.epoch + 1, "seconds": round(seconds, 3)}
        entry["running"] = {name: values[-1] for name, values in logs.items()}
        entry["train_sample"] = self._score(weights, self.data.curve_sample)
        if "valid" in self.data.encoded:
            entry["valid"] = self._score(weights, self.data.encoded["valid"])
        self._note(entry, weights, seconds)
        return entry

    def _note(self, entry: dict[str, Any], weights: dict[str, np.ndarray], seconds: float) -> None:
        progress = self.progress
        progress.epoch += 1
        progress.training_seconds += seconds
        progress.history.append(entry)
        cross_entropy = entry["valid"]["cross_entropy"] if "valid" in entry else float("inf")
        if self.config.patience is None or cross_entropy < progress.best_cross_entropy:
            progress.best_cross_entropy, progress.best_epoch = cross_entropy, progress.epoch
            self.best_weights = weights
        if progress.epoch == 1:
            progress.baseline = self.evaluate(weights)

    def _score(self, weights: Mapping[str, np.ndarray], encoded: EncodedAds) -> dict[str, Any]:
        figures = evaluate_encoded(weights, self.data.lstm_config, encoded)
        return {
            name: figures[name] for name in ("cross_entropy", "accuracy", "top_5_accuracy", "bits_per_char")
        }

    def evaluate(self, weights: Mapping[str, np.ndarray]) -> dict[str, Any]:
        """Metrics by split."""
        return {
            split: evaluate_encoded(weights, self.data.lstm_config, encoded)
            for split, encoded in self.data.encoded.items()
        }


def train(
    ads: pd.DataFrame, config: TrainingConfig, *, checkpoint_path: str | Path, restart: bool = False
) -> TrainingResult:
    """Train until the epochs are used up or validation stops improving.

    The checkpoint is written after every epoch. A run that finds its own checkpoint goes on from it and ends with
    the weights of an uninterrupted run; the caller deletes the file when the result is safe. Ctrl-C ends the run
    after saving nothing new: the result holds the best weights so far.

    Args:
        ads: Columns `ad` and `split`.
        config: The run's settings.
        checkpoint_path: Where the run lives between epochs.
        restart: Whether to ignore a checkpoint that is there.

    Returns:
        Weights, metrics and history.

    Raises:
        ValueError: See `prepare` and `Trainer`.
    """
    path = Path(checkpoint_path)
    if restart:
        path.unlink(missing_ok=True)
    data = prepare(ads, config)
    trainer = Trainer(data, config, path)
    was_interrupted = False
    try:
        _run(trainer)
    except KeyboardInterrupt:
        was_interrupted = True
    progress = trainer.progress
    weights = trainer.best_weights or model_weights(trainer.model)
    metrics: dict[str, Any] = {}
    if not was_interrupted:
        metrics = {"baseline": progress.baseline, "trained": trainer.evaluate(weights)}
    return TrainingResult(data, weights, progress, metrics, was_interrupted)


def _run(trainer: Trainer) -> None:
    """Epochs under one progress bar."""
    steps = len(trainer.generator)
    total, done = trainer.config.epochs * steps, trainer.progress.epoch * steps
    with tqdm(total=total, initial=done, unit="step", desc="Training", mininterval=0.5) as bar:
        advance = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: bar.update(1))
        while not trainer.is_finished:
            bar.set_description(f"Epoch {trainer.progress.epoch + 1}/{trainer.config.epochs}")
            entry = trainer.run_epoch([advance])
            trainer.save()
            if "valid" in entry:
                bar.set_postfix(valid_perplexity=f"{np.exp(entry['valid']['cross_entropy']):,.1f}")


def _build(data: TrainingData, config: TrainingConfig) -> keras.Model:
    sizes = data.lstm_config
    model = build_model(sizes, input_dropout=config.input_dropout)
    if config.unigram_bias:
        counts = np.bincount(data.encoded["train"].token_ids, minlength=sizes.vocab_size) + 0.5
        model.get_layer("output").bias.assign(np.log(counts / counts.sum()).astype(np.float32))
    return model


def _objective(model: keras.Model, config: TrainingConfig) -> FullSoftmax | SampledSoftmax:
    if config.loss == "full":
        return FullSoftmax(model, precision=config.precision)
    return SampledSoftmax(
        model,
        num_frequent=config.num_frequent,
        num_negatives=config.num_negatives,
        seed=config.seed,
        precision=config.precision,
    )


def _optimizer(config: TrainingConfig, num_steps: int) -> keras.optimizers.Optimizer:
    rate: Any = config.learning_rate
    if config.schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(rate, num_steps)
    return keras.optimizers.Adam(rate, global_clipnorm=config.clip_norm)


def _identity(data: TrainingData, config: TrainingConfig) -> str:
    """Settings and data in 16 digits.

    The number of epochs is left out where no schedule depends on it: a run may be given more of them.
    """
    settings = asdict(config)
    if config.schedule == "constant":
        del settings["epochs"]
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    digest.update(data.tokenizer.fingerprint.encode())
    for split, encoded in data.encoded.items():
        digest.update(f"{split} {len(encoded.token_ids)} ".encode() + encoded.token_ids.tobytes())
    return digest.hexdigest()[:16]
