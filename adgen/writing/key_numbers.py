"""How an ad says what a key measures or counts: "cord length: 6 ft" is "6 ft Cord"."""

from __future__ import annotations

import re

from adgen.products.measures import is_measure
from adgen.writing import key_terms as terms
from adgen.writing.key_ways import of_things
from adgen.writing.key_words import is_plural, rest_of, says_some

_NUMBER_OF = re.compile(r"(?:number|no\.?|#) of (?P<thing>.+)")
_PER_THING = re.compile(r"(?:quantity|qty|number|count) (?P<thing>per .+)")
_PLURAL_WORD = re.compile(r"(?<=[a-z]{4})s$")
_ORDINALS = frozenset(("zone", "line", "step"))  # "Hardiness Zone 5"
_PACKS = frozenset(("box", "case", "pack", "bag", "carton"))
_OF_MEMORY = re.compile(r"[GTM]B$|mAh$")
_SIDES_OF_RINGS = ("inside", "outside", "inner", "outer", "internal", "external")


def of_parts(plain: str, value: str) -> list[str]:
    """Returns how a number of parts is said, "number of ports", "sheet count"; none of others."""
    number_of = _NUMBER_OF.fullmatch(plain)
    if number_of:
        return of_things(value, number_of["thing"])
    if plain.endswith(" count") and value.isdecimal() and plain not in terms.BEHIND_NUMBERS:
        return of_things(value, f"{plain.removesuffix(' count')}s")
    return []


def measured(key: str, value: str) -> list[str]:
    """Returns how a measure is said that is not the product's own: "6 ft Cord"."""
    rest = _needed_words(key, value)
    if not rest or (len(rest) == 1 and rest[0] in terms.MEASURED):
        return [value]
    if "compatible" in rest:
        thing = " ".join(word for word in rest if word != "compatible")
        if key.startswith("max") and thing in terms.UNITS_OF_KEYS:
            return [f"up to {value}"]  # of a lamp's bulb
        if key.startswith("max"):
            return [f"for up to {value} {thing}"]
        return [f"for {value} {thing}{'' if is_plural(thing) else 's'}"]
    if len(rest) > 1 and rest[-1] in terms.UNITS_OF_KEYS:
        rest.pop()  # "30W Output"
    if rest == ["temperature"] and key.startswith("max"):
        rest = ["max", *rest]
    if not is_measure(value):
        value = _PLURAL_WORD.sub("", value)  # "5 Octave Frequency Range"
    return [value] if says_some(value, rest) else [f"{value} {' '.join(rest)}"]


def _needed_words(key: str, value: str) -> list[str]:
    """Returns the words of a key that its measure needs: "cord length" is that of a cord."""
    rest = rest_of(key, terms.GENERIC)
    *before, last = rest or [""]
    is_said = (
        (last in ("length", "height") and before[-1:] and before[-1] in terms.WITH_LENGTH)
        or (last == "diameter" and before and before[0] not in _SIDES_OF_RINGS)
        or (last == "depth" and before[-1:] == ["resistance"])
        or (last == "capacity" and _OF_MEMORY.search(value))
    )
    if is_said:
        return before
    if last == "recommendation":
        return [*before, "capacity"]
    if key.startswith("max") and "weight" in rest and "capacity" not in rest:
        rest.insert(rest.index("weight") + 1, "capacity")
    return [*rest, "level"] if rest == ["noise"] else rest


def numbered(key: str, value: str) -> list[str]:
    """Returns how a number is said that has no unit: "4 Ports", "Inseam 30"."""
    if key.endswith(" number"):
        return [value]
    key = (" ".join(rest_of(key, frozenset())) or key).removesuffix(" type")
    per = _PER_THING.fullmatch(key)
    if per:
        return [f"{value} {per['thing']}"]
    thing, _, last = key.rpartition(" ")
    if thing and last in ("qty", "quantity") and value.isdecimal():
        return of_things(value, "pieces" if thing in _PACKS else f"{thing.removesuffix('s')}s")
    things = key.removesuffix("s") or key
    is_counted = things == "speed" or things.split()[-1] in terms.COUNTED_THINGS - _ORDINALS
    if value.isdecimal() and (is_counted or is_plural(key) or re.match(r"\w+s per ", key)):
        if " per " in key:
            return [f"{value} {key}"]
        return of_things(value, key if is_plural(key) else f"{key}s")
    if key in terms.BEHIND_NUMBERS or ":" in value or key.startswith(("days ", "hours ")):
        return [f"{value} {key}"]
    label = key.removesuffix(" size") if key != "size" else key
    return [f"{label} {value}"]
