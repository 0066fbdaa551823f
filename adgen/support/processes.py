"""Work in a process of its own, which ends with the process that began it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any

# As Python's `map`: a function, and the items that it is called with one by one.
Over = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
# So many items a process are on their way at once: enough that none waits, few in memory.
_AHEAD = 4


def own_process() -> ProcessPoolExecutor:
    """Returns a pool of one new process; its memory is its own, and nothing imported is shared.

    Where this process is killed, the other ends too, and not first when its work is done.
    """
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=context, initializer=_end_with_parent)


@contextmanager
def in_processes(num_processes: int) -> Iterator[Over]:
    """Gives a `map` that calls its function in other processes, results in the order of the items.

    Function, items and results are pickled. One process is this one itself: nothing is started.
    Ctrl-C is this process's affair; the others end with it, and where the block fails after the
    item that they are at.

    Raises:
        OSError: One of them was killed, most often for want of memory.

    Example:
        >>> with in_processes(1) as over:
        ...     list(over(abs, [-1, 2]))
        [1, 2]
    """
    if num_processes == 1:
        yield map
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(num_processes, mp_context=context, initializer=_serve_parent)
    try:
        yield lambda function, items: _over(pool, function, items, _AHEAD * num_processes)
    except BrokenProcessPool:
        raise OSError(
            "A process that did a part of the work was ended from outside, perhaps for want of "
            "memory. Free some, and run the same again."
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _over(
    pool: Executor, function: Callable[[Any], Any], items: Iterable[Any], ahead: int
) -> Iterator[Any]:
    """Yields the results; only so many items are held that wait for theirs."""
    waiting: deque[Future[Any]] = deque()
    for item in items:
        if len(waiting) == ahead:
            yield waiting.popleft().result()
        waiting.append(pool.submit(function, item))
    while waiting:
        yield waiting.popleft().result()


def num_cores() -> int:
    """Counts the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def begin_process(function: Callable[..., None], *arguments: Any) -> tuple[BaseProcess, Connection]:
    """Starts a process that is talked to; it ends with this one, and Ctrl-C is this one's affair.

    Args:
        function: What it does, a module's function; its first argument is its end of the line.
        *arguments: The others; they are pickled.

    Returns:
        The process, and this end of the line, which gives `EOFError` when the other has gone.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, function, arguments), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _serve_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()


def _work(connection: Connection, function: Callable[..., None], arguments: Any) -> None:
    _serve_parent()
    function(connection, *arguments)


def _end_with_parent() -> None:
    Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
