"""An ad LSTM that learns on the cores of this machine: first weights, steps, what a run keeps."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from adgen.lstm.config import LSTMConfig
from adgen.lstm.training.data import TrainingData
from adgen.lstm.training.divergence import check_running
from adgen.lstm.training.memory import num_torch_processes
from adgen.lstm.training.order import BatchOrder
from adgen.lstm.training.settings import TrainingConfig
from adgen.lstm.training.torch_adam import RowAdam, step_length
from adgen.lstm.training.torch_crew import Board, Crew, Job
from adgen.lstm.training.torch_network import BIAS, EMBEDDING, Batch
from adgen.lstm.training.torch_recurrence import as_usual, coupled
from adgen.lstm.training.torch_softmax import CandidateSampler
from adgen.support.interrupts import whole_steps


def first_weights(
    config: LSTMConfig, output_bias: NDArray[np.float32] | None, seed: int
) -> dict[str, NDArray[np.float32]]:
    """Returns weights to begin with, drawn as Keras draws them.

    Args:
        config: The architecture.
        output_bias: (vocab,); None begins at zero.
        seed: Of the draws.

    Source: Glorot and Bengio 2010; Saxe et al. 2014 (orthogonal); Jozefowicz et al. 2015 (ones for
        the forget gate).
    """
    rng = np.random.default_rng(seed)
    weights: dict[str, NDArray[np.float32]] = {}
    for name, shape in config.weight_shapes().items():
        kind = name.rpartition(".")[2]
        if name == EMBEDDING:
            values = rng.uniform(-0.05, 0.05, shape)
        elif name == BIAS:
            values = np.zeros(shape) if output_bias is None else output_bias.astype(np.float64)
        elif kind == "bias":
            values = np.repeat([0.0, 1.0, 0.0, 0.0], shape[0] // 4)
        elif kind == "recurrent_kernel":
            values = np.linalg.qr(rng.standard_normal(shape[::-1]))[0].T
        else:
            limit = math.sqrt(6 / sum(shape))
            values = rng.uniform(-limit, limit, shape)
        weights[name] = np.ascontiguousarray(values, np.float32)
    return weights


def _of_layers(
    weights: Mapping[str, NDArray[np.float32]],
    change: Callable[[str, Tensor, int], Tensor],
    num_blocks: int,
) -> dict[str, NDArray[np.float32]]:
    """Returns weights of which those of the LSTM layers are changed."""
    return {
        name: change(name, torch.from_numpy(one), num_blocks).numpy()
        if name.startswith("lstm")
        else one
        for name, one in weights.items()
    }


def rate_at(config: TrainingConfig, num_steps: int, number: int) -> float:
    """Returns the step size of a step, from 0: as Keras's schedules."""
    if config.schedule == "constant":
        return config.learning_rate
    if number < config.warmup_steps:
        return config.learning_rate * number / config.warmup_steps
    done = (number - config.warmup_steps) / max(num_steps - config.warmup_steps, 1)
    return config.learning_rate * 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))


class Kept:
    """A tensor that a run keeps, as a checkpoint reads and sets it.

    Args:
        values: Where it lies.
    """

    def __init__(self, values: Tensor) -> None:
        self._values = values

    @property
    def shape(self) -> tuple[int, ...]:
        """Returns its shape."""
        return tuple(self._values.shape)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """Returns its numbers."""
        return np.array(self._values.numpy(), dtype=dtype, copy=copy)

    def assign(self, array: NDArray[Any]) -> None:
        """Takes the numbers of an array of its shape."""
        self._values.copy_(torch.from_numpy(array))


