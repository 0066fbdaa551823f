"""Reads JSON objects as frozen dataclasses, with checks, and writes them back as they were.

A field of the class is an entry of the object. What an object has beside its fields, and the order
in which a file names its entries, are kept, so that writing what was read changes nothing. This
module knows JSON; it knows no record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from types import NoneType
from typing import Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

E = TypeVar("E", bound="Entry")

# Whole numbers beyond this overflow where tables divide them, deeper objects where they are copied.
_LARGEST_INT = 1 << 63
_DEEPEST = 50
_EXPECTED = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
# Metadata of a field: the name that the JSON object has it under; whether it is itself an `Entry`
# whose entries stand among those of the object around it; whether it is no entry at all.
KEY = "key"
FLAT = {"is_flat": True}
UNSTORED = {"is_unstored": True}


class _Part(NamedTuple):
    """How one field is stored: under which keys, as what, and its value where it is left out."""

    name: str
    keys: tuple[str, ...]
    hint: Any
    is_flat: bool
    default: Any

    @property
    def is_required(self) -> bool:
        return self.default is MISSING


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A JSON object with the types of its entries.

    A field without a default is always there. One with a default may be left out, and is left out
    when it is written, unless the object that was read had it.

    Attributes:
        others: Entries that no field names.
        keys: Names of the entries in the order of the object that was read; empty for a new one.
    """

    others: Mapping[str, object] = field(default_factory=dict, metadata=UNSTORED)
    keys: tuple[str, ...] = field(default=(), compare=False, repr=False, metadata=UNSTORED)

    @classmethod
    def from_dict(cls: type[E], value: object, where: str = "") -> E:
        """Reads a JSON object.

        Args:
            value: What `json.loads` gives.
            where: The path to it within its file, for the message of an error.

        Raises:
            ValueError: It is no object, an entry is missing or has another type.
        """
        if not isinstance(value, Mapping):
            raise ValueError(_mismatch(value, "an object", where))
        kind: Any = cls
        left = dict(value)
        found: dict[str, Any] = {"keys": tuple(value)}
        for part in _parts(kind):
            inside = {key: left.pop(key) for key in part.keys if key in left}
            if inside:
                at = where if part.is_flat else _join(where, part.keys[0])
                given = inside if part.is_flat else inside[part.keys[0]]
                found[part.name] = _decoded(part.hint, given, at)
            elif part.is_required:
                raise ValueError(f"{where or 'it'} has no {part.keys[0]}")
        found["others"] = _decoded(_hints(kind)["others"], left, where)
        return cls(**found)

    def as_dict(self) -> dict[str, Any]:
        """Returns the JSON object, as it was read but for what has been replaced in it."""
        kind: Any = type(self)
        entries: dict[str, Any] = {}
        for part in _parts(kind):
            value = getattr(self, part.name)
            if part.is_flat:
                entries |= value.as_dict() if value is not None else {}
            elif part.is_required or part.keys[0] in self.keys or value != part.default:
                entries[part.keys[0]] = _encoded(value)
        entries |= _encoded(self.others)
        return {key: entries[key] for key in [*self.keys, *entries] if key in entries}


@cache
def _hints(kind: Any) -> dict[str, Any]:
    """Returns the types of all fields of a class."""
    return get_type_hints(kind)


@cache
def _parts(kind: Any) -> tuple[_Part, ...]:
    """Returns the stored fields of a class."""
    hints = _hints(kind)
    parts = []
    for one in fields(kind):
        if one.metadata.get("is_unstored"):
            continue
        hint = hints[one.name]
        is_flat = one.metadata.get("is_flat", False)
        default = one.default if one.default_factory is MISSING else one.default_factory()
        keys: tuple[str, ...] = (one.metadata.get(KEY, one.name),)
        if is_flat:
            inner = next(option for option in (hint, *get_args(hint)) if isinstance(option, type))
            keys = tuple(key for part in _parts(inner) for key in part.keys)
        parts.append(_Part(one.name, keys, hint, is_flat, default))
    return tuple(parts)


def _decoded(hint: Any, value: object, where: str) -> Any:
    """Returns a JSON value as the type that a field is declared with."""
    kind = get_origin(hint)
    inner = get_args(hint)
    if NoneType in inner:
        wanted = next(one for one in inner if one is not NoneType)
        return None if value is None else _decoded(wanted, value, where)
    if kind is Mapping:
        if not isinstance(value, Mapping):
            raise ValueError(_mismatch(value, "an object", where))
        return {name: _decoded(inner[1], item, _join(where, name)) for name, item in value.items()}
    if kind is Sequence:
        if not isinstance(value, (list, tuple)):
            raise ValueError(_mismatch(value, "a list", where))
        return tuple(_decoded(inner[0], item, f"{where}[{n}]") for n, item in enumerate(value))
    if hint is object:
        _check_depth(value, _DEEPEST, where)
        return value
    if issubclass(hint, Entry):
        return hint.from_dict(value, where)
    wanted_types = (int, float) if hint is float else hint
    is_right = isinstance(value, wanted_types) and (hint is bool or not isinstance(value, bool))
    if not is_right or (isinstance(value, int) and abs(value) >= _LARGEST_INT):
        raise ValueError(_mismatch(value, _EXPECTED[hint], where))
    return value


def _encoded(value: Any) -> Any:
    if isinstance(value, Entry):
        return value.as_dict()
    if isinstance(value, Mapping):
        return {name: _encoded(item) for name, item in value.items()}
    return [_encoded(item) for item in value] if isinstance(value, (list, tuple)) else value


def _check_depth(value: object, room: int, where: str) -> None:
    """Raises where objects lie within objects deeper than can be copied."""
    if room == 0:
        raise ValueError(f"{where} is nested too deeply; expected at most {_DEEPEST} levels")
    inside = value.values() if isinstance(value, Mapping) else value
    if isinstance(value, (Mapping, list, tuple)):
        for item in inside:  # type: ignore[attr-defined]
            _check_depth(item, room - 1, where)


def _join(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _mismatch(value: object, expected: str, where: str) -> str:
    shown = (
        repr(value)
        if value is None or isinstance(value, (str, bool, int, float))
        else type(value).__name__
    )
    return f"{where or 'it'} is {shown[:40]}; expected {expected}"
