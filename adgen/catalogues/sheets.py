"""Workbooks, Parquet and JSON as tables of text.

Of a workbook the sheet counts whose names are those of a catalogue. Numbers become text as a seller
would write them. The module knows cells; it does not know what a product is.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from adgen.catalogues.headers import Columns, Record
from adgen.catalogues.table import Table, header_place, num_known, table_of, with_head
from adgen.catalogues.values import cell_of
from adgen.corpus.encodings import open_text
from adgen.corpus.structured import (
    DAMAGED_WORKBOOK,
    damaged_file,
    excel_rows,
    json_values,
    unwrapped,
)

_HEAD_ROWS = 15
_HEAD_VALUES = 1_000


def open_workbook(file: io.BufferedReader, name: str, known: frozenset[str]) -> Table:
    """Opens a workbook (`.xlsx`, `.xlsm`).

    Args:
        file: The file.
        name: What messages call it.
        known: Keys of names that catalogues use.

    Raises:
        ValueError: It is none, or all its sheets are empty.
    """
    import openpyxl

    try:
        workbook = openpyxl.load_workbook(file, read_only=True, data_only=True)
        scores = {}
        for sheet in workbook.worksheets:
            sheet.reset_dimensions()  # some programs write a wrong size
            head = [row for _, row in islice(excel_rows(sheet), _HEAD_ROWS)]
            if head:
                scores[sheet.title] = num_known(head[header_place(head, known)], known)
    except DAMAGED_WORKBOOK as error:
        raise damaged_file(name, "an .xlsx workbook", error) from None
    if not scores:
        raise ValueError(f"{name} has no filled sheet; expected products. Export it again.")
    title = max(scores, key=scores.__getitem__)

    def rows() -> Iterator[tuple[int, list[str], str]]:
        try:
            for number, row in excel_rows(workbook[title]):
                yield number, list(map(_tidy, row)), ""
        except DAMAGED_WORKBOOK as error:
            raise damaged_file(name, "an .xlsx workbook", error) from None

    return table_of(rows(), f"sheet {title!r}", known)


def open_parquet(file: io.BufferedReader, name: str) -> Table:
    """Opens a Parquet file.

    Raises:
        ValueError: It is none, or is damaged.
    """
    import pyarrow
    from pyarrow import parquet

    try:
        parts = parquet.ParquetFile(file)
    except (pyarrow.ArrowException, OSError) as error:
        raise damaged_file(name, "a Parquet file", error) from None
    columns = Columns(parts.schema_arrow.names)

    def records() -> Iterator[Record]:
        number = 0
        try:
            for batch in parts.iter_batches():
                for values in zip(*(one.to_pylist() for one in batch.columns), strict=True):
                    number += 1
                    yield Record(columns, list(map(cell_of, values)), number)
        except (pyarrow.ArrowException, OSError) as error:
            raise damaged_file(name, "a Parquet file", error) from None

    return with_head(Table(columns, records(), "Parquet"))


def _is_one_product(head: list[tuple[Any, int]]) -> bool:
    """Tells whether a file's one object is a product with its variants, and no list of products."""
    value = head[0][0] if len(head) == 1 else None
    return isinstance(value, dict) and isinstance(value.get("product"), str) and "id" in value


def open_json(file: io.BufferedReader, name: str) -> Table:
    """Opens JSON: objects one after the other, or a list of them.

    Raises:
        ValueError: It is no JSON, or holds something else.
    """
    values = json_values(open_text(file, name), name)
    head = list(islice(values, _HEAD_VALUES))
    if not _is_one_product(head):
        head = unwrapped(head, name)
    labels: dict[str, None] = {}
    for value, _ in head:
        if isinstance(value, dict):
            labels.update(dict.fromkeys(value))

    def records() -> Iterator[Record]:
        known: dict[tuple[str, ...], Columns] = {}
        for value, line in chain(head, values):
            if not isinstance(value, dict):
                raise ValueError(
                    f"{name}: line {line:,} is no object; expected one a product, such as "
                    '{"id": "1", "product": "Mug"}. Mend the line, or leave it out.'
                )
            # Products of one kind have the same keys, so that few columns are ever made.
            keys = tuple(value)
            columns = known.setdefault(keys, Columns(keys)) if keys not in known else known[keys]
            yield Record(columns, list(map(cell_of, value.values())), line)

    return with_head(Table(Columns(labels), records(), "JSON"))


def _tidy(cell: str) -> str:
    """Returns a whole number that a workbook holds as 129.0 as people write it."""
    whole, point, rest = cell.partition(".")
    return whole if point and rest == "0" and whole.lstrip("-").isdigit() else cell
