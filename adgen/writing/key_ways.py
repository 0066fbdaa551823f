"""How an ad says the values of keys that are known: "pack of: 3", "fit type: slim"."""

from __future__ import annotations

import re
from collections.abc import Callable

from adgen.products.product import COLOUR_RANGE, SIZE_RANGE
from adgen.writing import key_terms as terms
from adgen.writing.key_looks import finished, patterned, plated
from adgen.writing.key_owners import MANY, OWNERS
from adgen.writing.key_sizes import in_carats, in_sizes, of_stones, of_width, shoe_sized, sized
from adgen.writing.key_words import is_plural, singular_of

# Of a list's last item.
_CLOSED = re.compile(r"\b(?:and|or|incl|including)\b|[&/()]|^(?:not|no|except|without)\b", re.I)
_LETTERS = re.compile(r"[A-Za-z]{2}")
_WORDS_OF_A_FIT = 2
_MOST_UNITS = 12  # of a pack; more are counted: 90 Count
_JOINTS = ("for ", "compatible", "fits ", "suitable ", "with ", "without ", "no ", "not ")
_ONE_AGE = re.compile(r"[\d.]+(?: ?[a-z]+)?", re.IGNORECASE)  # 2, 18 months
_ANIMALS = re.compile(r"breed|\b(?:dogs|cats|puppies|kittens)$", re.IGNORECASE)
_DOES = "cleans|removes|protects|keeps|prevents|reduces|restores|repairs|helps"  # what it is for
_YEAR = re.compile(r"(?:19|20)\d\d\b")
_SEVERAL_BATTERIES = re.compile(r"(?:[2-9]|\d\d)\d* ?x? (?:[Aa]{1,4}|C|D|N|9V|[A-Z]{2}\d+)\b")
_MAY_CONTAIN = re.compile(
    r"(?P<head>.*?)[,;.]? ?(?:\band )?(?P<tail>(?:may (?:also )?contain|traces of|"
    r"(?:produced|processed|manufactured|packed|made) in an?)\b.+?)\.?$",
    re.IGNORECASE,
)
_KEPT = re.compile(
    r"\b(?:cool|dry|dark|place|room|temperature|keep|store|away|sun\w*|light|fridge|refrigerat\w+|"
    r"freez\w+|frozen|chilled|ambient|upright|sealed|closed|airtight|moisture|original)\b",
    re.IGNORECASE,
)
_APART = re.compile(r"\s*(?:,|/|&|;|\band\b)\s*")


def owners(value: str) -> tuple[str, ...]:
    """Returns how it is said whose a product is: "womens" as "Women's" is."""
    plain = re.sub(r"[’']|^for ", "", value.casefold()).replace("-", " ")
    return OWNERS.get(plain) or OWNERS.get(plain.removesuffix("s"), ())


def _counted(value: str) -> list[str]:
    """Returns how a number of items is said; a single one is not."""
    value = _whole(value)
    if not value.isdecimal():
        return [value]
    return [f"{value} pack"] if value != "1" else []


def listed(value: str) -> str:
    """Returns a list with "and" before its last, so that what follows is no part of it.

    Example:
        >>> listed("charger, USB cable")
        'charger and USB cable'
    """
    *first, last = [item for item in re.split(r",\s+", value) if item]
    is_closed = _CLOSED.search(last)
    is_year = _YEAR.match(last) is not None  # "Honda Civic, 2012" are no two things
    return value if not first or is_closed or is_year else f"{', '.join(first)} and {last}"


def _in_units(value: str) -> list[str]:
    """Returns how the units of a pack are said: of few "3-Pack", of many "90 Count"."""
    bare = value.casefold().removesuffix(" count")
    whole = _whole(bare)
    if whole == "1":
        return []
    if len(bare) == len(value) and whole.isdecimal() and int(whole) <= _MOST_UNITS:
        return _counted(whole)
    return _with_contents(value)


