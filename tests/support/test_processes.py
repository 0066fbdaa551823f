"""Processes of their own end with the one that began them."""

import os
import signal
import subprocess
import sys
import time

import pytest

from adgen.support.processes import in_processes

fcntl = pytest.importorskip("fcntl", reason="needs file locks of POSIX")

WORK = """
import fcntl, time
from adgen.support.processes import own_process

def work(place):
    file = open(place, "w")
    fcntl.flock(file, fcntl.LOCK_EX)
    file.write("begun")
    file.flush()
    time.sleep(60)

if __name__ == "__main__":
    with own_process() as pool:
        pool.submit(work, {place!r}).result()
"""


def test_a_process_ends_when_the_one_that_began_it_is_killed(tmp_path):
    place, script = tmp_path / "place", tmp_path / "work.py"
    place.touch()
    script.write_text(WORK.format(place=str(place)))
    began = subprocess.Popen([sys.executable, str(script)])
    try:
        wait_until(lambda: place.read_text() == "begun")
        assert not is_free(place)
    finally:
        began.kill()
        began.wait()
    wait_until(lambda: is_free(place))


def wait_until(happened, seconds=40):
    """Waits until something has happened, less long than the work takes."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def is_free(place):
    """Tells whether nobody holds a file's lock: the system takes it from a process that ends."""
    with place.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def test_results_come_in_the_order_of_the_items_from_other_processes():
    with in_processes(2) as over:
        found = list(over(squared_after_a_while, range(12)))
    assert [square for square, _ in found] == [number**2 for number in range(12)]
    assert os.getpid() not in {process for _, process in found}


def test_one_process_is_this_one():
    with in_processes(1) as over:
        assert {process for _, process in over(squared_after_a_while, range(3))} == {os.getpid()}


def test_an_error_is_that_of_the_item():
    with pytest.raises(ValueError, match="no 1"), in_processes(2) as over:
        list(over(refuse_one, range(3)))


def test_a_process_that_is_killed_is_an_error_that_says_what_to_do():
    message = r"ended from outside.*run the same again"
    with pytest.raises(OSError, match=message), in_processes(2) as over:
        list(over(kill_itself, range(3)))


def squared_after_a_while(number):
    time.sleep(0.05 * (number % 3))
    return number**2, os.getpid()


def refuse_one(number):
    if number == 1:
        raise ValueError("no 1")
    return number


def kill_itself(number):
    os.kill(os.getpid(), signal.SIGKILL)
