"""Many runs of whole numbers as one array, without a loop."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


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


def log_normaliser(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return log(sum(exp(logits))) of each row in a numerically stable way.

    Args:
        logits: Shape (rows, vocab).

    Returns:
        Shape (rows,); `logits[row, id] - result[row]` is a natural log-probability under the model
        itself.

    Example:
        >>> float(log_normaliser(np.zeros((1, 4))).round(4)[0])
        1.3863
    """
    highest = logits.max(axis=-1)
    # Row by row: the exponentials of one row fit the cache, those of a batch do not.
    sums = [
        np.exp(row - top).sum(dtype=np.float64) for row, top in zip(logits, highest, strict=True)
    ]
    return highest.astype(np.float64) + np.log(np.array(sums, dtype=np.float64))


Floats = NDArray[np.float32]
