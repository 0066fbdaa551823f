"""The words of a seller's key: "Item Height (in)" is a height."""

from __future__ import annotations

import re
from collections.abc import Iterable

from adgen.products.lexicon import CLASSES, FEATURE, MATERIAL
from adgen.writing import key_terms as terms

_PREFIX = re.compile(r"^(?:attribute )?pa |^(?:is|has|are parts|are) |^[a-z]+\.(?=[a-z])")
_SHORT = re.compile(r"\b(?:dia|diam|temp|dims?|wt|ht|thk|batt)\b\.?|\bw/(?= |$)")
_LONG = {
    **{"dia": "diameter", "temp": "temperature", "dim": "dimension", "dims": "dimensions"},
    **{"diam": "diameter", "wt": "weight", "ht": "height", "thk": "thickness", "batt": "battery"},
    "w/": "with",
}
# What is short for it with a dot alone: a mat is none.
_DOTTED_LONG = {
    **{"mat": "material", "col": "color", "comp": "composition", "conn": "connection"},
    **{"press": "pressure", "proj": "projection", "circ": "circumference", "vib": "vibration"},
    **{"grad": "graduation", "int": "interior", "ext": "exterior", "adj": "adjustment"},
    **{"pub": "publication", "std": "standard", "trans": "transport", "res": "resolution"},
}
_DOTTED = re.compile(rf"\b(?P<short>{'|'.join(_DOTTED_LONG)})\.(?= |$)")
_RESISTANT = re.compile(r"\b(?P<what>slip|water|tear|heat|flame|fire|oil|stain|wear) res\.?(?= |$)")
_CAMEL = re.compile(r"(?<=[a-z]{2})(?=[A-Z])")  # ageGroup
_NUMBER_OF = re.compile(r"(?:^|(?<= ))(?:no\.?|nr\.?|num\.?|#) of ")
# Of a maker; and of a shop, which no buyer reads.
_MAKERS_NUMBER = re.compile(
    r"\b(?P<whose>mfg|mfr|manufacturer|catalog|catalogue|cat|part|ref|reference|style)\.? "
    r"(?:no|nr)\.?$"
)
_SHOPS_NUMBER = re.compile(
    r"^(?P<whose>article|art|item|order|stock|product|serial|batch|lot)\.? (?:no|nr)\.?$"
)
# A "no" that denies nothing: of a speed without load, of a number.
_NO_DENIAL = re.compile(r"\bno load\b|(?<!\bcontains )(?<!\bhas )(?<!\bwith )(?<=\w )no\.?$")
_SIDES = re.compile(r" (?:lxwxh|l x w x h|lxw|wxh|wxdxh)$")
# Of words that are no plurals: wireless, canvas, tennis, Men's.
_NO_PLURAL = ("ss", "us", "as", "is", "'s", "’s", "series", "lens")
_SHORTEST_START = 3  # letters that both begin with: sun and sunlight
# Keys that are made of a verb, by the verb's form in values: a "Fleece Lined" lining.
_OF_VERBS = {
    **{"lined": "lining", "unlined": "lining", "woven": "weave"},
    **{"padded": "padding", "unpadded": "padding", "coated": "coating"},
}
_LONGEST_ACRONYM = 4  # letters of what may be no plural: abs
_ONLY_PLURAL = frozenset(("glasses", "jeans", "sports", "mains", "scissors", "herbs", "oats"))
_LIMIT = re.compile(r"(?:up to|to|for|in|from|at|with|without|except|only|not) ", re.IGNORECASE)
_SHORTEST_STEM = 4  # letters that a value and its key share: "V-neck" and "neckline"
_HOW = re.compile(r"(?:free|less|able|ible|proof|ed|ing)$", re.IGNORECASE)
_LONGEST_INITIALS = 5  # letters


