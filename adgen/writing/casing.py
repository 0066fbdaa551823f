"""Capitals of titles: every word with its first letter, but not USB, iPhone, 6 mm and "with"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

from adgen.products.lexicon import CLASSES, COLOUR, MATERIAL
from adgen.products.measures import find_measures
from adgen.products.names import load_names
from adgen.products.units import NAMES, UNITS

# Words that stay small inside a title.
_SMALL = "per a an and as at by de du for from in of on or the to with"
SMALL_WORDS = frozenset(_SMALL.split())
_SMALL_UNITS = frozenset(("cm", "kg", "km", "mg", "ml", "mm", "nm", "sqm"))
_LONGEST_UNIT = 2
_LETTER_UNIT = re.compile(r"(?<=\d )[hglm]\b")  # of several numbers: 3/9/12 h
# Units that no list of measures has, behind a number or a stroke: 5 s, 10000 r/min, mm/inch.
_AS_WRITTEN = re.compile(
    r"(?<=\d )(?:s|ms|mi|cl|dl|ksi|kcal|kj|kJ|ppm|ppb|bpm|cuin|cu in|min-1|"
    r"[µμ]\w+|sq (?:in|mm|cm|m|km|mi))(?![\w/'’-])|"
    r"\d ?(?:s|r|rev|dbl|g|l|m|t|mg|ml|dl|kg|km|mm|cm|ms|mS|mV|kJ|kcal|kN|[A-Z]{1,2})"
    r"/(?:min|h|hr|s|sec|day|d|wk|week|month|yr|year|mm|cm|m|km|inch|in|ft|kg|l|ml|g|oz)"
    r"\d?(?![\w-])|"
    r"(?<![\w/])(?:mm|cm|km|m|kg|g|ml|l)/(?:inch|inches|in|ft|lbs?|oz|mi|miles?)(?![\w-])"
)
_OF_PH = re.compile(
    r"[ -](?:levels?|range|value|balanced?|neutral|meter|tester|electrode|probe|buffer)\b| \d+\.\d",
    re.I,
)
# Units whose capitals are not those of words.
_UNIT_CAPITALS = {"kpa": "kPa", "kwh": "kWh", "dba": "dBA"}
_LONGEST_ACRONYM = 3  # letters that may stand for words: ABS, LED, but not STEEL
_SHORTEST_WORD = 3  # letters of a unit that is a word: cup, and not oz
# Units that are words, which ads write with a capital: "12-Cup", but "10-mm" and "110 lbs".
_UNIT_WORDS = frozenset(
    word
    for word, name in NAMES.items()
    if len(word) >= _SHORTEST_WORD
    and word.isalpha()
    and any(word.capitalize() in form for form in UNITS[name].written)
)
# Acronyms of materials that are other words too: an abs roller is of no ABS.
_MATERIAL_OR_WORD = frozenset(["abs"])
_OF_PLASTICS = frozenset(["filament", "hardshell", "polymer", "resin", "shell", "thermoplastic"])
# Acronyms that are neither words nor brands: shops' files have "Usb Cable" and "Spf 50".
_ACRONYMS_TEXT = "bpa cpu diy dvd gps gpu hdmi hdtv lcd led nfc pvc rfid rgb spf ssd tpu upf usb uv"
_ACRONYMS = frozenset(_ACRONYMS_TEXT.split())
_NO_ACRONYM = re.compile(r"Led Zeppelin")
# Who led: a "Teacher Led Course" is none of LEDs.
_LEADERS_TEXT = "teacher student instructor self peer child expert coach trainer team"
_OF_LIGHT = re.compile(r"^ (?:lights?|lamps?|lanterns?|shoes|masks?|strips?)\b", re.IGNORECASE)
_LED_BY = re.compile(rf"\b(?:{_LEADERS_TEXT.replace(' ', '|')})[ -]$", re.IGNORECASE)
# Which begin a part of a title, no title.
_JOINTS = frozenset(["and", "by", "for", "from", "in", "with"])
# A word's way of writing counts where this share of its uses has it, of at least so many.
_USUAL_SHARE, _FEWEST = 0.6, 100
_CAPITALS_SHARE = 0.7  # of a title's letters; above it the title is in capitals
_F_NUMBER = re.compile(r"f/\d")  # of a lens
_X_WORD = re.compile(r"(?<!\d)(?<!\d[ -])x-[a-z]")  # x-large, and no 8-x-10
_IN_OUT = re.compile(r"/(?:out|off)\b", re.IGNORECASE)
_COMPOUND = re.compile(r"(?<!-)\w+-[^\W\d]")  # in-ear, a-line; and no built-in
_BEFORE_CAPITAL = re.compile(r"-[A-Z][a-z]")
_INSIDE = re.compile(r"[^\W_][.#·]$")  # of a word before these letters: a U.fl socket, N·m
_LETTERS = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_WORD = re.compile(r"[^\W\d_][\w'’]*|\d[\w.]*")


class Casing:
    """Writes texts with the capitals that ads have.

    Args:
        usual: Words in lower case, and how most ads write them where that is neither in lower case
            nor with a first capital: {"usb": "USB", "iphone": "iPhone"}.

    Example:
        >>> Casing({"usb": "USB"}).title("usb cable with plug")
        'USB Cable with Plug'
    """

    def __init__(self, usual: Mapping[str, str]) -> None:
        self._usual = usual

    def title(self, text: str) -> str:
        """Returns a text with a title's capitals; words that hold a capital stay as they are.

        But a word that is no acronym is not in capitals throughout: STEEL is Steel.
        """
        measured = [(measure.start, measure.end) for measure in find_measures(text)]
        written = [found.span() for found in _AS_WRITTEN.finditer(text)]

        def cased(match: re.Match[str]) -> str:
            if any(start <= match.start() < end for start, end in written):
                return match.group()
            if any(start <= match.start() < end for start, end in measured):
                return self._word(match) if match.group() in _UNIT_WORDS else match.group()
            before = text[: match.start()]  # MB/s, lines/mm
            is_unit = len(match.group()) <= _LONGEST_UNIT and before.endswith("/")
            if is_unit or _INSIDE.search(text, 0, match.start()):  # MB/s
                return match.group()
            if any(known.match(text, match.start()) for known in (_LETTER_UNIT, _F_NUMBER)):
                return match.group()
            return self._word(match)

        return _WORD.sub(cased, text)

    def _word(self, match: re.Match[str]) -> str:
        word = match.group()
        at = (match.string, match.start())
        as_it_is = _unit(match) or _beside_out(match)
        if as_it_is:
            return as_it_is
        behind = match.string[match.end() :]
        is_before_capital = len(word) == 1 and _BEFORE_CAPITAL.match(behind)
        if is_before_capital or (word == "w" and behind.startswith("/")):
            return word  # i-Size, w/ for with
        if word.isupper() and _is_shouted(word.lower()) and word.lower() not in self._usual:
            return word if _is_subject(match) else word.capitalize()
        is_led = word in ("led", "Led") and _LED_BY.search(match.string[: match.start()])
        if is_led and not _OF_LIGHT.search(behind):
            return word.capitalize()
        if word.lower() in _ACRONYMS and word.istitle() and not _NO_ACRONYM.match(*at):
            return word.upper()
        if word != word.lower() or word[0].isdigit() or (word == "x" and not _X_WORD.match(*at)):
            return word
        if word in self._usual and (word not in _MATERIAL_OR_WORD or _is_material(match)):
            return self._usual[word]
        if any(map(str.isdigit, word)):
            return word  # a16041 is a code
        is_small = word in _JOINTS or (word in SMALL_WORDS and match.start() > 0)
        if is_small and not _COMPOUND.match(*at):
            return word
        return word[0].upper() + word[1:]


def _beside_out(match: re.Match[str]) -> str:
    """Returns the first of "In/Out", which is no joint; empty of other words."""
    is_first = match.group() in ("in", "on") and _IN_OUT.match(match.string, match.end())
    return match.group().capitalize() if is_first else ""


def _unit(match: re.Match[str]) -> str:
    """Returns a unit as it is written, whatever capitals a text has; empty of other words."""
    word = match.group()
    if word in _SMALL_UNITS or word[0] in "µμ":
        return word  # the capital of µ would be read as an M
    if word.lower() == "ph" and _OF_PH.match(match.string, match.end()):
        return "pH"
    return "" if word.isupper() else _UNIT_CAPITALS.get(word.lower(), "")


def _is_shouted(word: str) -> bool:
    """Tells whether a word that stands in capitals is one of the language and no acronym."""
    if CLASSES.get(word) == COLOUR:
        return True
    is_word = word.removesuffix("'s") in CLASSES or word in _words_of_names()
    return len(word) > _LONGEST_ACRONYM and is_word


def _is_subject(match: re.Match[str]) -> bool:
    """Tells whether capitals stand for what is taught, "Spatial Reasoning, STEM", no goblet's."""
    return match.group() == "STEM" and not match.string.isupper()


