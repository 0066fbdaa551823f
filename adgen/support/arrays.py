"""Many runs of whole numbers as one array, without a loop."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def ranges(starts: ArrayLike, lengths: np.ndarray) -> np.ndarray:
    """`start, start + 1, ...` for each run, one run after the other.

    Args:
        starts: (n,) the first number of each run, or one number for all.
        lengths: (n,) integers from 0.

    Returns:
        (sum of the lengths,).

    Example:
        >>> ranges([10, 20, 30], np.array([2, 0, 3])).tolist()
        [10, 11, 30, 31, 32]
    """
    before = np.cumsum(lengths) - lengths  # numbers in the runs before
    return np.arange(lengths.sum()) + np.repeat(np.asarray(starts) - before, lengths)
