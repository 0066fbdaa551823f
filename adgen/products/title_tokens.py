"""A title as tokens, each with a class of one letter: what patterns of phrases are matched on.

Words have the classes of `lexicon`; those here are of numbers, joints and marks. It knows no
brands and does not say what a phrase is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from adgen.products.lexicon import CLASSES, SHADE, SIZE
from adgen.products.measures import Measure, find_measures
from adgen.products.words import WORD, key_of

MEASURE = "M"  # 20 inches
COUNT = "N"  # pack of 3
PERCENT = "t"  # 100%: as the textures of `lexicon`
MODEL = "X"  # AC-1200X
YEAR = "Y"
NUMBER = "n"
WORD_CLASS = "w"
JOINT = "&"  # and, +, /
WITH = "W"
FOR = "F"
FITS = "P"  # compatible, fits
WORKS = "v"  # works with
BY_MAKER = "B"
STOP = "o"  # the, of, in: never alone a fact, nor its end
TIMES = "x"
USE = "u"  # for use with
COMMA = ","
BORDER = "|"  # a dash, a bracket, a colon
QUOTE = "q"  # signs that matter to nothing

_TOKEN = re.compile(rf"\b[wW]/|(?:(?<![^\s(])\.(?=\d))?{WORD}|[^\w\s]")
_MARKS = {",": COMMA, "&": JOINT, "+": JOINT, "/": JOINT} | dict.fromkeys(
    "-–—|()[]{}:;!?•【】（），.~_·", BORDER
)
_STOP_TEXT = "the a an of in on to from at your our its is as this that only"
_SMALL_WORDS = (
    dict.fromkeys(("and", "or", "und", "n"), JOINT)
    | dict.fromkeys(("with", "w", "w/", "includes", "including", "featuring"), WITH)
    | dict.fromkeys(("compatible", "fits", "replaces", "fit-for"), FITS)
    | {"for": FOR, "works": WORKS}
    | dict.fromkeys(_STOP_TEXT.split(), STOP)
    | {"use": USE, "by": BY_MAKER, "x": TIMES}
)
_COUNT_UNITS_TEXT = "pack piece set count pair roll sheet bottle box bag capsule tablet serving"
_COUNT_UNITS = frozenset(_COUNT_UNITS_TEXT.split())
# "Lace up" is no lace, and "iron on" no iron.
_PARTICLES = frozenset(("up", "on", "down", "off", "out"))
_BEFORE_PARTICLES_TEXT = """
    blow bolt build button carry clip cut fold hang iron lace lift peel plug pop press print pull
    push roll screw show sign slip snap stand step stick tie time try turn wear wind zip
