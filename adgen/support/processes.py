"""Work in a process of its own, which ends with the process that began it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any


def own_process() -> ProcessPoolExecutor:
    """Returns a pool of one new process; its memory is its own, and nothing imported is shared.

    Where this process is killed, the other ends too, and not first when its work is done.
    """
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=context, initializer=_end_with_parent)


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


def _work(connection: Connection, function: Callable[..., None], arguments: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    function(connection, *arguments)


def _end_with_parent() -> None:
    Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
