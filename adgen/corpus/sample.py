"""Makes synthetic shopping ads, so that everything in adgen runs without the real corpus.

A grammar of invented brands, their lines and real kinds of products (`sample_grammar.json`, data)
and this seeded walk through it (code). It knows titles, not models, and nothing in it is taken from
the real ads.

    python -m adgen.corpus.sample --output data/sample_ads.csv
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

import pandas as pd

from adgen.support.files import write_text

# Starts of ads that suit a model trained on the sample: brands, lines and types that it knows, and
# one season.
SAMPLE_PROMPTS: tuple[str, ...] = (
    "Velquist Halcyon Soundbar",
    "Kaldrune Drift Fitness",
    "Kuppernick Air Fryer",
    "Solevika Women's",
    "Mothers Day discounts for",
)

MAX_NUM_ADS = 20_000
MIN_WORDS = 6
MAX_WORDS = 35
MAX_CHARACTERS = 250
# Of the ads, those with a deal; of products that could vary, those with ads of several variants.
DEAL_SHARE = 0.04
FAMILY_SHARE = 0.2
# What other choices depend on is chosen first: a `name` decides which features make sense.
FIRST_SLOTS = ("name", "who", "whom", "adj", "for")
VARIANT_SLOTS = ("color", "size", "count")
MAKER_SLOTS = ("brand", "line", "model")
MODEL_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
SLOT = re.compile(r"\{(\w+)\}")
OPTIONAL = re.compile(r"<([^<>]*)>")


def make_sample_ads(num_ads: int = 6000, *, seed: int = 0) -> pd.DataFrame:
    """Returns distinct synthetic ads, the same for the same arguments on every Python and numpy.

    Args:
        num_ads: Number of ads, 1 to 20,000.
        seed: Non-negative number that decides which ads.

    Returns:
        A frame with the columns `ad` and `category` and `num_ads` rows, no two ads alike, in random
        order.

    Raises:
        ValueError: When `num_ads` or `seed` is out of range.

    Example:
        >>> ads = make_sample_ads(100, seed=1)
        >>> list(ads.columns), len(ads), ads["ad"].is_unique
        (['ad', 'category'], 100, True)
    """
    if not 1 <= num_ads <= MAX_NUM_ADS:
        raise ValueError(
            f"num_ads is {num_ads}; expected 1 to {MAX_NUM_ADS:,}, about what the grammar can vary."
        )
    if seed < 0:
        raise ValueError(f"seed is {seed}; expected 0 or more (Python's generator drops the sign).")
    draw = _Draw(seed)
    grammar = _load_grammar()
    categories: dict[str, str] = {}
    while len(categories) < num_ads:
        category = draw.weighted(
            list(grammar["categories"]), [c["weight"] for c in grammar["categories"].values()]
        )
        for ad in _family(grammar, grammar["categories"][category], draw):
            categories.setdefault(ad, category)
    rows = list(categories.items())[:num_ads]
    draw.shuffle(rows)
    return pd.DataFrame(rows, columns=["ad", "category"])


def main(arguments: Sequence[str] | None = None) -> None:
    """Writes the sample as CSV; see `python -m adgen.corpus.sample --help`."""
    parser = argparse.ArgumentParser(
        prog="python -m adgen.corpus.sample", description="Write the synthetic sample of ads."
    )
    parser.add_argument(
        "--output", default="data/sample_ads.csv", help="CSV file to write (default: %(default)s)"
    )
    parser.add_argument(
        "--num-ads", type=int, default=6000, help="number of ads (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, help="which ads (default: %(default)s)")
    options = parser.parse_args(arguments)
    ads = make_sample_ads(options.num_ads, seed=options.seed)
    write_text(options.output, ads.to_csv(index=False, lineterminator="\n"))


class _Draw:
    """Seeded choices from `Random.random()`, whose numbers alone Python promises to keep."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def below(self, stop: int) -> int:
        """Returns a whole number from 0 to `stop - 1`."""
        return int(self._random.random() * stop)

    def chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def weighted(self, items: Sequence[Any], weights: Sequence[int]) -> Any:
        """Returns one of `items`; weights are integers, whose sums are exact on every machine."""
        rest = self.below(sum(weights))
        for item, weight in zip(items, weights, strict=True):
            rest -= weight
            if rest < 0:
                return item
        raise AssertionError("weights changed while drawing")

    def ranked(self, items: Sequence[Any], *, flatness: int = 2) -> Any:
        """Returns one of `items`; weights are 1 / (rank + flatness), like those of Zipf's law."""
        return self.weighted(items, [1_000_000 // (rank + flatness) for rank in range(len(items))])

    def shuffle(self, items: list[Any]) -> None:
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]


class _NoFitError(Exception):
    """No entry of a list suits what was chosen before it; another product is drawn."""


@dataclass
class _Product:
    """One product: its title's pattern and the words chosen for the pattern's slots."""

    lists: Mapping[str, Any]
    pattern: str
    draw: _Draw
    offset: int
    may_repeat: frozenset[str]
    words: dict[str, str] = field(default_factory=dict)

    def title(self) -> str:
        """Returns the pattern with every slot filled, choosing what is still open."""
        slots = SLOT.findall(self.pattern)
        for slot in [s for s in FIRST_SLOTS if s in slots] + slots:
            self._fill(slot)
        return self._render(self.words)

    def variants(self, slot: str) -> list[str]:
        """Returns the product's titles with each value of `slot` that suits, its own first."""
        own = self.words.pop(slot)
        titles = [self._render({**self.words, slot: own})]
        for entry in self._fitting(slot):
            nested = SLOT.findall(entry)
            kept = {name: self.words.pop(name) for name in nested if name in self.words}
            titles.append(self._render({**self.words, slot: self._expand(entry)}))
            self.words.update(kept)
        self.words[slot] = own
        return [title for title in dict.fromkeys(titles) if self.reads_well(title)]

    def reads_well(self, title: str) -> bool:
        """Returns whether a title has a usual length and says nothing twice."""
        stems = [stem for stem in _stems(title) if stem not in self.may_repeat]
        usual = MIN_WORDS <= len(title.split()) <= MAX_WORDS and len(title) <= MAX_CHARACTERS
        return usual and len(stems) == len(set(stems))

    def _render(self, words: Mapping[str, str]) -> str:
        return " ".join(SLOT.sub(lambda match: words[match[1]], self.pattern).split())

    def _fill(self, slot: str) -> None:
        if slot in self.words:
            return
        if slot in ("parts", "traits"):
            self.words[slot] = self._several(slot)
            return
        entries = self._fitting(slot)
        if not entries:
            raise _NoFitError(slot)
        self.words[slot] = self._expand(self.draw.ranked(entries, flatness=3))

    def _several(self, slot: str) -> str:
        """Returns one to four features as one phrase, a line's favourites first, no word twice."""
        entries = self._fitting(slot)
        start = self.offset % max(len(entries), 1)
        entries = entries[start:] + entries[:start]
        weights = (2, 5, 6, 4) if slot == "traits" else (2, 6, 6, 0)
        wanted = self.draw.weighted((1, 2, 3, 4), weights)
        chosen: list[str] = []
        while entries and len(chosen) < wanted:
            entry = self.draw.ranked(entries)
            entries.remove(entry)
            value = self._expand(entry)
            if not self._repeats(value, [*self.words.values(), *chosen]):
                chosen.append(value)
        if not chosen:
            raise _NoFitError(slot)
        return ", ".join(chosen) if slot == "traits" else self._enumerate(chosen)

    def _enumerate(self, items: list[str]) -> str:
        if len(items) == 1:
            return items[0]
        has_and = any(" and " in item for item in items)
        joint = " and " if not has_and and self.draw.chance(0.7) else " & "
        return ", ".join(items[:-1]) + joint + items[-1]

    def _fitting(self, slot: str) -> list[str]:
        """Returns the entries whose conditions, `text @A,B` or `text @!A,B`, hold so far."""
        context = " ".join(value for name, value in self.words.items() if name not in MAKER_SLOTS)
        return [
            text for entry in self.lists[slot] if (text := _if_fits(entry, context)) is not None
        ]

    def _expand(self, entry: str) -> str:
        """Returns an entry with its slots filled; a slot used twice in a title has one value."""
        for nested in SLOT.findall(entry):
            self._fill(nested)
        return SLOT.sub(lambda match: self.words[match[1]], entry)

    def _repeats(self, value: str, others: Sequence[str]) -> bool:
        used = {stem for other in others for stem in _stems(other)} - self.may_repeat
        return any(stem in used for stem in _stems(value))


def _if_fits(entry: str, context: str) -> str | None:
    """Returns the entry's text when every condition after ` @` holds in `context`, else None."""
    text, *conditions = entry.split(" @")
    for condition in conditions:
        found = any(word in context for word in condition.lstrip("!").split(","))
        if found == condition.startswith("!"):
            return None
    return text


def _stems(text: str) -> list[str]:
    """Returns each word's first five letters without a plural s: enough to notice a repetition."""
    return [word.rstrip("s")[:5] or word for word in re.findall(r"[a-z0-9]+", text.lower())]


def _family(grammar: Mapping[str, Any], category: Mapping[str, Any], draw: _Draw) -> list[str]:
    """Returns one product's ads: one, several colours, sizes or counts, or one with a deal."""
    product, title = _product(grammar, category, draw)
    if draw.chance(DEAL_SHARE):
        phrase = draw.ranked(grammar["deals"])
        phrase = phrase.replace("{holiday}", draw.ranked(grammar["lists"]["holiday"]))
        deal = f"{phrase} {title}"
        return [deal if product.reads_well(deal) else title]
    slots = [slot for slot in VARIANT_SLOTS if slot in SLOT.findall(product.pattern)]
    if not slots or not draw.chance(FAMILY_SHARE):
        return [title]
    return product.variants(draw.ranked(slots))[: 2 + draw.below(4)]


def _product(
    grammar: Mapping[str, Any], category: Mapping[str, Any], draw: _Draw
) -> tuple[_Product, str]:
    """Draws products until one's title reads well; returns it with the title."""
    while True:
        kind_rank = draw.ranked(range(len(category["types"])), flatness=3)
        kind = category["types"][kind_rank]
        brand_rank = draw.ranked(range(len(category["brands"])), flatness=1)
        brand = category["brands"][brand_rank]
        number, *lines = grammar["brands"][brand]
        line_rank = (kind_rank + draw.below(2)) % len(lines)
        lists = {**grammar["lists"], **kind}
        words = {"brand": brand, "line": lines[line_rank], "model": _model_number(number, draw)}
        pattern = _pattern(category["templates"], lists, draw)
        offset = brand_rank + 2 * line_rank
        product = _Product(lists, pattern, draw, offset, grammar["may_repeat"], words)
        try:
            title = product.title()
        except _NoFitError:
            continue
        if product.reads_well(title):
            return product, title


def _pattern(templates: Sequence[str], lists: Mapping[str, Any], draw: _Draw) -> str:
    """Returns one template that the type's lists can fill, half of its `<optional>` ends kept."""
    known = {"brand", "line", "model", *lists}
    usable = [t for t in templates if known.issuperset(SLOT.findall(OPTIONAL.sub("", t)))]

    def keep(match: re.Match[str]) -> str:
        return match[1] if known.issuperset(SLOT.findall(match[1])) and draw.chance(0.5) else ""

    return OPTIONAL.sub(keep, usable[draw.below(len(usable))])


def _model_number(pattern: str, draw: _Draw) -> str:
    """Returns a brand's model number: `#` becomes a digit, `@` a letter."""
    letters = {"#": "123456789" if draw.chance(0.5) else "0123456789", "@": MODEL_LETTERS}
    return "".join(letters[c][draw.below(len(letters[c]))] if c in letters else c for c in pattern)


@lru_cache(maxsize=1)
def _load_grammar() -> dict[str, Any]:
    """Returns the grammar file's content, its words that may repeat as a set of stems."""
    path = resources.files("adgen.corpus").joinpath("sample_grammar.json")
    grammar = json.loads(path.read_text(encoding="utf-8"))
    may_repeat = (stem for word in grammar["may_repeat"] for stem in _stems(word))
    grammar["may_repeat"] = frozenset(may_repeat)
    return grammar


if __name__ == "__main__":
    main()
