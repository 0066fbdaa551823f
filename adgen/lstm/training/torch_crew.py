"""Processes that take each training step together, a core each.

Weights, moments and gradients lie in memory that all of them see. Each takes the gradients of its
rows of the batch, then all meet, and each moves its part of the weights.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import torch
import torch.multiprocessing  # tensors go to other processes by what this registers
from numpy.typing import NDArray
from torch import Tensor

from adgen.lstm.config import LSTMConfig
from adgen.lstm.training.settings import TrainingConfig
from adgen.lstm.training.torch_adam import Moments, RowAdam, move, step_length
from adgen.lstm.training.torch_network import EMBEDDING, Batch, Network
from adgen.records.machine import unshared_peak_bytes
from adgen.support.processes import begin_process


@dataclass(frozen=True)
class Job:
    """Says how steps are taken.

    Attributes:
        architecture: Of the model.
        config: The run's settings.
        num_processes: How many take part.
    """

    architecture: LSTMConfig
    config: TrainingConfig
    num_processes: int


@dataclass(frozen=True)
class Board:
    """Holds what all processes see.

    Attributes:
        table: (vocab, width) the embedding.
        flat: (numbers,) all other weights, one behind the other.
        shapes: Their names and shapes.
        table_moments: Adam's, of the table.
        flat_moments: Adam's, of the others.
        last: (vocab,) the steps that each row of the table has seen.
        table_gradients: (processes, vocab, width) each one's, of the rows that a step touches.
        flat_gradients: (processes, numbers) each one's.
        sums: (processes, 2) each one's nats, and the squared norm of its part of the gradient.
    """

    table: Tensor
    flat: Tensor
    shapes: Mapping[str, tuple[int, ...]]
    table_moments: Moments
    flat_moments: Moments
    last: Tensor
    table_gradients: Tensor
    flat_gradients: Tensor
    sums: Tensor

    @classmethod
    def of(cls, weights: Mapping[str, NDArray[np.float32]], num_processes: int) -> Board:
        """Returns a board for weights by the names of a model directory; it takes copies."""
        table = torch.from_numpy(weights[EMBEDDING].copy()).share_memory_()
        others = {name: one for name, one in weights.items() if name != EMBEDDING}
        parts = [torch.from_numpy(one).reshape(-1) for one in others.values()]
        flat = torch.cat(parts).share_memory_()
        return cls(
            table=table,
            flat=flat,
            shapes={name: one.shape for name, one in others.items()},
            table_moments=Moments.of(table),
            flat_moments=Moments.of(flat),
            last=torch.zeros(len(table), dtype=torch.int64).share_memory_(),
            table_gradients=torch.zeros(num_processes, *table.shape).share_memory_(),
            flat_gradients=torch.zeros(num_processes, len(flat)).share_memory_(),
            sums=torch.zeros(num_processes, 2, dtype=torch.float64).share_memory_(),
        )

    def named(self, flat: Tensor) -> dict[str, Tensor]:
        """Returns views of numbers that lie as `flat` does, by the weights' names."""
        parts = flat.split([math.prod(shape) for shape in self.shapes.values()])
        return {
            name: part.view(shape)
            for (name, shape), part in zip(self.shapes.items(), parts, strict=True)
        }


