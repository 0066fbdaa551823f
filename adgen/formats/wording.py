"""Words and phrases that platforms refuse: repetition, promotion, calls to click, superlatives.

A phrase is looked for only where a word stands that it cannot do without, so that a text without
any costs next to nothing. English; what a phrase means where it is a product's name ("For Sale
Sign") is told by the word behind it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from operator import eq

from adgen.formats.format import Rule
from adgen.formats.reading import WINDOW, Reading, Spans
from adgen.formats.vocabulary import DOUBLES, FUNCTION_WORDS
from adgen.products.promotion import PHRASES
from adgen.products.units import NAMES

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_MOST_WORDS = 1 << 14
_FEWEST_CHARS = 2  # of a word that is counted
_PROMOTION: Mapping[str, re.Pattern[str]] = {
    word: re.compile(rf"\b(?:{pattern})(?![\w-])", re.IGNORECASE)
    for words, pattern in {
        **PHRASES,
        "bestseller bestsellers": "bestsellers?",
        "off save": r"(?:up to )?\d+ ?% off|save (?:up to )?(?:\d+ ?%|[$€£]\d+)|half off",
        "free": rf"{PHRASES['free']}|(?:buy|get) (?:one|two|[12])[, ]+(?:get )?(?:one|[12])? ?free",
        "gifts gift": "(?:great|perfect|best|ideal) gifts?",
        "stock": "(?:in stock|while stocks? lasts?|limited stock)(?! (?:pot|exchange))",
        "today now": "(?:order|shop|buy) (?:today|now)",
    }.items()
    for word in words.split()
    if word != "click"  # which is a call of its own
}
_PROMOTION_WORDS = frozenset(_PROMOTION)
# Products whose names hold such words: a coupon binder, a sign that says so, a lift kit.
_OF_A_PRODUCT = re.compile(
    r"[ -](?:signs?|stickers?|labels?|tags?|banners?|flags?|posters?|decals?|organi[sz]ers?|"
    r"binders?|holders?|wallets?|books?|boxes|pouch(?:es)?|cards?|kits?|lights?|lamps?|codes?|"
    r"trick|jars?|bags?|tape)\b|[ -]?(?:\d|\")",
    re.IGNORECASE,
)
_BEFORE_A_PRODUCT = re.compile(
    r"\b(?:ground|zero|high|low|garage|yard|estate|rummage|fl|vertical|extra|the big|card)[ -]$",
    re.IGNORECASE,
)
_GENERIC_CALL = re.compile(
    r"\b(?:click|tap|press|go|look) (?:right )?here\b|\bclick (?:now|below|this|on this|the link|"
    r"on the link|to (?:buy|see|learn|read|find))\b|\b(?:visit|see) (?:our|this|the) "
    r"(?:web ?site|site|page|link)\b|\blink (?:below|in bio)\b",
    re.IGNORECASE,
)
_CALL_WORDS = frozenset(("click", "tap", "press", "go", "look", "visit", "see", "link"))
_THINGS = "western|buy|friends?|man|men|before|if|foot|seat|choice products|practices?|regards|bib"
_SUPERLATIVE = re.compile(
    r"(?<!\bmy )(?<!your )(?<!their )\b(?:the )?best(?:[- ](?:selling|rated|ever|in))?\b"
    rf"(?![- ](?:{_THINGS})\b)|\bbest-?sellers?\b|\btop[- ](?:rated|selling|quality)\b|"
    r"(?:#|\bno\. ?|\bnumber )(?:1|one)(?= (?:brand|choice|sell|rated|best|in|for|recommended|"
    r"voted|most|product|supplier))|\b(?:cheapest|greatest|finest|fastest)\b(?! hits)|"
    r"\blowest prices?\b|\bunbeatable\b|\bmost (?:trusted|popular|loved|advanced)\b|"
    r"\bworld['’]?s (?:most|leading|favou?rite|first|finest|number)\b|"
    r"\bleading (?:brand|supplier|provider)\b",
    re.IGNORECASE,
)
_SUPERLATIVES = """
    best bestseller bestsellers top no number 1 cheapest greatest finest fastest lowest unbeatable
    world worlds leading most
