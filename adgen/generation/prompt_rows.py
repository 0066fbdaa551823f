"""Prompts of a file's lines, one after the other: plain text, CSV or TSV, JSON lines.

A line that holds no prompt is marked and handed on like the others, and costs none of them. The
module knows lines, columns and keys; whether a model can go on from a prompt, it does not know.
"""

from __future__ import annotations

import csv
import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, BinaryIO, NamedTuple

from adgen.corpus.encodings import is_utf_8_with_nuls
from adgen.support.json_files import number_or_digits

# Longer lines are no prompts; of them no more than this is held.
MAX_LINE_BYTES = 1_000_000
# A quoted field that goes over more lines has lost a quote.
_MAX_RECORD_LINES = 50
# Columns and keys that hold prompts, the likeliest first; compared without case, space and "_".
PROMPT_NAMES = (
    "prompt", "prompts", "title", "name", "product", "productname", "producttitle", "itemname",
    "headline", "text", "ad",
)  # fmt: skip
_BOM = b"\xef\xbb\xbf"
_DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class PromptRow:
    """Holds one row of a file.

    Attributes:
        line: The number of its first line, from 1.
        prompt: The prompt; of a bad line the line itself.
        others: What stands beside the prompt, by column or key.
        error: Why there is no prompt; empty where there is one.
    """

    line: int
    prompt: str
    others: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True)
class PromptTable:
    """Holds the rows of a file, read as they are taken.

    Attributes:
        columns: Columns beside the prompt's that every row may have; None where each row has keys
            of its own.
        rows: The rows.
    """

    columns: tuple[str, ...] | None
    rows: Iterator[PromptRow]


class Line(NamedTuple):
    """One line of a file: its number, its text, and what is wrong with it."""

    number: int
    text: str
    error: str = ""


def read_lines(stream: BinaryIO, name: str) -> Iterator[Line]:
    """Yields the lines of a file; those that are too long or not UTF-8 have an error.

    Args:
        stream: The file's bytes.
        name: What messages call it.

    Raises:
        ValueError: The file as a whole is no UTF-8 text with usual line ends.
    """
    number = 0
    while raw := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        error = ""
        if len(raw) > MAX_LINE_BYTES:
            error = f"longer than {MAX_LINE_BYTES:,} bytes"
            rest = raw
            while rest and not rest.endswith(b"\n"):
                rest = stream.readline(MAX_LINE_BYTES)
            raw = raw[:200]
        raw = raw.removesuffix(b"\n").removesuffix(b"\r")
        if number == 1:
            _check_first(raw, name)
            raw = raw.removeprefix(_BOM)
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as wrong:
            text = raw.decode("utf-8", errors="replace")
            error = error or f"not UTF-8: byte {raw[wrong.start]:#04x} at place {wrong.start + 1}"
        yield Line(number, text, error)


def text_table(lines: Iterable[Line]) -> PromptTable:
    """Returns a row a line; an empty line is a bad one."""
    return PromptTable(
        (),
        (
            PromptRow(line.number, line.text, {}, line.error or _error_of_empty(line.text))
            for line in lines
        ),
    )


def _error_of_empty(text: str) -> str:
    return "" if text.strip() else "no text"


def json_table(lines: Iterable[Line], column: str | None = None) -> PromptTable:
    """Returns a row a line of JSON, a text or an object; blank lines are none.

    Args:
        lines: The file's.
        column: The key of the prompt; None takes the first of `PROMPT_NAMES` that an object has.
    """
    return PromptTable(
        None, (_json_row(line, column) for line in lines if line.error or line.text.strip())
    )


def csv_table(
    lines: Iterable[Line], name: str, column: str | None = None, *, delimiter: str | None = None
) -> PromptTable:
    """Returns a row a record below the header; blank lines are none.

    Args:
        lines: The file's; the first one names the columns.
        name: What messages call the file.
        column: The column of the prompt; None takes the first of `PROMPT_NAMES` that is there.
        delimiter: What stands between columns; None takes what the header has most of.

    Raises:
        ValueError: There is no header, or no such column, or nobody can say which one it is.
    """
    lines = iter(lines)
    first = next(lines, Line(1, ""))
    if delimiter is None:
        if first.text.lower().startswith("sep=") and len(first.text.strip()) == 5:
            delimiter = first.text.strip()[-1]
            first = next(lines, Line(2, ""))
        else:
            delimiter = max(_DELIMITERS, key=first.text.count)
    header = [title.strip() for title in _columns(first.text, delimiter) or []]
    if first.error or not any(header):
        raise ValueError(
            f"{name} has no line of column names at its top"
            f"{f' ({first.error})' if first.error else ''}. Add one, such as prompt,price."
        )
    place = _place_of(header, column, name)
    columns = _different(
        [title or f"column {number}" for number, title in enumerate(header, 1)], place
    )
    rows = (_csv_row(record, columns, place) for record in _records(lines, delimiter))
    others = tuple(title for number, title in enumerate(columns) if number != place)
    return PromptTable(others, (row for row in rows if row is not None))


