"""A platform's format: its fields, their limits, the rules of its texts, and who says so.

Read strictly from a data file, of which nothing is guessed. The module knows no rule's meaning and
judges no text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from typing import Any, TypeVar

from adgen.formats.lengths import UNITS

SEVERITIES = ("error", "warning")
# How a limit is known: read on the platform's own page; seen through a third party's copy; known
# to those who wrote the file, and not looked up; advice of adgen's own.
CONFIDENCES = ("page", "mirror", "unchecked", "adgen")
_T = TypeVar("_T")


@dataclass(frozen=True)
class Field:
    """Describes one field of an ad.

    Attributes:
        name: The field: "headline".
        max_length: The most that a text may have, in `unit`.
        unit: What a length is counted in, one of `lengths.UNITS`.
        hard: Whether a longer text is refused; else it is cut off where it is shown.
        source: Where the platform says so.
        checked_on: The day on which that was looked at.
        confidence: How it is known, one of `CONFIDENCES`.
        advised_length: The length that the platform advises; None if it advises none.
        min_count: How many texts an ad needs.
        max_count: How many texts an ad may have; None for any number.
        advised_count: How many different texts the platform advises.
        short_length: A length that one text at least should not exceed; None if there is none.
        needs: Another field that this one needs; empty if it needs none.
        differs_from: Another field that this one should not repeat; empty if there is none.
    """

    name: str
    max_length: int
    unit: str
    hard: bool
    source: str
    checked_on: date
    confidence: str
    advised_length: int | None = None
    min_count: int = 0
    max_count: int | None = None
    advised_count: int = 0
    short_length: int | None = None
    needs: str = ""
    differs_from: str = ""


@dataclass(frozen=True)
class Rule:
    """Says that a rule holds in a format, and how strictly.

    Attributes:
        name: The rule: "capitals".
        severity: "error" for what is refused, "warning" for what is advised against.
        source: Where the platform says so; empty for advice of adgen's.
        confidence: How it is known, one of `CONFIDENCES`.
        fields: The fields whose texts it is for; none stands for all.
        most: How many are allowed, for rules that count.
        characters: The characters that it is about, for rules of characters.
        words: The words that it is about, for rules of words.
    """

    name: str
    severity: str
    source: str
    confidence: str
    fields: tuple[str, ...] = ()
    most: int = 0
    characters: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Format:
    """Describes what a platform takes, from a day on.

    Attributes:
        name: "google-rsa".
        valid_from: The first day on which it holds, where the platform names one; else the day on
            which its pages were looked at.
        shown: What people call it.
        fields: Its fields; a text without a field's name is judged as the first one.
        rules: The rules of its texts.
        insertions: Whether `{KeyWord:default}` stands for another text.
        lists_variants: Whether each variant of a product is listed by itself, so that its text says
            nothing of the others.
        notes: What else is to be known.
    """

    name: str
    valid_from: date
    shown: str
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...]
    insertions: bool
    lists_variants: bool = False
    notes: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Returns name and date: "google-rsa@2026-11-29"."""
        return f"{self.name}@{self.valid_from.isoformat()}"

    def field(self, name: str) -> Field:
        """Returns a field.

        Raises:
            ValueError: There is none of that name.
        """
        for one in self.fields:
            if one.name == name:
                return one
        names = ", ".join(one.name for one in self.fields)
        raise ValueError(
            f"{self.id} has no field {name!r:.60}; expected one of {names}. Give one of them."
        )


def format_from(value: Mapping[str, Any]) -> Format:
    """Returns the format that a data file holds.

    Args:
        value: The file's JSON object.

    Raises:
        ValueError: It is not one: a key is missing, unknown or of a wrong type, or names what is
            not there.
    """
    found = _made(
        Format,
        {
            **value,
            "fields": tuple(_made(Field, one) for one in value.get("fields", ())),
            "rules": tuple(_made(Rule, one) for one in value.get("rules", ())),
        },
    )
    for one in found.fields:
        _check_choice(f"{one.name}: unit", one.unit, UNITS)
        _check_choice(f"{one.name}: confidence", one.confidence, CONFIDENCES)
        if one.max_length < 1 or not 0 < (one.advised_length or 1) <= one.max_length:
            raise ValueError(
                f"{found.id}: {one.name!r} takes {one.max_length} and advises "
                f"{one.advised_length}; expected 1 at least, and no more advised than taken. Mend "
                "the file."
            )
        for other in filter(None, (one.needs, one.differs_from)):
            found.field(other)
    for rule in found.rules:
        _check_choice(f"{rule.name}: severity", rule.severity, SEVERITIES)
        _check_choice(f"{rule.name}: confidence", rule.confidence, CONFIDENCES)
        for name in rule.fields:
            found.field(name)
    return found


def _made(kind: type[_T], value: Any) -> _T:
    """Returns an object made of a JSON object, each value of its field's type."""
    if not isinstance(value, Mapping):
        raise ValueError(
            f"{kind.__name__} is {value!r:.40}; expected a JSON object. Mend the file."
        )
    known = {one.name: one for one in fields(kind)}  # type: ignore[arg-type]
    needed = {name for name, one in known.items() if one.default is MISSING}
    if not needed <= set(value) <= set(known):
        odd = sorted(needed - set(value)) + sorted(set(value) - set(known))
        raise ValueError(
            f"{kind.__name__} lacks a key, or has one too many: {', '.join(odd)}. Mend the file."
        )
    return kind(**{name: _typed(name, one, str(known[name].type)) for name, one in value.items()})


def _typed(name: str, value: Any, wanted: str) -> Any:
    """Returns a JSON value as its field wants it; raises ValueError where it is another type."""
    if wanted == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    if wanted.startswith("tuple") and isinstance(value, (list, tuple)):
        return tuple(value)
    plain = {"str": str, "bool": bool, "int": int, "int | None": int}.get(wanted)
    if plain is None or type(value) is not plain:
        raise ValueError(f"{name} is {value!r:.40}; expected {wanted}. Mend the file.")
    return value


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(
            f"{name} is {value!r}; expected one of {', '.join(choices)}. Mend the file."
        )
