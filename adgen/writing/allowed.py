"""Which pieces an ad may say under its settings, and why it leaves out the others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from adgen.products.checks import check_product
from adgen.products.claims import colours_of, invented_colours
from adgen.products.product import Fact, Product
from adgen.products.promotion import find_promotion
from adgen.products.uses import load_uses, uses_of
from adgen.writing.by_kind import says_nothing
from adgen.writing.casing import Casing
from adgen.writing.forms import unsaid
from adgen.writing.key_absent import is_absent, not_included
from adgen.writing.parts import together
from adgen.writing.piece import Piece
from adgen.writing.pieces import pieces_of, use_pieces
from adgen.writing.repetition import head_of
from adgen.writing.settings import WriteSettings
from adgen.writing.told_together import told_facts
from adgen.writing.whole_names import without_colour


def allowed_pieces(
    product: Product, settings: WriteSettings, casing: Casing
) -> tuple[list[Piece], list[str]]:
    """Returns what an ad of a product may say, and what it leaves out, each with the reason.

    Raises:
        ValueError: The product cannot have an ad, or its name or a keyword may not be said.
    """
    check_product(product, allow_adult=settings.allow_adult)
    _check_keywords(product, settings.keywords)
    apart = without_colour(product)
    pieces = pieces_of(apart, casing, keywords=settings.keywords)
    if settings.liveliness:
        uses = uses_of(product.name, load_uses())
        pieces += use_pieces(uses, settings.liveliness, pieces)
    kept = []
    facts = told_facts(product.facts)
    head = head_of(product.name)
    reasons = [(fact, unsaid(fact) or says_nothing(fact, head)) for fact in facts]
    left_out = [_with_reason(fact, reason) for fact, reason in reasons if reason]
    for piece in pieces:
        allowed, reason = _without(piece, settings.exclude)
        if allowed is None and piece.source in (apart.name, *settings.keywords):
            raise ValueError(f"{piece.source!r} cannot be said: {reason}. Give another.")
        if allowed is None:
            left_out.append(f"{piece.source}: {reason}")
        else:
            kept.append(allowed)
    return together(kept), left_out


def _with_reason(fact: Fact, reason: str) -> str:
    """Returns a fact with what keeps it out of ads; of an empty one the key, if it has one."""
    return ": ".join(part for part in (fact.key, fact.value, reason) if part)


def _check_keywords(product: Product, keywords: Iterable[str]) -> None:
    """Raises where a keyword says what the facts deny, or another colour than theirs."""
    denied = {
        fact.key.casefold(): fact
        for fact in product.facts
        if is_absent(fact.value, fact.key) or not_included(fact.key, fact.value)
    }
    has_colour = any(colours_of(fact.value) for fact in product.facts)
    for keyword in keywords:
        colours = invented_colours(keyword, product) if has_colour else []
        if colours or keyword.casefold() in denied:
            against = denied.get(keyword.casefold(), "another colour")
            raise ValueError(
                f"keyword {keyword!r:.60} is asked for and the facts say {against}. Leave the "
                "keyword out, or mend the facts."
            )


def _without(piece: Piece, exclude: Iterable[str]) -> tuple[Piece | None, str]:
    """Returns a piece without the forms that hold excluded words or promotion, or why none is."""
    promotion = find_promotion(piece.forms[0])
    if promotion:
        return None, f"promotion ({promotion})"
    words = [re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE) for word in exclude]
    forms = tuple(form for form in piece.forms if not any(word.search(form) for word in words))
    if not forms:
        return None, "excluded"
    return replace(piece, forms=forms), ""
