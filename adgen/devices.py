"""Several devices as one: each batch is shared among them, and every device keeps all weights.

The only module that knows how a Keras backend says so.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import keras


def device_scope(num_devices: int) -> AbstractContextManager[Any]:
    """The context in which a model for so many devices is built.

    Args:
        num_devices: Devices that share each batch; 1 leaves all as it is.

    Returns:
        On TensorFlow the scope of a `tf.distribute.MirroredStrategy`, on JAX that of a
        `keras.distribution.DataParallel`.

    Raises:
        ValueError: There are fewer devices.

    Source: https://keras.io/guides/distribution/
    """
    if num_devices == 1:
        return nullcontext()
    if keras.config.backend() == "tensorflow":
        import tensorflow as tf

        kind = "GPU" if tf.config.list_logical_devices("GPU") else "CPU"
        names = [device.name for device in tf.config.list_logical_devices(kind)]
        _check_number(num_devices, names)
        return tf.distribute.MirroredStrategy(names[:num_devices]).scope()
    names = keras.distribution.list_devices()
    _check_number(num_devices, names)
    return keras.distribution.DataParallel(devices=names[:num_devices]).scope()


def _check_number(num_devices: int, names: list[str]) -> None:
    if num_devices > len(names):
        raise ValueError(
            f"num_devices is {num_devices}; there are {len(names)}: {', '.join(names)}. Give at most that many."
        )
