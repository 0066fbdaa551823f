"""Rows of tables as lines of text, whatever stands in their cells."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from io import StringIO
from typing import Any

# A spreadsheet takes such cells for formulas; an apostrophe before them makes them texts.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


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


def guarded(text: str) -> str:
    """Returns a cell that a spreadsheet does not take for a formula.

    Example:
        >>> guarded("=1+1"), unguarded(guarded("'-5")), guarded("Mug")
        ("'=1+1", "'-5", 'Mug')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """Returns the text of a cell that `guarded` made."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
