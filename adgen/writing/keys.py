"""What sellers call their facts, and how an ad says each: "thickness: 6 mm" is "6mm Thick"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from adgen.products.measures import find_measures, is_measure
from adgen.products.units import NAMES
from adgen.writing import key_terms as terms

_CODE = re.compile(r"[\d.]+|X{0,4}[SML]|\dX[LS]?|\dT", re.IGNORECASE)  # a bare 10, XL, 3T
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NUMBER_OF = re.compile(r"(?:number|no\.?|#) of (?P<thing>.+)")
_UNIT_OF_KEY = re.compile(r"\((?P<unit>[^)]*)\)")
_PREFIX = re.compile(r"^(?:attribute )?pa |^(?:is|has) ")
_SIDES = re.compile(r" (?:lxwxh|l x w x h|lxw|wxh|wxdxh)$")
_NO = re.compile(r"(?:not|none)\b(?!-)|no(?=[,;])", re.IGNORECASE)
_WORDS_OF_A_KIND = 2  # "Two Words Mask" of a mask's type; more stand alone
_LETTERS = re.compile(r"[A-Za-z]{2}")
_SHORTEST_STEM = 4  # letters that a value and its key share: "V-neck" and "neckline"


def is_hidden(key: str) -> bool:
    """Tells whether a key is no matter of ads: an SKU, a price."""
    plain = _plain(key)
    return plain in terms.HIDDEN or not terms.CODES_OF_TRADE.isdisjoint(plain.split())


def is_absent(value: str, key: str = "") -> bool:
    """Tells whether a value says that there is nothing: "n/a", "no", "not included" of a key."""
    plain = value.strip().casefold()
    if plain in terms.ABSENT or not any(map(str.isalnum, value)):
        return True
    return bool(key) and _NO.match(plain) is not None


def is_present(value: str) -> bool:
    """Tells whether a value says no more than that its key is so: "yes"."""
    return value.strip().casefold() in terms.PRESENT


def said_of_present(key: str) -> str:
    """Returns how a fact is said whose value is "yes": "Is Foldable" as "foldable"."""
    plain = _plain(key)
    is_several = plain.endswith("s") and not plain.endswith(("ss", "less")) and " " not in plain
    return f"with {plain}" if is_several else plain


def sayings(key: str, value: str) -> list[str]:
    """Returns how an ad may say a fact, the usual way first.

    Args:
        key: What the seller calls it; may be empty.
        value: Its value.

    Example:
        >>> sayings("thickness", "6mm")
        ['6mm Thick', '6mm Thickness']
    """
    plain = _plain(key)
    if not plain:
        return list(_owners(value)) or [value]
    core = _core(plain)
    value = _with_unit(key, core, value.strip())
    owners = _owners(value)
    if owners and not {plain, core}.isdisjoint(terms.AUDIENCE | terms.AGES):
        return list(owners)
    if core in terms.ADJECTIVES and any(map(str.isdigit, value)):
        return [f"{value} {word}" for word in terms.ADJECTIVES[core]]
    for keys, say in _WAYS:
        if plain in keys or core in keys:
            return say(value)
    if core in terms.AGES:
        is_minimum = "minimum" in plain and "up" not in value
        return _aged(f"{value} and up" if is_minimum else value)
    return _of_parts(plain, value) or _of_itself(plain, core, value)


def _of_parts(plain: str, value: str) -> list[str]:
    """Returns how a number of parts is said, "number of ports", "sheet count"; none of others."""
    number_of = _NUMBER_OF.fullmatch(plain)
    if number_of:
        return _of_things(value, number_of["thing"])
    if plain.endswith(" count") and value.isdigit() and plain not in terms.BEHIND_NUMBERS:
        return _of_things(value, f"{plain.removesuffix(' count')}s")
    return []


def _of_itself(plain: str, core: str, value: str) -> list[str]:
    """Returns how a value is said that no list of keys knows a way for."""
    if plain == terms.CONDITION:
        return [] if value.casefold() in ("new", "brand new") else [value]
    if value.casefold() == "free":
        return [f"{plain} free"]
    if core in terms.MEASURED and re.search(r"[^\d.,\s]", value):
        return [value]
    return _with_key(plain, value)


def _plain(key: str) -> str:
    """Returns a key without case, brackets and what exports put before it."""
    words = re.sub(r"\([^)]*\)|[\s_]+", " ", key).strip().casefold()
    return _SIDES.sub("", _PREFIX.sub("", " ".join(words.split())))


def _core(plain: str) -> str:
    """Returns a key's words without those that say nothing: "item height" is "height"."""
    words = plain.split()
    while len(words) > 1 and words[0] in terms.GENERIC_FIRST | {"liquid", "us"}:
        words.pop(0)
    while len(words) > 1 and words[-1] in ("type", "types", "style", "name", "description"):
        words.pop()
    return " ".join(words)


