"""Reads what a settings dataclass says of its own fields: text, type and allowed values.

The text stands once, under "Attributes" in the class's docstring; the command line shows it as the
option's help. The module knows dataclasses; it knows no setting.
"""

from __future__ import annotations

import inspect
import re
import types
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints


@dataclass(frozen=True)
class FieldKind:
    """The values that a field may have.

    Attributes:
        type: `bool`, `int`, `float` or `str`.
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


def check_choices(settings: Any) -> None:
    """Raises where a field of a settings object that has choices holds none of them.

    Raises:
        ValueError: One does; the message names the field, its value and the choices.
    """
    for name, kind in kinds_of(type(settings)).items():
        value = getattr(settings, name)
        if kind.choices and value not in kind.choices:
            raise ValueError(f"{name} is {value!r}; expected one of {', '.join(kind.choices)}.")


def _kind_of(hint: Any) -> FieldKind:
    parts = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    may_be_none = type(None) in parts
    (plain,) = (part for part in parts if part is not type(None))
    if get_origin(plain) is Literal:
        return FieldKind(str, get_args(plain), may_be_none)
    return FieldKind(plain, (), may_be_none)
