"""Titles into facts: brand, name of the product, and what the seller says of it.

Rules over the classes of a title's words (`title_tokens`), the brands (`brands`) and what products
are called (`names`). Made for titles in English as shops write them. It knows no models, and does
not judge whether a fact is true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from adgen.products.brands import Brands, load_brands
from adgen.products.lexicon import CLASSES
from adgen.products.names import LONGEST_NAME, Names, load_names
from adgen.products.title_tokens import (
    BY_MAKER,
    JOINT,
    MODEL,
    NUMBER,
    STOP,
    WORD_CLASS,
    YEAR,
    Tokens,
    tokens_of,
)
from adgen.products.words import split_words

# What is found wherever it stands, on the classes of words: see `lexicon` and `title_tokens`.
_INLINE = re.compile(
    r"(?P<measure>M(?:D|d(?!w))?(?:xM(?:D|d(?!w))?)*|S+(?:&S+)*)"
    r"|(?P<count>N)"
    r"|(?P<model>X(?:&X)*)"
    r"|(?P<audience>a?A(?:&a?A|A)*)"
    r"|(?P<material>t+[cC]*[TC](?:&[tT]*T)*p?|[cC]*[CTk]p+|T(?:&?T)*p?)"
    r"|(?P<colour>[ck]*C[Ck]*(?:[&]?[ck]*C[k]?)*|c+k(?:&c*[Ck])*)"
    r"|(?P<feature>f)"
)
_COLOUR_ALONE = re.compile(r"(?:[ckt]*[Ck]t?(?:[&q]*[ckt]*[Ck]t?)*|[cw][ck]*[Ck])$")
_MEASURE_ALONE = re.compile(r"(?:[MS][Dd]?(?:[x&q]?[MS][Dd]?)*w{0,2}|[Dd][MS]|w[M])$")
_INTRODUCER = re.compile(r"Fo?W|W?F|P[WF]?|vW|W|B")
_SKIPPED = re.compile(r"[,|&qo]*")
_BODY = re.compile(r"[^,|WFPB]+(?:B(?=M)[^,|WFPB]+)*")
_AUDIENCE = re.compile(r"[aw]?[AR](?:[AR,&]*[aw]?[AR](?![w]))*")
_NEXT_OF_LIST = re.compile(r"[,&]([wXnYVq&]{1,4})(?=[,|]|$)")
_NEXT_USE = re.compile(r"[,&]+(w{1,2})(?=[,|&]|$)")
_EDGE = frozenset("&,|qoWFPBx")
_EDGE_AT_END = _EDGE - {"q"}
_LONGEST_SHORT = 8  # tokens of a phrase that likely ends with the product's name
_ENDS_RUN = frozenset("MNXASC&,|YnVo")
_LONGEST_WHOLE = 5  # words of a phrase that stays one fact
_LONGEST_BRAND_GUESSED = 3  # words
_CAPITALS = re.compile(r"[A-Z]{4,} [A-Z]{2,}\b(?! [A-Z]{3,}\b)")
_BEFORE_AUDIENCE = re.compile(r"w{1,3}(?=Y?A)")


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
        facts: In the order of the title; they do not overlap.
    """

    brand: str
    name: str
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
        self.classes = self.tokens.classes
        self.brand = ""
        self.name: tuple[int, int] | None = None
        self.spare_name: tuple[int, int] | None = None  # where no name is known
        self.found: list[tuple[int, int, str]] = []  # first token, behind the last, kind

    def parse(self) -> ParsedTitle:
        """Returns what the title says."""
        position = self._take_brand()
        head = self._head(position)
        while position < len(self.classes):
            position = _SKIPPED.match(self.classes, position).end()  # type: ignore[union-attr]
            position = self._take_phrase(position, head)
        facts = []
        name = ""
        for start, end, kind in sorted(self.found):
            if kind == "name":
                name = self.tokens.text(start, end)
            else:
                facts.append(self._fact(start, end, kind))
        return ParsedTitle(self.brand, name, tuple(facts))

    def _fact(self, start: int, end: int, kind: str) -> TitleFact:
        tokens = self.tokens
        return TitleFact(kind, tokens.text(start, end), tokens.starts[start], tokens.ends[end - 1])

    # Brand and name.

    def _take_brand(self) -> int:
        """Finds the brand, and returns the token behind it."""
        tokens = self.tokens
        start = _SKIPPED.match(self.classes).end()  # type: ignore[union-attr]
        if start == len(self.classes):
            return start
        while self.classes[start] in "AYNX" and start + 1 < len(self.classes):
            start += 1
        end = self._brand_end(start)
        if end is None and start:
            start = 0
            end = self._brand_end(start)
        if end is None:
            return 0
        self.brand = tokens.text(start, end)
        self.classes = self.classes.replace(BY_MAKER, STOP)
        if start:
            self._add_inline(0, start)
        return end

    def _brand_end(self, start: int) -> int | None:
        """Returns the token behind the brand that begins at a token; None where none does."""
        tokens = self.tokens
        before_audience = _BEFORE_AUDIENCE.match(self.classes, start)
        brand = self.brands.find(tokens.keys, start)
        if brand is not None:
            end = start + len(split_words(brand.name))
            is_longer = before_audience and before_audience.end() == end + 1
            return end + 1 if is_longer and not brand.is_distinct else end
        if before_audience and not self._is_ordinary(start):
            end = before_audience.end()
            if not any(self.names.ending_at(tokens.keys[:at], at) for at in range(start + 1, end)):
                return end
        return self._guessed_end(start)

    def _guessed_end(self, start: int) -> int | None:
        """Returns the token behind words that look like a brand: unknown, or all in capitals."""
        capitals = _CAPITALS.match(self.tokens.title, self.tokens.starts[start])
        if capitals and WORD_CLASS * 2 == self.classes[start : start + 2]:
            return start + 2
        end = start
        while end < start + _LONGEST_BRAND_GUESSED and self._is_unknown(end):
            end += 1
        if end - start > 1 and self.tokens.text(start, start + 1).isupper():
            end = start + 1  # "MEREKING Cannibal"
        return end if end > start else None

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

    def _head(self, position: int) -> tuple[int, int] | None:
        """Returns the tokens of the name: in one of the first phrases without "with" or "for"."""
        spare: tuple[int, int] | None = None
        introduced: tuple[int, int] | None = None  # by "for", for titles that begin so
        tried = 0
        while position < len(self.classes) and tried < 3:  # noqa: PLR2004
            position = _SKIPPED.match(self.classes, position).end()  # type: ignore[union-attr]
            introducer = _INTRODUCER.match(self.classes, position)
            body = _BODY.match(self.classes, introducer.end() if introducer else position)
            if body is None:
                position = max(position + 1, introducer.end() if introducer else 0)
                continue
            position = body.end()
            if introducer:
                introduced = introduced or body.span()
                continue
            tried += 1
            name = self._name_in(body.start(), body.end())
            if name is not None:
                return name
            spare = spare or self._spare_name(body.start(), body.end())
        if spare is None and introduced:
            return self._name_in(*introduced)
        return spare

    def _name_in(self, start: int, end: int) -> tuple[int, int] | None:
        """Returns the tokens of the first known name among some."""
        keys = self.tokens.keys
        names: list[tuple[int, int]] = []
        for at in range(start + 1, end + 1):
            length = self.names.ending_at(keys[start:at], at - start)
            if not length:
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
        # The longest; one that ends a short run of words counts a word more, the first run's too.
        runs = [0, *(i for i in range(start, end) if self.classes[i] in _ENDS_RUN), end]
        chosen = max(names, key=lambda name: name[1] - name[0] + self._is_last(name, runs))
        return self._with_modifier(chosen, start, runs)

    def _is_last(self, name: tuple[int, int], runs: list[int]) -> int:
        """Returns 1 for names at the end of a short run, 2 where the run is the first."""
        following = next(at for at in runs if at >= name[1])
        before = max((at for at in runs if at < name[0]), default=0)
        if following - name[1] > 1 or following - before > _LONGEST_SHORT:
            return 0
        return 2 if following == runs[1] else 1

    def _with_modifier(self, name: tuple[int, int], start: int, runs: list[int]) -> tuple[int, int]:
        """Adds the word before a name whose own words say little: "water" "bottle".

        A single word between the name and the end of its run belongs to it: "clock" "radio".
        """
        first, last = name
        if self.classes[last : last + 1] == WORD_CLASS and last + 1 in runs:
            last += 1
            first = max(first, last - LONGEST_NAME)
        if first == start or last - first == LONGEST_NAME or self.classes[first - 1] != WORD_CLASS:
            return first, last
        is_single = last - first == 1 or self.names.ending_at(self.tokens.keys[:last], last) == 1
        is_ordinary = self.tokens.keys[first - 1] in self.brands.ordinary
        return (first - 1, last) if is_single and is_ordinary else (first, last)

    def _spare_name(self, start: int, end: int) -> tuple[int, int] | None:
        """Returns the last two words in a row, for products whose names are not known."""
        last = end
        while last > start and self.classes[last - 1] not in "wTkVc":
            last -= 1
        first = last
        while first > start and last - first < 2 and self.classes[first - 1] in "wTkVc":  # noqa: PLR2004
            first -= 1
        return (first, last) if first < last else None

    # Facts.

    def _take_phrase(self, start: int, head: tuple[int, int] | None) -> int:
        """Adds the facts of the phrase that begins at a token; returns the token behind it."""
        classes = self.classes
        introducer = _INTRODUCER.match(classes, start)
        body = _BODY.match(classes, introducer.end() if introducer else start)
        if body is None:
            return max(start + 1, introducer.end() if introducer else 0)
        end = body.end()
        if introducer is None:
            self._add_plain(start, end, head)
            return end
        word = introducer.group()
        is_fitting = word[0] in "Pv" or word[:1] + word[-1:] == "FW"
        if is_fitting or "F" in word:
            if head and body.start() < head[0] < end:
                end = head[0]
            return self._add_for(start, body.start(), end, is_fitting=is_fitting)
        if word == "B" and not self.brand and end - body.start() <= _LONGEST_BRAND_GUESSED:
            self.brand = self.tokens.text(body.start(), end)
            return end
        for at in range(body.start() + 1, end):
            if self.classes[at] in "MNX":
                end = at
                break
        if end - body.start() > _LONGEST_WHOLE:
            self._add_inline(body.start(), end)
        else:
            self._add(body.start(), end, "feature")
        return end

    def _add_for(self, start: int, body: int, end: int, *, is_fitting: bool) -> int:
        """Adds "for ..." as audience, use or compatibility."""
        audience = None if is_fitting else _AUDIENCE.match(self.classes, body)
        if audience:
            self._add(start, audience.end(), "audience")
            return audience.end()
        if is_fitting or self._names_products(body, end):
            following = _NEXT_OF_LIST
            kind = "compatibility"
        else:
            following = _NEXT_USE
            kind = "use"
        # What belongs to a measure or a count is not what it is for.
        for at in range(body + 1, end):
            if self.classes[at] in "NS" or (kind == "use" and self.classes[at] in "MX"):
                end = at
                break
        while match := following.match(self.classes, end):
            if kind == "compatibility" and not self._names_products(*match.span(1)):
                break
            end = match.end()
        self._add(start, end, kind)
        return end

    def _names_products(self, start: int, end: int) -> bool:
        """Tells whether there are words of devices, models or brands among tokens."""
        if any(name in "VXYn" for name in self.classes[start:end]):
            return True
        for at in range(start, end):
            brand = self.brands.find(self.tokens.keys, at)
            if brand is not None:
                return True
        return False

    def _add_plain(self, start: int, end: int, head: tuple[int, int] | None) -> None:
        """Adds the facts of a phrase that nothing introduces, and the name where it stands."""
        if head and start <= head[0] < end:
            self._add_inline(start, head[0])
            self.found.append((*head, "name"))
            self._add_inline(head[1], end)
            return
        classes = self.classes[start:end]
        if _COLOUR_ALONE.match(classes) and not self._ends_with_name(start, end):
            self._add(start, end, "colour")
        elif _MEASURE_ALONE.match(classes):
            self._add(start, end, "measure")
        elif "w" in classes and end - start <= _LONGEST_WHOLE and "X" not in classes:
            self._add(start, end, "feature")
        else:
            self._add_inline(start, end)

    def _ends_with_name(self, start: int, end: int) -> bool:
        return self.names.ending_at(self.tokens.keys[start:end], end - start) > 0

    def _add_inline(self, start: int, end: int) -> None:
        """Adds what has a kind of its own among tokens, and the rest as features."""
        position = start
        for match in _INLINE.finditer(self.classes, start, end):
            self._add_feature(position, match.start())
            self._add(match.start(), match.end(), match.lastgroup or "")
            position = match.end()
        self._add_feature(position, end)

    def _add_feature(self, start: int, end: int) -> None:
        """Adds words as a feature, or as several where they are many."""
        if end - start <= _LONGEST_WHOLE:
            self._add(start, end, "feature")
            return
        for first, last in self._pieces(start, end):
            self._add(first, last, "feature")

    def _pieces(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Cuts many words behind each name of a thing."""
        first = start
        for at in range(start + 1, end):
            is_name = self.names.ending_at(self.tokens.keys[first:at], at - first)
            goes_on = self.names.ending_at(self.tokens.keys[first : at + 1], at + 1 - first)
            if self.classes[at] == JOINT or (is_name and not goes_on and at - first > 1):
                yield first, at
                first = at
        yield first, end

    def _add(self, start: int, end: int, kind: str) -> None:
        """Adds a fact, without joints at its ends; numbers and years alone are models."""
        is_introduced = kind in ("compatibility", "use", "audience")
        while start < end and self.classes[start] in _EDGE and not is_introduced:
            start += 1
        while start < end and self.classes[end - 1] in _EDGE:
            end -= 1
        if start >= end:
            return
        classes = self.classes[start:end]
        if kind == "feature":
            if classes == NUMBER and end - start == 1 and len(self.tokens.keys[start]) < 3:  # noqa: PLR2004
                kind = "measure"
            elif classes in (NUMBER, YEAR, MODEL):
                kind = "model"
            elif _COLOUR_ALONE.match(classes) and "w" not in classes:
                kind = "colour"
        self.found.append((start, end, kind))
