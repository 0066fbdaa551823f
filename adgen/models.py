"""The LSTM models as uncompiled Keras models from token ids to next-token probabilities.

The architecture is the 2022 experiment's, LSTM -> dropout -> softmax, with or without an embedding layer. The
module knows ids and weights, no text and no training.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import keras
import numpy as np
from keras import layers, ops

from adgen.losses import gather_rows
from adgen.lstm_config import Reads

Tensor = Any


def _unit_forget_bias(shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
    """Ones for the forget gate, zeros for the others (Jozefowicz et al. 2015), as in keras.layers.LSTM."""
    units = shape[0] // 4
    return ops.convert_to_tensor(np.repeat([0.0, 1.0, 0.0, 0.0], units), dtype=dtype)


@keras.saving.register_keras_serializable("adgen")
class TokenLSTM(layers.Layer):
    """An LSTM on one-hot tokens that never builds the one-hot tensor.

    A one-hot row times the kernel is a row of the kernel, so the layer takes ids and gathers rows. Weights, gate
    order (i, f, c, o) and initialisers are those of `keras.layers.LSTM` on (batch, time, vocab) one-hot input.
    `<pad>` (id 0) leaves the state as it is when `mask_padding` is set.

    Args:
        units: State size.
        vocab_size: Number of ids.
        mask_padding: Whether id 0 is no input.
        return_sequences: Whether to return the state at every position.

    Input (batch, time) integers, time fixed; output (batch, units) or (batch, time, units).
    """

    def __init__(
        self,
        units: int,
        vocab_size: int,
        *,
        mask_padding: bool = False,
        return_sequences: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units, self.vocab_size = units, vocab_size
        self.mask_padding, self.return_sequences = mask_padding, return_sequences

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights of a one-hot LSTM."""
        gates = 4 * self.units
        self.kernel = self.add_weight(
            shape=(self.vocab_size, gates), initializer="glorot_uniform", name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, gates), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(shape=(gates,), initializer=_unit_forget_bias, name="bias")

    def call(self, token_ids: Tensor) -> Tensor:
        """Run the recurrence over the positions."""
        rows = gather_rows(self.kernel, token_ids) + self.bias  # (batch, time, 4 * units)
        hidden = ops.zeros_like(rows[:, 0, : self.units])
        cell, outputs = hidden, []
        for t in range(token_ids.shape[1]):
            gates = rows[:, t] + ops.matmul(hidden, self.recurrent_kernel)
            i, f, c, o = ops.split(gates, 4, axis=-1)
            new_cell = ops.sigmoid(f) * cell + ops.sigmoid(i) * ops.tanh(c)
            new_hidden = ops.sigmoid(o) * ops.tanh(new_cell)
            if self.mask_padding:
                is_token = ops.not_equal(token_ids[:, t, None], 0)
                new_cell = ops.where(is_token, new_cell, cell)
                new_hidden = ops.where(is_token, new_hidden, hidden)
            hidden, cell = new_hidden, new_cell
            outputs.append(hidden)
        return ops.stack(outputs, axis=1) if self.return_sequences else hidden

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """(batch, units), with the time axis when sequences are returned."""
        return (*input_shape, self.units) if self.return_sequences else (input_shape[0], self.units)

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return super().get_config() | {
            "units": self.units,
            "vocab_size": self.vocab_size,
            "mask_padding": self.mask_padding,
            "return_sequences": self.return_sequences,
        }


@keras.saving.register_keras_serializable("adgen")
class TokenEmbedding(layers.Embedding):
    """`keras.layers.Embedding` with a dense gradient, see `gather_rows`."""

    def call(self, token_ids: Tensor) -> Tensor:
        """(batch, time) ids to (batch, time, embedding_dim)."""
        return gather_rows(self.embeddings, token_ids)


