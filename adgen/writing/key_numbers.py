"""How an ad says what a key measures or counts: "cord length: 6 ft" is "6 ft Cord"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from adgen.products.measures import is_measure
from adgen.writing import key_terms as terms
from adgen.writing.key_ways import of_things
from adgen.writing.key_words import (
    is_plural,
    limit_of,
    plain_key,
    plural_of,
    rest_of,
    says_some,
    singular_of,
)

_NUMBER_OF = re.compile(r"(?P<about>approx )?(?:number|no\.?|#) of (?P<thing>.+)")
_PER_THING = re.compile(r"(?:quantity|qty|number|count) (?P<thing>per .+)")
# Of a number: "5 octaves" of a "5 Octave Frequency Range".
_PLURAL_WORD = re.compile(r"(?P<number>.*\d) (?P<word>[a-z]{4,}s|teeth)")
_WEIGHT = re.compile(
    r"\d ?(?:k?gs?|kilos?|(?:kilo)?grams?|lbs?|pounds?|oz|ounces?|t|tons?|tonnes?|stones?)\b",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\d+ ?(?:[-–+]|or|to) ?\d+")
# What is measured in some unit, and what has a size by number: a yarn's weight, a dress shirt's
# sleeve length, a fly line's.
_MEASURES_TEXT = "height width length depth diameter thickness weight volume size/weight"
_MEASURES = frozenset(_MEASURES_TEXT.split())
_BY_NUMBER = frozenset(
    ("yarn", "line", "paper", "sleeve", "inseam", "shoe", "toe", "calf", "carat", "diamond", "gem")
)
_SIDES = re.compile(r"[\d.,]+(?: ?[x×*/-] ?[\d.,]+)*")
_ORDINALS = frozenset(("zone", "line", "step"))  # "Hardiness Zone 5"
_CODES = frozenset(("size", "layout", "grade", "class"))  # "Class 0"
_ORDINALS_TEXT = """
level version volume stage book part series season number no type model category phase edition
generation gen episode chapter tier rank score rating strength hardness firmness group range
revision mark position speed width length height depth weight diameter thickness scale zoom
bluetooth usb hdmi
"""
_ORDINALS_TOO = _ORDINALS | _CODES | frozenset(_ORDINALS_TEXT.split())
_PACKS = frozenset(("box", "case", "pack", "bag", "carton"))
_OF_MEMORY = re.compile(r"[GTM]B$|mAh$")
_BORNE = frozenset(("weight", "capacity"))  # the most of which is a matter of course
_SIDES_OF_RINGS = ("inside", "outside", "inner", "outer", "internal", "external")


def is_without_unit(key: str, value: str) -> bool:
    """Tells whether a measure lacks its unit, which a buyer would guess: "Height: 15.9".

    Example:
        >>> is_without_unit("Height", "15.9"), is_without_unit("Height (in)", "15.9")
        (True, False)
    """
    words = plain_key(key).split()
    is_measured = bool(words) and words[-1] in _MEASURES and _BY_NUMBER.isdisjoint(words)
    return is_measured and "(" not in key and _SIDES.fullmatch(value) is not None


def of_parts(plain: str, value: str) -> list[str]:
    """Returns how a number of parts is said, "number of ports", "sheet count"; none of others."""
    number_of = _NUMBER_OF.fullmatch(plain)
    if number_of and _RANGE.fullmatch(value):
        return [f"{value} {number_of['thing']}"]  # "1 or 3 Holes"
    if number_of:
        about = "approx. " if number_of["about"] else ""
        return [f"{about}{said}" for said in of_things(value, number_of["thing"])]
    if plain.endswith(" count") and value.isdecimal() and plain not in terms.BEHIND_NUMBERS:
        return of_things(value, plural_of(plain.removesuffix(" count")))
    return []


def held(key: str, value: str) -> list[str]:
    """Returns how it is said what a product bears: a weight, or what else its unit says."""
    if _WEIGHT.search(value):
        return [f"{value} weight capacity"]
    return measured(key, value) if re.search(r"[A-Za-z]", value) else [f"{key} {value}"]


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
        return [f"for {value} {plural_of(thing)}"]
    if rest[-1] == "size" and rest[-2] in terms.HELD:
        at_most = "up to " if key.startswith("max") else ""
        return [f"for {at_most}{value} {plural_of(' '.join(rest[:-1]))}"]
    if len(rest) > 1 and rest[-1] in terms.UNITS_OF_KEYS:
        rest.pop()  # "30W Output"
    counted = _counted_word(value)
    if counted and is_plural(rest[-1]):
        return [value]  # "Increments: 15 settings"
    if is_plural(rest[-1]) and value.endswith(rest[-1][0].upper()) and not is_measure(value):
        return [value]  # a blade's teeth: "24T"
    # "8-Inch Wheels"; of an "arm" there is one
    rest[-1] = rest[-1] if rest == [key] else terms.PLURAL_PARTS.get(rest[-1], rest[-1])
    value = counted or value
    return [value] if says_some(value, rest) else [f"{value} {' '.join(rest)}"]


def _counted_word(value: str) -> str:
    """Returns a number and a plural as they stand before a noun, "15 setting"; none of others."""
    counted = None if is_measure(value) else _PLURAL_WORD.fullmatch(value)
    if not counted or not is_plural(counted["word"]):
        return ""  # "2 Glass Shelves"
    joint = "-" if counted["word"] == "teeth" else " "
    return f"{counted['number']}{joint}{singular_of(counted['word'])}"


def _needed_words(key: str, value: str) -> list[str]:
    """Returns the words of a key that its measure needs: "cord length" is that of a cord."""
    rest = rest_of(key, terms.GENERIC)
    if "compatible" in rest:
        return rest
    limit = limit_of(key)
    if rest and key.endswith(" size") and (limit or rest[-1] not in terms.SIZED):
        rest.append("size")
    is_least = limit.startswith("min")
    if limit and (is_least or _BORNE.isdisjoint(rest)):
        return [limit, *rest]
    *before, last = rest or [""]
    is_said = (
        (last in ("length", "height") and before[-1:] and before[-1] in terms.WITH_LENGTH)
        or (last == "diameter" and before and _is_its_own(before))
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


def _is_its_own(part: Sequence[str]) -> bool:
    """Tells whether words name a part whose diameter is its size: "23 mm Case", no "20 mm Pipe"."""
    return part[0] not in _SIDES_OF_RINGS and part[-1] in terms.SIZED


def numbered(key: str, value: str) -> list[str]:
    """Returns how a number is said that has no unit: "4 Ports", "Inseam 30"."""
    if key.endswith(" number"):
        return [value]
    limit = limit_of(key)
    key = (" ".join(rest_of(key, frozenset())) or key).removesuffix(" type")
    before = f"{limit} " if limit and limit != key else ""
    per = _PER_THING.fullmatch(key)
    if per:
        return [f"{value} {per['thing']}"]
    thing, _, last = key.rpartition(" ")
    if thing and last in ("qty", "quantity") and value.isdecimal():
        return of_things(value, "pieces" if thing in _PACKS else plural_of(thing))
    things = singular_of(key)
    is_counted = things == "speed" or things.split()[-1] in terms.COUNTED_THINGS - _ORDINALS
    if value.isdecimal() and (is_counted or is_plural(key) or re.match(r"\w+s per ", key)):
        if " per " in key:
            return [f"{before}{value} {key}"]
        return [f"{before}{said}" for said in of_things(value, plural_of(key))]
    if value == "1" and key.replace(" ", "").isalpha() and not _is_ordinal(key):
        return [f"1 {key}"]
    if _RANGE.fullmatch(value) and is_plural(key):
        return [f"{value} {key}"]  # "2-4 Players"
    is_none = value == "0" and key in terms.OF_ZERO - _CODES
    if (
        is_none
        or key in terms.BEHIND_NUMBERS
        or ":" in value
        or key.startswith(("days ", "hours "))
    ):
        return [f"{value} {key}"]
    label = key.removesuffix(" size") if key != "size" else key
    return [f"{before}{label} {value}"]


def _is_ordinal(key: str) -> bool:
    """Tells whether a number says which one it is, or how much: Level 1, Hardness 1."""
    last = key.split()[-1]
    return last in _ORDINALS_TOO or last.endswith(("ness", "ity", "th", "ance", "ing", "ion"))