def fitting(value: str) -> list[str]:
    """Returns how it is said what a product fits: "for iPhone 12"."""
    if value.casefold() in terms.FITS_OF_CLOTHES:
        return [f"{value} Fit"]
    if value.casefold() in ("universal", "universal fit", "all"):
        return ["Universal Fit"]
    value = listed(value)
    return [value] if joins(value) else [f"for {value}", f"Compatible with {value}"]


def _of_vehicle(value: str) -> list[str]:
    return [value] if joins(value) else [f"for {value}", f"Compatible with {value}"]


def _fitted(value: str) -> list[str]:
    if value.casefold().endswith(" fit") or "size" in value.casefold().split():
        return [value]
    is_short = len(value.split()) <= _WORDS_OF_A_FIT and not re.search(r"\d", value)
    return [f"{value} Fit"] if is_short else fitting(value)


def _of_audience(value: str) -> list[str]:
    many = MANY.get(value.casefold())
    if many or value.isalpha():
        return [f"for {many}"] if many else [value, f"for {value}"]
    parts = [part for part in _APART.split(value.casefold()) if part]
    known = [MANY.get(part) or _MANY.get(part, "") for part in parts]
    if len(parts) > 1 and all(known):
        return [f"for {listed(', '.join(known))}"]
    if len(parts) > 1 and not any(map(owners, parts)) and not re.search(r"\d", value):
        return [f"for {listed(value)}"]  # "Chicken, Duck"
    words = re.findall(r"\w+", value)
    if words and words[0].casefold() in _MANY:
        return [f"for {value}"]  # "Toddlers 1-4 years"
    is_several = all(word == "and" or owners(word) for word in words)
    is_several |= len(words) > 1 and is_plural(words[-1]) and not owners(words[-1])
    return [f"for {value}"] if is_several else [value]


def _of_species(value: str) -> list[str]:
    said = _of_audience(value)
    return said if said[0].startswith("for ") else [f"for {value}"]


def _modelled(value: str) -> list[str]:
    return [f"Model {value}"] if re.fullmatch(r"\d{1,3}", value) else [value]


def _whole(number: str) -> str:
    """Returns a number of things without what a spreadsheet puts behind it: 4.0 is 4."""
    return re.sub(r"^(\d+)\.0+$", r"\1", number)


def _with_contents(value: str) -> list[str]:
    value = _whole(value)
    return [f"{value} count"] if value.isdecimal() else [value]


def of_things(value: str, things: str) -> list[str]:
    """Returns how the number of parts is said: "number of ports: 4"."""
    value = _whole(value)
    if not value.isdecimal():
        return [value if _LETTERS.search(value) else f"{value} {things}"]
    return [f"{value} {singular_of(things) if value == '1' else things}"]


def aged(value: str) -> list[str]:
    """Returns how it is said how old those are whom a product is for."""
    if re.match(r"from \d", value, re.IGNORECASE):
        return [value[:1].lower() + value[1:]]
    if re.match(r"(?:up to|over|under|above|below) \d", value, re.IGNORECASE):
        return [f"for ages {value[:1].lower()}{value[1:]}"]
    if not value[0].isdecimal():
        return _of_audience(value)
    if re.fullmatch(r"\d+ ?[’']s", value):
        return []  # a vitamin's "60's" are capsules
    value = re.sub(r"\s*(?:& up|\+)$", lambda end: "+" if "+" in end[0] else " and up", value)
    is_one = _ONE_AGE.fullmatch(value) is not None
    ages = f"Age {value}" if is_one else f"Ages {value}"
    return [f"for {ages}", ages]


def _made(value: str) -> list[str]:
    if value.casefold().startswith(("made ", "imported", "product of ")):
        return [value]
    return [f"Made in the {value}" if value.startswith("United ") else f"Made in {value}"]


