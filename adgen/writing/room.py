"""Which pieces of a product have room together in an ad of so many characters."""

from __future__ import annotations

from collections.abc import Sequence

from adgen.writing.doubt import ENOUGH
from adgen.writing.piece import Piece

SEPARATED = ", "
_LONGEST_TITLE = 300  # characters; what may be longer has room for a long-winded fact


def needed(piece: Piece) -> int:
    """Returns the characters of a piece and of what is before it.

    Before a fact that is a comma and a space, since the piece before may end in a number.
    """
    return piece.shortest + len(" " if piece.leads or piece.is_name else SEPARATED)


def certain(facts: Sequence[Piece]) -> list[Piece]:
    """Returns facts without those that are hard to say shortly, where enough others are left."""
    sure = [piece for piece in facts if not piece.is_doubtful]
    return sure if len(sure) >= ENOUGH else list(facts)


def why_dropped(piece: Piece) -> str:
    """Returns why a title does not say a piece."""
    return "takes a sentence to say" if piece.is_doubtful else "no room"


def _num_facts(pieces: Sequence[Piece]) -> int:
    return sum(not (piece.is_name or piece.leads) for piece in pieces)


def with_room(pieces: Sequence[Piece], max_chars: int) -> tuple[list[Piece], list[Piece]]:
    """Divides pieces into those that have room together and the others, in order.

    Care, warranty and what is included come after what the product is like. What is hard to say
    shortly comes last of all, and not at all where enough else is said.
    """
    kept: list[Piece] = []
    dropped: list[Piece] = []
    chars = -len(" ")
    waiting = sorted(pieces, key=lambda piece: (piece.is_doubtful, piece.is_last))
    while waiting:
        piece = waiting.pop(0)
        is_title = max_chars <= _LONGEST_TITLE
        is_spared = piece.is_doubtful and is_title and _num_facts(kept) >= ENOUGH
        if not is_spared and chars + needed(piece) <= max_chars:
            kept.append(piece)
            chars += needed(piece)
        elif piece.parts:
            waiting[:0] = piece.parts
        else:
            dropped.append(piece)
    if not kept:
        raise ValueError(
            f"max_chars is {max_chars:,}; the shortest thing to say has "
            f"{min((piece.shortest for piece in dropped), default=0):,} characters. Give a higher "
            "max_chars."
        )
    return kept, dropped
