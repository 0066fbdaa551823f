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
    """Tells whether `lstm_sequence` is the form for (batch, time, width).

    It is, wherever time is known, but on TensorFlow with a GPU, which has cuDNN's.
    """
    if sequences.shape[1] is None:
        return False
    if keras.config.backend() != "tensorflow":
        return True
    import tensorflow as tf

    return not tf.config.list_physical_devices("GPU")


def shut_input_gate(inputs: Tensor, is_padding: Tensor) -> Tensor:
    """Makes padding in front of a sequence leave the state at zero.

    With its input gate shut a cell that holds zero keeps it, whatever the other gates do; so no
    step needs a mask.

    Args:
        inputs: (batch, time, 4 * units) for `lstm_sequence`.
        is_padding: (batch, time) booleans, true only before a row's first token.

    Returns:
        Inputs whose gate i is exactly 0 at padding.
    """
    units = inputs.shape[-1] // 4
    shut = ops.concatenate([ops.full((units,), -1e4), ops.zeros((3 * units,))])  # (4 * units,)
    shut = ops.cast(shut, inputs.dtype)  # which is bfloat16 in mixed precision
    return inputs + ops.cast(is_padding, inputs.dtype)[..., None] * shut


def lstm_sequence(inputs: Tensor, recurrent_kernel: Tensor) -> Tensor:
    """Returns the hidden states of an LSTM at every position, starting from zeros.

    With bfloat16 arguments the products are made in bfloat16, and the cell, which adds up over the
    positions, in float32.

    Args:
        inputs: (batch, time, 4 * units) what the tokens add to the gates i, f, c, o, bias included;
            time is known.
        recurrent_kernel: (units, 4 * units), of the same type.

    Returns:
        (batch, time, units), of the same type.

    Source:
        The cell is that of `keras.layers.LSTM`: with a the sums of the gates,
        i = sigmoid(a_i), f = sigmoid(a_f), c = tanh(a_c), o = sigmoid(a_o),
        cell = f * cell before + i * c, hidden = o * tanh(cell).
        The gradient is back-propagation through time (Werbos 1990).
    """
    if keras.config.backend() != "tensorflow":
        return on_each_device(_scan, inputs, shared=[ops.convert_to_tensor(recurrent_kernel)])
    import tensorflow as tf

    @tf.custom_gradient
    def run(inputs: Tensor, kernel: Tensor) -> tuple[Tensor, Any]:
        hidden, cells, gates = _forward(tf.unstack(inputs, axis=1), kernel)

        def gradient(d_hidden: Tensor) -> tuple[Tensor, Tensor]:
            # 1. Step by step what the sums of the gates get, (batch, time, 4 * units).
            columns = _backward(tf.unstack(d_hidden, axis=1), kernel, cells, gates)
            d_inputs = tf.stack(columns, axis=1)
            # 2. The state that each step read, (batch, time, units).
            before = tf.stack([tf.zeros_like(hidden[0]), *hidden[:-1]], axis=1)
            # 3. All steps' gradients of the kernel in one product, (units, 4 * units).
            units, width = kernel.shape
            rows = tf.reshape(before, (-1, units))  # (batch * time, units)
            d_rows = tf.reshape(d_inputs, (-1, width))  # (batch * time, 4 * units)
            return d_inputs, tf.matmul(rows, d_rows, transpose_a=True)

        return tf.stack(hidden, axis=1), gradient

    return run(inputs, tf.convert_to_tensor(recurrent_kernel))


def _scan(inputs: Tensor, kernel: Tensor) -> Tensor:
    """Does what `lstm_sequence` does, as one loop that its backend can differentiate."""

    def step(
        state: tuple[Tensor, Tensor], step_inputs: Tensor
    ) -> tuple[tuple[Tensor, Tensor], Tensor]:
        hidden, cell = state
        i, f, c, o = _gates(step_inputs + ops.matmul(hidden, kernel))
        cell = f * cell + i * c
        hidden = ops.cast(o * ops.tanh(cell), kernel.dtype)
        return (hidden, cell), hidden

    shape = (inputs.shape[0], kernel.shape[0])  # (batch, units)
    hidden_start = ops.zeros(shape, kernel.dtype)
    cell_start = ops.zeros(shape, "float32")
    columns = ops.swapaxes(inputs, 0, 1)  # (time, batch, 4 * units)
    _, hidden = ops.scan(step, (hidden_start, cell_start), columns)  # (time, batch, units)
    return ops.swapaxes(hidden, 0, 1)


def _gates(total: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Returns the gates i, f, c, o, (batch, units) float32, of their sums (batch, 4 * units)."""
    i, f, c, o = ops.split(ops.cast(total, "float32"), 4, axis=1)
    return ops.sigmoid(i), ops.sigmoid(f), ops.tanh(c), ops.sigmoid(o)


def _forward(inputs: list[Tensor], kernel: Tensor) -> tuple[list[Tensor], list[Tensor], list[Any]]:
    """Runs the steps; returns hidden states, cell states and gates i, f, c, o of every one.

    Args:
        inputs: (batch, 4 * units) of every step.
        kernel: (units, 4 * units).

    Returns:
        (batch, units) of every step, of each kind.
    """
    hidden: list[Tensor] = []
    cells: list[Tensor] = []
    gates: list[Any] = []
    for step, step_inputs in enumerate(inputs):
        # Before the first step both states are zero, and add nothing.
        total = step_inputs + ops.matmul(hidden[-1], kernel) if step else step_inputs
        i, f, c, o = _gates(total)
        cells.append(f * cells[-1] + i * c if step else i * c)
        hidden.append(ops.cast(o * ops.tanh(cells[-1]), kernel.dtype))
        gates.append((i, f, c, o))
    return hidden, cells, gates


def _backward(
    d_hidden: list[Tensor], kernel: Tensor, cells: list[Tensor], gates: list[Any]
) -> list[Tensor]:
    """Returns the gradient of every step's inputs, (batch, 4 * units), from that of its output.

    Args:
        d_hidden: (batch, units) of every step, without what comes through later steps.
        kernel: (units, 4 * units).
        cells: From `_forward`.
        gates: From `_forward`.
    """
    import tensorflow as tf

    d_inputs: list[Tensor] = []  # from the last step to the first
    d_cell: Tensor = 0.0  # (batch, units), through the step after
    for step in reversed(range(len(gates))):
        i, f, c, o = gates[step]
        # 1. The hidden state's: of this step's output, and through the next step's gates.
        d_state = tf.cast(d_hidden[step], tf.float32)
        if d_inputs:
            d_state += tf.cast(tf.matmul(d_inputs[-1], kernel, transpose_b=True), tf.float32)
        # 2. The cell's: hidden = o * tanh(cell), and what the next step's cell passes on.
        squashed = tf.tanh(cells[step])
        d_cell += d_state * o * (1 - squashed * squashed)
        # 3. The sums' of the gates: cell = f * cell before + i * c, then through sigmoid, whose
        # slope is s * (1 - s), and tanh, whose slope is 1 - t * t. The first cell before is zero.
        d_f = d_cell * cells[step - 1] * f * (1 - f) if step else tf.zeros_like(f)
        parts = [
            d_cell * c * i * (1 - i),
            d_f,
            d_cell * i * (1 - c * c),
            d_state * squashed * o * (1 - o),
        ]
        d_inputs.append(tf.cast(tf.concat(parts, axis=1), kernel.dtype))
        # 4. On to the cell before.
        d_cell *= f
    return d_inputs[::-1]
