"""Rows as lines of a file and back: JSON lines, a product each, or tables, an ad each.

Read again, a row gives its very bytes, so that a file can be written anew with some rows changed.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from adgen.bulk.rows import FAILED, OK, SKIPPED, JudgedAd, Row
from adgen.support.csv_lines import csv_line, guarded, unguarded

SUFFIXES = (".jsonl", ".csv", ".tsv")
_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_LONGEST_CELL = 1 << 30  # characters; Python's own limit is 131,072
_COLUMNS = (
    "row",
    "id",
    "status",
    "number",
    "ad",
    "score",
    "fields",
    "findings",
    "reason",
    "fingerprint",
    "flags",
    "left_out",
    "product",
)


class StoredRow(NamedTuple):
    """A row of a file.

    Attributes:
        number: Its product's place in the catalogue, from 1.
        id: Its product's id.
        status: As `Row.status`.
        reason: As `Row.reason`.
        fingerprint: As `Row.fingerprint`.
        num_ads: How many it has.
        data: Its bytes, line ends included.
    """

    number: int
    id: str
    status: str
    reason: str
    fingerprint: str
    num_ads: int
    data: bytes


class RowLines:
    r"""Writes and reads rows in the form that a file's ending names.

    Args:
        suffix: One of `SUFFIXES`, in any case.

    Example:
        >>> RowLines(".csv").data(Row(1, "a7", "skipped", reason="draft")).decode()
        '1,a7,skipped,,,,,,draft,,,,\n'
    """

    def __init__(self, suffix: str) -> None:
        self._delimiter = _DELIMITERS.get(suffix.lower())

    @property
    def header(self) -> bytes:
        """Returns the first line of a table; JSON lines have none."""
        return b"" if self._delimiter is None else self._table([_COLUMNS])

    def data(self, row: Row) -> bytes:
        """Returns a row as bytes."""
        if self._delimiter is None:
            return (json.dumps(_as_json(row), ensure_ascii=False) + "\n").encode()
        lines = [_cells(row, number, ad) for number, ad in enumerate(row.ads, 1)]
        return self._table(lines or [_cells(row, None, None)])

    def read(self, path: Path) -> Iterator[StoredRow]:
        """Yields the rows of a file that `data` wrote, one in memory at a time.

        Raises:
            ValueError: A line is none of its.
            OSError: The file cannot be read.
        """
        with path.open(encoding="utf-8", newline="") as file:
            try:
                yield from self._rows(file)
            except (ValueError, KeyError, TypeError, csv.Error) as error:
                raise ValueError(
                    f"{path} is damaged, or no file that adgen wrote: {error}. Write it anew under "
                    "another name."
                ) from None

    def entries(self, row: StoredRow) -> dict[str, Any]:
        """Returns a stored row as JSON lines have it, with its ads and its product."""
        if self._delimiter is None:
            return dict(json.loads(row.data))
        lines = _cells_of(StringIO(row.data.decode(), newline=""), self._delimiter)
        named = [dict(zip(_COLUMNS, cells, strict=True)) for cells in lines]
        first = named[0]
        return {
            "row": row.number,
            "id": row.id,
            "status": row.status,
            "ads": [_ad_of(cells) for cells in named if cells["number"]],
            "reason": row.reason,
            "product": json.loads(first["product"] or "{}"),
        }

    def _rows(self, file: TextIO) -> Iterator[StoredRow]:
        if self._delimiter is None:
            for line in file:
                found = json.loads(line)
                yield _stored(found, len(found["ads"]), line)
            return
        records = _records(file, self._delimiter)
        header, _ = next(records, ([], ""))
        if tuple(header) != _COLUMNS:
            raise ValueError("its first line has other columns")
        named = ((dict(zip(_COLUMNS, cells, strict=True)), text) for cells, text in records)
        for _, lines in groupby(named, key=lambda one: one[0]["row"]):
            rows = list(lines)
            num_ads = sum(bool(cells["number"]) for cells, _ in rows)
            first = {name: unguarded(cell) for name, cell in rows[0][0].items()}
            yield _stored(first, num_ads, "".join(text for _, text in rows))

    def _table(self, lines: Iterable[Sequence[Any]]) -> bytes:
        delimiter = self._delimiter or ","
        return "".join(csv_line(cells, delimiter) for cells in lines).encode()


def _as_json(row: Row) -> dict[str, Any]:
    return {
        "row": row.number,
        "id": row.id,
        "status": row.status,
        "score": row.score,
        "ads": [
            {"text": ad.text, "fields": _lists(ad), "score": ad.score, "findings": ad.findings}
            for ad in row.ads
        ],
        "findings": row.findings,
        "reason": row.reason,
        "fingerprint": row.fingerprint,
        "flags": row.flags,
        "left_out": row.left_out,
        "product": row.product,
    }


def _cells(row: Row, number: int | None, ad: JudgedAd | None) -> tuple[Any, ...]:
    """Returns the cells of a row's ad; findings and fields as JSON, empty where there are none."""
    return (
        row.number,
        guarded(row.id),
        row.status,
        number,
        None if ad is None else guarded(ad.text),
        None if ad is None else ad.score,
        None if ad is None or not ad.fields else _shown(_lists(ad)),
        None if ad is None or not ad.findings else _shown(ad.findings),
        guarded(row.reason),
        row.fingerprint,
        guarded("; ".join(row.flags)),
        guarded("; ".join(row.left_out)),
        _shown(row.product) if row.product else None,
    )


def _ad_of(cells: Mapping[str, str]) -> dict[str, Any]:
    """Returns the ad of a line of a table."""
    return {
        "text": unguarded(cells["ad"]),
        "score": float(cells["score"]),
        "fields": json.loads(cells["fields"] or "{}"),
        "findings": json.loads(cells["findings"] or "[]"),
    }


def _lists(ad: JudgedAd) -> dict[str, list[str]]:
    return {name: list(texts) for name, texts in ad.fields.items()}


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _records(file: Iterable[str], delimiter: str) -> Iterator[tuple[list[str], str]]:
    """Yields the rows of a table, each with the text that it stands in."""
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in file:
            taken.append(line)
            yield line

    for cells in _cells_of(lines(), delimiter):
        yield cells, "".join(taken)
        taken.clear()


def _cells_of(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """Returns the rows of a table, whatever the length of their cells."""
    csv.field_size_limit(_LONGEST_CELL)
    return csv.reader(lines, delimiter=delimiter, strict=True)


def _stored(found: Mapping[str, Any], num_ads: int, text: str) -> StoredRow:
    """Returns a row by its entries.

    Raises:
        ValueError: One is none that adgen writes.
    """
    status = found["status"]
    if status not in (OK, FAILED, SKIPPED) or not text.endswith("\n"):
        raise ValueError(f"a line ends early, or has the status {status!r:.40}")
    return StoredRow(
        number=int(found["row"]),
        id=found["id"],
        status=status,
        reason=found["reason"],
        fingerprint=found["fingerprint"],
        num_ads=num_ads,
        data=text.encode(),
    )
