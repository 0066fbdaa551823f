"""Workers as actors of Ray, on this machine or on the machines of a cluster.

The run's own process hands out blocks and writes the file, so that rows, order and bytes are those
of processes. What Ray would do about a worker that dies is left to `crew`.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from adgen.bulk.crew import Numbered
from adgen.bulk.hand import Answer, Hand
from adgen.bulk.plan import BulkPlan
from adgen.bulk.rows import Row
from adgen.support.extras import check_installed, needs_extra
from adgen.support.version import __version__

_STORE_BYTES = 100_000_000  # of Ray's shared memory here; blocks are small and pass through it
_CONNECT_SECONDS = 10
_ADDRESS = "RAY_ADDRESS"  # Ray's own name of it
_WRITING = "Writing with Ray"


class RayCrew:
    """Has actors write; `open_ray_crew` gives one.

    Attributes:
        num_workers: How many.
    """

    def __init__(self, plan: BulkPlan, num_workers: int) -> None:
        import ray

        self.num_workers = num_workers
        self._ray = ray
        self._plan = plan
        self._actors = [self._new_actor() for _ in range(num_workers)]
        self._busy: dict[int, Any] = {}

    def begin(self, worker: int, block: Sequence[Numbered]) -> None:
        """Gives a worker that has none a block."""
        self._busy[worker] = self._actors[worker].write.remote(block)

    def next_done(self) -> tuple[int, list[Row] | None]:
        """Waits for a worker; returns which, and its block's rows, None where it has died.

        Raises:
            ValueError: The worker cannot write at all.
            OSError: The same.
            ImportError: The same, for want of a package.
        """
        [ready], _ = self._ray.wait(list(self._busy.values()), num_returns=1)
        worker = next(one for one, reference in self._busy.items() if reference == ready)
        del self._busy[worker]
        try:
            answer: Answer = self._ray.get(ready)
        except self._ray.exceptions.RayTaskError as error:
            raise OSError(f"A worker failed: {error.cause}. Look at Ray's logs.") from error
        except self._ray.exceptions.RayError:  # its process, or its machine, has gone
            return worker, None
        if isinstance(answer, Exception):
            raise answer
        return worker, answer

    def replace(self, worker: int) -> None:
        """Puts a new worker in a dead one's place."""
        self._actors[worker] = self._new_actor()

    def _new_actor(self) -> Any:
        actor = self._ray.remote(num_cpus=1, max_restarts=0, scheduling_strategy="SPREAD")(Hand)
        return actor.remote(self._plan, __version__)


@contextmanager
def open_ray_crew(
    plan: BulkPlan, num_workers: int | None, address: str | None, *, most: int | None = None
) -> Iterator[RayCrew]:
    """Yields actors that write, which end with the block.

    Args:
        plan: How.
        num_workers: Actors, a core each; None for as many as there are free cores.
        address: Of a cluster; None for the one that RAY_ADDRESS names, else for this machine.
        most: Actors that there is work for, as many as there are blocks; None where that is not
            known.

    Raises:
        ImportError: Ray is missing; the message names the command that installs it.
        ValueError: The cluster has too few free cores.
        OSError: There is no cluster at the address.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    check_ray(address)
    with needs_extra(_WRITING):
        import ray
    if num_workers is not None:
        num_workers = min(num_workers, most or num_workers)
    where = address or os.environ.get(_ADDRESS)
    options: dict[str, Any] = {"address": where}
    if where is None:
        options = {
            "address": "local",
            "num_cpus": num_workers,
            "object_store_memory": _STORE_BYTES,
            "include_dashboard": False,
        }
    with _named(where):
        ray.init(**options, logging_level=logging.ERROR, log_to_driver=False)
    try:
        num_free = int(ray.available_resources().get("CPU", 0))
        num_actors = _checked(num_workers, num_free)
        yield RayCrew(plan, min(num_actors, most or num_actors))
    finally:
        ray.shutdown()


def check_ray(address: str | None) -> None:
    """Raises where Ray cannot be used, as far as can be told at once.

    Args:
        address: As for `open_ray_crew`.

    Raises:
        ImportError: Ray is missing; the message names the command that installs it.
        OSError: Nobody answers at the address.
    """
    check_installed(_WRITING, "ray")
    where = address or os.environ.get(_ADDRESS)
    with _named(where):
        _check_answers(where)


@contextmanager
def _named(address: str | None) -> Iterator[None]:
    """Has errors of a connection say the address, and what to do."""
    try:
        yield
    except OSError as error:
        raise OSError(
            f"There is no Ray cluster at {address}: {' '.join(str(error).split())}. Start "
            "one there, or leave the address out."
        ) from None


def _check_answers(address: str | None) -> None:
    """Raises where nobody listens at HOST:PORT; Ray itself would try for five minutes."""
    host, colon, port = (address or "").removeprefix("ray://").rpartition(":")
    if colon and port.isdecimal():
        socket.create_connection((host, int(port)), _CONNECT_SECONDS).close()


def _checked(num_workers: int | None, num_free: int) -> int:
    """Returns how many actors there are to be; one that no core is free for would never begin."""
    if num_free < (num_workers or 1):
        raise ValueError(
            f"workers is {num_workers or 1}; the cluster has {num_free} free cores. Give fewer "
            "workers, or wait until cores are free."
        )
    return num_workers or num_free