class TorchLearner:
    """A tied ad LSTM that learns on cores of this machine; see `adgen.lstm.training.learner`.

    Args:
        data: From `prepare`.
        config: The run's settings.
    """

    def __init__(self, data: TrainingData, config: TrainingConfig) -> None:
        self._config = config
        self._rows = data.examples.rows
        self._batches = BatchOrder(len(data.examples), config.batch_size, config.seed)
        self._num_steps = int(config.epochs * self._batches.batches_per_epoch)
        bias = data.log_frequencies() if config.unigram_bias else None
        num_processes = num_torch_processes(config)
        first = first_weights(data.lstm_config, bias, config.seed)
        if config.coupled_gates:
            first = _of_layers(first, coupled, config.recurrent_blocks)
        self._board = Board.of(first, num_processes)
        is_full = config.loss == "full"
        self._candidates = CandidateSampler(
            np.exp(data.log_frequencies()),
            num_frequent=data.lstm_config.vocab_size if is_full else config.num_frequent,
            num_negatives=config.num_negatives,
        )
        self._steps = torch.zeros(1, dtype=torch.int64)  # taken so far
        self._crew = Crew(Job(data.lstm_config, config, num_processes), self._board)

    def variables(self) -> list[Kept]:
        """Returns weights, moments and counts of steps."""
        board = self._board
        of_table, of_flat = board.table_moments, board.flat_moments
        moments = (of_table.first, of_table.second, of_flat.first, of_flat.second)
        return [Kept(one) for one in (board.table, board.flat, *moments, board.last, self._steps)]

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """Returns copies of the weights by the names of a model directory."""
        board = self._board
        named = {EMBEDDING: board.table, **board.named(board.flat)}
        weights = {name: one.numpy().copy() for name, one in named.items()}
        if self._config.coupled_gates:
            weights = _of_layers(weights, as_usual, self._config.recurrent_blocks)
        scale = np.float32(self._config.logit_scale)
        # A projection can take the scale; else the embedding does, and the layer that reads it
        # undoes it.
        if "projection.kernel" in weights:
            weights["projection.kernel"] *= scale
        else:
            weights[EMBEDDING] *= scale
            weights["lstm.kernel"] /= scale
        return weights

    def learn(self, epoch: int, part: slice, advance: Callable[[], None]) -> Mapping[str, float]:
        """Learns from some batches of an epoch; see `Learner`."""
        order = self._batches.of_epoch(epoch)
        numbers = range(self._batches.batches_per_epoch)[part]
        nats: list[float] = []
        asked: list[bool] = []
        with whole_steps(lambda: asked.append(True)):
            for done, number in enumerate(numbers, 1):
                nats.append(self._crew.take_step(self._batch(order, number)))
                self._steps += 1
                check_running(done, {"loss": nats[-1]}, self._config)
                advance()
                if asked:
                    break
        # Rows that were not touched lately do the steps that they have missed, for all to read.
        rate = rate_at(self._config, self._num_steps, int(self._steps))
        board = self._board
        adam = RowAdam(board.table, board.table_moments, board.last)
        adam.catch_up(
            torch.arange(len(board.table)), int(self._steps), step_length(rate, int(self._steps))
        )
        return {"loss": float(np.mean(nats))} if nats else {}

    def cpu_seconds(self) -> float:
        """Returns the CPU time of all processes so far."""
        return time.process_time() + sum(seconds for seconds, _ in self._crew.usage())

    def other_memory_bytes(self) -> int:
        """Returns the sum of the other processes' peaks, without what they share with this one."""
        return sum(num_bytes for _, num_bytes in self._crew.usage())

    def close(self) -> None:
        """Ends the other processes."""
        self._crew.close()

    def _batch(self, order: NDArray[np.int64], number: int) -> Batch:
        """Returns a batch of an epoch, with candidates that its step alone decides."""
        config = self._config
        size = config.batch_size
        rows = np.asarray(self._rows[order[number * size : (number + 1) * size]])
        step = int(self._steps)
        candidates = self._candidates.draw(np.random.default_rng([config.seed, step]))
        return Batch.of(rows, candidates, step, rate_at(config, self._num_steps, step))
