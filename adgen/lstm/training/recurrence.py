"""The LSTM's recurrence over whole sequences, with a gradient of its own in TensorFlow.

Keras multiplies the inputs and takes the weights' gradients step by step. Here only what depends on
the step before is done in steps; everything else is one large product. On JAX the steps are one
`scan`, compiled once.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from adgen.lstm.training.devices import on_each_device

Tensor = Any


def can_fuse(sequences: Tensor) -> bool:
    """Whether `lstm_sequence` is the form for (batch, time, width).

    It is, wherever time is known, but on TensorFlow with a GPU, which has cuDNN's.
    """
    if sequences.shape[1] is None:
        return False
    if keras.config.backend() != "tensorflow":
        return True
    import tensorflow as tf

    return not tf.config.list_physical_devices("GPU")


def shut_input_gate(inputs: Tensor, is_padding: Tensor) -> Tensor:
    """Make padding in front of a sequence leave the state at zero.

    With its input gate shut a cell that holds zero keeps it, whatever the other gates do; so no
    step needs a mask.

    Args:
        inputs: (batch, time, 4 * units) for `lstm_sequence`.
        is_padding: (batch, time) booleans, true only before a row's first token.

    Returns:
        Inputs whose gate i is exactly 0 at padding.
    """
    units = inputs.shape[-1] // 4
    shut = ops.concatenate([ops.full((units,), -1e4), ops.zeros((3 * units,))])
    return inputs + ops.cast(is_padding, inputs.dtype)[..., None] * shut


def lstm_sequence(inputs: Tensor, recurrent_kernel: Tensor) -> Tensor:
    """Hidden states of an LSTM at every position, from zeros.

    With bfloat16 arguments the products are made in bfloat16, and the cell, which adds up over the
    positions, in float32.

    Args:
        inputs: (batch, time, 4 * units) what the tokens add to the gates i, f, c, o, bias included;
            time is known.
        recurrent_kernel: (units, 4 * units), of the same type.

    Returns:
        (batch, time, units), of the same type.

    Source:
        The cell is that of `keras.layers.LSTM`; the gradient is back-propagation through time
        (Werbos 1990).
    """
    if keras.config.backend() != "tensorflow":
        return on_each_device(_scan, inputs, shared=[ops.convert_to_tensor(recurrent_kernel)])
    import tensorflow as tf

    @tf.custom_gradient
    def run(inputs: Tensor, kernel: Tensor) -> tuple[Tensor, Any]:
        hidden, cells, gates = _forward(tf.unstack(inputs, axis=1), kernel)

        def gradient(d_hidden: Tensor) -> tuple[Tensor, Tensor]:
            columns = _backward(tf.unstack(d_hidden, axis=1), kernel, cells, gates)
            d_inputs = tf.stack(columns, axis=1)
            before = tf.stack(
                [tf.zeros_like(hidden[0]), *hidden[:-1]], axis=1
            )  # the state that each step read
            units, width = kernel.shape
            rows, d_rows = tf.reshape(before, (-1, units)), tf.reshape(d_inputs, (-1, width))
            return d_inputs, tf.matmul(rows, d_rows, transpose_a=True)

        return tf.stack(hidden, axis=1), gradient

    return run(inputs, tf.convert_to_tensor(recurrent_kernel))


def _scan(inputs: Tensor, kernel: Tensor) -> Tensor:
    """`lstm_sequence` as one loop that its backend can differentiate."""

    def step(
        state: tuple[Tensor, Tensor], step_inputs: Tensor
    ) -> tuple[tuple[Tensor, Tensor], Tensor]:
        hidden, cell = state
        i, f, c, o = _gates(step_inputs + ops.matmul(hidden, kernel))
        cell = f * cell + i * c
        hidden = ops.cast(o * ops.tanh(cell), kernel.dtype)
        return (hidden, cell), hidden

    shape = (inputs.shape[0], kernel.shape[0])
    start = ops.zeros(shape, kernel.dtype), ops.zeros(shape, "float32")
    return ops.swapaxes(ops.scan(step, start, ops.swapaxes(inputs, 0, 1))[1], 0, 1)


def _gates(total: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The gates i, f, c, o, (batch, units) float32, from their sums (batch, 4 * units)."""
    i, f, c, o = ops.split(ops.cast(total, "float32"), 4, axis=1)
    return ops.sigmoid(i), ops.sigmoid(f), ops.tanh(c), ops.sigmoid(o)


def _forward(inputs: list[Tensor], kernel: Tensor) -> tuple[list[Tensor], list[Tensor], list[Any]]:
    """Hidden and cell states after every step, (batch, units), and the gates i, f, c, o that made them."""
    hidden: list[Tensor] = []
    cells: list[Tensor] = []
    gates: list[Any] = []
    for step, step_inputs in enumerate(inputs):
        total = (
            step_inputs + ops.matmul(hidden[-1], kernel) if step else step_inputs
        )  # (batch, 4 * units)
        i, f, c, o = _gates(total)
        cells.append(f * cells[-1] + i * c if step else i * c)
        hidden.append(ops.cast(o * ops.tanh(cells[-1]), kernel.dtype))
        gates.append((i, f, c, o))
    return hidden, cells, gates


def _backward(
    d_hidden: list[Tensor], kernel: Tensor, cells: list[Tensor], gates: list[Any]
) -> list[Tensor]:
    """The gradient of every step's inputs, (batch, 4 * units), from that of every step's hidden state."""
    import tensorflow as tf

    d_inputs: list[Tensor] = []  # from the last step to the first
    d_cell: Tensor = 0.0  # through the step after
    for step in reversed(range(len(gates))):
        i, f, c, o = gates[step]
        d_state = tf.cast(d_hidden[step], tf.float32)
        if d_inputs:
            d_state += tf.cast(tf.matmul(d_inputs[-1], kernel, transpose_b=True), tf.float32)
        squashed = tf.tanh(cells[step])
        d_cell += d_state * o * (1 - squashed * squashed)
        d_f = d_cell * cells[step - 1] * f * (1 - f) if step else tf.zeros_like(f)
        parts = [
            d_cell * c * i * (1 - i),
            d_f,
            d_cell * i * (1 - c * c),
            d_state * squashed * o * (1 - o),
        ]
        d_inputs.append(tf.cast(tf.concat(parts, axis=1), kernel.dtype))
        d_cell *= f
    return d_inputs[::-1]