"""
_BEFORE_PARTICLES = frozenset(_BEFORE_PARTICLES_TEXT.split())
# Sizes as shops write them, for which a number alone does not stand: 9.5 B(M) US, size 11.
_SIZE = re.compile(
    r"\b(?=[\dexsmluo])(?:(?:SPF|UPF)[ -]?\d+\b\+?"
    r"|\b(?:X{1,3}|\d?X|Extra)[ -]?(?:Large|Small)\b|(?<![\w.])\d+(?:\.\d+)?'(?!')"
    r"(?:\s?[xX]\s?\d+(?:\.\d+)?['\"])?(?!\w)"
    r"|\bone[ -]size(?:[ -]fits[ -](?:all|most))?\b"
    r"|\b(?:US[ -]?)?sizes?:?[ ](?:\d+(?:\.5)?(?:-\d+(?:\.5)?)?"
    r"(?:[ -](?:wide|narrow|regular|short|long))?"
    r"|[SML]|X{1,3}[SL]|\d?XL|small|medium|(?:x-?)?large)\b"
    r"|(?<![\w./-])(?<!\d,)\d{1,2}(?:\.5)?[ ]?(?:\(?[A-E]{1,3}\)?|[MNW]|4E|EE|XW|WW)?"
    r"(?:\([MWND]{1,3}\))?"
    r"(?:[ ](?:M|W|N|D|B|Medium|Wide|Narrow))?[ ](?:US|UK|EU)"
    r"(?:[ ](?:Little Kid|Big Kid|Toddler|Infant|Women|Men))?\b"
    r"|(?<![\w./-])(?<!\d,)\d{1,2}(?:\.5)?(?:[ ][MW](?: US)?)?[ ]"
    r"(?:Little Kid|Big Kid|Toddler|Infant)\b"
    r"(?:[ ](?:M|W|Wide|US)\b)?"
    r"|(?<![\w./-])(?<!\d,)\d{1,2}(?:\.5)?[ ](?:[BDMN]|2E|4E|EE|B\(M\)|D\(M\))(?=$|[,)\]|])"
    r"|\b(?:X{0,3}S|M|L|\d?XL|\d{1,2}T)[-–/](?:M|L|X{0,3}L|\dXL?|\d{1,2}T?)\b"
    r"|\b\d+-\d+[ ]?mmhg\b"
    r"|\b\d{1,2}[-–/ ]\d{1,2}[ ](?:months?|years?|yrs|T|M)\b)",
    re.IGNORECASE,
)
_FINISHES = frozenset(("brass", "bronze", "chrome", "copper", "gold", "nickel", "pewter", "silver"))
_STEELS = ("316L", "316l", "304L")
_IS_LONG = re.compile(r"\d{4,}-\d{3,}")  # 12345-0060A
_UNIT_AGAIN = re.compile(r"(?<=[\"”″'’])[ -]?inch(?:es)?\b", re.IGNORECASE)  # 10" inch
_SIZE_WORD = re.compile(r"size|(?:X|Extra)[ -]?(?:Large|Small)", re.IGNORECASE)
_HAS_DIGIT = re.compile(r"\d")
_IS_YEAR = re.compile(r"(?:19[5-9]|20[0-3])\d(?:-(?:(?:19|20)?\d\d))?$")
_IS_NUMBER = re.compile(r"\.?\d{1,3}(?:[.,]\d+)*$")
# Letters and digits in one word; not 4th, 1080P, 3D, USB3.0, SPF50, 2-in-1.
_IS_MODEL = re.compile(
    r"(?!\d{1,3}(?:\.\d+)?(?:-[A-Za-z]+|[A-Za-z]{1,5})$|\d{3,4}[PpKkIi]$)(?!\d+-[iI][nN]-\d)"
    r"(?!(?:SPF|UPF|UV|IP|IPX|USB|PM|MP|BFE|RGB|TR|DDR|PCI|CAT|MK)-?\d+(?:\.\d+)?\+?$)"
    r"(?=.*\d)(?=.*[A-Z]|\d{3}.*-\d|[\d-]+-\d{3}|\d{4,}$)[\w./+&-]{4,}$"
)


@dataclass(slots=True)
class Tokens:
    """Holds a title's tokens.

    Attributes:
        title: The title.
        classes: A letter for each token.
        keys: Each token's form for looking up.
        starts: Where each begins.
        ends: Where each ends.
    """

    title: str
    classes: str
    keys: list[str]
    starts: list[int]
    ends: list[int]

    def text(self, start: int, end: int) -> str:
        """Returns the text of the tokens from `start` to before `end`."""
        return self.title[self.starts[start] : self.ends[end - 1]]


def tokens_of(title: str) -> Tokens:
    """Cuts a title into tokens; a measure with its unit is one."""
    classes: list[str] = []
    keys: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for start, end, name in [*_measures(title), (len(title), len(title), "")]:
        for match in _TOKEN.finditer(title, position, start):
            key, word_class = _read(match.group())
            keys.append(key)
            if is_phrasal(keys, len(keys) - 1):
                classes[-1] = word_class = WORD_CLASS
            elif keys[-2:-1] == ["satin"] and key in _FINISHES:
                classes[-1] = SHADE  # "Satin Nickel" is no cloth
            elif key == "-" and _is_inside_word(title, match.start()):
                word_class = JOINT
            classes.append(word_class)
            starts.append(match.start())
            ends.append(match.end())
        if name:
            classes.append(name)
            keys.append("")
            starts.append(start)
            ends.append(end)
        position = end
    return Tokens(title, "".join(classes), keys, starts, ends)


def is_phrasal(keys: Sequence[str], at: int) -> bool:
    """Tells whether a word is a particle of the one before it, as in "lace up"."""
    return 0 < at < len(keys) and keys[at] in _PARTICLES and keys[at - 1] in _BEFORE_PARTICLES


def _is_inside_word(title: str, at: int) -> bool:
    """Tells whether a dash has no space beside it."""
    return not (title[at - 1 : at].isspace() or title[at + 1 : at + 2].isspace())


def _measures(title: str) -> list[tuple[int, int, str]]:
    """Returns start, end and class of measures, counts and sizes, in order."""
    if not _HAS_DIGIT.search(title) and not _SIZE_WORD.search(title):
        return []
    found = [(match.start(), match.end(), MEASURE) for match in _SIZE.finditer(title)]
    for measure in find_measures(title):
        if _is_in_word(title, measure):
            continue
        name = COUNT if measure.unit in _COUNT_UNITS else MEASURE
        twice = _UNIT_AGAIN.match(title, measure.end)
        end = twice.end() if twice else measure.end
        found.append((measure.start, end, PERCENT if measure.unit == "%" else name))
    found.sort(key=lambda one: (one[0], -one[1]))
    kept: list[tuple[int, int, str]] = []
    for one in found:
        if not kept or one[0] >= kept[-1][1]:
            kept.append(one)
    return kept


def _is_in_word(title: str, measure: Measure) -> bool:
    """Tells whether a measure is a piece of a word or of "w/", as in Q-4100L-ZT, or is steel."""
    if title.startswith(_STEELS, measure.start) or _IS_LONG.match(title, measure.start):
        return True
    before = title[max(0, measure.start - 2) : measure.start]
    after = title[measure.end : measure.end + 2]
    if len(before) == 2 and before[1] in "-_" and before[0].isalnum():
        return True
    if len(after) == 2 and after[0] in "-_" and after[1].isalnum():
        return title[measure.start : measure.end].isalnum() and not after[1].islower()
    return after[:1] == "/" and title[measure.end - 1] in "wW"


@lru_cache(maxsize=1 << 16)
def _read(text: str) -> tuple[str, str]:
    """Returns a token's form for looking up, and its class."""
    key = key_of(text)
    name = CLASSES.get(key) or _SMALL_WORDS.get(key)
    if name == SIZE and len(key) < 3 and not text[-1].isupper():
        return key, QUOTE if key == "s" else WORD_CLASS  # the s of "it s"
    return key, name or _class_of(text)


def _class_of(text: str) -> str:
    """Returns the class of a token that no list has."""
    if len(text) == 1 and not text.isalnum():
        return _MARKS.get(text, QUOTE)
    if not _HAS_DIGIT.search(text):
        return WORD_CLASS
    if _IS_YEAR.match(text):
        return YEAR
    if _IS_NUMBER.match(text):
        return NUMBER
    return MODEL if _IS_MODEL.match(text) else WORD_CLASS
