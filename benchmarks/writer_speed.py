"""What the writer that comes with adgen costs: CPU milliseconds a product, products a second.

One process with one thread writes `--num-ads` ads of each product of a file, `--repeats` times; the
shortest counts, since other work on the machine only adds to it. Then two such processes write half
of them each at the same time.

    python benchmarks/writer_speed.py --json
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from measure import at_least, hand_out, hardware_line, in_own_process, megabytes, parse

from adgen.records.tables import text_table
from adgen.support.processes import own_process

_PRODUCTS = Path(__file__).with_name("catalogue_products.jsonl")
_MAX_CHARS = 150
_NUM_PROCESSES = 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments)
    found = measure(options)
    hand_out("writer_speed", found, options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument(
        "--products",
        type=Path,
        default=_PRODUCTS,
        help="JSON lines with brand, name, category and facts; by default made-up ones",
    )
    parser.add_argument("--model", help="a writer; by default the one that comes with adgen")
    parser.add_argument("--num-ads", type=at_least(1), default=3, help="ads a product")
    parser.add_argument("--repeats", type=at_least(1), default=3, help="times; the shortest counts")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Times one process alone, and two side by side."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"  # the processes inherit it
    lines = options.products.read_text(encoding="utf-8").splitlines()
    given = (options.model, options.num_ads, options.repeats)
    alone = in_own_process(write, lines, *given)
    with ExitStack() as stack:
        pools = [stack.enter_context(own_process()) for _ in range(_NUM_PROCESSES)]
        work = [
            pool.submit(write, lines[number::_NUM_PROCESSES], *given)
            for number, pool in enumerate(pools)
        ]
        seconds = max(one.result()["seconds"] for one in work)
    return {
        **alone.as_dict(),
        "products_per_second": len(lines) / seconds,
        "num_processes": _NUM_PROCESSES,
        "num_products": len(lines),
        "num_ads": options.num_ads,
        "max_chars": _MAX_CHARS,
        "repeats": options.repeats,
    }


def write(lines: Sequence[str], model: str | None, num_ads: int, repeats: int) -> dict[str, Any]:
    """Writes the ads of products, again and again; the model is loaded before.

    Returns:
        The least CPU milliseconds a product, the least seconds, and the mean score of all ads.
    """
    from adgen.products.product import Product, facts_of
    from adgen.writing.settings import WriteSettings
    from adgen.writing.writer import AdWriter

    entries = [json.loads(line) for line in lines]
    products = [Product(**entry | {"facts": facts_of(*entry["facts"])}) for entry in entries]
    writer = AdWriter.from_pretrained(model)
    settings = WriteSettings(num_ads=num_ads, max_chars=_MAX_CHARS)
    writer.write(products[:1], settings)  # what is loaded when it is first used
    seconds, cpu_seconds = [], []
    for _ in range(repeats):
        started, cpu_started = time.perf_counter(), time.process_time()
        found = writer.write(products, settings)
        cpu_seconds.append(time.process_time() - cpu_started)
        seconds.append(time.perf_counter() - started)
    scores = [ad.score for one in found for ad in one.ads]
    return {
        "cpu_milliseconds_a_product": 1000 * min(cpu_seconds) / len(products),
        "seconds": min(seconds),
        "ads_written": len(scores),
        "mean_score": sum(scores) / max(1, len(scores)),
    }


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns the rows of the README's table."""
    return [
        (
            "one process, one thread",
            f"{results['cpu_milliseconds_a_product']:.0f} CPU ms a product, "
            f"{megabytes(results['peak_memory_bytes'])}",
        ),
        (
            f"{results['num_processes']} processes, one thread each",
            f"{results['products_per_second']:.0f} products a second",
        ),
    ]


def show(results: Mapping[str, Any]) -> None:
    """Prints the rows."""
    print(text_table([("", "measured"), *record_rows(results)]))
    print(f"{results['num_products']} products, {results['ads_written']} ads of them.")
    print(hardware_line(results))


if __name__ == "__main__":
    main()
