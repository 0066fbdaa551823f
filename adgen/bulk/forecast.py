"""Ten products of a catalogue written for a look, and what writing all of them will take."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from adgen.bulk.plan import BulkPlan
from adgen.bulk.row_lines import RowLines
from adgen.bulk.row_writer import RowWriter
from adgen.bulk.rows import Row
from adgen.bulk.source import Source
from adgen.corpus.choosing import spread_places
from adgen.products.product import Product
from adgen.records.machine import peak_memory_bytes

NUM_TRIED = 10


@dataclass(frozen=True)
class Forecast:
    """Says what a run will take, as ten of its products did.

    Attributes:
        rows: Of the products that were tried, spread over the catalogue.
        num_products: Of the whole catalogue.
        seconds: Of the whole run, without what loading takes.
        memory_bytes: Of all its processes together, about; None where the system does not tell.
        output_bytes: Of its file, about.
    """

    rows: tuple[Row, ...]
    num_products: int
    seconds: float
    memory_bytes: int | None
    output_bytes: int


def forecast(source: Source, plan: BulkPlan, *, num_workers: int, suffix: str) -> Forecast:
    """Writes a few products in this process, and reckons what all take.

    Args:
        source: The catalogue.
        plan: How its products get ads.
        num_workers: Processes that will write.
        suffix: The ending of the file.
    """
    before = peak_memory_bytes()
    writer = RowWriter.open(plan)
    products = _spread(source.products, source.num_products)
    writer.write(products[:1])  # so that what is loaded at first use is loaded
    start = time.perf_counter()
    rows = writer.write(products)
    seconds = time.perf_counter() - start
    after = peak_memory_bytes()
    lines = RowLines(suffix)
    num_bytes = sum(len(lines.data(row)) for row in rows)
    share = source.num_products / len(products)
    return Forecast(
        rows=tuple(rows),
        num_products=source.num_products,
        seconds=seconds * share / num_workers,
        memory_bytes=None if before is None or after is None else before + num_workers * after,
        output_bytes=len(lines.header) + round(num_bytes * share),
    )


def _spread(products: Iterable[Product], num_products: int) -> list[tuple[int, Product]]:
    """Returns products at equal distances, with their numbers."""
    places = set(spread_places(num_products, NUM_TRIED))
    return [(place + 1, product) for place, product in enumerate(products) if place in places]
