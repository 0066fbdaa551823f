"""The trained LSTM with products in int8: less time for ads that are as likely.

It knows which products an LSTM has, not how they are computed.
"""

from __future__ import annotations

from collections.abc import Mapping

from adgen.int8.precisions import Precision, check_packages, check_precision
from adgen.int8.product import Int8Product
from adgen.lstm.config import LSTMConfig
from adgen.lstm.numpy_lstm import NumpyLSTM
from adgen.lstm.row_products import Product
from adgen.support.arrays import Floats


def open_lstm(
    weights: Mapping[str, Floats], config: LSTMConfig, *, precision: Precision = "float32"
) -> NumpyLSTM:
    """Returns what computes with an LSTM's weights.

    Args:
        weights: As for `NumpyLSTM`.
        config: As for `NumpyLSTM`.
        precision: What is multiplied in.

    Raises:
        ValueError: As `NumpyLSTM`, or there is no such precision.
        ImportError: It is "int8", and onnx or onnxruntime is missing; the message names the command
            that installs it.
    """
    check_precision(precision)
    if precision == "float32":
        return NumpyLSTM(weights, config)
    check_packages()
    return Int8LSTM(weights, config)


class Int8LSTM(NumpyLSTM):
    """A trained LSTM that multiplies in int8; arguments, methods and errors as in `NumpyLSTM`.

    The projection stays in float32: a small product, which loses most where it is rounded.
    """

    def _product(self, name: str, matrix: Floats) -> Product:
        """Returns what multiplies by a matrix (n, m)."""
        first_kernel = f"{self.config.layer_names[0]}.kernel"
        # Without an embedding the first kernel's rows are looked up, not multiplied.
        is_looked_up = name == first_kernel and self.config.embedding_dim is None
        is_kept = is_looked_up or name == "projection.kernel"
        return super()._product(name, matrix) if is_kept else Int8Product(matrix)
