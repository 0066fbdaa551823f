"""Products that no ad can be written of: said for each, in one line, before any work."""

from __future__ import annotations

import re
import unicodedata

from adgen.products.claims import colours_of
from adgen.products.product import Fact, Product
from adgen.products.promotion import find_promotion
from adgen.support.adult_words import find_adult_words

# Of these a product has one; features, materials and what it fits may be several.
_OF_ONE_VALUE = frozenset(
    ("color", "size", "brand", "gender", "quantity", "model number", "number of items")
)
_LONGEST_NAME = 500  # characters; no platform takes so many
_DENIED = frozenset(("no", "false", "n"))
# Greek letters that are signs: 32 Ω, 10 μF, α-hydroxy.
_SIGNS = re.compile(r"(?<!\w)[Ωμαβγδλπ](?![Ͱ-Ͽ])|(?<=\d)[Ωμ](?![Ͱ-Ͽ])")


def check_product(product: Product, *, allow_adult: bool = False) -> None:
    """Raises where a product cannot have an ad.

    Raises:
        ValueError: It has no name, its facts contradict each other, it is of a script that no
            model here has learned, its name advertises a sale, or it is an adult product.
    """
    if not any(map(str.isalnum, product.name)):
        received = f"{product.name!r:.60}" if product.name.strip() else "empty"
        raise ValueError(
            f"name is {received}; expected what the product is, such as 'Bluetooth Headphones'. "
            "Give it."
        )
    for key, text in (("name", product.name), ("brand", product.brand)):
        if len(text) > _LONGEST_NAME:
            raise ValueError(
                f"{key} has {len(text):,} characters; expected {_LONGEST_NAME:,} at most. Give "
                "what the product is, and the rest as facts."
            )
    told = [product.brand, product.name, *map(str, product.facts)]
    for text in told:
        script = _foreign_script(text)
        if script:
            raise ValueError(
                f"{text!r:.60} is written in {script.title()} letters, which the models of adgen "
                "have not learned. Give Latin ones."
            )
    promotion = find_promotion(product.name) or find_promotion(product.brand)
    if promotion:
        raise ValueError(
            f"name is {product.name!r:.80}, which says {promotion!r}; expected what the product "
            "is. Leave the promotion out."
        )
    words = None if allow_adult else find_adult_words(" ".join([*told, product.category]))
    if words:
        raise ValueError(
            f"The product is for adults ({words!r}). Leave it out, or allow such ads with "
            "allow_adult=True."
        )
    _check_options(product)
    _check_colours(product)


def _check_options(product: Product) -> None:
    """Raises where one thing has two values: two colours of one option, "no" and "yes"."""
    values: dict[str, str] = {}
    denied: dict[str, str] = {}
    for fact in product.facts:
        key = _key_of(fact)
        value = fact.value.casefold()
        if key in _OF_ONE_VALUE and values.setdefault(key, fact.value).casefold() != value:
            raise ValueError(
                f"The facts say {fact.key}: {values[key]} and {fact.key}: {fact.value}. Keep the "
                "one that is so."
            )
        if key and value in _DENIED:
            denied[key] = str(fact)
    for text in (product.name, *(fact.value for fact in product.facts if not fact.key)):
        if text.casefold() in denied:
            raise ValueError(
                f"The product is said to be {text!r:.60} and the facts say "
                f"{denied[text.casefold()]}. Keep the one that is so."
            )


def _key_of(fact: Fact) -> str:
    """Returns a fact's key in one spelling."""
    key = fact.key.casefold()
    return "color" if key == "colour" else key


def _check_colours(product: Product) -> None:
    """Raises where the name has another colour than the fact that says the colour."""
    named = colours_of(product.name)
    for fact in product.facts:
        told = colours_of(fact.value)
        if _key_of(fact) == "color" and named and told and not named & told:
            raise ValueError(
                f"name is {product.name!r:.80} and the facts say {fact}. Keep the colour that is "
                "so."
            )


def _foreign_script(text: str) -> str | None:
    """Returns the name of the first script that is not Latin; None where there is none."""
    for character in _SIGNS.sub("", text):
        if character.isascii() or not character.isalpha():
            continue
        name = unicodedata.name(character, "UNKNOWN")
        if not name.startswith(("LATIN", "MICRO", "FEMININE", "MASCULINE", "MODIFIER", "OHM")):
            return name.split()[0]
    return None
