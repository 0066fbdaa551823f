"""A product's facts as the pieces that its ads are put together from.

Each piece is something that the ad may say once, in one of several forms: "40 hours battery" may
be "40-Hour Battery" or "40hr Battery". Nothing else is ever written but joints, so that an ad
cannot claim what the facts lack. The module knows texts, no tokens and no models.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import permutations

from adgen.products.lexicon import CLASSES, COLOUR, MATERIAL
from adgen.products.measures import find_measures, is_measure, without_measures
from adgen.products.product import Fact, Product
from adgen.writing.casing import Casing
from adgen.writing.forms import MOST_FORMS, PLURAL_UNIT, agreeing, cased, fact_forms
from adgen.writing.key_absent import is_present
from adgen.writing.key_terms import ALONE, MAKERS
from adgen.writing.key_words import (
    is_of_colour,
    is_of_material,
    is_plural,
    last_class,
    plain_key,
)
from adgen.writing.keys import stands_apart
from adgen.writing.order import LAST, WORDS, place_of
from adgen.writing.places import load_places
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

_JOINT = re.compile(r"(?:for|with|in|and|by|compatible with|fits)\b(?!-)", re.IGNORECASE)
# Without a noun: "40 Hour", "2-5 Year".
_OF_TIME = re.compile(
    r"(?<!\b1)[ -](?:Second|Minute|Hour|Day|Week|Month|Year|Port|Pocket|Drawer|Sheet|Layer|Tier|"
    r"Light|Channel|Shelf|Box|Stage|Capsule|Tablet|Serving|Speed|Pair|"
    r"Pound|Ounce|Foot|Gallon|Quart|Liter|Gram|Yard|Meter|Mile|Lumen|Watt|Volt|Amp)"
    r"(?:\)| \([^()]*\))?$"
)
_WORDS_BEFORE = 2
_WORDS_OF_NAME = 6  # of the longest with anything before it
_WEIGHTS = frozenset(("ounce", "pound", "gram", "kg"))
_LENGTHS = frozenset(("inch", "foot", "yard", "meter", "mm", "cm", ""))
_SIDES_BEFORE = 2  # "8x10 Rug", no "8 x 7 x 2 Inch Filter"
_INNER_JOINT = re.compile(r",| (?:with|w/|for|in|and|&) ", re.IGNORECASE)
_NAMED = re.compile(r" (?:theme|pattern|finish)$", re.IGNORECASE)
_DENIAL = re.compile(r"\b(?:not|no|non|without|free)\b", re.IGNORECASE)
_NUMBER_LAST = re.compile(r"\d[xX×]?$")  # SPF 30; no "2x 2 Pack"
_RANGE = re.compile(r"\d[A-Za-z]? ?[-–] ?\d")
_OWNER = re.compile(r"(?:'s|s')$")
# One ad does not say both.
_SAME_AUDIENCE = {"kids'": "children's", "for kids": "for children"}
_OF_ADULTS = frozenset(("Men's", "Women's"))
_FEWEST_AUDIENCES = 2  # that one piece names


@dataclass(frozen=True)
class Piece:
    """Describes something that an ad says once.

    Attributes:
        forms: The texts in which it may be said, the usual ones first.
        leads: Whether the ad begins with it.
        is_name: Whether it is what the product is.
        is_apart: Whether it does not stand before the name, but to say whose the product is.
        precedes: Whether it stands right before the name: "Men's Shorts for Running", where two
            would follow it with "for".
        source: The fact, the brand or the name as the product has it.
        parts: What it is put together from, which may be said apart where it has no room.
    """

    forms: tuple[str, ...]
    leads: bool = False
    is_name: bool = False
    is_apart: bool = False
    precedes: bool = False
    source: str = ""
    parts: tuple[Piece, ...] = ()

    @cached_property
    def joins(self) -> bool:
        """Tells whether it can only begin as a joint does, with "for" or "with"."""
        return not self._plain

    @cached_property
    def joining(self) -> tuple[str, ...]:
        """Returns the forms that follow the name directly: "for Women", "in Black"."""
        return tuple(form for form in self.forms if _JOINT.match(form))

    @cached_property
    def is_maker(self) -> bool:
        """Tells whether it is who made it, read with the name alone: "Novel by Jane Doe"."""
        return self.joins and self.forms[0].startswith("by ")

    @cached_property
    def _plain(self) -> tuple[str, ...]:
        no_owners = [form for form in self.forms if not _OWNER.search(form)] or self.forms
        joining = set(map(str.casefold, self.joining))
        return tuple(
            form
            for form in no_owners
            # A use before the name, "Winter Coat", needs "for" behind it: "Coat, Red, for Winter".
            if not _JOINT.match(form) and f"for {form}".casefold() not in joining
        )

    @cached_property
    def may_stand_in_brackets(self) -> bool:
        """Tells whether it is what brackets are for: a measure, a count, a colour."""
        return self.is_quantity or CLASSES.get(self.behind[0].lower()) == COLOUR

    @cached_property
    def is_owner(self) -> bool:
        """Tells whether it says before the name whose the product is: "Women's"."""
        return any(_OWNER.search(form) for form in self.before)

    @cached_property
    def ends_in_bracket(self) -> bool:
        """Tells whether it is the name and ends in brackets: "Mop Heads (2 Pack)"."""
        return self.is_name and self.forms[0].endswith(")")

    @cached_property
    def has_joints(self) -> bool:
        """Tells whether "for ..." behind it would be read with its last words alone."""
        return _INNER_JOINT.search(self.forms[0]) is not None

    @cached_property
    def place(self) -> int:
        """Returns where it stands behind the name: `order.WORDS` to `order.LAST`."""
        return WORDS if self.is_name or self.leads else place_of(self.forms[0], self.source)

    @cached_property
    def is_last(self) -> bool:
        """Tells whether it is what ads say last: care, origin, certificates, what is included."""
        return self.place == LAST

    @cached_property
    def is_quantity(self) -> bool:
        """Tells whether it is a measure or a count and nothing else: "3 Pack"."""
        return is_measure(self.behind[0])

    @cached_property
    def before(self) -> tuple[str, ...]:
        """Returns the forms that may stand before the name: "Women's", "6mm Thick"."""
        if self.is_name or self.leads:
            return self.forms
        may_precede = _OWNER.search if self.is_apart else _may_precede
        return tuple(form for form in self.forms if may_precede(form))

    @cached_property
    def behind(self) -> tuple[str, ...]:
        """Returns the forms that may stand behind the name, in brackets and after a comma."""
        named = [form for form in self._plain if _NAMED.search(form)]  # "Baking Theme"
        some = [form for form in named or self._plain if not _OF_TIME.search(form)]
        whole = tuple(
            form for form in some if "-" in form or f"{form}s" not in some
        )  # no "3,000 Page"
        return whole or self._plain or self.joining

    @cached_property
    def shortest(self) -> int:
        """Returns the characters of its shortest form behind the name."""
        return min(map(len, self.behind))


def _may_precede(form: str) -> bool:
    # What ends in a number would be read with the name: "SPF 30 Day Cream".
    # Behind a brand "Free Engraving" would be read as free of it.
    if (
        _JOINT.match(form)
        or form.startswith("Free ")
        or _NUMBER_LAST.search(form)
        or len(form.split()) > _WORDS_BEFORE
    ):
        return False
    measures = find_measures(form)
    if "," in form or "(" in form or _RANGE.search(form) or len(measures) > 1:
        return False
    sides = measures[0].numbers if measures else ()
    if len(sides) > _SIDES_BEFORE or (len(sides) > 1 and measures[0].unit not in _LENGTHS):
        return False  # "Oxford, Mesh Harness", "3000K-6500K Lamp"
    if PLURAL_UNIT.search(form) or (" " not in form and is_plural(form)):
        return False  # "5 Tiers Bookshelf", "Leaves Blanket"
    return load_places().may_lead(form)


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
    for fact in sorted(facts, key=lambda fact: plain_key(fact.key) not in MAKERS):
        own = own_fact(fact, said)
        forms = fact_forms(own, casing)
        if forms and not says_fact(product.name, said, own, forms):
            forms = agreeing(without_last(forms, said, fact), name)
            is_apart = is_whole or _is_misread_before(fact)
            is_apart |= not set(words_of(forms[0])).isdisjoint(names)
            is_apart |= stands_apart(fact.key) and not is_present(fact.value)
            is_apart |= not fact.key and _is_weight(fact.value)
            pieces.append(Piece(forms, is_apart=is_apart, source=str(fact)))
    pieces = _with_owner_first(_with_one_audience(_distinct(pieces)))
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
    if owners:  # "Men's", and not "for Adults" besides
        pieces = [piece for piece in pieces if piece.forms != ("for Adults",)]
    whose = list(dict.fromkeys(piece.joining[0].removeprefix("for ") for piece in owners))
    if len(whose) < _FEWEST_AUDIENCES:
        return pieces
    *others, last = whose
    text = f"for {', '.join(others)} and {last}"
    joined = Piece((text,), source="; ".join(piece.source for piece in owners))
    return [piece for piece in pieces if piece not in owners] + [joined]


def _with_owner_first(pieces: list[Piece]) -> list[Piece]:
    """Returns the pieces with whose the product is before its name.

    Men's and women's things are called so; children's too where the product has a use besides.
    """
    owner = next((piece for piece in pieces if piece.is_owner), None)
    if owner is None:
        return pieces
    has_use = any(piece.joining for piece in pieces if piece is not owner)
    if not has_use and _OF_ADULTS.isdisjoint(owner.forms):
        return pieces
    forms = tuple(form for form in owner.before if _OWNER.search(form))
    first = replace(owner, forms=forms, precedes=True)
    return [first if piece is owner else piece for piece in pieces]


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


def _is_weight(text: str) -> bool:
    measures = find_measures(text)
    return len(measures) == 1 and measures[0].unit in _WEIGHTS and is_measure(text)


def _is_whole(name: str) -> bool:
    """Tells whether nothing is added in front of a name.

    It is a model's, "WH-CH720N"; or says first whose it is, "Women's Pants"; or holds many facts.
    """
    words = name.split()
    is_model = any(map(str.isdigit, without_measures(name)))
    return is_model or len(words) > _WORDS_OF_NAME or bool(_OWNER.search(words[0]))


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
