"""Some of many ads, always the same ones."""

from __future__ import annotations

import numpy as np


def sample_places(num_ads: int, max_ads: int, *, seed: int = 0) -> np.ndarray:
    """Places of `max_ads` random ones of `num_ads` ads, rising; a larger sample contains the smaller one."""
    draws = np.random.default_rng(seed).random(num_ads)
    return np.sort(np.argsort(draws)[:max_ads])


def spread(num_ads: int, max_ads: int | None) -> range:
    """Places of so many ads at equal distances; of all, where there are fewer or None is given."""
    wanted = num_ads if max_ads is None else min(max_ads, num_ads)
    stride = max(num_ads // max(wanted, 1), 1)
    return range(0, stride * wanted, stride)
