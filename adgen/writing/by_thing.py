"""Facts read with what the product is: a plug's gender, a pan's "Dishwasher: yes", a cheese's age.

Shops have one key for things of many kinds; only the product tells what is meant by it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from adgen.products.measures import find_measures, is_measure
from adgen.products.product import Fact
from adgen.writing.key_absent import is_present
from adgen.writing.key_terms import set_of
from adgen.writing.key_words import plain_key

# What has pins or sockets, an inner or an outer thread, and nobody wears.
_CONNECTORS = set_of(
    """plug connector adapter adaptor coupler coupling cable fitting socket jack receptacle
    terminal pigtail splitter dongle valve antenna header gland inlet outlet balun converter"""
)
# Which say it wherever they stand in a name.
_SURE = set_of("connector coupler coupling receptacle pigtail balun bnc sma xlr hdmi rj45 rca")
_OF_PIPES = set_of("tee elbow union nipple bushing reducer gauge cross manifold")
_PIPES = set_of("pipe hose npt bsp brass pneumatic hydraulic plumbing threaded tube air compressor")
_EAR = set_of("ear earring jewelry jewellery")  # whose plugs are worn
_GENDERS = re.compile(
    r"(?P<one>female|male|[fm])(?: ?(?P<joint>/|to|-) ?(?P<other>female|male|[fm]))?"
    r"(?P<more> \(.+\))?",
    re.IGNORECASE,
)
_LETTERS = {"f": "female", "m": "male"}
# Machines in which things are put, and the words of what has them, is one or is for one.
_KITCHENS = set_of("kitchen caravan motorhome campervan house dollhouse apartment playset toy")
_COOKERS = _KITCHENS | set_of(
    """oven cooker range stove microwave fridge refrigerator freezer cooktop hob thermometer
    cleaner bulb light igniter"""
)
_APPLIANCES = {
    "dishwasher": _KITCHENS
    | set_of("dishwasher detergent tablet pod rinse cleaner salt fridge machine"),
    "microwave": _COOKERS,
    "oven": _COOKERS,
    "freezer": _COOKERS,
    "hob": _COOKERS,
    "tumble dryer": set_of("dryer washer washing laundry machine detergent kitchen caravan"),
    "tumble drier": set_of("drier dryer washer washing laundry machine detergent"),
    "vacuum": set_of("vacuum mop robot cleaner flask thermos sealer bottle tumbler pump chamber"),
}
_CLEANED = set_of("rug carpet mat runner doormat upholstery")  # with a vacuum cleaner
_SAFE = re.compile(r"(?:safe|ok|okay|suitable|proof)", re.IGNORECASE)
_ALL_HOBS = re.compile(r"(?:all|any)(?: hobs?| types?)?(?:,? (?P<more>inc.+))?", re.IGNORECASE)
# Of which a television has some, and a cable a version.
_SOCKETS = re.compile(
    r"hdmi|usb|usb[ -](?:type[ -]?)?[abc]|type-c|lan|rj-?45|ethernet|sim|xlr|aux|sata|m\.2|vga|"
    r"dvi|sdi|midi|sfp\+?"
)
_NUMBER = re.compile(r"(?:x ?)?(?P<number>[1-9]|1\d)(?: ?x)?", re.IGNORECASE)
_OF_VERSIONS = set_of(
    """cable cord lead drive stick flash adapter adaptor reader card enclosure ssd hdd disk hub
    extension splitter connector plug charger"""
)
# What ripens or grows.
_AGEING = set_of(
    """whisky whiskey scotch bourbon malt rum brandy cognac armagnac wine port sherry tequila mezcal
    vinegar balsamic aceto cheese cheddar gouda parmesan parmigiano ham prosciutto bonsai tree
    sapling shrub seedling plant koi goldfish fish"""
)
_OF_OTHERS = set_of(
    """toy game puzzle book costume shirt glass rack stand pot planter kit tool soil food grater
    board knife set card cooler opener decoration figure tank light storybook playset"""
)
_AGE = re.compile(r"(?P<age>\d+(?:\.\d+)? ?(?:years?|yrs?\.?|months?))(?: old)?", re.IGNORECASE)
# Of tents and mats the size in which they are carried.
_PACKED = set_of(
    """tent sleeping mat mattress chair stool cot tarp hammock bivvy bivy shelter pillow awning
    poncho quilt pad table"""
)
_PILLS = set_of("tablet capsule pill softgel lozenge")
_FEWEST_BESIDE = 2  # words beside a measure that a name says too
_RINGS = set_of("ring band jewelry jewellery sizer")
_CARRIED_IN = set_of("seat booster sling wrap bouncer swing")
_CARRIED = set_of("car baby child infant toddler kid booster pet dog cat")
_BESIDE_SEATS = set_of("cover protector mat cushion toy bag mirror organizer organiser")
# Clothes, whose height is the wearer's.
_WORN = set_of(
    """skirt trouser pant dress jacket coat shirt t-shirt tee romper onesie bodysuit pyjama pajama
    legging suit sweater jumper hoodie cardigan short jean dungaree overall snowsuit costume tight
    vest top blouse raincoat swimsuit jumpsuit tutu playsuit fleece tracksuit sleepsuit sweatshirt
    sweatpant jogger parka anorak gilet underwear uniform kimono"""
)
_NOT_WORN = set_of("bed table tree sofa couch dust valance doll dog cat pet rack cover tank life")
_SHORTEST_PERSON = {"cm": 50.0}  # in inches a dress is as long as a child
_BOUNDED = re.compile(r"up to \d.*|\d\S*(?: ?[a-z]+)? ?(?:-|–|to) ?\d.*", re.IGNORECASE)
_UNITS_BORNE = {"weight": set_of("pound kg gram ounce"), "height": set_of("inch cm foot meter mm")}


def of_thing(fact: Fact, said: Sequence[str]) -> Fact:
    """Returns a fact as it is meant of such a product; most stay as they are.

    Args:
        fact: As the seller has it.
        said: The words of its brand and name in the form of `repetition.words_of`, and last the
            word that says what it is.

    Example:
        >>> of_thing(Fact("8 years", "Age"), ["elm", "bonsai"]), of_thing(Fact("3", "HDMI"), ["tv"])
        (Fact(value='8 years old', key=''), Fact(value='3 x HDMI', key=''))
    """
    key = plain_key(fact.key)
    words = frozenset(said)
    if key in ("gender", "sex"):
        return _of_connector(fact) if _is_connector(said[-1], words) else fact
    if key in _APPLIANCES:
        return _of_appliance(fact, key, words)
    if key == "age":
        age = _AGE.fullmatch(fact.value)
        ripens = not words.isdisjoint(_AGEING) and words.isdisjoint(_OF_OTHERS)
        return Fact(f"{age['age']} old") if age and ripens else fact
    if _SOCKETS.fullmatch(key):
        number = _NUMBER.fullmatch(fact.value)
        is_count = number and words.isdisjoint(_OF_VERSIONS)
        return Fact(f"{number['number']} x {fact.key}") if number and is_count else fact
    return _of_size(_less_name(fact, key, words), key, said[-1], words)


def _less_name(fact: Fact, key: str, words: frozenset[str]) -> Fact:
    """Returns a measure without what the name says beside it: "7 cm block heel" of block heels."""
    measures = find_measures(fact.value)
    if len(measures) != 1 or key not in ("heel", "model"):
        return fact
    measure = fact.value[measures[0].start : measures[0].end]
    beside = fact.value.replace(measure, "").casefold().split()
    if len(beside) < _FEWEST_BESIDE or not words.issuperset(beside):
        return fact
    return Fact(measure) if key == "model" else replace(fact, value=f"{measure} {key}")


def _is_connector(head: str, words: frozenset[str]) -> bool:
    """Tells whether a product is put in or on another; no "Cable Knit Sweater"."""
    if not words.isdisjoint(_EAR):
        return False
    is_of_pipes = head in _OF_PIPES and not words.isdisjoint(_PIPES)
    return head in _CONNECTORS or is_of_pipes or not words.isdisjoint(_SURE)


def _of_connector(fact: Fact) -> Fact:
    """Returns what a plug or a thread is, which is no matter of women or men."""
    found = _GENDERS.fullmatch(fact.value)
    if not found:
        return fact
    one, other = (_LETTERS.get(word.lower(), word) for word in (found["one"], found["other"] or ""))
    joint = " to " if found["joint"] == "to" else "/"
    both = f"{one}{joint}{other}" if other else one
    return replace(fact, key="contact gender", value=f"{both}{found['more'] or ''}")


def _of_appliance(fact: Fact, key: str, words: frozenset[str]) -> Fact:
    """Returns in which machine a product may be put, where it is none and has none."""
    others = _APPLIANCES[key]
    is_pot = key == "oven" and "dutch" in words
    if not (words.isdisjoint(others - {"oven"} if is_pot else others)):
        return fact
    is_safe = is_present(fact.value) or _SAFE.fullmatch(fact.value) is not None
    if key == "vacuum" and words.isdisjoint(_CLEANED):
        return fact
    if is_safe:
        return replace(fact, key=f"{fact.key} safe", value="yes")
    if key == "hob":
        every = _ALL_HOBS.fullmatch(fact.value)
        if every:
            return Fact(f"for all hobs {every['more'] or ''}".strip())
        return Fact(f"for {fact.value} hobs".replace(", ", " and ", fact.value.count(", ") == 1))
    return replace(fact, key=f"{fact.key} safe") if key != "vacuum" else fact


def _of_size(fact: Fact, key: str, head: str, words: frozenset[str]) -> Fact:
    """Returns a size or a weight with what it is of: a tent's when packed, a car seat's child's."""
    if key == "pack size" and _is_of_sides(fact.value) and not words.isdisjoint(_PACKED):
        return replace(fact, key="packed size")
    if head in _PILLS and key == f"{head} size" and is_measure(fact.value):
        return Fact(f"{fact.key} {fact.value}")
    if key == "ring size" and is_measure(fact.value) and words.isdisjoint(_RINGS):
        return Fact(f"{fact.key} {fact.value}")
    height = _height(fact, key)
    if head in _WORN and words.isdisjoint(_NOT_WORN) and _of_a_person(height):
        return Fact(f"for height {height}")
    is_carrier = "carrier" in words or (
        not words.isdisjoint(_CARRIED_IN) and not words.isdisjoint(_CARRIED)
    )
    if key in _UNITS_BORNE and is_carrier and words.isdisjoint(_BESIDE_SEATS):
        units = {measure.unit for measure in find_measures(fact.value)}
        if units & _UNITS_BORNE[key] and _BOUNDED.fullmatch(fact.value):
            return replace(fact, key=f"recommended {key}")
    return fact


def _height(fact: Fact, key: str) -> str:
    """Returns a height, which beside a length has lost its key; empty of other facts."""
    if key in ("height", "body height"):
        return fact.value
    told = fact.value.removesuffix(" high")
    return "" if key or told == fact.value else told


def _of_a_person(value: str) -> bool:
    """Tells whether a height is that of people, for whom clothes are, and of no garment."""
    if not is_measure(value):
        return False
    measure = find_measures(value)[0]
    is_number = all(re.fullmatch(r"[\d.]+", number) for number in measure.numbers)
    shortest = _SHORTEST_PERSON.get(measure.unit, math.inf)
    return is_number and all(float(number) >= shortest for number in measure.numbers)


def _is_of_sides(value: str) -> bool:
    """Tells whether a value is a size of several sides, and no amount: 66 x 20 cm."""
    return any(
        len(measure.numbers) > 1 and measure.joint == "x" for measure in find_measures(value)
    )
