"""Commands run in this process: what they print, and the one line of an error."""

import resource
from contextlib import contextmanager

from adgen.cli.main import main

# What makes `adgen train` take seconds.
SMALL = [
    "--lstm-units",
    "12",
    "--embedding-dim",
    "8",
    "--batch-size",
    "512",
    "--epochs",
    "2",
    "--reads",
    "ad",
]


def run(words, capsys):
    code = main([str(word) for word in words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def fails(words, capsys):
    """The one error line of a command that must end with exit code 2."""
    try:
        code = main([str(word) for word in words])
    except SystemExit as stop:
        code = stop.code
    captured = capsys.readouterr()
    assert code == 2
    assert captured.out == ""
    lines = [line for line in captured.err.splitlines() if "error:" in line]
    assert len(lines) == 1
    assert "Traceback" not in captured.err
    return lines[0]


@contextmanager
def files_of_at_most(num_bytes):
    """Lets no file of this process grow beyond a size; Python itself ignores the signal."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
