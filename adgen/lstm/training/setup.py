"""A run's settings to Keras objects: model, objective, optimizer. It trains nothing."""

from __future__ import annotations

from typing import Any

import keras

from adgen.lstm.training.data import TrainingData
from adgen.lstm.training.devices import WholeBatchAdam
from adgen.lstm.training.models import build_model
from adgen.lstm.training.objectives import FullSoftmax, SampledSoftmax
from adgen.lstm.training.settings import TrainingConfig


def make_model(data: TrainingData, config: TrainingConfig) -> keras.Model:
    """Builds the language model with its first weights."""
    sizes = data.lstm_config
    policy = "mixed_bfloat16" if config.precision == "mixed_bfloat16" else "float32"
    model = build_model(sizes, input_dropout=config.input_dropout, policy=policy)
    if config.unigram_bias:
        model.get_layer("output").bias.assign(data.log_frequencies())
    return model


def make_objective(model: keras.Model, config: TrainingConfig) -> FullSoftmax | SampledSoftmax:
    """Builds what training minimises."""
    precision = "float32" if config.precision == "float32" else "bfloat16"
    if config.loss == "full":
        return FullSoftmax(model, precision=precision)
    return SampledSoftmax(
        model,
        num_frequent=config.num_frequent,
        num_negatives=config.num_negatives,
        seed=config.seed,
        precision=precision,
    )


def make_optimizer(config: TrainingConfig, *, num_steps: int) -> keras.optimizers.Optimizer:
    """Builds Adam with the run's step sizes over `num_steps`."""
    rate: Any = config.learning_rate
    if config.schedule == "cosine":
        decay_steps = max(num_steps - config.warmup_steps, 1)
        rate = keras.optimizers.schedules.CosineDecay(
            0.0 if config.warmup_steps else rate,
            decay_steps,
            warmup_target=rate if config.warmup_steps else None,
            warmup_steps=config.warmup_steps,
        )
    return WholeBatchAdam(rate, clip_norm=config.clip_norm)
