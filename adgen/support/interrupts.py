"""Ctrl-C: a training finishes the step that it comes in, and no library swallows it.

The module knows signals; it knows nothing of what is interrupted.
"""

from __future__ import annotations

import _thread
import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

logger = logging.getLogger(__name__)

_AGAIN_SECONDS = 0.02  # until what swallowed an interrupt has returned


@contextmanager
def whole_steps(stop: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Lets Ctrl-C ask a training to stop after its step; a second one interrupts at once.

    Libraries lose an exception that is raised inside a step: a step of JAX leaves no weights then,
    and TensorFlow and JAX call Python where exceptions are dropped. A program that listens to
    Ctrl-C itself, or trains in another thread than the main one, keeps its own way.

    Args:
        stop: Asks the training to stop; called within the signal's handler.

    Yields:
        A function that says whether Ctrl-C was pressed.

    Raises:
        KeyboardInterrupt: It was, and the training has stopped.

    Example:
        >>> asked = []
        >>> try:
        ...     with whole_steps(lambda: asked.append(True)) as was_asked:
        ...         signal.raise_signal(signal.SIGINT)  # as Ctrl-C does
        ...         asked.append(was_asked())
        ... except KeyboardInterrupt:
        ...     asked
        [True, True]
    """
    pressed: list[int] = []
    usual = signal.getsignal(signal.SIGINT)
    is_main = threading.current_thread() is threading.main_thread()
    if usual is not signal.default_int_handler or not is_main:
        yield lambda: False
        return

    def handle(number: int, frame: Any) -> None:
        pressed.append(number)
        signal.signal(signal.SIGINT, usual)
        logger.info("Stopping after this step. Ctrl-C again stops at once.")
        stop()

    signal.signal(signal.SIGINT, handle)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, usual)
    if pressed:
        raise KeyboardInterrupt


@contextmanager
def kept_interrupts() -> Iterator[None]:
    """Raises an interrupt again that Python drops, of a callback of its garbage collector.

    Python can hand on no exception from there, nor from a `__del__`; JAX has such a callback, which
    runs at most moments of an import or a compilation.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed.
    """
    usual = sys.unraisablehook
    timers: list[threading.Timer] = []

    def again(dropped: Any) -> None:
        if not issubclass(dropped.exc_type, KeyboardInterrupt):
            usual(dropped)
            return
        timer = threading.Timer(_AGAIN_SECONDS, _thread.interrupt_main)
        timer.daemon = True
        timers.append(timer)
        timer.start()

    sys.unraisablehook = again
    try:
        yield
    finally:
        sys.unraisablehook = usual
        for timer in timers:
            timer.cancel()