class Worker:
    """One process's part in each step.

    Args:
        job: How steps are taken.
        board: What all see.
        number: Which process it is, from 0.
        meet: Waits until all have come to the same place.
    """

    def __init__(self, job: Job, board: Board, number: int, meet: Callable[[], None]) -> None:
        torch.set_num_threads(1)
        self._job = job
        self._board = board
        self._number = number
        self._meet = meet
        config = job.config
        self._network = Network(
            job.architecture,
            {EMBEDDING: board.table, **board.named(board.flat)},
            dtype=torch.float32 if config.precision == "float32" else torch.bfloat16,
            dropout=config.dropout,
            input_dropout=config.input_dropout,
            logit_scale=config.logit_scale,
            coupled=config.coupled_gates,
        )
        self._adam = RowAdam(board.table, board.table_moments, board.last)
        self._gradients = board.named(board.flat_gradients[number])
        size = -(-len(board.flat) // job.num_processes)
        self._part = slice(number * size, (number + 1) * size)  # of the flat weights, its own
        self._generator = torch.Generator()

    def take_step(self, batch: Batch) -> float:
        """Takes a step; returns the mean cost of the whole batch's targets, in nats."""
        board = self._board
        is_own = batch.touched % self._job.num_processes == self._number
        length = step_length(batch.rate, batch.number)
        # 1. Rows that the batch touches do the steps that they have missed.
        self._adam.catch_up(batch.touched[is_own], batch.number, length)
        self._meet()
        # 2. The gradients of own rows of the batch, for all to see.
        self._generator.manual_seed((self._job.config.seed << 32) + batch.number)
        self._hand_in(batch)
        self._meet()
        # 3. The sums of all processes' gradients by own weights, clipped.
        own = is_own.nonzero()[:, 0]
        rows = _sum(one.index_select(0, own) for one in board.table_gradients)  # (own, width)
        flat = _sum(one[self._part].clone() for one in board.flat_gradients)  # (own numbers,)
        nats = float(board.sums[:, 0].sum())
        factor = self._factor(rows, flat)
        # 4. Own weights move.
        self._adam.move(batch.touched[own], rows.mul_(factor), batch.number, length)
        moments = board.flat_moments.part(self._part)
        move(board.flat[self._part], moments, flat.mul_(factor), length)
        self._meet()
        return nats

    def _hand_in(self, batch: Batch) -> None:
        """Writes the gradients of own rows of a batch to the board."""
        share = slice(self._number, None, self._job.num_processes)
        found = self._network.gradients(batch, share, self._generator)
        self._board.table_gradients[self._number, : len(found.rows)] = found.rows
        for name, gradient in found.others.items():
            self._gradients[name].copy_(gradient)
        self._board.sums[self._number, 0] = found.nats

    def _factor(self, *own: Tensor) -> float:
        """Returns what gradients are multiplied by so that the norm of all is not too large."""
        clip_norm = self._job.config.clip_norm
        if clip_norm is None:
            return 1.0
        self._board.sums[self._number, 1] = sum(float(one.square().sum()) for one in own)
        self._meet()
        norm = math.sqrt(float(self._board.sums[:, 1].sum()))
        return min(1.0, clip_norm / max(norm, 1e-30))


def _sum(parts: Iterable[Tensor]) -> Tensor:
    """Returns the sum of tensors, of which the first is written over."""
    first, *others = parts
    for one in others:
        first += one
    return first


class Crew:
    """This process and others, which take steps together until it is closed.

    Args:
        job: How steps are taken.
        board: What all see.
    """

    def __init__(self, job: Job, board: Board) -> None:
        self._others = [
            begin_process(_take_part, job, board, number) for number in range(1, job.num_processes)
        ]
        self._worker = Worker(job, board, 0, self._meet)

    def take_step(self, batch: Batch) -> float:
        """Takes a step; returns the mean cost of the batch's targets, in nats.

        Raises:
            OSError: One of the processes has ended.
        """
        self._tell(batch)
        return self._worker.take_step(batch)

    def usage(self) -> list[tuple[float, int]]:
        """Returns CPU seconds so far of each of the others, and its peak, without what all see."""
        self._tell(None)
        return self._heard()

    def close(self) -> None:
        """Ends the other processes."""
        for process, line in self._others:
            line.close()
            process.join()

    def _meet(self) -> None:
        self._heard()
        self._tell(None)

    def _tell(self, what: Any) -> None:
        try:
            for _, line in self._others:
                line.send(what)
        except OSError:
            raise _ended() from None

    def _heard(self) -> list[Any]:
        try:
            return [line.recv() for _, line in self._others]
        except (EOFError, OSError):
            raise _ended() from None


def _take_part(line: Connection, job: Job, board: Board, number: int) -> None:
    """Takes part in steps until the line is closed."""

    def meet() -> None:
        line.send(None)
        line.recv()

    worker = Worker(job, board, number, meet)
    try:
        while True:
            batch = line.recv()
            if batch is None:
                line.send((time.process_time(), unshared_peak_bytes()))
            else:
                worker.take_step(batch)
    except (EOFError, OSError):
        return


def _ended() -> OSError:
    return OSError(
        "A process of the training has ended, perhaps for want of memory. Train again: it goes on "
        "from the last checkpoint; with --num-devices 1 there is one process."
    )
