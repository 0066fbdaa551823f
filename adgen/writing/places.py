"""Which facts may stand before a product's name, learned from titles: "Waterproof", no "LED Light".

A title may say "Stainless Steel French Press", but "Drainage Hole Plant Pot" would be read as a pot
for holes. What stands before the name in most titles is read as a part of it; the rest stands
behind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from adgen.products.brands import Brands
from adgen.products.lexicon import CLASSES, COLOUR
from adgen.products.measures import find_measures
from adgen.products.names import Names
from adgen.products.parsing import parse_title
from adgen.products.words import keys_of

LEADING_FILE = Path(__file__).with_name("leading.txt")  # a word a line, and so is the other
TRAILING_FILE = Path(__file__).with_name("trailing.txt")
# Of so many facts at least, this share stands before the name: of several words mostly, of a word
# alone hardly ever.
_FEWEST = 20
_MOSTLY, _HARDLY_EVER = 0.5, 0.2
_MOST_WORDS = 3  # of a fact that tells anything
SIDES = frozenset(("deep", "high", "long", "tall", "thick", "wide"))  # "6mm Thick Mat"


@dataclass(frozen=True)
class Places:
    """Knows what may stand before a name.

    Attributes:
        leading: Last words of facts of several words that do: "steel", "sleeve".
        trailing: Words that alone do not: "pockets".
    """

    leading: frozenset[str]
    trailing: frozenset[str]

    def may_lead(self, text: str) -> bool:
        """Tells whether a fact may stand before the name.

        Example:
            >>> places = Places(frozenset(["steel"]), frozenset(["pockets"]))
            >>> [places.may_lead(text) for text in ("Stainless Steel", "Pockets", "12 Inch")]
            [True, False, True]
        """
        keys = keys_of(text)
        measures = find_measures(text)
        if measures:
            rest = keys_of(text[: measures[0].start] + text[measures[0].end :])
            return not rest or (len(rest) == 1 and rest[0] in SIDES)
        if not keys or CLASSES.get(keys[-1]) == COLOUR:
            return bool(keys)
        return keys[-1] in self.leading if len(keys) > 1 else keys[0] not in self.trailing


@cache
def load_places() -> Places:
    """Returns what may stand before a name, learned from the training ads of adgen's corpus."""
    leading, trailing = (
        frozenset(path.read_text(encoding="utf-8").splitlines())
        for path in (LEADING_FILE, TRAILING_FILE)
    )
    return Places(leading, trailing)


def learn_places(titles: Iterable[str], brands: Brands, names: Names) -> Places:
    """Learns from titles on which side of the name facts stand.

    Args:
        titles: Training ads.
        brands: Known brands.
        names: Known names.
    """
    # By the last word, of facts of several words and of those of one.
    counts: dict[bool, tuple[Counter[str], Counter[str]]] = {
        is_alone: (Counter(), Counter()) for is_alone in (False, True)
    }
    for title in titles:
        parsed = parse_title(title, brands, names)
        at = title.find(parsed.name)
        for fact in parsed.facts if parsed.name else ():
            keys = keys_of(fact.text)
            if 0 < len(keys) <= _MOST_WORDS and not find_measures(fact.text):
                before, everywhere = counts[len(keys) == 1]
                before[keys[-1]] += fact.start < at
                everywhere[keys[-1]] += 1
    shares = {
        is_alone: {
            word: before[word] / count
            for word, count in everywhere.items()
            if count >= _FEWEST and not any(map(str.isdigit, word))
        }
        for is_alone, (before, everywhere) in counts.items()
    }
    leading = (word for word, share in shares[False].items() if share >= _MOSTLY)
    trailing = (word for word, share in shares[True].items() if share < _HARDLY_EVER)
    return Places(frozenset(leading), frozenset(trailing))
