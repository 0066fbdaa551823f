"""Keeps what TensorFlow says while it is loaded out of the output; what else is said still shows.

Its C++ part writes to the process's stderr before its log level is read, so that no setting stops
it. The module loads nothing.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

_START_UP = re.compile(
    rb"WARNING: All log messages before absl::InitializeLog\(\)|[IW]\d{4} \d\d:\d\d:|"
    rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IW] |To enable the following instructions: "
)


@contextmanager
def start_up_lines_held_back() -> Iterator[None]:
    """Holds back what is written to file descriptor 2, and lets go all but start-up lines."""
    if "tensorflow" in sys.modules:  # it has said all
        yield
        return
    try:
        stderr = os.dup(2)
    except OSError:  # there is none
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            held.seek(0)
            for line in held:
                if not _START_UP.match(line):
                    os.write(2, line)
