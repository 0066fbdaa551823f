"""Products while their rows are gathered, and products as they are handed out.

A format's reader fills drafts with cells as they stand; here they become text, options that all
variants share become facts, and what does not fit together becomes a flag.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from adgen.catalogues.contradictions import contradictions
from adgen.catalogues.facts import Pair, brand_of, damaged_number, fact_of, is_placeholder
from adgen.catalogues.headers import Record, key_of
from adgen.catalogues.html_text import html_text, one_line
from adgen.catalogues.values import texts_in
from adgen.catalogues.variants import Choice, divided, range_facts
from adgen.products.product import Fact, Product, Variant

# Keys that name a brand, in the languages of shops.
_BRAND_TEXT = """
brand brands brandname marke marken marque marques marca marcas marchio merk merken marka marki
manufacturer hersteller fabricant fabricante produttore fabrikant producent бренд производитель
ブランド 品牌 značka märke
"""
BRAND_KEYS = frozenset(_BRAND_TEXT.split())


@dataclass
class Draft:
    """A product while its rows are gathered; texts are as they stand in the file.

    Attributes:
        id: The format's key.
        name: What it is called.
        brand: Whose it is.
        category: A path, words with ` > ` between them.
        description: HTML or text.
        url: Its page.
        pairs: What is so.
        choices: Its variants.
        flags: What was noticed.
    """

    id: str
    name: str = ""
    brand: str = ""
    category: str = ""
    description: str = ""
    url: str = ""
    pairs: list[Pair] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)

    def note(self, record: Record) -> None:
        """Notes what is wrong with a row as a whole."""
        damaged = damaged_number(record)
        if damaged:
            self.flags.append(f"number damaged by a spreadsheet: {damaged}")
        if record.damage:
            self.flags.append(record.damage)


@dataclass(frozen=True)
class Drafts:
    """What a reader has gathered, and what it says about the file as a whole."""

    drafts: Sequence[Draft]
    notes: Sequence[str] = ()


def id_of(record: Record, *keys: str) -> str:
    """Returns a record's key; where it has none, one made of its place."""
    return record.get(*keys) or f"row {record.number}"


def products_of(drafts: Iterable[Draft]) -> list[Product]:
    """Returns products; those that share an id are flagged, and never merged."""
    drafts = list(drafts)
    counts = Counter(draft.id for draft in drafts)
    return [_product(draft, counts[draft.id]) for draft in drafts]


def _product(draft: Draft, num_same_id: int) -> Product:
    flags = list(draft.flags)
    name = _name(draft.name, flags)
    if num_same_id > 1:
        flags.append(f"id not unique: {num_same_id} products have {draft.id!r}")
    category = _no_placeholder("category", _one_text("category", draft.category, flags), flags)
    description = _no_placeholder("description", _description(draft.description, flags), flags)
    pairs, variants = divided(draft.choices)
    pairs = [*_untold(draft.pairs, variants, flags), *pairs]
    brand = brand_of(_one_text("brand", draft.brand, flags))
    brand, pairs = _brand_and_rest(brand, pairs, flags)
    facts = list(_facts(pairs))
    doubtful = contradictions(name, brand, facts, [one.facts for one in variants])
    flags += doubtful.reasons
    facts = [fact for fact in facts if fact not in doubtful.facts]
    if not flags:  # of what is in doubt nothing is counted
        facts += list(range_facts(draft.choices, facts))
    return Product(
        id=draft.id,
        brand=brand,
        name=name,
        category=category,
        facts=tuple(facts),
        description=description,
        url=draft.url.strip(),
        variants=tuple(variants),
        flags=tuple(dict.fromkeys(flags)),
    )


def _name(cell: str, flags: list[str]) -> str:
    """Returns a product's name; flagged where there is none, or no word in it."""
    num_flags = len(flags)
    name = _one_text("name", cell, flags)
    if not name and len(flags) == num_flags:
        flags.append("no name")
    elif name and not any(map(str.isalpha, name)):
        flags.append(f"name is no text: it is {name!r:.60}")
    return name


def _one_text(what: str, cell: str, flags: list[str]) -> str:
    """Returns a cell's one text, in a line; empty, and flagged, where it holds something else."""
    texts, other = texts_in(cell)
    if len(texts) > 1:
        other = f"a list of {len(texts):,}"
    if other:
        flags.append(f"{what} is no text: it is {other}")
        return ""
    return one_line(texts[0]) if texts else ""


def _description(cell: str, flags: list[str]) -> str:
    texts, other = texts_in(cell)
    if other:
        flags.append(f"description is no text: it is {other}")
    return html_text("\n".join(texts))


def _no_placeholder(what: str, text: str, flags: list[str]) -> str:
    """Returns a text; empty, and flagged, where it is what a template shows."""
    if text and is_placeholder(text):
        flags.append(f"placeholder: the {what} is a template's")
        return ""
    return text


def _untold(pairs: Iterable[Pair], variants: Iterable[Variant], flags: list[str]) -> Iterator[Pair]:
    """Yields what variants do not say of themselves; what none of them says is flagged."""
    told: dict[str, list[str]] = {}
    for variant in variants:
        for fact in variant.facts:
            told.setdefault(key_of(fact.key), []).append(fact.value)
    for key, value in pairs:
        values = dict.fromkeys(told.get(key_of(key), ())) if key else {}
        said = one_line(value)
        if not values:
            yield key, value
        elif not any(one.casefold() in said.casefold() for one in values):
            shown = ", ".join(values)
            flags.append(f"two values of one fact: {key} is {said!r}, variants are {shown}")


def _brand_and_rest(brand: str, pairs: Sequence[Pair], flags: list[str]) -> tuple[str, list[Pair]]:
    """Takes the brand out of pairs; another than the one known is flagged."""
    rest = []
    for key, value in pairs:
        if key_of(key) not in BRAND_KEYS:
            rest.append((key, value))
            continue
        other = brand_of(value)
        if brand and other and other.casefold() != brand.casefold():
            flags.append(f"two brands: {brand!r} and {other!r}")
        brand = brand or other
    return brand, rest


def _facts(pairs: Iterable[Pair]) -> Iterator[Fact]:
    """Yields facts, each once."""
    seen = set()
    for pair in pairs:
        fact = fact_of(*pair)
        if fact is None:
            continue
        mark = (fact.key.casefold(), fact.value.casefold())
        if mark not in seen:
            seen.add(mark)
            yield fact
