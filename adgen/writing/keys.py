"""What sellers call their facts, and how an ad says each: "thickness: 6 mm" is "6mm Thick"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from adgen.products.measures import find_measures, is_measure


def _terms(text: str) -> frozenset[str]:
    return frozenset(term.strip() for term in text.replace("\n", " ").split(","))


# Keys whose values stand alone: "colour: black" is "Black".
_ALONE = _terms(
    """finish, type, style, variant, feature, features, care, care instructions, operating system,
    metal, metal type, key features, special feature, special features,
    brand, pattern, flavor, flavour, scent, series, edition, version, title, item, form,
    material, materials, material type, fabric, fabric type, product type, item type, shoe type,
    model name, mode, operation mode, operating mode, protection level, sun protection, spf,
    manufacturer, country, description, function, animal, container type, package type, packaging,
    health benefit, health benefits, caffeine, caffeine content"""
)
_COLOURS = _terms("color, colour, colors, colours, shade")
_SIZES = _terms("size, shoe size, us size, clothing size, ring size")
_CODE = re.compile(r"[\d.]+|X{0,4}[SML]|\dX[LS]?|\dT", re.IGNORECASE)  # a bare 10, XL, 3T
# Those whose values do where they are more than a number.
_MEASURED = _terms(
    """weight, net weight, item weight, capacity, volume, net content, memory, storage, screen size,
    display size, dimensions, dimension, item dimensions, product dimensions, power, wattage,
    voltage, dosage, strength, layer, layers"""
)
# Keys that no buyer reads.
_HIDDEN = _terms(
    """sku, upc, ean, gtin, asin, isbn, id, handle, barcode, price, currency, availability, stock,
    url, link, image, vendor, tags, status, shipping, condition, item id, product id, seller sku,
    ship weight, shipweight, shipping weight"""
)
_MODELS = _terms("model, model number, model no, part number, mpn")  # "Model 42"
_CODES_OF_TRADE = _terms("upc, ean, sku, gtin, asin, isbn")  # in whatever key
# Last words of keys that say nothing beside a value; of a part beside words: "Short Sleeve".
_GENERIC = _terms(
    """type, types, material, form, variety, range, level, content, contents, uses, use, age, name,
    number, brand, specialty, benefit, benefits, feature, features, style, option, value, kind,
    category, classification, group, series, model, firmness, reusability, item, size, attribute,
    grade, optical"""
)
_QUANTITIES = _terms("weight, depth, speed, rate, temperature, height, width, capacity, rating")
_GENERIC_OF_PARTS = _GENERIC | _terms(
    "length, height, width, thickness, color, colour, shape, finish, pattern, design"
)
# First words that say nothing either.
_GENERIC_FIRST = _terms(
    """additional, applicable, certified, item, key, main, other, product, recommended, special,
    specific, sub"""
)
_WITH_LENGTH = _terms("cable, chain, cord, hose, lead, rope, strap, wire")  # "6 ft Cord"
_NUMBER_OF = re.compile(r"(?:number|no\.?|#) of (?P<thing>.+)")
_ORIGIN = _terms("country of origin, made in, origin, country of manufacture")
_CERTIFICATES = _terms("certification, certifications, certificate")
_SOURCES = _terms("power source, power supply, powered by, power type")
_POWERS = _terms("ac, air, battery, dc, electric, gas, gasoline, hand, solar, usb")
_CONTENTS = _terms(
    """included components, included, includes, package contents, package includes, in the box,
    what's in the box, accessories included"""
)
_BODIES = frozenset(("hair", "skin"))  # "for Oily Skin"
_WORDS_OF_A_KIND = 2  # "Two Words Mask" of a mask's type; more stand alone
_LETTERS = re.compile(r"[A-Za-z]{2}")
_SHORTEST_STEM = 4  # letters that a value and its key share: "V-neck" and "neckline"
_FITS = _terms(
    """compatible with, compatibility, compatible models, compatible devices, compatible brand, fit,
    fits, for, suitable for, works with, use with, machine type"""
)
_AUDIENCE = _terms(
    """gender, audience, department, department name, target, target audience, target gender,
    target species, applicable people"""
)
_AGES = _terms(
    """age, ages, age group, age range, recommended age, suitable age, manufacturer recommended age,
    age range description"""
)
_USE = _terms(
    """use, uses, usage, recommended use, occasion, room, room type, sport, sport type, activity,
    application, season, ideal for, perfect for"""
)
_COUNT = _terms(
    """quantity, qty, count, pack, pack size, pack of, package quantity, item package quantity,
    number of items, units"""
)
_CONTENT = _terms("net content, net contents, content, contents")  # a bare number counts things
# What stands behind the value of a dimension.
_ADJECTIVES: Mapping[str, tuple[str, ...]] = {
    "length": ("Long", "Length"),
    "width": ("Wide", "Width"),
    "height": ("High", "Tall"),
    "thickness": ("Thick", "Thickness"),
    "depth": ("Deep", "Depth"),
}
_FOR_WOMEN, _FOR_MEN = ("Women's", "for Women"), ("Men's", "for Men")
_OWNERS: Mapping[str, tuple[str, ...]] = {
    "women": _FOR_WOMEN,
    "woman": _FOR_WOMEN,
    "female": _FOR_WOMEN,
    "men": _FOR_MEN,
    "man": _FOR_MEN,
    "male": _FOR_MEN,
    "girls": ("Girls'", "for Girls"),
    "boys": ("Boys'", "for Boys"),
    "kids": ("Kids'", "for Kids"),
    "kid": ("Kid's", "for Kids"),
    "girl": ("Girl's", "for Girls"),
    "boy": ("Boy's", "for Boys"),
    "children": ("Children's", "for Children"),
    "child": ("Children's", "for Children"),
    "unisex": ("Unisex", "for Men and Women"),
}
_ABSENT = _terms(
    """, n/a, na, none, no, false, not applicable, unknown, -, null, nan, not, does not apply,
    unspecified, other"""
)
_PRESENT = _terms("yes, true, included, y")


