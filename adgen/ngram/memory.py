"""The memory that counting n-grams needs, predicted from the lengths of the ads.

How many of the n-grams are distinct is known only when they are counted; the share here is that of
real ads at order 6. `benchmarks/memory.py` holds the prediction against measured peaks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adgen.support.memory import check_memory
from adgen.tokens.base import EOS_ID

# Bytes of a distinct n-gram in all arrays together, and of an occurrence while one order is sorted.
_PER_NGRAM = 40
_PER_OCCURRENCE = 48
_DISTINCT_SHARE = 0.5
_BASE_BYTES = 200_000_000  # Python, NumPy and pandas


def predict_bytes(token_ids: NDArray[np.integer], order: int) -> dict[str, int]:
    """Predicts the bytes that a fit needs, by what takes them.

    Args:
        token_ids: (num_tokens,) ads, each followed by `<eos>`.
        order: Length of the longest n-gram.
    """
    ends = np.flatnonzero(np.asarray(token_ids) == EOS_ID)
    lengths = np.diff(ends, prepend=-1)  # (num_ads,), ends included
    # An ad of n tokens has n - k + 2 n-grams of k tokens, one with the start that precedes it.
    numbers = [int(np.maximum(lengths - k + 2, 0).sum()) for k in range(2, order + 1)]
    return {
        "n-grams": int(_PER_NGRAM * _DISTINCT_SHARE * sum(numbers)),
        "sorting": _PER_OCCURRENCE * max(numbers, default=0),
        "Python": _BASE_BYTES,
    }


def check_fit_memory(token_ids: NDArray[np.integer], order: int) -> None:
    """Raises where a fit needs more memory than the machine has, before it is taken.

    Raises:
        ValueError: It does; the message has the estimate.
    """
    check_memory(
        predict_bytes(token_ids, order),
        f"Counting the n-grams of {len(token_ids):,} tokens up to order {order}",
        "Give a smaller order, or fewer ads with max_ads.",
    )
