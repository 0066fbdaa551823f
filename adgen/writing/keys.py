"""What sellers call their facts, and how an ad says each: "thickness: 6 mm" is "6mm Thick"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from adgen.products.avoided import said_of_avoided
from adgen.products.measures import is_measure, without_measures
from adgen.products.units import NAMES
from adgen.writing import key_terms as terms
from adgen.writing.key_absent import is_present, not_included, present_with
from adgen.writing.key_conditions import condition_of, under_condition, without_condition
from adgen.writing.key_free import said_of_free
from adgen.writing.key_needed import included_amount, needed
from adgen.writing.key_numbers import held, measured, numbered, of_parts
from adgen.writing.key_order import behind_key
from adgen.writing.key_phrases import WORD_LIST, look_of, of_part, phrase_of
from adgen.writing.key_ways import (
    WAY_OF,
    aged,
    batteries_of,
    fitting,
    joins,
    listed,
    of_things,
    owners,
)
from adgen.writing.key_wordings import own_way
from adgen.writing.key_words import (
    before_noun,
    core_of,
    denies,
    is_plural,
    is_stuff,
    limit_of,
    names_part,
    none_of,
    plain_key,
    rest_of,
    says_some,
    several,
)

_SIZE = re.compile(r"X{0,4}[SML]|\dX[LS]?")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_AMOUNTS = re.compile(r"(?:up to )?[\d.,/ x×-]*\d", re.IGNORECASE)  # 28-45, 30 x 20 x 10
_FEW = re.compile(r"\d{1,3}")
_UNIT_OF_KEY = re.compile(r"\((?P<unit>[^)]*)\)")
_QUALIFIED = re.compile(
    r"(?:up to|approx\.?|about|over|every|within|at least|less than) ", re.IGNORECASE
)
# A number with a unit that no list has: 64 sq ft, 1050 MB/s, 22 bar.
_NUMBER_WITH_UNIT = re.compile(r"[±<>≤≥+-]?[\d.,/-]+ ?(?!x\b)[A-Za-z/²³%°·]+(?: ?(?:ft|in|m|min))?")
_PER = re.compile(r"(?P<amount>[\d.]+ ?m?c?k?g) (?P<rest>per .+|/ .+)", re.IGNORECASE)
# What a part has that is not what it is made of.
_LOOKS = frozenset(("color", "colour", "finish", "pattern", "shape", "design", "theme", "motif"))
_HOW_LONG = frozenset(("long", "short", "medium"))  # a doll's hair, and not the doll
_MIXED = ("ink", "paint", "stain", "glue", "formula", "polish", "varnish")
_NUMBER_AND_WORD = re.compile(r"[\d.,/-]+(?: ?[A-Za-z°%.]+){1,3}")
_IN_BRACKETS = re.compile(r"(?P<head>[^()]+?)(?P<tail> \([^()]*\))")
_AMOUNT = re.compile(
    r"(?P<number>\d[\d.,+–-]*(?: \w+)?|\d+x \w+) "
    r"(?P<rest>(?:per(?! second| minute)|@|at|on|after|during|with|to(?= \d+%)) .+)",
    re.IGNORECASE,
)
_NUMBER_OF_OTHERS = re.compile(r"(?P<whose>interchange|oem?|reference) (?:part )?number")
# Of one thing that is for both: "Indoor/Outdoor".
_INDOOR_OUTDOOR = re.compile(r"\b(indoor|outdoor), (indoor|outdoor)\b", re.IGNORECASE)
_INCLUDED = re.compile(
    r"(?P<head>\S.*?),? (?P<tail>(?:not )?(?:included|required|supplied)|sold separately)",
    re.IGNORECASE,
)
_EACH = re.compile(r"(?P<what>.+?),? (?P<each>each|apiece)", re.IGNORECASE)
_WORDS_OF_A_KIND = 3  # "Two Words Mask" of a mask's type; more stand alone


def sayings(key: str, value: str) -> list[str]:
    """Returns how an ad may say a fact, the usual way first.

    Args:
        key: What the seller calls it; may be empty.
        value: Its value.

    Example:
        >>> sayings("thickness", "6mm")
        ['6mm Thick', '6mm Thickness']
    """
    plain = plain_key(key)
    if avoided := said_of_avoided(plain, value):
        return [avoided]
    value = _INDOOR_OUTDOOR.sub(r"\1/\2", value)
    if not plain:
        is_size = _SIZE.fullmatch(value) is not None  # a bare "XL"
        return list(owners(value)) or [f"Size {value}" if is_size else value]
    condition = condition_of(key, value)
    if condition:
        said = sayings(without_condition(key, condition), value)
        return [under_condition(text, plain, value, condition) for text in said]
    if denies(plain):
        return [f"{terms.DENIALS.get(plain, plain)} {none_of(value)}"]
    missing = not_included(key, value)
    if missing:
        return [missing]
    value = re.sub(
        r"^yes(?:[,;]\s*|\s+(?!\())(.+)", r"yes (\1)", value.strip(), flags=re.IGNORECASE
    )
    brackets = _IN_BRACKETS.fullmatch(value)
    if brackets and is_present(brackets["head"]):
        return [present_with(key, brackets["tail"])]
    if brackets:  # "4 Ah Battery (Included)", no "4 Ah (Included) Battery"
        return [f"{said}{brackets['tail']}" for said in sayings(key, brackets["head"])]
    state = _UNIT_OF_KEY.search(key.casefold())
    if state and state["unit"] in terms.STATES and is_measure(value):  # of a size
        return [f"{said} {state['unit']}" for said in sayings(_UNIT_OF_KEY.sub("", key), value)]
    ending = _INCLUDED.fullmatch(value)
    if ending:
        return _of_included(key, ending["head"], ending["tail"])
    core = core_of(plain)
    own = own_way(key, plain, value) or needed(plain, value)
    return own or _of_known(plain, core, _with_unit(key, core, value))


def _of_included(key: str, head: str, tail: str) -> list[str]:
    """Returns how it is said that something is in the box: "USB-C Charger Included".

    What other things are there for needs no key: "Assembly: tools included".
    """
    last = plain_key(key).split()[-1]
    first, comma, others = head.partition(", ")
    if comma and is_measure(first):  # "15-Minute Assembly, Tools Included"
        return [f"{said}, {others} {tail}" for said in sayings(key, first)]
    if amount := included_amount(plain_key(key), head):
        return [f"{amount} {tail}"]
    is_work = last in terms.WORK or (last.endswith("ing") and last not in terms.PARTS | terms.RINGS)
    said = of_things(head, plain_key(key)) if head.isdecimal() else sayings(key, head)
    if is_work or (is_plural(head) and not is_plural(last)) or any(map(joins, said)):
        return [f"{head} ({tail})" if head.endswith("required") else f"{head} {tail}"]
    # Each of which is included, and not "each not included".
    return [f"{text} ({tail})" if text.endswith(" each") else f"{text} {tail}" for text in said]


def _of_known(plain: str, core: str, value: str) -> list[str]:
    """Returns how a value is said of a key that a list has; of others `_of_itself`."""
    whose = owners(value)
    if whose and not {plain, core}.isdisjoint(terms.WHOSE):
        return list(whose)
    phrase = phrase_of(plain, value)
    if phrase:
        return phrase
    if core in terms.ADJECTIVES and any(map(str.isdigit, value)):
        if re.search(r"[A-Za-z]{3}", without_measures(value)) or plain.startswith(("min", "max")):
            first, comma, details = value.partition(", ")
            return [f"{first} {plain}{comma}{details}"]  # "16 in + 2 in Extender Length"
        return [f"{value} {word}" for word in terms.ADJECTIVES[core]]
    if plain in terms.LOADS:
        return held(plain, value)
    say = WAY_OF.get(plain) or WAY_OF.get(core)
    if say:
        said = say(value)
        # "Mode 3", since a number alone says nothing.
        return numbered(core, value) if said == [value] and _FEW.fullmatch(value) else said
    words = set(plain.split())
    if core in terms.AGES or ({"age", "ages"} & words and words <= terms.OF_AGE):
        if words & {"max", "maximum"}:
            return [f"for ages up to {value}"]
        is_minimum = words & {"min", "minimum"} and "up" not in value
        return aged(f"{value} and up" if is_minimum else value)
    return batteries_of(core, value) or of_parts(plain, value) or _of_itself(plain, core, value)


def _of_itself(plain: str, core: str, value: str) -> list[str]:
    """Returns how a value is said that no list of keys knows a way for."""
    if core == terms.CONDITION:
        return [] if value.casefold() in ("new", "brand new") else [value]
    if value.casefold() == "free":
        return [said_of_free(plain)]
    per = _PER.fullmatch(value)
    if per and core in terms.NUTRIENTS:
        return [f"{per['amount']} {core} {per['rest']}"]
    has_unit = re.search(r"\d", value) and re.search(r"[^\W\d]|[\"'°%]", value)
    if core in terms.MEASURED and has_unit and not limit_of(plain):
        return [value]
    thing = plain.removeprefix("compatible ")
    if thing != plain and not is_measure(value):
        things = f"{thing}s" if ", " in value and not is_plural(thing) else thing
        is_said = thing in terms.NAMED or thing in value.casefold()
        return fitting(value if is_said else f"{listed(value)} {things}")
    return _with_key(plain, value)


def _with_unit(key: str, core: str, value: str) -> str:
    """Returns a bare number with the unit that its key has, in brackets or by nature."""
    if not _AMOUNTS.fullmatch(value):
        return value
    if core in terms.UNITS_OF_KEYS and _NUMBER.fullmatch(value):
        return f"{value}{terms.UNITS_OF_KEYS[core]}"
    found = _UNIT_OF_KEY.search(key)
    unit = found["unit"].strip().casefold() if found else ""
    return f"{value} {unit}" if unit in NAMES else value


def _with_key(key: str, value: str) -> list[str]:
    """Returns a value alone or with its key behind it, less what the key says of itself.

    A number needs its key, "4 Ports", and so does what is said of a part: "110 lb" alone would be
    the weight, not the "110 lb Weight Capacity", "Short" the dress and not its "Short Sleeve".
    """
    each = _EACH.fullmatch(value)
    if each:  # "3x AAA Batteries Each"
        return [f"{said} {each['each']}" for said in _of_known(key, core_of(key), each["what"])]
    if behind_it := behind_key(key, value):
        return behind_it
    are_seats = key.endswith(" seats") and value.isdecimal()  # "2 Front Seats"
    if key in terms.VERBS or (key.split()[-1] in terms.BEFORE_VALUES and not are_seats):
        return [f"{key} {listed(value)}"]
    if not without_measures(value).strip() or _NUMBER_WITH_UNIT.fullmatch(value):
        return measured(key, value)
    qualified = _QUALIFIED.match(value)
    behind = value[qualified.end() :] if qualified else ""
    is_amount = _NUMBER_AND_WORD.fullmatch(behind) or _NUMBER_WITH_UNIT.fullmatch(behind)
    if qualified and (is_amount or is_measure(behind)):
        is_time = qualified.group().casefold() == "every "
        return [f"{key} {value}"] if is_time else measured(key, value)
    if qualified and _AMOUNT.fullmatch(behind):  # "Up to 14-Hour Playtime at 50% Volume"
        return [f"{qualified.group()}{said}" for said in _with_key(key, behind)]
    amount = _AMOUNT.fullmatch(value)
    if amount:  # "2 Keys Per Lock"
        return [f"{said} {amount['rest']}" for said in _with_key(key, amount["number"])]
    if not re.search(r"[A-Za-z]", value):
        return numbered(key, value)
    return [f"{key} {value}"] if len(value) == 1 else _worded(key, value)  # "Energy Class F"


def _worded(key: str, value: str) -> list[str]:
    """Returns how words are said that a key has, of a part or of whatever else."""
    others = _NUMBER_OF_OTHERS.fullmatch(key)
    if others:
        whose = others["whose"]
        return [f"{whose.upper() if whose.startswith('oe') else whose} {value}"]
    rest = rest_of(key, terms.GENERIC_OF_PARTS)
    has_part = bool(rest) and (
        rest[-1] in terms.PARTS
        or key.endswith(" material")
        or rest[-1] in terms.STATES  # "Packed Size: 80 cm disc"
        or (len(rest) < len(key.split()) and key.split()[-1] in terms.BODY_OF)
    )
    is_code = " " not in value and re.search(r"\d", value)
    if is_code and not has_part:
        is_amount = value[0].isdecimal() and key == "".join(rest)  # 305ft/1000yds FOV
        return [f"{value} {key}"] if is_amount or key in terms.BEHIND_NUMBERS else [value]
    is_part = has_part and rest[-1] == "cap" and names_part(value)  # "Straw Lid"
    if not rest or joins(value) or says_some(value, rest) or is_part:
        return [value]
    if rest[0] in terms.BODIES and len(rest) == 1 and key.split()[-1] in (*rest, "type", "types"):
        if value.casefold() == "all":
            return [f"for all {rest[0]} types"]
        return [f"for {listed(value)} {rest[-1]}"]  # "Dry Skin" would be what it makes
    if rest[-1] == "base" and rest[:-1] in ([name] for name in _MIXED) and value.isalpha():
        return [f"{value}-based {' '.join(rest[:-1])}"]  # "Water-Based Ink"
    of_body = key.split()[-1]
    if is_stuff(value) and of_body in _LOOKS and rest != [of_body]:
        part = [*rest[:-1], several(rest[-1])]
        return [look_of(value, part, of_body)]
    said = before_noun(value, rest[-1])
    whole = of_part(said, [*rest[:-1], several(rest[-1], key, value)], key)
    is_long = not WORD_LIST.fullmatch(value) and (
        "," in value or len(value.split()) > _WORDS_OF_A_KIND
    )
    if rest[-1] in terms.OPTIONAL:
        return [value] if " " in value else [value, whole]
    if has_part:
        return [value] if is_long and key.endswith(" type") else [whole]
    is_gem = rest[-1] in ("gem", "gemstone", "stone")
    is_needed = value.casefold() in _HOW_LONG or (is_stuff(value) and not is_gem)
    return [whole] if is_needed or _may_stand_behind(key, rest, value) else [value]


def _may_stand_behind(key: str, rest: Sequence[str], value: str) -> bool:
    """Tells whether a key that no list has may stand behind its value: "Hall Effect Joysticks"."""
    first = value.split(", ")[0].split()
    if len(first) > 1 and first[0].isdecimal() and is_plural(key) and is_plural(first[-1]):
        return False  # "Pieces: 3 cutaway padlocks"
    is_unit = first[-1].casefold() in NAMES
    is_several = first[-1].isalpha() and is_plural(first[-1])  # and no 30fps
    if len(first) > 1 and is_several and not (is_unit or is_plural(key)):
        return False  # "Antique Brass Clips" of a hardware
    is_whole = key.split()[-1] == rest[-1] and len(rest) <= terms.LONGEST_KEY
    return is_whole and len(first) <= terms.LONGEST_VALUE


def stands_apart(key: str) -> bool:
    """Tells whether what is said of a key may not stand before the name: no list has it."""
    plain = plain_key(key)
    core = core_of(plain)
    if not {plain, core}.isdisjoint(terms.SOURCES | {"weight"}) and not plain.startswith("net "):
        return True  # "6.8 lb Suitcase", "Corded Electric Lamp"
    known = terms.WHOSE | terms.MEASURED | terms.ADJECTIVES.keys() | terms.SIZES | terms.LOADS
    if not plain or not {plain, core}.isdisjoint(known) or plain in WAY_OF or core in WAY_OF:
        return False
    rest = rest_of(plain, terms.GENERIC_OF_PARTS)
    is_part = rest[-1:] and (rest[-1] in terms.PARTS or plain.endswith(" material"))
    return bool(rest) and not is_part and rest[-1] not in terms.OPTIONAL
