"""Keys that say what a product is for, needs or bears, and not what it is: "Recommended Height"."""

from __future__ import annotations

import re

from adgen.writing.key_terms import AGES, OF_AGE, USE
from adgen.writing.key_ways import fitting, joins, listed
from adgen.writing.key_words import plural_of, says_some

_OF_SIZE = "height|width|length|depth|weight|size|thickness|use|diameter"
_LIMITED = re.compile(
    rf"(?:item |product )?(?P<limit>max(?:imum)?|min(?:imum)?) (?P<thing>{_OF_SIZE})"
)
_TARGET = re.compile(
    r"(?:recommended|target|suggested|manufacturer) (?:user |rider |child |body |dog |pet |baby )?"
    r"(?:(?P<limit>max(?:imum)?|min(?:imum)?) )?(?P<thing>height|weight)"
    r"|(?:item )?(?P<other>weight) recommendation"
)
_WORKED_ON = re.compile(r"(?:applicable|suitable|recommended|compatible) (?:materials?|surfaces?)")
_FITTED = re.compile(  # "for Gas and Induction Hobs"
    r"(?:suitable|compatible|applicable) (?:for )?"
    r"(?P<thing>(?:hob|cooktop|stove|floor|plant|room|pot|pan|wall|window|door|tank|bike)s)"
    r"(?: types?)?"
)
_RECOMMENDED = re.compile(r"recommended (?P<thing>.+)|(?P<other>.+) recommendation")
_MAKES_TEXT = "brands?|makes?|models?|series"
_THINGS_TEXT = "phone|printer|watch|laptop|tablet|vehicle|car|camera|console|device|machine"
_FOR_MAKES = re.compile(
    rf"(?:applicable|for|compatible|fits|suitable|{_THINGS_TEXT}) (?:{_MAKES_TEXT})"
)
_OTHERS = re.compile(r"phone|vehicle|car|printer")
_STAINS = re.compile(r"(?P<thing>stain|floor) types?")
_WITHOUT = re.compile(r"\b(?:without|excluding|excl\.?|not including) ", re.IGNORECASE)
_CONTAINS = re.compile(r"contains (?P<thing>.+)")
_LISTED = USE | AGES
_NONE = frozenset(("free", "0", "0%", "zero", "none"))
# Of what other lists know: "Recommended Use", "Recommended Age".
_KNOWN = re.compile(
    r"recommended (?:uses?|ages?|for|room|needles?|hooks?|surface|terrain|skin|hair|vehicle|breed)"
    r"\b.*|(?:surface|care|age|breed|skin|hair) .+"
)


def target_of(key: str, value: str) -> list[str]:
    """Returns how it is said what a product is for, needs or bears; empty of other keys.

    Args:
        key: From `plain_key`.
        value: As the seller has it.

    Example:
        >>> target_of("recommended height", "100-120 cm"), target_of("max size", "40 mm")
        (['for height 100-120 cm'], ['40 mm max size'])
    """
    if _WITHOUT.search(value) and re.search(r"\d", value):
        return [f"{key} {value}"]  # "1.5 kg Without Battery" would lack one
    target = _TARGET.fullmatch(key)
    if target and re.search(r"\d", value):
        return [_bounded(target["thing"] or target["other"], target["limit"] or "", value)]
    limited = _LIMITED.fullmatch(key)
    if limited and re.search(r"\d", value) and limited["thing"] != "weight":
        return [f"{value} {limited['limit']} {limited['thing']}"]
    if _WORKED_ON.fullmatch(key):
        return [listed(value) if joins(value) else f"for {listed(value)}"]
    fitted = _FITTED.fullmatch(key)
    if fitted and not re.search(r"\d", value):
        return [f"for {listed(value)} {fitted['thing']}"]
    stains = _STAINS.fullmatch(key)
    if stains:
        is_said = stains["thing"] in value.casefold()
        of = "" if is_said else f" {plural_of(stains['thing'])}"
        return [f"for {listed(value)}{of}"]
    contains = _CONTAINS.fullmatch(key)
    if contains and value.casefold().startswith("may"):
        return [f"may contain {contains['thing']}"]
    if contains and value.casefold() in _NONE:
        return [f"{contains['thing']} free"]
    if contains and re.search(r"\d", value) and " per " not in value:
        return [f"contains {value} {contains['thing']}"]
    is_other = _OTHERS.fullmatch(key) and value[:1].isupper()
    return fitting(value) if is_other or _FOR_MAKES.fullmatch(key) else _recommended(key, value)


def _bounded(thing: str, limit: str, value: str) -> str:
    """Returns whom or what a product is for, between bounds: "for weight up to 40 kg"."""
    most = re.sub(r"^(?:up to|max\.?|under) ", "", value, flags=re.IGNORECASE)
    if most != value or limit.startswith("max"):
        return f"for {thing} up to {most}"
    if limit.startswith("min"):
        return f"for {thing} from {value}"
    is_range = re.search(r"\d.*(?:-|–| to ).*\d", value) is not None
    return f"for {thing} {value}" if is_range else f"recommended {thing} {value}"


def _recommended(key: str, value: str) -> list[str]:
    """Returns how it is said what is recommended beside a product: "LED Bulb Recommended"."""
    if key == "recommended by":
        return [f"{key} {value}"]
    found = _RECOMMENDED.fullmatch(key)
    is_known = _KNOWN.fullmatch(key) or key.removeprefix("recommended ") in _LISTED
    if not found or is_known or "weight" in key or set(key.split()) <= OF_AGE:
        return []
    thing = found["thing"] or found["other"]
    is_said = says_some(value, thing.split())
    return [f"{value} recommended" if is_said else f"{value} {thing} recommended"]
