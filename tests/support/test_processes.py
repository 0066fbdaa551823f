"""Processes of their own end with the one that began them."""

import subprocess
import sys
import time

import pytest

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
