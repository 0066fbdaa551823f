"""Facts whose sense hangs on what the product is: a lamp's shade is a part, a shirt's a colour."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from adgen.products.lexicon import CLASSES, MATERIAL
from adgen.products.measures import is_measure
from adgen.products.product import Fact
from adgen.writing import key_terms as terms
from adgen.writing.by_thing import of_thing
from adgen.writing.key_absent import is_absent
from adgen.writing.key_shorthand import spelled_out
from adgen.writing.key_words import core_of, is_plural, plain_key, plural_of

_LAMPS = terms.set_of("lamp light chandelier sconce pendant lantern")
_WIGS = terms.set_of("wig extension weave bundle hairpiece ponytail toupee")
_SCREENS = frozenset(("screen", "screen size", "display size", "display"))
_WITH_SCREENS = terms.set_of(
    """tv television monitor laptop tablet phone smartphone iphone watch smartwatch chromebook
    notebook computer reader display screen projector console ipad player frame"""
)
# Things beside others, which are for them and not those themselves.
_BESIDE_OTHERS = terms.set_of(
    """mount stand bracket protector cover case filter arm holder sleeve bag cart riser backpack
    pad briefcase skin backlight bar desk table cushion charger strap band cable ink toner
    cartridge battery lens adapter remote keyboard dock film part seat mat knob"""
)
_SCENTED = terms.set_of(
    """candle soap gummy gummie candy tea juice lotion shampoo conditioner balm freshener oil wash
    butter incense sanitizer toothpaste slime scrub mask cream wax bomb gum lollipop drink"""
)
# Colours that are scents and flavours too.
_TASTES = terms.set_of(
    """orange lavender honey rose mint lemon lime cherry peach plum berry vanilla chocolate coffee
    coconut apple mango cinnamon caramel cream strawberry banana apricot cranberry pumpkin"""
)
_JEWELS = terms.set_of(
    """ring necklace earring bracelet pendant anklet brooch band choker bangle stud jewelry
    jewellery chain rosary tiara charm locket cufflink tray flatware cutlery watch"""
)
_METALS = terms.set_of("gold silver platinum copper bronze brass pewter")
_COLOUR_KEYS = terms.COLOURS | {"metal color", "metal colour", "color family", "primary color"}
_TOYS = terms.set_of("toy diecast model lego puzzle figure miniature replica ride playset")
_OF_THINGS = re.compile(
    r"(?P<thing>phone|printer|watch|laptop|tablet|vehicle|car|camera|console|machine)"
    r"(?: (?:brand|make|model|series|year))?"
)
_PETS = terms.set_of("dog cat puppy kitten horse pet bird rabbit")
_ITSELF = {"phone": "smartphone", "watch": "smartwatch", "car": "sedan"}
_KARATS = re.compile(r"(?P<number>9|14|18|22|24) ?ct", re.IGNORECASE)
_SEASONLESS = _JEWELS | terms.set_of(
    """bag handbag backpack clutch wallet purse belt watch perfume fragrance deodorant polish
    lipstick mascara lotion brief boxer bra trunk sunglasse umbrella"""
)
_PIECES = re.compile(r"(?P<number>[2-9]|\d{2,})[ -]?(?:pcs?|pieces?)\.?", re.IGNORECASE)
# What pieces are parts of.
_IN_PIECES = terms.set_of(
    """set kit bundle puzzle jigsaw lego block building suit outfit pajama swimsuit bikini sofa
    sectional luggage cutlery dinnerware cookware bedding model game train"""
)
_SHOES = terms.set_of(
    """shoe boot sandal sneaker slipper loafer heel pump clog flat oxford trainer cleat moccasin
    mule bootie footwear"""
)
_SHOE_SIZE = re.compile(r"\d[\d.]*(?:-[\d.]+)? (?:M|W|D|B|N|E{1,4}|Wide|Narrow|Medium)\b.*")
# Things for the things before them: a shoe rack, a bottle opener.
_HELPERS = terms.set_of(
    """rack organizer organiser opener cleaner hanger brush polish rod hook clip stretcher shelf
    caddy dryer sharpener stand holder remover warmer tree"""
)


def says_nothing(fact: Fact, head: str) -> str:
    """Returns why a fact says nothing of such a product, a watch's season; empty of others."""
    is_nothing = plain_key(fact.key) == "season" and head in _SEASONLESS
    return "says nothing of such a product" if is_nothing else ""


