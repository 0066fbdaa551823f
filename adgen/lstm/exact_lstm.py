"""The trained LSTM with the same bits on every machine, from weights that are stored as int8.

Where `numpy_lstm` leaves the order of additions to BLAS, here it does not matter: products are of
whole numbers, small enough for float64 to hold every sum exactly. `site/engine/lstm.js` computes
the same in a browser; change both together. It is slower in batches, and
knows no float32 weights.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from adgen.decoding.exact import MOST_TOKENS
from adgen.lstm.config import LSTMConfig
from adgen.lstm.numpy_lstm import NumpyLSTM
from adgen.lstm.weights import Int8Matrix
from adgen.support.arrays import Floats
from adgen.support.exact_functions import Doubles, sigmoid, tanh

# What is multiplied is rounded to multiples of 1 / _GRID, finer than float32 near 1, and so that
# sums over the vocabulary's rows stay exact where a projection is a thousand times as large.
_GRID = 2.0**28
_MOST_EXACT = 2.0**53  # float64 holds every whole number up to it


class ExactProduct:
    """Multiplies rows by one int8 matrix with scales, to the same bits whatever adds them up.

    Args:
        matrix: The matrix (n, m), float32, for callers that gather its rows.
        stored: The same as whole numbers (n, m), and scales (n, 1) or (1, m).
        most: The largest size of a number in the rows.

    Raises:
        ValueError: Sums of so large numbers would not be exact.

    Example:
        >>> stored = np.array([[2], [3]], np.int8), np.ones((1, 1), np.float32)
        >>> product = ExactProduct(np.float32([[2], [3]]), stored, most=1.0)
        >>> product(np.array([[0.5, 0.25]])).tolist()
        [[1.75]]
    """

    def __init__(self, matrix: Floats, stored: Int8Matrix, *, most: float) -> None:
        numbers, scale = stored
        self.matrix = matrix
        self._numbers = numbers.astype(np.float64)  # (n, m)
        scale = scale.astype(np.float64)
        # Scales of rows belong to what is multiplied: none above 1, the rest to the result.
        self._row_scale = scale.T / scale.max() if scale.shape[0] > 1 else None  # (1, n)
        self._scale = scale.max() if scale.shape[0] > 1 else scale  # () or (1, m)
        largest_sum = most * np.abs(self._numbers).sum(axis=0).max(initial=0.0)
        if largest_sum * _GRID + len(numbers) * 127 >= _MOST_EXACT:
            raise ValueError(
                f"A matrix of {len(numbers):,} rows is multiplied by numbers up to {most:.3g}; "
                "their sums are too large to be exact. Leave out exact=True."
            )

    def __call__(self, rows: NDArray[np.floating], room: Floats | None = None) -> Floats:
        """Returns the products (rows, m) of rows (rows, n), in `room` or new memory."""
        rows = np.asarray(rows, np.float64)
        if self._row_scale is not None:
            rows = rows * self._row_scale
        whole = np.floor(rows * _GRID + 0.5)  # (rows, n)
        products = (self.room(len(rows)) if room is None else room)[: len(rows)]
        np.matmul(whole, self._numbers, out=products)
        products /= _GRID
        products *= self._scale
        return products

    def room(self, num_rows: int) -> Doubles:
        """Returns memory for the products of up to so many rows."""
        return np.empty((num_rows, self._numbers.shape[1]))


class ExactLSTM(NumpyLSTM):
    """A trained LSTM whose logits are the same everywhere; methods as in `NumpyLSTM`.

    Args:
        weights: As in `NumpyLSTM`, of a model that is stored as int8.
        stored: Its matrices as they are stored, by the same names.
        config: The architecture.

    Raises:
        ValueError: Some sum would not be exact, or the vocabulary is too large.
    """

    def __init__(
        self, weights: Mapping[str, Floats], stored: Mapping[str, Int8Matrix], config: LSTMConfig
    ) -> None:
        if config.vocab_size > MOST_TOKENS:
            raise ValueError(
                f"exact=True is for up to {MOST_TOKENS:,} tokens; the model has "
                f"{config.vocab_size:,}. Leave it out."
            )
        self._stored = stored
        super().__init__(weights, config)

    def _product(self, name: str, matrix: Floats) -> ExactProduct:
        """Returns what multiplies by a matrix (n, m)."""
        numbers, scale = self._stored["embedding" if name == "tied" else name]
        stored = (numbers.T, scale.T) if name == "tied" else (numbers, scale)
        return ExactProduct(matrix, stored, most=self._most_before(name))

    def _most_before(self, name: str) -> float:
        """Returns the largest size of what a matrix multiplies."""
        if name == "lstm.kernel" and self._embedding is not None:
            return float(np.abs(self._embedding).max())
        if name in ("tied", "output.kernel") and self._projection is not None:
            numbers, scale = self._stored["projection.kernel"]
            return float(np.abs(numbers * scale.astype(np.float64)).sum(axis=0).max())
        return 1.0  # an LSTM's output

    def _apply_cell(self, gates: Floats, cell: Floats) -> tuple[Doubles, Doubles]:
        """Returns the next hidden and cell state, (batch, units), of gates (batch, 4 * units)."""
        input_gate, forget_gate, candidate, output_gate = np.split(
            np.asarray(gates, np.float64), 4, axis=1
        )
        new_cell = sigmoid(forget_gate) * cell + sigmoid(input_gate) * tanh(candidate)
        return sigmoid(output_gate) * tanh(new_cell), new_cell
