"""Values that stand behind their key, since they are no adjectives: "Refill: from top"."""

from __future__ import annotations

import re

from adgen.writing.key_terms import GENERIC_OF_PARTS
from adgen.writing.key_ways import listed
from adgen.writing.key_words import core_of, is_plural, rest_of, says_some, singular_of

# Keys that say what a product does or what is to be done with it.
_VERBS_TEXT = """
absorbs adjusts apply attaches bends carries charges closes connects converts cools covers detects
expands extends filters heats keeps lifts mixes needs opens prevents protects reaches reduces
plant reflects removes requires resists rotates seals sow stays steep stretches swivels tilts turns
works
"""
_VERBS = frozenset(_VERBS_TEXT.split())
_BEGINNING = re.compile(
    r"(?:on|in|into|onto|from|by|at|to|over(?! \d)|under(?! \d)|via|inside|behind|against|through|"
    r"during|while|when|after|before|requires?|needs|includes|works) ",
    re.IGNORECASE,
)
_JOINTS = re.compile(r"(?:for|with|without|fits|suitable for|compatible with) ", re.IGNORECASE)
# Parts that are for something or have something, which the whole product is not or has not.
_PARTS_TEXT = """
adapter bag basket belt bracket cap castor caster clamp compartment cover cushion door flap handle
harness hole holder hood hook hose lid loop mount nozzle pad pocket pouch rack shelf sleeve slot
stand strap tip tray wheel window zip zipper drawer backrest headrest armrest footrest divider
"""
_PARTS = frozenset(_PARTS_TEXT.split())
_BY = {
    **{"illustrator": "illustrated", "narrator": "narrated", "translator": "translated"},
    **{"editor": "edited", "director": "directed", "designer": "designed"},
    "publisher": "published",
}
_COMPATIBLE = re.compile(r"(?P<what>(?!partly|fully|no|non|not)\b.+) compatible", re.IGNORECASE)


def behind_key(key: str, value: str) -> list[str]:
    """Returns how a value is said that stands behind its key; empty of other values.

    Args:
        key: From `plain_key`; of which no list knows a way.
        value: As the seller has it.

    Example:
        >>> behind_key("refill", "from top"), behind_key("underfloor heating", "suitable")
        (['refill from top'], ['suitable for underfloor heating'])
    """
    words = core_of(key)
    if key in _VERBS and not value.isdecimal():
        return [f"{key} {listed(value)}"]
    if key in _BY:
        is_name = value[:1].isupper() and (" " in value or key == "publisher")
        return [f"{_BY[key]} by {value}"] if is_name else []
    if value.casefold() == "suitable":
        return [f"suitable {key}" if key.startswith("for ") else f"suitable for {key}"]
    compatible = _COMPATIBLE.fullmatch(value)
    if compatible and is_plural(key):
        return [f"compatible with {compatible['what']} {key}"]  # which are not in the box
    if not rest_of(key, GENERIC_OF_PARTS) or says_some(value, words.split()):
        return []
    is_of_part = _JOINTS.match(value) and singular_of(words.split()[-1]) in _PARTS
    is_behind = is_of_part or _BEGINNING.match(value) or value.casefold().endswith(" only")
    return [f"{words} {value}"] if is_behind else []
