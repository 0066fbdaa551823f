"""The trained LSTM in NumPy: token ids and state in, state and logits out, batched.

It computes what the Keras model computes, without TensorFlow. It knows ids and arrays, not text or
sampling. A sequence's numbers are the same to the last bit whatever batch it is computed in; see
`row_products`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from adgen.lstm.config import LSTMConfig
from adgen.lstm.row_products import Product, RowProduct
from adgen.lstm.weights import check_weights
from adgen.support.arrays import Floats
from adgen.tokens.base import PAD_ID

Ids = NDArray[np.integer]
State = tuple[Floats, Floats]

_SPAN = 16  # columns whose inputs are multiplied in one go: few BLAS calls, bounded memory


class NumpyLSTM:
    """A trained LSTM for generation and evaluation.

    Args:
        weights: Arrays by the names of `LSTMConfig.weight_shapes`, float32.
        config: The architecture.

    Raises:
        ValueError: If an array is missing, has another shape, or is not finite.

    Source:
        The cell is that of `keras.layers.LSTM`: with a = inputs + hidden * recurrent_kernel, cut
        into four, i = sigmoid(a_i), f = sigmoid(a_f), c = tanh(a_c), o = sigmoid(a_o); then
        cell = f * cell before + i * c, hidden = o * tanh(cell).

    Example:
        >>> config = LSTMConfig(
        ...     5, 2, embedding_dim=None, sequence_length=4, dropout=0.0, reads="ad"
        ... )
        >>> shapes = config.weight_shapes().items()
        >>> zeros = {name: np.zeros(shape, np.float32) for name, shape in shapes}
        >>> lstm = NumpyLSTM(zeros, config)
        >>> lstm.logits(lstm.step(np.array([3]), lstm.initial_state(1))).shape
        (1, 5)
    """

    def __init__(self, weights: Mapping[str, Floats], config: LSTMConfig) -> None:
        check_weights(weights, config, "The given weights")
        self.config = config
        self._embedding = weights.get("embedding")
        self._layers = [
            (
                self._product(kernel, weights[kernel]),
                self._product(recurrent, weights[recurrent]),
                weights[f"{name}.bias"],
            )
            for name in config.layer_names
            for kernel, recurrent in [(f"{name}.kernel", f"{name}.recurrent_kernel")]
        ]
        projection = weights.get("projection.kernel")
        self._projection = (
            None if projection is None else self._product("projection.kernel", projection)
        )
        self.output_kernel = weights["embedding"].T if config.tied else weights["output.kernel"]
        self._output = self._product("tied" if config.tied else "output.kernel", self.output_kernel)
        self.output_bias = weights["output.bias"]
        # sigmoid(a) = (1 + tanh(a / 2)) / 2, so that all gates are one tanh: (4 * units,).
        self._halves = np.full(4 * config.lstm_units, 0.5, np.float32)
        self._halves[2 * config.lstm_units : 3 * config.lstm_units] = 1  # the candidate's tanh

    def initial_state(self, batch_size: int) -> State:
        """Returns the state before any token: hidden and cell, zeros.

        Each is (batch, num_layers * units), layers side by side.
        """
        shape = (batch_size, self.config.num_layers * self.config.lstm_units)
        return np.zeros(shape, np.float32), np.zeros(shape, np.float32)

    def step(self, token_ids: Ids, state: State, mask: NDArray[np.bool_] | None = None) -> State:
        """Reads one token of every sequence.

        Args:
            token_ids: Shape (batch,).
            state: From `initial_state` or an earlier step.
            mask: Shape (batch,); where False, the state stays as it is.

        Returns:
            The new state; the old one is untouched.
        """
        return self._advance(self._inputs(token_ids), state, mask)

    def logits(self, state: State, room: Floats | None = None) -> Floats:
        """Returns the logits of the next token, (batch, vocab)."""
        return self.output(self.features(state), room)

    def room(self, batch_size: int) -> Floats:
        """Returns memory for `logits` of up to so many sequences, to be used again and again."""
        return self._output.room(batch_size)

    def features(self, state: State) -> Floats:
        """Returns what the softmax multiplies, (batch, output_dim).

        It is the last layer's hidden state, projected where the model does.
        """
        hidden = state[0][:, -self.config.lstm_units :]  # (batch, units)
        return hidden if self._projection is None else self._projection(hidden)

    def output(self, features: Floats, room: Floats | None = None) -> Floats:
        """Returns logits (rows, vocab) of features (rows, output_dim), in `room` or new memory."""
        logits = self._output(features, room)
        logits += self.output_bias
        return logits

    def window_state(self, contexts: Ids) -> State:
        """Returns the state after reading windows from nothing.

        Args:
            contexts: Shape (batch, length), shorter contexts padded with `<pad>` in front.

        Returns:
            The state after the last column.
        """
        _check_matrix(contexts)
        state = self.initial_state(len(contexts))
        for after in self._read(contexts, state):
            state = after
        return state

    def window_logits(self, contexts: Ids) -> Floats:
        """Returns the logits that follow each window, (batch, vocab).

        Args:
            contexts: Shape (batch, length), shorter contexts padded with `<pad>` in front.

        Returns:
            Shape (batch, vocab).
        """
        return self.logits(self.window_state(contexts))

    def sequence_features(self, token_ids: Ids, state: State | None = None) -> Floats:
        """Returns the features after every token of whole sequences, for evaluation.

        Args:
            token_ids: Shape (batch, time); `<pad>` leaves the state as it is.
            state: What was read before, from `window_state`; by default nothing.

        Returns:
            Shape (batch, time, output_dim); `output(result[:, t])` predicts the token at t + 1.
        """
        _check_matrix(token_ids)
        state = self.initial_state(len(token_ids)) if state is None else state
        features = np.empty((*token_ids.shape, self.config.output_dim), np.float32)
        for time, after in enumerate(self._read(token_ids, state)):
            features[:, time] = self.features(after)
        return features

    def _product(self, name: str, matrix: Floats) -> Product:
        """Returns what multiplies by a matrix (n, m); "tied" is the embedding's transpose."""
        return RowProduct(matrix)

    def _apply_cell(self, gates: Floats, cell: Floats) -> State:
        """Returns the next hidden and cell state, (batch, units), of gates (batch, 4 * units).

        The gates are overwritten.
        """
        gates *= self._halves
        np.tanh(gates, out=gates)
        by_gate = gates.reshape(len(gates), 4, self.config.lstm_units)
        input_gate, forget_gate, candidate, output_gate = (by_gate[:, gate] for gate in range(4))
        for gate in (input_gate, forget_gate, output_gate):
            gate += np.float32(1)
            gate *= np.float32(0.5)
        new_cell = forget_gate * cell
        candidate *= input_gate
        new_cell += candidate
        hidden = np.tanh(new_cell)
        hidden *= output_gate
        return hidden, new_cell

    def _read(self, token_ids: Ids, state: State) -> Iterator[State]:
        """Yields the state after each column of (batch, time) ids; `<pad>` leaves it as it is."""
        for start in range(0, token_ids.shape[1], _SPAN):
            columns = token_ids[:, start : start + _SPAN].T  # (span, batch)
            # What the columns add to the gates, in one product: (span, batch, 4 * units).
            inputs = self._inputs(columns.reshape(-1)).reshape(
                *columns.shape, 4 * self.config.lstm_units
            )
            for column, column_inputs in zip(columns, inputs, strict=True):
                state = self._advance(column_inputs, state, column != PAD_ID)
                yield state

    def _advance(self, inputs: Floats, state: State, mask: NDArray[np.bool_] | None) -> State:
        """Applies the cells, one layer upon the other, and returns the state after that.

        Args:
            inputs: (batch, 4 * units) what the tokens add to the first layer's gates.
            state: The state before.
            mask: (batch,); where False, the state stays as it is. None: nowhere.
        """
        units = self.config.lstm_units
        layers: list[State] = []
        # 1. Each layer's gates, (batch, 4 * units), of its own state and of the layer below.
        for layer, (multiply_inputs, multiply_hidden, bias) in enumerate(self._layers):
            hidden, cell = (part[:, layer * units : (layer + 1) * units] for part in state)
            gates = multiply_hidden(hidden)
            gates += multiply_inputs(layers[-1][0]) + bias if layer else inputs
            layers.append(self._apply_cell(gates, cell))
        # 2. The layers side by side again, (batch, num_layers * units).
        new_hidden, new_cell = (
            layers[0] if len(layers) == 1 else map(np.hstack, zip(*layers, strict=True))
        )
        if mask is None or mask.all():
            return new_hidden, new_cell
        # 3. Sequences that read nothing keep their state.
        column = mask[:, np.newaxis]  # (batch, 1)
        return np.where(column, new_hidden, state[0]), np.where(column, new_cell, state[1])

    def _inputs(self, token_ids: Ids) -> Floats:
        """Returns what the tokens (rows,) add to the gates, (rows, 4 * units)."""
        # A product with a one-hot row is a row of the kernel; with an embedding, gathering a few
        # rows and multiplying them beats a table of all products, which would cost a cold start
        # more than it saves.
        multiply_inputs, _, bias = self._layers[0]
        if self._embedding is None:
            inputs = multiply_inputs.matrix[token_ids]
        else:
            inputs = multiply_inputs(self._embedding[token_ids])
        inputs += bias
        return inputs


def _check_matrix(token_ids: Ids) -> None:
    """Raises an error unless the ids have a batch and a time axis."""
    if token_ids.ndim != 2:
        raise ValueError(f"Received token ids of shape {token_ids.shape}; expected (batch, time).")
