"""Amounts told with what they are of: "500 Chewable Tablets", "14.5 oz Box", "Vitamin C 500 mg".

A catalogue has a column for the number, one for what is counted and one for the pack; apart they
are read as three things.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from adgen.products.measures import find_measures, is_measure
from adgen.products.product import Fact
from adgen.writing import key_terms as terms
from adgen.writing.key_words import (
    core_of,
    is_one_of_containers,
    is_plural,
    plain_key,
    plural_of,
    singular_of,
)

_CONTENTS = frozenset(("net content", "net contents", "content", "contents", "count", "unit count"))
_FORMS = frozenset(("item form", "form", "product form", "dosage form"))
_PACKS = frozenset(("pack size", "pack of", "pack quantity", "package quantity", "number of packs"))
_DOSES = frozenset(("dosage", "dose", "strength", "potency"))
_SUBSTANCES = frozenset(("supplement type", "active ingredient", "active ingredients"))
_DOSED = frozenset(("mg", "mcg", "gram", "ml", "iu", "IU", "%"))
_SIDES = {"length": "long", "width": "wide", "height": "high", "depth": "deep"}
_WHOLE = frozenset(("total", "overall", "max", "maximum", "min", "minimum"))
_LETTERS = "LWDH"  # keys of sides, in the order in which they are said
_HAS_UNIT = re.compile(r"[^\W\d]|[\"']")
_LENGTH = re.compile(r"[\d.,]+ ?(?:mm|cm|m|in|inch|inches|ft|\"|”)", re.IGNORECASE)
_ONLY_LETTERS = re.compile(r"[lwhdø](?: ?[x×] ?[lwhdø])+", re.IGNORECASE)
_ITSELF = frozenset(("item", "product", "overall", "assembled"))
_TROUSERS = frozenset(("waist", "waist size", "inseam"))
_COUNT = re.compile(r"(?P<number>[\d,]+)(?:[ -]?(?:counts?|ct|ea|each|pcs|pieces))?\.?", re.I)
_PACK = re.compile(r"(?:pack of )?(?P<number>\d+)(?:[ -]?packs?)?", re.IGNORECASE)
_SUBSTANCE = re.compile(  # one of which a dose may be: not "with Folic Acid", no complex
    r"(?!with |multi|complex)[A-Za-z][\w-]*(?: (?!complex|blend|multi)[A-Za-z]?[\w-]*){0,2}",
    re.IGNORECASE,
)
# What can be counted, and what only weighed.
_COUNTABLE = terms.set_of("""
    bag bags bar bars caplet caplets capsule capsules chew chews gummy gummies lozenge lozenges
    mask masks packet packets pacs pad pads pod pods sachet sachets sheet sheets softgel softgels
    stick sticks strip strips k-cup k-cups tablet tablets teabag teabags wipe wipes
""")
_WEIGHED = frozenset(("bar", "bars", "stick", "sticks", "sheet", "sheets", "pad", "pads"))
_UNCOUNTED = terms.set_of("""
    balm butter cream foam gel granules granule ground liquid loose lotion oil paste powder
    serum spray syrup
