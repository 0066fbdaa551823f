"""Whose a product is, as shops' keys have it, and how ads say it: "womens" is "Women's"."""

from __future__ import annotations

from collections.abc import Mapping

_FOR_WOMEN, _FOR_MEN = ("Women's", "for Women"), ("Men's", "for Men")
OWNERS: Mapping[str, tuple[str, ...]] = {
    "women": _FOR_WOMEN,
    "woman": _FOR_WOMEN,
    "female": _FOR_WOMEN,
    "men": _FOR_MEN,
    "man": _FOR_MEN,
    "male": _FOR_MEN,
    "girls": ("Girls'", "for Girls"),
    "boys": ("Boys'", "for Boys"),
    "kids": ("Kids'", "for Kids"),
    "unisex kids": ("Kids'", "for Kids"),
    "unisex children": ("Kids'", "for Kids"),
    "girl": ("Girls'", "for Girls"),
    "boy": ("Boys'", "for Boys"),
    "kid": ("Kids'", "for Kids"),
    "children": ("Children's", "for Children"),
    "child": ("Children's", "for Children"),
    "unisex": ("Unisex",),
    "unisex adult": ("Unisex",),
    "unisex adults": ("Unisex",),
    "neutral": ("Gender Neutral",),
}
_MANY = """adult toddler infant teen teenager child girl boy cat dog puppy kitten bird horse rabbit
    chicken duck goat hamster reptile beginner professional student car
    truck van suv motorcycle boat woman man"""
MANY: Mapping[str, str] = {
    **{word: f"{word}s" for word in _MANY.split()},
    **{"baby": "babies", "puppy": "puppies", "child": "children", "suv": "SUVs"},
    **{"woman": "women", "man": "men", "kid": "kids", "fish": "fish"},
}
