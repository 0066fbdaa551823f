"""What the parser of titles finds of facts that are known, and how fast it is.

    python benchmarks/parsing.py --data FOLDER
    python benchmarks/parsing.py --data FOLDER --half even --json

FOLDER holds files of products with known facts (any may be missing): `ae110k_train.jsonl` and
`oamine_train.jsonl` of the ExtractGPT repository, `wdcpave_normalized_target_scores.jsonl` of
WDC PAVE, `er_D8_amazon.csv` (title, brand, modelno) and `fashion_styles_28500.csv`
(productDisplayName, baseColour, gender). The rules were made while looking at even rows; the
figures are of odd rows unless --half says otherwise. --show prints values that were missed. The
titles are other people's, so keep them to yourself.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from measure import at_least, hand_out, hardware_line, log, parse, ratio

from adgen.corpus import clean_text
from adgen.products.parsing import ParsedTitle, parse_title
from adgen.records.tables import text_table

# The kind of fact that an attribute's values should have.
KINDS = {
    "Color": "colour",
    "Color(s)": "colour",
    "baseColour": "colour",
    "Material": "material",
    "Fabric Type": "material",
    "Model Number": "model",
    "Part Number": "model",
    "Manufacturer Stock Number": "model",
    "modelno": "model",
    "Gender": "audience",
    "gender": "audience",
    "Age range": "audience",
    "Applicable People": "audience",
    "Pack size": "count",
    "Quantity": "count",
    "Length": "measure",
    "Weight": "measure",
    "Volume": "measure",
    "Dosage": "measure",
    "Size": "measure",
    "Machine type": "compatibility",
}
BRANDS = frozenset(("Brand", "Brand Name", "brand", "Manufacturer"))


class Row(NamedTuple):
    """A title and what is known of it, as attribute and value; the values stand in the title."""

    title: str
    values: tuple[tuple[str, str], ...]


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments)
    figures = {
        "half": options.half,
        "files": {
            path.stem: measure_file(path, options)
            for path in sorted(options.data.iterdir())
            if path.suffix in (".jsonl", ".csv")
        },
    }
    hand_out("parsing", figures, options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument("--data", type=Path, required=True, help="folder of the files")
    parser.add_argument("--half", choices=("odd", "even"), default="odd", help="rows (%(default)s)")
    parser.add_argument(
        "--show", type=at_least(0), default=0, help="so many missed values of each file"
    )


def rows_of(path: Path) -> Iterator[Row]:
    """Returns the rows of a file; values that do not stand in the title are left out."""
    for given, values in _table(path) if path.suffix == ".csv" else _objects(path):
        title = clean_text(given)
        known = ((name, clean_text(value)) for name, value in values)
        yield Row(title, tuple(pair for pair in known if pair[1] and holds(title, pair[1])))


def holds(text: str, value: str) -> bool:
    """Tells whether a value stands in a text as whole words."""
    at = text.find(value)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(value) : at + len(value) + 1]
        is_begun = before.isalnum() and value[0].isalnum()
        if not (is_begun or (after.isalnum() and value[-1].isalnum())):
            return True
        at = text.find(value, at + 1)
    return False


def _objects(path: Path) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        title = row.get("input") or row["input_title"]
        scores = row["target_scores"].items()
        yield title, [(name, value) for name, found in scores for value in found if value != "n/a"]


def _table(path: Path) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    with path.open(encoding="utf-8", newline="") as file:
        delimiter = "|" if "|" in file.readline() else ","
        file.seek(0)
        for row in csv.DictReader(file, delimiter=delimiter):
            title = row.get("title") or row.get("productDisplayName") or ""
            names = ("brand", "modelno", "baseColour", "gender")
            yield title, [(name, row[name]) for name in names if row.get(name)]


def measure_file(path: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Parses half of a file's titles and counts what was found."""
    log(path.name)
    rows = [row for i, row in enumerate(rows_of(path)) if i % 2 == (options.half == "odd")]
    parse_title("Acme Mug")  # what only the first call takes
    start = time.process_time()
    parsed = [parse_title(row.title) for row in rows]
    seconds = time.process_time() - start
    known: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    of_kind: Counter[str] = Counter()
    exact: Counter[str] = Counter()
    missed = []
    for row, one in zip(rows, parsed, strict=True):
        for name, value in row.values:
            known[name] += 1
            if name in BRANDS:
                exact[name] += one.brand.casefold() == value.casefold()
            found = [one.brand, one.name, *(fact.text for fact in one.facts)]
            is_whole = any(holds(text, value) for text in found)
            whole[name] += is_whole
            of_kind[name] += any(
                holds(fact.text, value) or holds(value, fact.text)
                for fact in one.facts
                if fact.kind == KINDS.get(name)
            )
            if not is_whole or (name in BRANDS and one.brand.casefold() != value.casefold()):
                missed.append((name, value, row.title, one))
    for name, value, title, one in missed[:: max(1, len(missed) // (options.show or 1))][
        : options.show
    ]:
        print(f"\n{name} = {value} | {title}\n    {shown(one)}")
    return {
        "num_titles": len(rows),
        "titles_per_second": ratio(len(rows), seconds),
        "num_values": sum(known.values()),
        "share_whole": ratio(sum(whole.values()), sum(known.values())),
        "attributes": {
            name: {"num_values": number, "share_whole": whole[name] / number}
            | ({"share_exact": exact[name] / number} if name in BRANDS else {})
            | ({"share_of_kind": of_kind[name] / number} if name in KINDS else {})
            for name, number in known.most_common()
        },
        "kinds": precision(rows, parsed),
    }


def precision(rows: Sequence[Row], parsed: Sequence[ParsedTitle]) -> dict[str, dict[str, Any]]:
    """Returns, by kind, how many facts overlap a value known for the title, and agree in kind.

    Only titles count for which a value of the kind is known.
    """
    num_facts: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for row, one in zip(rows, parsed, strict=True):
        for kind in {KINDS[name] for name, _ in row.values if name in KINDS}:
            values = [value for name, value in row.values if KINDS.get(name) == kind]
            for fact in one.facts:
                if fact.kind == kind:
                    num_facts[kind] += 1
                    right[kind] += any(
                        holds(fact.text, value) or holds(value, fact.text) for value in values
                    )
    return {
        kind: {"num_facts": number, "share_right": right[kind] / number}
        for kind, number in num_facts.most_common()
    }


def shown(parsed: ParsedTitle) -> str:
    """Writes a parse for reading."""
    facts = "; ".join(f"{fact.kind} {fact.text}" for fact in parsed.facts)
    return f"[{parsed.brand}] {parsed.name}: {facts}"


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns label and value of each row in the README."""
    return [(" ".join(row[:2]), ", ".join(row[2:])) for row in table(results)]


def table(results: Mapping[str, Any]) -> list[list[str]]:
    """Returns the rows of the table."""
    lines = []
    for file, one in results["files"].items():
        speed = f"{one['titles_per_second']:,.0f} titles/s"
        lines.append([file, "all", f"{one['num_values']:,}", f"{one['share_whole']:.1%}", speed])
        for name, figures in one["attributes"].items():
            extra = [
                f"{label} {figures[key]:.1%}"
                for key, label in (("share_exact", "exact"), ("share_of_kind", "kind"))
                if key in figures
            ]
            number, whole = figures["num_values"], figures["share_whole"]
            lines.append(["", name, f"{number:,}", f"{whole:.1%}", ", ".join(extra)])
        for kind, figures in one["kinds"].items():
            right = f"right {figures['share_right']:.1%}"
            lines.append(["", f"facts: {kind}", f"{figures['num_facts']:,}", "", right])
    return lines


def show(results: Mapping[str, Any]) -> None:
    """Prints the table."""
    print(text_table([["file", "of", "values", "whole", ""], *table(results)]))
    print(f"{results['half']} rows, commit {results['commit']}")
    print(hardware_line(results))


if __name__ == "__main__":
    main()
