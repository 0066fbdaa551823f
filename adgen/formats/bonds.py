"""What may not be parted: a negation and what it governs, a noun and a word that makes it another.

"without Eggs, Milk or Gluten" is one, "Camera Not Included" another; of "Faux Leather Jacket" no
word may stay without "Faux". English. Where it is unclear how far a negation reaches, it is taken
to reach further: to lose a fact is better than to turn it round.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from adgen.formats.vocabulary import CHANGING, LACKING, OF_THE_WORD_BEFORE
from adgen.products.claims import colours_of
from adgen.products.measures import find_measures

Span = tuple[int, int]
_CLAUSE_END = re.compile(
    r"[;|·•()\[\]\n]|:(?!\d)|,(?!\d)|\s[-–—]\s|(?<!excl)(?<!incl)[.!?。](?=\s|$)", re.IGNORECASE
)
_WORD = re.compile(r"[^\s,;|·•()\[\]]+")
_OR = re.compile(r"(?<!\w)(?:or|nor|and|&|\+)(?!\w)", re.IGNORECASE)
_INTRODUCER = re.compile(
    r"(?<![\w-])(?:with|w/|for|from|in|by|to|at|on|fits|includes|including|plus)(?![\w-])",
    re.IGNORECASE,
)
_AUXILIARY = (
    r"(?:(?:that|which|is|are|was|were|does|do|did|will|would|can|could|should|may|must|has|have|"
    r"made|baked|brewed|grown|built|cooked|crafted|designed|prepared|produced|processed|roasted|"
    r"comes?|works?|sold)\s+)*"
)
_NT = r"(?:do|does|did|is|are|was|were|wo|would|ca|could|should|has|have|must)n['’]?t|cannot"
# 1. What stands behind what it negates.
_BEHIND = re.compile(
    rf"(?<![\w-]){_AUXILIARY}(?:(?:not|{_NT})[\s-]+(?:included?|incl|supplied|provided|in the box)|"
    r"(?:sold|available) separately|excluded)(?![\w-])",
    re.IGNORECASE,
)
# 2. What negates all up to the end of its clause.
_BEFORE = re.compile(
    rf"(?<![\w-]){_AUXILIARY}(?:without|w/o|not|never|{_NT}|except(?: for)?|excluding|excludes?|"
    r"excl|less than|minus|sans|ohne|senza|sin|lacks?|lacking|neither|nor|free from|"
    r"(?:instead|free|devoid) of|rather than|other than|unlike)(?![\w-])",
    re.IGNORECASE,
)
_EXCEPT = re.compile(r"excep|exclu|excl|minus|less|other|unlike", re.IGNORECASE)
# 3. What negates a few words; "No. 5" and "No 7" are numbers.
_NO = re.compile(r"(?<![\w-])(?:no|non|less)(?![\w.-]|\s*\d|\s+than\b)", re.IGNORECASE)
_FEW = 4
_MOST_BONDS = 200
# 4. What has a word or a whole thing lack something.
_FREE = re.compile(r"(?<![\w-])(?:free|less)(?![\w-])", re.IGNORECASE)
_FREE_GIFT = re.compile(
    r"\s+(?:shipping|delivery|returns?|gifts?|trial|samples?|standing|size|people|range|spirit|"
    r"of|from|with|to|on)\b",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"(?:(?:(?:^|(?<=[,;(|] ))[\w-]+|[\w-]+-),\s+)*[\w-]+"
    r"(?:,\s*|\s+|\s*(?=[&+]))(?:and|or|&|\+)\s*$",
    re.IGNORECASE,
)
_LACKS = re.compile(r".+-(?:free|less)", re.IGNORECASE)
# 5. What makes a noun another thing; "united" and "unisex" negate nothing.
_UN = re.compile(
    r"un(?!it|der|ion|ifor|ified)[a-z]+(?:ed|able|en|ing)|non-?[a-z]{3,}|no-[a-z-]+", re.IGNORECASE
)
_NO_NEGATIONS = frozenset(("nonna", "nonstop", "non-stop", "nonpareil", "no-one"))
_USED_FOR = re.compile(r"\s+(?:for|in|by|to|as|with|on|at)\b", re.IGNORECASE)


class Bond(NamedTuple):
    """Describes a part of a text that stays or goes as a whole.

    Attributes:
        start: Its first character.
        end: Behind its last one.
        is_apart: Whether it ends where it says, though the product's name seems to go on into it.
        needed_by: What may not stay without it.
        matters: Whether it tells the product from others, as its size does.
    """

    start: int
    end: int
    is_apart: bool
    needed_by: tuple[tuple[int, int], ...] = ()
    matters: bool = False


def find_bonds(
    text: str, names: Sequence[Span], guess: Span = (0, 0), *, is_prose: bool
) -> Iterator[Bond]:
    """Yields what may not be parted in a text; bonds may overlap.

    Args:
        text: The text.
        names: Where a brand that is known and the product's given name stand: no negations.
        guess: Where a brand stands that is only guessed.
        is_prose: Whether the text has sentences, each of which says something of its own.

    Example:
        >>> text = "Tripod, Camera Not Included"
        >>> [text[bond.start : bond.end] for bond in find_bonds(text, (), is_prose=False)]
        ['Camera Not Included']
    """
    bonds = list(islice(_Bonds(text, names, guess, is_prose=is_prose).all(), _MOST_BONDS + 1))
    # Of a text of nothing but negations nobody can say what may go.
    yield from bonds if len(bonds) <= _MOST_BONDS else [Bond(0, len(text), True)]


class _Bonds:
    """Goes through one text."""

    def __init__(self, text: str, names: Sequence[Span], guess: Span, *, is_prose: bool) -> None:
        self.text = text
        self.names = names
        self.guess = guess
        self.is_prose = is_prose
        self.ends = [match.span() for match in _CLAUSE_END.finditer(text)]
        starts = [0, *(end for _, end in self.ends)]
        self.clauses = list(
            zip(starts, [*(start for start, _ in self.ends), len(text)], strict=True)
        )

    def all(self) -> Iterator[Bond]:
        """Yields every bond."""
        behind = [match.span() for match in _BEHIND.finditer(self.text)]
        for start, end in behind:
            yield self._behind(start, end)
        for match in _BEFORE.finditer(self.text):
            if not self._is_taken(match.span(), [*behind, *self.names]):
                yield self._before(match)
        for match in _NO.finditer(self.text):
            if not self._is_taken(match.span(), self.names):
                yield self._no(*match.span())
        for match in _WORD.finditer(self.text):
            if not self._is_taken(match.span(), self.names):
                yield from self._of_word(*match.span())

    def _is_taken(self, span: Span, others: Sequence[Span]) -> bool:
        return any(start < span[1] and span[0] < end for start, end in others)

    def _place(self, at: int) -> int:
        """Returns which clause a place lies in."""
        return max(place for place, (start, _) in enumerate(self.clauses) if start <= at)

    def _words(self, start: int, end: int) -> list[Span]:
        """Returns the words between two places."""
        found = (match.span() for match in _WORD.finditer(self.text, start, end))
        return [span for span in found if any(map(str.isalnum, self.text[slice(*span)]))]

    def _comma_before(self, place: int) -> bool:
        """Tells whether a clause is the next one of a list."""
        return place > 0 and self.text[slice(*self.ends[place - 1])] == ","

    def _behind(self, start: int, end: int) -> Bond:
        """Binds what is said not to be there: the clause before, or what a colon opens."""
        place = self._place(start)
        first = self._first_of(place, start)
        if not self._words(first, start) and place:
            if self.text[end : end + 1] == ":":
                last = min(place + 1, len(self.clauses) - 1)
                return self._before_list(start, last)
            place -= 1
            first = self._first_of(place, self.clauses[place][1])
        listed = self.text[first:start]
        while place and self._comma_before(place) and _OR.search(listed):
            clause_end = self.clauses[place - 1][1]
            before = self._first_of(place - 1, clause_end)
            clause = self.text[before:clause_end]
            is_fact = find_measures(clause) or colours_of(clause)
            if is_fact or len(self._words(before, clause_end)) > _FEW // 2:
                break
            place -= 1
            first = before
        words = self._words(first, start)
        return Bond(words[0][0] if words else start, end, True)

    def _first_of(self, place: int, end: int) -> int:
        """Returns where in a clause begins what is not there: behind brand and "with"."""
        first = self.clauses[place][0]
        for _, name_end in (*self.names, self.guess):
            if first < name_end <= end and self._words(name_end, end):
                first = name_end
        for match in _INTRODUCER.finditer(self.text, first, end):
            is_part = match.group().lower() not in ("for", "from", "in", "by", "to", "at", "on")
            if is_part or (place == 0 and self._words(first, match.start())):
                first = match.end()
        return first

    def _before(self, match: re.Match[str]) -> Bond:
        """Binds a negation to the end of its clause, and to that of a list that goes on."""
        start, end = match.span()
        place = self._place(end - 1)
        if not self._words(end, self.clauses[place][1]):
            if self.text[end : end + 1] == ":" and place + 1 < len(self.clauses):
                return self._before_list(start, place + 1)
            return self._behind(start, end)
        bond = self._before_list(start, place)
        if _EXCEPT.search(match.group()):
            limited = (self.clauses[place][0], start)
            bond = bond._replace(needed_by=(limited, *bond.needed_by))
        return bond

    def _before_list(self, start: int, place: int) -> Bond:
        last = place
        for later in range(place + 1, len(self.clauses)):
            if not self._comma_before(later):
                break
            if _OR.search(self.text, *self.clauses[later]):
                last = later
                break
            if len(self._words(*self.clauses[later])) > _FEW - 1:
                break
        end = self.clauses[last][1]
        rests = []
        has_measure = bool(find_measures(self.text[start:end]))
        for later in range(last + 1, len(self.clauses)):
            if not self._comma_before(later):
                break
            clause = self.text[slice(*self.clauses[later])]
            is_fact = find_measures(clause) or colours_of(clause)
            if has_measure or not is_fact:
                rests.append(self.clauses[later])
        return Bond(start, self._words(start, end)[-1][1], True, tuple(rests))

    def _no(self, start: int, end: int) -> Bond:
        """Binds "no" and the words that it can mean; what is left of them needs it."""
        place = self._place(start)
        clause_end = self.clauses[place][1]
        introducer = _INTRODUCER.search(self.text, end, clause_end)
        phrase_end = introducer.start() if introducer else clause_end
        words = self._words(end, phrase_end)
        if not words:
            return self._before_list(start, place)
        is_list = self.text[start:end].lower() == "no"
        bond = self._before_list(start, place)
        if is_list and (bond.end > clause_end or _OR.search(self.text, end, phrase_end)):
            return bond
        few = words if len(words) < _FEW else words[:2]
        rests = bond.needed_by if is_list and not introducer else ()
        return Bond(start, few[-1][1], False, ((few[-1][1], phrase_end), *rests))

    def _of_word(self, start: int, end: int) -> Iterator[Bond]:
        """Yields the bond of a word that makes its neighbours other things."""
        word = self.text[start:end].strip(".:!?\"'“”").lower()
        phrase = self._phrase(start, end)
        words = self._words(*phrase)
        at = next((n for n, span in enumerate(words) if span[0] == start), None)
        if at is None:
            return
        if word in OF_THE_WORD_BEFORE and at:
            yield Bond(words[at - 1][0], end, False)
        elif word == "anti" and at + 1 < len(words):
            yield Bond(start, words[at + 1][1], False)
        elif _LACKS.fullmatch(word) or word in LACKING:
            yield Bond(self._list_start(words, at), end, False, (phrase,), matters=True)
        elif _FREE.fullmatch(word) and at and not _FREE_GIFT.match(self.text, end):
            if not self._is_taken(words[at - 1], self.names):
                yield Bond(self._list_start(words, at - 1), end, False, (phrase,), matters=True)
        elif self._changes(word, end):
            yield self._change(words, at, phrase)

    def _changes(self, word: str, end: int) -> bool:
        if word == "used" and _USED_FOR.match(self.text, end):
            return False
        return word in CHANGING or bool(_UN.fullmatch(word) and word not in _NO_NEGATIONS)

    def _change(self, words: Sequence[Span], at: int, phrase: Span) -> Bond:
        """Binds a word to the noun behind it, or before it where it stands last."""
        start, end = words[at]
        for span in words[at + 1 :]:
            end = span[1]
            is_name = self._is_taken(span, [*self.names, self.guess])
            if not colours_of(self.text[slice(*span)]) and not is_name:
                return Bond(start, end, False, (phrase,))
        if at and end == words[at][1] and not self._is_taken(words[at - 1], self.names):
            return Bond(words[at - 1][0], end, False, (phrase,))
        is_alone = len(words) == 1 and not self.is_prose
        return Bond(start, end, False, ((0, len(self.text)),) if is_alone else (phrase,))

    def _phrase(self, start: int, end: int) -> Span:
        """Returns the part of a clause that a word stands in, from "with" or "for" to the next."""
        first, last = self.clauses[self._place(start)]
        for match in _INTRODUCER.finditer(self.text, first, last):
            if match.end() <= start:
                first = match.end()
            elif match.start() >= end:
                return first, match.start()
        return first, last

    def _list_start(self, words: Sequence[Span], at: int) -> int:
        """Returns where a list begins that ends with a word: "Gluten and Dairy"."""
        start = words[at][0]
        before = _LISTED.search(self.text[:start])
        return before.start() if before else start
