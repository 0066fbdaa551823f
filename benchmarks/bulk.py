"""`adgen bulk` over catalogues: products a second, against transformers' pipeline; memory; workers.

Every run is the whole command in a process of its own, loading included, over made-up products of
which each has four facts. The pipeline writes as many ads of some of the same products with the
same model, product by product, drawing as the writer does: as many tokens at most, no facts
checked, nothing chosen among candidates. With --rows, catalogues of these sizes show what memory
they take: a few hundred products of each get ads, the others are drafts, which take the same way
but for the writing.

    python benchmarks/bulk.py --json
    python benchmarks/bulk.py --model adgen-writer --products 200 --json
    python benchmarks/bulk.py --engines local ray --workers 1 2 --rows 1000 1000000 --json
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from measure import at_least, hand_out, hardware_line, in_own_process, log, megabytes, parse, ratio

from adgen.records.tables import text_table
from adgen.writing.precision import PRECISIONS

_NAMES = ("bluetooth headphones", "hiking boots", "yoga mat", "desk lamp", "dog leash", "mug")
_BRANDS = ("Zenko", "Tufftrail", "Brightly", "Pawfolk", "Luma Home")
_COLOURS = ("black", "red", "navy blue", "white")
_FEATURES = ("foldable", "waterproof", "with case", "for kids", "dishwasher safe")
_NUM_WRITTEN = 256  # products that get ads where memory is measured
_AD_TOKENS = 48  # of the pipeline's ads at most


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments)
    hand_out("bulk", measure(options), options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument("--model", help="a writer (default: the one that comes with adgen)")
    parser.add_argument("--format", help="a platform's format (default: none)")
    parser.add_argument("--precision", choices=PRECISIONS, default="auto", help="as for adgen bulk")
    parser.add_argument(
        "--engines", nargs="+", choices=("local", "ray"), default=["local"], help="who writes"
    )
    counts = {
        "products": (2_000, "products of the catalogue"),
        "num-ads": (3, "ads a product"),
        "pipeline-products": (20, "of them for transformers' pipeline; 0 leaves it out"),
    }
    for name, (default, meaning) in counts.items():
        smallest = at_least(0 if name == "pipeline-products" else 1)
        parser.add_argument(
            f"--{name}", type=smallest, default=default, help=f"{meaning} (default: %(default)s)"
        )
    many = {"type": at_least(1), "nargs": "+", "metavar": "N"}
    cores = os.cpu_count() or 1
    parser.add_argument("--workers", **many, default=[cores], help="processes that write")
    parser.add_argument("--rows", **many, default=[], help="catalogues whose memory is measured")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Measures every engine with every number of workers, the pipeline, and memory."""
    figures: dict[str, Any] = {"runs": {}, "memory": {}}
    words = ["--num-ads", options.num_ads, "--precision", options.precision]
    for name in ("model", "format"):
        if getattr(options, name) is not None:
            words += [f"--{name}", getattr(options, name)]
    for engine in options.engines:
        for workers in options.workers:
            log(f"{engine}, {workers} workers")
            ways = ["--engine", engine, "--workers", workers]
            figures["runs"][f"{engine}, {workers}"] = run_command(
                options.products, options.products, [*words, *ways]
            )
    for num_rows in options.rows:
        log(f"{num_rows:,} rows")
        ways = ["--workers", max(options.workers)]
        figures["memory"][f"{num_rows}"] = run_command(num_rows, _NUM_WRITTEN, [*words, *ways])
    if options.pipeline_products:
        log("pipeline")
        arguments = (options.pipeline_products, options.num_ads, options.model)
        figures["pipeline"] = in_own_process(write_with_pipeline, *arguments).as_dict()
        fastest = max(run["products_per_second"] for run in figures["runs"].values())
        figures["speedup"] = ratio(fastest, figures["pipeline"]["products_per_second"])
    return {
        **figures,
        "model": options.model or "adgen-writer-small",
        "format": options.format,
        "precision": options.precision,
        "products": options.products,
        "num_ads": options.num_ads,
    }