def plain_key(key: str) -> str:
    """Returns a key without case, brackets and what exports put before it."""
    parted = key if " " in key.strip() else _CAMEL.sub(" ", key)  # no "Mag Safe"
    apart = re.sub(r"\([^)]*\)|[\s_]+", " ", parted)
    words = apart.strip(" ?").casefold().replace(" - ", " ")
    words = _MAKERS_NUMBER.sub(r"\g<whose> number", _NUMBER_OF.sub("number of ", words))
    words = _SHOPS_NUMBER.sub(r"\g<whose> no", words)
    words = _RESISTANT.sub(r"\g<what> resistance", words)
    words = _DOTTED.sub(lambda match: _DOTTED_LONG[match["short"]], words)
    words = words.replace(". ", " ")  # Max. Capacity
    words = _SHORT.sub(lambda match: _LONG[match.group().rstrip(".")], words)
    return _SIDES.sub("", _PREFIX.sub("", " ".join(words.split())))


def denies(plain: str) -> bool:
    """Tells whether a key from `plain_key` holds a word that denies.

    Example:
        >>> denies("not suitable for"), denies("no load speed")
        (True, False)
    """
    return not terms.NEGATIONS.isdisjoint(_NO_DENIAL.sub("", plain).split())


def is_how(word: str) -> bool:
    """Tells whether a word says how a thing is: "removable", "cordless", "coated".

    Example:
        >>> is_how("Nickel-free"), is_how("Backlight")
        (True, False)
    """
    return CLASSES.get(word.casefold()) == FEATURE or _HOW.search(word) is not None


def is_initials(key: str) -> bool:
    """Tells whether a key as the seller has it is a name in initials: RDS, RoHS, and no COLOR.

    Example:
        >>> is_initials("RoHS"), is_initials("Colour"), is_initials("MATERIAL")
        (True, False, False)
    """
    num_capitals = sum(map(str.isupper, key))
    return key.isalpha() and num_capitals > 1 and len(key) <= _LONGEST_INITIALS


def none_of(value: str) -> str:
    """Returns a list that a denial before it governs to its end.

    Example:
        >>> none_of("artificial colours, added sugar")
        'artificial colours or added sugar'
    """
    *first, last = [item for item in re.split(r",\s+", value) if item] or [value]
    is_closed = re.match(r"(?:and|or|nor|not|no|but|except|unless|only|if|when)\b|\d", last, re.I)
    if not first or is_closed or re.search(r"[()]", value):
        return value
    return f"{', '.join(first)} or {last}"


def is_of_material(key: str) -> bool:
    """Tells whether a key is of what a product or its part is made of.

    Example:
        >>> is_of_material("Outer Material"), is_of_material("Fabric"), is_of_material("Target")
        (True, True, False)
    """
    return not terms.OF_MATERIAL.isdisjoint(plain_key(key).split())


def is_of_colour(key: str) -> bool:
    """Tells whether a key is of a colour, whatever has it: "Lens Color"."""
    return "color" in key.casefold() or "colour" in key.casefold()


def is_code_key(key: str) -> bool:
    """Tells whether a key's values are codes, no amounts: a model number, a part's."""
    plain = plain_key(key)
    return plain in terms.MODELS or plain.endswith((" number", " model", " code", " mpn"))


def core_of(plain: str) -> str:
    """Returns a key's words without those that say nothing: "item height" is "height"."""
    words = plain.split()
    while len(words) > 1 and words[0] in terms.GENERIC_FIRST_OF_ALL:
        words.pop(0)
    while len(words) > 1 and words[-1] in terms.GENERIC_LAST_OF_ALL:
        words.pop()
    return " ".join(words)


def rest_of(key: str, generic: frozenset[str]) -> list[str]:
    """Returns the words of a key that say something beside its value."""
    rest = key.split()
    while rest and rest[0] in terms.GENERIC_FIRST:
        rest.pop(0)
    while rest and rest[-1] in generic:
        rest.pop()
    return [word for word in rest if word not in ("average", "installed")]


def is_plural(words: str) -> bool:
    """Tells whether words name several things: ports, and no series."""
    if words.endswith(("teeth", "feet", "antennas", "cameras", "umbrellas", "sofas")):
        return True
    return words.endswith("s") and not words.endswith(_NO_PLURAL)


