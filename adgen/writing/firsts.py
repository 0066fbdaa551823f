"""What stands before a product's name: whose it is, "Men's", and how it is used, "Casual"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adgen.writing.key_terms import HOW_USED, SPORTS, USE
from adgen.writing.key_words import plain_key
from adgen.writing.piece import OWNER, Piece

_OF_ADULTS = frozenset(("Men's", "Women's"))


def with_first(pieces: Sequence[Piece]) -> list[Piece]:
    """Returns the pieces with those marked that stand before the name.

    Men's and women's things are called so, children's too where the product has a use besides; a
    way of use is read with the name, "Casual Shirt", and so is a sport.
    """
    uses = [piece for piece in pieces if _is_use_before(piece)]
    owner = next((piece for piece in pieces if piece.is_owner), None)
    has_use = any(piece.joining for piece in pieces if piece is not owner)
    firsts = uses[:1]
    if owner is not None and (has_use or not _OF_ADULTS.isdisjoint(owner.forms)):
        firsts.append(owner)

    def marked(piece: Piece) -> Piece:
        if piece not in firsts:
            return piece
        owners = tuple(form for form in piece.before if OWNER.search(form))
        return replace(piece, forms=owners or piece.forms, precedes=True)

    return list(map(marked, pieces))


def _is_use_before(piece: Piece) -> bool:
    """Tells whether a piece is a sport, or a way of use, that may stand before the name."""
    key, colon, _ = piece.source.partition(":")
    if not colon or piece.is_name or piece.leads or not piece.before:
        return False
    before = piece.before[0].casefold()
    is_use = plain_key(key) in USE and before in HOW_USED
    return before.isalpha() and (plain_key(key) in SPORTS or is_use)