"""
_SUPERLATIVE_WORDS = frozenset(_SUPERLATIVES.split())
_NUMBERS = "two three four five six seven eight nine ten twelve"
_NUMBER_WORDS = frozenset(_NUMBERS.split())
_COUNTED = re.compile(
    r"(?:packs?|pieces?|pcs|counts?|pairs?|sets?|rolls?|bottles?|boxes|bags|ounces?|inch(?:es)?|"
    r"feet|foot|pounds?|tier|port|hours?|sheets|capsules|tablets)\b"
)
_BEFORE_NUMBER = ("pack of ", "case of ", "set of ", "box of ", "bag of ")
# Words without one of which no text breaks a rule of phrases.
PHRASE_WORDS = _PROMOTION_WORDS | _CALL_WORDS | _SUPERLATIVE_WORDS | _NUMBER_WORDS


def find_repeated_words(reading: Reading, rule: Rule) -> Spans:
    """Returns where a word stands more often than it may; singular and plural are one word."""
    if not _may_repeat(reading, rule.most):
        return []
    counts: Counter[str] = Counter()
    found = []
    for match in _WORD.finditer(reading.text):
        word = _singular(match.group().lower())
        if not _is_counted(word, match, reading.text):
            continue
        counts[word] += 1
        if counts[word] > rule.most:
            found.append(match.span())
    return found


def said_too_often(text: str, *, most: int | None, most_in_a_row: int) -> dict[str, int]:
    """Returns how often words stand in a text that says them too often, whatever its format.

    Args:
        text: Any text; singular and plural are one word, numbers and "and" are none.
        most: How often a word may stand; None for any number.
        most_in_a_row: How often one word may follow itself, the first included.

    Example:
        >>> said_too_often("Yoga mat mat mat mats", most=None, most_in_a_row=2)
        {'mat': 4}
    """
    forms: dict[str, str] = {}  # as each word is written first
    counts: Counter[str] = Counter()
    longest: Counter[str] = Counter()  # run of the word
    before = ""
    run = 0
    for match in _WORD.finditer(text):
        word = _singular(match.group().lower())
        run = run + 1 if word == before else 1
        before = word
        if _is_counted(word, match, text):
            forms.setdefault(word, match.group())
            counts[word] += 1
            longest[word] = max(longest[word], run)
    return {
        forms[word]: number
        for word, number in counts.items()
        if longest[word] > most_in_a_row or (most is not None and number > most)
    }


def _may_repeat(reading: Reading, most: int) -> bool:
    """Tells whether a word may stand more often; most texts are done with here."""
    if len(reading.word_set) == len(reading.words):
        return False
    words = [word for word in reading.words if word not in FUNCTION_WORDS]
    if len(set(words)) == len(words):
        return False  # three of one word are two in one form
    return max(Counter(map(_singular, words)).values()) > most


def _is_counted(word: str, match: re.Match[str], text: str) -> bool:
    """Tells whether a word's number counts: no number, no unit behind one, no "and"."""
    if len(word) < _FEWEST_CHARS or word in FUNCTION_WORDS or word[0].isdigit():
        return False
    is_unit = (
        word in NAMES
        and text[max(0, match.start() - WINDOW) : match.start()].rstrip(" -")[-1:].isdigit()
    )
    return not is_unit


@lru_cache(_MOST_WORDS)
def _singular(word: str) -> str:
    """Returns the form that stands for a word and its plural."""
    word = word.replace("’", "'").removesuffix("'s")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def find_doubled_words(reading: Reading, rule: Rule) -> Spans:
    """Returns where a word stands twice in a row."""
    if not any(map(eq, reading.words, reading.words[1:])):
        return []
    found = []
    before: re.Match[str] | None = None
    for match in _WORD.finditer(reading.text):
        word = match.group().lower()
        if before is not None and before.group().lower() == word and word.isalpha():
            between = reading.text[before.end() : match.start()]
            if _is_doubling(word, between):
                found.append((before.start(), match.end()))
        before = match
    return found


def _is_doubling(word: str, between: str) -> bool:
    if len(word) == 1 or word in DOUBLES or between == "-":
        return False
    return set(between) <= set(" ,.!?-–—")


def find_promotion(reading: Reading, rule: Rule) -> Spans:
    """Returns where words of sales stand."""
    triggers = reading.watched and reading.watched & _PROMOTION_WORDS
    if not triggers:
        return []
    found = set()
    for pattern in {_PROMOTION[word] for word in triggers}:
        for match in pattern.finditer(reading.text):
            start, end = match.span()
            before = reading.text[max(0, start - WINDOW) : start]
            if not _OF_A_PRODUCT.match(reading.text, end) and not _BEFORE_A_PRODUCT.search(before):
                found.add((start, end))
    return sorted(found)


def find_generic_calls(reading: Reading, rule: Rule) -> Spans:
    """Returns where a text only tells to click."""
    if not reading.watched or reading.watched.isdisjoint(_CALL_WORDS):
        return []
    return [match.span() for match in _GENERIC_CALL.finditer(reading.text)]


def find_superlatives(reading: Reading, rule: Rule) -> Spans:
    """Returns where a text says that nothing is better, without a proof."""
    if not reading.watched or reading.watched.isdisjoint(_SUPERLATIVE_WORDS):
        return []
    return [match.span() for match in _SUPERLATIVE.finditer(reading.text)]


def find_number_words(reading: Reading, rule: Rule) -> Spans:
    """Returns where a count is written as a word."""
    if not reading.watched or reading.watched.isdisjoint(_NUMBER_WORDS):
        return []
    found = []
    for match in _WORD.finditer(reading.text):
        number, dash, counted = match.group().lower().partition("-")
        if number not in _NUMBER_WORDS:
            continue
        before = reading.text[max(0, match.start() - WINDOW) : match.start()].lower()
        if not dash:
            behind = reading.text[match.end() : match.end() + WINDOW].lower()
            counted = behind.removeprefix(" ")
        if _COUNTED.match(counted) or before.endswith(_BEFORE_NUMBER):
            found.append((match.start(), match.start() + len(number)))
    return found


def find_words(reading: Reading, rule: Rule) -> Spans:
    """Returns where the rule's words stand."""
    if not any(word.lower() in reading.word_set for word in rule.words):
        return []
    pattern = "|".join(map(re.escape, rule.words))
    return [
        match.span()
        for match in re.finditer(rf"\b(?:{pattern})\b", reading.text, flags=re.IGNORECASE)
    ]
