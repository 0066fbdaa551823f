"""What models are called in tables and pictures: one name each, that of the model that comes along.

A training's record has the name of the folder that it wrote. Where that model comes with adgen in
fewer bytes, a comparison knows both, and the training is shown by the name of the copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from adgen.records.base import Record
from adgen.records.judged import ComparisonRecord
from adgen.records.record import of_kind


def copies_of(records: Sequence[Record]) -> dict[str, str]:
    """Returns the names of copies in fewer bytes, by the name of what they are copies of."""
    compared = (row for record in of_kind(records, ComparisonRecord) for row in record.rows)
    named = ((row.trained_as, Path(row.model).name) for row in compared)
    return {original: copy for original, copy in named if original and original != copy}


def shown_name(name: str, records: Sequence[Record]) -> str:
    """Returns the name of the copy that comes along, or else the model's own."""
    return copies_of(records).get(name, name)
