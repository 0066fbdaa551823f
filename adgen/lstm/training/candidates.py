"""The log-uniform draw of tokens that targets are priced against, for NumPy and for Keras.

Ids must be sorted by falling frequency, as adgen's tokenizers sort them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def log_uniform(
    uniforms: Any, *, num_frequent: int, vocab_size: int, library: Any
) -> tuple[Any, Any]:
    """Draws ids of the tail by a log-uniform distribution, one from each of `n` equal slices of it.

    The tail is the ids from `num_frequent` on; id k has probability proportional to
    ln((k + 2) / (k + 1)), close to Zipf's law. One draw a slice (stratified sampling) repeats few
    ids and varies less than free draws.

    Args:
        uniforms: (n,) numbers in [0, 1), of any precision.
        num_frequent: The first id of the tail.
        vocab_size: One more than the last id of the tail.
        library: `numpy`, or `keras.ops` where the draw is part of a graph.

    Returns:
        (n,) the ids, as numbers of that precision, and how often each is to be expected among them.
    """
    num_drawn = uniforms.shape[0]
    # 1. The cumulative probability of id k is (ln(k + 1) - low) / (high - low).
    low = math.log(num_frequent + 1)
    high = math.log(vocab_size + 1)
    # 2. One number in each slice of [0, 1), and the id whose cumulative probability it falls into.
    slices = (np.arange(num_drawn, dtype=np.float32) + uniforms) / num_drawn
    ids = library.floor(library.exp(low + slices * (high - low))) - 1
    ids = library.clip(ids, num_frequent, vocab_size - 1)
    # 3. The expected count, n * ln((k + 2) / (k + 1)) / (high - low); by log1p, since the plain
    # difference loses its digits where k is large.
    return ids, library.log1p(1 / (ids + 1)) * (num_drawn / (high - low))
