"""Matrix products in which a row's result depends neither on other rows nor on their number.

BLAS picks its kernel, and with it the order of the additions, by the shapes and by a row's place in
them. So rows are multiplied in blocks of a few fixed sizes, and a size is used only where it gives
a row the same bits in every place. It knows matrices, not what they mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Protocol

import numpy as np

from adgen.support.arrays import Floats

# Columns that are multiplied at once. OpenBLAS copies a matrix before it multiplies, which for a
# few rows costs ten times as much as multiplying. Where a processor has AVX-512 it leaves that out
# for small products, and a panel of 64 columns is read in the order in which it lies in memory.
_WIDTH = 64
_SIZES = (32, 16, 8, 4, 2)  # rows of a block
_REFERENCE = 4
_MOST_SMALL = 1_000_000  # rows * n * columns up to which OpenBLAS takes a product for small


class Product(Protocol):
    """Multiplies rows by one matrix (n, m), as `RowProduct` does."""

    @property
    def matrix(self) -> Floats: ...  # noqa: D102
    def __call__(self, rows: Floats, room: Floats | None = None) -> Floats: ...  # noqa: D102
    def room(self, num_rows: int) -> Floats: ...  # noqa: D102


class RowProduct:
    """Multiplies rows by one matrix.

    Blocks of 4 rows are the reference: with OpenBLAS they treat every row alike on each processor
    that was tried. Others come into play where they give the same bits; on processors without
    AVX-512 those of 2 and of 16 do not.

    Args:
        matrix: Shape (n, m), float32.

    Example:
        >>> RowProduct(np.ones((2, 1), np.float32))(np.ones((3, 2), np.float32)).tolist()
        [[2.0], [2.0], [2.0]]
    """

    def __init__(self, matrix: Floats) -> None:
        self.matrix = matrix

    def __call__(self, rows: Floats, room: Floats | None = None) -> Floats:
        """Returns the products (rows, m) of rows (rows, n).

        Args:
            rows: What to multiply.
            room: From `room`, to write the products to: new memory for every product of a large
                matrix costs as much time as the product.
        """
        rows = np.ascontiguousarray(rows)
        products = self.room(len(rows)) if room is None else room
        for start, size in self._blocks(len(rows)):
            block = rows[start : start + size]  # (size, n), or fewer rows at the end
            if len(block) < size:
                block = np.concatenate(
                    [block, np.zeros((size - len(block), rows.shape[1]), np.float32)]
                )
            _multiply(block, self._panels, products[start : start + size])
        return products[: len(rows), : self.matrix.shape[1]]

    def room(self, num_rows: int) -> Floats:
        """Returns memory for the products of up to so many rows.

        It has the rows of whole blocks, since the last one may be filled up with zeros, and the
        columns of whole panels.
        """
        num_blocks, num_panels = -(-num_rows // _SIZES[0]), -(-self.matrix.shape[1] // _WIDTH)
        return np.empty((num_blocks * _SIZES[0], num_panels * _WIDTH), np.float32)

    @cached_property
    def _panels(self) -> Floats:
        """The matrix cut into columns, (panels, n, _WIDTH), zeros behind the last ones."""
        num_rows, num_columns = self.matrix.shape
        num_whole = num_columns // _WIDTH
        num_panels = -(-num_columns // _WIDTH)
        panels = np.zeros((num_panels, num_rows, _WIDTH), np.float32)
        whole = self.matrix[:, : num_whole * _WIDTH].reshape(num_rows, num_whole, _WIDTH)
        panels[:num_whole] = whole.transpose(1, 0, 2)
        panels[num_whole:, :, : num_columns % _WIDTH] = self.matrix[:, num_whole * _WIDTH :]
        return panels

    def _blocks(self, num_rows: int) -> Iterator[tuple[int, int]]:
        """Yields start and size of each block; the last may reach beyond the rows."""
        start = 0
        while start < num_rows:
            left = num_rows - start
            # A block may have a quarter of zeros: two smaller ones would read the matrix twice.
            size = next((size for size in self._sizes if 3 * size <= 4 * left), self._sizes[-1])
            yield start, size
            start += size

    @cached_property
    def _sizes(self) -> list[int]:
        """The sizes of blocks, falling, that give a row the same numbers in every place.

        The answer comes from one row, tried in all places at once.
        """
        if not self._panels.size:
            return list(_SIZES[-1:])
        panel = self._panels[:1]  # the others are computed like it
        num_small = _MOST_SMALL // (panel.shape[1] * _WIDTH)
        row = np.random.default_rng(0).standard_normal((1, panel.shape[1]), dtype=np.float32)

        def products(size: int) -> Floats:
            found = np.empty((size, _WIDTH), np.float32)
            _multiply(np.repeat(row, size, axis=0), panel, found)
            return found

        expected = products(_REFERENCE)[:1]
        safe = [size for size in _SIZES if (products(size) == expected).all()]
        if _REFERENCE not in safe:
            return [1]
        return [size for size in safe if size <= max(num_small, _REFERENCE)]


def _multiply(rows: Floats, panels: Floats, products: Floats) -> None:
    """Writes the products of rows (size, n) and panels (panels, n, width).

    Args:
        rows: One block.
        panels: The matrix.
        products: (size, panels * width), to write to.
    """
    by_panel = products.reshape(len(rows), len(panels), panels.shape[2]).transpose(1, 0, 2)
    np.matmul(rows[np.newaxis], panels, out=by_panel)
