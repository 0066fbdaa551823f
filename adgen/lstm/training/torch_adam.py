"""Adam on weights that several processes share, each of them at its own part.

The embedding's rows that a step does not touch are not walked through: what Adam would have done to
them meanwhile is made up for when they are next needed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

_BLOCK_ROWS = 256  # rows and their moments that stay in a core's cache
_DECAY, _SQUARE_DECAY, _EPSILON = 0.9, 0.999, 1e-7  # Keras's


@dataclass(frozen=True)
class Moments:
    """Holds what Adam knows of a weight.

    Attributes:
        first: Running mean of the gradient, as the weight.
        second: Running mean of its square.
    """

    first: Tensor
    second: Tensor

    @classmethod
    def of(cls, weight: Tensor) -> Moments:
        """Returns those of a weight that has seen nothing, in memory that processes can share."""
        return cls(*(torch.zeros_like(weight).share_memory_() for _ in range(2)))

    def part(self, chosen: slice) -> Moments:
        """Returns views of those of a part of the weight."""
        return Moments(self.first[chosen], self.second[chosen])

    def rows(self, ids: Tensor) -> Moments:
        """Returns copies of those of some rows."""
        return Moments(self.first.index_select(0, ids), self.second.index_select(0, ids))


def step_length(rate: float, number: int) -> float:
    """Returns what a step, from 0, moves a weight by, as a multiple of mean over root."""
    return rate * math.sqrt(1 - _SQUARE_DECAY ** (number + 1)) / (1 - _DECAY ** (number + 1))


def move(weight: Tensor, moments: Moments, gradient: Tensor, length: float) -> None:
    """Takes a step with a weight, in place; all of one shape.

    Source: Kingma and Ba 2015, with epsilon where Keras has it.
    """
    moments.first.lerp_(gradient, 1 - _DECAY)
    moments.second.mul_(_SQUARE_DECAY).addcmul_(gradient, gradient, value=1 - _SQUARE_DECAY)
    weight.addcdiv_(moments.first, moments.second.sqrt().add_(_EPSILON), value=-length)


class RowAdam:
    """Adam on single rows of a table.

    Args:
        table: (rows, width), changed in place.
        moments: Of the same shape.
        last: (rows,) the steps that each row has seen, int64.
    """

    def __init__(self, table: Tensor, moments: Moments, last: Tensor) -> None:
        self._table = table
        self._moments = moments
        self._last = last

    def catch_up(self, ids: Tensor, number: int, length: float) -> None:
        """Does what steps without a gradient do, to rows that have missed some.

        Such a step multiplies the first moment by 0.9 and the second by 0.999, and moves the row by
        their quotient; of a number of steps these moves are a geometric series. Their step sizes,
        which differ little, are taken for one.

        Args:
            ids: (n,) rows, each once.
            number: Steps that all of them are to have seen.
            length: From `step_length`, of the last one.
        """
        missed = number - self._last[ids]
        behind = missed > 0
        blocks = (one[behind].split(_BLOCK_ROWS) for one in (ids, missed))
        for block, times in zip(*blocks, strict=True):
            if len(block):
                self._catch_up(block, times.float()[:, None], number, length)

    def _catch_up(self, ids: Tensor, missed: Tensor, number: int, length: float) -> None:
        """Does what so many missed steps (n, 1) do to rows."""
        moments = self._moments.rows(ids)
        ratio = _DECAY / math.sqrt(_SQUARE_DECAY)
        sums = ratio * (1 - ratio**missed) / (1 - ratio)  # (n, 1) of the series
        rows = self._table.index_select(0, ids)
        rows.addcdiv_(moments.first * sums, moments.second.sqrt().add_(_EPSILON), value=-length)
        moments.first.mul_(_DECAY**missed)
        moments.second.mul_(_SQUARE_DECAY**missed)
        self._put(ids, rows, moments, number)

    def move(self, ids: Tensor, gradient: Tensor, number: int, length: float) -> None:
        """Takes a step with rows that have seen all before it.

        Args:
            ids: (n,) rows, each once.
            gradient: (n, width).
            number: The step's, from 0.
            length: Its `step_length`.
        """
        blocks = ids.split(_BLOCK_ROWS), gradient.split(_BLOCK_ROWS)
        for block, own in zip(*blocks, strict=True):
            moments = self._moments.rows(block)
            rows = self._table.index_select(0, block)
            move(rows, moments, own, length)
            self._put(block, rows, moments, number + 1)

    def _put(self, ids: Tensor, rows: Tensor, moments: Moments, number: int) -> None:
        """Puts rows and their moments back, which have seen so many steps."""
        self._table.index_copy_(0, ids, rows)
        self._moments.first.index_copy_(0, ids, moments.first)
        self._moments.second.index_copy_(0, ids, moments.second)
        self._last.index_fill_(0, ids, number)
