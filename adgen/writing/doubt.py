"""Facts that are hard to say in a few words: of them a title with enough others says none.

"Length: 118 cm from shoulder, size M", "Increments: 1.5 kg up to 11.5, then larger steps": an
editor would write a sentence, and a title has no room for one. It knows texts, no platforms.
"""

from __future__ import annotations

import re
from dataclasses import replace

from adgen.products.measures import find_measures, is_measure, without_measures
from adgen.products.product import Fact
from adgen.writing import key_terms as terms
from adgen.writing.key_words import (
    core_of,
    is_how,
    is_of_material,
    is_plural,
    plain_key,
    singular_of,
)

# A title with so many other facts needs no doubtful one.
ENOUGH = 4
_SAID_WELL = terms.FITS | terms.VEHICLES | terms.CONTENTS | terms.AUDIENCE | terms.AGES | terms.USE
_ALONE = (
    terms.ALONE | terms.COUNT | terms.CONTENT | terms.COLOURS | terms.SIZES | terms.ORIGIN
    | terms.CERTIFICATES | terms.CONNECTIONS | terms.SYSTEMS | terms.MEASURED | terms.SHOE_SIZES
    | terms.OPTIONAL | {"certified", "approval", "approvals", "power", "ports", "inputs"}
    | {"composition", "wash", "publication date", "release date", "published"}
)  # fmt: skip
_WARRANTIES = frozenset(("warranty", "guarantee"))
_OF_WARRANTY = re.compile(  # 2 years limited
    r"(?:limited )?(?:[\d.]+|one|two|three|five|ten|life)[ -]?(?:years?|yrs?|months?|days?|time)"
    r"(?: (?:limited|manufacturer))*(?: warranty| guarantee)?",
    re.IGNORECASE,
)
_ONLY = re.compile(r"\b(?:only|except)\b", re.IGNORECASE)
_MOST_BOUNDED = 3  # words with "only": "2.4 GHz Only"
_MOST_WORDS = 9
_TWO_BRACKETS = re.compile(r"\) ?\(|\([^)]*\(")
_THINGS = re.compile(r"\d[\d,]* (?:[a-z]+ ){0,2}[a-z]{2,}s", re.IGNORECASE)  # 15 weight settings
_YEAR = re.compile(r"(?:19|20)\d\d")
_LACKING = re.compile(r"not (?:included|supplied)|sold separately", re.IGNORECASE)
_FROM_TO = re.compile(r"\w+ to \w+")
_BRACKETS = re.compile(r" ?\([^()]*\)")
_WORD = re.compile(r"[\w'-]+")
_ABOUT = re.compile(r"^(?:up to|for|over|under) ", re.IGNORECASE)
# Limits and prepositions.
_LIMITED = re.compile(
    r"\b(?:only|except|excl|excluding|not|no|without|then|plus|unless|until|from|down the|when|"
    r"after|before|at|via|over|under|above|below|on|in|to|with|by|if|through|between|during|per|"
    r"for|of|up|most|some|incl|including|required|included|optional)\b(?= [\w#])",
    re.IGNORECASE,
)
# Behind a comma: what makes the first part smaller, or is as much of the thing as it.
_BOUNDING = re.compile(
    r"\b(?:only|not|no|except|excl|without|then|if|unless|when|after|max|plus|up to|min)\b|^or ",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]{3}")


def is_doubtful(fact: Fact, form: str) -> bool:
    """Tells whether a fact needs more words than a title has for it.

    Args:
        fact: As its product has it.
        form: As an ad would say it.

    Example:
        >>> is_doubtful(Fact("4 rows x 3", "Hook & eye"), "4 Rows x 3")
        True
        >>> is_doubtful(Fact("60% cotton, 40% linen", "Fabric"), "60% Cotton, 40% Linen")
        False
    """
    if _TWO_BRACKETS.search(form) or ";" in fact.value:
        return True
    if _LACKING.search(fact.value):
        return False  # which a buyer must know
    plain = plain_key(fact.key)
    known = {plain, core_of(plain)}
    items = fact.value.split(", ")
    if not known.isdisjoint(terms.USE) and len(items) > 1:
        return _joins_unlike(fact.value, form) or any(map(_LIMITED.search, items))
    if not fact.key or not known.isdisjoint(_SAID_WELL):
        return False
    if len(items) > 1 and all("%" in item for item in items):
        return False
    num_words = len(fact.value.split())
    is_bounded = _ONLY.search(fact.value) is not None and num_words > _MOST_BOUNDED
    if num_words > _MOST_WORDS or is_bounded or _joins_unlike(fact.value, form):
        return True
    if not known.isdisjoint(terms.SIZES) and len(items) > 1 and items[0].isdecimal():
        return True  # "6, Resizable Up to 8"
    words = set(map(singular_of, plain.split()))
    said = [word for word in _WORD.findall(form.casefold()) if singular_of(word) in words]
    if plain in _WARRANTIES and not _OF_WARRANTY.fullmatch(fact.value):
        return True
    is_value = _letters_of(form) == _letters_of(fact.value)
    if not said or (is_value and len(items) > 1):
        is_alone = not known.isdisjoint(_ALONE) or is_of_material(fact.key)
        is_dangling = not known.isdisjoint(terms.MEASURED) and _begins_in_words(items)
        return is_dangling or (not is_alone and _is_bare(fact.value))
    return _is_split(fact, form, plain) or _is_clumsy(form, plain, said[-1])


