"""Workers as processes of this machine, each with a writer of its own and one core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import cast

from adgen.bulk.crew import Numbered
from adgen.bulk.hand import Hand
from adgen.bulk.plan import BulkPlan
from adgen.bulk.rows import Row
from adgen.support.processes import begin_process


class LocalCrew:
    """Has processes write; `open_local_crew` gives one.

    Attributes:
        num_workers: How many.
    """

    def __init__(self, plan: BulkPlan, num_workers: int) -> None:
        self.num_workers = num_workers
        self._plan = plan
        self._processes: list[tuple[BaseProcess, Connection]] = []
        self._busy: dict[int, Connection] = {}

    def start(self) -> None:
        """Starts the workers, which load their writers side by side."""
        while len(self._processes) < self.num_workers:
            self._processes.append(begin_process(_serve, self._plan))

    def begin(self, worker: int, block: Sequence[Numbered]) -> None:
        """Gives a worker that has none a block."""
        _, connection = self._processes[worker]
        self._busy[worker] = connection
        with suppress(OSError):  # it has died, which `next_done` finds
            connection.send(block)

    def next_done(self) -> tuple[int, list[Row] | None]:
        """Waits for a worker; returns which, and its block's rows, None where it has died.

        Raises:
            ValueError: The worker cannot write at all.
            OSError: The same.
            ImportError: The same, for want of a package.
        """
        ready = cast("list[Connection]", wait(list(self._busy.values())))
        worker = next(one for one, connection in self._busy.items() if connection is ready[0])
        connection = self._busy.pop(worker)
        try:
            answer = connection.recv()
        except (EOFError, OSError):
            return worker, None
        if isinstance(answer, Exception):
            raise answer
        return worker, answer

    def replace(self, worker: int) -> None:
        """Puts a new worker in a dead one's place."""
        _end(*self._processes[worker])
        self._processes[worker] = begin_process(_serve, self._plan)

    def stop(self) -> None:
        """Ends the workers at once, whatever they are at."""
        for process, connection in self._processes:
            _end(process, connection)


@contextmanager
def open_local_crew(plan: BulkPlan, num_workers: int) -> Iterator[LocalCrew]:
    """Yields processes that write, which end with the block."""
    crew = LocalCrew(plan, num_workers)
    try:
        crew.start()
        yield crew
    finally:
        crew.stop()


def _end(process: BaseProcess, connection: Connection) -> None:
    process.kill()
    process.join()
    connection.close()


def _serve(connection: Connection, plan: BulkPlan) -> None:
    """Writes one block after the other, until nobody asks for more."""
    hand = Hand(plan)
    with suppress(EOFError, ConnectionError):
        while True:
            connection.send(hand.write(connection.recv()))
