"""Examples to batches for Keras: integer ids, in a reproducible order, on any number of workers."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from adgen.examples import Examples, ad_windows, check_positive, pack, windows

__all__ = ["Examples", "TextDataGenerator", "ad_windows", "pack", "windows"]


class TextDataGenerator(keras.utils.PyDataset):
    """Batches of integer contexts and targets, in an order of its own for every epoch.

    The order of epoch `e` depends on `seed` and `e` alone, so a resumed training sees the batches that the
    uninterrupted one would have seen, and any number of workers gives the same batches. The last, smaller batch
    is kept.

    Args:
        examples: From `windows`, `ad_windows` or `pack`.
        batch_size: Examples in a batch.
        shuffle: Whether to mix the examples anew each epoch.
        seed: Seed of the order.
        one_hot: The vocabulary's size to get the 2022 experiment's dense arrays instead of ids: contexts
            (batch, sequence_length, vocab) and targets (batch, vocab), float32. For teaching and benchmarks.
        **workers: `workers`, `use_multiprocessing`, `max_queue_size` of `keras.utils.PyDataset`.

    Raises:
        ValueError: `batch_size` is below 1, or `one_hot` is given for packed rows.

    Example:
        >>> generator = TextDataGenerator(windows(np.arange(100)), batch_size=16)
        >>> [array.shape for array in generator[0]]
        [(16, 4), (16,)]
    """

    def __init__(
        self,
        examples: Examples,
        *,
        batch_size: int = 4096,
        shuffle: bool = True,
        seed: int = 0,
        one_hot: int | None = None,
        **workers: Any,
    ) -> None:
        super().__init__(**workers)
        check_positive(batch_size=batch_size)
        if one_hot and examples.weights is not None:
            raise ValueError(
                "one_hot is for windows; packed rows have a weight for every target. Leave one_hot out."
            )
        self.examples, self.batch_size, self.shuffle = examples, batch_size, shuffle
        self.seed, self.one_hot = seed, one_hot
        self.start_epoch(0)

    def __len__(self) -> int:
        """Number of batches, the last one possibly smaller."""
        return -(-len(self.examples.contexts) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        """Contexts, targets and, for packed rows, weights of batch `index`."""
        if not 0 <= index < len(self):
            raise IndexError(f"Batch {index} asked for; there are {len(self)}.")
        chosen = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        contexts, targets, weights = self.examples
        batch = contexts[chosen], targets[chosen]
        if self.one_hot:
            return _one_hot(batch[0], self.one_hot), _one_hot(batch[1], self.one_hot)
        return batch if weights is None else (*batch, weights[chosen])

    def start_epoch(self, epoch: int) -> None:
        """Take the order of epoch `epoch` (from 0)."""
        self.epoch = epoch
        num_examples = len(self.examples.contexts)
        rng = np.random.default_rng([self.seed, epoch])
        self._order = rng.permutation(num_examples) if self.shuffle else np.arange(num_examples)

    def on_epoch_end(self) -> None:
        """Go on to the next epoch's order; Keras calls it."""
        self.start_epoch(self.epoch + 1)


def _one_hot(token_ids: np.ndarray, vocab_size: int) -> np.ndarray:
    """(...,) ids to (..., vocab_size) float32."""
    dense = np.zeros((*token_ids.shape, vocab_size), np.float32)
    np.put_along_axis(dense, token_ids[..., None], 1, axis=-1)
    return dense
