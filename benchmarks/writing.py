"""What writers make of products that they never saw: facts kept, inventions, lengths, copies.

    python benchmarks/writing.py --data FOLDER --corpus data/processed --json

FOLDER holds products with known facts: `ae110k_train.jsonl` and `oamine_train.jsonl` of the
ExtractGPT repository, `wdcpave_normalized_target_scores.jsonl` of WDC PAVE. From a prepared corpus
come test families besides, their titles taken apart. --writers names folders of writers, fetched
bases ("smollm2-135m", which is shown four examples), "default", "template" (brand, name and facts
one after the other), folders of models that go on with "brand name", and "free:smollm2-135m": a
base that goes on so after four ads. The titles that people wrote stand beside them. --show prints
that many ads of each; texts are other people's, so keep them to yourself.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from measure import at_least, hand_out, hardware_line, log, parse

from adgen.corpus import clean_text, load_corpus
from adgen.corpus.choosing import spread_places
from adgen.generation.generator import AdGenerator
from adgen.gpt.bases import BASES
from adgen.products.brands import load_brands
from adgen.products.checks import check_product
from adgen.products.claims import (
    claimed_values,
    invented_brands,
    invented_colours,
    invented_numbers,
    kept_share,
)
from adgen.products.names import load_names
from adgen.products.parsing import parse_title
from adgen.products.product import Fact, Product
from adgen.records.tables import text_table
from adgen.scoring.protocol import Shots
from adgen.writing.engines import is_writer
from adgen.writing.shots import EXAMPLES
from adgen.writing.template import template_ad
from adgen.writing.writer import AdWriter

BRANDS = frozenset(("Brand", "Brand Name", "Manufacturer"))
NAMES = ("Product Type", "Item", "Shoe type", "Item type", "Type", "Product type", "Lure Type")
MAX_CHARS = 150
FREE = "free:"
Write = Callable[[Sequence[Product]], list[list[str]]]


class Case(NamedTuple):
    """A product, the title that a person wrote of it, and others' values of what it lacks."""

    product: Product
    title: str
    absent: tuple[frozenset[str], ...]  # a set an attribute that the product does not have


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments)
    cases = dict(_sets(options))
    seen = _training_ads(options.corpus)
    figures: dict[str, Any] = {"num_ads": options.num_ads, "max_chars": MAX_CHARS, "sets": {}}
    for name, found in cases.items():
        figures["sets"][name] = {"num_products": len(found), "writers": {}}
        titles = [[case.title] for case in found]
        figures["sets"][name]["writers"]["human"] = judge(found, titles, seen)
    for writer in options.writers:
        write = open_writer(writer, options)
        for name, found in cases.items():
            log(f"{writer}: {name}")
            start = time.perf_counter()
            written = write([case.product for case in found])
            seconds = time.perf_counter() - start
            entry = judge(found, written, seen)
            entry["seconds_an_ad"] = seconds / max(1, sum(map(len, written)))
            figures["sets"][name]["writers"][Path(writer).name] = entry
            for case, ads in list(zip(found, written, strict=True))[: options.show]:
                print(f"{case.product}\n    {' | '.join(ads)}\n    human: {case.title}")
    hand_out("writing", figures, options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument("--data", type=Path, required=True, help="folder of the files")
    parser.add_argument(
        "--corpus", type=Path, help="a prepared corpus, for test families and copies"
    )
    parser.add_argument("--writers", nargs="+", default=["default", "template"], help="who writes")
    parser.add_argument(
        "--num-products", type=at_least(1), default=500, help="of each set, at most"
    )
    parser.add_argument("--num-ads", type=at_least(1), default=3, help="ads a product")
    parser.add_argument("--show", type=at_least(0), default=0, help="products to print")


def _sets(options: argparse.Namespace) -> Iterator[tuple[str, list[Case]]]:
    """Yields the sets of cases, at equal distances in their files; products that may have ads."""
    for path in sorted(options.data.glob("*.jsonl")):
        found = [case for case in of_file(path) if may_have_ads(case.product)]
        yield path.stem, [found[at] for at in spread_places(len(found), options.num_products)]
    if options.corpus is not None:
        found = [case for case in of_corpus(options.corpus) if may_have_ads(case.product)]
        yield "corpus", [found[at] for at in spread_places(len(found), options.num_products)]


def of_file(path: Path) -> Iterator[Case]:
    """Yields a file's products: brand and kind by their attributes, the rest as facts."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    values_of: dict[str, set[str]] = {}
    for row in rows:
        for key, value in _values(row):
            values_of.setdefault(key, set()).update([value] if value != "n/a" else [])
    for row in rows:
        title = clean_text(row.get("input") or row["input_title"])
        values = _values(row)
        brand = next((value for key, value in values if key in BRANDS and value != "n/a"), "")
        kind = next(((k, v) for k in NAMES for key, v in values if key == k and v != "n/a"), None)
        name = kind[1] if kind else parse_title(title).name or row["category"]
        facts = [
            Fact(value, key)
            for key, value in values
            if value != "n/a" and key not in BRANDS and (key, value) != kind
        ]
        absent = tuple(frozenset(values_of[key]) for key, value in values if value == "n/a")
        product = Product(brand=brand, name=name, category=row["category"], facts=tuple(facts))
        yield Case(product, title, absent)


def _values(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns a row's attributes and values; "n/a" is the value of those that it lacks."""
    found = row["target_scores"].items()
    return [(key, clean_text(value)) for key, values in found for value in values]


def of_corpus(folder: Path) -> Iterator[Case]:
    """Yields products of test families, their titles taken apart."""
    ads = load_corpus(folder, splits=["test"])
    ads = ads.drop_duplicates("family")
    ads = ads.iloc[spread_places(len(ads), 3000)]
    brands, names = load_brands(), load_names()
    for title, category in zip(ads["ad"], ads["category"], strict=True):
        parsed = parse_title(title, brands, names)
        if not parsed.brand or not parsed.has_known_name or not 2 <= len(parsed.facts) <= 8:
            continue
        facts = tuple(Fact(fact.text) for fact in parsed.facts)
        product = Product(brand=parsed.brand, name=parsed.name, category=category, facts=facts)
        yield Case(product, title, ())


def may_have_ads(product: Product) -> bool:
    """Tells whether a product has facts, and none that contradict each other."""
    try:
        check_product(product)
    except ValueError:
        return False
    return bool(product.facts)


def _training_ads(folder: Path | None) -> set[str]:
    """Returns the training ads without case and punctuation; none without a corpus."""
    if folder is None:
        return set()
    return {plain(ad) for ad in load_corpus(folder, splits=["train"])["ad"]}


def plain(text: str) -> str:
    """Returns a text's letters and digits without case."""
    return "".join(filter(str.isalnum, text.casefold()))


def open_writer(name: str, options: argparse.Namespace) -> Write:
    """Returns what writes ads of products: some of each."""
    if name == "template":
        return lambda products: [[template_ad(product, MAX_CHARS)] for product in products]
    if name == "default" or name in BASES or is_writer(Path(name)):
        writer = AdWriter.from_pretrained(None if name == "default" else name)

        def write(products: Sequence[Product]) -> list[list[str]]:
            found = writer.write(products, num_ads=options.num_ads, max_chars=MAX_CHARS)
            return [[ad.text for ad in one.ads] for one in found]

        return write
    generator = AdGenerator.from_pretrained(name.removeprefix(FREE))
    if name.startswith(FREE):
        generator = generator.with_shots(Shots(tuple(ad for _, ad in EXAMPLES), "products"))

    def go_on(products: Sequence[Product]) -> list[list[str]]:
        prompts = [f"{product.brand} {product.name}".strip() for product in products]
        found = generator.generate(prompts, num_ads=options.num_ads, batch_size=256)
        return [[ad.text for ad in ads] for ads in found]

    return go_on


def judge(
    cases: Sequence[Case], written: Sequence[Sequence[str]], seen: set[str]
) -> dict[str, Any]:
    """Counts what ads keep, invent and copy; shares of all ads or of all facts."""
    brands = load_brands()
    facts_kept = facts = ads = too_long = copies = characters = repeated = words = empty = 0
    claimed = absent = 0
    invented = {"numbers": 0, "brands": 0, "colours": 0}
    for case, texts in zip(cases, written, strict=True):
        empty += not texts
        for text in texts:
            ads += 1
            kept, of = kept_share(case.product.facts, text)
            facts_kept, facts = facts_kept + kept, facts + of
            invented["numbers"] += bool(invented_numbers(text, case.product))
            invented["brands"] += bool(invented_brands(text, case.product, brands))
            invented["colours"] += bool(invented_colours(text, case.product))
            claims = [claimed_values(text, case.product, values) for values in case.absent]
            claimed, absent = claimed + sum(map(bool, claims)), absent + len(claims)
            too_long += len(text) > MAX_CHARS
            copies += plain(text) in seen
            characters += len(text)
            said = [word.strip(",;()|").casefold() for word in text.split()]
            said = [word for word in said if len(word) > 3]
            repeated, words = repeated + len(said) - len(set(said)), words + len(said)
    return {
        "num_ads": ads,
        "products_without_ads": empty,
        "facts_kept": facts_kept / max(1, facts),
        "absent_facts_claimed": claimed / absent if absent else None,
        **{f"ads_with_invented_{name}": count / max(1, ads) for name, count in invented.items()},
        "ads_too_long": too_long / max(1, ads),
        "repeated_words": repeated / max(1, words),
        "copies_of_training_ads": copies / max(1, ads) if seen else None,
        "characters_an_ad": characters / max(1, ads),
    }


_COLUMNS = (
    "facts_kept",
    "absent_facts_claimed",
    "ads_with_invented_numbers",
    "ads_with_invented_brands",
    "ads_with_invented_colours",
    "repeated_words",
    "copies_of_training_ads",
    "ads_too_long",
    "characters_an_ad",
    "num_ads",
)


def show(results: Mapping[str, Any]) -> None:
    """Prints the figures as a table."""
    rows = [("products", "writer", *(name.replace("_", " ") for name in _COLUMNS))]
    for name, found in results["sets"].items():
        for writer, entry in found["writers"].items():
            cells = [_cell(column, entry[column]) for column in _COLUMNS]
            rows.append((f"{name} ({found['num_products']})", writer, *cells))
    print(text_table(rows))
    print(hardware_line(results))


def _cell(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if name in ("characters_an_ad", "num_ads") else f"{100 * value:.1f}%"


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns label and value of each row in the README."""
    return [
        (
            f"{writer}, {name}",
            f"{entry['facts_kept']:.1%} of facts kept, "
            f"{entry['ads_with_invented_numbers']:.1%} of ads with an invented number",
        )
        for name, found in results["sets"].items()
        for writer, entry in found["writers"].items()
    ]


if __name__ == "__main__":
    main()
