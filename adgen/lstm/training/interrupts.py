"""Ctrl-C during a training: on JAX it waits for the step that it comes in.

It knows nothing of what is trained.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras


@contextmanager
def whole_steps(model: keras.Model) -> Iterator[None]:
    """Keeps a model its weights whenever Ctrl-C is pressed; the context of a `fit`.

    On JAX a step writes over the weights that it is given, and one that does not return leaves
    none. So the first Ctrl-C there ends `fit` after the step; a second one interrupts at once.
    Other backends need no help, and a program that listens to Ctrl-C itself, or trains in another
    thread, gets none.

    Args:
        model: The model whose `fit` runs.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed.
    """
    usual = signal.getsignal(signal.SIGINT)
    can_listen = (
        usual is signal.default_int_handler
        and threading.current_thread() is threading.main_thread()
    )
    if keras.config.backend() != "jax" or not can_listen:
        yield
        return
    signals: list[int] = []

    def stop(number: int, frame: Any) -> None:
        signals.append(number)
        model.stop_training = True
        signal.signal(signal.SIGINT, usual)

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
    if signals:
        raise KeyboardInterrupt
