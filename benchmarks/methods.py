"""The two ways to train that are compared: that of 2022, in our own plain form, and adgen's.

Both get the same windows and train the same architecture; each comes as a model and batches ready
for `fit`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import layers

from adgen.lstm.evaluation import STREAM_STEP
from adgen.lstm.training.batches import TextDataGenerator
from adgen.lstm.training.keras_learner import NUM_WORKERS
from adgen.lstm.training.models import build_model, model_weights
from adgen.lstm.training.objectives import SampledSoftmax
from adgen.lstm.training.settings import TrainingConfig
from adgen.tokens.examples import Examples, windows

# The experiment's sizes are adgen's defaults: LSTM 128, embedding 128, dropout 0.3, Adam 0.01.
SETTINGS = TrainingConfig(reads="stream", min_count=1)


class Method(NamedTuple):
    """A model to call `fit` on, its batches, and the language model that holds the weights."""

    trainer: keras.Model
    batches: keras.utils.PyDataset
    model: keras.Model


class SeedBatches(keras.utils.PyDataset):
    """Dense batches as in 2022: arrays of zeros that loops over rows and words fill with ones.

    Args:
        examples: Windows.
        vocab_size: Width of a one-hot row.
        batch_size: Windows in a batch.
        one_hot_contexts: Contexts as booleans (batch, sequence_length, vocab) instead of ids.
        seed: Seed of the order.
    """

    def __init__(
        self,
        examples: Examples,
        *,
        vocab_size: int,
        batch_size: int,
        one_hot_contexts: bool,
        seed: int,
    ) -> None:
        super().__init__()
        self.examples = examples
        self.vocab_size = vocab_size
        self.batch_size = batch_size
        self.one_hot_contexts = one_hot_contexts
        self.rng = np.random.default_rng(seed)
        self.order = self.rng.permutation(len(examples.targets))

    def __len__(self) -> int:
        """Returns the number of batches."""
        return -(-len(self.order) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns contexts and dense targets (batch, vocab)."""
        chosen = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        contexts, targets = self.examples.contexts[chosen], self.examples.targets[chosen]
        if not self.one_hot_contexts:
            # float32, as keras.utils.to_categorical gave in 2022; today's gives float64, twice the
            # memory.
            return contexts, self._dense_targets(targets, np.float32)
        # (batch, sequence_length, vocab)
        dense = np.zeros((*contexts.shape, self.vocab_size), bool)
        for row, context in enumerate(contexts):
            for position, token_id in enumerate(context):
                dense[row, position, token_id] = True
        return dense, self._dense_targets(targets, bool)

    def _dense_targets(self, targets: np.ndarray, dtype: type) -> np.ndarray:
        """Returns one-hot rows (batch, vocab), filled in a loop."""
        dense: np.ndarray = np.zeros((len(targets), self.vocab_size), dtype)
        for row, token_id in enumerate(targets):
            dense[row, token_id] = 1
        return dense

    def on_epoch_end(self) -> None:
        """Mixes the windows anew; Keras calls it."""
        self.rng.shuffle(self.order)


def make_method(
    variant: str, *, token_ids: np.ndarray, vocab_size: int, batch_size: int, seed: int
) -> Method:
    """Makes a variant, ready to train on the windows of a text.

    Args:
        variant: "seed_one_hot", "seed_embedding", "adgen_lstm", "adgen_embedding", or
            "adgen_bfloat16_embedding", the last one with products in bfloat16.
        token_ids: (num_tokens,) ids of running text.
        vocab_size: Number of ids.
        batch_size: Windows a step.
        seed: Seed of weights, dropout, order and draws.
    """
    keras.utils.set_random_seed(seed)
    embedding_dim = SETTINGS.embedding_dim if variant.endswith("embedding") else None
    options: dict[str, Any] = {
        "embedding_dim": embedding_dim,
        "batch_size": batch_size,
        "seed": seed,
    }
    if variant.startswith("seed"):
        return _seed_method(token_ids, vocab_size, **options)
    is_narrow = "bfloat16" in variant
    return _adgen_method(token_ids, vocab_size, is_narrow=is_narrow, **options)


def _seed_method(
    token_ids: np.ndarray, vocab_size: int, *, embedding_dim: int | None, batch_size: int, seed: int
) -> Method:
    """Makes the experiment's: plain Keras layers, dense targets, the whole softmax.

    It has the metrics that the experiment compiled.
    """
    if embedding_dim is None:
        model = keras.Sequential([keras.Input((SETTINGS.sequence_length, vocab_size))])
    else:
        model = keras.Sequential([layers.Embedding(vocab_size, embedding_dim)])
    model.add(layers.LSTM(SETTINGS.lstm_units))
    model.add(layers.Dropout(SETTINGS.dropout))
    model.add(layers.Dense(vocab_size, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.Adam(SETTINGS.learning_rate),
        loss="categorical_crossentropy",
        metrics=["categorical_accuracy", "top_k_categorical_accuracy"],  # k is 5
    )
    batches = SeedBatches(
        _windows(token_ids),
        vocab_size=vocab_size,
        batch_size=batch_size,
        one_hot_contexts=embedding_dim is None,
        seed=seed,
    )
    return Method(model, batches, model)


def _adgen_method(
    token_ids: np.ndarray,
    vocab_size: int,
    *,
    embedding_dim: int | None,
    batch_size: int,
    seed: int,
    is_narrow: bool,
) -> Method:
    """Makes adgen's: ids in and out, and the sampled softmax.

    The output bias is at first the log frequency of each token.
    """
    sizes = replace(SETTINGS.lstm_config(vocab_size), embedding_dim=embedding_dim)
    model = build_model(sizes, policy="mixed_bfloat16" if is_narrow else "float32")
    counts = np.bincount(token_ids, minlength=vocab_size) + 0.5
    model.get_layer("output").bias.assign(np.log(counts / counts.sum()).astype(np.float32))
    objective = SampledSoftmax(
        model,
        num_frequent=SETTINGS.num_frequent,
        num_negatives=SETTINGS.num_negatives,
        seed=seed,
        precision="bfloat16" if is_narrow else "float32",
    )
    objective.compile(optimizer=keras.optimizers.Adam(SETTINGS.learning_rate))
    batches = TextDataGenerator(
        _windows(token_ids), batch_size=batch_size, seed=seed, workers=NUM_WORKERS
    )
    return Method(objective, batches, model)


def _windows(token_ids: np.ndarray) -> Examples:
    """Returns the windows that both methods train on."""
    return windows(token_ids, sequence_length=SETTINGS.sequence_length, step=STREAM_STEP)


def named_weights(model: keras.Model) -> dict[str, np.ndarray]:
    """Returns a trained model's weights by the names of a model directory, for both methods."""
    if not isinstance(model, keras.Sequential):
        return model_weights(model)
    lstm = ("lstm.kernel", "lstm.recurrent_kernel", "lstm.bias")
    names = [*lstm, "output.kernel", "output.bias"]
    arrays = [array for layer in model.layers for array in layer.get_weights()]
    if len(arrays) > len(names):
        names = ["embedding", *names]
    return dict(zip(names, arrays, strict=True))