def _certified(value: str) -> list[str]:
    if value.casefold() in ("pending", "in progress", "applied for"):
        return []
    is_said = re.search(r"certif|approv|complian|listed|,", value.casefold())
    return [value] if is_said else [f"{value} Certified", value]


def _powered(value: str) -> list[str]:
    sources = value.casefold().split(", ")
    return [f"{listed(value)} Powered"] if terms.POWERS.issuperset(sources) else [value]


def _containing(value: str) -> list[str]:
    value = listed(value)
    return [value] if value.casefold().startswith("with ") else [f"with {value}"]


def _free_from(value: str) -> list[str]:
    return [value if "free" in value.casefold() else f"Free of {listed(value)}"]


def _of_allergens(value: str) -> list[str]:
    warning = _MAY_CONTAIN.search(value)
    if warning:  # which is told with what is in it
        contained = _of_allergens(warning["head"]) if warning["head"] else []
        return [", ".join([*contained, listed(warning["tail"])])]
    is_said = re.search(r"contain|free|no ", value.casefold())
    return [listed(value) if is_said else f"Contains {listed(value)}"]


def _used(value: str) -> list[str]:
    if re.match(rf"for |all\b|\d|(?:{_DOES}) ", value.casefold()):
        return [value]
    if value.casefold().endswith("door"):
        return [f"for {value} use", value]
    last = value.casefold().split()[-1]
    if last in terms.HOW_USED:
        return [value]  # "Casual Shirt"
    if last in ("everyday", "daily"):
        return [f"for {value} use"]
    if last in terms.DOERS:
        return [value]  # "Stain Remover"
    # "Skiing" alone would be what the product does.
    use = f"for {listed(value)}"
    return [use] if value.endswith("ing") or " " in value else [use, value]


def _of_sport(value: str) -> list[str]:
    said = _used(value)
    is_one = said == [f"for {value}"] and value.isalpha()
    return [*said, value] if is_one else said  # "Running Shorts"


def joins(value: str) -> bool:
    """Tells whether a value begins as a joint does, or denies: "for oily skin", "without arms"."""
    return value.casefold().startswith(_JOINTS)


def _of_breeds(value: str) -> list[str]:
    said = listed(value)
    return [f"for {said}" if _ANIMALS.search(said) else f"for {said} breeds"]


def _with_batteries(value: str) -> list[str]:
    if "batter" in value.casefold():
        return [value]
    return [f"{value} {'batteries' if _SEVERAL_BATTERIES.match(value) else 'battery'}"]


def batteries_of(core: str, value: str) -> list[str]:
    """Returns how several batteries are said, "2 AA Batteries"; nothing of other values."""
    is_several = core in terms.BATTERIES and _SEVERAL_BATTERIES.fullmatch(value)
    return _with_batteries(value) if is_several else []


def _coloured(value: str) -> list[str]:
    if value.casefold() in terms.ASSORTED:
        return [f"{value} colors"]
    return [f"Color {value}"] if value.isdecimal() else [value, f"in {value}"]


def _in_colours(value: str) -> list[str]:
    return of_things(value, "colors") if value.isdecimal() else _coloured(value)


def _in_options(value: str) -> list[str]:
    """Returns how it is said in how many colours a product can be had, which are not all on it."""
    return [f"Choice of {value} colors", f"in {value} colors"]


def _handed(value: str) -> list[str]:
    first = value.casefold()[:1]
    is_one = value.casefold() in ("left", "right", "lh", "rh", "left hand", "right hand")
    return [f"{'Left' if first == 'l' else 'Right'}-Handed"] if is_one else [value]


def _stored(value: str) -> list[str]:
    """Returns how a memory or a place for things is said; "cool, dry place" is for the buyer."""
    if re.search(r"\d", value):
        return [value]
    is_said = "storage" in value.casefold() or re.match(r"(?:includes?|with|for) ", value, re.I)
    return [] if _KEPT.search(value) else [value if is_said else f"{value} storage"]