def _with_unit(key: str, core: str, value: str) -> str:
    """Returns a bare number with the unit that its key has, in brackets or by nature."""
    if not _NUMBER.fullmatch(value):
        return value
    if core in terms.UNITS_OF_KEYS:
        return f"{value} {terms.UNITS_OF_KEYS[core]}".replace(" V", "V").replace(" W", "W")
    found = _UNIT_OF_KEY.search(key)
    unit = found["unit"].strip().casefold() if found else ""
    return f"{value} {unit}" if unit in NAMES else value


def _owners(value: str) -> tuple[str, ...]:
    """Returns how it is said whose a product is: "womens" as "Women's" is."""
    plain = re.sub(r"[’']|^for ", "", value.casefold()).replace("-", " ")
    return terms.OWNERS.get(plain) or terms.OWNERS.get(plain.removesuffix("s"), ())


def _counted(value: str) -> list[str]:
    """Returns how a number of items is said; a single one is not."""
    value = _whole(value)
    if not value.isdigit():
        return [value]
    return [f"{value} pack"] if value != "1" else []


def _sized(value: str) -> list[str]:
    if re.fullmatch(r"\d+[A-Z]", value):
        return [f"Size {value}"]
    if find_measures(value) or "size" in value.casefold():
        return [value]
    return [f"Size {value}"] if _CODE.fullmatch(value) else [value, f"Size {value}"]


def _shoe_sized(value: str) -> list[str]:
    return [f"US Size {value}"] if _NUMBER.fullmatch(value) else _sized(value)


def _fitting(value: str) -> list[str]:
    if value.casefold() in terms.FITS_OF_CLOTHES:
        return [f"{value} Fit"]
    return [value] if _joins(value) else [f"for {value}", f"Compatible with {value}"]


def _fitted(value: str) -> list[str]:
    if value.casefold().endswith(" fit"):
        return [value]
    is_short = len(value.split()) <= _WORDS_OF_A_KIND and not re.search(r"\d", value)
    return [f"{value} Fit"] if is_short else _fitting(value)


def _of_audience(value: str) -> list[str]:
    many = terms.MANY.get(value.casefold())
    if many or value.isalpha():
        return [f"for {many}"] if many else [value, f"for {value}"]
    words = re.findall(r"\w+", value)
    is_several = all(word == "and" or _owners(word) for word in words)
    return [f"for {value}"] if is_several else [value]


def _modelled(value: str) -> list[str]:
    return [f"Model {value}"] if re.fullmatch(r"\d{1,3}", value) else [value]


def _whole(number: str) -> str:
    """Returns a number of things without what a spreadsheet puts behind it: 4.0 is 4."""
    return re.sub(r"^(\d+)\.0+$", r"\1", number)


def _with_contents(value: str) -> list[str]:
    value = _whole(value)
    return [f"{value} count"] if value.isdigit() else [value]


def _of_things(value: str, things: str) -> list[str]:
    """Returns how the number of parts is said: "number of ports: 4"."""
    value = _whole(value)
    if not value.isdigit():
        return [value if _LETTERS.search(value) else f"{value} {things}"]
    return [f"{value} {things.removesuffix('s') if value == '1' else things}"]


def _aged(value: str) -> list[str]:
    if not value[0].isdigit():
        return _of_audience(value)
    return [f"for Ages {value}", f"Ages {value}"]


def _made(value: str) -> list[str]:
    return [value] if value.casefold().startswith("made ") else [f"Made in {value}"]


def _certified(value: str) -> list[str]:
    is_said = re.search(r"certif|approv|complian|listed|,", value.casefold())
    return [value] if is_said else [f"{value} Certified", value]


def _powered(value: str) -> list[str]:
    return [f"{value} Powered"] if value.casefold() in terms.POWERS else [value]


def _containing(value: str) -> list[str]:
    return [value] if value.casefold().startswith("with ") else [f"with {value}"]


def _free_from(value: str) -> list[str]:
    return [value if "free" in value.casefold() else f"Free of {value}"]


def _of_allergens(value: str) -> list[str]:
    is_said = re.search(r"contain|free|no ", value.casefold())
    return [value if is_said else f"Contains {value}"]


def _used(value: str) -> list[str]:
    if re.match(r"for |all\b|\d", value.casefold()):
        return [value]
    if value.casefold().endswith("door"):
        return [f"for {value} use", value]
    # "Skiing" alone would be what the product does.
    return [f"for {value}"] if value.endswith("ing") else [f"for {value}", value]


def _in_carats(value: str) -> list[str]:
    return [re.sub(r"\s?\b(?:cttw|ctw|ct\.?)(?!\w)|(?<=\d)ct\b", " Carat", value)]


