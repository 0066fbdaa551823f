"""What a kind of product is commonly used for, learned from titles: a yoga mat for the gym.

Nothing here is a fact of a product: it is what people say of its kind. An ad may say it only where
its seller asks for livelier ads.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

from adgen.products.brands import Brands
from adgen.products.lexicon import AUDIENCE, CLASSES, COLOUR, DEVICE, MATERIAL, RELATION, SIZE
from adgen.products.names import Names
from adgen.products.parsing import parse_title
from adgen.products.words import keys_of, read_list

USES_FILE = "uses.txt"
# Uses of a kind of product at most; titles that must name a use, and the share of the kind's titles
# that name any.
_MOST_USES = 4
_FEWEST_TITLES = 12
_LEAST_SHARE = 0.04
_FOR = re.compile(r"^(?:\w+ )?for (?:the |your )?", re.IGNORECASE)
_BETWEEN = re.compile(r",\s*|\s+(?:and|or)\s+|\s*[&/]\s*", re.IGNORECASE)
_USE = re.compile(r"[A-Za-z]{3,}(?: [A-Za-z]{3,})?")
_NO_CLASSES = (AUDIENCE, COLOUR, DEVICE, MATERIAL, RELATION, SIZE)
_NO_USES = frozenset(("more", "and more", "all", "use", "gift", "gifts", "you", "everyone", "men"))


@cache
def load_uses() -> Mapping[str, tuple[str, ...]]:
    """Returns the uses of kinds of products that come with adgen, the commonest first."""
    uses = {}
    for line in read_list(USES_FILE):
        name, _, told = line.partition("\t")
        uses[name] = tuple(told.split(", "))
    return uses


def uses_of(name: str, uses: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Returns what products of a name are used for, by its longest known ending.

    Example:
        >>> uses_of("thick yoga mat", {"yoga mat": ("Gym", "Home"), "mat": ("Home",)})
        ('Gym', 'Home')
    """
    keys = keys_of(name)
    for start in range(len(keys)):
        found = uses.get(" ".join(keys[start:]))
        if found:
            return found
    return ()


def learn_uses(titles: Iterable[str], brands: Brands, names: Names) -> dict[str, tuple[str, ...]]:
    """Learns the uses that many titles of a kind of product name.

    Args:
        titles: Training ads.
        brands: Known brands, which are no uses.
        names: Known names.
    """
    counts: dict[str, Counter[str]] = {}
    titles_of: Counter[str] = Counter()
    for title in titles:
        parsed = parse_title(title, brands, names)
        if not parsed.has_known_name:
            continue
        name = parsed.name.lower()
        titles_of[name] += 1
        for fact in parsed.facts:
            if fact.kind == "use":
                counts.setdefault(name, Counter()).update(
                    dict.fromkeys(_parts(fact.text, brands, names), 1)
                )
    learned = {}
    for name, found in counts.items():
        least = max(_FEWEST_TITLES, _LEAST_SHARE * titles_of[name])
        common = [use for use, count in found.most_common(_MOST_USES) if count >= least]
        common = [use for use in common if use.lower() not in name]
        if common:
            learned[name] = tuple(common)
    return learned


def lines_of_uses(uses: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Returns the lines of the file of uses, sorted."""
    return sorted(f"{name}\t{', '.join(told)}" for name, told in uses.items())


def _parts(text: str, brands: Brands, names: Names) -> Iterable[str]:
    """Yields the uses in a phrase: "for home, office" names two; brands and products are none."""
    for part in _BETWEEN.split(_FOR.sub("", text)):
        key = part.lower()
        if not _USE.fullmatch(part) or key in _NO_USES or part in brands or key in names.known:
            continue
        if not any(CLASSES.get(word) in _NO_CLASSES for word in key.split()):
            yield part.title()
