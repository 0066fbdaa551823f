"""What buyers avoid: that a product holds none of it is told, other things that lack are not."""

from __future__ import annotations

import re

# Said as "Gluten Free"; the rest as "No Palm Oil".
_FREE = frozenset(("fragrance", "perfume", "gluten", "lactose", "alcohol", "paraben", "sulfate"))
_NO_TEXT = """
added sugar|added sugars|added salt|palm oil|additives|preservatives|silicones|phthalates
|mineral oil|mineral oils|microplastics|sweeteners|added sweeteners|artificial sweeteners
|artificial colors|artificial colours|artificial flavors|artificial flavours
|artificial preservatives|artificial additives|animal testing|added colors|added colours|sls|sles
|bpa|gmo|gmos
"""
_NO = frozenset(_NO_TEXT.replace("\n", "").split("|"))
_CRUELTY = frozenset(("tested on animals", "animal tested"))
_PLURALS = {
    **{"fragrances": "fragrance", "parabens": "paraben", "sulphate": "sulfate"},
    **{"sulfates": "sulfate", "sulphates": "sulfate"},
}
_NONE = re.compile(r"no|none|zero", re.IGNORECASE)  # a 0 may be what a shop exports of all


def said_of_avoided(key: str, value: str) -> str:
    """Returns how it is said that a product holds none of what buyers avoid; empty of other facts.

    Args:
        key: Without case, as people write it.
        value: As the seller has it.

    Example:
        >>> said_of_avoided("palm oil", "no"), said_of_avoided("gluten", "none")
        ('no palm oil', 'gluten free')
        >>> said_of_avoided("waterproof", "no"), said_of_avoided("palm oil", "yes")
        ('', '')
    """
    if not _NONE.fullmatch(value.strip()):
        return ""
    thing = key.casefold().strip().removeprefix("contains ")
    thing = _PLURALS.get(thing, thing)
    if thing in _FREE:
        return f"{thing} free"
    if thing == "scent":  # as catalogues call a column of fragrances
        return "unscented"
    if thing in _CRUELTY:
        return "not tested on animals"
    return f"no {thing}" if thing in _NO else ""
