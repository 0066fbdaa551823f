"""Values that say another thing without their key, or with it in the usual place.

A number of shelves and how many of them are adjustable, levels of brightness, feet of a stand.
"""

from __future__ import annotations

import re

from adgen.products.measures import is_measure, without_measures
from adgen.products.units import NAMES
from adgen.writing import key_terms as terms
from adgen.writing.key_words import is_plural, plural_of, says_some

# Of all of which some are different: 5, 3 adjustable.
_SEVERAL = re.compile(  # 2, 72 teeth, quick release
    r"(?P<all>\d{1,3}), (?P<rest>(?!\d+ (?:and|or|to)\b)(?:\d{1,3} )?[A-Za-z].*)"
)
# Keys whose numbers are values and count nothing: "Ages: 3, 4 years".
_VALUED_TEXT = (
    "sizes ages years lengths widths heights weights dimensions models grits speeds modes"
)
_VALUED = frozenset(_VALUED_TEXT.split())
_SOME = re.compile(r"(?P<all>\d{1,2}), (?P<some>\d{1,2}) (?P<how>[A-Za-z].*)")
_PIECES = re.compile(  # 2x 50x70 cm, and no 2x50x70 cm
    r"(?P<number>[2-9]|1[0-2]) ?[x×] "
    r"(?P<size>\d[\d.,]*[x×]\d[\d.,]*(?: ?[a-z]+)?\b(?! ?[x×])\D*)",
    re.IGNORECASE,
)
_OF_SIZE = frozenset(("size", "sizes", "dimension", "dimensions", "measurements"))
_LEVELS = re.compile(
    r"(?P<number>\d{1,3}) (?P<what>levels?|settings?|steps|stages|modes)(?P<rest>,? .+)?",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"(?P<number>\d+) (?P<what>sheets|rolls|bottles|packs|discs|bags|sachets|cartridges|tubes)",
    re.IGNORECASE,
)
_STANDS = frozenset(("stand", "base", "leg", "legs", "support", "foot"))
_FEET = re.compile(
    r"(?P<feet>[2-6] (?:[a-z]+ )?feet)\b(?P<rest>(?! (?:tall|high|long|wide)).*)", re.IGNORECASE
)
_NUMBER_OF_FEET = re.compile(r"[1-9](?: feet)?")
_NUTRIENT = re.compile(r"(?P<amount>[<≤]? ?[\d.,]+ ?(?:m?g|%))(?P<rest>(?: per | ?/ ?).+)?", re.I)
_FIBRE = frozenset(("fibre", "fiber"))
_ENERGY = re.compile(r"calories|energy(?: value)?")
_WITH_ENERGY = re.compile(r"[\d.,]+ ?(?:kcal|kj)\b", re.IGNORECASE)
_ORDINAL = re.compile(
    r"(?:\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|[A-Za-z]+)(?P<rest>, .+)?", re.I
)
_ONE_WORD = re.compile(r"[A-Za-z-]+")
_HEIGHT_OF_SOLE = re.compile(r"\d[\d.,]* ?(?:cm|mm|in|inch(?:es)?|\"|″|”)(?!\w).*", re.IGNORECASE)
_SIDE_OF_PART = re.compile(r"\w+ (?:height|length|width|depth|thickness)")
_CODE = re.compile(r"(?=.*\d)[^\W\d]{2}\S+")  # DE-ÖKO-006
_YEARS = re.compile(r"(?:19|20)\d\d\b.*")
_SPANS = frozenset(("years", "model years", "vehicle years", "year range"))


def needed(plain: str, value: str) -> list[str]:
    """Returns how a value is said that its key tells what it is of; empty of other values.

    Args:
        plain: From `plain_key`.
        value: As the seller has it.

    Example:
        >>> needed("shelves", "5, 3 adjustable"), needed("brightness", "5 levels")
        (['5 shelves (3 adjustable)'], ['5 brightness levels'])
    """
    return _of_several(plain, value) or _of_steps(plain, value) or _of_words(plain, value)


