"""Keys that stand before their values as they are worded: "For tanks", "Writes", "Era: III"."""

from __future__ import annotations

import re

from adgen.products.measures import is_measure
from adgen.writing.key_terms import BODIES, COLOURS, SIZES
from adgen.writing.key_ways import fitting, listed
from adgen.writing.key_words import (
    begins_with_limit,
    is_initials,
    is_plural,
    plural_of,
    says_some,
)

_RECOMMENDED = re.compile(r"(?:\w+ly )?recommended", re.IGNORECASE)
_ABILITIES = frozenset(("supported", "enabled", "capable"))
_WHEELS = re.compile(r"[24A]WD|[24]x[24]", re.IGNORECASE)
_BOUNDS = frozenset(("max", "maximum", "min", "minimum"))
_VOUCHED = frozenset(
    ("approved", "certified", "tested", "marked", "listed", "compliant", "registered", "validated")
)
_TESTED_FOR = frozenset(("purity", "potency", "safety", "quality"))
_STAGED = re.compile(r"(?P<number>\d+) [-–] (?P<word>[A-Za-z ]+)")  # 1 - coarse
_STAGES = frozenset(("stage", "step", "phase"))
_PLACE = re.compile(r"(?P<thing>\w+) (?:position|location|placement)")
_PLACES = frozenset(("top", "bottom", "front", "rear", "side", "left", "right", "center", "middle"))
_NO_PLACES = frozenset(("item", "sleep", "sleeping", "mounting", "installation", "seat", "driving"))
_SUITABLE = re.compile(r"suitable (?P<thing>tank|room|pot|pan|bed|pool|screen)(?: size| volume)?")
_ROMAN = re.compile(r"(?=.*[IV])(?=..)X{0,3}(?:IX|IV|V?I{0,3})")
_AMOUNTS = re.compile(r"[\d.,]+(?: ?[-–/] ?[\d.,]+)*")
_SYMBOLS = {
    **{"watt": "W", "watts": "W", "volt": "V", "volts": "V", "kelvin": "K"},
    **{"hertz": " Hz", "amp": "A", "amps": "A", "ampere": "A", "amperes": "A"},
}
_TIMES = re.compile(r"[\d.,–-]+ ?[x×]", re.IGNORECASE)
_POWER = re.compile(
    r"(?:(?:highest|lowest|max(?:imum)?|min(?:imum)?|useful|practical|usable) )+"
    r"(?:mag|magnification|power)"
)
_OF_PART = re.compile(r"(?:length|height|width|depth|diameter|weight|size) of .+")
_VERBS = frozenset(("writes", "runs", "burns", "glows", "floats", "plays", "folds"))
_CODE_OF_PART = re.compile(r"(?:bead|hook|drive|thread|needle|nozzle|tip|socket) size")
_FOR = re.compile(r"(?:suitable )?for (?P<thing>[a-z][a-z -]*)")
_FOR_UP_TO = re.compile(r"(?:suitable )?for .+ (?:up to|from|over|under)")
_PROPER = re.compile(r"[a-z][A-Z]|[A-Z]{2}")  # iPhone, PS5
# Behind "for": what other lists know, and whom no measure is of.
_NO_THINGS_TEXT = """
age ages model models make makes brand brands series use men women kids children boys girls adults
babies toddlers years months sale whom who
"""
_NO_THINGS = frozenset(_NO_THINGS_TEXT.split())
_NAMED_TEXT = """
vehicle vehicles car cars phone phones device devices printer printers machine machines camera
cameras console consoles instrument instruments
"""
_NAMED = frozenset(_NAMED_TEXT.split())
_MASSES_TEXT = "fabric wood paper metal leather glass food water soil air plastic concrete stone"
_MASSES = BODIES.union(_MASSES_TEXT.split())
_MOST_WORDS = 4  # of a value between "for" and its thing
_SURFACES = re.compile(r"(?:recommended |suitable )?surfaces?")
_NOT_THAT = re.compile(r", (?:not|no) ", re.IGNORECASE)
_APPLIED = re.compile(r"application(?: method)?")
_BY_HAND_TEXT = "brush roller spray sponge pad dip dipping airbrush wipe trowel rag cloth on off"
_BY_HAND = frozenset(_BY_HAND_TEXT.split())


