"""Reads what a settings dataclass says of its own fields: text, type and allowed values.

The text stands once, under "Attributes" in the class's docstring; the command line shows it as the
option's help. A number's range stands at its field (`limited`), and the text says it in words. The
module knows dataclasses; it knows no setting.
"""

from __future__ import annotations

import inspect
import re
import types
from dataclasses import dataclass, field, fields
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from adgen.support.ranges import Range, check_number

# Metadata of a field that is a number: its range, and what to do about one outside.
_RANGE, _HINT = "range", "hint"


@dataclass(frozen=True)
class FieldKind:
    """The values that a field may have.

    Attributes:
        type: `bool`, `int`, `float` or `str`; `object` where several are allowed.
        choices: The only values allowed; empty where there is no such list.
        may_be_none: Whether None is a value too.
    """

    type: type
    choices: tuple[str, ...] = ()
    may_be_none: bool = False


def texts_of(documented: Any, section: str = "Attributes") -> dict[str, str]:
    """Returns the text of every name in a section of a Google-style docstring.

    Args:
        documented: A class or a function.
        section: "Attributes" or "Args".

    Example:
        >>> texts_of(FieldKind)["may_be_none"]
        'Whether None is a value too.'
    """
    docstring = inspect.cleandoc(documented.__doc__ or "")
    found = re.search(rf"^{section}:\n((?:    .*\n|\n)*)", docstring + "\n", flags=re.MULTILINE)
    text = found.group(1) if found else ""
    entries = re.split(r"^    (?=[*\w]+: )", text, flags=re.MULTILINE)[1:]
    pairs = (" ".join(entry.split()).split(": ", 1) for entry in entries)
    return {name: text for name, text in pairs}


def kinds_of(settings: type) -> dict[str, FieldKind]:
    """Returns the kind of every field of a dataclass of numbers, texts, choices and flags.

    Example:
        >>> @dataclass
        ... class Oven:
        ...     mode: Literal["grill", "bake"] = "bake"
        ...     minutes: Union[int, None] = None
        >>> kinds_of(Oven)["mode"].choices, kinds_of(Oven)["minutes"].may_be_none
        (('grill', 'bake'), True)
    """
    return {name: _kind_of(hint) for name, hint in get_type_hints(settings).items()}


def within(limits: Range, hint: str = "") -> dict[str, Any]:
    """Returns metadata of a dataclass's field: the range that its number lies in.

    Args:
        limits: The range; `check_fields` holds values against it.
        hint: A sentence for the message of a number outside.
    """
    return {_RANGE: limits, _HINT: hint}


def limited(limits: Range, default: Any, *, hint: str = "") -> Any:
    """Returns a dataclass's field with a default, whose number lies in a range, as `within`."""
    return field(default=default, metadata=within(limits, hint))


def ranges_of(settings: type) -> dict[str, Range]:
    """Returns the range of every field of a settings dataclass that has one."""
    return {one.name: one.metadata[_RANGE] for one in fields(settings) if _RANGE in one.metadata}


def check_fields(settings: Any) -> None:
    """Raises where a field of a settings object holds what its type or range does not allow.

    Looked at are choices, flags, and numbers that have a range.

    Raises:
        ValueError: One does; the message names the field, its value and what is expected.
    """
    ranges = ranges_of(type(settings))
    hints = {one.name: one.metadata.get(_HINT, "") for one in fields(settings)}
    for name, kind in kinds_of(type(settings)).items():
        value = getattr(settings, name)
        if value is None and kind.may_be_none:
            continue
        if kind.choices and not (isinstance(value, str) and value in kind.choices):
            raise ValueError(f"{name} is {value!r}; expected one of {', '.join(kind.choices)}.")
        if kind.type is bool and not isinstance(value, bool):
            raise ValueError(f"{name} is {value!r}; expected true or false.")
        if name in ranges:
            check_number(
                name,
                value,
                ranges[name],
                is_whole=kind.type is int,
                or_none=kind.may_be_none,
                hint=hints[name],
            )


def _kind_of(hint: Any) -> FieldKind:
    parts = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    may_be_none = type(None) in parts
    plain, *others = (part for part in parts if part is not type(None))
    if others:
        return FieldKind(object, (), may_be_none)
    if get_origin(plain) is Literal:
        return FieldKind(str, get_args(plain), may_be_none)
    return FieldKind(plain, (), may_be_none)
