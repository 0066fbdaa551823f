"""A blind reading: ads of several writers and people's titles, mixed; judged; counted.

    python benchmarks/reading.py make --corpus data/processed --output runs/reading
    python benchmarks/reading.py count --output runs/reading --json

`make` takes products of test families (their titles taken apart) from as many categories as there
are, with --data as many again whose facts are known (see writing.py), and a few unusual made-up
ones: products of which a seller could have given the facts, of four words each at most; with
--products those of a file alone, such as catalogue_products.jsonl, which has made-up ones with
facts as shops' catalogues have them. It writes
`sheet.jsonl`: a number, the product's facts and one text a line, in random order, without its
source. `key.jsonl` has the sources; the reader leaves it shut. The reader writes `verdicts.jsonl`:
a line `{"id": 1, "kind": "ok"}` a text, the kind one of

    ok             a seller could publish it as it stands
    other          it is about another product, or leaves out what the product is
    nonsense       it cannot be understood
    contradiction  it says what the facts do not, or says two things that cannot both be
    repetition     it says the same thing twice
    clumsy         true and clear, but nobody would write it so: order, joints, capitals

`count` opens the key and counts kinds by source; its record says with which commit and command the
ads were written, which `make` leaves in `written.json`. Sheets hold other people's texts, so keep
them to yourself but for the generated ads, which `count` writes to `judged-ads.jsonl`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import blind
from measure import at_least, bad_input_ends, command_line, hand_out, hardware_line, parse
from writing import Case, may_have_ads, of_corpus, of_file, open_writer

from adgen.products.names import load_names
from adgen.products.product import Product, facts_of
from adgen.products.words import keys_of
from adgen.records.tables import text_table
from adgen.writing.forms import is_bare_number
from adgen.writing.samples import described

MOST_WORDS = 4  # of a fact
KINDS = tuple(kind for kind in blind.KINDS if kind != "broken")  # facts are said whole
UNUSUAL = (
    Product(brand="Kettlewick", name="beeswax lip balm", facts=facts_of("0.15 oz", "honey scent")),
    Product(name="left-handed can opener", facts=facts_of("stainless steel", "Color: red")),
    Product(brand="Nordhavn", name="cargo bike", facts=facts_of("8 gears", "Load: 100 kg")),
    Product(brand="Zuri", name="kalimba", facts=facts_of("17 keys", "mahogany", "with hammer")),
    Product(brand="Plumbob", name="laser level", facts=facts_of("green beam", "100 ft", "IP54")),
    Product(
        brand="Ossa", name="dog rain boots", facts=facts_of("Quantity: 4", "Size: M", "yellow")
    ),
    Product(name="sourdough starter jar", facts=facts_of("34 oz", "glass", "with thermometer")),
    Product(
        brand="Vitrea", name="stained glass kit", facts=facts_of("200 pieces", "for beginners")
    ),
    Product(brand="Telluro", name="meteorite pendant", facts=facts_of("sterling silver", "18 in")),
    Product(brand="Quillo", name="fountain pen ink", facts=facts_of("50 ml", "Color: teal")),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Makes a sheet, or counts verdicts."""
    options = parse(__doc__, add_options, arguments)
    with bad_input_ends("reading"):
        if options.action == "make":
            make(options, arguments)
            return
        written = blind.read_written(options.output)
        figures = {**written, "sources": count(options.output), "kinds": KINDS}
        hand_out("reading", figures, options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument("action", choices=("make", "count"), help="what to do")
    parser.add_argument("--output", type=Path, required=True, help="folder of the sheet")
    parser.add_argument(
        "--corpus", type=Path, help="a prepared corpus, of which products are taken"
    )
    parser.add_argument(
        "--products",
        type=Path,
        help="JSON lines with brand, name, category and facts, to read alone",
    )
    parser.add_argument("--data", type=Path, help="a folder of products with known facts")
    parser.add_argument("--writers", nargs="+", default=["default", "template"], help="who writes")
    parser.add_argument("--num-products", type=at_least(1), default=100, help="products of each")
    parser.add_argument("--seed", type=int, default=0, help="of products and order")
    parser.set_defaults(num_ads=1)


def make(options: argparse.Namespace, arguments: Sequence[str] | None) -> None:
    """Writes the sheet, its key, and with what they were written."""
    blind.check_no_sheet(options.output)
    rng = random.Random(options.seed)
    cases = list(_chosen(options, rng))
    texts = [_text(case.title, blind.HUMAN, kind, case) for kind, case in cases if case.title]
    for name in options.writers:
        written = open_writer(name, options)([case.product for _, case in cases])
        for (kind, case), ads in zip(cases, written, strict=True):
            texts += [_text(ad, Path(name).name, kind, case) for ad in ads[:1]]
    made_by = command_line("reading", arguments)
    blind.write_sheet(options.output, texts, rng, {"made_by": made_by})


def _text(text: str, source: str, kind: str, case: Case) -> blind.Text:
    return blind.Text(text, source, {"product": described(case.product)}, {"products": kind})


def _chosen(options: argparse.Namespace, rng: random.Random) -> Iterator[tuple[str, Case]]:
    """Yields products and where they are from."""
    if options.products is not None:
        for line in options.products.read_text(encoding="utf-8").splitlines():
            yield "catalogue", Case(Product(**json.loads(line)), "", ())
        return
    pools: dict[str, Iterator[Case]] = {"corpus": of_corpus(options.corpus)}
    if options.data is not None:
        files = sorted(options.data.glob("*.jsonl"))
        pools["known"] = itertools.chain.from_iterable(map(of_file, files))
    for kind, pool in pools.items():
        fitting = filter(_has_sellers_facts, pool)
        found = blind.spread_over_categories(
            fitting, options.num_products, rng, lambda case: case.product.category
        )
        yield from ((kind, case) for case in found)
    yield from (("unusual", Case(product, "", ())) for product in UNUSUAL)


def count(folder: Path) -> dict[str, dict[str, Any]]:
    """Counts the kinds of each source's texts; writes the generated ones with their kinds."""
    verdicts = blind.read_verdicts(folder, KINDS)
    blind.write_judged_ads(folder, verdicts)
    by_products: dict[str, dict[str, Counter[str]]] = {}
    for one in verdicts:
        of_source = by_products.setdefault(one.source, {})
        of_source.setdefault(one.key["products"], Counter())[one.kind] += 1
    return {
        source: {
            "num_texts": found.total(),
            **{kind: found[kind] for kind in KINDS},
            "products": {
                name: {"num_texts": some.total(), "ok": some["ok"]}
                for name, some in sorted(by_products[source].items())
            },
        }
        for source, found in blind.kinds_by_source(verdicts).items()
    }


def _has_sellers_facts(case: Case) -> bool:
    """Tells whether a product has a name, not a shelf's ("Cups, Lids"), and facts, no sentences."""
    name, facts = case.product.name, case.product.facts
    if "," in name or not load_names().ending_at(keys_of(name), len(keys_of(name)), 0):
        return False
    return may_have_ads(case.product) and all(
        len(fact.value.split()) <= MOST_WORDS and not is_bare_number(fact) for fact in facts
    )


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns label and value of each row in the README."""
    return [
        (f"{source}, {name}, publishable as it stands", f"{some['ok'] / some['num_texts']:.0%}")
        for source, found in results["sources"].items()
        for name, some in _by_products(found).items()
    ]


def _by_products(found: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Returns the counts of each kind of products, and of all where there are several."""
    several = {"all": found} if len(found["products"]) > 1 else {}
    return {**several, **found["products"]}


def show(results: Mapping[str, Any]) -> None:
    """Prints the counts."""
    rows = [["source", "texts", *KINDS]]
    for source, found in results["sources"].items():
        shares = [f"{found[kind] / found['num_texts']:.0%}" for kind in KINDS]
        rows.append([source, str(found["num_texts"]), *shares])
    print(text_table(rows))
    print(hardware_line(results))


if __name__ == "__main__":
    main()
