"""Keys that no ad says, and values that say that something is there or is not."""

from __future__ import annotations

import re

from adgen.products.avoided import said_of_avoided
from adgen.writing import key_terms as terms
from adgen.writing.key_conditions import condition_of
from adgen.writing.key_words import denies, is_initials, is_plural, plain_key, says_some

_NOT_INCLUDED = re.compile(r"not (?:included|supplied)|excluded|sold separately", re.IGNORECASE)
_NO = re.compile(r"(?:not|none)\b(?!-)|no(?= ?[,;–-] | \()", re.IGNORECASE)
# Behind a key: "Batteries (not included)", "Stone (simulated)".
_DENYING_BRACKETS = re.compile(
    r"\([^)]*\b(?:not|sold|without|optional|simulated|imitation|faux)\b[^)]*\)", re.IGNORECASE
)
# What a weight is without, and no product: "Weight (without battery)".
_EXCLUDING = re.compile(r"\((?:without|w/o|excl\.?|excluding) [^)]+\)", re.IGNORECASE)
_NOT_NEEDED = re.compile(r"not (?:required|needed|necessary)", re.IGNORECASE)
# What bounds a claim, "No (when layered)".
_NOT_SO = re.compile(
    r"(?:no|not),? \(?"
    r"(?P<when>(?:when|if|unless|while|after|above|below|over|under|until) [^()]+)\)?",
    re.IGNORECASE,
)
# Work that no buyer misses; whatever else is not required may be a lack.
_SPARED = terms.WORK | frozenset(
    ("drilling", "predrilling", "soldering", "programming", "ironing", "gluing", "wiring", "sewing")
)
_CLAIMING = ("safe", "proof", "resistant", "able", "friendly", "compatible")
# "Does Not Shred Paper Clips"; what is not included is told otherwise.
_DOES_NOT = re.compile(r"(?:does|do|can|will) ?not (?!includ|come\b|contain|have\b|use\b)[a-z]+")
# Of a form filled in twice: "rigid no".
_GARBLED = re.compile(r".*\w (?:yes|no)")
# Of which "all" says nothing.
_OF_ALL_TEXT = (
    "gender,department,type,fabric type,vehicle type,style,audience,target audience,surface,"
    "vehicle,compatible,compatibility,occasion,suitable surfaces"
)
_OF_ALL = frozenset(_OF_ALL_TEXT.split(","))
_OF_PACKAGE = re.compile(
    r"(?:item )?(?:package|packaging|carton|parcel|shipping) "
    r"(?:height|length|width|depth|size|volume|weight|dimensions|colou?r|material)$"
)


# What a product does, and has none of.
_DOING = {
    **{"folds": "foldable", "stacks": "stackable", "collapses": "collapsible"},
    **{"detaches": "detachable", "extends": "extendable", "adjusts": "adjustable"},
    **{word: word for word in ("floats", "glows", "stands", "tilts", "swivels", "rotates")},
    **{word: word for word in ("reclines", "spins", "vibrates", "sings", "talks", "stretches")},
}


# Things that alone would be read as the product, or as another one.
_THINGS_TEXT = """
attractant bag basket belt case charger hood lid pouch remote stand strap tray caffeine collagen
retinol
"""
_THINGS = frozenset(_THINGS_TEXT.split())


def is_hidden(key: str) -> bool:
    """Tells whether a key is no matter of ads: an SKU, a price."""
    plain = plain_key(key)
    words = re.split(r"\W", plain)
    if _OF_PACKAGE.match(plain):
        return True
    return plain in terms.HIDDEN or not (terms.CODES_OF_TRADE | terms.WARNINGS).isdisjoint(words)


def is_absent(value: str, key: str = "") -> bool:
    """Tells whether a value says that there is nothing: "n/a", "no", "not included" of a key."""
    plain = value.strip().casefold()
    words = plain_key(key).split()
    if said_of_avoided(plain_key(key), value):
        return False
    if not_included(key, value) or (plain == "0" and not terms.OF_ZERO.isdisjoint(words)):
        return False
    if plain in terms.ABSENT or not any(map(str.isalnum, value)):
        return True
    last = words[-1] if words else ""
    is_none = last in terms.PARTS and plain == f"no {last}"  # "Main Stone: No Stone"
    is_denied = _denies(key, value)
    if plain in ("all", "any") and plain_key(key) in _OF_ALL:
        return True
    is_no = _NO.match(plain) is not None or _GARBLED.fullmatch(plain) is not None
    return bool(key) and (is_no or is_none or is_denied)


def not_included(key: str, value: str) -> str:
    """Returns how it is said that something does not come with a product, or is not so or needed.

    Empty of other facts.

    Example:
        >>> not_included("Batteries included", "no"), not_included("Adapter", "sold separately")
        ('batteries not included', 'adapter sold separately')
    """
    plain = plain_key(key)
    thing = plain.removesuffix(" included").removesuffix(" not")
    lacking = _NOT_INCLUDED.match(value.strip())
    rest = value.strip()[lacking.end() :] if lacking else ""
    if thing and lacking and (not rest or rest.startswith((",", ";"))):
        return f"{thing} {lacking.group().lower()}"  # what else it says is of another's
    is_denied = thing != plain and value.strip().casefold() in terms.ABSENT - {""}
    return f"{thing} not included" if is_denied else _not_so(plain, value.strip())


def _not_so(plain: str, value: str) -> str:
    """Returns how it is said that no work is needed, or when a claim does not hold."""
    limit = _NOT_SO.fullmatch(value)
    if limit and plain.endswith(_CLAIMING):
        return f"not {plain} {limit['when']}"
    work = re.split(r"[ -]", plain)[-1]
    if work not in _SPARED or not _NOT_NEEDED.fullmatch(value):
        return ""
    return f"no {plain} {value.split()[-1].lower()}"


def _denies(key: str, value: str) -> bool:
    """Tells whether a key denies its value, and is not said with it: "Does not include"."""
    plain = plain_key(key)
    goes_on = plain in terms.DENIALS or not terms.GOING_ON.isdisjoint(plain.split()[-1:])
    is_denial = denies(plain) and not (goes_on or _DOES_NOT.fullmatch(plain))
    in_brackets = _DENYING_BRACKETS.search(key) is not None
    if in_brackets and _EXCLUDING.search(key) and re.search(r"\d", value):
        in_brackets = False
    # "Non Slip: Yes" is said, "Leather (imitation): Yes" not.
    return in_brackets or (is_denial and not is_present(value))


def is_present(value: str) -> bool:
    """Tells whether a value says no more than that its key is so: "yes"."""
    return value.strip().casefold() in terms.PRESENT


def said_of_present(key: str) -> str:
    """Returns how a fact is said whose value is "yes": "Is Foldable" as "foldable"."""
    plain = plain_key(key)
    condition = condition_of(key, "")
    behind = f" ({condition})" if condition else ""  # "Dishwasher Safe (Top Rack)"
    if plain in _DOING:
        return f"{_DOING[plain]}{behind}"
    is_several = (is_plural(plain) and " " not in plain) or plain in _THINGS
    is_several &= not is_initials(key)  # "RDS"
    return f"with {plain}{behind}" if is_several else f"{plain}{behind}"


def present_with(key: str, tail: str) -> str:
    """Returns how it is said that something is there, and more of it: "Hood (Detachable)"."""
    more = tail.strip(" ()")
    if not says_some(more, plain_key(key).split()[-1:]):
        return f"{said_of_present(key)}{tail}"
    return f"with {more}" if is_plural(plain_key(key)) else more
