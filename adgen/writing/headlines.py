"""Headlines of a product: short texts, each of which says one thing and stands alone.

Brand and name, a fact, a fact beside the name, whom it is for, a call to look at it: all from the
product's own pieces and a small library of calls, which claim nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from adgen.products.lexicon import CLASSES, COLOUR, SHADE
from adgen.products.measures import is_measure
from adgen.writing.key_words import is_plural
from adgen.writing.neighbours import clash
from adgen.writing.piece import Piece
from adgen.writing.repetition import words_of
from adgen.writing.room import certain
from adgen.writing.told import Room, Told

# What calls the reader to the product: of brand and name, and of the name alone.
_CALLS = ("Shop {}", "Discover {}", "Explore {}", "Meet {}", "See {} Details", "Get to Know {}")
_OWNERS = re.compile(r"^(?:wo)?men['’]s |^(?:girls|boys|kids|children)['’]s? |^unisex ", re.I)
_ARTICLE = re.compile(r"(?:the|an?) ", re.IGNORECASE)
_CALLS_BY_NAME = ("Find Your {}", "Choose Your {}")
# Words beside which two headlines are still the same: "Black Shoes", "Shoes in Black".
_JOINTS = frozenset(("in", "for", "by", "with", "and", "the"))
_FEWEST_WORDS = 2  # of a fact that stands alone: "Black" says nothing of what is black


def headlines_of(told: Told, room: Room, *, keywords: Iterable[str] = ()) -> list[list[str]]:
    """Returns headlines in groups: of keywords, of brand and name, of facts, of calls.

    Args:
        told: The product.
        room: Whether a text has room.
        keywords: Words of which each should stand in several headlines.
    """
    sure = replace(told, facts=tuple(certain(told.facts)))
    groups = (
        _of_keywords(sure, keywords),
        _of_name(told, room),
        _of_facts(sure, room),
        _of_pairs(apart(sure.facts, room)),
        _calls(told, room),
    )
    return [[text for text in each_once(group) if room(text)] for group in groups]


def alike(text: str) -> frozenset[str]:
    """Returns what two headlines share that are the same to a reader: their words in any order.

    Example:
        >>> alike("Black Yoga Mat") == alike("Yoga Mat in Black")
        True
    """
    words = (word.rstrip("'’") for word in words_of(text))  # "Women's Shoes", "Shoes for Women"
    return frozenset(words) - _JOINTS or frozenset((text.casefold(),))


def _of_name(told: Told, room: Room) -> Iterator[str]:
    """Yields brand and name, and ways to say both, each with the longest name that has room."""
    names = told.names
    if told.brand:
        both = (f"{told.brand} {name}" for name in names)
        yield from _first(room, (*both, told.brand))
    yield from _first(room, names)
    yield from (f"{told.purpose[:1].upper()}{told.purpose[1:]}",) if told.purpose else ()
    if told.brand:
        yield from _first(room, (f"{name} by {told.brand}" for name in names))


def _of_facts(told: Told, room: Room) -> Iterator[str]:
    """Yields facts beside the name, or alone where they say enough; each once, then once more."""
    facts = sorted(apart(told.facts, room), key=lambda piece: piece.is_last)
    ways = [list(_ways_of(piece, told, room)) for piece in facts]
    for number in range(max(map(len, ways), default=0)):
        yield from (found[number] for found in ways if number < len(found))


def apart(facts: Iterable[Piece], room: Room) -> list[Piece]:
    """Returns facts; of those that several are in and that have no room, each by itself."""
    found: list[Piece] = []
    for piece in facts:
        is_whole = not piece.parts or room(piece.behind[0])
        found += [piece] if is_whole else apart(piece.parts, room)
    return found


def _ways_of(piece: Piece, told: Told, room: Room) -> Iterator[str]:
    """Yields the ways of one fact, the best first."""
    names, brand = told.names, told.brand
    yield from _first(room, _led(piece, told))
    yield from _first(room, (f"{name} {form}" for name in names for form in piece.joining))
    if stands_alone(piece):
        yield from _first(room, piece.behind)
    if not piece.joins and not piece.is_owner:
        said = (name for name in names if not _shares(name, piece.behind[0]))
        yield from _first(room, (f"{name}, {piece.behind[0]}" for name in said))
    if brand:
        joined = (f"{name} {form}" for name in names for form in piece.joining)
        yield from _first(room, (f"{brand} {text}" for text in (*_led(piece, told), *joined)))


def _led(piece: Piece, told: Told) -> Iterator[str]:
    """Yields each name with the fact before it."""
    for name in told.names:
        yield from (told.with_before(form, name) for form in _before(piece, name))


def _before(piece: Piece, name: str) -> tuple[str, ...]:
    """Returns what of a piece may stand before a name that neither says it nor is read with it."""
    forms = (form for form in piece.before if not _shares(name, form))
    return tuple(form for form in forms if not clash(form, name))


def _shares(one: str, other: str) -> bool:
    """Tells whether two texts have a word in common."""
    return not set(words_of(one)).isdisjoint(words_of(other))


def _of_pairs(facts: Sequence[Piece]) -> Iterator[str]:
    """Yields two facts side by side: "6mm Thick, Non-Slip"."""
    plain = [piece for piece in facts if not (piece.joins or piece.is_owner)]
    for first, piece in enumerate(plain):
        for other in plain[first + 1 :]:
            if stands_alone(piece) or stands_alone(other):
                yield f"{piece.behind[0]}, {other.behind[0]}"


def stands_alone(piece: Piece) -> bool:
    """Tells whether a fact is worth a line: "40-Hour Battery"; no measure, colour or code alone."""
    text = piece.behind[0]
    words = text.split()
    is_alone = len(words) >= _FEWEST_WORDS and not (piece.joins or piece.is_owner or piece.is_last)
    says_much = any(
        len(word) > 2 and word.isalpha() and not word.isupper() for word in _parts(text)
    )
    return is_alone and says_much and not is_measure(text) and not _is_colour(text)


def _parts(text: str) -> list[str]:
    return re.split(r"[\s-]", text)


def _is_colour(text: str) -> bool:
    return all(CLASSES.get(word) in (COLOUR, SHADE) for word in text.lower().split())


def _calls(told: Told, room: Room) -> Iterator[str]:
    """Yields calls, each of the longest thing that it has room for."""
    both = [f"{told.brand} {name}" for name in told.names] if told.brand else []
    things = [*both, *told.names, *([told.brand] if told.brand else [])]
    for number, call in enumerate(_CALLS):
        some = things if number % 2 == 0 else things[len(both) :]
        has_article = call.endswith("{}")
        shown = (with_article(thing, told.brand) if has_article else thing for thing in some)
        yield from _first(room, map(call.format, shown))
    for call in _CALLS_BY_NAME:
        yield from _first(room, map(call.format, told.names))


def with_article(thing: str, brand: str = "") -> str:
    """Returns what a call names: "the Chef's Knife", but "Men's Watch" and "Running Shoes".

    Example:
        >>> with_article("Chef's Knife"), with_article("Acme Shoes"), with_article("Men's Watch")
        ("the Chef's Knife", 'Acme Shoes', "Men's Watch")
    """
    is_bare = is_plural(thing.casefold().split()[-1]) or thing == brand
    is_bare |= _ARTICLE.match(thing.removeprefix(f"{brand} ")) is not None  # "The Salt Road"
    return thing if is_bare or begins_with_owner(thing, brand) else f"the {thing}"


def begins_with_owner(thing: str, brand: str) -> bool:
    """Tells whether a name begins with whose it is: women's, or a brand's that is called so."""
    is_brands = brand.endswith(("'s", "’s", "s'")) and thing.startswith(brand)
    return is_brands or _OWNERS.match(thing) is not None


def _of_keywords(told: Told, keywords: Iterable[str]) -> Iterator[str]:
    """Yields headlines with each keyword."""
    for keyword in keywords:
        yield keyword
        for before in (told.brand, *(form for piece in told.facts for form in piece.before[:1])):
            if before and not (_shares(before, keyword) or clash(before, keyword)):
                yield f"{before} {keyword}"
        yield from (call.format(keyword) for call in (*_CALLS[:3], *_CALLS_BY_NAME[:1]))
        yield from (f"{keyword}, {piece.behind[0]}" for piece in told.facts if not piece.joins)


def _first(room: Room, texts: Iterable[str]) -> list[str]:
    """Returns the first text that has room, alone; none where none has."""
    return next(([text] for text in texts if room(text)), [])


def each_once(texts: Iterable[str]) -> list[str]:
    """Returns texts without those that are alike an earlier one."""
    seen: dict[frozenset[str], str] = {}
    for text in texts:
        seen.setdefault(alike(text), text)
    return list(seen.values())
