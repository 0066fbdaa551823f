"""The rules of texts: what finds each, what it says, and which findings of it are one.

A rule is used in a format by its name. The module knows no format.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from adgen.formats.capitals import find_capitals
from adgen.formats.contacts import (
    CURRENCY_WORDS,
    find_addresses,
    find_phones,
    find_prices,
    has_glued_currency,
)
from adgen.formats.format import Rule
from adgen.formats.marks import (
    LONE_LETTERS,
    find_characters,
    find_characters_outside_measures,
    find_emoji,
    find_exclamations,
    find_list_marks,
    find_repeated_marks,
    find_scarce_characters,
    find_spacing,
    find_symbols,
)
from adgen.formats.reading import Reading, Spans
from adgen.formats.trademarks import find_trademarks
from adgen.formats.wording import (
    PHRASE_WORDS,
    find_doubled_words,
    find_generic_calls,
    find_number_words,
    find_promotion,
    find_repeated_words,
    find_superlatives,
    find_words,
)

Find = Callable[[Reading, Rule], Spans]
# Rules that look for words have nothing to do in a text without these.
WATCHED = PHRASE_WORDS | CURRENCY_WORDS | LONE_LETTERS


def _find_prices(reading: Reading, rule: Rule) -> Spans:
    has_word = not reading.watched.isdisjoint(CURRENCY_WORDS)
    if reading.is_plain and not has_word and not has_glued_currency(reading.text):
        return []
    return find_prices(reading.text)


@dataclass(frozen=True)
class TextRule:
    """Describes a rule of texts.

    Attributes:
        find: Returns where a text breaks it.
        message: What is wrong and how to mend it; `{found}` is the place's text.
        is_joined: Whether neighbouring places are one finding: words in capitals.
        is_counted: Whether the first `Rule.most` places are allowed.
    """

    find: Find
    message: str
    is_joined: bool = False
    is_counted: bool = False


TEXT_RULES: Mapping[str, TextRule] = {
    "capitals": TextRule(
        find_capitals, "{found} shouts; write it in lower case, or allow it if it is a name.", True
    ),
    "repeated-punctuation": TextRule(
        find_repeated_marks, "{found} repeats punctuation; write one mark."
    ),
    "exclamation-mark": TextRule(
        find_exclamations, "An exclamation mark too many; leave it out.", is_counted=True
    ),
    "symbols": TextRule(
        find_symbols, "{found} holds a symbol that is no part of what is said; write words."
    ),
    "emoji": TextRule(find_emoji, "{found} is an emoji; leave it out.", is_counted=True),
    "list-marks": TextRule(find_list_marks, "{found} makes a list; write sentences."),
    "spacing": TextRule(
        find_spacing, "{found} has a space missing or too many; set one space between words."
    ),
    "doubled-words": TextRule(find_doubled_words, "{found} says a word twice; say it once."),
    "repeated-words": TextRule(
        find_repeated_words, "{found} stands more often than it may; say it less often."
    ),
    "promotion": TextRule(
        find_promotion, "{found} promotes; say what the product is, and leave that out."
    ),
    "generic-call": TextRule(find_generic_calls, "{found} only tells to click; say what one gets."),
    "superlative": TextRule(
        find_superlatives, "{found} needs a proof; say what is so, and leave that out."
    ),
    "number-words": TextRule(find_number_words, "{found} is a number as a word; write digits."),
    "phone": TextRule(
        lambda reading, rule: find_phones(reading.text), "{found} is a phone number; leave it out."
    ),
    "url": TextRule(
        lambda reading, rule: find_addresses(reading.text), "{found} is an address; leave it out."
    ),
    "price": TextRule(_find_prices, "{found} is a price; leave it out."),
    "forbidden-characters": TextRule(
        find_characters, "{found} is not allowed unless it is part of the brand; leave it out."
    ),
    "measure-characters": TextRule(
        find_characters_outside_measures,
        "{found} is allowed beside a number or in a code alone; leave it out.",
    ),
    "scarce-characters": TextRule(
        find_scarce_characters, "{found} stands more often than it may; leave it out."
    ),
    "forbidden-words": TextRule(find_words, "{found} may not be named; leave it out."),
    "trademark": TextRule(
        find_trademarks,
        "{found} looks like another maker's name; leave it out, or say what it "
        'fits ("for {found}").',
    ),
}
# Rules of whole ads, which `whole_ads` knows.
AD_RULES = frozenset(("alike",))
MOST_PLACES = 100  # of a rule in a text that are told
_BETWEEN = re.compile(r"[\s,&/'!.:–-]*")


def kept_places(spans: Spans, rule: Rule, reading: Reading) -> Spans:
    """Returns the places where a text breaks a rule, in order, names that it may hold left out.

    Args:
        spans: What the rule finds.
        rule: The rule.
        reading: The text.
    """
    kind = TEXT_RULES[rule.name]
    names = reading.names.spans(reading.text)
    starts = [start for start, _ in names]
    spans = sorted(one for one in spans if not _is_within(one, names, starts))[:MOST_PLACES]
    if kind.is_counted:
        spans = spans[rule.most :]
    return _joined(spans, reading.text) if kind.is_joined else spans


def _is_within(place: tuple[int, int], names: Spans, starts: Sequence[int]) -> bool:
    """Tells whether a place lies in one of the names, which do not overlap."""
    index = bisect_right(starts, place[0]) - 1
    return index >= 0 and place[1] <= names[index][1]


def _joined(spans: Spans, text: str) -> Spans:
    """Returns places as one where only marks and spaces stand between them."""
    joined: Spans = []
    for start, end in spans:
        if joined and _BETWEEN.fullmatch(text, joined[-1][1], start):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
