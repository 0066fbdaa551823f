"""Keys whose values need a phrase of their own: "Keeps Hot: 12 hours" is "Keeps Hot 12 Hours"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from adgen.products.lexicon import COLOUR, FEATURE, MATERIAL
from adgen.products.measures import is_measure
from adgen.writing.key_targets import target_of
from adgen.writing.key_ways import fitting, listed, of_things
from adgen.writing.key_words import (
    begins_with_limit,
    is_plural,
    is_stuff,
    last_class,
    plural_of,
    singular_of,
)

_TWO = 2
_LABELS = frozenset(("FSC", "PEFC", "GOTS", "OEKO-TEX"))  # of a material, and none
WORD_LIST = re.compile(r"[A-Za-z-]+(?:, [A-Za-z-]+)+")  # round, butted
_WITH = re.compile(r"(?P<head>[^,\d]+?) (?P<tail>(?:w/|with) [^,\d]+)")
_NUMBERS = re.compile(r"[\dx/. ]+, ?\d")  # of 33 1/3, 45, 78 RPM
# Ratings and types in a row, U3, V30, of which each is one.
_CODES = re.compile(r"[A-Z]{1,4}-?\d[\w.-]*(?:, [A-Z]{1,4}-?\d[\w.-]*)+")
_NUMBER_OF_THINGS = re.compile(r"\d+ (?:[a-z]+ )*[a-z]{3,}s")
_ASSORTED = re.compile(r"\d+ assorted", re.IGNORECASE)
_AMOUNT = re.compile(
    r"(?P<about>approx\.?|approximately|about|over|up to)? ?(?P<number>\d[\d,]*)(?P<per> per .+)?",
    re.IGNORECASE,
)
_ALL = re.compile(r"all(?: types)?(?:,? (?:including|incl\.?|even) (?P<also>.+))?", re.IGNORECASE)
_NUMBERED = re.compile(  # 4 - Worsted
    r"(?P<number>\d)[ –-]+(?P<word>(?:super )?"
    r"(?:lace|fine|fingering|sport|dk|light|medium|worsted|aran|chunky|bulky|jumbo)\b.*)",
    re.IGNORECASE,
)
_DEGREES = frozenset(("low", "very low", "moderate", "high", "very high", "excellent"))
_WITHOUT_DEGREES = frozenset(("quality", "condition", "style", "type"))
# What shoes and wheels are for; others have a matte surface.
_GROUNDS = frozenset(("and", "road", "trail", "track", "grass", "court", "turf", "street", "snow"))
_THINGS_TEXT = "heart pear star moon apple leaf flower butterfly cat dog bear shell egg cross drop"
_THINGS = frozenset(_THINGS_TEXT.split())  # shapes that are things: a locket is no heart
_WORDS_OF_A_COUNTRY = 3
_NO_COUNTRIES = re.compile(
    r"\b(?:origin\w*|natural|organic|synthetic|imported|domestic|local\w*|plant|animal|vegetable|"
    r"marine|bovine|porcine|mineral|made|product|various|mixed|blend|handmade|wild|farm\w*|caught|"
    r"ocean|sea|herbal|vegan|algae|fish|cow|beef|pork|chicken|soy|corn|coconut|lab\w*|chemical|"
    r"ferment\w+|worldwide|global|genuine|human|grass|milk|from|imports?)\b|(?:ian|ese|ish)\b",
    re.IGNORECASE,
)
_ISO_DATE = re.compile(r"(?P<year>\d{4})-\d\d(?:-\d\d)?")


def phrase_of(key: str, value: str) -> list[str]:
    """Returns how a value is said in a phrase that its key needs; empty where it needs none.

    Args:
        key: From `plain_key`.
        value: As the seller has it.

    Example:
        >>> phrase_of("skill level", "all levels"), phrase_of("keeps hot", "12 hours")
        (['for all levels'], ['keeps hot 12 hours'])
    """
    if value.casefold() in _DEGREES and "size" not in key:  # "Low Caffeine"
        of = re.sub(r" (?:content|level|rating|description)$", "", key)
        return [f"{value} {of}"] if of not in _WITHOUT_DEGREES else []
    if value.casefold() in ("required", "needed"):
        return [f"{key} {value}"]
    target = target_of(key, value)
    if target:
        return target
    for pattern, say in _PHRASES:
        match = pattern.fullmatch(key)
        said = say(match, value) if match else []
        if said:
            return said
    return []


def of_part(value: str, words: Sequence[str], key: str) -> str:
    """Returns what is said of a part: of several kinds all, of what has details in brackets.

    "Foam and Fabric Seat", "Normal and Sleep Modes", but "Cotton Wick (Lead Free)".
    """
    part = " ".join(words)
    whole = _WITH.fullmatch(value)
    if whole:  # "Cherry Wood w/ Birch Shaft"
        return f"{whole['head']} {part} {whole['tail']}"
    first, comma, details = value.partition(", ")
    items = value.split(", ")
    is_list = key.endswith((" material", " materials")) or is_plural(key)
    is_list |= WORD_LIST.fullmatch(value) is not None
    is_measured = all(map(is_measure, items))  # "25 mm and 10 mm Eyepieces"
    if part == "closure" and is_plural(first):
        first = first.removesuffix("s")  # "Ribbon Tie Closure"
        value = f"{first}{comma}{details}"
    if comma and (_CODES.fullmatch(value) or all("%" in item for item in items)):
        return f"{value} {part}"  # "70% Arabica, 30% Robusta Blend"
    if _NUMBER_OF_THINGS.fullmatch(value) and not is_plural(part):
        return f"{singular_of(value)} {part}"  # "10 Spray Pattern Nozzle"
    if len(items) == _TWO and is_list:  # "Black Beech Legs", "FSC Beech Wood"
        kinds = [last_class(item) for item in items]
        is_colour = kinds[1] == COLOUR and kinds[0] != COLOUR
        if is_colour or details in _LABELS or (kinds[1] == FEATURE and kinds[0] == MATERIAL):
            return f"{details} {first} {part}"
    if details.isdecimal():
        return f"{first} {part} ({details})"  # "Painted Rings (5)"
    are_materials = key.endswith((" material", " materials")) and all(map(_is_material, items))
    is_list |= all(is_stuff(item) or item.endswith("wood") for item in items)
    has_words_alone = is_list and not re.search(r"\d", value)
    if not comma or is_measured or are_materials or _NUMBERS.match(value) or has_words_alone:
        return f"{listed(value)} {part}"
    return _with_details(first, part, details)


def _is_material(text: str) -> bool:
    return last_class(text) == MATERIAL


def _with_details(first: str, part: str, details: str) -> str:
    """Returns what is said of a part with the details of its value: "Strap (22 mm, Brown)"."""
    if details.startswith(("or ", "and ")):
        return f"{first}, {details} {part}"
    if part.startswith("per ") or "(" in details:
        return f"{first} {part}, {details}"
    return f"{first} {part} ({details})"


def look_of(value: str, part: Sequence[str], look: str) -> str:
    """Returns how a part looks that is made of something else: "Walnut Finish Legs".

    Example:
        >>> look_of("diamond", ["pendant"], "shape"), look_of("gold", ["metal"], "finish")
        ('diamond-shaped pendant', 'gold finish')
    """
    if look == "shape":
        return " ".join([f"{value}-shaped", *part])
    return " ".join(
        [value, look, *(() if part[-1:] in (["metal"], ["wood"], ["furniture"]) else part)]
    )


def _firm(_: re.Match[str], value: str) -> list[str]:
    # "Medium" alone would be a size.
    return [f"{value} firmness"] if value.casefold() == "medium" else []


def _of_pages(_: re.Match[str], value: str) -> list[str]:
    pages = re.fullmatch(r"([\d,.]+)(?: pages?)?", value, re.IGNORECASE)
    return [f"{pages[1]}-page yield"] if pages else []


def _keeping(match: re.Match[str], value: str) -> list[str]:
    return [f"{match['verb']}s {match['how']} {value}"]


def _kept(match: re.Match[str], value: str) -> list[str]:
    return [f"{match[0]} {value}"]


def _limited(match: re.Match[str], value: str) -> list[str]:
    return _kept(match, value) if begins_with_limit(value) else []


def _with_care(_: re.Match[str], value: str) -> list[str]:
    return [value]


def _burning(_: re.Match[str], value: str) -> list[str]:
    return [f"{listed(value)} fuel"] if "," in value else []


def _from_region(_: re.Match[str], value: str) -> list[str]:
    return [f"from {value}"] if "," in value else []


def _from_country(match: re.Match[str], value: str) -> list[str]:
    """Returns from where a product comes; what is no country stands alone: "Single Origin"."""
    words = value.casefold().split()
    is_place = value.replace(" ", "").isalpha() and len(words) <= _WORDS_OF_A_COUNTRY
    if not is_place or _NO_COUNTRIES.search(value):
        return _from_region(match, value)
    has_article = words[0] in ("united", "eu", "usa", "us", "uk", "netherlands", "philippines")
    return [f"from the {value}" if has_article else f"from {value}"]


def _with_unit(_: re.Match[str], value: str) -> list[str]:
    return [value] if re.search(r"\bpages?\b|\dlm|\blm\b", value) else []


def _worded(match: re.Match[str], value: str) -> list[str]:
    return [f"{value} {match['thing']}"] if value.isalpha() and "caf" not in value.lower() else []


def _made_with(_: re.Match[str], value: str) -> list[str]:
    return [f"made with {listed(value)}"] if "," in value else []


def _safe(_: re.Match[str], value: str) -> list[str]:
    to = re.sub(r"^(?:up )?to ", "", value, flags=re.IGNORECASE)
    return [f"oven safe to {to}"] if re.search(r"\d", to) else []


def _in_language(_: re.Match[str], value: str) -> list[str]:
    if value.isdecimal():
        return of_things(value, "languages")
    return [f"{value} language"] if value.isalpha() else [listed(value)]


def _levelled(_: re.Match[str], value: str) -> list[str]:
    found = re.search(r"\blevels?\b", value, re.IGNORECASE)
    if found:
        return [f"for {value}" if found.end() == len(value) else value]
    return [f"{value} level"]


def _for_bodies(match: re.Match[str], value: str) -> list[str]:
    whole = _ALL.fullmatch(value)
    if not whole:
        return []
    also = f" including {whole['also']}" if whole["also"] else ""
    return [f"for all {match['body']} types{also}"]


def _dated(match: re.Match[str], value: str) -> list[str]:
    verb = "released" if match[0].startswith("release") else "published"
    return [f"{verb} {_ISO_DATE.sub(lambda date: date['year'], value)}"]


def _counted(match: re.Match[str], value: str) -> list[str]:
    amount = _AMOUNT.fullmatch(value)
    if not amount or not (amount["about"] or amount["per"]):
        return []
    about = f"{amount['about']} " if amount["about"] else ""
    return [f"{about}{amount['number']} {plural_of(match['thing'])}{amount['per'] or ''}"]


def _weighing(_: re.Match[str], value: str) -> list[str]:
    found = _NUMBERED.fullmatch(value)
    return [f"{found['word']} weight ({found['number']})"] if found else []


def _included(match: re.Match[str], value: str) -> list[str]:
    if not value.isdecimal() or value == "0" or match["thing"] in ("quantity", "number"):
        return []
    thing = match["thing"].removeprefix("number of ")
    return [f"{of_things(value, plural_of(thing))[0]} included"]


def _pieces(_: re.Match[str], value: str) -> list[str]:
    is_said = "," in value or _NUMBER_OF_THINGS.fullmatch(value)  # no "4 Pads Pieces"
    return [listed(value)] if is_said else []


def _for_parts(match: re.Match[str], value: str) -> list[str]:
    return [f"for {value} {plural_of(match['thing'])}"]


def _fitting(_: re.Match[str], value: str) -> list[str]:
    return fitting(value)


def _in_sizes(match: re.Match[str], value: str) -> list[str]:
    return [f"{listed(value)} {plural_of(match['thing'])}"] if "," in value else []


def _for_ground(_: re.Match[str], value: str) -> list[str]:
    is_ground = _GROUNDS.issuperset(re.split(r"\W+", value.casefold()))
    return [f"for {listed(value)}"] if is_ground else []


def _assorted(match: re.Match[str], value: str) -> list[str]:
    return [f"{value} {match['part'] or ''}colors"] if _ASSORTED.fullmatch(value) else []


def _sockets(_: re.Match[str], value: str) -> list[str]:
    return [listed(value)] if "," in value and re.search(r"\d", value) else []


def _looking(match: re.Match[str], value: str) -> list[str]:
    is_thing = match["look"] == "shape" and value.casefold() in _THINGS
    return [look_of(value, [], match["look"])] if is_thing or is_stuff(value) else []


def _compatible(match: re.Match[str], value: str) -> list[str]:
    is_limit = value.casefold().startswith("up to ")
    return [f"for {plural_of(match['thing'])} {value}"] if is_limit else []


_PHRASES = tuple(
    (re.compile(pattern), say)
    for pattern, say in (
        (r"(?:item )?firmness(?: description)?", _firm),
        (r"(?:page )?yield", _of_pages),
        (r"(?P<verb>keep|stay)s? (?P<how>hot|cold|warm|cool|fresh)(?: for)?", _keeping),
        (r"(?!fits models?)(?:fits|holds|covers|suits) .+", _kept),
        (r".*(?:able|proof|resistant|safe)|for \w+", _limited),
        (r"\w+ care", _with_care),
        (r"fuel(?: type)?", _burning),
        (r"ingredients", _made_with),
        (r"(?P<thing>units)", _in_sizes),
        (r"(?:print length|pages|number of pages|lumens)", _with_unit),
        (r"(?P<thing>caffeine)(?: content)?", _worded),
        (r"region(?: of origin)?", _from_region),
        (r"origin", _from_country),
        (r"(?:max(?:imum)? )?oven safe(?: temperature| up to| to)?", _safe),
        (r"languages?", _in_language),
        (r"(?:skill )?level", _levelled),
        (r"(?P<body>skin|hair) types?", _for_bodies),
        (r"(?:publication|publishing|release) date|published", _dated),
        (r"(?P<thing>seed|bead|tab|pod|tip|swab|wipe) count", _counted),
        (r"(?:yarn )?weight", _weighing),
        (r"recommended (?P<thing>needle|hook)s?(?: sizes?)?", _for_parts),
        (r"(?P<thing>vehicle battery)", _for_parts),
        (r"(?P<thing>binder|rail|track|rack) compatibility", _for_parts),
        (r"(?P<thing>engine) compatibility", _compatible),
        (r"(?:printer|phone|device|os|system|camera|console|laptop|model) compatibility", _fitting),
        (
            r"(?P<thing>ear ?tip|balloon|bit|drill bit|socket|brush|needle|nozzle|pad|hook) sizes",
            _in_sizes,
        ),
        (r"(?P<thing>.+) included", _included),
        (r"pieces", _pieces),
        (r"(?:recommended )?(?:surface|terrain)", _for_ground),
        (r"(?P<part>\w+ )?colou?r", _assorted),
        (r"ports|interfaces|inputs|outputs|connections", _sockets),
        (r"(?P<look>shape|design|theme|motif|style)", _looking),
        (r"stone shape", lambda _, value: [f"{value}-shaped stone"]),
        (r"seasons?", lambda _, value: ["all season"] if value.casefold() == "all" else []),
    )
)
