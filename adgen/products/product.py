"""A product as its seller knows it: what every ad is written from, and held to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from adgen.support.given import a_switch, is_many, kind_of, whole_text

# Keys of facts that say what a product can be had in, and nothing of any one variant.
COLOUR_RANGE = "Color options"
SIZE_RANGE = "Sizes"


@dataclass(frozen=True)
class Fact:
    """Says one thing about a product.

    Attributes:
        value: What is so: "black", "40 hours battery".
        key: What it is of, where the seller says so: "colour"; else empty.
    """

    value: str
    key: str = ""

    @classmethod
    def of(cls, text: str) -> Fact:
        """Reads "Colour: black" or "black".

        Example:
            >>> Fact.of("Colour: black")
            Fact(value='black', key='Colour')
        """
        key, colon, value = text.partition(":")
        if colon and value.strip() and 0 < len(key.strip()) <= _LONGEST_KEY and not _is_time(text):
            return cls(value.strip(), key.strip())
        return cls(text.strip())

    def __str__(self) -> str:
        return f"{self.key}: {self.value}" if self.key else self.value


def facts_of(*texts: str) -> tuple[Fact, ...]:
    """Reads several facts.

    Example:
        >>> facts_of("black", "Size: 8")[1].key
        'Size'
    """
    return tuple(map(Fact.of, texts))


@dataclass(frozen=True)
class Variant:
    """Describes one of the forms that a product is sold in.

    Attributes:
        id: The seller's key of it, empty where it has none.
        facts: What tells it apart from the others: "Color: Red", "Size: M". Given as a product's.
        url: Its page, empty where that is the product's.
        is_offered: Whether it can be bought now, as far as the seller says.
    """

    id: str = ""
    facts: tuple[Fact, ...] = ()
    url: str = ""
    is_offered: bool = True

    def __post_init__(self) -> None:
        for name in ("id", "url"):
            whole_text(name, getattr(self, name))
        a_switch("is_offered", self.is_offered)
        object.__setattr__(self, "facts", tuple(_facts(self.facts)))


@dataclass(frozen=True)
class Product:
    """Describes what an ad is about.

    Attributes:
        id: The seller's key; any text.
        brand: Its brand, empty where it has none.
        name: What it is: "Bluetooth Headphones". Needed for writing.
        category: Where it is sold: "electronics", or a path.
        facts: What is so: each a `Fact`, or a text such as "Colour: black" or "40 hours battery";
            a mapping of keys to values is taken too.
        description: The seller's own text about it.
        url: Its page.
        variants: The forms that it is sold in; what they differ in is no fact of the product,
            but for how far it ranges: "Color options: 3", "Sizes: S to XL".
        flags: Why it should be looked at before an ad is written: "draft", "no name". What stands
            before a colon is the reason, what stands behind it the case.
    """

    id: str = ""
    brand: str = ""
    name: str = ""
    category: str = ""
    facts: tuple[Fact, ...] = ()
    description: str = ""
    url: str = ""
    variants: tuple[Variant, ...] = ()
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("id", "brand", "name", "category", "description", "url"):
            whole_text(name, getattr(self, name))
        object.__setattr__(self, "facts", tuple(_facts(self.facts)))
        object.__setattr__(self, "variants", _variants(self.variants))
        if isinstance(self.flags, str) or not is_many(self.flags):
            raise ValueError(f"flags is {kind_of(self.flags)}; expected texts, such as a list.")
        object.__setattr__(self, "flags", tuple(whole_text("flags", one) for one in self.flags))


_LONGEST_KEY = 40


def _is_time(text: str) -> bool:
    """Tells whether the colon is one of a ratio or a time, such as 16:9."""
    before, _, after = text.partition(":")
    return before[-1:].isdigit() and after[:1].isdigit()


def _variants(given: object) -> tuple[Variant, ...]:
    """Returns variants that a caller gave.

    Raises:
        ValueError: They are something else.
    """
    if isinstance(given, (str, bytes)) or not is_many(given):
        raise ValueError(f"variants is {kind_of(given)}; expected a list of Variant.")
    variants = tuple(cast("Iterable[object]", given))
    for one in variants:
        if not isinstance(one, Variant):
            raise ValueError(f"variants holds {kind_of(one)}; expected Variant(id, facts, url).")
    return cast("tuple[Variant, ...]", variants)


def _facts(given: object) -> Iterator[Fact]:
    """Yields facts that a caller gave in any of the ways allowed.

    Raises:
        ValueError: They are something else.
    """
    if isinstance(given, Mapping):
        for key, value in given.items():
            yield Fact(whole_text("facts", value).strip(), whole_text("facts", key).strip())
        return
    if isinstance(given, (str, bytes)) or not is_many(given):
        raise ValueError(f"facts is {kind_of(given)}; expected texts, such as a list of them.")
    for fact in cast("Iterable[object]", given):
        if isinstance(fact, Fact):
            whole_text("facts", fact.value)
            whole_text("facts", fact.key)
            yield fact
        else:
            yield Fact.of(whole_text("facts", fact))
