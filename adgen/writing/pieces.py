"""A product's facts as the pieces that its ads are put together from.

Each piece is something that the ad may say once, in one of several forms: "40 hours battery" may
be "40-Hour Battery" or "40hr Battery". Nothing else is ever written but joints, so that an ad
cannot claim what the facts lack. The module knows texts, no tokens and no models.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import permutations

from adgen.products.lexicon import CLASSES, MATERIAL
from adgen.products.measures import find_measures, is_measure, without_measures
from adgen.products.product import Fact, Product
from adgen.writing.by_kind import says_nothing
from adgen.writing.casing import Casing
from adgen.writing.doubt import first_part, is_doubtful
from adgen.writing.firsts import with_first
from adgen.writing.forms import MOST_FORMS, agreeing, cased, fact_forms
from adgen.writing.key_absent import is_present
from adgen.writing.key_terms import ALONE, MAKERS
from adgen.writing.key_words import (
    is_how,
    is_of_colour,
    is_of_material,
    last_class,
    plain_key,
)
from adgen.writing.keys import stands_apart
from adgen.writing.piece import OWNER, Piece
from adgen.writing.repetition import (
    head_of,
    holds,
    own_fact,
    says_fact,
    without_last,
    words_of,
)
from adgen.writing.told_together import told_facts
from adgen.writing.whole_names import longer_name

_WORDS_OF_NAME = 6  # of the longest with anything before it
_WEIGHTS = frozenset(("ounce", "pound", "gram", "kg"))
_WAYS = frozenset(("bluetooth", "smart", "solar", "touch", "unisex", "stereo", "digital"))
_DENIAL = re.compile(r"\b(?:not|no|non|without|free)\b", re.IGNORECASE)
# One ad does not say both.
_SAME_AUDIENCE = {"kids'": "children's", "for kids": "for children"}
_OF_ADULTS = re.compile(r"^for (?:wo)?men\b", re.IGNORECASE)
_FEWEST_AUDIENCES = 2  # that one piece names


def pieces_of(product: Product, casing: Casing, *, keywords: Iterable[str] = ()) -> list[Piece]:
    """Returns what an ad of a product says: brand, name, facts in their order, keywords.

    A fact that the name or the brand says already is left out, and so is one that says that
    something is not there ("lining: none"), that is no matter of ads ("SKU: 4711"), or a number
    that nothing explains ("26").

    Args:
        product: With a name.
        casing: The capitals that words have.
        keywords: Further words that the ad must hold.
    """
    name, facts = longer_name(product.brand, product.name, told_facts(product.facts))
    pieces = _first_pieces(product, name, casing)
    said = [word for piece in pieces for word in words_of(piece.forms[0])]
    said.append(head_of(product.name) or "".join(said[-1:]))
    names = [word for piece in pieces if piece.is_name for word in words_of(piece.forms[0])]
    is_book = "book" in words_of(product.category)  # no "Paperback The Salt Road"
    is_whole = is_book or _is_whole(product.name) or (": " in name and ": " not in product.name)
    told = [fact for fact in facts if not says_nothing(fact, said[-1])]
    for fact in sorted(told, key=lambda fact: plain_key(fact.key) not in MAKERS):
        own = own_fact(fact, said)
        forms = fact_forms(own, casing)
        if forms and not says_fact(product.name, said, own, forms):
            forms = agreeing(without_last(forms, said, fact), name)
            is_apart = is_whole or _is_misread_before(fact)
            is_apart |= not set(words_of(forms[0])).isdisjoint(names)
            is_apart |= stands_apart(fact.key) and not is_present(fact.value)
            is_apart |= not fact.key and _is_weight(fact.value)
            is_apart |= is_present(fact.value) and _is_thing(fact.key)
            doubt = is_doubtful(fact, forms[0])
            piece = Piece(forms, is_apart=is_apart, is_doubtful=doubt, source=str(fact))
            pieces.append(replace(piece, parts=_shorter(piece, own, casing)) if doubt else piece)
    pieces = with_first(_with_one_audience(_distinct(pieces)))
    for keyword in keywords:
        forms = cased([keyword], casing)
        wanted = words_of(keyword)
        if not any(holds(words_of(form), wanted) for piece in pieces for form in piece.forms):
            pieces.append(Piece(forms, source=keyword))
    return _distinct(pieces)


def _first_pieces(product: Product, name: str, casing: Casing) -> list[Piece]:
    """Returns brand and name; words at the end of one and the beginning of the other once.

    A name that a fact makes longer is said without the fact where it has no room.
    """
    brand_words = words_of(product.brand)
    name_words = words_of(name)
    if not brand_words or holds(name_words, brand_words):
        return [_name_piece(name, product, casing)]
    if holds(brand_words, name_words):
        return [Piece((product.brand,), leads=True, is_name=True, source=product.name)]
    brand = product.brand.split()
    words = name.split()
    sizes = range(1, len(words))
    shared = [n for n in sizes if words_of(" ".join(brand[-n:])) == words_of(" ".join(words[:n]))]
    rest = _name_piece(" ".join(words[max(shared, default=0) :]), product, casing)
    return [Piece((product.brand,), leads=True, source=product.brand), rest]


def _name_piece(name: str, product: Product, casing: Casing) -> Piece:
    is_longer = len(words_of(name)) > len(words_of(product.name))
    shorter = [_name_piece(product.name, product, casing)] if is_longer else []
    forms = cased([name], casing)
    return Piece(forms, is_name=True, source=product.name, parts=tuple(shorter))


def _with_one_audience(pieces: list[Piece]) -> list[Piece]:
    """Returns the pieces with all whose the product is in one: "for Girls and Boys"."""
    owners = [piece for piece in pieces if piece.is_owner and piece.joining]
    are_adults = any(_OF_ADULTS.search(piece.forms[0]) for piece in pieces if piece.joins)
    if owners or are_adults:  # "Men's", and not "for Adults" besides
        pieces = [piece for piece in pieces if piece.forms != ("for Adults",)]
    whose = list(dict.fromkeys(piece.joining[0].removeprefix("for ") for piece in owners))
    if len(whose) < _FEWEST_AUDIENCES:
        return pieces
    *others, last = whose
    text = f"for {', '.join(others)} and {last}"
    joined = Piece((text,), source="; ".join(piece.source for piece in owners))
    return [piece for piece in pieces if piece not in owners] + [joined]


def use_pieces(uses: Sequence[str], count: int, pieces: Sequence[Piece]) -> list[Piece]:
    """Returns a piece that names common uses; none where the product's own pieces name some.

    Args:
        uses: Of its kind of product, the commonest first.
        count: Uses to name.
        pieces: The product's own.
    """
    count = min(count, len(uses))
    if not count or any(piece.joins for piece in pieces):
        return []
    forms = []
    for chosen in permutations(uses, count):
        *first, last = chosen
        forms.append(f"for {', '.join(first)} and {last}" if first else f"for {last}")
    return [Piece(tuple(forms[:MOST_FORMS]), source="common uses")]


def _is_misread_before(fact: Fact) -> bool:
    """Tells whether a fact before the name would be read as another one.

    A colour as what it is of, "Terracotta Pots"; a part's material as the product's kind, "Okoume
    Neck Ukulele".
    """
    key = plain_key(fact.key)
    is_of_part = (is_of_material(fact.key) and key not in ALONE) or key.endswith(" shape")
    return is_of_part or (is_of_colour(key) and last_class(fact.value) == MATERIAL)


def _shorter(piece: Piece, fact: Fact, casing: Casing) -> tuple[Piece, ...]:
    """Returns a piece of what a fact says first, where that alone is true and easily said."""
    short = first_part(fact)
    forms = fact_forms(short, casing) if short else ()
    if not short or not forms or is_doubtful(short, forms[0]):
        return ()
    return (replace(piece, forms=forms, is_doubtful=False),)


def _is_thing(key: str) -> bool:
    """Tells whether a key of one word is a part and not how the product is: no "Footrest Stool"."""
    word = plain_key(key)
    return word.isalpha() and not (word in CLASSES or word in _WAYS or is_how(word))


def _is_weight(text: str) -> bool:
    measures = find_measures(text)
    return len(measures) == 1 and measures[0].unit in _WEIGHTS and is_measure(text)


def _is_whole(name: str) -> bool:
    """Tells whether nothing is added in front of a name.

    It is a model's, "WH-CH720N"; or says first whose it is, "Women's Pants"; or holds many facts.
    """
    words = name.split()
    is_model = any(map(str.isdigit, without_measures(name)))
    return is_model or len(words) > _WORDS_OF_NAME or bool(OWNER.search(words[0]))


def _distinct(pieces: list[Piece]) -> list[Piece]:
    """Returns the pieces without those that say the same as an earlier one."""
    kept: list[Piece] = []
    seen: set[str] = set()
    joined = [set(words_of(piece.forms[0])) for piece in pieces if piece.joins]
    for piece in pieces:
        # "Women's" beside "for Women and Girls".
        if piece.is_owner and any(set(words_of(piece.behind[0])) < words for words in joined):
            continue
        forms = {_SAME_AUDIENCE.get(form, form) for form in map(str.casefold, piece.forms)}
        if not forms & seen and not _ends_another(piece, pieces):
            kept.append(piece)
            seen |= forms
    return kept


def _ends_another(piece: Piece, pieces: Iterable[Piece]) -> bool:
    """Tells whether another fact says a piece's words at its end: steel, of stainless steel."""
    words = words_of(piece.forms[0])
    if piece.is_name or piece.leads or any(map(str.isdigit, piece.forms[0])):
        return False
    others = (
        words_of(other.forms[0])
        for other in pieces
        if not (other.is_name or other.leads or other.joins or _DENIAL.search(other.forms[0]))
    )
    return any(len(said) > len(words) and said[-len(words) :] == words for said in others)
