"""What an n-gram model stores, as arrays. The module knows no file and nothing of predicting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class NGramTables:
    """Holds what an interpolated n-gram model stores.

    Orders count from 1; D_n is the number of distinct n-grams of order n.

    Attributes:
        vocab_size: Number of token ids.
        keys: For each order (D_n,) int64, rising: the index of the n-gram's first n - 1 tokens in
            the order below times `vocab_size`, plus its last token. Order 1 has every id.
        discounted: For each order (D_n,) float32: what the n-gram adds to its probability; order 1:
            the probability itself.
        backoffs: For each order but the last (D_n,) float32: the weight of the order below after
            this context; 1 where nothing is known to follow.
    """

    vocab_size: int
    keys: Sequence[NDArray[np.int64]]
    discounted: Sequence[NDArray[np.float32]]
    backoffs: Sequence[NDArray[np.float32]]

    @property
    def order(self) -> int:
        """Returns the length of the longest n-gram."""
        return len(self.keys)
