"""Reads JSON objects strictly: what is damaged is said in one line, and nothing is guessed.

It knows JSON and files; it knows no format of adgen's. `files.read_json_object` is its counterpart
for files that may be anyone's.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from adgen.support.files import check_plain_file

_DEEPEST = 50  # levels; deeper objects overflow the stack where they are copied
_MOST_DIGITS = 300  # longer whole numbers are no quantities, and take Python ever longer to read


def read_json(path: str | Path, remedy: str) -> Any:
    """Reads the JSON value in a file.

    Args:
        path: The file, UTF-8.
        remedy: The last sentence of an error: what to do about a damaged file.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no plain file, no JSON, nested too deeply, or names a key twice.
    """
    path = Path(path)
    check_plain_file(path)
    try:
        return parsed_json(path.read_bytes())
    except ValueError as error:
        reason = str(error)
    raise ValueError(f"{path} is not readable JSON ({reason}). {remedy}")


def read_json_dict(path: str | Path, remedy: str) -> dict[str, Any]:
    """Reads the JSON object in a file; arguments and errors are those of `read_json`.

    Raises:
        ValueError: Also where it holds another JSON value than an object.
    """
    value = read_json(path, remedy)
    if not isinstance(value, dict):
        kind = "nothing (null)" if value is None else f"a {type(value).__name__}"
        raise ValueError(f"{path} holds {kind}; expected a JSON object. {remedy}")
    return value


def parsed_json(content: str | bytes) -> Any:
    """Returns the value of a JSON text.

    Raises:
        ValueError: As for `read_json`.

    Example:
        >>> parsed_json('{"a": 1, "a": 2}')
        Traceback (most recent call last):
        ValueError: it names 'a' twice
    """
    text = content.decode("utf-8") if isinstance(content, bytes) else content
    try:
        value = json.loads(text, object_pairs_hook=_without_doubles, parse_int=_whole_number)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    _check_depth(value)
    return value


def number_or_digits(digits: str) -> int | str:
    """Returns a whole number of JSON; one that is too long to be any quantity stays its digits."""
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _whole_number(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(
            f"it holds a number of {len(digits):,} digits; expected {_MOST_DIGITS:,} at most"
        )
    return int(digits)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        double = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"it names {double[:40]!r} twice")
    return found


def _check_depth(value: Any) -> None:
    """Raises where lists and objects lie within each other deeper than can be copied."""
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(_DEEPEST):
        inside = [one.values() if isinstance(one, dict) else one for one in level]
        level = [item for items in inside for item in items if isinstance(item, (dict, list))]
        if not level:
            return
    raise ValueError("it is nested too deeply")
