"""A text cut into atoms, of which each is kept whole or left out whole, by how much each matters.

A brand, a name, a number with its unit, a colour of two words are atoms, and so is a negation with
what it governs; what stands between them are joints. The module knows no lengths.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from adgen.formats.bonds import Bond, find_bonds
from adgen.formats.lengths import INSERTION
from adgen.formats.vocabulary import FUNCTION_WORDS
from adgen.products.brands import load_brands
from adgen.products.measures import find_measures
from adgen.products.parsing import parse_title
from adgen.products.words import keys_of

# How much an atom matters: what a caller wants kept, the name and the brand that are found, what
# tells variants apart, what a thing is made of and for whom, all else.
NEEDED, NAME, BRAND, VARIANT, KIND, OTHER = 5, 4, 3, 2, 1, 0
_RANKS = {
    "measure": VARIANT,
    "count": VARIANT,
    "colour": VARIANT,
    "model": VARIANT,
    "compatibility": VARIANT,
    "material": KIND,
    "audience": KIND,
}
# A text with a sentence's end is prose, of which only the end can go.
_SENTENCE_END = re.compile(r"[.!?。！？](?:\s|$)")
_ABBREVIATION = re.compile(
    r"\b(?:oz|lbs?|in|ft|fl|no|vs|approx|st|dr|mrs?|inc|co)\.\s", re.IGNORECASE
)
_WORD = re.compile(r"[^\s,;|()\[\]]+")
_JOINTS = FUNCTION_WORDS | {"&", "+", "-", "–", "—", "|", "/", "w/", "·", "•", "x"}
_SEPARATOR = re.compile(r"[,;|:·•]|\s[-–—]\s")
_PLUS = re.compile(r"(?<!\w)(?:and|or|&|\+|plus|und|et)(?!\w)", re.IGNORECASE)
_EDGES = frozenset(",;:|()[].!?。，、！？")  # marks that belong to no word
_BRACKETS = {")": "(", "]": "["}


class Atom(NamedTuple):
    """Describes a part of a text that is kept or left out whole.

    Attributes:
        start: Its first character.
        end: Behind its last one.
        rank: How much it matters, `OTHER` to `NEEDED`.
        needs: Places of atoms without which it would say something else: the "Faux" of leather.
    """

    start: int
    end: int
    rank: int
    needs: frozenset[int] = frozenset()


def is_prose(text: str) -> bool:
    """Tells whether a text has sentences.

    Example:
        >>> is_prose("Soft wool. Made in Wales."), is_prose("Jar, 8 oz. Blue")
        (True, False)
    """
    return bool(_SENTENCE_END.search(_ABBREVIATION.sub(" ", text)))


def atoms_of(text: str, *, brand: str, name: str, keep: Iterable[str]) -> list[Atom]:
    """Cuts a text into atoms.

    Args:
        text: The text.
        brand: The brand, empty where a title's parser shall look for it.
        name: What the product is, empty likewise.
        keep: Texts that must stay.

    Returns:
        The atoms in their order; they do not overlap, and no two of them share a word.
    """
    taken: list[Atom] = []
    is_taken = bytearray(len(text))
    for start, end, rank, _ in _wanted(text, brand, name, keep):
        if start < end and not any(is_taken[start:end]):
            is_taken[start:end] = b"\1" * (end - start)
            taken.append(Atom(start, end, rank))
    taken.sort()
    guesses = [(atom.start, atom.end) for atom in taken if atom.rank == BRAND]
    names = [span for span in guesses if brand or _is_known(text[slice(*span)])]
    names += filter(None, [_find(text, brand), _find(text, name)])
    guess = guesses[0] if guesses else (0, 0)
    taken += _others(text, taken)
    prose = is_prose(text)
    bonds = list(find_bonds(text, names, guess, is_prose=prose))
    least = OTHER if prose else VARIANT
    return _bound(text, _merged(text, sorted(taken)), bonds, names, least)


def _is_known(brand: str) -> bool:
    """Tells whether a brand that a parser found is one, and no guess; or is an insertion."""
    return "{" in brand or load_brands().find(keys_of(brand)) is not None


def with_needs(atoms: Sequence[Atom], kept: Iterable[int]) -> set[int]:
    """Returns places of atoms with those that they need, and that these need."""
    whole: set[int] = set()
    left = list(kept)
    while left:
        place = left.pop()
        if place not in whole:
            whole.add(place)
            left += atoms[place].needs
    return whole


def _wanted(text: str, brand: str, name: str, keep: Iterable[str]) -> Iterator[Atom]:
    """Yields what is known in a text, the most important first."""
    for needed in sorted(filter(None, (*keep, name)), key=len, reverse=True):
        found = _find(text, needed)
        if found is not None:
            yield Atom(*found, NEEDED)
    yield from (Atom(*match.span(), BRAND) for match in INSERTION.finditer(text))
    if is_prose(text):
        found = _find(text, brand) if brand else None
        if found is not None:
            yield Atom(*found, BRAND)
        yield from (Atom(one.start, one.end, OTHER) for one in find_measures(text))
        return
    parsed = parse_title(text)
    found = _find(text, brand or parsed.brand)
    if found is not None:
        yield Atom(*found, BRAND)
    if not name and parsed.name:
        found = _find(text, parsed.name)
        if found is not None:
            yield Atom(*found, NAME)
    yield from (Atom(one.start, one.end, VARIANT) for one in find_measures(text))
    for fact in parsed.facts:
        yield Atom(fact.start, fact.end, _RANKS.get(fact.kind, OTHER))


def _find(text: str, wanted: str) -> tuple[int, int] | None:
    """Returns where whole words stand in a text, whatever their case."""
    if not wanted.strip():
        return None
    pattern = rf"(?<!\w){re.escape(wanted.strip())}(?!\w)"
    match = re.search(pattern, text, re.IGNORECASE)
    return match.span() if match else None


def _others(text: str, taken: Sequence[Atom]) -> Iterator[Atom]:
    """Yields the words of no atom that are no joints."""
    start = 0
    for end, next_start in (*((one.start, one.end) for one in taken), (len(text), len(text))):
        for match in _WORD.finditer(text, start, end):
            if match.group().lower() not in _JOINTS and any(map(str.isalnum, match.group())):
                yield Atom(*match.span(), OTHER)
        start = next_start


def _merged(text: str, atoms: Sequence[Atom]) -> list[Atom]:
    """Joins atoms that share a word: 3 is one with the sign of 3+."""
    merged: list[Atom] = []
    for atom in atoms:
        start, end = atom.start, atom.end
        while start and not text[start - 1].isspace() and text[start - 1] not in _EDGES:
            start -= 1
        while end < len(text) and not text[end].isspace() and text[end] not in _EDGES:
            end += 1
        if merged and not any(map(str.isspace, text[merged[-1].end : start])):
            before = merged.pop()
            start = before.start
            atom = atom._replace(rank=max(before.rank, atom.rank))
        merged.append(Atom(start, end, atom.rank))
    return merged


def _bound(
    text: str,
    atoms: Sequence[Atom],
    bonds: Sequence[Bond],
    names: Sequence[tuple[int, int]],
    least: int,
) -> list[Atom]:
    """Joins the atoms of each bond to one, and says which others need it.

    Args:
        text: The text.
        atoms: Its atoms without bonds.
        bonds: What may not be parted.
        names: What needs nothing.
        least: How much a bond matters that tells the product from others.
    """
    if not bonds:
        return list(atoms)
    spans = [Atom(one.start, one.end, least if one.matters else OTHER) for one in bonds]
    parts = [part for atom in atoms for part in _outside(text, atom, bonds)]
    joined: list[Atom] = []
    for atom in sorted([*spans, *parts]):
        if joined and atom.start < joined[-1].end:
            before = joined.pop()
            atom = Atom(before.start, max(before.end, atom.end), max(before.rank, atom.rank))
        joined.append(atom)
    joined = _merged(text, joined)
    for bond in bonds:
        place = next(place for place, atom in enumerate(joined) if atom.end > bond.start)
        for other, atom in enumerate(joined):
            is_meant = any(start < atom.end and atom.start < end for start, end in bond.needed_by)
            if is_meant and other != place and (atom.start, atom.end) not in names:
                joined[other] = atom._replace(needs=atom.needs | {place})
    return joined


def _outside(text: str, atom: Atom, bonds: Sequence[Bond]) -> Iterator[Atom]:
    """Yields what of an atom lies outside of bonds that stand apart; what must stay stays whole."""
    for bond in bonds:
        is_apart = bond.is_apart and atom.rank != NEEDED
        if is_apart and atom.start < bond.end and bond.start < atom.end:
            for start, end in ((atom.start, bond.start), (bond.end, atom.end)):
                words = list(_WORD.finditer(text, start, end)) if start < end else []
                if words:
                    part = Atom(words[0].start(), words[-1].end(), atom.rank)
                    yield from _outside(text, part, bonds)
            return
    yield atom


def text_of(text: str, atoms: Sequence[Atom], kept: Sequence[int]) -> str:
    """Returns the text of some of its atoms, joined as they were, or by what stood between.

    Args:
        text: The text.
        atoms: All its atoms.
        kept: Places of those that are kept, in order.
    """
    gaps = [text[: atoms[0].start]]
    gaps += [text[one.end : two.start] for one, two in pairwise(atoms)]
    gaps.append(text[atoms[-1].end :])
    pieces: list[str] = []
    before = -1
    for place in (*kept, len(atoms)):
        pieces.append(_joint(gaps[before + 1 : place + 1], before < 0, place == len(atoms)))
        if place < len(atoms):
            pieces.append(text[atoms[place].start : atoms[place].end])
        before = place
    return _balanced("".join(pieces)).strip()


def _joint(gaps: Sequence[str], is_first: bool, is_last: bool) -> str:
    """Returns what stands between two atoms, of what stood between all that were there."""
    if len(gaps) == 1:
        return gaps[0]
    closed = gaps[0][: len(gaps[0]) - len(gaps[0].lstrip(')]"”'))]
    opened = gaps[-1][len(gaps[-1].rstrip('(["“')) :]
    if is_first:
        return opened
    if is_last:
        return closed
    cores = [gap.strip("()[] ") for gap in gaps]
    separators = [core for gap, core in zip(gaps, cores, strict=True) if _SEPARATOR.search(gap)]
    # What introduces the second atom, unless that only added it to one that is gone.
    introduced = cores[0] if _PLUS.search(cores[-1]) else cores[-1]
    core = separators[-1] if separators else introduced
    if not core or opened:
        return f"{closed} {opened}"
    return f"{closed}{'' if core[0] in ',;:' else ' '}{core} {opened}"


def _balanced(text: str) -> str:
    """Returns a text without brackets that have lost their other half, or what they held."""
    lone: set[int] = set()
    opened: list[int] = []
    for place, character in enumerate(text):
        if character in _BRACKETS.values():
            opened.append(place)
        elif character in _BRACKETS:
            if opened and text[opened[-1]] == _BRACKETS[character]:
                opened.pop()
            else:
                lone.add(place)
    lone.update(opened)
    kept = "".join(character for place, character in enumerate(text) if place not in lone)
    return kept if not lone else re.sub(r"\s{2,}", " ", kept)
