"""Rows of a product stand where their mates do not matter, whatever kernels a machine has."""

import os
import subprocess
import sys

import numpy as np
import pytest

from adgen.llama.rows import row_period, row_places

# Two owners' rows, computed among others and alone: equal, bit by bit.
_SCRIPT = """
import numpy as np
from adgen.llama.rows import row_period, row_places

rng = np.random.default_rng(0)
for shape in ((256, 768), (256, 1408), (704, 256)):
    matrix = rng.standard_normal(shape, np.float32)
    period = row_period(matrix)
    owners = [rng.standard_normal((count, shape[0]), np.float32) for count in (5, 41, 1, 17)]

    def products(some):
        places, num_rows = row_places([len(rows) for rows in some], period)
        spread = np.zeros((num_rows, shape[0]), np.float32)
        spread[places] = np.concatenate(some)
        return np.split((spread @ matrix)[places], np.cumsum([len(rows) for rows in some])[:-1])

    together = products(owners)
    for rows, found in zip(owners, together):
        assert (products([rows])[0] == found).all()
    for rows, found in zip(owners[::-1], products(owners[::-1])):
        assert any((found == other).all() for other in together if len(other) == len(found))
print("period", period)
"""


@pytest.mark.parametrize("kernels", ["", "Haswell", "Sandybridge", "SkylakeX"])
def test_an_owners_rows_do_not_depend_on_others(kernels):
    """OpenBLAS takes another processor's kernels by name; other libraries take their own."""
    if kernels == "SkylakeX" and "avx512f" not in _processor_features():
        pytest.skip("this processor has no AVX-512")
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    if kernels:
        environment["OPENBLAS_CORETYPE"] = kernels
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("period ")


def _processor_features():
    features = np._core._multiarray_umath.__cpu_features__  # NumPy's own list, as in show_runtime
    return {name.casefold() for name, is_there in features.items() if is_there}


def test_a_product_that_treats_places_alike_needs_no_distance():
    class Alike(np.ndarray):
        """A matrix whose product adds up each row by itself."""

        def __rmatmul__(self, rows):
            return np.stack([(row[:, np.newaxis] * np.asarray(self)).sum(axis=0) for row in rows])

    matrix = np.random.default_rng(1).standard_normal((8, 4), np.float32)
    assert row_period(matrix.view(Alike)) == 1


def test_a_product_that_differs_every_other_row_needs_two():
    class EveryOther(np.ndarray):
        """A matrix whose product differs in odd places."""

        def __rmatmul__(self, rows):
            found = np.asarray(rows)[:, :1] * np.asarray(self)[:1]
            found[1::2] += 1
            return found

    matrix = np.ones((8, 4), np.float32)
    assert row_period(matrix.view(EveryOther)) == 2


def test_owners_begin_at_whole_periods_and_fill_whole_blocks():
    places, num_rows = row_places([1, 13, 12], 12)
    assert places.tolist() == [0, *range(12, 25), *range(36, 48)]
    assert num_rows == 48
    assert row_places([], 4)[1] == 0
