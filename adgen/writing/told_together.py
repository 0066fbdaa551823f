"""Facts that an ad tells as one, or not at all beside another: "925" of silver, what is not needed.

A catalogue has a column for each; an ad says them together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from adgen.products.lexicon import CLASSES, COLOUR
from adgen.products.measures import is_measure
from adgen.products.product import Fact
from adgen.products.words import keys_of
from adgen.writing.key_absent import is_absent
from adgen.writing.key_terms import PARTS, STATES
from adgen.writing.key_words import plain_key
from adgen.writing.told_amounts import told_with_amounts

_KEY_WITHOUT_COLON = re.compile(r"(?P<key>colou?r)(?P<mark> [-–=])? (?P<value>\S.*)", re.IGNORECASE)
_NEXT_FACT = re.compile(r";\s+(?=[A-Z][\w /]{1,30}:\s)")
# The keys that make a vehicle together, in the order in which it is said.
_OF_VEHICLE = ("vehicle year", "vehicle make", "vehicle model")
_PURITIES = frozenset(("metal purity", "purity", "metal stamp", "fineness"))
_METAL_KEYS = frozenset(("metal", "metal type", "material", "base metal"))
_PURE = re.compile(r"(?:gold|silver|platinum|palladium)$", re.IGNORECASE)
_SEEMING = re.compile(r"plated|\btone|filled|colou?r|vermeil|coated", re.IGNORECASE)
_KARATS = re.compile(r"(?P<number>\d\d?) ?(?:ct|karats?|kt?)", re.IGNORECASE)
_GOLD = re.compile(r"(?:(?:solid|white|yellow|rose) )*gold", re.IGNORECASE)
_DOTTED = re.compile(r"(?P<part>[A-Za-z]+)\.(?P<of>[a-z]\w*)")
_IN_BRACKETS = re.compile(r"(?P<of>[^()]+?) \((?P<part>[^()]{3,})\)")
# Parts in a key's brackets that no list of parts has, and limits.
_PARTS_TOO = {*PARTS, *STATES, "legs", "wheels", "load", "package", "freezer", "max", "min"}
# Of a condition, "(without battery)", and no part.
_JOINTS = frozenset(
    ("if", "when", "with", "without", "excl", "excluding", "incl", "including", "per", "for")
)
_CHILDREN = frozenset(("kids", "kid", "children", "child", "toddler"))
_BABIES = frozenset(("infant", "newborn", "baby", "infants", "newborns", "babies"))
_YOUNG = {
    **dict.fromkeys(("female", "women", "woman", "womens", "women's"), "girls"),
    **dict.fromkeys(("male", "men", "man", "mens", "men's"), "boys"),
    "unisex": "kids",
}
_WHOSE = frozenset(("gender", "target gender", "department"))
_BATTERIES_NEEDED = frozenset(("batteries required", "are batteries required", "battery required"))
_BATTERIES_THERE = frozenset(("batteries included", "battery included"))


def told_facts(facts: Iterable[Fact]) -> list[Fact]:
    """Returns facts as an ad tells them: several in one apart, a vehicle's parts in one.

    Example:
        >>> [str(fact) for fact in told_facts([Fact("silk; Lining: cotton", "shell")])]
        ['shell: silk', 'Lining: cotton']
    """
    found: list[Fact] = []
    for fact in map(_of_part, facts):
        keyed = None if fact.key else _KEY_WITHOUT_COLON.fullmatch(fact.value)
        words = keys_of(keyed["value"]) if keyed else ()
        if keyed and (keyed["mark"] or all(CLASSES.get(word) == COLOUR for word in words)):
            fact = Fact(keyed["value"], keyed["key"])
        first, *others = _NEXT_FACT.split(fact.value)
        found += [Fact(first, fact.key), *map(Fact.of, others)]
    lists = [replace(fact, value=_mended(fact.value.replace("; ", ", "))) for fact in found]
    told = _of_children(_with_purity(_without_needless(_with_whole_vehicle(lists))))
    return told_with_amounts(told)


def _mended(value: str) -> str:
    """Returns a value without footnotes' marks and commas at its end, its bracket closed."""
    mended = value.rstrip("*†‡,; ")
    return f"{mended})" if mended.count("(") > mended.count(")") else mended or value


