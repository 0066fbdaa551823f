"""Work on many rows, cut into parts that threads do side by side.

NumPy lets other threads run while it computes on large arrays. The module knows rows by their
numbers alone.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

_T = TypeVar("_T")

_LEAST_ROWS = 16  # of a part, and what its size is a multiple of; threads for fewer cost too much
_NAME = "adgen-rows"


def in_parts(work: Callable[[slice], _T], num_rows: int) -> list[_T]:
    """Calls a function for each part of some rows, a thread each where there are cores and rows.

    Args:
        work: What is done with a part; it has to be right in any order.
        num_rows: Rows in all.

    Returns:
        What it returned for each part, in the order of the rows; one part at least.

    Example:
        >>> in_parts(lambda rows: (rows.start, rows.stop), 3)
        [(0, 3)]
    """
    most = num_rows // _LEAST_ROWS
    most = min(most, _num_threads()) if most > 1 else 1
    # A part that is cut again would wait for the threads that work on it.
    if most == 1 or threading.current_thread().name.startswith(_NAME):
        return [work(slice(0, num_rows))]
    from concurrent.futures import wait  # which a cold start does not wait for

    size = -(-num_rows // most // _LEAST_ROWS) * _LEAST_ROWS
    parts = [slice(start, min(start + size, num_rows)) for start in range(0, num_rows, size)]
    others = [_pool().submit(work, part) for part in parts[1:]]
    try:
        first = work(parts[0])
    finally:
        wait(others)  # which write to memory of the caller's
    return [first, *(other.result() for other in others)]


@cache
def _pool() -> ThreadPoolExecutor:
    """Returns threads that stay: a part is so short that starting one takes a tenth of it."""
    from concurrent.futures import ThreadPoolExecutor

    from adgen.support.processes import num_cores

    return ThreadPoolExecutor(max(1, num_cores() - 1), thread_name_prefix=_NAME)


if hasattr(os, "register_at_fork"):  # a process that is forked has none of the threads
    os.register_at_fork(after_in_child=_pool.cache_clear)


def _num_threads() -> int:
    """Returns the cores that may be used: all of this process, or as many as OMP_NUM_THREADS."""
    from adgen.support.processes import num_cores

    limit = os.environ.get("OMP_NUM_THREADS", "")
    return min(num_cores(), int(limit)) if limit.isdecimal() and int(limit) else num_cores()