def _check_first(raw: bytes, name: str) -> None:
    """Raises where a file's first line shows that it cannot be cut into lines of UTF-8."""
    is_utf_16 = b"\0" in raw and not is_utf_8_with_nuls(raw)
    if is_utf_16 or raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError(f"{name} is UTF-16 or no text; expected UTF-8. Save it as that.")
    if b"\r" in raw:
        raise ValueError(
            f"{name} ends its lines with a carriage return alone. Save it with the line ends of "
            "Unix or Windows."
        )


def _json_row(line: Line, column: str | None) -> PromptRow:
    """Reads a line of JSON."""
    try:
        if line.error:
            raise ValueError(line.error)
        prompt, others = _json_prompt(line.text, column)
    except ValueError as error:
        return PromptRow(line.number, line.text, {}, str(error))
    return PromptRow(line.number, prompt, others)


def _json_prompt(text: str, column: str | None) -> tuple[str, dict[str, Any]]:
    """Returns the prompt in a line of JSON, and what stands beside it; raises ValueError."""
    try:
        value = json.loads(text, parse_int=number_or_digits)
    except RecursionError:
        raise ValueError("broken JSON: it is nested too deep") from None
    except ValueError as error:
        raise ValueError(f"broken JSON: {error}") from None
    if isinstance(value, str):
        return value, {}
    if not isinstance(value, dict):
        raise ValueError("JSON that is neither a text nor an object")
    key = _named_like_a_prompt(list(value)) if column is None else column
    if key not in value:
        raise ValueError(f"no key {'prompt' if column is None else column!r}")
    prompt = value.pop(key)
    if not isinstance(prompt, str):
        raise ValueError(f"key {key!r} holds no text")
    return prompt, value


class _Record(NamedTuple):
    """A record of a CSV: the lines it is made of, its columns, and what is wrong with it."""

    number: int
    text: str
    columns: list[str] | None
    error: str = ""


def _records(lines: Iterator[Line], delimiter: str) -> Iterator[_Record]:
    """Joins lines to records; an opening quote that nothing closes is an error of its line."""
    ahead: deque[Line] = deque()

    def following() -> Line | None:
        return ahead.popleft() if ahead else next(lines, None)

    while line := following():
        if line.error:
            yield _Record(line.number, line.text, None, line.error)
            continue
        text = line.text
        taken: list[Line] = []
        columns = _columns(text, delimiter)
        while columns is None and len(taken) < _MAX_RECORD_LINES and (more := following()):
            taken.append(more)
            if more.error:
                break
            text += "\n" + more.text
            columns = _columns(text, delimiter)
        if columns is None:
            ahead.extendleft(reversed(taken))
            error = "a quote opens or closes no column; write a quote inside a quoted text twice"
            yield _Record(line.number, line.text, None, error)
        else:
            yield _Record(line.number, text, columns)


def _columns(text: str, delimiter: str) -> list[str] | None:
    """Cuts a record into columns; None where its quotes are not those of a CSV."""
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else [] if not rows else None


def _csv_row(record: _Record, columns: list[str], place: int) -> PromptRow | None:
    """Returns the row of a record; None for a blank line."""
    if record.columns is None:
        return PromptRow(record.number, record.text, {}, record.error)
    values = record.columns
    if len(values) <= 1 and not record.text.strip():
        return None
    if len(columns) == 1 and len(values) > 1:
        return PromptRow(record.number, record.text)  # its delimiters belong to the text
    while len(values) > len(columns) and not values[-1]:
        values.pop()
    if not place < len(values) <= len(columns):
        error = f"{len(values)} columns; expected {len(columns)}. Quote texts that hold a delimiter"
        return PromptRow(record.number, record.text, {}, error)
    values += [""] * (len(columns) - len(values))
    others = dict(zip(columns, values, strict=True))
    prompt = others.pop(columns[place])
    error = "" if prompt.strip() else f"no text in column {columns[place]!r}"
    return PromptRow(record.number, prompt, others, error)


def _place_of(header: list[str], column: str | None, name: str) -> int:
    """Returns the number of the prompt's column."""
    found = _named_like_a_prompt(header) if column is None else column
    if found in header:
        return header.index(found)
    listed = ", ".join(header)
    if column is not None:
        raise ValueError(f"{name} has no column {column!r}; it has {listed}. Give one of them.")
    raise ValueError(
        f"{name} has the columns {listed}, and none is known to hold prompts. Name it by "
        "prompt_column; a file of plain lines without column names ends in .txt."
    )


def _named_like_a_prompt(names: list[str]) -> str | None:
    """Returns the name that `PROMPT_NAMES` has first; None where it has none of them."""
    plain = {"".join(name.lower().replace("_", " ").split()): name for name in reversed(names)}
    return next((plain[known] for known in PROMPT_NAMES if known in plain), None)


def _different(names: list[str], place: int) -> list[str]:
    """Gives columns of one name different ones; the prompt's keeps its own."""
    taken = {names[place]}
    for number, name in enumerate(names):
        if number == place:
            continue
        unique = name
        while unique in taken:
            unique += "_2"
        taken.add(unique)
        names[number] = unique
    return names
