"""What "ct" stands for beside gold and stones: karats of the one, carats of the other, no count."""

from __future__ import annotations

import re

_WORDS = r"[ -](?:[\w-]+[ -]){0,3}"
_GOLD = re.compile(rf"{_WORDS}?(?:gold|platinum)\b", re.IGNORECASE)
_STONES = re.compile(
    rf"{_WORDS}?(?:diamonds?|moissanites?|sapphires?|ruby|rubies|emeralds?|gemstones?|topaz|"
    r"amethysts?|garnets?|opals?|tanzanites?|aquamarines?|zirconias?|cz|stones?|lab-grown)\b",
    re.IGNORECASE,
)
_UNITS = frozenset(("ct", "ct."))
CARAT = "carat"


def is_of_gold(unit: str, text: str, end: int) -> bool:
    """Tells whether a unit that ends there says how pure gold is: "9ct yellow gold".

    Example:
        >>> is_of_gold("ct", "9ct yellow gold", 3), is_of_gold("ct", "90 ct box", 5)
        (True, False)
    """
    return unit.casefold() in _UNITS and _GOLD.match(text, end) is not None


def weighs_stones(unit: str, text: str, end: int) -> bool:
    """Tells whether a unit that ends there weighs stones: "0.25ct lab-grown diamond"."""
    return unit.casefold() in _UNITS and _STONES.match(text, end) is not None
