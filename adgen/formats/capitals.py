"""Words in capitals, and in capitals at random; acronyms, brands, units, sizes and codes pass.

A word shouts where it is an ordinary one. Of words that no list has, short ones are taken for
acronyms, long ones not.
"""

from __future__ import annotations

import re
from functools import lru_cache

from adgen.formats.format import Rule
from adgen.formats.reading import WINDOW, Reading, Spans
from adgen.formats.vocabulary import ACRONYMS, AD_WORDS, MIXED, SHORT_WORDS
from adgen.products.brands import load_brands

# A capital behind a letter; one behind a small letter as in FlOw, SaLe and nEW.
_HAS_CAPITALS = re.compile("[A-Z](?<=[A-Za-z][A-Z])")
_HAS_MIXTURE = re.compile("[A-Z](?<=[a-z][A-Z])(?:[a-z][A-Z]|[a-z](?![A-Za-z])|[A-Z])")
# Letters alone: what holds a digit is a model's number, a size or a code.
_WORD = re.compile(r"(?<![\w.])[^\W\d_]+(?:['’][^\W\d_]+)?(?!\w|-?\d|\.\w)")
_CAPITALS = re.compile(r"[A-Z][A-Z][A-Z]+(?:['’][A-Z]+)?(?!\w|-?\d|\.\w)")
_RANDOM = re.compile(r"[a-z][A-Z][a-z][A-Z]")
_ALTERNATING = re.compile(r"(?:[A-Z][a-z]){2,}[A-Z]?|[a-z][A-Z]{2,}")
_DOTTED = re.compile(r"(?<![\w.])[A-Za-z]([.*-])(?:[A-Za-z]\1){2,}[A-Za-z]?(?!\w)")
_ROMAN = re.compile(r"[IVX]+")
_BEFORE_CODE = re.compile(r"\b(?:code|coupon|voucher|promo)s?[:\s\"'“]*$", re.IGNORECASE)
_SHORTEST, _LONGEST_ACRONYM = 3, 5
_FEWEST_DOTTED = 6  # letters of a word that nobody takes for an abbreviation
_MOST_WORDS = 1 << 14


def find_capitals(reading: Reading, rule: Rule | None = None) -> Spans:
    """Returns the words of a text that shout.

    Example:
        >>> from adgen.formats.reading import allowed_names
        >>> find_capitals(Reading("FREE USB Cable", allowed_names("", ()), frozenset()))
        [(0, 4)]
    """
    text = reading.text
    if reading.is_ascii and not _HAS_CAPITALS.search(text):
        return []
    is_mixed = not reading.is_ascii or _HAS_MIXTURE.search(text)
    pattern = _WORD if is_mixed else _CAPITALS
    return [match.span() for match in pattern.finditer(text) if _shouts(match, text)]


def _shouts(match: re.Match[str], text: str) -> bool:
    before = text[match.start() - 1] if match.start() else " "
    if before.isalnum() or before in "._":
        return False
    return _is_loud(match.group()) and not _is_code(match, text)


@lru_cache(_MOST_WORDS)
def _is_loud(word: str) -> bool:
    """Tells whether a word shouts, wherever it stands."""
    word = word.replace("’", "'").removesuffix("'S")
    if len(word) < _SHORTEST:
        return False
    if not word.isupper():
        return _is_random(word)
    if word in ACRONYMS or _ROMAN.fullmatch(word):
        return False
    if len(word) == _SHORTEST:
        return word in SHORT_WORDS
    return word in AD_WORDS or _is_ordinary(word)


def _is_code(match: re.Match[str], text: str) -> bool:
    """Tells whether a word belongs to a model's number, or is what a shopper has to type."""
    if text[match.start() - 1 : match.start()] == "-" or text[match.end() : match.end() + 1] == "-":
        before = text[max(0, match.start() - WINDOW) : match.start()].rpartition(" ")[2]
        behind = text[match.end() : match.end() + WINDOW].partition(" ")[0]
        return any(map(str.isdigit, before + behind))
    return bool(_BEFORE_CODE.search(text, max(0, match.start() - WINDOW), match.start()))


def _is_random(word: str) -> bool:
    """Tells whether capitals stand anywhere: FlOwErS, SaLe; iPhone and McDonald are names."""
    if _RANDOM.search(word):
        return word not in load_brands()
    return (
        bool(_ALTERNATING.fullmatch(word))
        and word not in MIXED
        and (word.upper() in AD_WORDS or word.lower() in load_brands().ordinary)
    )


def _is_ordinary(word: str) -> bool:
    """Tells whether a word in capitals is one that is usually written otherwise."""
    brands = load_brands()
    plain = word.lower().replace("'", "")
    brand = brands.find([plain])
    if brand is not None and (brand.is_distinct or brand.name == word):
        return False
    if brand is not None or plain in brands.ordinary or plain.removesuffix("s") in brands.ordinary:
        return True
    return len(word) > _LONGEST_ACRONYM or not word.isascii()


def find_dotted(text: str) -> Spans:
    """Returns words whose letters have marks between them: F.L.O.W.E.R.S.

    Example:
        >>> find_dotted("F.L.O.W.E.R.S in the U.S.A.")
        [(0, 13)]
    """
    return [match.span() for match in _DOTTED.finditer(text) if _is_no_acronym(match.group())]


def _is_no_acronym(text: str) -> bool:
    word = "".join(filter(str.isalpha, text)).upper()
    return word in AD_WORDS or (len(word) >= _FEWEST_DOTTED and word not in ACRONYMS)
