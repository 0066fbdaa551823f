"""Sentences about a product: the descriptions of its ads, of brand, name and facts.

A row of facts behind a colon says no more than the facts do. Openings and endings call the reader
to the product and claim nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from adgen.writing.headlines import stands_alone
from adgen.writing.pieces import Piece
from adgen.writing.told import Told

_OPENINGS = ("{}", "Discover the {}", "Take a look at the {}", "Meet the {}", "Shop the {}")
_ENDINGS = ("", "See the details.", "Take a closer look.", "Find yours today.", "See it in full.")

Room = Callable[[str], bool]


def sentences_of(told: Told, room: Room, *, first: str = "") -> Iterator[str]:
    """Yields sentences, each with as many facts as it has room for; each begins with other ones.

    Args:
        told: The product.
        room: Whether a text has room.
        first: A title whose sentence comes first.
    """
    if first and room(_ended(first)):
        yield _ended(first)
    facts = [piece for piece in told.facts if not piece.joins]
    for number in range(max(len(facts), 1) * len(_OPENINGS)):
        turn = number % max(len(facts), 1)
        turned = facts[turn:] + facts[:turn]
        opening = _OPENINGS[(number + bool(first)) % len(_OPENINGS)]
        ending = _ENDINGS[number % len(_ENDINGS)]
        yield from _sentence(told, turned, opening, ending, room)
    yield from _of_facts_alone(told, facts, room)


def _sentence(
    told: Told, facts: Sequence[Piece], opening: str, ending: str, room: Room
) -> Iterator[str]:
    """Yields one sentence: with the longest name beside which a fact has room; or none has."""
    bare = ""
    for name in told.things:
        start = opening.format(name)
        if not room(_ended(start)):
            continue
        bare = bare or start
        longer = (f"{start} {form}" for form in _joining(told))
        start = next((text for text in longer if room(_ended(text))), start)
        text = with_facts(start, facts, lambda text: room(_ended(text)))
        if text != start or start != opening.format(name):
            bare = text
            break
    if bare and (bare not in told.names or not facts):
        whole = f"{_ended(bare)} {ending}".strip()
        yield whole if room(whole) else _ended(bare)


def _of_facts_alone(told: Told, facts: Sequence[Piece], room: Room) -> Iterator[str]:
    """Yields facts first, and the product behind them: "6mm Thick, Non-Slip. Shop Acme Mats."""
    plain = [piece for piece in facts if not piece.is_last]
    for turn, first in enumerate(plain):
        start = first.behind[0]
        calls = (f"Shop the {name}." for name in told.things)
        call = next((call for call in calls if room(f"{_ended(start)} {call}")), "")
        if call and stands_alone(first):
            behind = partial(_before_call, call=call, room=room)
            text = with_facts(start, [*plain[turn + 1 :], *plain[:turn]], behind, colon=", ")
            yield f"{_ended(text)} {call}"


def _before_call(text: str, *, call: str, room: Room) -> bool:
    return room(f"{_ended(text)} {call}")


def with_facts(start: str, facts: Sequence[Piece], room: Room, *, colon: str = ": ") -> str:
    """Returns a text with the facts behind it that have room, in their order.

    Args:
        start: What the product is.
        facts: Pieces of them.
        room: Whether a text has room.
        colon: What stands before the first fact.
    """
    text, joint = start, colon
    for piece in facts:
        longer = f"{text}{joint}{piece.behind[0]}"
        if room(longer):
            text, joint = longer, ", "
    return text


def _joining(told: Told) -> list[str]:
    """Returns what follows the name without a comma: "for Women"."""
    return [form for piece in told.facts for form in piece.joining[:1] if piece.joins]


def _ended(text: str) -> str:
    """Returns a text with a full stop."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
