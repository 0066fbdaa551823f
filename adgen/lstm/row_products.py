"""Matrix products in which a row's result depends neither on other rows nor on their number.

BLAS picks its kernel, and with it the order of the additions, by the shapes and by a row's place in
them. So rows are multiplied in blocks of a few fixed sizes, and a size is used only where it gives
a row the same bits in every place. It knows matrices, not what they mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from adgen.support.arrays import Floats

# Rows of a block, and from how many rows on it is faster than smaller blocks, zeros filled in.
# Preparing the matrix costs BLAS as much as multiplying it by 15 to 30 rows: (256, 16384) takes
# 3.4, 7.9 and 24 ms for 8, 64 and 256.
_BLOCKS = ((256, 193), (64, 17), (8, 1))


class Product(Protocol):
    """Multiplies rows by one matrix (n, m), as `RowProduct` does."""

    @property
    def matrix(self) -> Floats: ...  # noqa: D102
    def __call__(self, rows: Floats, room: Floats | None = None) -> Floats: ...  # noqa: D102
    def room(self, num_rows: int) -> Floats: ...  # noqa: D102


class RowProduct:
    """Multiplies rows by one matrix.

    Blocks of 8 rows are the reference: with OpenBLAS they treat every row alike on each processor
    that was tried, while blocks of 16 do not on those without AVX-512. Larger blocks come into play
    where they give the same bits.

    Args:
        matrix: Shape (n, m), float32.

    Example:
        >>> RowProduct(np.ones((2, 1), np.float32))(np.ones((3, 2), np.float32)).tolist()
        [[2.0], [2.0], [2.0]]
    """

    def __init__(self, matrix: Floats) -> None:
        self.matrix = matrix
        self._is_safe: dict[int, bool] = {}

    def __call__(self, rows: Floats, room: Floats | None = None) -> Floats:
        """Returns the products (rows, m) of rows (rows, n).

        Args:
            rows: What to multiply.
            room: From `room`, to write the products to: new memory for every product of a large
                matrix costs as much time as the product.
        """
        rows = np.ascontiguousarray(rows)
        blocks = list(self._blocks(len(rows)))
        products = self._memory(blocks) if room is None else room
        for start, size in blocks:
            block = rows[start : start + size]  # (size, n), or fewer rows at the end
            if len(block) < size:
                block = np.concatenate(
                    [block, np.zeros((size - len(block), rows.shape[1]), np.float32)]
                )
            np.matmul(block, self.matrix, out=products[start : start + size])
        return products[: len(rows)]

    def room(self, num_rows: int) -> Floats:
        """Returns memory for the products of up to so many rows and the last block's zeros."""
        return self._memory(list(self._blocks(num_rows)))

    def _memory(self, blocks: Sequence[tuple[int, int]]) -> Floats:
        """Returns memory for the products of these blocks, (rows in all blocks, m)."""
        num_rows = sum(blocks[-1]) if blocks else 0
        return np.empty((num_rows, self.matrix.shape[1]), np.float32)

    def _blocks(self, num_rows: int) -> Iterator[tuple[int, int]]:
        """Yields start and size of each block; the last may reach beyond the rows."""
        start = 0
        while start < num_rows:
            left = num_rows - start
            # Size 1 comes up where even the smallest blocks treat rows by their place.
            size = next(
                (size for size, fewest in _BLOCKS if left >= fewest and self._can_use(size)), 1
            )
            yield start, size
            start += size

    def _can_use(self, size: int) -> bool:
        """Tells whether blocks of this size give a row the smallest blocks' numbers in every place.

        The answer comes from one row, tried in all places at once, and is kept.
        """
        if size not in self._is_safe:
            row = np.random.default_rng(0).standard_normal((1, len(self.matrix)), dtype=np.float32)
            # 1. What the smallest blocks make of it, (1, m); for them, what the first place gives.
            expected = self(row) if size != _BLOCKS[-1][0] else None
            # 2. The same row in every place, (size, m).
            products = np.repeat(row, size, axis=0) @ self.matrix
            self._is_safe[size] = bool(
                (products == (products[0] if expected is None else expected)).all()
            )
        return self._is_safe[size]
