"""What an ad would say twice: words that brand, name and facts share, the product's own parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import takewhile

from adgen.products.lexicon import CLASSES, COLOUR, FEATURE, MATERIAL
from adgen.products.measures import Measure, find_measures, is_measure, without_measures
from adgen.products.product import Fact
from adgen.products.words import keys_of
from adgen.writing.by_kind import as_meant
from adgen.writing.key_terms import (
    ADJECTIVES,
    AGES,
    BEFORE_VALUES,
    BREEDS,
    COLOURS,
    CONTENTS,
    PARTS,
    QUALITIES,
    SETS,
    SIZES,
    USE,
    VEHICLES,
)
from adgen.writing.key_words import core_of, is_stuff, last_class, plain_key
from adgen.writing.places import load_places

_WORD = re.compile(r"\w[\w'’&.+-]*")
_PLURAL = re.compile(r"(?<=\w\w[^s])s$")
_ROOT_END = re.compile(r"(?<=[a-z]{4})l?(?:ation|ing|able)$")
_AGED = re.compile(
    r"\bages? \d|\b(?:kids|boys|girls|children) \d+\+|\d years? (?:old|and up)|"
    r"\d ?(?:-|to|–) ?\d+\+? ?(?:years?|months?|yrs?)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_YEARS = re.compile(r"\b((?:19|20)\d\d) ?[-–] ?((?:19|20)\d\d)\b")
_DOING = re.compile(r"(?<=[a-z]{3})ing$")
# Texts whose words are remembered: a product's few are asked for again and again.
_MOST_TEXTS = 4_096
_NAMING = re.compile(r"[A-Za-z]{2}")  # not the 2 of a quantity, which may stand in a name
_OF_ITSELF = {*ADJECTIVES, *COLOURS, *SIZES, "material", "finish", "weight", "capacity", "pattern"}
_OF_FORM = frozenset(("form", "item form", "product form", "specialty", "type", "style", "flavor"))
# Of contents: what every box holds.
_PAPERS = re.compile(r"\b(?:manual|instructions?|(?:quick|user|start) guide|warranty card)$", re.I)
_COUNTS = frozenset(("pack", "set", "piece", "count"))
_SIDES = frozenset(("", "length", "width", "diameter", "size", "dimensions", "item dimensions"))
_OWN_LENGTHS = frozenset(("handle", "cord", "cable", "strap", "heel"))  # no knife's, no lamp's
_SAME_AGAIN = re.compile(r"[(/]")  # in another unit
_HEAD = re.compile(r"(?P<head>[^()]+?) \((?P<tail>[^()]+)\)")
# A solar lamp is powered so, a hose "with connectors" has them included.
_POWERED = re.compile(r" powered$", re.IGNORECASE)
_INCLUDED = re.compile(r" (?:powered|included)$", re.IGNORECASE)
_BEHIND_HEAD = re.compile(r"\s(?:with|w/|for|in|by|from|and|of|-|–)\s|[,(|:]", re.IGNORECASE)
_NO_LETTERS = re.compile(r"[\W\d_]|\b(?:colou?rs?|up to|[lwhdx])\b", re.IGNORECASE)
_WITH_MORE = SIZES | COLOURS | BREEDS | {"", "format", "ink color", "ink colour"}
_ITEMS = frozenset(("number of items", "set quantity", "unit quantity"))
_ONE_OF = re.compile(r"^(?:1 ?[x×]? )")
_FEWEST_SHARED = 2  # last words of the name that a fact without a key need not say again
_LONGEST_AMOUNT = 2  # digits: the 4 of "4 lids" may count bowls, the 316 of a steel nothing
_DENYING_TEXT = "free less proof resistant safe included not no non without never"
_DENYING = frozenset(_DENYING_TEXT.split())
_OTHERS_FOLLOW = frozenset(("with", "for", "and", "in", "of", "by"))
# Keys of what a product is as a whole, whose words may stand in its name in any order.
_OF_KIND = frozenset(
    ("", "material", "form", "item form", "type", "style", "product type", "item type")
)
# What has amounts of its own, which a name's do not say: a 5 year journal's warranty.
_OF_OTHERS_TEXT = (
    "warranty guarantee life runtime hose cord cable laptop load age ages wheels doors"
)
_OF_OTHERS = frozenset(_OF_OTHERS_TEXT.split())
_PARTS = PARTS - {"body", "frame", "shell", "case"}  # nearly the whole
_LISTS = USE | QUALITIES  # of which the name may say a part
_NO_PARTS = BEFORE_VALUES | {"safe"}  # an "oven safe temperature", of an oven too
_MILLIMETRES = re.compile(r"(\d+(?:\.\d+)?) ?mm")
_PART_OF_WORD = frozenset(("whole", "half", "extra", "semi", "non", "multi", "double"))
_DESCRIBING = frozenset((COLOUR, FEATURE, MATERIAL))


@lru_cache(maxsize=_MOST_TEXTS)
def words_of(text: str) -> tuple[str, ...]:
    """Returns the words of a text without case, and without the ending of a plural.

    Example:
        >>> words_of("Over-Ear Headphones")
        ('over', 'ear', 'headphone')
    """
    words = (part for word in _WORD.findall(text) for part in word.split("-") if part)
    return tuple(_PLURAL.sub("", word.casefold()) for word in words)


def head_of(name: str) -> str:
    """Returns the word that says what a product is, in the form of `words_of`; empty of none.

    Example:
        >>> head_of("Ankle Boots with Block Heel")
        'boot'
    """
    parts = _BEHIND_HEAD.split(without_measures(name))
    first = next((part for part in parts if words_of(part)), "")
    return words_of(first)[-1] if first else ""


def holds(words: Sequence[str], wanted: Sequence[str]) -> bool:
    """Tells whether words stand in a row among others."""
    size = len(wanted)
    places = range(len(words) - size + 1)
    wanted = tuple(wanted)
    return any(tuple(words[place : place + size]) == wanted for place in places)


def is_said(forms: Iterable[str], said: Sequence[str]) -> bool:
    """Tells whether words say one of the forms of a fact: a ski helmet is for skiing."""
    forms = list(forms)
    if any(holds(said, words_of(form)) or _counts(said[:-1], words_of(form)) for form in forms):
        return True
    behind = said[said.index("with") :] if "with" in said else ()
    for ending, where in ((_INCLUDED, behind), (_POWERED, said)):
        texts = (ending.sub("", form) for form in forms if ending.search(form))
        if any(holds(where, words_of(text)) for text in texts):
            return True
    single = (("single", *words[1:]) for words in map(words_of, forms) if words[:1] == ("1",))
    if any(holds(said, words) for words in single):
        return True
    roots = [_ROOT_END.sub("", word) for word in said]  # cancelling, cancellation
    several = (form for form in forms if " " in form or CLASSES.get(form.casefold()) == FEATURE)
    if any(holds(roots, _roots(form)) for form in several):
        return True
    if "Unisex" in forms and {"men", "women"} <= set(said):
        return True
    stems = set(map(_stem, said))
    uses = (form.removeprefix("for ") for form in forms if form.startswith("for "))
    return any(_stem(use.casefold()) in stems for use in uses)


def _are_among(words: Sequence[str], said: Sequence[str]) -> bool:
    """Tells whether words are said in whatever order: "Whole Pods" of "Cardamom Pods Whole"."""
    is_amount = any(len(word) <= _LONGEST_AMOUNT and word.isdecimal() for word in words)
    is_denial = not _DENYING.isdisjoint(words)
    return len(words) > 1 and not (is_amount or is_denial) and set(words) <= set(said)


def _roots(form: str) -> list[str]:
    return [_ROOT_END.sub("", word) for word in words_of(form)]


def _counts(said: Sequence[str], wanted: Sequence[str]) -> bool:
    """Tells whether words say a number of things, with others between: "24 pearl colors"."""
    if len(wanted) <= 1 or not wanted[0].isdecimal() or wanted[0] not in said:
        return False
    behind = list(said[said.index(wanted[0]) + 1 :])
    ends = (at for at, word in enumerate(behind) if word[0].isdigit() or word in _OTHERS_FOLLOW)
    until = next(ends, len(behind))
    return holds(behind[:until], wanted[1:])


def says_fact(name: str, said: Sequence[str], fact: Fact, forms: Iterable[str]) -> bool:
    """Tells whether a product's name says a fact already, in whatever form.

    Args:
        name: The product's.
        said: The words of brand and name, and last the word that says what the product is.
        fact: As the seller has it.
        forms: In which an ad would say it.
    """
    forms = list(forms)
    plain = plain_key(fact.key)
    core = core_of(plain)
    has_sides = core in _SIDES  # else a desk of 48 x 24 inches would be said to be 24 high
    known = {
        amount
        for measure in find_measures(name)
        for amount in _amounts(measure)[: None if has_sides else 1]
    }
    of = set(plain.split())
    is_others = not of.isdisjoint(_OF_OTHERS) or of >= {"weight", "capacity"}
    is_others |= core.split(" ")[0] in _OWN_LENGTHS
    texts = forms[:1] if is_others else [fact.value, *forms[:1]]
    for text in texts:
        measures = find_measures(text)
        left = without_measures(text)
        if measures and not re.search(r"\w", left):  # all of it is measures: "26 in, 18 in"
            amounts = [_amounts(measure)[0] for measure in measures]
            units = [measure.unit for measure in measures]
            # 1 kg (35.3 oz), but not 26 in / 18 in
            is_same = _SAME_AGAIN.search(left) is not None and units[0] not in units[1:]
            if known.issuperset(amounts[:1] if is_same else amounts):
                return True
    if core in AGES and _AGED.search(name):
        return True
    if plain in VEHICLES and _says_years(name, said, fact.value):
        return True
    made_of = fact.value.casefold()
    if core == "material" and not {f"{made_of}en", f"{made_of}len"}.isdisjoint(said):
        return True  # a wooden puzzle is of wood, a woollen sock of wool
    if plain in _OF_KIND and any(_are_among(words_of(form), said) for form in forms):
        return True
    # Wood of a name may be another part's: a wood carving knife's handle.
    is_part = not of.isdisjoint(_PARTS)
    is_others |= is_part and _is_look(fact.value)
    is_naming = _NAMING.search(fact.value) and not is_others
    items = fact.value.split(", ")
    if is_naming and len(items) > 1 and all(holds(said, words_of(item)) for item in items):
        return True
    return is_said((*forms, *([fact.value] if is_naming else [])), said)


def _says_years(name: str, said: Sequence[str], value: str) -> bool:
    """Tells whether a name says a vehicle with years: "RAV4 2019-2024" for each of them."""
    years = [int(year) for year in _YEAR.findall(value)]
    spans = [tuple(map(int, span)) for span in _YEARS.findall(name)]
    others = words_of(_YEAR.sub("", value))
    is_within = any(first <= min(years) and max(years) <= last for first, last in spans if years)
    return is_within and set(others) <= set(said)


def own_fact(fact: Fact, said: Sequence[str]) -> Fact:
    """Returns a fact less what the name says: a cable's "cable length" is its length.

    Of what a box holds that is the product itself, and so are papers, which are in every box.

    Args:
        fact: As the seller has it.
        said: The words of brand and name, and last the word that says what the product is.
    """
    fact = as_meant(fact, said)
    plain = plain_key(fact.key)
    if plain in CONTENTS:
        return _without_product(fact, said)
    if plain in _LISTS:
        return _without_said(fact, said)
    brackets = _HEAD.fullmatch(fact.value)
    if (
        brackets
        and (core_of(plain) in _WITH_MORE or fact.key.casefold().endswith(" size"))
        and not _NO_LETTERS.sub("", without_measures(brackets["tail"]))
        and holds(said, words_of(brackets["head"]))
    ):
        fact = Fact(brackets["tail"])  # of "Large (36 x 27 in)" what "Bed, Large" does not say
    if plain_key(fact.key) in _ITEMS and not SETS.isdisjoint(said):
        return replace(fact, key="number of pieces")  # a dumbbell set of two is no two sets
    # Of what the product is the last word: a dive watch's "case diameter" is not its own.
    words = fact.key.split()
    others = [word for word in words if _PLURAL.sub("", word.casefold()) != said[-1]]
    rest = " ".join(others)
    # A curtain's "curtain top style", but not "seeds per packet".
    is_part = len(others) > 1 and others == words[1:] and others[0].casefold() not in _NO_PARTS
    return replace(fact, key=rest) if is_part or rest.casefold() in _OF_ITSELF else fact


def _without_said(fact: Fact, said: Sequence[str]) -> Fact:
    """Returns a list of uses or qualities less those that the name says."""
    uses = re.split(r",\s+", fact.value)
    left = [use for use in uses if not holds(said, words_of(use))]
    return replace(fact, value=", ".join(left)) if left else fact


def without_last(forms: tuple[str, ...], said: Sequence[str], fact: Fact) -> tuple[str, ...]:
    """Returns forms without the name's last word at their end: a tea's "Green Tea" is "Green".

    They stay whole where what is left could not stand before a name, and without a key, where it
    may be another name ("Bike Front Basket"), unless more words of the name or one that says how
    something is are left.
    """
    if not USE.isdisjoint((plain_key(fact.key), core_of(plain_key(fact.key)))):
        forms = tuple(_use_without(form, said) for form in forms)
    if said[-1] in _DENYING:
        return forms  # of gloves "Powder Free" latex free ones are not latex
    shared = min((_num_shared(form, said) for form in forms), default=0)
    if not fact.key and shared >= _FEWEST_SHARED and said[-2] == said[-1]:
        left = [" ".join(form.split()[:-shared]) for form in forms]
        # Of running shorts "Lined Running Shorts", but no charger of a battery's.
        return tuple(dict.fromkeys(left)) if all(map(_describes, left)) else forms
    is_of_it = said[-1] in words_of(fact.key)  # a handlebar's drop is no drop handlebar
    if is_of_it or not all(words_of(form)[-1:] == tuple(said[-1:]) for form in forms):
        return forms
    left = [form.rsplit(maxsplit=1)[0].rstrip(" -") if " " in form else "" for form in forms]
    if any(one.casefold() in _PART_OF_WORD for one in left):
        return forms  # whole bean coffee
    has_form = fact.key.casefold() in _OF_FORM  # not "Google TV", a television's platform
    may_lead = load_places().may_lead if has_form else _describes
    may_stand = all(_NAMING.search(one) and may_lead(one) for one in left)
    return tuple(dict.fromkeys(left)) if may_stand else forms


def _use_without(form: str, said: Sequence[str]) -> str:
    """Returns a use without the product's name at its end: a wash "for Fabric Wash" is for fabric.

    Args:
        form: Of a fact; others than uses stay as they are.
        said: The words of brand and name, and last the word that says what the product is.
    """
    words = form.split()
    shared = _num_shared(form, said)
    is_use = form.startswith("for ") and 0 < shared < len(words) - 1
    is_use = is_use and words[-shared - 1] not in ("and", "or", "&")
    return " ".join(words[: len(words) - shared]) if is_use else form


def _num_shared(form: str, said: Sequence[str]) -> int:
    """Returns how many words a form and the name end with alike; 0 where the form is all of it."""
    words = form.split()
    name = said[-2::-1]  # without the last, which says what the product is
    same = (words_of(word) == (its,) for word, its in zip(words[::-1], name, strict=False))
    shared = len(list(takewhile(bool, same)))
    return shared if shared < len(words) else 0


def _is_look(value: str) -> bool:
    return is_stuff(value) or last_class(value) == COLOUR


def _describes(text: str) -> bool:
    """Tells whether a text alone says how something is: a measure, "Mesh", "Foldable"."""
    keys = keys_of(text)
    is_said = all(CLASSES.get(key) in _DESCRIBING or key.endswith(("ed", "able")) for key in keys)
    return is_measure(text) or (is_said and _DENYING.isdisjoint(keys))


def _without_product(fact: Fact, said: Sequence[str]) -> Fact:
    """Returns what a box holds beside the product and its papers."""
    items = [item.strip() for item in fact.value.split(",")]
    kept = [
        item
        for item in items
        if not set(words_of(_ONE_OF.sub("", item))) <= set(said) and not _PAPERS.search(item)
    ]
    if len(kept) == 1 and kept[0][0].isdigit() and words_of(kept[0])[-1] == said[-1]:
        return Fact(kept[0])  # "4 Blankets", which are the product
    return replace(fact, value=", ".join(kept))


def _amounts(measure: Measure) -> list[str]:
    """Returns a measure's normal form, and those of its sides; ounces of a bottle are fluid ones.

    A pack, a set, pieces and a count are one: "5 Pack" and "Set of 5".
    """
    if measure.unit in _COUNTS:
        return [f"{measure.numbers[0]} pieces"]
    whole = measure.normal_form.replace("fl oz", "ounces")
    if measure.joint != "x":
        millimetres = _MILLIMETRES.fullmatch(whole)
        return [f"{float(millimetres[1]) / 10:g}cm" if millimetres else whole]
    sides = (f"{side} {measure.unit}" if measure.unit else side for side in measure.numbers)
    return [whole, *(_amounts(found)[0] for side in sides for found in find_measures(side))]


def _stem(word: str) -> str:
    """Returns what skiing shares with ski, running with run and cycling with cycle."""
    stem = _DOING.sub("", word)
    return stem[:-1] if stem[-1:] == "e" or stem[-1:] == stem[-2:-1] else stem