def own_way(key: str, plain: str, value: str) -> list[str]:
    """Returns how a fact is said whose key's wording tells its place; empty of other keys.

    Args:
        key: As the seller has it.
        plain: From `plain_key`.
        value: As the seller has it.

    Example:
        >>> own_way("For tanks", "for tanks", "60-160 L"), own_way("Era", "era", "III")
        (['for 60-160 L tanks'], ['era III'])
    """
    if _RECOMMENDED.fullmatch(value) or value.casefold() in _ABILITIES:
        return [f"{plain} {value}"]
    if value.casefold() in ("ok", "okay"):
        return [f"{plain} OK"]
    if plain in ("drive", "drivetrain") and _WHEELS.fullmatch(value):
        return [value]  # no "4WD Drive"
    if plain in _BOUNDS and re.search(r"\d", value):
        return [f"{plain} {value}"]  # "Max 160 PSI"
    if value.casefold() in _VOUCHED and is_initials(key):
        return [f"{plain} {value}"]  # "WRAS Approved"
    if value.casefold() == "tested" and (is_plural(plain) or plain in _TESTED_FOR):
        return [f"tested for {plain}"]
    if _ROMAN.fullmatch(value) and plain not in SIZES | COLOURS:
        return [f"{plain} {value}"]
    staged = _STAGED.fullmatch(value)
    if staged and plain in _STAGES:
        return [f"{plain} {staged['number']} ({staged['word']})"]
    place = _PLACE.fullmatch(plain)
    if place and value.casefold() in _PLACES and place["thing"] not in _NO_PLACES:
        return [f"{value} {place['thing']}"]
    return _of_number(plain, value) or _of_words(key, plain, value)


def _of_number(plain: str, value: str) -> list[str]:
    """Returns how a number is said whose key is its unit, or tells what is meant by it."""
    if plain in _SYMBOLS and _AMOUNTS.fullmatch(value):
        return [f"{value}{_SYMBOLS[plain]}"]
    if _POWER.fullmatch(plain) and _TIMES.fullmatch(value):
        words = plain.removesuffix(" mag")
        return [f"{value} {words if words == plain else f'{words} magnification'}"]
    if plain in ("skill level", "level") and _AMOUNTS.fullmatch(value):
        return [f"{plain} {value}"]
    if _CODE_OF_PART.fullmatch(plain) and " " not in value and not is_measure(value):
        return [f"{plain} {value}"] if re.search(r"\d", value) else []
    has_unit = re.search(r"\d", value) and re.search(r"[A-Za-z\"']", value)
    if has_unit and _OF_PART.fullmatch(plain):
        return [f"{value} {plain}"]
    suitable = _SUITABLE.fullmatch(plain)
    if has_unit and suitable:
        return [f"for {value} {plural_of(suitable['thing'])}"]
    return [f"{plain} {value}"] if has_unit and plain in _VERBS else []


def _of_words(key: str, plain: str, value: str) -> list[str]:
    if plain == "suits":
        return [f"suits {listed(value)}"]
    if plain in ("folds", "runs", "glows") and not value.isdecimal():
        return [f"{plain} {value}"]  # "Folds Flat"
    if _SURFACES.fullmatch(plain) and _NOT_THAT.search(value):
        return [f"for {value}"]
    if _APPLIED.fullmatch(plain):
        return _applied(value)
    bounded = _FOR_UP_TO.fullmatch(plain)
    if bounded and re.search(r"\d", value):
        return [f"{plain} {value}"]  # "for Dogs Up to 34 kg"
    found = _FOR.fullmatch(plain)
    return _for_things(key, found["thing"], value) if found else []


def _applied(value: str) -> list[str]:
    """Returns with what something is applied: "brush, 3 coats" is a "Brush Application, 3 Coats".

    What it is applied to, or for, is said otherwise.
    """
    items = [item for item in re.split(r",\s+|\s*/\s*|\s+(?:and|or)\s+", value) if item]
    ways: list[str] = []
    while items and _BY_HAND.issuperset(items[0].casefold().split()):
        ways.append(items.pop(0))
    return [", ".join([f"{listed(', '.join(ways))} application", *items])] if ways else []


def _for_things(key: str, thing: str, value: str) -> list[str]:
    """Returns for which things a product is: "for Medium/Large Breeds"."""
    thing = thing.removesuffix(" type")
    words = thing.split()
    if not re.search(r"[A-Za-z]", value) or _NOT_THAT.search(value):
        return []  # "For rooms (m²): 40"
    if (
        begins_with_limit(value)
        or not _NO_THINGS.isdisjoint(words)
        or len(value.split()) > _MOST_WORDS
    ):
        return []
    if _PROPER.search(key):
        name = re.sub(r"^(?:suitable )?for ", "", key, flags=re.IGNORECASE)
        return [f"for {value} {name}" if is_measure(value) else f"for {name} {value}"]
    if thing in _NAMED:
        return fitting(value)
    if says_some(value, words):
        return [f"for {listed(value)}"]
    things = thing if words[-1] in _MASSES or is_plural(thing) else plural_of(thing)
    return [f"for {listed(value)} {things}"]
