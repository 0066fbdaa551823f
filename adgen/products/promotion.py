"""Words of promotion, which no platform wants in a product's title."""

from __future__ import annotations

import re
from collections.abc import Mapping

# By words of which each phrase holds one: who looks for many phrases in many texts can ask for
# these words first.
PHRASES: Mapping[str, str] = {
    "free": "free (?:shipping|delivery|returns?|gift)",
    "best": "best[- ]sell(?:er|ers|ing)|best prices?",
    "sale": "(?:on |for )?sale",
    "clearance": "clearance",
    "discount discounted discounts": "discount(?:ed|s)?",
    "cheap cheapest": "cheap(?:est)?",
    "price prices": "lowest prices?|low prices?",
    "hot": "hot (?:item|deal|sale|selling)s?",
    "limited": "limited[- ]time",
    "buy": "buy (?:now|one|1|two|2)",
    "click": "click here",
    "order": "order now",
    "shop": "shop now",
    "money": "money[- ]back",
    "satisfaction": "satisfaction guaranteed?",
    "100": "100% (?:quality|satisfaction)",
    "guaranteed": "guaranteed",
    "top": "top[- ](?:rated|selling|quality)",
    "number": "number one",
    "deal deals": "deal of the day|deals?",
    "bargain bargains": "bargains?",
    "friday": "black friday",
    "cyber": "cyber monday",
    "coupon coupons": "coupons?",
    "promo promos promotion promotions promotional": "promo(?:tion|tional)?s?",
    "wholesale": "wholesale",
    "arrival arrivals": "new arrivals?",
    "chance": "last chance",
    "miss": "don['’]?t miss",
    "hurry": "hurry",
    "fast": "fast shipping",
    "cash": "cash on delivery",
}
# Whom mugs and shirts call so: "Best Dad Ever" is no claim.
_PEOPLE = (
    "dad|daddy|mom|mum|mama|papa|grand\\w+|father|mother|aunt|uncle|sister|brother|son|daughter|"
    "wife|husband|friends?|teacher|coach|boss|nurse|nana|day|year|birthday|christmas|gift"
)
_OTHERS = rf"(?! (?:\w+ )?(?:{_PEOPLE})\b)"
# What nobody can prove.
_SUPERLATIVES = (
    rf"\bbest{_OTHERS} (?:[\w-]+ ){{1,4}}ever\b(?!-)|"
    rf"\bthe (?:best|finest|greatest)\b(?! (?:of|before|way|part|\d))(?!-){_OTHERS}|"
    rf"\bworld['’]?s (?:best|finest|greatest)\b{_OTHERS}|"
    r"\bunbeatable\b|(?:\bno\.? ?|\bnumber )1 (?:brand|choice|seller|rated)\b"
)
_PROMOTION = re.compile(
    rf"{_SUPERLATIVES}|\b(?:{'|'.join(PHRASES.values())})\b|\bsave \d+ ?%|"
    r"\b\d+ ?% off\b|#1\b|[$€£]\s?\d+(?:[.,]\d\d)?\b|\b\d+[.,]\d\d ?[€£]|\b\d(?:\.\d)? stars?\b|"
    r"\bcall (?:us )?\+?[\d(][\d ()-]{6,}|"
    r"https?://\S+|\bwww\.\S+|[^\s@]+@[^\s@]+\.\w+",
    re.IGNORECASE,
)


# Of a space between parts, an energy label, a lock: no words of promotion.
_TECHNICAL = re.compile(
    r"\b(?:ground|road|ride|shackle|overhead|head|floor|door|wall|ceiling|tire|tyre|wheel|fork|"
    r"step|standover|frame|bearing|radial|axial|internal|side|vertical|horizontal|leg|knee|c[n0-5]|"
    r"\d ?(?:mm|cm|m|in|inch|inches|ft|feet|\")) clearance\b|\"clearance\b|"
    r"\bclearance (?:height|hole|fit|angle)s?\b|"
    r"\bclearance(?: \([a-z]+\))?: ?(?:[\d<>≤≥~.]|c[n0-5]\b)|"
    r"\b(?:energy|kitemark|wels|water|ncap|safety)(?: \w+)?:? \d(?:\.\d)? stars?\b|"
    r"\b\d(?:\.\d)? stars? (?:energy|kitemark|wels|water|ncap|safety|cylinder)\b",
    re.IGNORECASE,
)


def find_promotion(text: str) -> str | None:
    """Returns the first words of promotion in a text; None where there are none.

    Example:
        >>> find_promotion("Free Shipping! 20% OFF"), find_promotion("Sailing shoes")
        ('Free Shipping', None)
        >>> find_promotion("Best sofa ever"), find_promotion("Best before 2027")
        ('Best sofa ever', None)
    """
    for match in _PROMOTION.finditer(text):
        known = _TECHNICAL.finditer(text)
        if not any(one.start() <= match.start() and match.end() <= one.end() for one in known):
            return match.group()
    return None
