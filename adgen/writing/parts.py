"""What is said of one part of a product stands in one piece: "8-Inch Steel Blade"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from adgen.products.lexicon import CLASSES, FEATURE
from adgen.products.measures import is_measure
from adgen.writing.key_words import is_of_colour, plain_key
from adgen.writing.piece import Piece

# What a key says of its part: "blade length", "number of strings".
_OF_PART_TEXT = """
length width height thickness diameter size material number of type style color colour count finish
shape no
"""
_MOST_WORDS = 3  # of a form with others before it
_MOST_WORDS_ALONE = 5  # with a measure alone: "8-Inch High Carbon Stainless Steel Blade"
_YES = re.compile(r": *(?:yes|true)$", re.IGNORECASE)
_DETAILS = re.compile(r" \([^()]*\)$")
_OF_PART = frozenset(_OF_PART_TEXT.split())


def together(pieces: Sequence[Piece]) -> list[Piece]:
    """Returns the pieces with those of one part in one: "Steel Blade, Bypass Blade"."""
    found: dict[str, list[Piece]] = {}
    for number, piece in enumerate(pieces):
        last = _without_details(piece.forms[0]).split()[-1]
        is_alone = piece.is_name or piece.leads or piece.joins or piece.is_quantity
        key = str(number) if is_alone or not last.istitle() else last
        found.setdefault(key, []).append(piece)
    return [same[0] if len(same) == 1 else _joined(same) for same in found.values()]


def _joined(pieces: Sequence[Piece]) -> Piece:
    """Returns a piece that says several behind one another, in a few of their forms.

    A number or a size of a part and what it is become one: "4 Nylon Strings", "20cm Black Ceramic
    Blade".
    """
    pieces = sorted(pieces, key=_place_of)
    source = "; ".join(piece.source for piece in pieces)
    amounts = [form.rpartition(" ")[0] for form in pieces[0].behind]
    amounts = [amount for amount in amounts if amount.isdecimal() or is_measure(amount)]
    rest = pieces[1:] if amounts else pieces
    most = _MOST_WORDS if len(rest) > 1 else _MOST_WORDS_ALONE
    has_details = any(piece.forms[0].endswith(")") for piece in rest)
    may_join = _are_of_one(pieces) and (not has_details or (amounts and len(rest) == 1))
    if may_join and all(_is_plain(_without_details(piece.forms[0]), most) for piece in rest):
        *before, last = (piece.forms[0] for piece in rest)
        whole = " ".join([*(form.rpartition(" ")[0] for form in before), last])
        forms = tuple(f"{amount} {whole}" for amount in amounts) or (whole,)
    else:
        count = max(len(piece.behind) for piece in pieces)
        ways = ([piece.behind[n % len(piece.behind)] for piece in pieces] for n in range(count))
        forms = tuple(map(", ".join, ways))
    doubt = any(piece.is_doubtful for piece in pieces)
    return Piece(forms, is_apart=True, is_doubtful=doubt, source=source, parts=tuple(pieces))


def _without_details(form: str) -> str:
    """Returns what is said of a part less the brackets behind it: "Steel Blade (Coated)"."""
    return _DETAILS.sub("", form)


def _place_of(piece: Piece) -> tuple[bool, bool, bool]:
    """Returns what orders the pieces of a part: a measure first, how it is, then a colour."""
    is_colour = is_of_colour(piece.source.partition(":")[0])
    return not piece.forms[0][0].isdigit(), not _is_feature(piece), not is_colour


def _are_of_one(pieces: Sequence[Piece]) -> bool:
    """Tells whether pieces say each another thing of one part: its length, its material."""
    keys = {plain_key(piece.source.partition(":")[0]) for piece in pieces}  # of none its words
    return len(keys) == len(pieces) and all(map(_is_of_part, pieces))


def _is_plain(form: str, most: int) -> bool:
    """Tells whether a form may stand before another of the same part: no number, no list."""
    has_list = re.search(r"\b\d|[,/&()]| (?:and|or|with) ", form)
    return not has_list and len(form.split()) <= most


def _is_feature(piece: Piece) -> bool:
    """Tells whether a piece without a key says how its part is: "Removable Washable Cover"."""
    *before, _ = piece.forms[0].casefold().split()
    is_keyed = ":" in piece.source and not _YES.search(piece.source)
    return bool(before) and not is_keyed and all(map(_is_how, before))


def _is_how(word: str) -> bool:
    return CLASSES.get(word) == FEATURE or word.endswith(("able", "ible"))


def _is_of_part(piece: Piece) -> bool:
    """Tells whether a piece is of a key that names the part and nothing else, or how it is."""
    if _is_feature(piece):
        return True
    key, colon, _ = piece.source.partition(":")
    words = set(plain_key(key).split())
    part = _without_details(piece.forms[0]).split()[-1].casefold()
    return bool(colon) and words - _OF_PART in ({part}, {part.removesuffix("s")})