def _with_whole_vehicle(facts: Sequence[Fact]) -> list[Fact]:
    """Returns facts with year, make and model of a vehicle in one: "2019 Honda Civic"."""
    keys = [plain_key(fact.key) for fact in facts]
    parts = dict(zip(keys, facts, strict=True))
    found = [parts[key] for key in _OF_VEHICLE if key in parts]
    is_one = all(keys.count(key) <= 1 for key in _OF_VEHICLE)
    # Not of several vehicles, nor of none.
    if len(found) <= 1 or not is_one or any(map(_is_no_vehicle, found)):
        return list(facts)
    is_twice = found[-1].value.casefold().startswith(found[-2].value.casefold())
    told = [*found[:-2], found[-1]] if is_twice else found  # "Honda" of "Honda Civic"
    whole = Fact(" ".join(fact.value for fact in told), "vehicle fit")
    first = min(map(facts.index, found))
    rest = [fact for fact in facts if fact not in found]
    return [*rest[:first], whole, *rest[first:]]


def _is_no_vehicle(fact: Fact) -> bool:
    return "," in fact.value or is_absent(fact.value, fact.key)


def _of_part(fact: Fact) -> Fact:
    """Returns a fact with the part before what its key says of it: "Material (lining)"."""
    dotted = _DOTTED.fullmatch(fact.key)
    if dotted and dotted["part"].casefold() in PARTS:
        return replace(fact, key=f"{dotted['part']} {dotted['of']}")
    found = _IN_BRACKETS.fullmatch(fact.key)
    if not found or not found["part"].replace(" ", "").isalpha():
        return fact
    part = found["part"].casefold()
    is_side = part in STATES and is_measure(fact.value)  # "Size (folded): 20 cm"
    words = part.split()
    if words[-1] not in _PARTS_TOO or words[0] in _JOINTS or is_side:
        return fact
    return replace(fact, key=f"{found['part']} {found['of']}")


def _of_children(facts: Sequence[Fact]) -> list[Fact]:
    """Returns facts with whose a product is by age too: a girls', where feeds say female, kids."""
    groups = {fact.value.casefold() for fact in facts if plain_key(fact.key) == "age group"}
    if not groups.isdisjoint(_BABIES):  # for infants, whoever carries or nurses them
        return [fact for fact in facts if plain_key(fact.key) not in _WHOSE]
    if groups.isdisjoint(_CHILDREN):
        return list(facts)
    return [
        replace(fact, value=_YOUNG.get(fact.value.casefold(), fact.value))
        if plain_key(fact.key) in _WHOSE
        else fact
        for fact in facts
    ]


def _bare_key(value: str) -> str:
    """Returns the key that a fact without one would have: "18ct", and "gold" beside it."""
    if _KARATS.fullmatch(value):
        return "purity"
    return "metal" if _GOLD.fullmatch(value) else ""


def _without_needless(facts: Sequence[Fact]) -> list[Fact]:
    """Returns facts without saying that no batteries are there where none are needed."""
    values = {plain_key(fact.key): fact.value.casefold() for fact in facts}
    if not any(values.get(key) in ("no", "false") for key in _BATTERIES_NEEDED):
        return list(facts)
    return [
        fact
        for fact in facts
        if plain_key(fact.key) not in _BATTERIES_THERE
        or fact.value.casefold() not in ("no", "false")
    ]


def _with_purity(facts: Sequence[Fact]) -> list[Fact]:
    """Returns facts with how pure a metal is before it: "925 Sterling Silver"."""
    keys = [plain_key(fact.key) or _bare_key(fact.value) for fact in facts]
    purity = next((fact for fact, key in zip(facts, keys, strict=True) if key in _PURITIES), None)
    metal = next((fact for fact, key in zip(facts, keys, strict=True) if key in _METAL_KEYS), None)
    if purity is None or metal is None:
        return list(facts)
    if _SEEMING.search(metal.value):
        return [fact for fact in facts if fact is not purity]  # the stamp of a coat
    if not _PURE.search(metal.value) or "," in metal.value or " and " in metal.value:
        return list(facts)
    is_said = purity.value.casefold() in metal.value.casefold()
    is_silver = metal.value.casefold().endswith("silver")
    fits = (
        r"9\d\d" if is_silver else r"\d\d? ?(?:kt?|ct|karats?)"
    )  # no "925 Gold", gold-coloured silver
    is_number = re.fullmatch(fits, purity.value, re.IGNORECASE) is not None
    amount = _KARATS.sub(r"\g<number>K", purity.value)
    whole = metal.value if is_said or not is_number else f"{amount} {metal.value}"
    rest = [fact for fact in facts if fact is not purity or not (is_said or is_number)]
    return [replace(fact, value=whole) if fact is metal else fact for fact in rest]
