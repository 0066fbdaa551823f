"""An LSTM that learns with Keras, on whatever its backend finds."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from adgen.lstm.training.batches import TextDataGenerator
from adgen.lstm.training.data import TrainingData
from adgen.lstm.training.devices import Devices
from adgen.lstm.training.divergence import check_running
from adgen.lstm.training.models import model_weights
from adgen.lstm.training.settings import TrainingConfig
from adgen.lstm.training.setup import make_model, make_objective, make_optimizer
from adgen.support.interrupts import whole_steps

# With one worker tf.data tunes Keras's pipeline in a thread that sleeps twice as long each time,
# and `fit` waits for it to wake: an epoch of 15 seconds ended after 20.5.
NUM_WORKERS = 2


class KerasLearner:
    """A model, its objective and optimizer, and batches in Keras's form.

    Args:
        data: From `prepare`.
        config: The run's settings.
    """

    def __init__(self, data: TrainingData, config: TrainingConfig) -> None:
        self._config = config
        keras.utils.set_random_seed(config.seed)
        self.generator = TextDataGenerator(
            data.examples, batch_size=config.batch_size, seed=config.seed, workers=NUM_WORKERS
        )
        self._devices = Devices(config.num_devices)
        with self._devices.scope():
            self.model = make_model(data, config)
            self.objective = make_objective(self.model, config)
            num_steps = int(config.epochs * self.generator.batches_per_epoch)
            optimizer = make_optimizer(config, num_steps=num_steps)
            self.objective.compile(optimizer=optimizer)
            optimizer.build(self.objective.trainable_variables)

    def variables(self) -> Sequence[Any]:
        """Returns every variable of objective and optimizer."""
        return [*self.objective.variables, *self.objective.optimizer.variables]

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """Returns copies of the weights by the names of a model directory."""
        return model_weights(self.model)

    def learn(self, epoch: int, part: slice, advance: Callable[[], None]) -> Mapping[str, float]:
        """Learns from some batches of an epoch; see `Learner`."""
        self.generator.start_epoch(epoch, part)
        if not len(self.generator):  # more checks than batches
            return {}
        # `fit` may tell the generator that an epoch has ended before it begins one; so the order is
        # set after that.
        set_order = keras.callbacks.LambdaCallback(
            on_epoch_begin=lambda *_: self.generator.start_epoch(epoch, part)
        )

        def after_step(batch: int, logs: Mapping[str, float] | None) -> None:
            advance()
            check_running(batch + 1, logs or {}, self._config)

        steps = keras.callbacks.LambdaCallback(on_train_batch_end=after_step)
        if self._config.pipeline == "keras":
            batches, callbacks = self.generator, [set_order, steps]
        else:
            batches, callbacks = self.generator.as_tf_dataset(), [steps]
        # JAX must be told of its devices again.
        with self._devices.scope(), whole_steps(self._stop) as was_asked:
            # `fit` forgets what it was asked before it begins.
            stop = keras.callbacks.LambdaCallback(
                on_train_begin=lambda logs: self._stop() if was_asked() else None
            )
            history = self.objective.fit(
                batches, verbose=0, shuffle=False, callbacks=[*callbacks, stop]
            ).history
        return {name: values[-1] for name, values in history.items()}

    def cpu_seconds(self) -> float:
        """Returns the CPU time of this process so far."""
        return time.process_time()

    def other_memory_bytes(self) -> int:
        """Returns 0: there is this process alone."""
        return 0

    def close(self) -> None:
        """Does nothing: Keras's objects go when they are forgotten."""

    def _stop(self) -> None:
        """Ends `fit` after the step that it is in."""
        self.objective.stop_training = True
