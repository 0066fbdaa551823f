"""Work in a process of its own, which ends with the process that began it."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from threading import Thread


def own_process() -> ProcessPoolExecutor:
    """Returns a pool of one new process; its memory is its own, and nothing imported is shared.

    Where this process is killed, the other ends too, and not first when its work is done.
    """
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=context, initializer=_end_with_parent)


def _end_with_parent() -> None:
    Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
