"""Chooses some of many ads, always the same ones: at random, or at equal distances.

The module knows how many ads there are; it knows no ad.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def sample_places(num_ads: int, max_ads: int | None, *, seed: int = 0) -> NDArray[np.int64]:
    """Returns places of random ads, rising; a larger sample contains the smaller one.

    Args:
        num_ads: Ads that there are.
        max_ads: Ads that are wanted; all are taken where there are fewer, or where it is None.
        seed: Another seed gives another sample.

    Example:
        >>> set(sample_places(100, 5)) < set(sample_places(100, 9))
        True
    """
    # The ads with the lowest draws, so that more wanted ads never push one out.
    draws = np.random.default_rng(seed).random(num_ads)  # (num_ads,)
    return np.sort(np.argsort(draws)[:max_ads])


def spread_places(num_ads: int, max_ads: int | None) -> NDArray[np.int64]:
    """Returns places of ads at equal distances, the first ad's among them.

    Args:
        num_ads: Ads that there are.
        max_ads: Ads that are wanted; all are taken where there are fewer, or where it is None.

    Example:
        >>> spread_places(10, 3).tolist()
        [0, 3, 6]
    """
    wanted = num_ads if max_ads is None else min(max_ads, num_ads)
    stride = max(num_ads // max(wanted, 1), 1)
    return np.arange(0, stride * wanted, stride)
