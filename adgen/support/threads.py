"""Work on many rows, cut into parts that threads do side by side.

NumPy lets other threads run while it computes on large arrays. The module knows rows by their
numbers alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")

_LEAST_ROWS = 32  # of a part, and what its size is a multiple of; threads for fewer cost too much


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
    if most == 1:
        return [work(slice(0, num_rows))]
    from concurrent.futures import ThreadPoolExecutor  # which a cold start does not wait for

    size = -(-num_rows // most // _LEAST_ROWS) * _LEAST_ROWS
    parts = [slice(start, min(start + size, num_rows)) for start in range(0, num_rows, size)]
    with ThreadPoolExecutor(len(parts) - 1) as pool:
        others = [pool.submit(work, part) for part in parts[1:]]
        first = work(parts[0])
        return [first, *(other.result() for other in others)]


def _num_threads() -> int:
    """Returns the cores that may be used: all of this process, or as many as OMP_NUM_THREADS."""
    from adgen.support.processes import num_cores

    limit = os.environ.get("OMP_NUM_THREADS", "")
    return min(num_cores(), int(limit)) if limit.isdecimal() and int(limit) else num_cores()
