"""The LSTM in int8 beside float32; skipped, saying so, where ONNX Runtime is not installed."""

import numpy as np
import pytest

from adgen.lstm.config import LSTMConfig
from adgen.lstm.int8_lstm import Int8Product, open_lstm
from adgen.lstm.numpy_lstm import NumpyLSTM
from adgen.support import extras

CONFIG = LSTMConfig(60, 24, 16, None, 0.0, "packed", tied=True)


@pytest.fixture
def runtime():
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")


@pytest.fixture
def weights():
    rng = np.random.default_rng(3)
    shapes = CONFIG.weight_shapes().items()
    return {name: rng.normal(0, 0.5, shape).astype(np.float32) for name, shape in shapes}


def test_a_product_of_numbers_that_int8_holds_is_exact(runtime):
    # 127 is the largest number of every row and column, so that each scale is 1.
    matrix = np.array([[127, 3, 127], [-5, 127, 0]], np.float32)
    rows = np.array([[127, -2], [11, 127]], np.float32)
    assert Int8Product(matrix)(rows).tolist() == (rows @ matrix).tolist()


def test_a_row_has_the_same_bits_in_every_batch(runtime):
    rng = np.random.default_rng(0)
    product = Int8Product(rng.standard_normal((24, 130), dtype=np.float32))
    rows = rng.standard_normal((71, 24), dtype=np.float32)
    rows[5] *= 1e6
    room = product.room(80)
    together = product(rows, room)
    assert np.shares_memory(together, room) and together.shape == (71, 130)
    alone = np.concatenate([product(row[np.newaxis]) for row in rows])
    np.testing.assert_array_equal(together, alone)


def test_logits_are_near_those_of_float32(runtime, weights):
    tokens = np.random.default_rng(1).integers(3, 60, (5, 12))
    exact, small = (open_lstm(weights, CONFIG, name) for name in ("float32", "int8"))
    expected, found = (lstm.logits(lstm.window_state(tokens)) for lstm in (exact, small))
    assert 0 < np.abs(found - expected).max() < 0.05 * np.abs(expected).max()
    # The projection is not rounded.
    state = exact.window_state(tokens)
    np.testing.assert_array_equal(small.features(state), exact.features(state))


def test_without_the_extra_float32_works_and_int8_names_the_command(monkeypatch, weights):
    monkeypatch.setattr(extras, "find_spec", lambda package: None)
    assert type(open_lstm(weights, CONFIG)) is NumpyLSTM
    with pytest.raises(ImportError, match=r"Writing in int8 needs onnx.*writer"):
        open_lstm(weights, CONFIG, "int8")
