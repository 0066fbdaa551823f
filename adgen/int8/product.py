"""Products of rows and one matrix in int8.

It knows matrices, not what they mean.
"""

from __future__ import annotations

import numpy as np

from adgen.int8.graph import product_model
from adgen.int8.kernels import weight_type
from adgen.int8.sessions import open_session
from adgen.support.arrays import Floats

_INPUT, _OUTPUT = "rows", "products"
_ROWS = 32  # at once: what lies between the products and their scales stays near the core


class Int8Product:
    """Multiplies rows by one matrix (n, m), both rounded to whole numbers of 8 bits.

    A column of the matrix has a scale of its own, and so has a row; whole numbers are added
    exactly, so that a row's result depends on no other row.

    Args:
        matrix: Shape (n, m), float32.
    """

    def __init__(self, matrix: Floats) -> None:
        self.matrix = matrix
        graph = product_model(matrix, _INPUT, _OUTPUT, weight_type=weight_type())
        # One thread: whoever multiplies many rows gives each thread a part of them.
        self._session = open_session(graph.SerializeToString(), 1)

    def __call__(self, rows: Floats, room: Floats | None = None) -> Floats:
        """Returns the products (rows, m) of rows (rows, n), in `room` or new memory.

        Raises:
            ValueError: `room` is none of `room`.
        """
        rows = np.ascontiguousarray(rows, np.float32)
        products = (self.room(len(rows)) if room is None else room)[: len(rows)]
        self._check(products, len(rows))
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

    def _check(self, products: Floats, num_rows: int) -> None:
        """Raises where products cannot be written to memory by its address."""
        expected = (num_rows, self.matrix.shape[1])
        flags = products.flags
        is_usable = flags.c_contiguous and flags.writeable and products.dtype == np.float32
        if products.shape != expected or not is_usable:
            raise ValueError(
                f"room holds {products.shape} numbers of {products.dtype}; expected {expected} of "
                "float32, one behind the other and free to be written. Take it from `room`."
            )