def is_hidden(key: str) -> bool:
    """Tells whether a key is no matter of ads: an SKU, a price."""
    plain = _plain(key)
    return plain in _HIDDEN or not _CODES_OF_TRADE.isdisjoint(plain.split())


def is_absent(value: str) -> bool:
    """Tells whether a value says that there is nothing: "n/a", "none", "no"."""
    return value.strip().casefold() in _ABSENT or not any(map(str.isalnum, value))


def is_present(value: str) -> bool:
    """Tells whether a value says no more than that its key is so: "yes"."""
    return value.strip().casefold() in _PRESENT


def sayings(key: str, value: str) -> list[str]:
    """Returns how an ad may say a fact, the usual way first.

    Args:
        key: What the seller calls it; may be empty.
        value: Its value.

    Example:
        >>> sayings("thickness", "6mm")
        ['6mm Thick', '6mm Thickness']
    """
    plain = _plain(key)
    owners = _owners(value)
    if owners and (plain in _AUDIENCE or plain in _AGES or not plain):
        return list(owners)
    if plain in _COUNT or plain.endswith((" quantity", " count")):
        return _counted(value)
    if plain in _ADJECTIVES and any(map(str.isdigit, value)):
        return [f"{value} {word}" for word in _ADJECTIVES[plain]]
    number_of = _NUMBER_OF.fullmatch(plain)
    if number_of:
        return _of_things(value, number_of["thing"])
    for keys, say in _WAYS:
        if plain in keys:
            return say(value)
    if not plain or (plain in _MEASURED and re.search(r"[^\d.,\s]", value)):
        return [value]
    return _with_key(plain, value)


def _owners(value: str) -> tuple[str, ...]:
    """Returns how it is said whose a product is: "womens" as "Women's" is."""
    plain = re.sub(r"[’']|^for ", "", value.casefold())
    return _OWNERS.get(plain) or _OWNERS.get(plain.removesuffix("s"), ())


def _counted(value: str) -> list[str]:
    """Returns how a number of items is said; a single one is not."""
    if not value.isdigit():
        return [value]
    return [f"{value} pack"] if value != "1" else []


def _sized(value: str) -> list[str]:
    if find_measures(value) or "size" in value.casefold():
        return [value]
    return [f"Size {value}"] if _CODE.fullmatch(value) else [value, f"Size {value}"]


def _fitting(value: str) -> list[str]:
    return [value] if _joins(value) else [f"for {value}", f"Compatible with {value}"]


def _of_audience(value: str) -> list[str]:
    if value.isalpha():
        return [value, f"for {value}"]
    words = re.findall(r"\w+", value)
    is_several = all(word == "and" or _owners(word) for word in words)
    return [f"for {value}"] if is_several else [value]


def _modelled(value: str) -> list[str]:
    return [f"Model {value}"] if re.fullmatch(r"\d{1,3}", value) else [value]


def _with_contents(value: str) -> list[str]:
    return [f"{value} count"] if value.isdigit() else [value]


def _of_things(value: str, things: str) -> list[str]:
    """Returns how the number of parts is said: "number of ports: 4"."""
    if not value.isdigit():
        return [value]
    return [f"{value} {_things(value, things)}"]


