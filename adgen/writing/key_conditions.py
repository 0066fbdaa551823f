"""Conditions in a key's brackets, without which its value would say more: "Runtime (eco)"."""

from __future__ import annotations

import re

from adgen.products.units import NAMES
from adgen.writing.key_terms import PRESENT, STATES

_BRACKETS = re.compile(r" ?\((?P<text>[^()]+)\)")
_WORD = re.compile(r"[a-z]{3}|\b(?:hi|lo)\b")  # no abbreviation of a unit or a country
_SIDES = re.compile(r"\bx\b|×|\*|^[lwhd]{2,4}\b|\b[lwhd]x[lwhd]")
# "if closed", "up to 30 m", "at 50%", "max 180 °C".
_LIMIT = re.compile(r"^(?:if|up to|at|max\.?|min\.?|below|above|under) ?\S*[\da-z]|\d ?°")
# Which say nothing of a measure, or stand for how it was taken.
_DULL_TEXT = """
approx approximate approximately circa about est estimated nominal typical official item product
overall total required optional included diagonal diagonally diameter length width height depth
imperial metric maximum minimum max min yes unit units usa value
"""
_DULL = frozenset(_DULL_TEXT.split())
_UNITS_TEXT = """
sq cu fl square cubic and or of in the kcal kpa mpa bar nits lux tog people persons years months
hours usd eur gbp
"""
_UNITS = frozenset(_UNITS_TEXT.split()) | NAMES.keys()
# What a number stands for that is bare without its key: "Strength (open gate)" is no weight.
_NEEDED = frozenset(("capacity", "strength", "output", "power", "speed", "pressure"))


def condition_of(key: str, value: str) -> str:
    """Returns under which condition a key's value is so; empty where brackets say no condition.

    Args:
        key: As the seller has it.
        value: Of which it is said; words alone need no condition.

    Example:
        >>> condition_of("Runtime (eco)", "120 h"), condition_of("Weight (kg)", "2")
        ('eco', '')
    """
    if value and not re.search(r"\d", value) and value.casefold() not in PRESENT:
        return ""
    texts = (found["text"].strip() for found in _BRACKETS.finditer(key))
    return next((text for text in texts if _is_condition(text, value)), "")


def without_condition(key: str, condition: str) -> str:
    """Returns a key without the brackets that hold its condition."""
    return _BRACKETS.sub(
        lambda found: "" if found["text"].strip() == condition else found[0], key
    ).strip()


def under_condition(said: str, plain: str, value: str, condition: str) -> str:
    """Returns what is said of a key with its condition behind it: "7 kN Strength (Open Gate)"."""
    needs_key = said == value and plain in _NEEDED
    return f"{said} {plain} ({condition})" if needs_key else f"{said} ({condition})"


def _is_condition(text: str, value: str) -> bool:
    plain = text.casefold()
    words = re.findall(r"\w+", plain)
    is_limit = _LIMIT.search(plain) is not None
    if _SIDES.search(plain) or plain in STATES or plain in ("if applicable", "if any"):
        return False
    if not is_limit and (not _WORD.search(plain) or words[0] in _DULL):
        return False
    is_unit = _UNITS.issuperset(words) and words[0] != "per"
    return not is_unit and not set(words) <= set(re.findall(r"\w+", value.casefold()))
