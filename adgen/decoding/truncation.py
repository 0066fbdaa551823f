"""Which tokens top-k and top-p keep: selections from one row that do not sort a whole vocabulary.

The module knows arrays, not what is drawn from them: that is `decoding.sampling`'s subject.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_STRIPE = 128  # numbers of which the highest is found first
# What lies below the upper 16 bits of a double: sign, exponent and four bits of the fraction.
_LOWER_BITS = 48
_BITS_OF_ONE = int(np.float64(1).view(np.int64)) >> _LOWER_BITS


def highest(values: NDArray[np.floating], count: int) -> NDArray[np.int64]:
    """Returns the positions of the highest values, in no particular order.

    Args:
        values: Shape (n,); -inf is allowed, NaN is not.
        count: How many, from 1 to n. Of equal values at the edge those at lower positions stay.

    Returns:
        Shape (count,).

    Example:
        >>> sorted(highest(np.array([0.1, 0.7, 0.1, 0.9]), 3).tolist())
        [0, 1, 3]
    """
    # 1. Leave out most values. The count-th highest stripe maximum is no higher than the count-th
    # highest value, so that only values from there up contend; this takes a tenth of the time of
    # partitioning a whole vocabulary.
    contenders = np.arange(len(values))
    stripes = len(values) // _STRIPE
    if count <= stripes:
        maxima = values[: stripes * _STRIPE].reshape(_STRIPE, stripes).max(axis=0)  # (stripes,)
        contenders = np.flatnonzero(values >= np.partition(maxima, -count)[-count])
    # 2. Take all above the count-th highest value, and as many of its equals as are missing.
    contending = values[contenders]
    edge = np.partition(contending, -count)[-count]
    above, ties = contenders[contending > edge], contenders[contending == edge]
    return np.concatenate([above, ties[: count - len(above)]])


def nucleus(weights: NDArray[np.float64], top_p: float) -> NDArray[np.int64]:
    """Returns the positions of the smallest set of highest weights whose share reaches `top_p`.

    Args:
        weights: Shape (n,), in [0, 1], not all zero; they need not add up to 1. Of equal ones at
            the edge those at lower positions stay.
        top_p: The share, in (0, 1).

    Returns:
        Shape (size of the set,), in no particular order.

    Example:
        >>> sorted(nucleus(np.array([0.2, 0.5, 0.1, 0.2]), 0.6).tolist())
        [0, 1]
    """
    # 1. Leave out most weights.
    total = weights.sum()
    inside = _contenders(weights, top_p, float(total))
    weights = weights[inside]  # (contenders,)
    # 2. Put them into bins. Read as an integer, a positive number grows with its value; its upper
    # bits put it into one of 16 bins per factor of two, so that only the bin at the edge is sorted,
    # however flat the distribution.
    bins = _BITS_OF_ONE - (weights.view(np.int64) >> _LOWER_BITS)
    # 3. Find the bin in which the share is reached, from the highest weights down.
    mass = np.cumsum(np.bincount(bins, weights))  # (bins,)
    edge = int(np.searchsorted(mass, top_p * total))
    # 4. Of that bin take the highest weights, as many as are missing; of those above it all.
    at_edge = np.flatnonzero(bins == edge)
    at_edge = at_edge[np.argsort(-weights[at_edge], kind="stable")]
    missing = top_p * total - (mass[edge - 1] if edge else 0.0)
    count = int(np.searchsorted(np.cumsum(weights[at_edge]), missing)) + 1
    return inside[np.concatenate([np.flatnonzero(bins < edge), at_edge[:count]])]


def _contenders(weights: NDArray[np.float64], top_p: float, total: float) -> NDArray[np.int64]:
    """Returns the positions of the highest weights whose share is above `top_p`, not many more."""
    spare = 0.5 * (1 - top_p) * total
    # A model's distribution is most often so uneven that few weights reach a 512th of what may be
    # left out.
    inside = np.flatnonzero(weights >= spare / 512)
    if weights[inside].sum() > total - spare:
        return inside
    # All weights below this bound together hold less than that.
    return np.flatnonzero(weights >= spare / len(weights))
