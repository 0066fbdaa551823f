"""Ctrl-C during a step, and where Python drops it; the signals come from this process itself."""

import gc
import signal
import sys
import threading
import time

import pytest

from adgen.support.interrupts import kept_interrupts, whole_steps


@pytest.fixture(autouse=True)
def listening():
    """Python's own handler, whatever the tests run in has set."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press_ctrl_c():
    signal.raise_signal(signal.SIGINT)


def test_the_first_ctrl_c_asks_and_the_step_ends():
    events = []
    with pytest.raises(KeyboardInterrupt), whole_steps(lambda: events.append("asked")) as was_asked:
        assert not was_asked()
        press_ctrl_c()
        events.append(was_asked())
    assert events == ["asked", True]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_second_ctrl_c_interrupts_at_once():
    events = []
    with pytest.raises(KeyboardInterrupt), whole_steps(lambda: events.append("asked")):
        press_ctrl_c()
        press_ctrl_c()
        events.append("went on")
    assert events == ["asked"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_without_ctrl_c_nothing_happens_and_errors_pass():
    with whole_steps(press_ctrl_c) as was_asked:
        assert not was_asked()
    with pytest.raises(ZeroDivisionError), whole_steps(lambda: None):
        press_ctrl_c()
        1 / 0  # noqa: B018
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_of_the_program_stays():
    heard = []
    signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    with whole_steps(heard.clear) as was_asked:
        press_ctrl_c()
        assert not was_asked()
    assert heard == [signal.SIGINT]


def test_another_thread_trains_without_a_handler():
    results = []

    def work():
        with whole_steps(lambda: None) as was_asked:
            results.append(was_asked())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert results == [False]


def interrupted_in_gc():
    """Presses Ctrl-C inside a callback of the garbage collector, as JAX has one, and goes on."""
    pressed = []

    def callback(phase, info):
        if not pressed:
            pressed.append(phase)
            press_ctrl_c()

    gc.callbacks.append(callback)
    try:
        gc.collect()
    finally:
        gc.callbacks.remove(callback)
    assert pressed
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        time.sleep(0.001)


def test_ctrl_c_is_not_lost_in_the_garbage_collector():
    with pytest.raises(KeyboardInterrupt), kept_interrupts():
        interrupted_in_gc()


def test_a_command_ends_with_130_wherever_ctrl_c_comes(monkeypatch, capsys):
    from adgen.cli import main as command_line

    monkeypatch.setattr(command_line.COMMANDS["report"], "run", lambda args: interrupted_in_gc())
    assert command_line.main(["report"]) == 130
    assert capsys.readouterr().err == "Interrupted.\n"


def test_other_errors_that_python_drops_are_shown_as_ever(monkeypatch):
    shown = []
    monkeypatch.setattr(sys, "unraisablehook", lambda dropped: shown.append(dropped.exc_type))

    def callback(phase, info):
        if phase == "start":
            raise ZeroDivisionError

    gc.callbacks.append(callback)
    with kept_interrupts():
        gc.collect()
    gc.callbacks.remove(callback)
    assert shown == [ZeroDivisionError]