def _is_material(match: re.Match[str]) -> bool:
    """Tells whether a word stands beside one of plastics, or of another material."""
    before = _WORD.findall(match.string[: match.start()].lower())[-1:]
    behind = _WORD.findall(match.string[match.end() :].lower())[:1]
    return any(CLASSES.get(word) == MATERIAL or word in _OF_PLASTICS for word in before + behind)


@cache
def _words_of_names() -> frozenset[str]:
    return frozenset(word for name in load_names().known for word in name.split())


def usual_capitals(titles: Iterable[str]) -> dict[str, str]:
    """Returns the words that most titles write neither in lower case nor with a first capital.

    Args:
        titles: Training ads; those in capitals throughout say nothing.

    Returns:
        Words in lower case, and how they are written; sorted.
    """
    counts: Counter[str] = Counter()
    for title in titles:
        if not _is_in_capitals(title):
            counts.update(_LETTERS.findall(title))
    ways: dict[str, Counter[str]] = {}
    for word, count in counts.items():
        ways.setdefault(word.lower(), Counter())[word] = count
    usual = {}
    for word, forms in ways.items():
        way, count = forms.most_common(1)[0]
        is_usual = count > _USUAL_SHARE * forms.total() and forms.total() >= _FEWEST
        if is_usual and way not in (word, word[0].upper() + word[1:]):
            usual[word] = way
    return dict(sorted(usual.items()))


def _is_in_capitals(title: str) -> bool:
    letters = [character for character in title if character.isalpha()]
    return sum(map(str.isupper, letters)) > _CAPITALS_SHARE * len(letters)
