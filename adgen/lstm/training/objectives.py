"""The objectives of training, as Keras models that share a language model's layers.

`FullSoftmax` prices every target against the whole vocabulary and keeps the running accuracy as the
2022 experiment did; `SampledSoftmax` prices it against frequent words and a sample of the others.
Neither is saved: the language model is.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from adgen.lstm.training.devices import share_of_batch
from adgen.lstm.training.losses import full_cross_entropy, sampled_cross_entropy
from adgen.tokens.base import PAD_ID

Tensor = Any


class _Objective(keras.Model):
    """States in, loss out; subclasses say how a target is priced."""

    def __init__(self, model: keras.Model) -> None:
        super().__init__()
        self.body = keras.Model(model.input, model.get_layer("dropout").output)
        self.softmax = model.get_layer("output")
        # Or Keras's JAX trainer takes batches to build it from, and then trains on them twice.
        self.built = True

    def call(self, token_ids: Tensor, training: bool = False) -> Tensor:
        """Returns the states that the softmax would turn into probabilities."""
        return self.body(token_ids, training=training)

    def compute_loss(
        self,
        x: Tensor = None,
        y: Tensor = None,
        y_pred: Tensor = None,
        sample_weight: Tensor = None,
        training: bool = True,
    ) -> Tensor:
        """Returns the mean nats a target; in packed rows `<pad>` is none.

        Of several devices each gives its part of the mean.

        Args:
            x: Not used, as `sample_weight` and `training`.
            y: (batch,) targets of windows, or (batch, time) of packed rows.
            y_pred: (batch, units) or (batch, time, units) states.
            sample_weight: See `x`.
            training: See `x`.
        """
        # 1. One row a target, (n, units) and (n,), whatever they lay in.
        states = ops.cast(ops.reshape(y_pred, (-1, y_pred.shape[-1])), "float32")
        targets = ops.reshape(ops.cast(y, "int32"), (-1,))
        # 2. Padding weighs nothing; windows have none.
        weights = ops.cast(ops.not_equal(targets, PAD_ID), "float32") if len(y.shape) > 1 else None
        # 3. A device's mean counts as much as the targets it has.
        amount = ops.shape(targets)[0] if weights is None else ops.sum(weights)
        return self.price(states, targets, weights) * share_of_batch(ops.cast(amount, "float32"))

    def price(self, states: Tensor, targets: Tensor, weights: Tensor | None) -> Tensor:
        """Returns the weighted mean of -ln p(target), a scalar.

        Args:
            states: (n, units) float32.
            targets: (n,) int32.
            weights: (n,) float32; None weighs all alike.
        """
        raise NotImplementedError


class FullSoftmax(_Objective):
    """Cross-entropy over the whole vocabulary, with running accuracy and top-5 accuracy.

    Running figures are those of 2022: averages over an epoch's batches while the weights move and
    with dropout on. Every id is a word here, `<unk>` too, and a token with the target's own logit
    does not push it down a rank.

    Args:
        model: From `build_lstm`.
        precision: "float32" or "bfloat16", of the softmax's matrix products.
    """

    def __init__(self, model: keras.Model, *, precision: str = "float32") -> None:
        super().__init__(model)
        self.precision = precision
        self.accuracy = keras.metrics.Mean("accuracy")
        self.top_5_accuracy = keras.metrics.Mean("top_5_accuracy")

    def price(self, states: Tensor, targets: Tensor, weights: Tensor | None) -> Tensor:
        """Returns the weighted mean of -ln p(target), and updates the running metrics."""
        mean, rank = full_cross_entropy(
            states,
            self.softmax.kernel,
            self.softmax.bias,
            targets,
            weights=weights,
            precision=self.precision,
        )
        self.accuracy.update_state(ops.cast(rank < 1, "float32"), sample_weight=weights)
        self.top_5_accuracy.update_state(ops.cast(rank < 5, "float32"), sample_weight=weights)
        return mean


class SampledSoftmax(_Objective):
    """Cross-entropy over the frequent words and a sample of the others, drawn anew each step.

    Args:
        model: From `build_lstm`.
        num_frequent: The most frequent ids, always in the softmax's sum.
        num_negatives: Ids of the tail drawn each step.
        seed: Seed of the draws.
        precision: As of `FullSoftmax`.
    """

    def __init__(
        self,
        model: keras.Model,
        *,
        num_frequent: int,
        num_negatives: int,
        seed: int = 0,
        precision: str = "float32",
    ) -> None:
        super().__init__(model)
        self.num_frequent = num_frequent
        self.num_negatives = num_negatives
        self.precision = precision
        self.seed_generator = keras.random.SeedGenerator(seed)

    def price(self, states: Tensor, targets: Tensor, weights: Tensor | None) -> Tensor:
        """Returns the weighted mean of -ln p(target), with negatives of its own."""
        uniforms = keras.random.uniform((self.num_negatives,), seed=self.seed_generator)
        return sampled_cross_entropy(
            states,
            self.softmax.kernel,
            self.softmax.bias,
            targets,
            uniforms=uniforms,
            num_frequent=self.num_frequent,
            weights=weights,
            precision=self.precision,
        )
