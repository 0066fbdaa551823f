"""Where the rows of a matrix product stand, so that a row's result does not depend on its mates.

A BLAS library computes a row in one way at one place of its tiles and perhaps in another at the
next: the last bits then depend on what else is in the batch. Rows that belong together are placed
so that they always meet the same kernels. It knows arrays, not what they hold.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from adgen.support.arrays import Floats, ranges

_BLOCK = 24  # rows: whole tiles of every kernel of OpenBLAS that was tried
_NUM_BLOCKS = 8  # that are looked at


def row_period(matrix: Floats) -> int:
    """Returns how far apart rows must stand to be multiplied alike, bit by bit.

    It is found by multiplying one row at many places: 1 with OpenBLAS's kernels for AVX-512, 12
    with those for AVX2.

    Args:
        matrix: What rows are multiplied with, (inputs, outputs).
    """
    row = np.random.default_rng(0).standard_normal(len(matrix), np.float32)
    found = np.tile(row, (_NUM_BLOCKS * _BLOCK, 1)) @ matrix  # (rows, outputs)
    few = np.tile(row, (_BLOCK, 1)) @ matrix
    for period in (1, 2, 3, 4, 6, 8, 12):
        if (found[period:] == found[:-period]).all() and (few == found[:_BLOCK]).all():
            return period
    return _BLOCK


def row_places(counts: Sequence[int], period: int) -> tuple[NDArray[np.int64], int]:
    """Returns where rows of several owners stand, and how many there are with what is between.

    Args:
        counts: Rows of each owner.
        period: From `row_period`; each owner begins at a multiple of it.

    Returns:
        Places (rows,), owner after owner, and a multiple of `_BLOCK` that holds them.

    Example:
        >>> places, num_rows = row_places([2, 3], 4)
        >>> places.tolist(), num_rows
        ([0, 1, 4, 5, 6], 24)
    """
    widths = [-(-count // period) * period for count in counts]
    starts = np.cumsum([0, *widths])
    places = ranges(starts[:-1], np.asarray(counts, np.int64))
    return places.astype(np.int64), -(-int(starts[-1]) // _BLOCK) * _BLOCK
