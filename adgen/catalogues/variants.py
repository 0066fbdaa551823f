"""What a product's variants have in common, what tells them apart, and how far they range.

What all of them share is a fact of the product. In how many colours and in which sizes it can be
bought is one too, where nothing of it is in doubt.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from adgen.catalogues.contradictions import COLOUR_KEYS, says_several
from adgen.catalogues.facts import Pair, said_key
from adgen.catalogues.headers import Record, key_of
from adgen.catalogues.html_text import one_line
from adgen.products.product import COLOUR_RANGE, SIZE_RANGE, Fact, Variant

_SIZE_KEYS = frozenset(("size", "shoesize", "größe", "taille", "talla", "taglia", "maat"))
_SAID_COLOURS = COLOUR_KEYS | {key_of(COLOUR_RANGE), "availablecolors", "availablecolours"}
_SAID_SIZES = _SIZE_KEYS | {key_of(SIZE_RANGE), "sizerange", "availablesizes"}
# Letters of sizes from small to large, each as people write it.
_LETTERS = (
    "xxs|2xs xs|x-small s|small m|medium l|large xl|x-large xxl|2xl|xx-large xxxl|3xl 4xl 5xl"
)
_STEPS = {name: step for step, names in enumerate(_LETTERS.split()) for name in names.split("|")}
_NUMBER = re.compile(r"\d{1,2}(?:\.5)?")
_FEWEST_NUMBERS = 3  # that make a range
_STATES = ("availability", "instock", "stockstatus", "inventory")
_NUMBERS = ("stock", "quantity", "qty", "availablequantity", "variantinventoryqty", "inventory")
_SWITCHES = ("published", "visible", "active", "enabled", "instock", "isinstock", "isoffered")
_SOLD_OUT = re.compile(r"out[ _-]?of[ _-]?stock|sold[ _-]?out|discontinued|unavailable")
_OFF = ("0", "-1", "no", "false", "n")


@dataclass(frozen=True)
class Choice:
    """One variant as it stands in the file.

    Attributes:
        id: The seller's key of it.
        options: What tells it apart, with keys.
        url: Its page.
        is_offered: Whether it can be bought now, as far as the file says.
    """

    id: str
    options: tuple[Pair, ...]
    url: str = ""
    is_offered: bool = True


def choices_of(axes: Iterable[tuple[str, Sequence[str]]]) -> list[Choice]:
    """Returns variants of lists of values, one value each: which go together is not said."""
    kept = [(name, values) for name, values in axes if name and values]
    single = tuple((name, values[0]) for name, values in kept if len(values) == 1)
    many = [(name, value) for name, values in kept if len(values) > 1 for value in values]
    if not many:
        return [Choice("", single)] * bool(single)
    return [Choice("", (*single, pair)) for pair in many]


def is_offered(record: Record) -> bool:
    """Says whether a row's variant can be bought now, as far as the row says."""
    if _SOLD_OUT.search(record.get(*_STATES).casefold()):
        return False
    if any(record.get(name).casefold() in _OFF for name in _SWITCHES):
        return False
    policy = record.get("variantinventorypolicy", "backordersallowed").casefold()
    is_counted = policy not in ("continue", "1", "yes", "notify") and (
        "variantinventorytracker" not in record.columns or record.get("variantinventorytracker")
    )
    number = record.get(*_NUMBERS)
    return not (is_counted and re.fullmatch(r"0|-\d+", number))


def shared_pairs(rows: Iterable[Iterable[Pair]]) -> list[Pair]:
    """Returns what all of those rows say that say something, in the order of the first one.

    Example:
        >>> shared_pairs([[("", "warm"), ("Lining", "silk")], [], [("", "warm")]])
        [('', 'warm')]
    """
    first, *others = [said for row in rows if (said := list(row))] or [[]]
    return [pair for pair in first if all(pair in other for other in others)]


def divided(choices: Sequence[Choice]) -> tuple[list[Pair], list[Variant]]:
    """Divides options: those that all variants share, and variants with what they differ in."""
    values: dict[str, set[str]] = {}
    counts: Counter[str] = Counter()
    for choice in choices:
        for name, value in choice.options:
            values.setdefault(key_of(name), set()).add(one_line(value).casefold())
        counts.update({key_of(name) for name, _ in choice.options})
    shared = {key for key in values if len(values[key]) == 1 and counts[key] == len(choices)}
    first = choices[0].options if choices else ()
    pairs = [pair for pair in first if key_of(pair[0]) in shared]
    if len(choices) < 2:
        return pairs, []
    variants = []
    for choice in choices:
        # What tells a variant apart is kept whatever it is: "Logo: No", "Amount: $10".
        told = [
            Fact(one_line(value), said_key(name))
            for name, value in choice.options
            if key_of(name) not in shared
        ]
        variants.append(Variant(choice.id, tuple(told), choice.url.strip(), choice.is_offered))
    return pairs, list(dict.fromkeys(variants))


def range_facts(choices: Sequence[Choice], facts: Iterable[Fact] = ()) -> Iterator[Fact]:
    """Yields in how many colours, and from which size to which, a product can be bought.

    A range of sizes is one only if none between its ends is missing.

    Args:
        choices: The product's variants.
        facts: What is said of the product already, which may be how far it ranges.

    Example:
        >>> sizes = [Choice("", (("Size", size),)) for size in ("S", "L", "M")]
        >>> list(range_facts(sizes))
        [Fact(value='S to L', key='Sizes')]
    """
    said = {key_of(fact.key) for fact in facts}
    offered = [choice for choice in choices if choice.is_offered]
    colours = _values(offered, COLOUR_KEYS)
    if len(colours) > 1 and said.isdisjoint(_SAID_COLOURS) and not any(map(says_several, colours)):
        yield Fact(str(len(colours)), COLOUR_RANGE)
    span = _span(_values(offered, _SIZE_KEYS))
    if span and said.isdisjoint(_SAID_SIZES):
        yield Fact(span, SIZE_RANGE)


def _values(choices: Sequence[Choice], keys: frozenset[str]) -> list[str]:
    """Returns the different values of an option, where each variant that has options has it."""
    found: dict[str, str] = {}
    for choice in choices:
        values = [one_line(value) for name, value in choice.options if key_of(name) in keys]
        if len(values) != 1 or not values[0]:
            return []
        found.setdefault(values[0].casefold(), values[0])
    return list(found.values())


def _span(sizes: Sequence[str]) -> str:
    """Returns sizes from the smallest to the largest; empty where they are no unbroken row."""
    if len(sizes) > 1 and all(size.casefold() in _STEPS for size in sizes):
        ordered = sorted(sizes, key=lambda size: _STEPS[size.casefold()])
        steps = [_STEPS[size.casefold()] for size in ordered]
        is_whole = steps == list(range(steps[0], steps[0] + len(steps)))
    elif len(sizes) >= _FEWEST_NUMBERS and all(map(_NUMBER.fullmatch, sizes)):
        ordered = sorted(sizes, key=float)
        numbers = list(map(float, ordered))
        is_whole = all(b - a <= 1 for a, b in pairwise(numbers))
    else:
        return ""
    joint = "to" if len(ordered) > 2 else "and"
    return f"{ordered[0]} {joint} {ordered[-1]}" if is_whole else ""
