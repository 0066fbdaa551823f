"""What a text claims of a product, held against what its seller said.

Numbers with units, codes, brands and colours that the product lacks are inventions; facts whose
words or measures stand in the text are kept. It looks at any text, whoever wrote it, and knows
nothing of how adgen writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from adgen.products.brands import Brands
from adgen.products.lexicon import CLASSES, COLOUR
from adgen.products.measures import Measure, find_measures, plain_number
from adgen.products.product import Fact, Product
from adgen.products.words import keys_of

_WORD = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*")
# Words that a fact may be said without.
_EMPTY = frozenset(
    ("a", "an", "and", "for", "from", "in", "is", "it", "of", "on", "or", "the", "to", "with")
)
_DENIAL = re.compile(r"\b(?:no|not|non|without|free|never)\b", re.IGNORECASE)
# "Not waterproof" and "cotton free" say neither that it is waterproof nor of cotton.
_DENIED = re.compile(
    r"\b(?:not|no|non|without|never)[ -]+[^\W\d_]+|"
    r"[^\W_]+[ -]free\b(?![ -](?:standing|size|fall|range|shipping|gift))",
    re.IGNORECASE,
)
# What says that a number is the least or the most.
_LEAST = re.compile(r"\b(?:min(?:imum)?|at least|from|and up|or more|over)\b|\d\+", re.IGNORECASE)
_MOST = re.compile(
    r"\b(?:max(?:imum)?|up to|at most|to|under|top|capacity|limit)\b|\d ?-", re.IGNORECASE
)
_LIMITS = {"min": _LEAST, "minimum": _LEAST, "max": _MOST, "maximum": _MOST}
_PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_COUNT = re.compile(r"(?P<number>\d+)(?:[ -]?(?:counts?|ct|ea|each))?\.?", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_AUDIENCES = {"female": "women", "male": "men", "woman": "women", "man": "men"}


def told_of(product: Product) -> str:
    """Returns all that a seller says of a product, in one text."""
    facts = [f"{fact.value} {fact.key}" for fact in product.facts]
    return ". ".join([product.brand, product.name, *facts])


def invented_numbers(text: str, product: Product) -> list[str]:
    """Returns measures, numbers and codes of a text that the product lacks.

    Example:
        >>> invented_numbers("Mat, 6mm, 1000W", Product(name="Mat", facts=("thickness: 6 mm",)))
        ['1000W']
    """
    told = told_of(product)
    measures = find_measures(text)
    known = {measure.normal_form for measure in find_measures(told)}
    # "Quantity: 3" tells a number and no unit: a 3-Pack holds no other number.
    bare = {number for fact in product.facts for number in _bare_counts(fact)}
    # Of "Sulfur 8 Light Cream" by Sulfur 8 the number is the brand's.
    is_first = bool(product.brand) and text.casefold().startswith(product.brand.casefold())
    brand_end = len(product.brand) if is_first else 0
    found = [
        text[one.start : one.end]
        for one in measures
        if one.normal_form not in known
        and not _is_count_of(one, bare, told)
        and not one.start < brand_end < one.end
    ]
    codes = {code for word in _numbered(told) for code in (_code(word), *_numbered_parts(word))}
    return found + [
        word
        for word in _numbered(_without(text, measures))
        if _code(word) not in codes and not codes.issuperset(_numbered_parts(word))
    ]


def invented_brands(text: str, product: Product, brands: Brands) -> list[str]:
    """Returns brands in a text that the product does not name, of those that are no other word.

    Example:
        >>> from adgen.products.brands import Brand
        >>> known = Brands((Brand("Sony", True), Brand("Champion", False)))
        >>> invented_brands("Acme Champion Mat for Sony", Product(name="Mat"), known)
        ['Sony']
    """
    told = set(_keys(told_of(product)))
    keys = keys_of(text)
    found = []
    for start in range(len(keys)):
        brand = brands.find(keys, start)
        if brand is not None and brand.is_distinct and not set(_keys(brand.name)) <= told:
            found.append(brand.name)
    return found


def colours_of(text: str) -> set[str]:
    """Returns the words of a text that are colours and nothing else."""
    return {key for key in _keys(text) if CLASSES.get(key) == COLOUR}


def invented_colours(text: str, product: Product) -> list[str]:
    """Returns colours of a text that the product lacks."""
    return sorted(colours_of(text) - set(_keys(told_of(product))))


def claimed_values(text: str, product: Product, values: Iterable[str]) -> list[str]:
    """Returns those of some values that a text says word for word and the product lacks.

    Example:
        >>> claimed_values("Acme Cotton Mat", Product(name="Mat"), ("Cotton", "Mat", "Wool"))
        ['Cotton']
    """
    said = _spaced(text)
    told = _spaced(told_of(product))
    wanted = ((value, _spaced(value)) for value in values)
    return [
        value for value, words in wanted if words.strip() and words in said and words not in told
    ]


def is_kept(fact: Fact, text: str) -> bool:
    """Tells whether a text says a fact, in its own words or in a normal form.

    What the text denies is not said, and a measure that is the least or the most is said only where
    the text says so.

    Example:
        >>> is_kept(Fact("40 hours battery"), "Lamp with 40-Hour Battery")
        True
        >>> is_kept(Fact("waterproof"), "Lamp, Not Waterproof")
        False
    """
    measures = {measure.normal_form for measure in find_measures(text)}
    wanted = find_measures(fact.value)
    if not all(one.normal_form in measures for one in wanted):
        return False
    limit = _limit_of(fact) if wanted else None
    if limit and not limit.search(text):
        return False
    if not _DENIAL.search(str(fact)):
        text = _DENIED.sub(" ", text)
    text = _THOUSANDS.sub("", text)
    said = {_stem(key) for key in _keys(text)}
    rest = _THOUSANDS.sub("", _without(fact.value, wanted))
    words = [_stem(key) for key in _keys(rest) if key not in _EMPTY]
    if not wanted and not words:
        return fact.value in text
    return all(word in said or _is_inside(word, text) for word in words)


def _limit_of(fact: Fact) -> re.Pattern[str] | None:
    """Returns what says that a fact's measure is a limit; None where it is none or a capacity."""
    keys = keys_of(fact.key)
    if not keys or "capacity" in keys:
        return None
    return _LIMITS.get(keys[0])


