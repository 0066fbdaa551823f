"""What a visitor asks for, checked: products, first words, controls.

Texts of strangers are cut off nowhere and refused where they are too long, so that one visitor
cannot keep the others waiting. The module knows neither models nor pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from adgen.decoding.settings import Sampling
from adgen.products.product import Product, facts_of
from adgen.support.fields import check_fields, limited
from adgen.support.given import kind_of, whole_text
from adgen.support.ranges import SEEDS, Range
from adgen.writing.settings import WriteSettings

LONGEST = {
    "brand": 100,
    "product": 200,
    "category": 200,
    "facts": 4_000,
    "keywords": 500,
    "exclude": 500,
    "prompt": 300,
}
MOST_FACTS = 40
USUAL_FORMAT = "amazon-title"  # of a page that is opened
_LINES = re.compile(r"[\r\n]+")
_PARTS = re.compile(r"[\r\n,;]+")


@dataclass(frozen=True)
class Controls:
    """Says how boldly ads are written, and how many.

    Attributes:
        temperature: Below 1 likely words get likelier; above 1 ads get bolder and odder.
        top_k: Draw from this many of the likeliest words only; 0 draws from all.
        top_p: Draw from the likeliest words that together reach this probability; 1 draws from all.
        repetition_penalty: Above 1, words that the ad already has become less likely; 1 is off.
        num_ads: Ads of each model.
        seed: The same seed gives the same ads.
    """

    temperature: float = limited(Range(0.1, 2), 0.7)
    top_k: int = limited(Range(0, 1_000), 0)
    top_p: float = limited(Range(0.05, 1), 1.0)
    repetition_penalty: float = limited(Range(1, 2), 1.2)
    num_ads: int = limited(Range(1, 10), 3)
    seed: int = limited(SEEDS, 0)

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def sampling(self) -> Sampling:
        """Returns the decoding controls."""
        return Sampling(
            temperature=self.temperature,
            top_k=self.top_k,
            top_p=self.top_p,
            repetition_penalty=self.repetition_penalty,
        )


def controls_from(given: Mapping[str, Any]) -> Controls:
    """Returns the controls among what was given; a number that is not there has its usual value.

    Raises:
        ValueError: One is out of its range, or is no number.
    """
    names = [one.name for one in fields(Controls)]
    values = {name: given[name] for name in names if given.get(name) is not None}
    return Controls(**{name: plain_number(value) for name, value in values.items()})


def product_from(given: Mapping[str, Any]) -> Product:
    """Returns the product that was described.

    Args:
        given: `product`, and `brand`, `category`, `facts` where they are known; facts as a list, or
            as a text with one a line.

    Raises:
        ValueError: It has no name, or a text is too long.
    """
    name = text_from(given, "product")
    if not name:
        raise ValueError("What is the product? Give its name, such as Bluetooth Headphones.")
    facts = parts_from(given, "facts", _LINES)
    if len(facts) > MOST_FACTS:
        raise ValueError(f"There are {len(facts):,} facts; expected {MOST_FACTS} at most.")
    return Product(
        brand=text_from(given, "brand"),
        name=name,
        category=text_from(given, "category"),
        facts=facts_of(*facts),
    )


def settings_from(given: Mapping[str, Any], controls: Controls) -> WriteSettings:
    """Returns how ads of a product are written.

    Raises:
        ValueError: There is no such format, or a text is too long.
    """
    return WriteSettings(
        num_ads=controls.num_ads,
        format=text_from(given, "format", longest=80) or None,
        keywords=parts_from(given, "keywords", _PARTS),
        exclude=parts_from(given, "exclude", _PARTS),
        temperature=controls.temperature,
        seed=controls.seed,
    )


def prompt_from(given: Mapping[str, Any]) -> str:
    """Returns the first words that ads are to begin with.

    Raises:
        ValueError: There are none, or too many.
    """
    prompt = text_from(given, "prompt")
    if not prompt:
        raise ValueError("How should the ads begin? Give a few first words, such as Sony TV.")
    return prompt


def text_from(given: Mapping[str, Any], name: str, *, longest: int | None = None) -> str:
    """Returns a text that was given, without space around it; empty where there is none.

    Raises:
        ValueError: It is none, or longer than allowed.
    """
    value = given.get(name)
    text = "" if value is None else whole_text(name, value).strip()
    _check_length(name, len(text), longest or LONGEST[name])
    return text


def parts_from(given: Mapping[str, Any], name: str, border: re.Pattern[str]) -> tuple[str, ...]:
    """Returns the parts of a text, or the texts of a list, without empty ones.

    Raises:
        ValueError: It is something else, or longer than allowed.
    """
    value = given.get(name)
    if isinstance(value, (list, tuple)):
        texts = [whole_text(name, one) for one in value]
    else:
        texts = border.split("" if value is None else whole_text(name, value))
    _check_length(name, sum(map(len, texts)), LONGEST[name])
    return tuple(one.strip() for one in texts if one.strip())


def check_keys(given: object, known: frozenset[str]) -> Mapping[str, Any]:
    """Returns a request that has no keys but known ones.

    Raises:
        ValueError: It has another, or is no object.
    """
    if not isinstance(given, Mapping):
        raise ValueError(f"The request is {kind_of(given)}; expected an object of JSON.")
    odd = sorted(str(key)[:40] for key in given if key not in known)
    if odd:
        names = ", ".join(sorted(known))
        raise ValueError(f"{odd[0]!r} is unknown; expected some of {names}. Leave it out.")
    return given


def _check_length(name: str, length: int, longest: int) -> None:
    if length > longest:
        raise ValueError(
            f"{name.capitalize()} has {length:,} characters; expected {longest:,} at most. "
            "Shorten it."
        )


def plain_number(value: Any) -> Any:
    """Returns a whole number as one: pages and JSON give 3.0 for 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