def run_command(num_rows: int, num_written: int, words: Sequence[object]) -> dict[str, Any]:
    """Runs `adgen bulk` over a catalogue.

    Args:
        num_rows: Products of the catalogue.
        num_written: How many of them are no drafts.
        words: Options of the command.

    Returns:
        Wall and CPU seconds, products a second, ads, and the peak memory of its largest process.
    """
    with tempfile.TemporaryDirectory() as folder:
        catalogue, output = Path(folder) / "catalogue.jsonl", Path(folder) / "ads.jsonl"
        with catalogue.open("w", encoding="utf-8") as file:
            file.writelines(
                json.dumps(one) + "\n" for one in islice(made_products(num_written), num_rows)
            )
        command = ["-m", "adgen", "bulk", catalogue, output, *words]
        start = time.perf_counter()
        child = os.posix_spawn(sys.executable, [sys.executable, *map(str, command)], {**os.environ})
        _, status, usage = os.wait4(child, 0)
        seconds = time.perf_counter() - start
        if os.waitstatus_to_exitcode(status):
            raise RuntimeError(f"adgen {' '.join(map(str, command[2:]))} failed; see above.")
        with output.open(encoding="utf-8") as file:
            rows = map(json.loads, file)
            ads = [{ad["text"] for ad in row["ads"]} for row in rows if row["ads"]]
    return {
        "num_rows": num_rows,
        "num_products_with_ads": len(ads),
        "num_distinct_ads": sum(map(len, ads)),
        "seconds": seconds,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "products_per_second": len(ads) / seconds,
        "peak_memory_bytes": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
    }


def made_products(num_written: int) -> Iterator[dict[str, Any]]:
    """Yields products without end; those behind so many are drafts."""
    number = 0
    while True:
        yield {
            "id": f"p{number}",
            "brand": _BRANDS[number % len(_BRANDS)],
            "product": _NAMES[number % len(_NAMES)],
            "attributes": [
                f"Color: {_COLOURS[number % len(_COLOURS)]}",
                f"Length: {number % 180 + 10} cm",
                f"Model Number: Z{number}",
                _FEATURES[number // 7 % len(_FEATURES)],
            ],
            "status": "active" if number < num_written else "draft",
        }
        number += 1


def write_with_pipeline(num_products: int, num_ads: int, model: str | None) -> dict[str, float]:
    """Writes ads product by product with transformers; returns the speed, loading apart."""
    from transformers import pipeline

    from adgen.products.product import Product
    from adgen.products.prompts import prompt_of
    from adgen.writing.resources import writer_folder

    write = pipeline("text-generation", model=str(writer_folder(model)))
    products = [
        Product(one["id"], one["brand"], one["product"], facts=one["attributes"])
        for one in islice(made_products(num_products), num_products)
    ]
    how = {
        "do_sample": True,
        "num_return_sequences": num_ads,
        "max_new_tokens": _AD_TOKENS,
        "return_full_text": False,
    }
    write(prompt_of(products[0], 100), **how)
    start = time.perf_counter()
    cpu_start = time.process_time()
    for product in products:
        write(prompt_of(product, 100), **how)
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "cpu_seconds": time.process_time() - cpu_start,
        "products_per_second": num_products / seconds,
    }


def _all_runs(results: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    memory = [(f"{int(rows):,} rows", run) for rows, run in results["memory"].items()]
    pipeline = [("pipeline", results["pipeline"])] if "pipeline" in results else []
    return [*results["runs"].items(), *memory, *pipeline]


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns label and value of each row in the README."""
    return [
        (
            name,
            f"{run['products_per_second']:.1f} products/s, {megabytes(run['peak_memory_bytes'])}",
        )
        for name, run in _all_runs(results)
    ]


def show(results: Mapping[str, Any]) -> None:
    """Prints a table."""
    rows = [
        (
            name,
            f"{run['products_per_second']:.1f}",
            f"{run['cpu_seconds']:.1f}",
            megabytes(run["peak_memory_bytes"]),
        )
        for name, run in _all_runs(results)
    ]
    print(text_table([("run", "products/s", "CPU s", "largest process"), *rows]))
    if "speedup" in results:
        print(f"\n{results['speedup']:.1f} times as fast as the pipeline, product by product.")
    print(hardware_line(results))


if __name__ == "__main__":
    main()