def limit_of(key: str) -> str:
    """Returns the word of a key by which its value is the least or the most: "max"; else none."""
    first = key.partition(" ")[0]
    return first if first in terms.LIMITS else ""


def singular_of(word: str) -> str:
    """Returns a plural's singular: "boxes" is "box"; other words as they are.

    Example:
        >>> singular_of("16 inches"), singular_of("octaves"), singular_of("batteries")
        ('16 inch', 'octave', 'battery')
    """
    if not is_plural(word):
        return word
    if word.endswith(("teeth", "feet")):
        return re.sub(r"ee(?=\w{1,2}$)", "oo", word)
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word.removesuffix("es")
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s") or word


def plural_of(word: str) -> str:
    """Returns a word's plural: "box" is "boxes"; plurals as they are.

    Example:
        >>> plural_of("usb port"), plural_of("box"), plural_of("battery")
        ('usb ports', 'boxes', 'batteries')
    """
    if is_plural(word):
        return word
    if word.endswith(("ch", "sh", "ss", "x")):
        return f"{word}es"
    return f"{word[:-1]}ies" if re.search(r"[^aeiou]y$", word) else f"{word}s"


def is_one_of_containers(value: str) -> bool:
    """Tells whether a text names a container and nothing else: "Box", "Boxes"."""
    return not terms.CONTAINERS.isdisjoint((value.casefold(), singular_of(value.casefold())))


def begins_with_limit(value: str) -> bool:
    """Tells whether a value begins with a bound or a condition: "up to 30 m", "for hands"."""
    return _LIMIT.match(value) is not None


def is_stuff(value: str) -> bool:
    """Tells whether a text names what things are made of, a stone or a skin: "rose gold".

    As a look, "Finish: marble", it must not stand alone.
    """
    last = value.casefold().split()[-1:]
    return not terms.STUFFS.isdisjoint(last) or last_class(value) == MATERIAL


def last_class(text: str) -> str | None:
    """Returns the class that the lexicon has of a text's last word; None of none."""
    last = text.casefold().split()[-1:]
    return CLASSES.get(last[0]) if last else None


def says_some(value: str, words: Iterable[str]) -> bool:
    """Tells whether a value says a word of its key or the most of it: a V-neck is a neckline."""
    said = re.split(r"[\W_]+", value.casefold())
    return any(_is_akin(word, one) for word in words for one in said)


def _is_akin(one: str, other: str) -> bool:
    one, other = (_OF_VERBS.get(word, word) for word in (one, other))
    shorter, longer = sorted((one.removesuffix("s"), other.removesuffix("s")), key=len)
    stem = shorter[:-1] if len(shorter) > _SHORTEST_STEM else shorter  # caffeine, decaffeinated
    if shorter == "hand" and longer == "handle":
        return False
    if len(shorter) >= _SHORTEST_START and longer.startswith(shorter):
        return True
    return len(stem) >= _SHORTEST_STEM and stem in longer


def several(part: str, key: str = "", value: str = "") -> str:
    """Returns what there are several of as people say it: a chair's arm as "arms".

    A lamp's may be one that is foldable.
    """
    is_one = key in terms.PLURAL_PARTS and not is_stuff(value)
    return part if is_one else terms.PLURAL_PARTS.get(part, part)


def before_noun(value: str, noun: str) -> str:
    """Returns things as they stand before a noun: "eyelets" of a heading as "eyelet"."""
    is_word = value.isalpha() and value.islower() and len(value) > _LONGEST_ACRONYM
    if not is_word or not is_plural(value) or is_plural(noun) or value in _ONLY_PLURAL:
        return value
    return singular_of(value)


def names_part(value: str) -> bool:
    """Tells whether a value of several words ends in what it is of: a straw lid is a cap."""
    first = value.casefold().split(", ")[0].split()
    return len(first) > 1 and first[-1] in terms.PARTS
