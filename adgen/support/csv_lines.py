"""Rows of tables as lines of text, whatever stands in their cells."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO
from typing import Any


def csv_line(values: Iterable[Any], delimiter: str = ",") -> str:
    r"""Returns cells as a line with its end; None is an empty cell.

    Example:
        >>> csv_line(["Mug, red", 5, None])
        '"Mug, red",5,\n'
    """
    line = StringIO()
    # With this end of a line, a value that holds a lone CR is quoted on every Python.
    csv.writer(line, delimiter=delimiter, lineterminator="\r\n").writerow(values)
    return line.getvalue().removesuffix("\r\n") + "\n"