def _of_several(plain: str, value: str) -> list[str]:
    """Returns how it is said that there are several, of which some are so, or of a size each."""
    things = plain.removeprefix("number of ")
    some = _SOME.fullmatch(value)
    is_part = some and int(some["some"]) <= int(some["all"]) and is_plural(things)
    if some and is_part and some["how"].split()[0].casefold() not in NAMES:
        return [f"{some['all']} {things} ({some['some']} {some['how']})"]
    several = _SEVERAL.fullmatch(value)
    is_counted = is_plural(things) and things.split()[-1] not in _VALUED
    if several and (is_counted or things == "species") and not is_measure(several["rest"]):
        return [f"{several['all']} {things} ({several['rest']})"]
    pieces = _PIECES.fullmatch(value)
    if not pieces or plain in terms.CONTENTS | terms.CONTENT:
        return []
    words = plain.split()
    part = " ".join(word for word in words if word not in _OF_SIZE)
    if not part or part in terms.MEASURED | terms.GENERIC:
        return [f"{pieces['number']} pieces {pieces['size']} each"]
    return [f"{pieces['number']} {plural_of(part)} {pieces['size']}"]


def _of_steps(plain: str, value: str) -> list[str]:
    """Returns how levels are said, "5 Brightness Levels", and on how many feet a stand is."""
    levels = _LEVELS.fullmatch(value)
    known = terms.ALONE | terms.GENERIC | terms.COUNT | terms.CONTENT | terms.CONTENTS
    if levels and plain not in known and not is_plural(plain) and len(plain.split()) <= 2:
        rest = levels["rest"] or ""
        is_said = says_some(levels["what"] + rest, plain.split())
        return [value if is_said else f"{levels['number']} {plain} {levels['what']}{rest}"]
    feet = _FEET.fullmatch(value)
    if feet and plain.split()[-1] in _STANDS:
        return [f"{plain} with {feet['feet']}{feet['rest']}"]
    return []


def _of_words(plain: str, value: str) -> list[str]:
    nutrient = _NUTRIENT.fullmatch(value)
    if plain in _FIBRE and nutrient:
        return [f"{nutrient['amount']} {plain}{nutrient['rest'] or ''}"]
    if _ENERGY.fullmatch(plain) and _WITH_ENERGY.match(value):
        return [value]  # no "2 kcal Calories"
    if plain in ("platform", "platforms") and (is_measure(value) or _HEIGHT_OF_SOLE.match(value)):
        return [f"{value} platform"]  # of a shoe, for which nothing is
    if plain in _SPANS and _YEARS.fullmatch(value):
        return [f"{plain} {value}"]
    if plain == "instructions" and _ONE_WORD.fullmatch(value):
        return [f"{value} {plain}"]
    if plain in ("organic", "bio") and _CODE.fullmatch(value):
        return [f"{plain} ({value})"]  # who vouches for it
    is_of_part = " / " in value and _SIDE_OF_PART.fullmatch(plain)
    if is_of_part and re.search(r"[A-Za-z]{3}", without_measures(value)):
        return [f"{plain} {value}"]  # of a sole: 28 mm heel / 24 mm toe
    edition = _ORDINAL.fullmatch(value)
    if plain == "edition" and edition and "edition" not in value.casefold():
        rest = edition["rest"] or ""
        return [f"{value.removesuffix(rest) if rest else value} edition{rest}"]
    return []


def included_amount(plain: str, head: str) -> str:
    """Returns how much of something is in the box, "10 Paper Sheets"; empty of other values."""
    amount = _AMOUNT.fullmatch(head)
    return f"{amount['number']} {plain} {amount['what']}" if amount and not is_plural(plain) else ""


def stands_on_feet(key: str, value: str) -> bool:
    """Tells whether feet in a value are those of a stand, and no length.

    Example:
        >>> stands_on_feet("Stand", "2 feet"), stands_on_feet("Cord", "6 feet")
        (True, False)
    """
    last = key.casefold().split()[-1:]
    if last == ["feet"]:
        return _NUMBER_OF_FEET.fullmatch(value.casefold()) is not None
    return not _STANDS.isdisjoint(last) and _FEET.fullmatch(value) is not None