_MANY = {many.casefold(): many for many in MANY.values()}
# Keys, and how their values are said.
_WAYS: tuple[tuple[frozenset[str], Callable[[str], list[str]]], ...] = (
    (frozenset(("size type",)), lambda value: [value] if value.casefold() != "regular" else []),
    (frozenset((COLOUR_RANGE.casefold(),)), _in_options),
    (frozenset((SIZE_RANGE.casefold(),)), in_sizes),
    (frozenset(("colors", "colours")), _in_colours),
    (terms.COLOURS, _coloured),
    (terms.SHOE_SIZES, shoe_sized),
    (terms.SIZES, sized),
    (frozenset(("carat weight", "carat", "diamond weight", "gem weight")), in_carats),
    (frozenset(("year", "release year", "publication year", "model year")), lambda value: [value]),
    (
        frozenset(("application", "recipient", "surface recommendation", "recommended surface")),
        lambda value: [value if joins(value) else f"for {listed(value)}"],
    ),
    (frozenset(("wattage equivalent",)), lambda value: [f"{value} equivalent"]),
    (frozenset(("number of items in set",)), lambda value: of_things(value, "pieces")),
    (frozenset(("seating capacity",)), lambda value: [f"Seats {value}"]),
    (frozenset(("hand", "hand orientation", "handedness")), _handed),
    (frozenset(("eu shoe size", "eu size")), lambda value: [f"EU Size {value}"]),
    (frozenset(("uk shoe size", "uk size")), lambda value: [f"UK Size {value}"]),
    (frozenset(("shoe width",)), of_width),
    (
        frozenset(("minimum weight recommendation",)),
        lambda value: [f"for {value} and up"],
    ),
    (terms.VEHICLES, _of_vehicle),
    (frozenset(("free from",)), _free_from),
    (frozenset(("allergen information", "allergens", "contains")), _of_allergens),
    (terms.MAKERS, lambda value: [f"by {value}"]),
    (frozenset(("bluetooth version",)), lambda value: [f"Bluetooth {value}"]),
    (frozenset(("pattern",)), patterned),
    (frozenset(("plating",)), plated),
    (terms.FINISHES, finished),
    (
        frozenset(("sleep position", "sleeping position")),
        lambda value: [f"for {listed(value)} sleepers"],
    ),
    (frozenset(("battery type",)), _with_batteries),
    (terms.BREEDS, _of_breeds),
    (terms.STONES, lambda value: of_stones(value, listed)),
    (frozenset(("fire rating",)), lambda value: [f"{value} fire rating"]),
    (terms.CONNECTIONS, lambda value: [listed(value)]),
    (terms.SYSTEMS, lambda value: fitting(value) if ", " in value else [value]),
    (frozenset(("serving size",)), lambda value: [f"Serving Size {value}"]),
    (frozenset(("storage",)), _stored),
    (terms.UNITS_IN_PACK, _in_units),
    (frozenset(("spf",)), lambda value: [f"SPF {value}" if value[0].isdecimal() else value]),
    (frozenset(("upf",)), lambda value: [f"UPF {value}" if value[0].isdecimal() else value]),
    (terms.COUNT, _counted),
    (terms.ALONE, lambda value: [value]),
    (terms.AUDIENCE, _of_audience),
    (terms.SPECIES, _of_species),
    (terms.SPORTS, _of_sport),
    (terms.USE, _used),
    (terms.FIT_TYPES, _fitted),
    (terms.FITS, fitting),
    (terms.ORIGIN, _made),
    (terms.CERTIFICATES, _certified),
    (terms.SOURCES, _powered),
    (terms.CONTENTS, _containing),
    (terms.MODELS, _modelled),
    (terms.CONTENT, _with_contents),
)
# By the key; of those that stand in several lists the first counts.
WAY_OF = {key: say for keys, say in reversed(_WAYS) for key in keys}
