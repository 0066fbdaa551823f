"""The layers that adgen adds to Keras.

An LSTM on ids, a fast LSTM over sequences, and a softmax over the vocabulary. They know ids and
weights, no text and no training.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from adgen.lstm.training.losses import gather_rows
from adgen.lstm.training.recurrence import can_fuse, lstm_sequence, shut_input_gate

Tensor = Any


def _unit_forget_bias(shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
    """Returns ones for the forget gate and zeros for the others, as `keras.layers.LSTM` does.

    Source: Jozefowicz et al. 2015.
    """
    units = shape[0] // 4
    return ops.convert_to_tensor(np.repeat([0.0, 1.0, 0.0, 0.0], units), dtype=dtype)


@keras.saving.register_keras_serializable("adgen")
class TokenLSTM(layers.Layer):
    """An LSTM on one-hot tokens that never builds the one-hot tensor.

    A one-hot row times the kernel is a row of the kernel, so the layer takes ids and gathers rows.
    Weights, gate order (i, f, c, o) and initialisers are those of `keras.layers.LSTM` on (batch,
    time, vocab) one-hot input. `<pad>` (id 0) in front of the tokens leaves the state at zero when
    `mask_padding` is set.

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
        self.units = units
        self.vocab_size = vocab_size
        self.mask_padding = mask_padding
        self.return_sequences = return_sequences

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates the weights of a one-hot LSTM."""
        gates = 4 * self.units
        self.kernel = self.add_weight(
            shape=(self.vocab_size, gates), initializer="glorot_uniform", name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, gates), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(shape=(gates,), initializer=_unit_forget_bias, name="bias")

    def call(self, token_ids: Tensor) -> Tensor:
        """Runs the recurrence over the positions."""
        inputs = gather_rows(self.kernel, token_ids) + self.bias  # (batch, time, 4 * units)
        if self.mask_padding:
            inputs = shut_input_gate(inputs, ops.equal(token_ids, 0))
        hidden = lstm_sequence(inputs, self.recurrent_kernel)  # (batch, time, units)
        return hidden if self.return_sequences else hidden[:, -1]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns (batch, units), with the time axis when sequences are returned."""
        return (*input_shape, self.units) if self.return_sequences else (input_shape[0], self.units)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments, for saving."""
        return super().get_config() | {
            "units": self.units,
            "vocab_size": self.vocab_size,
            "mask_padding": self.mask_padding,
            "return_sequences": self.return_sequences,
        }


@keras.saving.register_keras_serializable("adgen")
class TokenEmbedding(layers.Embedding):
    """An embedding with a dense gradient, see `gather_rows`; else `keras.layers.Embedding`."""

    def call(self, token_ids: Tensor) -> Tensor:
        """Turns (batch, time) ids into (batch, time, embedding_dim)."""
        return gather_rows(self.embeddings, token_ids)


@keras.saving.register_keras_serializable("adgen")
class SequenceLSTM(layers.LSTM):
    """An LSTM as `keras.layers.LSTM`, in a faster form where `can_fuse` says so.

    The form is `lstm_sequence`. Elsewhere (a GPU in TensorFlow, a time axis of unknown length) it
    is Keras's. A mask may leave out positions in front of a sequence, not within it.

    Input (batch, time, width); output (batch, units), or (batch, time, units) with
    `return_sequences`.
    """

    def call(
        self,
        sequences: Tensor,
        initial_state: Tensor | None = None,
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Tensor:
        """Runs the recurrence over the positions."""
        if initial_state is not None or not can_fuse(sequences):
            return super().call(
                sequences, initial_state=initial_state, mask=mask, training=training
            )
        # All positions' inputs in one product, (batch, time, 4 * units).
        inputs = ops.matmul(sequences, self.cell.kernel) + self.cell.bias
        if mask is not None:
            inputs = shut_input_gate(inputs, ops.logical_not(mask))
        hidden = lstm_sequence(inputs, self.cell.recurrent_kernel)  # (batch, time, units)
        return hidden if self.return_sequences else hidden[:, -1]


@keras.saving.register_keras_serializable("adgen")
class VocabularySoftmax(layers.Layer):
    """Next-token probabilities, from a softmax with one kernel row a token.

    It is `keras.layers.Dense(vocab, "softmax")`, but that the kernel lies as (vocab, units), so
    that the sampled loss gathers whole rows, and so that it can be an embedding's.

    Args:
        vocab_size: Number of ids.
        embedding: The embedding layer whose rows are the kernel (Press and Wolf 2017); None for one
            of its own.
        **kwargs: As of `keras.layers.Layer`.
    """

    def __init__(
        self, vocab_size: int, *, embedding: layers.Embedding | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.vocab_size = vocab_size
        self.embedding = embedding

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates kernel (vocab, units) and bias (vocab,)."""
        if self.embedding is None:
            shape = (self.vocab_size, input_shape[-1])
            self._kernel = self.add_weight(shape=shape, initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(self.vocab_size,), initializer="zeros", name="bias")

    @property
    def kernel(self) -> keras.Variable:
        """Returns the kernel (vocab, units), its own or the embedding's."""
        return self._kernel if self.embedding is None else self.embedding.embeddings

    def call(self, states: Tensor) -> Tensor:
        """Turns (..., units) states into (..., vocab) probabilities."""
        return ops.softmax(ops.matmul(states, ops.transpose(self.kernel)) + self.bias)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns (..., vocab)."""
        return (*input_shape[:-1], self.vocab_size)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments, for saving.

        Raises:
            ValueError: The kernel is an embedding's.
        """
        if self.embedding is not None:
            raise ValueError(
                "A softmax tied to an embedding is saved by `adgen.lstm.training.keras_export`, "
                "not by Keras itself."
            )
        return super().get_config() | {"vocab_size": self.vocab_size}
