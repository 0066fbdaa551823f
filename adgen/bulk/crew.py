"""Blocks of products to workers and their rows back in order, whatever becomes of a worker.

A worker that dies is replaced and its block written again; if that happens twice, the block is
divided into its products, so that the one that ends workers fails alone. The module knows products
and rows, not where a worker runs.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from adgen.bulk.rows import FAILED, Row, row_of
from adgen.products.product import Product

logger = logging.getLogger(__name__)

# A product and its number in the catalogue, from 1.
Numbered = tuple[int, Product]
_MOST_DEATHS = 2
_MOST_DEATHS_IN_A_ROW = 10
_DIED = (
    "Its worker ended twice while it was written, killed or out of memory. Give it fewer facts, or "
    "fewer workers, and try it again."
)


class Crew(Protocol):
    """Workers that write rows; each has one block at a time."""

    num_workers: int

    def begin(self, worker: int, block: Sequence[Numbered]) -> None:
        """Gives a worker that has none a block."""

    def next_done(self) -> tuple[int, list[Row] | None]:
        """Waits for a worker; returns which, and its block's rows, None where it has died.

        Raises:
            ValueError: The worker cannot write at all.
            OSError: The same.
        """

    def replace(self, worker: int) -> None:
        """Puts a new worker in a dead one's place."""


@dataclass
class _Task:
    """Products that one worker gets at once, of the block with this number."""

    block: int
    items: Sequence[Numbered]
    deaths: int = 0


class _Blocks:
    """Hands out blocks, takes them back in parts, and gives whole ones in order."""

    def __init__(self, blocks: Iterable[Sequence[Numbered]], most_ahead: int) -> None:
        self._source = iter(blocks)
        self._most_ahead = most_ahead  # blocks begun beyond the one that is waited for
        self._again: deque[_Task] = deque()
        self._sizes: dict[int, int] = {}
        self._rows: dict[int, dict[int, Row]] = {}
        self._num_begun = 0
        self._num_given = 0

    def next_task(self) -> _Task | None:
        """Returns what is to be written next; None where there is nothing now."""
        if self._again:
            return self._again.popleft()
        if self._num_begun - self._num_given >= self._most_ahead:
            return None
        block = next(self._source, None)
        if block is None:
            return None
        task = _Task(self._num_begun, block)
        self._sizes[task.block] = len(block)
        self._rows[task.block] = {}
        self._num_begun += 1
        return task

    def take(self, task: _Task, rows: Iterable[Row]) -> None:
        """Takes what a worker has written."""
        self._rows[task.block].update({row.number: row for row in rows})

    def take_back(self, task: _Task) -> None:
        """Takes a task whose worker has died; it comes again, whole or divided, or fails."""
        task.deaths += 1
        if task.deaths < _MOST_DEATHS:
            self._again.append(task)
        elif len(task.items) > 1:
            self._again.extend(_Task(task.block, [item]) for item in task.items)
        else:
            self.take(task, [row_of(*task.items[0], FAILED, reason=_DIED)])

    def whole(self) -> Iterator[list[Row]]:
        """Yields the blocks that are complete and next, each in order."""
        while self._num_given in self._rows:
            rows = self._rows[self._num_given]
            if len(rows) < self._sizes[self._num_given]:
                return
            del self._rows[self._num_given], self._sizes[self._num_given]
            self._num_given += 1
            yield [rows[number] for number in sorted(rows)]


def write_blocks(crew: Crew, blocks: Iterable[Sequence[Numbered]]) -> Iterator[list[Row]]:
    """Writes blocks of products; yields each one's rows, in order, few held at once.

    Args:
        crew: Who writes.
        blocks: Taken as workers get free.

    Raises:
        ValueError: The workers cannot write at all.
        OSError: The same; or they end again and again without having written anything.
    """
    store = _Blocks(blocks, 2 * crew.num_workers)
    idle = deque(range(crew.num_workers))
    busy: dict[int, _Task] = {}
    deaths_in_a_row = 0
    while True:
        while idle and (task := store.next_task()) is not None:
            worker = idle.popleft()
            busy[worker] = task
            crew.begin(worker, task.items)
        if not busy:
            return
        worker, rows = crew.next_done()
        task = busy.pop(worker)
        idle.append(worker)
        if rows is not None:
            deaths_in_a_row = 0
            store.take(task, rows)
        else:
            deaths_in_a_row += 1
            _check_deaths(deaths_in_a_row)
            logger.warning(
                "A worker ended while it wrote products %s to %s; a new one takes its place.",
                f"{task.items[0][0]:,}",
                f"{task.items[-1][0]:,}",
            )
            store.take_back(task)
            crew.replace(worker)
        yield from store.whole()


def _check_deaths(number: int) -> None:
    """Raises where workers do nothing but end."""
    if number >= _MOST_DEATHS_IN_A_ROW:
        raise OSError(
            f"{number} workers ended one after the other and wrote nothing, killed or out of "
            "memory. Free some memory, or give fewer workers; the same command then goes on."
        )
