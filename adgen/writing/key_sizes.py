"""How an ad says sizes: a shoe's, a shirt's, a stone's carats."""

from __future__ import annotations

import re
from collections.abc import Callable

from adgen.products.measures import find_measures, is_measure
from adgen.writing.key_terms import GEMS

_CODE = re.compile(  # a bare 10, XL, 3T, 5-6Y
    r"[\d.]+|X{0,4}[SML]|\dX[LS]?|\d+(?:-\d+)?[TYM]", re.IGNORECASE
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
# 2 ct, 2ct.; 1 cttw, 1/2 ct. t.w.
_CARATS = re.compile(r"\s?(?:\b|(?<=\d))ct\b\.?(?!\w)", re.IGNORECASE)
_ALL_CARATS = re.compile(
    r"\s?(?:\b|(?<=\d))(?:cttw|ctw|tcw|(?:ct\.?|carats?)\s(?:tw\b|t\.w\b\.?|total weight))",
    re.IGNORECASE,
)
_SHORTEST_WORD = 4  # letters; a shorter size is a code


def sized(value: str) -> list[str]:
    """Returns how a size is said: "Size M", but "Queen"."""
    if re.fullmatch(r"[\d.]+ ?/ ?[\d.-]+", value):  # a shirt's 16.5 / 34-35
        return [f"Size {value}"]
    if re.fullmatch(r"\d+[A-Z]", value):
        return [f"Size {value}"]
    if find_measures(value) or "size" in value.casefold():
        return [value]
    is_word = value.isalpha() and len(value) >= _SHORTEST_WORD  # a mattress is no "Size Queen"
    if _CODE.fullmatch(value):
        return [f"Size {value}"]
    return [value] if is_word else [value, f"Size {value}"]


def shoe_sized(value: str) -> list[str]:
    """Returns how a shoe's size is said."""
    return [f"US Size {value}"] if _NUMBER.fullmatch(value) else sized(value)


def of_width(value: str) -> list[str]:
    """Returns how a shoe's width is said; a usual one is not."""
    if value.casefold() in ("standard", "regular", "medium", "normal", "m"):
        return []  # as all are
    return [value if len(value.split()) > 1 or not value.isalpha() else f"{value} Width"]


def in_carats(value: str) -> list[str]:
    """Returns how the weight of stones is said: "0.5 ct" is "0.5 Carat".

    That of all stones together says so: "1 cttw" is "1 Carat Total Weight".
    """
    if re.fullmatch(r"\d*\.?\d+", value):
        return [f"{value} Carat"]
    value = _ALL_CARATS.sub(" Carat Total Weight", value)
    return [_CARATS.sub(" Carat", value)]


def of_stones(value: str, listed: Callable[[str], str]) -> list[str]:
    """Returns how stones are said, "Pearl", "Onyx Stone", and of one its weight before it.

    Args:
        value: As the seller has it.
        listed: Joins a list's items.
    """
    first, comma, weight = value.partition(", ")
    if comma and is_measure(weight):  # of that stone, and of no other one
        amount = _CARATS.sub(" carat", weight)
        return [f"{amount} {text}" for text in of_stones(first, listed)]
    said = listed(value)
    is_gem = said.casefold().split()[-1] in GEMS or "stone" in said.casefold()
    return [said if is_gem else f"{said} stone"]


def in_sizes(value: str) -> list[str]:
    """Returns how it is said in which sizes a product can be had."""
    return [value] if "size" in value.casefold() else [f"Sizes {value}", f"in Sizes {value}"]
