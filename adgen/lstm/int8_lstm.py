"""The trained LSTM with products in int8, by ONNX Runtime: less time for nearly the same ads.

It knows which products an LSTM has, not how they are computed.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from adgen.int8.graph import product_model
from adgen.int8.kernels import weight_type
from adgen.int8.precisions import PACKAGES
from adgen.int8.sessions import open_session
from adgen.lstm.config import LSTMConfig
from adgen.lstm.numpy_lstm import NumpyLSTM
from adgen.lstm.row_products import Product
from adgen.support.arrays import Floats
from adgen.support.extras import check_installed

_INPUT, _OUTPUT = "rows", "products"
_ROWS = 32  # at once: what lies between the products and their scales stays near the core


def open_lstm(
    weights: Mapping[str, Floats], config: LSTMConfig, precision: str = "float32"
) -> NumpyLSTM:
    """Returns what computes with an LSTM's weights, in one of `PRECISIONS`.

    Arguments and errors are those of `NumpyLSTM`.

    Raises:
        ImportError: It is "int8", and onnx or onnxruntime is missing; the message names the command
            that installs them.
    """
    if precision == "float32":
        return NumpyLSTM(weights, config)
    check_installed("Writing in int8", *PACKAGES)
    return Int8LSTM(weights, config)


class Int8Product:
    """Multiplies rows by one matrix (n, m), both rounded to whole numbers of 8 bits.

    A column of the matrix has a scale of its own, and so has a row; whole numbers are added
    exactly, so that a row's result depends on no other row.

    Args:
        matrix: Shape (n, m), float32.
    """

    def __init__(self, matrix: Floats) -> None:
        self.matrix = matrix
        graph = product_model(np.ascontiguousarray(matrix.T), _INPUT, _OUTPUT, weight_type())
        # A thread: whoever multiplies many rows gives each thread a part of them.
        self._session = open_session(graph.SerializeToString(), 1)

    def __call__(self, rows: Floats, room: Floats | None = None) -> Floats:
        """Returns the products (rows, m) of rows (rows, n), in `room` or new memory."""
        rows = np.ascontiguousarray(rows)
        products = (self.room(len(rows)) if room is None else room)[: len(rows)]
        for start in range(0, len(rows), _ROWS):
            given, found = (array[start : start + _ROWS] for array in (rows, products))
            binding = self._session.io_binding()
            binding.bind_cpu_input(_INPUT, given)
            # Written where it is wanted, without a copy.
            binding.bind_output(_OUTPUT, "cpu", 0, np.float32, found.shape, found.ctypes.data)
            self._session.run_with_iobinding(binding)
        return products

    def room(self, num_rows: int) -> Floats:
        """Returns memory for the products of up to so many rows."""
        return np.empty((num_rows, self.matrix.shape[1]), np.float32)


class Int8LSTM(NumpyLSTM):
    """A trained LSTM that multiplies in int8; arguments, methods and errors as in `NumpyLSTM`.

    The projection stays in float32: a small product, which loses most where it is rounded.
    """

    def _product(self, name: str, matrix: Floats) -> Product:
        """Returns what multiplies by a matrix (n, m)."""
        is_projection = name == "projection.kernel"
        return super()._product(name, matrix) if is_projection else Int8Product(matrix)
