"""Several devices as one: each batch is shared among them, and every device keeps all weights.

The only module that knows how a Keras backend says so. On TensorFlow the step runs on every device
with the rows that lie there, and what must be known of all rows is here. On JAX the step is of all
rows, and JAX shares it out; where it would not do that well, `on_each_device` does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

import keras

Tensor = Any


class Devices:
    """The devices that share each batch of a training.

    Args:
        num_devices: How many; 1 leaves all to Keras.

    Raises:
        ValueError: There are fewer.

    Source: https://keras.io/guides/distribution/
    """

    def __init__(self, num_devices: int) -> None:
        self._strategy: Any = None
        if num_devices == 1:
            return
        is_tensorflow = keras.config.backend() == "tensorflow"
        names = _tensorflow_devices() if is_tensorflow else keras.distribution.list_devices()
        if num_devices > len(names):
            raise ValueError(
                f"num_devices is {num_devices}; there are {len(names)}: {', '.join(names)}. "
                "Give at most that many."
            )
        if is_tensorflow:
            self._strategy = _mirrored(tuple(names[:num_devices]))
        else:
            self._strategy = keras.distribution.DataParallel(devices=names[:num_devices])

    def scope(self) -> AbstractContextManager[Any]:
        """Returns the context in which a model is built and trained."""
        return nullcontext() if self._strategy is None else self._strategy.scope()


@cache
def _mirrored(names: tuple[str, ...]) -> Any:
    """Returns one strategy for all trainings of a process.

    The sums of two would get the same keys and be taken for another.
    """
    import tensorflow as tf

    return tf.distribute.MirroredStrategy(names)


def _tensorflow_devices() -> list[str]:
    """Returns the GPUs' names, or the CPUs' where there are none."""
    import tensorflow as tf

    kind = "GPU" if tf.config.list_logical_devices("GPU") else "CPU"
    return [device.name for device in tf.config.list_logical_devices(kind)]


def on_each_device(
    function: Callable[..., Any], *values: Tensor, shared: Sequence[Tensor] = ()
) -> Any:
    """Applies a function to each device's rows, and puts the rows that it gives together again.

    A loop on JAX within it is a loop of each device. Of a loop over all rows JAX gives every device
    all the rounds, or adds up a shared tensor's gradient over the devices at every round.

    Args:
        function: Takes tensors, gives tensors; all with rows as their first axis.
        *values: Tensors of as many rows, a multiple of the number of devices.
        shared: More of the function's arguments, the same on every device.
    """
    distribution = keras.distribution.distribution()
    # One device, or TensorFlow, where a step sees one device's rows anyway.
    if distribution is None:
        return function(*values, *shared)
    import jax

    num_devices = distribution.device_mesh.devices.size
    # (n, ...) to (devices, n / devices, ...)
    parts = [value.reshape(num_devices, -1, *value.shape[1:]) for value in values]
    copies = [jax.numpy.broadcast_to(value, (num_devices, *value.shape)) for value in shared]
    return jax.tree.map(
        lambda rows: rows.reshape(-1, *rows.shape[2:]), jax.vmap(function)(*parts, *copies)
    )


def share_of_batch(weight: Tensor) -> Tensor:
    """Returns the share of the whole batch's weight that lies on this device.

    It is 1 where the step sees the whole batch. Keras adds up the losses and gradients of all
    devices. A mean over a device's own targets, times this share, adds up to the mean over all
    targets.
    """
    context = _one_of_several()
    if context is None:
        return 1.0
    import tensorflow as tf

    return weight / context.all_reduce(tf.distribute.ReduceOp.SUM, weight)


class WholeBatchAdam(keras.optimizers.Adam):
    """Adam that clips the gradient of the whole batch.

    Keras's own clips each device's part and then adds them up. Here each device clips the mean of
    all parts, at a norm that is smaller by the number of devices; as many of them add up to the
    whole gradient, clipped.

    Args:
        learning_rate: Step size or its schedule.
        clip_norm: Largest norm of the gradient over all weights; None clips nothing.
    """

    def __init__(self, learning_rate: Any, *, clip_norm: float | None = None) -> None:
        super().__init__(learning_rate, global_clipnorm=clip_norm and clip_norm / _num_parts())

    def apply(
        self, grads: Sequence[Tensor], trainable_variables: Sequence[Any] | None = None
    ) -> None:
        """Takes a step."""
        context = _one_of_several()
        if context is not None and self.global_clipnorm is not None:
            import tensorflow as tf

            grads = context.all_reduce(tf.distribute.ReduceOp.MEAN, list(grads))
        super().apply(grads, trainable_variables)


def _one_of_several() -> Any:
    """Returns TensorFlow's view from within a step on one of several devices, or None."""
    if _num_parts() == 1:
        return None
    import tensorflow as tf

    return tf.distribute.get_replica_context()


def _num_parts() -> int:
    """Returns into how many parts TensorFlow cuts a batch here."""
    if keras.config.backend() != "tensorflow":
        return 1
    import tensorflow as tf

    return tf.distribute.get_strategy().num_replicas_in_sync