# Keys, and how their values are said.
_WAYS: tuple[tuple[frozenset[str], Callable[[str], list[str]]], ...] = (
    (terms.COLOURS, lambda value: [value, f"in {value}"]),
    (terms.SHOE_SIZES, _shoe_sized),
    (terms.SIZES, _sized),
    (frozenset(("carat weight", "carat", "diamond weight", "gem weight")), _in_carats),
    (frozenset(("seating capacity",)), lambda value: [f"Seats {value}"]),
    (frozenset(("hand orientation",)), lambda value: [f"{value}-Handed"]),
    (frozenset(("free from",)), _free_from),
    (frozenset(("allergen information", "allergens")), _of_allergens),
    (frozenset(("spf", "upf")), lambda value: [f"SPF {value}" if value.isdigit() else value]),
    (terms.COUNT, _counted),
    (terms.ALONE, lambda value: [value]),
    (terms.AUDIENCE, _of_audience),
    (terms.USE, _used),
    (terms.FIT_TYPES, _fitted),
    (terms.FITS, _fitting),
    (terms.ORIGIN, _made),
    (terms.CERTIFICATES, _certified),
    (terms.SOURCES, _powered),
    (terms.CONTENTS, _containing),
    (terms.MODELS, _modelled),
    (terms.CONTENT, _with_contents),
)


def _with_key(key: str, value: str) -> list[str]:
    """Returns a value alone or with its key behind it, less what the key says of itself.

    A number needs its key, "4 Ports", and so does what is said of a part: "110 lb" alone would be
    the weight, not the "110 lb Weight Capacity", "Short" the dress and not its "Short Sleeve".
    """
    if is_measure(value):
        return _measured(key, value)
    rest = _rest_of(key, terms.GENERIC_OF_PARTS)
    has_part = bool(rest) and rest[-1] in terms.PARTS
    if not _LETTERS.search(value) and not re.search(r"[A-Za-z]", value):
        return _numbered(key, value)
    is_code = " " not in value and re.search(r"\d", value)
    if is_code and not has_part:
        return [f"{value} {key}"] if key in terms.BEHIND_NUMBERS else [value]
    if not rest or _joins(value) or _says_some(value, rest):
        return [value]
    if rest[0] in terms.BODIES and len(rest) == 1:
        if value.casefold() == "all":
            return [f"for all {rest[0]} types"]
        return [f"for {value} {rest[-1]}", f"{value} {rest[-1]}"]
    whole = f"{value} {' '.join([*rest[:-1], terms.PLURAL_PARTS.get(rest[-1], rest[-1])])}"
    is_long = "," in value or len(value.split()) > _WORDS_OF_A_KIND
    if rest[-1] in terms.OPTIONAL:
        return [value] if " " in value else [value, whole]
    return [whole] if has_part and not (is_long and key.endswith(" type")) else [value]


def _measured(key: str, value: str) -> list[str]:
    """Returns how a measure is said that is not the product's own: "6 ft Cord"."""
    rest = _rest_of(key, terms.GENERIC)
    is_side = (
        rest[-1:] in (["length"], ["height"]) and rest[-2:-1] and rest[-2] in terms.WITH_LENGTH
    )
    if is_side or (len(rest) > 1 and rest[-1] == "diameter"):
        rest.pop()
    if rest[-2:] == ["resistance", "depth"]:
        rest.pop()
    if not rest or rest[-1] in terms.MEASURED - {"capacity", "weight", "speed", "strength"}:
        return [value]
    if rest[-1] == "recommendation":
        rest[-1] = "capacity"
    return [value] if _says_some(value, rest) else [f"{value} {' '.join(rest)}"]


def _numbered(key: str, value: str) -> list[str]:
    """Returns how a number is said that has no unit: "4 Ports", "Inseam 30"."""
    if key.endswith(" number"):
        return [value]
    things = key.removesuffix("s")
    if value.isdigit() and (things == "speed" or things.split()[-1] in terms.COUNTED_THINGS):
        return _of_things(value, f"{things}s")
    if key in terms.BEHIND_NUMBERS or ":" in value:
        return [f"{value} {key}"]
    label = key.removesuffix(" size") if key != "size" else key
    return [f"{label} {value}"]


def _rest_of(key: str, generic: frozenset[str]) -> list[str]:
    """Returns the words of a key that say something beside its value."""
    rest = key.split()
    while rest and rest[0] in terms.GENERIC_FIRST:
        rest.pop(0)
    while rest and rest[-1] in generic:
        rest.pop()
    return [word for word in rest if word not in ("average", "installed")]


def _says_some(value: str, words: Iterable[str]) -> bool:
    """Tells whether a value says a word of its key or the most of it: a V-neck is a neckline."""
    said = re.split(r"[\W_]+", value.casefold())
    return any(_is_akin(word, one) for word in words for one in said)


def _is_akin(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    stem = shorter[:-1] if len(shorter) > _SHORTEST_STEM else shorter  # caffeine, decaffeinated
    return one == other or (len(stem) >= _SHORTEST_STEM and stem in longer)


def _joins(value: str) -> bool:
    return value.casefold().startswith(("for ", "compatible", "fits ", "suitable ", "with "))
