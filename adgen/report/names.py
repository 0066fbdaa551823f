"""What models are called in tables and pictures: one name each, that of the model that comes along.

A training's record has the name of the folder that it wrote. Where that model comes with adgen in
fewer bytes, a comparison knows both, and the training is shown by the name of the copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from adgen.records.base import Record
from adgen.records.judged import ComparisonRecord
from adgen.records.record import of_kind


def copies_of(records: Sequence[Record]) -> dict[str, str]:
    """Returns the names of copies in fewer bytes, by the name of what they are copies of."""
    compared = (row for record in of_kind(records, ComparisonRecord) for row in record.rows)
    named = ((row.trained_as, Path(row.model).name) for row in compared)
    return {original: copy for original, copy in named if original and original != copy}


def without_superseded(records: Sequence[ComparisonRecord]) -> list[ComparisonRecord]:
    """Returns comparisons without rows that a later one has anew, of the same ads and shots.

    A model that was trained again has the name of the one before.
    """
    kept: list[ComparisonRecord] = []
    seen: set[tuple[str, str, int]] = set()
    for record in reversed(records):
        ads = record.plan.ads
        fresh = [row for row in record.rows if (ads, Path(row.model).name, row.shots) not in seen]
        seen |= {(ads, Path(row.model).name, row.shots) for row in record.rows if row.figures}
        kept.append(replace(record, rows=tuple(fresh)))
    return kept[::-1]


def shown_name(name: str, records: Sequence[Record]) -> str:
    """Returns the name of the copy that comes along, or else the model's own."""
    return copies_of(records).get(name, name)
