"""Draws by inverting cumulative distributions, many rows at once.

The module knows arrays, not what they are probabilities of: that is `decoding.sampling`'s subject.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

_SPAN = 128  # positions whose masses are added up before one of them is looked for
_ROWS = 32  # rows at once: many enough to make calls rare, few enough to stay in a cache


def draw_softmax(
    logits: NDArray[np.floating],
    uniforms: NDArray[np.floating],
    *,
    temperature: float,
    penalty: float = 1.0,
    so_far: Sequence[Sequence[int]] = (),
    banned: Sequence[int] = (),
) -> NDArray[np.int64]:
    """Draws from the whole softmax of each row.

    Args:
        logits: Shape (batch, vocab).
        uniforms: One number in [0, 1) per row, shape (batch,).
        temperature: What logits are divided by, from 1e-3 to 1e3.
        penalty: What a positive logit is divided by before that, and a negative one multiplied by,
            of the ids of `so_far`.
        so_far: For each row the ids that the penalty falls on; not needed where it is 1.
        banned: Ids of probability zero.

    Returns:
        Token ids, shape (batch,); never one of probability zero. -1 for rows that hold NaN or +inf,
        or of which everything is banned.

    Example:
        >>> logits, uniforms = np.log([[0.5, 0.3, 0.2]]), np.array([0.4])
        >>> draw_softmax(logits, uniforms, temperature=1.0, banned=[0]).tolist()
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
        if penalty != 1:
            _penalise(weights, penalty, so_far[block])
        weights[:, list(banned)] = -np.inf
        # 2. Take off the highest logit, so that no exponential overflows.
        highest = weights.max(axis=1, keepdims=True)
        is_usable = np.isfinite(highest[:, 0])
        if not is_usable.all():
            weights[~is_usable] = 0
            highest[~is_usable] = 0
        weights -= highest
        # 3. Weights are exp(logit / temperature); a draw needs no sum of 1.
        if temperature != 1:
            weights /= weights.dtype.type(temperature)
        np.exp(weights, out=weights)
        chosen[block] = np.where(is_usable, _draw(weights, uniforms[block]), -1)
    return chosen


def _penalise(
    logits: NDArray[np.floating], penalty: float, so_far: Sequence[Sequence[int]]
) -> None:
    """Makes the ids of each row less probable, in place; an id that stands twice only once."""
    num_ids = [len(token_ids) for token_ids in so_far]
    columns = np.fromiter(chain.from_iterable(so_far), np.int64, sum(num_ids))
    place = np.repeat(np.arange(len(so_far)), num_ids), columns
    seen = logits[place]
    logits[place] = np.where(seen > 0, seen / penalty, seen * penalty)


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
    # einsum adds up short runs several times as fast as sum does.
    span, shares = _find(np.einsum("abc->ab", spans), uniforms)  # (rows,) both
    # 2. Find the position in it where the mass rises past what is left of that share.
    positions, _ = _find(spans[np.arange(len(spans)), span], shares)
    return span * _SPAN + positions


def _find(
    masses: NDArray[np.floating], shares: NDArray[np.floating]
) -> tuple[NDArray[np.int64], NDArray[np.floating]]:
    """Finds the first position of each row up to which the masses exceed a share of their sum.

    Args:
        masses: Shape (rows, n).
        shares: Shape (rows,), from 0 to 1.

    Returns:
        (rows,) positions, and (rows,) which share of its mass lies before the mark.
    """
    cumulative = np.cumsum(masses, axis=1, dtype=np.float64)
    total = cumulative[:, -1]
    # Strictly below the total even where rounding carried a mark up to it. The position found is
    # where the cumulative mass rises past the mark, so that its own mass is above zero.
    marks = np.minimum(shares * total, np.nextafter(total, 0.0))
    positions = (cumulative <= marks[:, np.newaxis]).sum(axis=1)
    place = np.arange(len(masses)), positions
    before = cumulative[place] - masses[place]
    return positions, np.clip((marks - before) / masses[place], 0, 1)
