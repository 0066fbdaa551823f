"""Examples to batches for Keras: integer ids, in a reproducible order, on any number of workers.

It knows ids, neither text nor models.
"""

from __future__ import annotations

from contextlib import suppress
from numbers import Integral
from typing import Any

import keras
import numpy as np

from adgen.lstm.training.order import BatchOrder
from adgen.support.given import an_object, kind_of
from adgen.support.ranges import SEEDS, Range, check_number
from adgen.tokens.examples import Examples, check_positive


class TextDataGenerator(keras.utils.PyDataset):
    """Batches of integer contexts and targets, in an order of its own for every epoch.

    The order of epoch `e` depends on `seed` and `e` alone, so a resumed training sees the batches
    that the uninterrupted one would have seen, and any number of workers gives the same batches.
    The last, smaller batch is kept.

    Args:
        examples: From `windows`, `ad_windows` or `pack` of `adgen.tokens.examples`.
        batch_size: Examples in a batch.
        shuffle: Whether to mix the examples anew each epoch.
        seed: Seed of the order.
        one_hot: The vocabulary's size to get the 2022 experiment's dense arrays instead of ids:
            contexts (batch, sequence_length, vocab) and targets (batch, vocab), float32. For
            teaching and benchmarks.
        **workers: `workers`, `use_multiprocessing`, `max_queue_size` of `keras.utils.PyDataset`.

    Raises:
        ValueError: An argument is of another type or too small, or `one_hot` is given for packed
            rows.

    Example:
        >>> from adgen.tokens.examples import windows
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
        an_object("examples", examples, Examples)
        an_object("shuffle", shuffle, bool)
        check_positive(batch_size=batch_size)
        check_number("seed", seed, SEEDS, is_whole=True)
        if one_hot is not None:
            check_positive(one_hot=one_hot)
        if one_hot and examples.is_packed:
            raise ValueError("one_hot is for windows, not for packed rows. Leave one_hot out.")
        self.examples = examples
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = seed
        self.one_hot = one_hot
        self._batches = BatchOrder(len(examples), batch_size, seed, shuffle)
        self.start_epoch(0)

    @property
    def batches_per_epoch(self) -> int:
        """Returns the number of batches of a whole epoch."""
        return self._batches.batches_per_epoch

    def __len__(self) -> int:
        """Returns the number of batches of the part of the epoch that was chosen, by default all.

        An epoch's last may be smaller.
        """
        return len(self._part)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns contexts and targets of batch `index`, int32."""
        if not isinstance(index, Integral):
            raise TypeError(f"Batch {kind_of(index)} asked for; expected a number.")
        if not 0 <= index < len(self):
            raise IndexError(f"Batch {index} asked for; there are {len(self)}.")
        start = self._part[index] * self.batch_size
        rows = self.examples.rows[self._order[start : start + self.batch_size]].astype(np.int32)
        batch = Examples(rows, self.examples.is_packed)
        if self.one_hot:
            return _one_hot(batch.contexts, self.one_hot), _one_hot(batch.targets, self.one_hot)
        return batch.contexts, batch.targets

    def start_epoch(self, epoch: int, part: slice = slice(None)) -> None:
        """Takes the order of epoch `epoch` (from 0), and of its batches those in `part`."""
        check_number("epoch", epoch, Range(0, 1_000_000), is_whole=True)
        an_object("part", part, slice)
        self.epoch = epoch
        self._order = self._batches.of_epoch(epoch)
        self._slice = part
        self._part = range(self.batches_per_epoch)[part]

    def as_tf_dataset(self) -> Any:
        """Returns the same batches as a `tf.data.Dataset` without a Python function in it.

        TPUs and several devices need that. Shapes are static: a smaller last batch is left out.
        """
        import tensorflow as tf

        if keras.config.backend() != "tensorflow":
            with suppress(RuntimeError):  # it is in use already
                # TensorFlow makes batches alone, and would take the GPU's memory from the one that
                # needs it.
                tf.config.set_visible_devices([], "GPU")
        whole = [b for b in self._part if (b + 1) * self.batch_size <= len(self.examples)]
        rows = tf.constant(self.examples.rows)
        is_packed = self.examples.is_packed
        first, last = (whole[0], whole[-1] + 1) if whole else (0, 0)
        order = tf.constant(self._order[first * self.batch_size : last * self.batch_size])

        def batch(chosen: Any) -> tuple[Any, Any]:  # traced into the graph once
            ids = tf.cast(tf.gather(rows, chosen), tf.int32)
            return ids[:, :-1], ids[:, 1:] if is_packed else ids[:, -1]

        options = tf.data.Options()
        options.autotune.enabled = False  # its tuner would keep `fit` waiting at the end
        dataset = tf.data.Dataset.from_tensor_slices(order).batch(
            self.batch_size, drop_remainder=True
        )
        return dataset.map(batch, num_parallel_calls=1).prefetch(4).with_options(options)

    def on_epoch_end(self) -> None:
        """Goes on to the next epoch's order; Keras calls it."""
        self.start_epoch(self.epoch + 1, self._slice)


def _one_hot(token_ids: np.ndarray, vocab_size: int) -> np.ndarray:
    """Turns (...) ids into (..., vocab_size) float32."""
    dense = np.zeros((*token_ids.shape, vocab_size), np.float32)
    np.put_along_axis(dense, token_ids[..., None], 1, axis=-1)
    return dense
