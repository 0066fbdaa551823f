"""Keeps matrices as whole numbers from -127 to 127, with a scale for each row or each column.

It knows matrices, not what they mean or where they lie.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adgen.support.arrays import Floats

# The scale of the matrix "name" is kept under "name.scale".
SCALE = ".scale"
_LEVELS = 127  # -128 is left out, so that a number and its negative are kept equally well


def quantise(matrix: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Returns whole numbers (n, m) and scales whose products are closest to the matrix (n, m).

    The scales are (n, 1) or (1, m), whichever come closer.
    """
    candidates = [quantise_along(matrix, axis) for axis in (1, 0)]

    def error(candidate: tuple[NDArray[np.int8], Floats]) -> float:
        """Tells how far the products are off in all."""
        numbers, scale = candidate
        return float(np.square(matrix - numbers * scale, dtype=np.float64).sum())

    return min(candidates, key=error)


def quantise_along(matrix: Floats, axis: int) -> tuple[NDArray[np.int8], Floats]:
    """Returns whole numbers (n, m), and scales that they share along an axis.

    The scales are (n, 1) for axis 1, a row's, and (1, m) for axis 0, a column's.
    """
    # The largest number of a row or column becomes _LEVELS.
    scale = np.abs(matrix).max(axis=axis, keepdims=True) / np.float32(_LEVELS)
    scale[scale == 0] = 1  # a row or column of zeros
    return np.rint(matrix / scale).clip(-_LEVELS, _LEVELS).astype(np.int8), scale


def restore(numbers: NDArray, scale: NDArray, source: str) -> Floats:
    """Returns the product (n, m) of whole numbers (n, m) and their scales (n, 1) or (1, m).

    Args:
        numbers: From `quantise`.
        scale: From `quantise`.
        source: What they are and where from, for the message.

    Raises:
        ValueError: They are of other types or shapes, or a scale is no finite number above 0.
    """
    num_rows, num_columns = numbers.shape
    if (
        numbers.dtype != np.int8
        or scale.dtype != np.float32
        or not np.isfinite(scale).all()
        or (scale <= 0).any()
    ):
        raise ValueError(
            f"{source} is {numbers.dtype} with {scale.dtype} scales; expected int8 with float32 "
            "scales that are finite and above 0. Copy or train the model again."
        )
    if scale.shape not in ((num_rows, 1), (1, num_columns)):
        raise ValueError(
            f"{source} has scales of shape {scale.shape}; expected ({num_rows}, 1) or "
            f"(1, {num_columns}). Copy or train the model again."
        )
    return np.multiply(numbers, scale, dtype=np.float32)
