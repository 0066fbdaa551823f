"""Runs an action in a forked process with limits of time and memory, and says how it ended."""

import faulthandler
import os
import resource
import signal
import sys
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

UNCAUGHT = 99
_SHORTEST, _LONGEST = 0.002, 0.05  # seconds between two looks


@dataclass(frozen=True)
class Limits:
    """What an input may use.

    Attributes:
        seconds: Time until it is killed.
        num_bytes: Memory until it is killed.
    """

    seconds: float = 60
    num_bytes: int = 4 << 30


@dataclass(frozen=True)
class Outcome:
    """How a process ended.

    Attributes:
        code: Its exit code; a signal is negative.
        killed: Why we ended it, "time" or "memory"; empty where it ended by itself.
        seconds: How long it took.
        peak_bytes: Memory at its highest.
        out: What it printed.
        err: What it printed to stderr.
    """

    code: int
    killed: str
    seconds: float
    peak_bytes: int
    out: str
    err: str


def run_forked(action, *, here, streams, limits, stdin=b"", encoding="utf-8"):
    """Runs an action in a child.

    Args:
        action: Returns an exit code.
        here: Its working folder.
        streams: Folder for what it reads and prints.
        limits: Its `Limits`.
        stdin: What it can read.
        encoding: Of its output.
    """
    paths = [Path(streams) / name for name in ("stdin", "stdout", "stderr")]
    paths[0].write_bytes(stdin)
    begin = time.monotonic()
    child = os.fork()
    if child == 0:
        _child(action, here, paths, limits, encoding)
    killed, status, usage = _wait(child, limits, begin)
    seconds = time.monotonic() - begin
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)  # what it started and left
    out, err = (path.read_bytes().decode(errors="backslashreplace") for path in paths[1:])
    code = os.waitstatus_to_exitcode(status)
    return Outcome(code, killed, seconds, usage.ru_maxrss * 1024, out, err)


def _wait(child, limits, begin):
    killed, pause = "", _SHORTEST
    while True:
        done, status, usage = os.wait4(child, os.WNOHANG)
        if done:
            return killed, status, usage
        if not killed:
            if time.monotonic() - begin > limits.seconds:
                killed = "time"
            elif _resident_bytes(child) > limits.num_bytes:
                killed = "memory"
            if killed:
                os.kill(child, signal.SIGKILL)
        time.sleep(pause)
        pause = min(_LONGEST, pause * 1.3)


def _resident_bytes(process):
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * resource.getpagesize()


def _child(action, here, paths, limits, encoding):
    """Ends this process with the action's exit code, whatever it does."""
    code = UNCAUGHT
    try:
        os.setsid()
        os.chdir(here)
        for number, path in enumerate(paths):
            opened = os.open(
                path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            )
            os.dup2(opened, number)
            os.close(opened)
        sys.stdin = open(0, encoding="utf-8", errors="strict", closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding=encoding, errors="strict", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding=encoding, errors="backslashreplace", closefd=False)  # noqa: SIM115
        # So that the system gives no more than we would stop at: what is taken at once is a
        # MemoryError, and no other process of the machine suffers.
        with suppress(OSError):
            taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (taken + 2 * limits.num_bytes,) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        faulthandler.dump_traceback_later(0.9 * limits.seconds, file=sys.stderr)
        code = action()
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(BaseException):
            sys.stdout.flush()
        with suppress(BaseException):
            sys.stderr.flush()
        os._exit(code if isinstance(code, int) else UNCAUGHT)
