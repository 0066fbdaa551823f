"""Which examples make up each batch of an epoch: an order that seed and epoch alone decide.

So a resumed training sees the batches that the uninterrupted one would have seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class BatchOrder:
    """Divides examples into batches; the last, smaller batch of an epoch is kept.

    Attributes:
        num_examples: How many there are.
        batch_size: Examples in a batch.
        seed: Seed of the order.
        shuffle: Whether to mix the examples anew each epoch.
    """

    num_examples: int
    batch_size: int
    seed: int = 0
    shuffle: bool = True

    @property
    def batches_per_epoch(self) -> int:
        """Returns the number of batches of a whole epoch."""
        return -(-self.num_examples // self.batch_size)

    def of_epoch(self, epoch: int) -> NDArray[np.int64]:
        """Returns the examples' numbers in the order of an epoch, from 0."""
        if not self.shuffle:
            return np.arange(self.num_examples)
        return np.random.default_rng([self.seed, epoch]).permutation(self.num_examples)
