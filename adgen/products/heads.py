"""Where a title says whose product it is, and what it is.

A brand that is known, or a word at the beginning that titles hardly have; then a phrase that
products are known to be called by (`names`), or else the last two words of the first phrase. It
knows no facts.
"""

from __future__ import annotations

import re

from adgen.products.brands import Brands
from adgen.products.lexicon import CLASSES
from adgen.products.names import LONGEST_NAME, Names
from adgen.products.phrases import first_token, phrase_at
from adgen.products.title_tokens import WORD_CLASS, Tokens, is_phrasal
from adgen.products.words import split_words

_BEFORE_AUDIENCE = re.compile(r"w{1,2}(?=Y?A)")
_BEFORE_MODEL = re.compile(r"w{1,2}(?=X)")
_CAPITALS = re.compile(r"[A-Z]{4,} [A-Z]{2,}\b(?! [A-Z]{3,}\b)")
_BEFORE_BRANDS = frozenset(("authentic", "genuine", "new", "original"))
# Part of the brand before them.
_COMPANIES_TEXT = """
apparel company corporation electronics inc industries international products textiles
"""
_COMPANIES = frozenset(_COMPANIES_TEXT.split())
_ENDS_RUN = frozenset("MNXASC&,|YnV")
_LONGEST_SHORT = 8  # tokens of a phrase that likely ends with the product's name
_MOST_PHRASES = 3  # in which a name is looked for

Span = tuple[int, int]  # the first token, and the one behind the last


class Heads:
    """Finds brand and name of one title."""

    def __init__(self, tokens: Tokens, brands: Brands, names: Names) -> None:
        self.tokens = tokens
        self.brands = brands
        self.names = names
        self.classes = tokens.classes
        self.has_known_name = False

    def find_brand(self) -> Span | None:
        """Returns the tokens of the brand, at the beginning or behind an audience or a number."""
        first = 0
        if not self.classes or self.brands.find(self.tokens.keys) is None:
            first = first_token(self.classes)
        if first == len(self.classes):
            return None
        start = first
        while self.classes[start] in "AYNX" and start + 1 < len(self.classes):
            start += 1
        places = [start, 0]
        if self.tokens.keys[first] in _BEFORE_BRANDS and first + 1 < len(self.classes):
            places.insert(0, first + 1)
        for at in places:
            end = self._brand_end(at)
            if end is not None:
                while self.tokens.keys[end : end + 1] and self.tokens.keys[end] in _COMPANIES:
                    end += 1
                return at, end
        return None

    def _brand_end(self, start: int) -> int | None:
        """Returns the token behind the brand that begins at a token; None where none does."""
        tokens = self.tokens
        before_audience = _BEFORE_AUDIENCE.match(self.classes, start)
        brand = self.brands.find(tokens.keys, start)
        if brand is not None:
            end = start + len(split_words(brand.name))
            is_longer = before_audience and before_audience.end() == end + 1
            return end + 1 if is_longer else end
        if before_audience and not self._is_ordinary(start):
            return before_audience.end() if tokens.text(start, start + 1).istitle() else start + 1
        before_model = _BEFORE_MODEL.match(self.classes, start)
        first = tokens.text(start, start + 1)
        if before_model and first[0].isupper() and first.isalpha():
            return before_model.end()
        capitals = _CAPITALS.match(tokens.title, tokens.starts[start])
        if capitals and self.classes[start : start + 2] == WORD_CLASS * 2:
            return start + 2
        return start + 1 if self._is_unknown(start) else None

    def _is_unknown(self, at: int) -> bool:
        """Tells whether a token is a capitalised word that titles hardly have."""
        if self.classes[at : at + 1] != WORD_CLASS or self._is_ordinary(at):
            return False
        text = self.tokens.text(at, at + 1)
        return len(text) > 1 and text[0].isalpha() and not text.islower()

    def _is_ordinary(self, at: int) -> bool:
        return all(
            part in self.brands.ordinary or part in CLASSES or self.names.ending_at([part], 1)
            for part in self.tokens.keys[at].split("-")
        )

    def find_name(self, position: int) -> Span | None:
        """Returns the tokens of the name: in one of the first phrases without "with" or "for".

        Args:
            position: The token behind the brand.
        """
        spare: Span | None = None
        introduced: Span | None = None  # by "for", for titles that begin so
        num_tried = 0
        while num_tried < _MOST_PHRASES and (phrase := phrase_at(self.classes, position)):
            position = phrase.end
            if phrase.introducer:
                introduced = introduced or (phrase.body, phrase.end)
                continue
            num_tried += 1
            name = self._name_in(phrase.start, phrase.end)
            if name is not None:
                return name
            spare = spare or self._spare_name(phrase.start, phrase.end)
        if spare is None and introduced:
            return self._name_in(*introduced)
        return spare

    def _name_in(self, start: int, end: int) -> Span | None:
        """Returns the tokens of the first known name among some."""
        keys = self.tokens.keys
        names: list[Span] = []
        for at in range(start + 1, end + 1):
            length = self.names.ending_at(keys, at, start)
            if not length or is_phrasal(keys, at):  # no slip, but slip-on
                continue
            if names and names[-1][1] >= at - length:
                # Names side by side, or a longer one: "door" "handle" "lock".
                first = min(names[-1][0], at - length)
                if at - first <= LONGEST_NAME:
                    names[-1] = (first, at)
                    continue
                if at - length < names[-1][1]:
                    names.pop()
            names.append((at - length, at))
        if not names:
            return None
        self.has_known_name = True
        # The longest; one that ends a short run of words counts a word more, the first run's too.
        runs = [0, *(i for i in range(start, end) if self.classes[i] in _ENDS_RUN), end]
        chosen = max(names, key=lambda name: name[1] - name[0] + self._is_last(name, runs))
        return self._with_modifier(chosen, start, runs)

    def _is_last(self, name: Span, runs: list[int]) -> int:
        """Returns 1 for names at the end of a short run, 2 where the run is the first."""
        following = next(at for at in runs if at >= name[1])
        before = max((at for at in runs if at < name[0]), default=0)
        if following - name[1] > 1 or following - before > _LONGEST_SHORT:
            return 0
        return 2 if following == runs[1] and name[1] - name[0] > 1 else 1

    def _with_modifier(self, name: Span, start: int, runs: list[int]) -> Span:
        """Adds the word before a name whose own words say little: "water" "bottle".

        A single word between the name and the end of its run belongs to it: "clock" "radio".
        """
        first, last = name
        if self.classes[last : last + 1] == WORD_CLASS and last + 1 in runs:
            last += 1
            first = max(first, last - LONGEST_NAME)
        if first == start or last - first == LONGEST_NAME or self.classes[first - 1] != WORD_CLASS:
            return first, last
        is_single = last - first == 1 or self.names.ending_at(self.tokens.keys, last) == 1
        is_ordinary = self.tokens.keys[first - 1] in self.brands.ordinary
        return (first - 1, last) if is_single and is_ordinary else (first, last)

    def _spare_name(self, start: int, end: int) -> Span | None:
        """Returns the last two words in a row, for products whose names are not known."""
        last = end
        while last > start and not self._may_name(last - 1):
            last -= 1
        first = last
        while first > start and last - first < 2 and self._may_name(first - 1):
            first -= 1
        return (first, last) if first < last else None

    def _may_name(self, at: int) -> bool:
        return self.classes[at] in "wTkVc" and self.tokens.keys[at][0].isalpha()
