"""Makes runs of whole numbers and takes log-sum-exp, both over whole arrays.

The module knows NumPy alone: neither tokens nor models.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

# The type of weights, states and logits, whatever their shape: float32, or float64 where an LSTM
# computes exactly.
Floats = NDArray[np.floating]


def ranges(starts: ArrayLike, lengths: np.ndarray) -> np.ndarray:
    """Returns `start, start + 1, ...` for each run, one run after the other.

    Args:
        starts: The first number of each run, shape `(runs,)`, or one number for all.
        lengths: How many numbers each run has, integers from 0, shape `(runs,)`.

    Returns:
        The numbers of all runs, shape `(lengths.sum(),)`.

    Example:
        >>> ranges([10, 20, 30], np.array([2, 0, 3])).tolist()
        [10, 11, 30, 31, 32]
    """
    # Counting goes on from run to run, so each run is moved by its start, less what came before it.
    before = np.cumsum(lengths) - lengths  # (runs,)
    return np.arange(lengths.sum()) + np.repeat(np.asarray(starts) - before, lengths)


def log_normaliser(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Returns log(sum(exp(logits))) of each row in a numerically stable way.

    Args:
        logits: Scores of all tokens, shape `(rows, vocab)`.

    Returns:
        One number a row, shape `(rows,)`; `logits[row, id] - result[row]` is a natural
        log-probability under the model itself.

    Example:
        >>> float(log_normaliser(np.zeros((1, 4))).round(4)[0])
        1.3863
    """
    # 1. The highest logit of a row is taken out, so that no exponential overflows.
    highest = logits.max(axis=-1)  # (rows,)
    # 2. Sums row by row: the exponentials of one row fit the cache, those of a batch do not.
    sums = np.empty(len(logits))
    shifted = np.empty(logits.shape[1], logits.dtype)
    for number, row in enumerate(logits):
        np.subtract(row, highest[number], out=shifted)
        np.exp(shifted, out=shifted)
        sums[number] = shifted.sum()  # pairwise, and so to the last digits of a logit
    # 3. log(sum(exp(logits))) = highest + log(sum(exp(logits - highest))).
    return highest.astype(np.float64) + np.log(sums)
