"""Written ads as rows of a file, text, CSV, TSV or JSON lines, each beside the row it was asked by.

A row that has no ad says why. The module knows rows and formats, not files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from adgen.generation.generated import GeneratedAd
from adgen.generation.prompt_rows import PromptRow
from adgen.support.csv_lines import csv_line

# What adgen says in every row: first where and from what, last what was written.
_FIRST = ("line", "prompt")
_LAST = ("number", "ad", "finished", "log_probability", "error")
# The column of what stood beside the prompt, where rows have keys of their own.
_INPUT = "input"


class AdRows:
    """Turns ads and bad rows into lines of a format.

    Args:
        format: "text", "csv", "tsv" or "jsonl".
        columns: The input's columns beside the prompt's; None where rows have keys of their own.
        only_ascii: Whether JSON writes other letters as escapes.

    Attributes:
        header: What a file begins with; empty for formats without.
    """

    def __init__(
        self, format: str, columns: tuple[str, ...] | None, *, only_ascii: bool = False
    ) -> None:
        makers: Mapping[str, Callable[..., str]] = {"text": self._text, "jsonl": self._json}
        self._make = makers.get(format, self._table)
        self._delimiter = "\t" if format == "tsv" else ","
        self._columns = columns
        self._only_ascii = only_ascii
        names = [_INPUT] if columns is None else [*_apart(columns).values()]
        is_table = self._make == self._table
        self.header = self._joined([*_FIRST, *names, *_LAST]) if is_table else ""

    def line(self, row: PromptRow, number: int = 1, ad: GeneratedAd | None = None) -> str:
        """Returns a line with its end.

        Args:
            row: What the ad was asked by; a bad one has no ad.
            number: The ad's number among those of its row, from 1.
            ad: The ad.
        """
        return self._make(row, number, ad)

    def _text(self, row: PromptRow, number: int, ad: GeneratedAd | None) -> str:
        text = f"[line {row.line}: {row.error}] {row.prompt}" if ad is None else ad.text
        return " ".join(text.splitlines()) + "\n"

    def _json(self, row: PromptRow, number: int, ad: GeneratedAd | None) -> str:
        called = _apart(row.others)
        others = {called[name]: value for name, value in row.others.items()}
        first = dict(zip(_FIRST, (row.line, row.prompt), strict=True))
        last = dict(zip(_LAST, _written(row, number, ad), strict=True))
        return json.dumps({**first, **others, **last}, ensure_ascii=self._only_ascii) + "\n"

    def _table(self, row: PromptRow, number: int, ad: GeneratedAd | None) -> str:
        others: list[Any]
        if self._columns is None:
            others = [json.dumps(row.others, ensure_ascii=False) if row.others else ""]
        else:
            others = [row.others.get(name, "") for name in self._columns]
        written = _written(row, number, ad)
        shown = [str(value).lower() if isinstance(value, bool) else value for value in written]
        return self._joined([row.line, row.prompt, *others, *shown])

    def _joined(self, values: list[Any]) -> str:
        """Returns a line of a table."""
        return csv_line(values, self._delimiter)


def _written(row: PromptRow, number: int, ad: GeneratedAd | None) -> tuple[Any, ...]:
    """Returns what adgen says of an ad, in the order of `_LAST`."""
    if ad is None:
        return None, None, None, None, row.error
    return number, ad.text, ad.finished, round(ad.log_probability, 4), None


def _apart(names: Collection[str]) -> dict[str, str]:
    """Returns what each of the input's columns is called beside adgen's own."""
    ours = {*_FIRST, *_LAST}
    taken = {*ours, *names}
    called = {}
    for name in names:
        new = name
        while new in ours or (new != name and new in taken):
            new = f"input_{new}"
        taken.add(new)
        called[name] = new
    return called