""")
_FEWEST_SIDES = 2  # that are said with adjectives of one kind


def told_with_amounts(facts: Sequence[Fact]) -> list[Fact]:
    """Returns facts with amounts and what they are of in one.

    Example:
        >>> facts = [Fact("500", "Net Content"), Fact("Tablets", "Item Form")]
        >>> [str(fact) for fact in told_with_amounts(facts)]
        ['500 Tablets']
    """
    if not all(fact.value.strip() for fact in facts):
        return list(facts)  # empty ones are told as such
    told = _with_dose(_with_pack(_with_container(_with_form(facts))))
    return _with_letters(_with_sides(_with_wholes(told)))


def _by_key(facts: Iterable[Fact], keys: frozenset[str]) -> Fact | None:
    """Returns the one fact of some keys; None where there is none, or more than one."""
    found = [fact for fact in facts if plain_key(fact.key) in keys]
    return found[0] if len(found) == 1 else None


def _changed(facts: Sequence[Fact], changes: Mapping[Fact, Fact | None]) -> list[Fact]:
    """Returns facts with some in the place of others, and without those that are in another."""
    told = (changes.get(fact, fact) for fact in facts)
    return [fact for fact in told if fact is not None]


def _with_form(facts: Sequence[Fact]) -> list[Fact]:
    """Returns facts with the number of what is counted; what cannot be counted has no count."""
    content = _by_key(facts, _CONTENTS)
    form = _by_key(facts, _FORMS)
    count = _COUNT.fullmatch(content.value) if content else None
    if not content or not form or not count or count["number"] == "1":
        return list(facts)
    last = form.value.casefold().split()[-1]
    if last in _UNCOUNTED and content.value.isdecimal():
        return _changed(facts, {content: None})
    is_bare = content.value.isdecimal() and not plain_key(content.key).endswith("count")
    known = _COUNTABLE - _WEIGHED if is_bare else _COUNTABLE  # "500" of a soap may be grams
    if last not in known or "," in form.value:
        return list(facts)
    things = form.value if is_plural(form.value) or last == "pacs" else plural_of(form.value)
    return _changed(facts, {content: Fact(f"{count['number']} {things}"), form: None})


def _with_container(facts: Sequence[Fact]) -> list[Fact]:
    """Returns facts with an amount in its container: "14.5 oz Box"."""
    content = _by_key(facts, _CONTENTS)
    container = _by_key(facts, terms.CONTAINER_KEYS)
    if not content or not container or not is_one_of_containers(container.value):
        return list(facts)
    measures = find_measures(content.value)
    is_weighed = len(measures) == 1 and measures[0].unit not in ("count", "pack", "piece", "set")
    if not is_weighed or not is_measure(content.value):
        return list(facts)
    kind = singular_of(container.value)
    return _changed(facts, {content: Fact(f"{content.value} {kind}"), container: None})


def _with_pack(facts: Sequence[Fact]) -> list[Fact]:
    """Returns facts with what each of a pack holds before the pack: "20 Bags (Pack of 6)"."""
    pack = _by_key(facts, _PACKS)
    size = _PACK.fullmatch(pack.value) if pack else None
    if not pack or not size or size["number"] in ("0", "1"):
        return list(facts)
    contents = [fact for fact in facts if _is_content(fact)]
    if len(contents) != 1 or "pack" in contents[0].value.casefold():
        return list(facts)
    content = contents[0]
    count = _COUNT.fullmatch(content.value)
    each = f"{count['number']} count" if count else content.value
    return _changed(facts, {content: Fact(f"{each} (pack of {size['number']})"), pack: None})


def _is_content(fact: Fact) -> bool:
    key = plain_key(fact.key)
    is_told = not key and fact.value.casefold().split()[-1] in _COUNTABLE | terms.CONTAINERS
    is_said = key in _CONTENTS or key in ("volume", "net weight") or is_told
    return is_said and fact.value[0].isdecimal() and fact.value.strip("0123456789") != ""


def _with_dose(facts: Sequence[Fact]) -> list[Fact]:
    """Returns facts with how much of a substance each unit holds behind it: "Vitamin C 500 mg"."""
    dose = _by_key(facts, _DOSES)
    substance = _by_key(facts, _SUBSTANCES)
    if not dose or not substance or not is_measure(dose.value):
        return list(facts)
    if find_measures(dose.value)[0].unit not in _DOSED:
        return list(facts)  # "2 capsules" are no dose of vitamin C
    if not _SUBSTANCE.fullmatch(substance.value) or " and " in substance.value:
        return list(facts)
    whole = Fact(f"{substance.value} {dose.value}", substance.key)
    return _changed(facts, {substance: whole, dose: None})


def _with_wholes(facts: Sequence[Fact]) -> list[Fact]:
    """Returns facts with which of two lengths is the whole: "105cm Long, 120cm Total Length"."""
    keys = {fact: plain_key(fact.key) for fact in facts}
    changes: dict[Fact, Fact | None] = {}
    for fact, key in keys.items():
        core = core_of(key)
        has_other = any(core_of(other) == core and other != key for other in keys.values())
        is_whole = core in _SIDES and key.split()[0] in _WHOLE and is_measure(fact.value)
        if is_whole and has_other and _HAS_UNIT.search(fact.value):
            changes[fact] = Fact(f"{fact.value} {key}")
    return _changed(facts, changes)


def _with_sides(facts: Sequence[Fact]) -> list[Fact]:
    """Returns facts whose sides are said in one way: "120cm Long, 60cm Wide"; a trousers' "Length".

    Without a unit a length is no fact of an ad, but beside a waist.
    """
    keys = {fact: _side_of(fact.key) for fact in facts}
    sides = [fact for fact, side in keys.items() if side in _SIDES and is_measure(fact.value)]
    changes: dict[Fact, Fact | None] = {}
    if len({keys[fact] for fact in sides}) >= _FEWEST_SIDES:
        changes = {
            fact: Fact(f"{fact.value} {_SIDES[keys[fact]]}")
            for fact in sides
            if _HAS_UNIT.search(fact.value)
        }
    if not _TROUSERS.isdisjoint(keys.values()):
        bare = [fact for fact in facts if keys[fact] == "length" and fact.value.isdecimal()]
        changes |= {fact: Fact(f"length {fact.value}") for fact in bare}
    return _changed(facts, changes)


def _side_of(key: str) -> str:
    """Returns the side of the product itself that a key names; of others, or folded, the key."""
    plain = plain_key(key)
    *before, side = plain.split() or [""]
    return side if _ITSELF.issuperset(before) and "(" not in key else plain


def _with_letters(facts: Sequence[Fact]) -> list[Fact]:
    """Returns facts with sides that have letters for keys in one: "77cm W x 39cm D x 147cm H"."""
    told = [Fact(fact.value) if _ONLY_LETTERS.fullmatch(fact.key) else fact for fact in facts]
    found = {fact.key: fact for fact in told if fact.key in list(_LETTERS)}
    sides = [found[letter] for letter in _LETTERS if letter in found]
    if len(sides) < _FEWEST_SIDES or not all(_LENGTH.fullmatch(side.value) for side in sides):
        return told
    whole = Fact(" x ".join(f"{side.value} {side.key}" for side in sides))
    changes: dict[Fact, Fact | None] = dict.fromkeys(sides)
    return _changed(told, changes | {sides[0]: whole})
