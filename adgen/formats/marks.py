"""Punctuation, symbols and emoji that are no part of what a text says.

What has a use passes: `5"`, `#10`, `24/7`, `5* hotel`, `C++`, `3.5 x 2`. The module judges marks
where they stand; words it knows only as letters around them.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from adgen.formats.capitals import find_dotted
from adgen.formats.contacts import find_addresses
from adgen.formats.emoji import EMOJI
from adgen.formats.format import Rule
from adgen.formats.reading import Reading, Spans, apart
from adgen.formats.vocabulary import AD_WORDS
from adgen.products.brands import load_brands

# Marks that a text of words and numbers is full of; where there are no others, there is no symbol.
_RARE = re.compile(r"[^\w\s,.&'()/%:;!?+\"–—’‘“”™®©°-]|_")
# "..." is an ellipsis, '' an inch, // part of an address; C++ and A++ are names, PA+ to PA++++
# grades.
_REPEATED = re.compile(
    r"([!?])[!?]+|([,;:&%@#$^~=|])\2+|(?<!\.)\.\.(?!\.)|\.{4,}|\*{2,}|-{3,}|<{2,}|>{2,}"
    r"|(?<!\bPA\+)(?<!\bPA \+)(?<![A-Za-z])(?<![A-Za-z] )\+{3,}|(?<!:)/{2,}|([•★☆])\3+"
)
_SYMBOLS = re.compile(
    # 1. In place of letters: fl@wers, Ca$h, f*l*o.
    r"(?<![\w.+-])[A-Za-z]+[@$€£*][A-Za-z]+(?:[@$€£*][A-Za-z]+)*"
    # 2. Around words: *flowers*, ~flowers~, =flowers=.
    r"|(?<!\w)([*~_=|<>^])\w[\w ]*\1"
    # 3. Of no use in a text of words; beside a number most of them have one.
    r"|[<>](?!\s?\d)(?!=)|[{}\\^`¬¦]|~(?!\s?[\d.$])|_|(?<![\d\w.)%])\*(?!\w)|=(?!\s?\d)"
    # 4. Arrows, boxes, stars, ornaments, letters made of pictures, narrow katakana.
    r"|[\u2190-\u21ff\u2400-\u24ff\u2500-\u27bf\u2900-\u297f\u2b00-\u2bff\uff61-\uff9f"
    r"\U0001d400-\U0001d7ff\U0001f100-\U0001f1e5]+"
)
# A digit in place of a letter: f1owers. What the word would be then must be a word.
_HAS_LEET = re.compile(r"[013457](?<=[a-z][013457])(?=[a-z]{2})")
_LEET = re.compile(r"(?<![\w.-])[A-Za-z][a-z013457]*(?![\w-])")
_LETTERS = [str.maketrans("013457", f"o{one}east") for one in "li"]
_BULLET = re.compile(r"[•‣▪◦●✓✔∙](?=\s?\S)|^[ \t]*[-*–][ \t]+\S", re.MULTILINE)
_NUMBERED = [re.compile(rf"(?:^|(?<=\s)){digit}[.)]\s") for digit in "12"]
LONE_LETTERS = frozenset("bcdefghijklmnopqruvwxyz")
_SPACING = re.compile(
    r"\s{2,}|[\t-\r\x85\u2028\u2029]"
    r"|(?<= ),(?!\d)|(?<= );"
    r"|(?<=[A-Za-z]{2}),(?=[A-Za-z]{2})|(?<=[A-Za-z]\)),(?=[A-Za-z])|(?<=[A-Za-z]{2});(?=[A-Za-z])"
    r"|(?<=[A-Za-z])[!?](?=[A-Za-z]{2})|(?<=[a-z]{3})\.(?=[A-Z][a-z])"
    r"|(?<![\w.'’-])[A-Za-z](?: [A-Za-z]){3,}(?![\w.'’])"
)
_COMMON = frozenset(",.'&()/:+-")  # marks of a text that is plain nevertheless
_CODE = re.compile(r"\s?[\w.-]*\d")  # or a number: #10, #AB-200, <27 Inch
_FEWEST_SPACED = 4


def find_repeated_marks(reading: Reading, rule: Rule) -> Spans:
    """Returns where punctuation stands twice and more."""
    if reading.is_ascii and not reading.has_odd_marks:
        return []
    return [match.span() for match in _REPEATED.finditer(reading.text)]


def find_exclamations(reading: Reading, rule: Rule) -> Spans:
    """Returns where exclamation marks stand."""
    text = reading.text
    if reading.is_plain:
        return []
    return [(place, place + 1) for place, mark in enumerate(text) if mark in "!！"]


def find_symbols(reading: Reading, rule: Rule) -> Spans:
    """Returns where symbols stand that are no part of what is said."""
    text = reading.text
    has_many = text.count(".") > 2 or text.count("-") > 2 or text.count("*") > 2
    found = find_dotted(text) if has_many else []
    if _HAS_LEET.search(text):
        found += [match.span() for match in _LEET.finditer(text) if _is_disguised(match.group())]
    if reading.is_plain or (reading.is_ascii and not _RARE.search(text)):
        return found
    addresses = find_addresses(text)
    others = [*addresses, *found]
    if not reading.is_ascii:
        others += [match.span() for match in EMOJI.finditer(text)]
        others += [match.span() for match in _BULLET.finditer(text)]
    return found + apart([match.span() for match in _SYMBOLS.finditer(text)], others)


def _is_disguised(word: str) -> bool:
    """Tells whether a word with digits in place of letters is an ordinary one."""
    if not any(map(str.isdigit, word)):
        return False
    words = (word.lower().translate(letters) for letters in _LETTERS)
    return any(one.upper() in AD_WORDS or one in load_brands().ordinary for one in words)


def find_emoji(reading: Reading, rule: Rule) -> Spans:
    """Returns where emoji stand, each with the signs that belong to it."""
    if reading.is_ascii:
        return []
    return [match.span() for match in EMOJI.finditer(reading.text)]


def find_list_marks(reading: Reading, rule: Rule) -> Spans:
    """Returns where bullets stand, or the numbers of a list."""
    text = reading.text
    found = []
    if not reading.is_ascii or "- " in text or "* " in text:
        found = [match.span() for match in _BULLET.finditer(text)]
    if "1" in text and "2" in text:
        first = _NUMBERED[0].search(text)
        second = first and _NUMBERED[1].search(text, first.end())
        if first and second:
            found.append((first.start(), second.end()))
    return found


def find_spacing(reading: Reading, rule: Rule) -> Spans:
    """Returns where a space is missing or too many, or stands between letters of a word."""
    text = reading.text
    if reading.is_ascii and not _may_lack_spaces(reading):
        return []
    found = []
    for match in _SPACING.finditer(text):
        letters = match.group().replace(" ", "")
        if letters.isalpha() and not _is_word(letters):
            continue  # Vitamin A B C D
        found.append(match.span())
    if found and "." in text:
        found = apart(found, find_addresses(text))
    return found


def _may_lack_spaces(reading: Reading) -> bool:
    text = reading.text
    if "  " in text or " ," in text or " ;" in text or reading.has_odd_marks:
        return True
    return len(reading.watched) > 1 and len(reading.watched & LONE_LETTERS) > 1


def _is_word(letters: str) -> bool:
    """Tells whether letters with spaces between them are a word, no row of names or sizes."""
    return (
        len(letters) >= _FEWEST_SPACED
        and list(letters) != sorted(letters)
        and any(letter in "aeiouAEIOU" for letter in letters)
    )


def find_characters(reading: Reading, rule: Rule) -> Spans:
    """Returns where the rule's characters stand."""
    text = reading.text
    if reading.is_plain and _is_rare(rule.characters):
        return []
    return [(place, place + 1) for place, mark in enumerate(text) if mark in rule.characters]


@cache
def _is_rare(characters: str) -> bool:
    """Tells whether no plain text holds any of these."""
    return _COMMON.isdisjoint(characters)


def find_characters_outside_measures(reading: Reading, rule: Rule) -> Spans:
    """Returns where the rule's characters stand beside no number or code."""
    text = reading.text
    return [
        (start, end)
        for start, end in find_characters(reading, rule)
        if not (_CODE.match(text, end) or text[max(0, start - 2) : start].rstrip()[-1:].isdigit())
    ]


def find_scarce_characters(reading: Reading, rule: Rule) -> Spans:
    """Returns where one of the rule's characters stands more often than it may."""
    found = find_characters(reading, rule)
    seen: Counter[str] = Counter()
    beyond = []
    for start, end in found:
        seen[reading.text[start]] += 1
        if seen[reading.text[start]] > rule.most:
            beyond.append((start, end))
    return beyond
