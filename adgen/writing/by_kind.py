"""Facts whose sense hangs on what the product is: a lamp's shade is a part, a shirt's a colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adgen.products.lexicon import CLASSES, MATERIAL
from adgen.products.measures import is_measure
from adgen.products.product import Fact
from adgen.writing.key_terms import COLOURS
from adgen.writing.key_words import plain_key

_LAMPS = frozenset(("lamp", "light", "chandelier", "sconce", "pendant", "lantern"))
_WIGS = frozenset(("wig", "extension", "weave", "bundle", "hairpiece", "ponytail", "toupee"))
_SCREENS = frozenset(("screen", "screen size", "display size", "display"))
_WITH_SCREENS_TEXT = """tv television monitor laptop tablet phone smartphone iphone watch smartwatch
    chromebook notebook computer reader display screen projector console ipad player frame"""
_WITH_SCREENS = frozenset(_WITH_SCREENS_TEXT.split())
_FOR_SCREENS_TEXT = """mount stand bracket protector cover case filter arm holder sleeve bag cart
    riser backpack"""
_FOR_SCREENS = frozenset(_FOR_SCREENS_TEXT.split())
_SCENTED_TEXT = """candle soap gummy gummie candy tea juice lotion shampoo balm freshener diffuser
    oil cream wax bath bomb gum lollipop drink"""
_SCENTED = frozenset(_SCENTED_TEXT.split())
_JEWELS = frozenset(("ring", "necklace", "earring", "bracelet", "pendant", "anklet", "brooch"))
_METALS = frozenset(("gold", "silver", "platinum", "copper", "bronze", "brass", "pewter"))


def in_sense(fact: Fact, said: Sequence[str]) -> Fact:
    """Returns a fact as it is meant of such a product.

    Args:
        fact: As the seller has it.
        said: The words of its brand and name in the form of `repetition.words_of`, and last the
            word that says what it is.

    Example:
        >>> in_sense(Fact("linen", "Shade"), ["lamp"]), in_sense(Fact("nude", "Shade"), ["blush"])
        (Fact(value='linen', key='shade material'), Fact(value='nude', key='Shade'))
    """
    key = plain_key(fact.key)
    head = said[-1]
    if head in _LAMPS and key in ("shade", "lamp shade", "lampshade"):
        return replace(fact, key="shade material")
    if head in _WIGS and key == "hair type":
        return Fact(f"{fact.value} hair")
    if key in _SCREENS and is_measure(fact.value):
        if head in _FOR_SCREENS:
            return Fact(f"for {fact.value} screens")
        return Fact(f"{fact.value} screen") if _WITH_SCREENS.isdisjoint(said) else fact
    last = fact.value.casefold().split()[-1:]
    is_metal = not _METALS.isdisjoint(last)  # a colour of most things, of rings what they are of
    is_stuff = [CLASSES.get(word) for word in last] == [MATERIAL] and not is_metal
    is_else = is_stuff or head in _SCENTED or (is_metal and head in _JEWELS)
    if key in COLOURS and is_else and "," not in fact.value:
        return Fact(f"{fact.value} color")  # an orange candle has no scent of orange
    return fact