def first_part(fact: Fact) -> Fact | None:
    """Returns a fact with the first part of its value, where that claims no more; else None.

    Example:
        >>> first_part(Fact("8 hours, 32 hours with case", "Battery life"))
        Fact(value='8 hours', key='Battery life')
        >>> first_part(Fact("60% polyester, 40% cotton", "Cover"))
    """
    first, comma, rest = fact.value.partition(", ")
    is_share = "%" in first or is_plural(plain_key(fact.key))  # of a list, one of several
    is_bounded = _BOUNDING.search(rest) is not None
    if not comma or not fact.key or is_share or is_bounded or first.count("(") != first.count(")"):
        return None
    return replace(fact, value=first) if _LETTERS.search(first) else None


def _letters_of(text: str) -> str:
    return "".join(_WORD.findall(text)).casefold()


def _begins_in_words(items: list[str]) -> bool:
    """Tells whether a number stands behind a word that says nothing by itself: "dual, 110 V"."""
    return len(items) > 1 and not any(map(str.isdigit, items[0])) and items[1][0].isdigit()


def _with_marks(text: str) -> str:
    """Returns a text with a mark for each measure, which may follow a preposition."""
    for measure in reversed(find_measures(text)):
        text = f"{text[: measure.start]}#{text[measure.end :]}"
    return text


def _is_bare(value: str) -> bool:
    """Tells whether a value says too little or another thing without its key: "1 or 3"."""
    if is_measure(value):
        return False
    items = value.split(", ")
    have_digits = [any(map(str.isdigit, item)) for item in items]
    is_mixed = any(have_digits) != all(have_digits)
    if is_mixed or _LIMITED.search(_with_marks(_BRACKETS.sub("", value))):
        return True
    if all(map(_THINGS.fullmatch, items)):
        return False
    rest = without_measures(value)
    if rest != value:  # "4.2 m assembled", but "650 fill power duck down"
        return _LETTERS.search(rest) is not None and is_how(rest.split()[-1])
    if _YEAR.fullmatch(value):
        return False
    return value[0].isdigit() and (" " in value or not re.search("[A-Za-z]", value))


def _is_split(fact: Fact, form: str, plain: str) -> bool:
    """Tells whether a form cuts a list: "10 PH Bits (8 PZ)", "60-Minute Eco Run Time (9 Boost)"."""
    first, comma, rest = fact.value.partition(", ")
    if not comma or form.casefold().startswith(fact.value.casefold()):
        return False
    are_numbers = all(any(map(str.isdigit, part)) for part in (first, rest))
    are_numbers &= "%" not in first or "%" in rest
    are_numbers |= first.isdecimal() and not is_plural(plain)  # "2 Laser Class (< 1 mW)"
    is_list = is_plural(plain) and not first[0].isdigit() and not is_how(rest.split()[-1])
    return are_numbers or (is_list and f"({rest.casefold()})" in form.casefold())


def _is_clumsy(form: str, plain: str, last: str) -> bool:
    """Tells whether a key stands behind what no noun may follow: "Oil from Coconut Carrier"."""
    before, _, behind = _BRACKETS.sub("", form).casefold().rpartition(last)
    if " + " in before:
        return True  # "90cm + 35 cm Extender Length"
    before = _with_marks(_ABOUT.sub("", before))
    text = " ".join(word for word in before.split() if word not in plain.split())
    is_behind = behind.strip()[:1] in ("", ",") and last not in ("included", "required")
    return is_behind and not _FROM_TO.fullmatch(text) and _LIMITED.search(text) is not None


def _joins_unlike(value: str, form: str) -> bool:
    """Tells whether "and" joins what a thing is and how it is: "Pin and Nickel-Free"."""
    if " and " in value or " and " not in form:
        return False
    are_how = [is_how(item.split()[-1]) for item in value.split(", ") if item.strip()]
    return any(are_how) and not all(are_how)
