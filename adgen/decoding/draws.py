"""Draws by inverting cumulative distributions, many rows at once.

The module knows arrays, not what they are probabilities of: that is `decoding.sampling`'s subject.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_SPAN = 128  # positions whose masses are added up before one of them is looked for
_ROWS = 8  # rows at once: few enough to stay in the cache, many enough to make calls rare


def draw_softmax(
    logits: NDArray[np.floating],
    temperature: float,
    uniforms: NDArray[np.floating],
    banned: Sequence[int],
) -> NDArray[np.int64]:
    """Draws from the whole softmax of each row.

    Args:
        logits: Shape (batch, vocab).
        temperature: What they are divided by, from 1e-3 to 1e3.
        uniforms: One number in [0, 1) per row, shape (batch,).
        banned: Ids of probability zero.

    Returns:
        Token ids, shape (batch,); never one of probability zero. -1 for rows that hold NaN or +inf,
        or of which everything is banned.

    Example:
        >>> draw_softmax(np.log([[0.5, 0.3, 0.2]]), 1.0, np.array([0.4]), [0]).tolist()
        [1]
    """
    num_rows, vocab_size = logits.shape
    chosen = np.empty(num_rows, np.int64)
    room = _room(min(num_rows, _ROWS), vocab_size, logits.dtype)
    for start in range(0, num_rows, _ROWS):
        block = slice(start, start + _ROWS)
        # 1. Copy the logits into room that is whole spans wide, -inf where nothing may be drawn.
        weights = room[: len(logits[block])]  # (rows of the block, whole spans)
        weights[:, :vocab_size] = logits[block]
        weights[:, vocab_size:] = -np.inf
        weights[:, list(banned)] = -np.inf
        # 2. Take off the highest logit, so that no exponential overflows.
        highest = weights.max(axis=1, keepdims=True)
        is_usable = np.isfinite(highest[:, 0])
        weights[~is_usable] = 0
        weights -= np.where(is_usable[:, np.newaxis], highest, 0)
        # 3. Weights are exp(logit / temperature); a draw needs no sum of 1.
        if temperature != 1:
            weights /= weights.dtype.type(temperature)
        np.exp(weights, out=weights)
        chosen[block] = np.where(is_usable, _draw(weights, uniforms[block]), -1)
    return chosen


def draw_rows(weights: NDArray[np.floating], uniforms: NDArray[np.floating]) -> NDArray[np.int64]:
    """Draws a position of each row.

    Args:
        weights: Shape (rows, n), not negative, of finite sum above zero; they need not add up to 1.
        uniforms: One number in [0, 1) per row, shape (rows,).

    Returns:
        Positions, shape (rows,); never one of weight zero.
    """
    room = _room(len(weights), weights.shape[1], weights.dtype)
    room[:, : weights.shape[1]] = weights
    return _draw(room, uniforms)


def draw_one(weights: NDArray[np.floating], uniform: float) -> int:
    """Draws a position of one row (n,) that is short, as `draw_rows` does of many."""
    cumulative = np.cumsum(weights, dtype=np.float64)
    mark = min(uniform * cumulative[-1], np.nextafter(cumulative[-1], 0.0))
    return int(np.searchsorted(cumulative, mark, side="right"))


def _room(num_rows: int, width: int, dtype: np.dtype) -> NDArray[np.floating]:
    """Returns zeros, wide enough for spans of equal length."""
    return np.zeros((num_rows, -(-width // _SPAN) * _SPAN), dtype)


def _draw(weights: NDArray[np.floating], uniforms: NDArray[np.floating]) -> NDArray[np.int64]:
    """Draws as `draw_rows` does, from rows that are whole spans wide."""
    # First the span, then the position in it: a running sum waits for each of its additions, and
    # over a whole vocabulary takes longer than all the rest.
    # 1. Find the span where the mass rises past the uniform's share of the total.
    spans = weights.reshape(len(weights), -1, _SPAN)  # (rows, spans, _SPAN)
    mass = np.cumsum(spans.sum(axis=2, dtype=np.float64), axis=1)  # (rows, spans)
    span, rest = _find(mass, uniforms * mass[:, -1])  # (rows,) both
    # 2. Find the position in it where the mass rises past what is left of that share.
    chosen = spans[np.arange(len(spans)), span]  # (rows, _SPAN)
    inside = np.cumsum(chosen, axis=1, dtype=np.float64)
    return span * _SPAN + _find(inside, rest)[0]


def _find(
    cumulative: NDArray[np.float64], marks: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Finds the first position of each row whose cumulative mass exceeds its mark.

    Returns:
        (rows,) positions, and (rows,) how far the marks reach into them.
    """
    # Strictly below the total even where rounding carried a mark up to it. The position found is
    # where the cumulative mass rises past the mark, so that its own mass is above zero.
    marks = np.minimum(marks, np.nextafter(cumulative[:, -1], 0.0))
    positions = (cumulative <= marks[:, np.newaxis]).sum(axis=1)
    before = cumulative[np.arange(len(positions)), positions - 1]  # of no use where position is 0
    return positions, marks - np.where(positions > 0, before, 0.0)
