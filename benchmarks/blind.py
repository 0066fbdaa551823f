"""What blind readings share: sheets that name no source, verdicts with checks, counts.

`sheet.jsonl` has a number and a text a line, in random order; `key.jsonl` says whose each is, and
stays shut until the reader has written `verdicts.jsonl`. The module knows texts and sources; it
knows neither products nor models.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from measure import surroundings

from adgen.support.files import check_plain_file, write_text
from adgen.support.json_files import parsed_json, read_json_dict

Item = TypeVar("Item")

SHEET = "sheet.jsonl"
KEY = "key.jsonl"
WRITTEN = "written.json"
VERDICTS = "verdicts.jsonl"
JUDGED = "judged-ads.jsonl"
HUMAN = "human"  # the source of texts that people wrote
# One vocabulary; a reading takes those that its reader can tell, and says what they are there.
KINDS = ("ok", "other", "nonsense", "contradiction", "broken", "repetition", "clumsy")
_AGAIN = "Make the sheet again, in a new folder."


class Text(NamedTuple):
    """A text to judge: what the reader sees beside it, and what the key says beside its source."""

    text: str
    source: str
    seen: Mapping[str, Any]
    kept: Mapping[str, Any]


class Verdict(NamedTuple):
    """A reader's verdict on a text, its kind; with what the key says of the text."""

    text: str
    source: str
    kind: str
    key: Mapping[str, Any]


def check_no_sheet(folder: Path) -> None:
    """Raises where a folder has a sheet already, which somebody may be reading."""
    if (folder / SHEET).exists():
        raise ValueError(f"{folder} holds a sheet already. Give a new folder, or move that one.")


def spread_over_categories(
    items: Iterable[Item], number: int, rng: random.Random, category_of: Callable[[Item], str]
) -> list[Item]:
    """Returns so many random items, of all categories in turn."""
    by_category: dict[str, list[Item]] = {}
    for item in items:
        by_category.setdefault(category_of(item), []).append(item)
    chosen: list[Item] = []
    for found in by_category.values():
        rng.shuffle(found)
    while len(chosen) < number and any(by_category.values()):
        for found in by_category.values():
            if found and len(chosen) < number:
                chosen.append(found.pop())
    return chosen


def write_sheet(
    folder: Path, texts: Sequence[Text], rng: random.Random, written: Mapping[str, Any]
) -> None:
    """Writes texts in random order, their key, and with what they were written.

    The sheet comes last, so that one that is there has its key.

    Args:
        folder: A folder without a sheet; it is made when missing.
        texts: What is to be judged.
        rng: Draws the order.
        written: Command and settings; commit, versions and hardware are added.
    """
    order = list(texts)
    rng.shuffle(order)
    key = [{"id": n, "source": one.source, **one.kept} for n, one in enumerate(order)]
    sheet = [{"id": n, **one.seen, "text": one.text} for n, one in enumerate(order)]
    write_text(folder / WRITTEN, json.dumps({**surroundings(), **written}) + "\n")
    _write_rows(folder / KEY, key)
    _write_rows(folder / SHEET, sheet)


def read_written(folder: Path) -> dict[str, Any]:
    """Reads with what a sheet's texts were written, when and where."""
    return read_json_dict(folder / WRITTEN, _AGAIN)


def read_verdicts(folder: Path, kinds: Sequence[str]) -> list[Verdict]:
    """Reads a reader's verdicts, and opens the key.

    Args:
        folder: It has sheet, key and verdicts.
        kinds: Those that a verdict may have.

    Returns:
        One verdict of every text, in the order of the verdicts.

    Raises:
        FileNotFoundError: A file is missing.
        ValueError: A kind is unknown, a text has no verdict or two, or a verdict no text.
    """
    key = {row["id"]: row for row in _read_rows(folder / KEY, source=str)}
    text_of = {row["id"]: row["text"] for row in _read_rows(folder / SHEET, text=str)}
    if key.keys() != text_of.keys():
        raise ValueError(f"{folder / SHEET} and {KEY} are not of the same texts. {_AGAIN}")
    path = folder / VERDICTS
    kind_of: dict[int, str] = {}
    for row in _read_rows(path, kind=str):
        number, kind = row["id"], row["kind"]
        if number not in key:
            raise ValueError(f"{path} judges text {number}, which {SHEET} lacks. Correct its id.")
        if number in kind_of:
            raise ValueError(f"{path} judges text {number} twice. Leave one of its lines.")
        if kind not in kinds:
            raise ValueError(
                f"{path} calls text {number} {kind!r:.40}; expected one of {', '.join(kinds)}."
            )
        kind_of[number] = kind
    missing = sorted(key.keys() - kind_of.keys())
    if missing:
        raise ValueError(
            f"{path} lacks {len(missing):,} of {len(key):,} texts, the first of them {missing[0]}. "
            "Judge every text."
        )
    return [Verdict(text_of[n], key[n]["source"], kind, key[n]) for n, kind in kind_of.items()]


def kinds_by_source(verdicts: Iterable[Verdict]) -> dict[str, Counter[str]]:
    """Counts the kinds of each source's texts, sources by name."""
    counts: dict[str, Counter[str]] = {}
    for verdict in verdicts:
        counts.setdefault(verdict.source, Counter())[verdict.kind] += 1
    return dict(sorted(counts.items()))


def write_judged_ads(folder: Path, verdicts: Iterable[Verdict]) -> None:
    """Writes the generated ads with their kinds; what people wrote is not ours to hand on."""
    judged = [
        {"source": one.source, "ad": one.text, "kind": one.kind}
        for one in verdicts
        if one.source != HUMAN
    ]
    _write_rows(folder / JUDGED, judged)


def _write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    write_text(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def _read_rows(path: Path, **wanted: type) -> list[dict[str, Any]]:
    """Reads JSON lines, each an object with an id and what is wanted, of its type."""
    check_plain_file(path)
    rows = []
    for place, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = parsed_json(line)
        except ValueError as error:
            raise ValueError(f"{path}, line {place}: {error}; expected a JSON object.") from None
        for name, kind in {"id": int, **wanted}.items():
            if not isinstance(row, dict) or type(row.get(name)) is not kind:
                what = "a whole number" if kind is int else "a text"
                raise ValueError(f"{path}, line {place} has no {name}; expected {what} so named.")
        rows.append(row)
    return rows