def kept_share(facts: Iterable[Fact], text: str) -> tuple[int, int]:
    """Returns how many facts a text says, and of how many."""
    kept = [is_kept(fact, text) for fact in facts]
    return sum(kept), len(kept)


def _numbered(text: str) -> list[str]:
    """Returns the words of a text that hold a digit."""
    return [word for word in _WORD.findall(text) if re.search(r"\d", word)]


def _numbered_parts(word: str) -> list[str]:
    """Returns the parts of a word that hold a digit: 12 of AB-12."""
    return [part.casefold() for part in re.split(r"[-.]", word) if re.search(r"\d", part)]


def _bare_counts(fact: Fact) -> list[str]:
    """Returns the number of a fact whose value is no more than a number, or a count."""
    count = _COUNT.fullmatch(fact.value.strip())
    return [count["number"]] if fact.key and count else []


def _is_count_of(measure: Measure, numbers: set[str], told: str) -> bool:
    """Tells whether a seller told a measure's number alone, and its unit in another place.

    "Net content: 100" and "Item form: Tablets" are 100 tablets; a rotational speed is in RPM.
    """
    if not set(measure.numbers) <= numbers:
        return False
    if measure.unit in ("pack", "set", "piece", "count"):
        return True
    if measure.unit == "rpm":
        return "rotational speed" in told.casefold()
    return measure.unit in _keys(told) or f"{measure.unit}s" in _keys(told)


def _without(text: str, measures: Iterable[Measure]) -> str:
    """Returns a text without its measures."""
    for measure in sorted(measures, key=lambda one: -one.start):
        text = f"{text[: measure.start]} {text[measure.end :]}"
    return text


def _code(word: str) -> str:
    return re.sub(r"[-./]", "", word).casefold()


def _keys(text: str) -> list[str]:
    return [part for key in keys_of(text) for part in key.split("-")]


@lru_cache(maxsize=100_000)
def _spaced(text: str) -> str:
    """Returns a text's words without case, a space around each."""
    return f" {' '.join(_keys(text))} "


def _stem(key: str) -> str:
    """Returns a word without the ending of a plural or an owner."""
    key = _AUDIENCES.get(key, key)
    key = re.sub(r"'s?$", "", key)
    return key[:-1] if len(key) > 3 and key.endswith("s") and not key.endswith("ss") else key


def _is_inside(word: str, text: str) -> bool:
    """Tells whether a code stands in a text, though cut otherwise: LC27-F591 as LC27F591.

    A plain number stands only whole: 10 in UK10, and not in 100, 10,000 or 2.10.
    """
    if not any(map(str.isdigit, word)):
        return False
    if _PLAIN_NUMBER.fullmatch(word):
        return plain_number(word) in map(plain_number, _PLAIN_NUMBER.findall(text))
    return _code(word) in _code(text.replace(" ", ""))