@keras.saving.register_keras_serializable("adgen")
class VocabularySoftmax(layers.Layer):
    """Next-token probabilities; `keras.layers.Dense(vocab, "softmax")` with one kernel row a token.

    The kernel lies as (vocab, units), so that the sampled loss gathers whole rows.
    """

    def __init__(self, vocab_size: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.vocab_size = vocab_size

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create kernel (vocab, units) and bias (vocab,)."""
        units = input_shape[-1]
        self.kernel = self.add_weight(
            shape=(self.vocab_size, units), initializer="glorot_uniform", name="kernel"
        )
        self.bias = self.add_weight(shape=(self.vocab_size,), initializer="zeros", name="bias")

    def call(self, states: Tensor) -> Tensor:
        """(..., units) states to (..., vocab) probabilities."""
        return ops.softmax(ops.matmul(states, ops.transpose(self.kernel)) + self.bias)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """(..., vocab)."""
        return (*input_shape[:-1], self.vocab_size)

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return super().get_config() | {"vocab_size": self.vocab_size}


def build_lstm(
    vocab_size: int,
    *,
    sequence_length: int = 4,
    lstm_units: int = 128,
    embedding_dim: int | None = 128,
    dropout: float = 0.3,
    reads: str = "stream",
) -> keras.Model:
    """The 2022 experiment's two models, uncompiled.

    Args:
        vocab_size: Number of token ids.
        sequence_length: Tokens of context of the window models.
        lstm_units: State size.
        embedding_dim: Width of the embedding layer; None for the "one-hot" LSTM, which has none.
        dropout: Share of the LSTM's outputs set to zero in training.
        reads: "stream" (windows of running text, as in 2022), "ad" (windows of one ad, where `<pad>` is no
            input), or "packed" (rows of whole ads, a prediction at every position).

    Returns:
        A model from (batch, sequence_length) ids to (batch, vocab) probabilities; "packed": from (batch, time)
        ids to (batch, time, vocab).

    Raises:
        ValueError: "packed" without an embedding layer, which would gather the wide kernel at every position; or
            an unknown `reads`.

    Example:
        >>> build_lstm(24_101, embedding_dim=None).count_params()  # as published in 2022
        15514789
    """
    if reads not in get_args(Reads):
        raise ValueError(f"reads is {reads!r}; expected one of {', '.join(get_args(Reads))}.")
    is_packed, mask_padding = reads == "packed", reads == "ad"
    if is_packed and embedding_dim is None:
        raise ValueError(
            'reads="packed" needs an embedding layer; got embedding_dim=None. Give embedding_dim.'
        )
    inputs = keras.Input((None if is_packed else sequence_length,), dtype="int32", name="token_ids")
    if embedding_dim is None:
        states = TokenLSTM(lstm_units, vocab_size, mask_padding=mask_padding, name="lstm")(inputs)
    else:
        embedding = TokenEmbedding(vocab_size, embedding_dim, mask_zero=mask_padding, name="embedding")
        vectors = embedding(inputs)
        states = layers.LSTM(lstm_units, return_sequences=is_packed, name="lstm")(vectors)
    states = layers.Dropout(dropout, name="dropout")(states)
    return keras.Model(inputs, VocabularySoftmax(vocab_size, name="output")(states), name="adgen_lstm")


_WEIGHT_NAMES = {
    "embedding": ("embedding", "embeddings"),
    "lstm.kernel": ("lstm", "kernel"),
    "lstm.recurrent_kernel": ("lstm", "recurrent_kernel"),
    "lstm.bias": ("lstm", "bias"),
    "output.kernel": ("output", "kernel"),
    "output.bias": ("output", "bias"),
}


def model_weights(model: keras.Model) -> dict[str, np.ndarray]:
    """The weights of a `build_lstm` model by the names of a model directory, float32.

    `output.kernel` is (units, vocab) there, as in a `Dense` layer.
    """
    weights = {}
    for name, (layer_name, variable_name) in _WEIGHT_NAMES.items():
        if name == "embedding" and not _has_embedding(model):
            continue
        array = np.asarray(_variable(model.get_layer(layer_name), variable_name), np.float32)
        weights[name] = np.ascontiguousarray(array.T if name == "output.kernel" else array)
    return weights


def set_model_weights(model: keras.Model, weights: Mapping[str, np.ndarray]) -> None:
    """Put the weights of a model directory into a `build_lstm` model of the same sizes.

    Raises:
        ValueError: A name is none of `model_weights(model)`, or a shape differs.
    """
    expected = [name for name in _WEIGHT_NAMES if name != "embedding" or _has_embedding(model)]
    unknown = sorted(set(weights) - set(expected))
    if unknown:
        raise ValueError(f"The model has no weights {', '.join(unknown)}; it has {', '.join(expected)}.")
    for name, array in weights.items():
        layer_name, variable_name = _WEIGHT_NAMES[name]
        value = array.T if name == "output.kernel" else array
        _variable(model.get_layer(layer_name), variable_name).assign(value)


def _has_embedding(model: keras.Model) -> bool:
    return any(layer.name == "embedding" for layer in model.layers)


def _variable(layer: layers.Layer, name: str) -> keras.Variable:
    return next(variable for variable in layer.weights if variable.name == name)


def plain_keras_model(weights: Mapping[str, np.ndarray], *, sequence_length: int | None) -> keras.Model:
    """The 2022 experiment's own form of a trained model, of Keras layers only, so that plain Keras loads it.

    With an embedding the input is (batch, sequence_length) ids; without, the dense one-hot
    (batch, sequence_length, vocab) array of the experiment. `sequence_length` None: a prediction at every position.
    `<pad>` (id 0, or a row of zeros) is no input, as for a model that reads ads; other models never meet it.
    """
    recurrent, output = weights["lstm.recurrent_kernel"], weights["output.kernel"]
    lstm_units, vocab_size = output.shape
    model = keras.Sequential(name="adgen_lstm")
    if "embedding" in weights:
        model.add(keras.Input((sequence_length,), dtype="int32"))
        model.add(layers.Embedding(*weights["embedding"].shape, mask_zero=True))
        model.layers[-1].set_weights([weights["embedding"]])
    else:
        model.add(keras.Input((sequence_length, vocab_size)))
        model.add(layers.Masking())
    model.add(layers.LSTM(lstm_units, return_sequences=sequence_length is None))
    model.layers[-1].set_weights([weights["lstm.kernel"], recurrent, weights["lstm.bias"]])
    model.add(layers.Dense(vocab_size, activation="softmax"))
    model.layers[-1].set_weights([output, weights["output.bias"]])
    return model
