"""Products of whole numbers of 8 bits, exact whatever weights are kept as."""

import numpy as np
import pytest

from adgen.int8 import kernels
from adgen.int8.graph import product_model

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

MATRIX = np.array([[127, -127, 126], [1, 127, 0]], np.float32).T  # scales of 1
ROWS = np.array([[127, -127, 3], [-5, 127, 127]], np.float32)


def product(matrix, rows, weight_type):
    graph = product_model(matrix, "rows", "products", weight_type=weight_type)
    session = kernels.open_session(graph.SerializeToString(), 1)
    return session.run(["products"], {"rows": rows})[0]


@pytest.fixture
def asked_anew():
    kernels.weight_type.cache_clear()
    yield
    kernels.weight_type.cache_clear()


def test_products_are_whole_numbers_added_exactly():
    np.testing.assert_array_equal(product(MATRIX, ROWS, "uint8"), ROWS @ MATRIX)
    np.testing.assert_array_equal(product(MATRIX, ROWS, kernels.weight_type()), ROWS @ MATRIX)


def test_this_processors_kind_is_as_exact_as_uint8_with_the_largest_numbers():
    rng = np.random.default_rng(0)
    matrix, rows = (
        rng.choice([-1.0, 1.0], shape).astype(np.float32) * 127 for shape in ((256, 40), (33, 256))
    )
    for num_rows in (1, 2, 4, 33):
        found = product(matrix, rows[:num_rows], kernels.weight_type())
        np.testing.assert_array_equal(found, rows[:num_rows] @ matrix)


@pytest.mark.parametrize("cut_off", [{1, 4}, {4}, {1}])
def test_where_int8_is_cut_off_weights_are_uint8(cut_off, asked_anew, monkeypatch):
    class CutOff:
        """Two products at a time in 16 bits, as processors without VNNI add up."""

        def run(self, names, given):
            [rows] = given.values()
            share = 32_767 / (2 * 255 * 127) if len(rows) in cut_off else 1
            return [np.full((len(rows), 1), rows.shape[1] * share)]

    monkeypatch.setattr(kernels, "open_session", lambda graph, num_threads: CutOff())
    assert kernels.weight_type() == "uint8"
