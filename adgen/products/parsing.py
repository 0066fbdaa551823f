"""Titles into facts: brand, name of the product, and what the seller says of it.

Rules over the classes of a title's words (`title_tokens`), the brands (`brands`) and what products
are called (`names`). Made for titles in English as shops write them. It knows no models, and does
not judge whether a fact is true.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from adgen.products.brands import Brands, load_brands
from adgen.products.heads import Heads, Span
from adgen.products.lexicon import ALLOY, COATING
from adgen.products.names import Names, load_names
from adgen.products.phrases import Phrase, phrase_at
from adgen.products.things import Things
from adgen.products.title_tokens import (
    BY_MAKER,
    FOR,
    MODEL,
    NUMBER,
    STOP,
    WORD_CLASS,
    YEAR,
    Tokens,
    tokens_of,
)

# What is found wherever it stands, on the classes of words: see `lexicon` and `title_tokens`.
_INLINE = re.compile(
    r"(?P<measure>M(?:D|d(?!w))?(?:xM(?:D|d(?!w))?)*|S+(?:&S+)*(?!w))"
    r"|(?P<count>N)"
    r"|(?P<model>X(?:&X)*)"
    r"|(?P<audience>a?A(?:&a?A|A)*)"
    r"|(?P<material>K[KtcC]*[TC]p*|t+[cC]*T(?:&[tT]*T)*p*|[tcC]*[CTk]p+|T(?:&?T)*p*)"
    r"|(?P<colour>[ckt]*C[Ck]*(?:&?[ck]*Ck?)*l?|[ct]+k(?:&[ct]*[Ck])*)"
    r"|(?P<feature>f)"
)
# "Navy Blue", "Gym Red/Black", "White Color".
_COLOUR_ALONE = re.compile(
    r"l?(?:(?:[ckt]*|w[ck]*)[Ck]t?(?:[&q]*[ckt]*[Ck]t?|&w[ck]*[Ck])*|c+(?=l))l?$"
)
_MEASURE_ALONE = re.compile(r"(?:[MS][Dd]?(?:[x&q]?[MS][Dd]?)*w{0,2}|[Dd][MS]|w[M])$")
_AUDIENCE = re.compile(r"[awS]?[AR](?:[AR,&]*[aS]?(?:A|R(?!w)))*")
_NEXT_OF_LIST = re.compile(r"[,&]([wXnYVq&]{1,4})(?=[,|]|$)")
_NEXT_USE = re.compile(r"[,&]+(w{1,2})(?=[,|&]|$)")
_EDGE = frozenset("&,|qoWFPBx")
_LONGEST_WHOLE = 5  # words of a phrase that stays one fact
_LONGEST_PLAIN_NUMBER = 3  # digits of a number that alone says nothing
_METALS = frozenset(("gold", "silver", "platinum", "palladium"))
# What these say stands beside them: "Model: AC-1200".
_LABELS = frozenset(
    ("color", "colour", "colors", "made", "model", "more", "no", "set", "size", "sku", "style")
)
_OF_FIRMS = frozenset(("inc", "llc", "ltd", "corp", "gmbh"))  # what is left of a maker's name
_SIZES = frozenset("sml")
_LONGEST_BRAND_GUESSED = 3  # words
_OF_PARTS = frozenset(("colour", "material"))  # "Leather Strap", "Black Dial"
_TAKE_NUMBERS = frozenset(("feature", "model", "compatibility"))
_MEASURED = re.compile(r"[MNX]")
_HAS_WORDS = re.compile(r"[^X]*[wl][^X]*$")
_SHORT_CAPITALS = re.compile(r"[A-Z]{1,4}$")  # the XR of "for iPhone 12, 11, XR"
# From here on "for ..." says something else.
_RIGHT_OF_FITS = re.compile(r"[NS]|[ck]*Ck?$")
_RIGHT_OF_USE = re.compile(r"[NS]|[MX](?!w)|[ck]*Ck?$")


class TitleFact(NamedTuple):
    """Says one thing of a product in its title's own words.

    Attributes:
        kind: measure, count, colour, material, model, compatibility, audience, use or feature.
        text: The words: `title[start:end]`.
        start: Where they begin.
        end: Behind their last character.
    """

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class ParsedTitle:
    """Holds what a title says.

    Attributes:
        brand: Empty where none is seen.
        name: What the product is: "Bluetooth Headphones".
        has_known_name: Whether products are known to be called so; else it is a guess.
        facts: In the order of the title; they do not overlap.
    """

    brand: str
    name: str
    has_known_name: bool
    facts: tuple[TitleFact, ...]


def parse_title(
    title: str, brands: Brands | None = None, names: Names | None = None
) -> ParsedTitle:
    """Parses a title into brand, name and facts.

    Each word of the title is in one of them, or joins them ("and", "with", "for").

    Args:
        title: A title, clean as `corpus.cleaning` leaves it.
        brands: The brands to know; those that come with adgen where None.
        names: What products are called; as it comes with adgen where None.

    Example:
        >>> parsed = parse_title("Sony Bluetooth Headphones with Carry Case, 40 Hours, Black")
        >>> parsed.brand, parsed.name
        ('Sony', 'Bluetooth Headphones')
        >>> [(fact.kind, fact.text) for fact in parsed.facts]
        [('feature', 'Carry Case'), ('measure', '40 Hours'), ('colour', 'Black')]
    """
    return _Parser(title, brands or load_brands(), names or load_names()).parse()


class _Parser:
    """Goes through one title."""

    def __init__(self, title: str, brands: Brands, names: Names) -> None:
        self.brands = brands
        self.names = names
        self.tokens: Tokens = tokens_of(title)
        self.things = Things(self.tokens, names)
        self.classes = self.tokens.classes
        self.brand = ""
        self.name: Span | None = None
        self.found: list[tuple[int, int, str]] = []  # first token, behind the last, kind

    def parse(self) -> ParsedTitle:
        """Returns what the title says."""
        heads = Heads(self.tokens, self.brands, self.names)
        position = 0
        brand = heads.find_brand()
        if brand is not None:
            start, position = brand
            self.brand = self.tokens.text(*brand)
            self.classes = self.classes.replace(BY_MAKER, STOP)
            self._add_inline(0, start)
        heads.classes = self.classes
        self.name = heads.find_name(position)
        while phrase := phrase_at(self.classes, position):
            position = self._take_phrase(phrase)
        name = self.tokens.text(*self.name) if self.name else ""
        facts = tuple(self._fact(*found) for found in self._joined())
        return ParsedTitle(self.brand, name, heads.has_known_name, facts)

    def _fact(self, start: int, end: int, kind: str) -> TitleFact:
        tokens = self.tokens
        return TitleFact(kind, tokens.text(start, end), tokens.starts[start], tokens.ends[end - 1])

    def _joined(self) -> list[tuple[int, int, str]]:
        """Returns what was found in order; a plain number is one with the words beside it."""
        joined: list[tuple[int, int, str]] = []
        for start, end, kind in sorted(self.found):
            if joined and joined[-1][1] == start:
                first, _, before = joined[-1]
                if before == "number" and kind in _TAKE_NUMBERS:
                    joined[-1] = (first, end, kind)
                    continue
                if kind == "number" and before in _TAKE_NUMBERS:
                    joined[-1] = (first, end, before)
                    continue
            joined.append((start, end, kind))
        return [
            (start, end, "measure" if kind == "number" else kind) for start, end, kind in joined
        ]

    def _take_phrase(self, phrase: Phrase) -> int:
        """Adds the facts of a phrase, and returns the token behind it."""
        introducer, start, body, end = phrase
        if body == end:
            return end
        if not introducer:
            self._add_plain(start, end)
            return end
        is_fitting = introducer[0] in "Pv" or introducer[:1] + introducer[-1:] == "FW"
        if self.name and body <= self.name[0] < end:  # "For Acme Phones Charger Cable"
            if body == self.name[0]:
                self._add_plain(body, end)
                return end
            end = self.name[0]
        if is_fitting or FOR in introducer:
            return self._add_for(start, body, end, is_fitting=is_fitting)
        is_short = end - body <= _LONGEST_BRAND_GUESSED
        if introducer == BY_MAKER and is_short and self.classes[body] == WORD_CLASS:
            self.brand = self.tokens.text(body, end)
            self.classes = self.classes.replace(BY_MAKER, STOP)
            return end
        # What is counted or measured behind words is not of them.
        behind = _MEASURED.search(self.classes, body + 1, end)
        end = behind.start() if behind else end
        if end - body > _LONGEST_WHOLE:
            self._add_inline(body, end)
        else:
            self._add(body, end, "feature")
        return end

    def _add_for(self, start: int, body: int, end: int, *, is_fitting: bool) -> int:
        """Adds "for ..." as audience, use or compatibility, and returns the token behind it."""
        audience = None if is_fitting else _AUDIENCE.match(self.classes, body)
        if audience:
            self._add(start, audience.end(), "audience")
            return audience.end()
        is_compatible = is_fitting or self._names_products(body, end, "VXY")
        # What a colour, a measure or a count says at its end is not of what it is for.
        rest = (_RIGHT_OF_FITS if is_compatible else _RIGHT_OF_USE).search(
            self.classes, body + 1, end
        )
        if rest:
            end = rest.start()
        following = _NEXT_OF_LIST if is_compatible else _NEXT_USE
        while match := following.match(self.classes, end):
            if self.name and end <= self.name[0] < match.end():
                break
            if is_compatible and not self._names_products(*match.span(1), "VXYn"):
                break
            end = match.end()
        self._add(start, end, "compatibility" if is_compatible else "use")
        return end

    def _names_products(self, start: int, end: int, classes: str) -> bool:
        """Tells whether there are words of some classes, or brands, among tokens."""
        if any(name in classes for name in self.classes[start:end]):
            return True
        is_listed = NUMBER in classes
        if is_listed and end - start == 1 and _SHORT_CAPITALS.match(self.tokens.text(start, end)):
            return True
        for at in range(start, end):
            brand = self.brands.find(self.tokens.keys, at)
            if brand is not None and (brand.is_distinct or is_listed):
                return True
        return False

    def _add_plain(self, start: int, end: int) -> None:
        """Adds the facts of a phrase that nothing introduces, and of what is beside the name."""
        if self.name and start <= self.name[0] < end:
            self._add_inline(start, self.name[0])
            self._add_inline(self.name[1], end)
            return
        classes = self.classes[start:end]
        if _COLOUR_ALONE.match(classes) and not self._ends_with_name(start, end):
            self._add(start, end, "colour")
        elif _MEASURE_ALONE.match(classes):
            self._add(start, end, "measure")
        elif end - start <= _LONGEST_WHOLE and _HAS_WORDS.match(classes):
            self._add(start, end, "feature")
        else:
            self._add_inline(start, end)

    def _ends_with_name(self, start: int, end: int) -> bool:
        return self.names.ending_at(self.tokens.keys, end, start) > 0

    def _add_inline(self, start: int, end: int) -> None:
        """Adds what has a kind of its own among tokens, and the rest as features."""
        position = start
        for match in _INLINE.finditer(self.classes, start, end):
            self._add_feature(position, match.start())
            kind = match.lastgroup or ""
            position = self._end_of_alloy(*match.span())
            if position == match.end() and kind in _OF_PARTS:
                is_before_name = self.name is not None and end == self.name[0]
                position = self.things.end_of_part(position, end, is_before_name=is_before_name)
                kind = kind if position == match.end() else "feature"
            self._add(match.start(), position, kind)
            if position < match.end():
                self._add_inline(position, match.end())
                position = match.end()
        self._add_feature(position, end)

    def _end_of_alloy(self, start: int, end: int) -> int:
        """Returns where "14k Yellow Gold" ends before a colour: behind its metal."""
        if self.classes[start] == ALLOY and not _METALS.isdisjoint(self.tokens.keys[start:end]):
            while self.tokens.keys[end - 1] not in _METALS and self.classes[end - 1] != COATING:
                end -= 1
        return end

    def _add_feature(self, start: int, end: int) -> None:
        """Adds words as a feature, or as several where they are many."""
        if end - start <= _LONGEST_WHOLE:
            self._add(start, end, "feature")
            return
        for first, last in self.things.cut(start, end):
            self._add(first, last, "feature")

    def _is_plain_number(self, at: int) -> bool:
        return len(self.tokens.keys[at].replace(".", "")) <= _LONGEST_PLAIN_NUMBER

    def _add(self, start: int, end: int, kind: str) -> None:
        """Adds a fact, without joints at its ends; numbers and years alone are models."""
        is_introduced = kind in ("compatibility", "use", "audience")
        keys = self.tokens.keys
        while start < end and not is_introduced:
            if self.classes[start] not in _EDGE and keys[start] not in _OF_FIRMS:
                break
            start += 1
        while start < end and (self.classes[end - 1] in _EDGE or keys[end - 1] == "more"):
            end -= 1
        if start >= end:
            return
        classes = self.classes[start:end]
        if kind == "feature":
            if end - start == 1 and (keys[start] in _LABELS or _is_letter(keys[start])):
                return
            if classes == NUMBER and self._is_plain_number(start):
                kind = "number"
            elif classes in (NUMBER, YEAR, MODEL):
                kind = "model"
            elif _COLOUR_ALONE.match(classes) and "w" not in classes:
                kind = "colour"
        self.found.append((start, end, kind))


def _is_letter(key: str) -> bool:
    """Tells whether a word is a letter that says nothing alone, as "M" of a size does."""
    return len(key) == 1 and key.isalpha() and key not in _SIZES
