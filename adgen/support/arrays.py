"""Makes runs of whole numbers and takes log-sum-exp, both over whole arrays.

The module knows NumPy alone: neither tokens nor models.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

# The type of weights, states and logits, whatever their shape: float32, or float64 where an LSTM
# computes exactly.
Floats = NDArray[np.floating]
_F = TypeVar("_F", bound=np.floating)

_ROWS = 8  # at once: few enough to stay in the cache, many enough to make calls rare


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


def log(values: NDArray[_F]) -> NDArray[_F]:
    """Returns natural logarithms, -inf of 0 without a warning.

    Example:
        >>> log(np.array([1.0, 0.0])).tolist()
        [0.0, -inf]
    """
    with np.errstate(divide="ignore"):
        return np.log(values)


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
    result = np.empty(len(logits))
    room = np.empty((min(len(logits), _ROWS), logits.shape[1]), logits.dtype)
    for start in range(0, len(logits), _ROWS):
        block = logits[start : start + _ROWS]  # (rows of the block, vocab)
        shifted = room[: len(block)]
        # 1. The highest logit of a row is taken out, so that no exponential overflows.
        highest = block.max(axis=1, keepdims=True)  # (rows of the block, 1)
        np.subtract(block, highest, out=shifted)
        # 2. log(sum(exp(logits))) = highest + log(sum(exp(logits - highest))).
        np.exp(shifted, out=shifted)
        sums = shifted.sum(axis=1).astype(np.float64)
        result[start : start + _ROWS] = highest[:, 0] + np.log(sums)
    return result


def find_sorted(numbers: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Returns where each wanted number stands in rising numbers, -1 where it does not.

    Args:
        numbers: (num,), at least one.
        wanted: (num_wanted,).

    Example:
        >>> find_sorted(np.array([2, 5, 9]), np.array([9, 4, 2])).tolist()
        [2, -1, 0]
    """
    # Rising questions find their answers in the cache: eight times faster.
    by_size = np.argsort(wanted)
    rising = wanted[by_size]
    places = np.minimum(np.searchsorted(numbers, rising), len(numbers) - 1)
    found = np.empty_like(places)
    found[by_size] = np.where(numbers[places] == rising, places, -1)
    return found
