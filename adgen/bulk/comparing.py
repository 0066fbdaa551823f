"""What a catalogue says otherwise than the rows that were written of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from adgen.bulk.row_lines import RowLines
from adgen.bulk.rows import fingerprint_of
from adgen.products.product import Product

CHANGED = "changed"
NEW = "new"
GONE = "gone"


class Change(NamedTuple):
    """Says of a product that it is not as its row says.

    Attributes:
        id: The seller's key.
        change: `CHANGED`: its facts are others; `NEW`: it has no row; `GONE`: it has only a row.
    """

    id: str
    change: str


def find_changes(path: Path, products: Iterable[Product]) -> Iterator[Change]:
    """Yields the products that changed since a file of rows was written, then those that are gone.

    Args:
        path: The file.
        products: What the catalogue says now.

    Raises:
        ValueError: The file is damaged.
        OSError: It cannot be read.
    """
    then: dict[str, set[str]] = {}  # of products that share an id, all
    for row in RowLines(path.suffix).read(path):
        then.setdefault(row.id, set()).add(row.fingerprint)
    seen: set[str] = set()
    for product in products:
        if product.id not in then:
            yield Change(product.id, NEW)
        elif fingerprint_of(product) not in then[product.id]:
            yield Change(product.id, CHANGED)
        seen.add(product.id)
    yield from (Change(product_id, GONE) for product_id in then if product_id not in seen)
