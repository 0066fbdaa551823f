"""Sentences about a product: the descriptions of its ads, of brand, name and facts.

A row of facts behind a colon says no more than the facts do. Openings and endings call the reader
to the product and claim nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from adgen.writing.headlines import begins_with_owner, stands_alone
from adgen.writing.piece import Piece
from adgen.writing.told import BEHIND, Room, Told, turned

_OPENINGS = ("{}", "Discover the {}", "Take a look at the {}", "Meet the {}", "Shop the {}")
_ENDINGS = ("See the details.", "", "Find yours today.", "See it in full.", "Take a closer look.")


def sentences_of(told: Told, room: Room, *, has_first: bool = False) -> tuple[list[str], list[str]]:
    """Returns sentences, each with as many facts as it has room for; each begins with other ones.

    Those that say what no earlier one says, and those that say the same under another verb.

    Args:
        told: The product.
        room: Whether a text has room.
        has_first: Whether another text stands before them, which opens as the first one would.
    """
    facts = _told_behind(told)
    fresh: list[str] = []
    again: list[str] = []
    seen: set[frozenset[str]] = set()
    for number in range(max(len(facts), 1) * len(_OPENINGS)):
        opening = _OPENINGS[(number + has_first) % len(_OPENINGS)]
        ending = _ENDINGS[number % len(_ENDINGS)]
        for text, said in _sentence(told, turned(facts, number), opening, ending, room):
            (again if said in seen else fresh).append(text)
            seen.add(said)
    return [*fresh, *_of_facts_alone(told, facts, room)], again


def _told_behind(told: Told) -> list[Piece]:
    """Returns the facts that stand behind a colon; "for ..." too, where the name says "for"."""
    has_joint = BEHIND.search(told.names[0]) is not None
    plain = [piece for piece in told.facts if not piece.joins]
    return plain + [piece for piece in told.facts if piece.joins and has_joint]


def _sentence(
    told: Told, facts: Sequence[Piece], opening: str, ending: str, room: Room
) -> Iterator[tuple[str, frozenset[str]]]:
    """Yields a sentence and what it says: with the longest name beside which a fact has room."""
    bare, said = "", frozenset[str]()
    for name in told.things:
        start = opened = _opened(opening, name, told.brand)
        if not room(ended(start)):
            continue
        bare = bare or start
        longer = (f"{start} {form}" for form in _joining(told))
        start = next((text for text in longer if room(ended(text))), start)
        text = with_facts(start, facts, lambda text: room(ended(text)))
        if text != start or start != opened:
            bare, said = text, frozenset(text[len(start) :].split(", "))
            break
    if bare and (bare not in told.names or not facts):
        whole = f"{ended(bare)} {ending}".strip()
        yield (whole if room(whole) else ended(bare)), said


def _opened(opening: str, name: str, brand: str) -> str:
    """Returns an opening with a name, without "the" before whose it is: "Meet Ann's Lamp"."""
    is_owned = begins_with_owner(name, brand)
    return (opening.replace("the {}", "{}") if is_owned else opening).format(name)


def _of_facts_alone(told: Told, facts: Sequence[Piece], room: Room) -> Iterator[str]:
    """Yields facts first, and the product behind them: "6mm Thick, Non-Slip. Shop Acme Mats."."""
    plain = [piece for piece in facts if not piece.is_last]
    for turn, first in enumerate(plain):
        start = first.behind[0]
        calls = (f"{_opened('Shop the {}', name, told.brand)}." for name in told.things)
        call = next((call for call in calls if room(f"{ended(start)} {call}")), "")
        if call and stands_alone(first):
            behind = partial(_before_call, call=call, room=room)
            text = with_facts(start, turned(plain, turn)[1:], behind, colon=", ")
            yield f"{ended(text)} {call}"


def _before_call(text: str, *, call: str, room: Room) -> bool:
    return room(f"{ended(text)} {call}")


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
    """Returns what follows the name without a comma: "for Women"; not behind another "for"."""
    if BEHIND.search(told.names[0]):
        return []
    return [form for piece in told.facts for form in piece.joining[:1] if piece.joins]


def ended(text: str) -> str:
    """Returns a text with a full stop."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
