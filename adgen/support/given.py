"""Checks the types of what callers give: texts, paths, objects; numbers are `ranges`' business.

Without them, a wrong type ends in an error from the depth of another library. The module knows
types alone; the range of a number is checked where it is known.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
_MOST_BYTES = 255  # of a file's name, on every system


def a_text(name: str, value: object) -> str:
    """Returns a text; raises ValueError where it is none."""
    if isinstance(value, str):
        return value
    raise ValueError(f"{name} is {kind_of(value)}; expected a text.")


def whole_text(name: str, value: object) -> str:
    """Returns a text; raises ValueError where it is none, or holds half a character."""
    text = a_text(name, value)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(
            f"{name} holds half a character (a lone surrogate); expected whole ones."
        ) from None
    return text


def texts(name: str, values: Any) -> Iterator[str]:
    """Checks that something gives texts, without taking any.

    Args:
        name: What the caller calls it.
        values: A list of texts, or what gives them one by one.

    Returns:
        The texts, each checked when it is taken.

    Raises:
        ValueError: It is one text, gives none, or gives something else.

    Example:
        >>> list(texts("ads", ["Sony TV"]))
        ['Sony TV']
    """
    if isinstance(values, (str, bytes)) or not is_many(values):
        raise ValueError(f"{name} is {kind_of(values)}; expected texts, such as a list of them.")
    return _checked(name, values)


def is_many(values: Any) -> bool:
    """Tells whether something can be gone through; a NumPy array of no dimension cannot."""
    return isinstance(values, Iterable) and getattr(values, "ndim", 1) > 0


def _checked(name: str, values: Iterable[Any]) -> Iterator[str]:
    for number, value in enumerate(values):
        if not isinstance(value, str):
            raise ValueError(f"{name} holds {kind_of(value)} at {number:,}; expected a text.")
        yield value


def a_path(name: str, value: object) -> Path:
    """Returns a path; raises ValueError where it is none, or no file could have it."""
    if not isinstance(value, (str, os.PathLike)):
        raise ValueError(f"{name} is {kind_of(value)}; expected a path, as text or Path.")
    if not os.fspath(value):
        raise ValueError(f"{name} is empty; expected a path. Give one.")
    path = Path(value)
    try:
        parts = [os.fsencode(part) for part in path.parts]
    except UnicodeEncodeError:
        raise ValueError(
            f"{name} {str(path)!r} holds half a character (a lone surrogate); expected a path."
        ) from None
    if max(map(len, parts), default=0) > _MOST_BYTES:
        raise ValueError(f"{name} has {len(str(path)):,} characters; expected a path.")
    if any(b"\0" in part for part in parts):
        raise ValueError(f"{name} {str(path)!r} holds a NUL character; expected a path.")
    return path


def a_switch(name: str, value: object) -> bool:
    """Returns True or False; raises ValueError where a value is neither."""
    if isinstance(value, bool):
        return value
    raise ValueError(f"{name} is {kind_of(value)}; expected True or False.")


def an_object(name: str, value: T, kind: type) -> T:
    """Returns an object of a class; raises ValueError where it is none."""
    if isinstance(value, kind):
        return value
    raise ValueError(f"{name} is {kind_of(value)}; expected {_with_article(kind.__name__)}.")


def kind_of(value: object) -> str:
    """Returns in words what a value of a wrong type is: small ones as they are, else their class.

    Example:
        >>> kind_of(3), kind_of([1, 2])
        ('3', 'a list')
    """
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float, str)) and len(shown := f"{value!r:.200}") <= 40:
        return shown
    return _with_article(type(value).__name__)


def _with_article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