def _things(number: str, things: str) -> str:
    """Returns the name of parts beside their number: "4 Processor Cores", "1 Handle"."""
    if number == "1":
        return things.removesuffix("s")
    is_count = number.isdigit() and things.split()[-1] not in _GENERIC_OF_PARTS | _QUANTITIES
    return f"{things.removesuffix('s')}s" if is_count else things


def _aged(value: str) -> list[str]:
    if not value[0].isdigit():
        return _of_audience(value)
    return [f"for Ages {value}", f"Ages {value}", value]


def _made(value: str) -> list[str]:
    return [value] if value.casefold().startswith("made ") else [f"Made in {value}"]


def _certified(value: str) -> list[str]:
    is_said = "certif" in value.casefold() or "," in value
    return [value] if is_said else [f"{value} Certified", value]


def _powered(value: str) -> list[str]:
    return [f"{value} Powered"] if value.casefold() in _POWERS else [value]


def _containing(value: str) -> list[str]:
    return [value] if value.casefold().startswith("with ") else [f"with {value}"]


def _used(value: str) -> list[str]:
    if value.casefold().startswith("for "):
        return [value]
    # "Skiing" alone would be what the product does.
    return [f"for {value}"] if value.endswith("ing") else [f"for {value}", value]


# Keys, and how their values are said.
_WAYS: tuple[tuple[frozenset[str], Callable[[str], list[str]]], ...] = (
    (_COLOURS, lambda value: [value, f"in {value}"]),
    (_SIZES, _sized),
    (_ALONE, lambda value: [value]),
    (_AUDIENCE, _of_audience),
    (_USE, _used),
    (_FITS, _fitting),
    (_AGES, _aged),
    (_ORIGIN, _made),
    (_CERTIFICATES, _certified),
    (_SOURCES, _powered),
    (_CONTENTS, _containing),
    (_MODELS, _modelled),
    (_CONTENT, _with_contents),
)


def _with_key(key: str, value: str) -> list[str]:
    """Returns a value alone and with its key behind it, less what the key says of itself.

    "Theme: ocean" is "Ocean" or "Ocean Theme". A number needs its key, "4 Ports", and so does what
    is said of a part: "110 lb" alone would be the weight, not the "110 lb Weight Capacity", "Short"
    the dress and not its "Short Sleeve".
    """
    is_measured = is_measure(value)
    is_code = " " not in value and re.search(r"\d", value) and not is_measured
    if is_code and (re.search(r"[A-Za-z]", value) or key.endswith(" number")):
        return [value]
    if not _LETTERS.search(value):
        return (
            [f"{key} {value}"]
            if "/" in key
            else [f"{value} {_things(value, key)}", f"{key} {value}"]
        )
    rest = _rest_of(key, is_measured=is_measured)
    is_phrase = " " in value and not is_measured
    is_kind = key.endswith(" type") and len(value.split()) > _WORDS_OF_A_KIND
    if not rest or _joins(value) or (is_phrase and is_kind) or _says_some(value, rest):
        return [value]
    if rest[0] in _BODIES and len(rest) == 1:
        return [f"for {value} {rest[-1]}", f"{value} {rest[-1]}"]
    whole = f"{value} {' '.join(rest)}"
    if is_measured or " " in key:
        return [whole]
    return [value] if is_phrase else [value, whole]


def _rest_of(key: str, *, is_measured: bool) -> list[str]:
    """Returns the words of a key that say something beside its value."""
    rest = key.split()
    while rest and rest[0] in _GENERIC_FIRST:
        rest.pop(0)
    generic = _GENERIC if is_measured else _GENERIC_OF_PARTS
    while rest and rest[-1] in generic:
        rest.pop()
    if is_measured and rest[-1:] == ["length"] and rest[-2:-1] and rest[-2] in _WITH_LENGTH:
        rest.pop()
    return rest


def _says_some(value: str, words: Iterable[str]) -> bool:
    """Tells whether a value says a word of its key or the most of it: a V-neck is a neckline."""
    said = re.split(r"[\W_]+", value.casefold())
    return any(_is_akin(word, one) for word in words for one in said)


def _is_akin(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    stem = shorter[:-1] if len(shorter) > _SHORTEST_STEM else shorter  # caffeine, decaffeinated
    return one == other or (len(stem) >= _SHORTEST_STEM and stem in longer)


def _joins(value: str) -> bool:
    return value.casefold().startswith(("for ", "compatible", "fits ", "suitable ", "with "))


def _plain(key: str) -> str:
    return re.sub(r"\([^)]*\)|[\s_]+", " ", key).strip().casefold()
