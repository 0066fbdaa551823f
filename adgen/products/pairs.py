"""Training pairs out of ads: a product as a seller would enter it, and the ad written of it.

An ad is taken apart into brand, name and facts; the facts change their order and their form, as
they stand in sellers' files ("6mm Thick" as "thickness: 6 mm"), and the ad is what is to be
written. Only ads in which all of that is plain make pairs.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping

from adgen.products.brands import Brands
from adgen.products.measures import find_measures, forms_of
from adgen.products.names import Names
from adgen.products.parsing import ParsedTitle, TitleFact, parse_title
from adgen.products.product import Fact, Product
from adgen.products.promotion import find_promotion
from adgen.products.prompts import prompt_of

# Facts of a pair, words of a fact and of a name, characters of its ad.
_FEWEST_FACTS, _MOST_FACTS = 1, 9
_MOST_WORDS, _MOST_NAME_WORDS = 5, 5
_LEAST_CHARS, _MOST_CHARS = 20, 180
# Shares: facts in lower case, facts with a key, pairs without a category.
_LOWER, _KEYED, _NO_CATEGORY = 0.5, 0.4, 0.3
_OWNER = re.compile(r"(?:'s|s'|’s)$", re.IGNORECASE)
_FOR = re.compile(r"^(?:designed |made |perfect |ideal |great )?for\s+", re.IGNORECASE)
_FITS = re.compile(r"^(?:compatible (?:with|for)|fits?(?: for)?|for|works with)\s+", re.IGNORECASE)


def pair_of(
    ad: str, category: str, brands: Brands, names: Names, *, seed: str
) -> tuple[str, str] | None:
    """Returns what a writer reads and writes of an ad; None where the ad makes no pair.

    Args:
        ad: A training ad.
        category: Its category.
        brands: Known brands.
        names: Known names of products.
        seed: Of the order and the forms; the ad itself decides too.
    """
    if not _LEAST_CHARS <= len(ad) <= _MOST_CHARS or find_promotion(ad) or ad == ad.upper():
        return None
    parsed = parse_title(ad, brands, names)
    if not _is_plain(parsed):
        return None
    rng = random.Random(f"{seed} {ad}")
    facts = [_entered(fact, rng) for fact in parsed.facts]
    rng.shuffle(facts)
    name = parsed.name.lower() if rng.random() < _LOWER else parsed.name
    place = "" if rng.random() < _NO_CATEGORY else category.replace("/", " ").replace("-", " ")
    product = Product(brand=parsed.brand, name=name, category=place, facts=tuple(facts))
    return prompt_of(product, len(ad)), ad


def _is_plain(parsed: ParsedTitle) -> bool:
    """Tells whether brand, name and facts are such as a seller would enter."""
    if not parsed.brand or not parsed.has_known_name or len(parsed.name.split()) > _MOST_NAME_WORDS:
        return False
    if not _FEWEST_FACTS <= len(parsed.facts) <= _MOST_FACTS:
        return False
    return all(len(fact.text.split()) <= _MOST_WORDS for fact in parsed.facts)


def _entered(fact: TitleFact, rng: random.Random) -> Fact:
    """Returns a fact of an ad as it may stand in a seller's file."""
    text = _with_other_measure(fact.text, rng)
    if rng.random() < _LOWER:
        text = text.lower()
    key, shown = _ENTRIES.get(fact.kind, _AS_IT_IS)(text)
    return Fact(shown, key) if key and rng.random() < _KEYED else Fact(shown)


def _with_other_measure(text: str, rng: random.Random) -> str:
    """Returns a text with its first measure in any of its forms."""
    measures = find_measures(text)
    if not measures:
        return text
    measure = measures[0]
    form = rng.choice(forms_of(measure))
    return text[: measure.start] + form + text[measure.end :]


# Kind of fact -> its key and its value, given its text in an ad.
_AS_IT_IS: Callable[[str], tuple[str, str]] = lambda text: ("", text)  # noqa: E731
_ENTRIES: Mapping[str, Callable[[str], tuple[str, str]]] = {
    "colour": lambda text: ("color", text),
    "material": lambda text: ("material", text),
    "model": lambda text: ("model", text),
    "audience": lambda text: ("gender", _OWNER.sub("", _FOR.sub("", text))),
    "use": lambda text: ("use", _FOR.sub("", text)),
    "compatibility": lambda text: ("compatible with", _FITS.sub("", text)),
}
