import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from adgen.lstm import row_products
from adgen.lstm.row_products import RowProduct

SHAPES = [(128, 1024), (48, 3001), (20, 333)]
COUNTS = [0, 1, 7, 8, 9, 16, 17, 63, 64, 65, 81, 193, 256, 300]


def random_arrays(*shapes):
    rng = np.random.default_rng(4)
    return [rng.standard_normal(shape, dtype=np.float32) for shape in shapes]


@pytest.mark.parametrize("num_rows", COUNTS)
def test_the_result_is_a_matrix_product(num_rows):
    rows, matrix = random_arrays((num_rows, 7), (7, 9))
    products = RowProduct(matrix)(rows)
    assert products.dtype == np.float32
    np.testing.assert_allclose(products, rows.astype(float) @ matrix.astype(float), atol=1e-5)


def check_rows_alone_and_together():
    rng = np.random.default_rng(5)
    for width, columns in SHAPES:
        rows, matrix = random_arrays((300, width), (width, columns))
        multiply = RowProduct(matrix)
        alone = np.concatenate([multiply(rows[row : row + 1]) for row in range(20)])
        for count in COUNTS:
            chosen = rng.permutation(max(count, 20))[
                :count
            ]  # the rows in other places, among others
            products = multiply(rows[chosen])
            np.testing.assert_array_equal(products[chosen < 20], alone[chosen[chosen < 20]])


# OpenBLAS has kernels of its own for each family of processors and chooses by this variable where
# it is set. One that the processor cannot run is passed over, and other libraries ignore it: the
# test then says less, not wrong.
@pytest.mark.parametrize(
    ("processor", "num_threads"), [(None, 1), (None, 2), ("Haswell", 1), ("Nehalem", 1)]
)
def test_a_row_has_the_same_bits_alone_and_among_others_whatever_the_processor(
    processor, num_threads
):
    choice = {"OPENBLAS_NUM_THREADS": str(num_threads)} | (
        {"OPENBLAS_CORETYPE": processor} if processor else {}
    )
    code = "import test_row_products as t; t.check_rows_alone_and_together()"
    folder = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=os.environ | choice,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_rows_may_be_cut_out_of_wider_ones():
    wide, matrix = random_arrays((30, 50), (20, 40))
    multiply = RowProduct(matrix)
    np.testing.assert_array_equal(multiply(wide[:, 10:30]), multiply(wide[:, 10:30].copy()))


@pytest.mark.parametrize("num_rows", [0, 1, 9, 17, 64, 130, 193, 300])
def test_products_may_be_written_to_the_same_memory_again(num_rows):
    rows, matrix = random_arrays((300, 20), (20, 40))
    multiply = RowProduct(matrix)
    expected = multiply(rows)
    room = multiply.room(num_rows)
    for count in (num_rows, num_rows // 2):
        products = multiply(rows[:count], room)
        np.testing.assert_array_equal(products, expected[:count])
        assert not count or np.shares_memory(products, room)


@pytest.mark.parametrize("first_odd_size", [2, 4])
def test_where_small_blocks_cannot_be_trusted_rows_are_multiplied_one_by_one(
    first_odd_size, monkeypatch
):
    """As if BLAS had another kernel for the last rows of a block."""
    rows, matrix = random_arrays((70, 12), (12, 5))
    sizes, multiply = set(), row_products._multiply

    def odd(block, panels, products):
        multiply(block, panels, products)
        sizes.add(len(block))
        if len(block) >= first_odd_size:
            products[-1] = np.nextafter(products[-1], np.float32(np.inf))

    monkeypatch.setattr(row_products, "_multiply", odd)
    product = RowProduct(matrix)
    product(rows[:1])  # tries the sizes
    sizes.clear()
    products = product(rows)
    assert sizes == {1}
    alone = np.concatenate([product(rows[row : row + 1]) for row in range(70)])
    np.testing.assert_array_equal(products, alone)


@pytest.mark.parametrize("odd_size", [2, 8, 32])
def test_a_size_that_is_odd_is_left_out(odd_size, monkeypatch):
    rows, matrix = random_arrays((70, 12), (12, 5))
    expected, multiply = RowProduct(matrix)(rows), row_products._multiply

    def odd(block, panels, products):
        multiply(block, panels, products)
        if len(block) == odd_size:
            products[-1] = np.nextafter(products[-1], np.float32(np.inf))

    monkeypatch.setattr(row_products, "_multiply", odd)
    np.testing.assert_array_equal(RowProduct(matrix)(rows), expected)
