"""The formats that come with adgen: a data file for each platform and date, none overwritten.

A plain name stands for the newest file that holds by then, `name@date` for exactly that one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files

from adgen.formats.format import Format, format_from
from adgen.support.given import a_text, kind_of
from adgen.support.json_files import parsed_json

_FILE = re.compile(r"(?P<name>[a-z0-9-]+)@(?P<date>\d{4}-\d{2}-\d{2})\.json")
_MOST_NAMES = 256
_Date = date  # the class itself, whatever a caller's clock is


def format_names() -> tuple[str, ...]:
    """Returns the names of all formats, sorted.

    Example:
        >>> "google-rsa" in format_names()
        True
    """
    return tuple(sorted(_dates()))


def all_formats() -> tuple[Format, ...]:
    """Returns the formats of all files, by name and date."""
    return tuple(_read(name, day) for name in format_names() for day in _dates()[name])


def read_format(name: str, *, on: date | None = None) -> Format:
    """Returns a format.

    Args:
        name: "amazon-title" for the newest that holds, "amazon-title@2025-01-21" for that one.
        on: The day on which it must hold; None for today. Where a clock of today lies before all
            files, the oldest one is taken.

    Raises:
        ValueError: There is no such format, or none that holds on the day.

    Example:
        >>> read_format("amazon-title", on=date(2026, 1, 1)).field("title").max_length
        200
        >>> read_format("amazon-title@2026-07-27").field("title").max_length
        75
    """
    if on is not None and not isinstance(on, _Date):
        raise ValueError(
            f"the day is {kind_of(on)}; expected a date. Give one, such as date(2026, 7, 27)."
        )
    return _resolved(a_text("format", name), on, date.today())


def as_format(format: Format | str) -> Format:
    """Returns a format that is given itself, or by its name.

    Raises:
        ValueError: It is neither, or there is none of that name.
    """
    return format if isinstance(format, Format) else read_format(format)


@lru_cache(_MOST_NAMES)
def _resolved(name: str, on: date | None, today: date) -> Format:
    plain, at, day = name.partition("@")
    days = _dates().get(plain)
    if days is None:
        raise ValueError(_unknown(plain))
    if at:
        if on is not None:
            raise ValueError(
                f"format is {name!r}, which names a day, and {on} is another. Leave one out."
            )
        if day not in days:
            raise ValueError(
                f"format is {name!r:.60}; expected {plain}@ and one of {', '.join(days)}. Give one "
                f"of them, or {plain} alone for the newest."
            )
        return _read(plain, day)
    return _read(plain, _newest(plain, on, today))


def _newest(name: str, on: date | None, today: date) -> str:
    """Returns the last day of a format that is not behind another day."""
    days = _dates()[name]
    by_then = [day for day in days if day <= (on or today).isoformat()]
    if by_then:
        return by_then[-1]
    if on is not None:
        raise ValueError(f"{name} is known from {days[0]} on; {on} is before. Give a later day.")
    return days[0]


def _unknown(name: str) -> str:
    near = get_close_matches(name, format_names(), n=1)
    hint = f"Did you mean {near[0]}?" if near else "Give one of them."
    return f"format is {name!r:.60}; expected one of {', '.join(format_names())}. {hint}"


@cache
def _dates() -> Mapping[str, tuple[str, ...]]:
    """Returns the days of each format's files, the oldest first."""
    days: dict[str, list[str]] = {}
    for path in files("adgen.formats").joinpath("data").iterdir():
        found = _FILE.fullmatch(path.name)
        if found:
            days.setdefault(found["name"], []).append(found["date"])
    return {name: tuple(sorted(of_name)) for name, of_name in days.items()}


@cache
def _read(name: str, day: str) -> Format:
    path = files("adgen.formats").joinpath("data", f"{name}@{day}.json")
    found = format_from(parsed_json(path.read_bytes()))
    if found.id != f"{name}@{day}":
        raise ValueError(f"{path.name} describes {found.id}. Give file and contents one name.")
    return found