def as_meant(fact: Fact, said: Sequence[str]) -> Fact:
    """Returns a fact as `in_sense` does; those that say that nothing is there as they are."""
    is_told = fact.value.strip() and not is_absent(fact.value, fact.key)
    return in_sense(fact, said) if is_told else fact


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
    fact = of_thing(spelled_out(fact), said)
    key = plain_key(fact.key)
    head = said[-1]
    if head in _LAMPS and key in ("shade", "lamp shade", "lampshade"):
        return replace(fact, key="shade material")
    if head in _WIGS and key == "hair type":
        is_said = fact.value.casefold().endswith("hair")
        return Fact(fact.value if is_said else f"{fact.value} hair")
    if key in _SCREENS and is_measure(fact.value):
        return _of_screen(fact, said)
    if head == "stain" and key == "stain type":
        return Fact(fact.value)
    if any(map(str.isdigit, fact.value)):
        fact = _of_number(fact, key, said)
    if key in terms.MODELS and len(fact.value) == 1 and fact.value.isalpha():
        return Fact(f"model {fact.value}")
    helped = key.removesuffix(" type")
    if head in _HELPERS and helped != key and helped in said[:-1] and fact.value.islower():
        return Fact(f"for {_helped(helped, fact.value)}")
    own = _OF_THINGS.fullmatch(key)
    if own and _is_itself(own["thing"], said):
        return Fact(fact.value)
    if key in terms.AGES and fact.value.casefold() == "adult" and not _PETS.isdisjoint(said):
        return Fact(f"for adult {next(word for word in said if word in _PETS)}s")
    return _of_colour(fact, said)


def _of_number(fact: Fact, key: str, said: Sequence[str]) -> Fact:
    """Returns a number as such a product means it: a ring's karat, a shoe's size."""
    karats = _KARATS.fullmatch(fact.value)
    is_of_metal = not key or "metal" in key or key in ("material", "purity", "gold")
    if karats and is_of_metal and said[-1] in _JEWELS:
        return replace(fact, value=f"{karats['number']} karat")  # no "18 Count"
    pieces = _PIECES.fullmatch(fact.value)
    if pieces and key in terms.COUNT | terms.CONTENT and _IN_PIECES.isdisjoint(said):
        return replace(fact, value=f"pack of {pieces['number']}")
    if said[-1] in _SHOES and key in terms.SIZES and _SHOE_SIZE.fullmatch(fact.value):
        return Fact(f"size {fact.value}")  # "8.5 M" are no metres
    return fact


def _helped(thing: str, value: str) -> str:
    """Returns the things of a kind that a rack or an opener is for: boots, wine bottles."""
    is_said = is_plural(value) or value.endswith(thing)
    return plural_of(value if is_said else f"{value} {thing}")


def _of_screen(fact: Fact, said: Sequence[str]) -> Fact:
    """Returns the size of what a mount is for, or of the screen that a treadmill has."""
    before = said[: said.index("with")] if "with" in said else said
    if not _BESIDE_OTHERS.isdisjoint(before):
        return Fact(f"for {fact.value} screens")
    return Fact(f"{fact.value} screen") if _WITH_SCREENS.isdisjoint(said) else fact


def _is_itself(thing: str, said: Sequence[str]) -> bool:
    """Tells whether a product is the thing of a key, or a toy of it, and not what goes with it."""
    if thing in ("vehicle", "car") and not _TOYS.isdisjoint(said):
        return True
    return said[-1] in (thing, _ITSELF.get(thing)) and _BESIDE_OTHERS.isdisjoint(said)


def _of_colour(fact: Fact, said: Sequence[str]) -> Fact:
    """Returns a colour that would be read as something else as a colour: orange, of a candle."""
    if core_of(plain_key(fact.key)) not in _COLOUR_KEYS:
        return fact
    items = [item.split() for item in re.split("[,/]", fact.value.casefold())]
    words = [item[-1] for item in items if item]
    # A colour of most things, of rings what they are of; what the name says is known.
    is_metal = not _METALS.isdisjoint(words)
    is_stuff = any(CLASSES.get(word) == MATERIAL for word in words) and not is_metal
    is_taste = not _TASTES.isdisjoint(words) and not _SCENTED.isdisjoint(said)
    is_jewel = is_metal and not _JEWELS.isdisjoint(said) and _METALS.isdisjoint(said)
    if is_stuff or is_taste or is_jewel:
        return Fact(f"{fact.value} color")
    return fact
