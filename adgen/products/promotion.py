"""Words of promotion, which no platform wants in a product's title."""

from __future__ import annotations

import re

_PROMOTION = re.compile(
    r"\b(?:free (?:shipping|delivery|returns?|gift)|best[- ]sell(?:er|ers|ing)|on sale|for sale|"
    r"sale|clearance|discount(?:ed|s)?|cheap(?:est)?|lowest prices?|best prices?|low prices?|"
    r"hot (?:item|deal|sale|selling)s?|limited[- ]time|buy (?:now|one|1|two|2)|click here|"
    r"order now|shop now|money[- ]back|satisfaction guaranteed?|100% (?:quality|satisfaction)|"
    r"guaranteed|top[- ](?:rated|selling|quality)|number one|deal of the day|deals?|bargains?|"
    r"black friday|cyber monday|coupons?|promo(?:tion|tional)?s?|wholesale|new arrivals?|"
    r"last chance|don'?t miss|hurry|fast shipping|cash on delivery)\b|\bsave \d+ ?%|"
    r"\b\d+ ?% off\b|#1\b|[$€£]\s?\d+(?:[.,]\d\d)?\b|\b\d+[.,]\d\d ?[€£]|\b\d(?:\.\d)? stars?\b|"
    r"\bcall (?:us )?\+?[\d(][\d ()-]{6,}|"
    r"https?://\S+|\bwww\.\S+|[^\s@]+@[^\s@]+\.\w+",
    re.IGNORECASE,
)


def find_promotion(text: str) -> str | None:
    """Returns the first words of promotion in a text; None where there are none.

    Example:
        >>> find_promotion("Free Shipping! 20% OFF"), find_promotion("Sailing shoes")
        ('Free Shipping', None)
    """
    match = _PROMOTION.search(text)
    return match.group() if match else None
