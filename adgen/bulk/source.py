"""The products of a run, looked through before it begins: how many, and whether each has its id."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from adgen.bulk.crew import Numbered
from adgen.bulk.flags import keeping_flags
from adgen.bulk.plan import BulkPlan
from adgen.products.checks import check_product
from adgen.products.product import Product
from adgen.support.files import sha256_of
from adgen.writing.plain import plain_product

BLOCK_SIZE = 64  # products that a worker gets at once


@dataclass(frozen=True)
class Source:
    """Holds the products of a run.

    Attributes:
        path: The catalogue's file.
        products: They can be gone through again and again, in the same order.
        fingerprint: SHA-256 of the file.
        num_products: How many.
        columns: How its columns were named where it was read; empty for their own names.
        numbers: The numbers of products that alone are written, by their ids; None for all.
        title: What people call the file's format; empty where nobody asked.
    """

    path: Path
    products: Iterable[Product]
    fingerprint: str
    num_products: int
    columns: str = ""
    numbers: Mapping[str, int] | None = None
    title: str = ""

    def check_unchanged(self) -> None:
        """Raises ValueError where the file is no longer as it was when it was looked through."""
        if sha256_of(self.path) != self.fingerprint:
            raise ValueError(
                f"{self.path} was changed while its ads were written, and rows of both would be "
                "mixed. Put the former one back to go on, or delete what is written to begin again."
            )

    def blocks(self, num_done: int = 0) -> Iterator[list[Numbered]]:
        """Yields the products behind so many, with their numbers, a block at a time."""
        numbered: Iterator[Numbered] = enumerate(self.products, 1)
        if self.numbers is not None:
            chosen = self.numbers
            numbered = ((chosen[one.id], one) for one in self.products if one.id in chosen)
        rest = islice(numbered, num_done, None)
        while block := list(islice(rest, BLOCK_SIZE)):
            yield block


def num_blocks(num_products: int) -> int:
    """Returns in how many blocks so many products are written."""
    return -(-num_products // BLOCK_SIZE)


def open_source(
    path: Path, products: Iterable[Product], *, columns: str = "", only_unique: bool = True
) -> Source:
    """Looks through the products of a catalogue.

    Args:
        path: Its file.
        products: What was read from it.
        columns: How its columns were named for that.
        only_unique: Whether all need an id of their own, or only those that get ads.

    Raises:
        ValueError: There is none, or two have one id; or the file is damaged, which is found while
            it is read.
        OSError: It cannot be read.
    """

    def needs_own_id(product: Product) -> bool:
        return only_unique or not keeping_flags(product)

    num_products = 0
    digests = array("Q")  # 8 bytes a product
    for product in products:
        num_products += 1
        if needs_own_id(product):
            digests.append(_digest(product.id))
    if not num_products:
        raise ValueError(f"{path} holds no products. Expected one at least; export it again.")
    values, counts = np.unique(np.frombuffer(digests, np.uint64), return_counts=True)
    # Ids whose digests agree are nearly always the same, and are compared.
    numbered = ((n, product.id) for n, product in enumerate(products, 1) if needs_own_id(product))
    _check_ids(path, numbered, set(values[counts > 1].tolist()))
    return Source(path, products, sha256_of(path), num_products, columns)


def check_products(source: Source, plan: BulkPlan) -> None:
    """Raises where a product cannot have ads, before any work.

    Raises:
        ValueError: One cannot; the message says which, and why.
    """
    for number, product in enumerate(source.products, 1):
        if plan.skips(product):
            continue
        try:
            check_product(plain_product(product), allow_adult=plan.settings.allow_adult)
        except ValueError as error:
            raise stopped(number, product.id, str(error)) from None


def stopped(number: int, product_id: str, reason: str) -> ValueError:
    """Returns the error of a product without ads where such a one ends the run."""
    return ValueError(
        f'Product {number:,} ({product_id!r:.60}) has no ad, and invalid is "stop": {reason} Mend '
        'it, or give invalid="keep".'
    )


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _check_ids(path: Path, ids: Iterable[tuple[int, str]], digests: set[int]) -> None:
    """Raises where two numbered products have one id, among ids with these digests."""
    if not digests:
        return
    first: dict[str, int] = {}
    for number, product_id in ids:
        if _digest(product_id) not in digests:
            continue
        if product_id in first:
            raise ValueError(
                f"{path}: products {first[product_id]:,} and {number:,} have one id, "
                f"{product_id!r:.60}; expected each once, since ads are found again by it. Mend "
                "one of them, or leave it out."
            )
        first[product_id] = number
