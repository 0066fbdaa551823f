"""What learns, as the trainer sees it: Keras on any device, or torch on this machine's cores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from adgen.lstm.training.data import TrainingData
from adgen.lstm.training.settings import TrainingConfig
from adgen.support.extras import make_torch_loadable


class Learner(Protocol):
    """Holds a model that learns batch by batch."""

    def variables(self) -> Sequence[Any]:
        """Returns all that a run needs to go on, in an order that stays.

        Each can be read as an array, and has `assign`.
        """

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """Returns copies of the weights by the names of a model directory."""

    def learn(self, epoch: int, part: slice, advance: Callable[[], None]) -> Mapping[str, float]:
        """Learns from some batches of an epoch; Ctrl-C ends it after the step that it is in.

        Args:
            epoch: Which one, from 0.
            part: Which of its batches.
            advance: Called after each step.

        Returns:
            The running figures.

        Raises:
            DivergedError: One of them is no number.
        """

    def cpu_seconds(self) -> float:
        """Returns the CPU time of all that takes part, so far."""

    def other_memory_bytes(self) -> int:
        """Returns the most that other processes have held beside this one, each at its time."""

    def close(self) -> None:
        """Ends what was begun for it; nothing may be asked of it afterwards."""


def open_learner(data: TrainingData, config: TrainingConfig) -> Learner:
    """Returns what a run's settings ask for, with its first weights.

    Raises:
        ImportError: Its library is missing.
    """
    if config.engine == "torch":
        make_torch_loadable()
        from adgen.lstm.training.torch_learner import TorchLearner

        return TorchLearner(data, config)
    from adgen.lstm.training.keras_learner import KerasLearner

    return KerasLearner(data, config)
