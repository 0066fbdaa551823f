"""The LSTM in int8 beside float32; skipped, saying so, where ONNX Runtime is not installed."""

import numpy as np
import pytest

from adgen.int8.product import Int8Product
from adgen.lstm.config import LSTMConfig
from adgen.lstm.int8_lstm import open_lstm
from adgen.lstm.numpy_lstm import NumpyLSTM
from adgen.support import extras

CONFIG = LSTMConfig(60, 24, 16, None, 0.0, "packed", tied=True)
CONFIGS = [
    CONFIG,
    LSTMConfig(60, 24, 16, None, 0.0, "packed", num_layers=2),
    LSTMConfig(60, 24, None, 8, 0.0, "ad"),
    LSTMConfig(60, 24, 16, 8, 0.0, "stream"),
]


@pytest.fixture
def runtime():
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")


def weights_of(config):
    rng = np.random.default_rng(3)
    shapes = config.weight_shapes().items()
    return {name: rng.normal(0, 0.5, shape).astype(np.float32) for name, shape in shapes}


def test_a_product_of_numbers_that_int8_holds_is_exact(runtime):
    # 127 is the largest number of every row and column, so that each scale is 1.
    matrix = np.array([[127, 3, 127], [-5, 127, 0]], np.float32)
    rows = np.array([[127, -2], [11, 127]], np.float32)
    assert Int8Product(matrix)(rows).tolist() == (rows @ matrix).tolist()


def test_a_row_has_the_same_bits_in_every_batch_and_nothing_else_is_written(runtime):
    rng = np.random.default_rng(0)
    product = Int8Product(rng.standard_normal((24, 130), dtype=np.float32))
    rows = rng.standard_normal((71, 24), dtype=np.float32)
    rows[5] *= 1e6
    room = product.room(80)
    room[:] = np.nan
    together = product(rows, room)
    assert np.shares_memory(together, room) and together.shape == (71, 130)
    assert np.isnan(room[71:]).all()
    alone = np.concatenate([product(row[np.newaxis]) for row in rows])
    np.testing.assert_array_equal(together, alone)
    assert product(rows[:0]).shape == (0, 130)


def test_room_that_is_none_is_refused(runtime):
    product = Int8Product(np.ones((2, 6), np.float32))
    rows = np.ones((3, 2), np.float32)
    shut = np.zeros((3, 6), np.float32)
    shut.setflags(write=False)
    wrong = [np.zeros((3, 6)), np.zeros((3, 8), np.float32)[:, :6], np.zeros((2, 6), np.float32)]
    for room in (*wrong, np.zeros((3, 5), np.float32), shut):
        with pytest.raises(ValueError, match=r"expected \(3, 6\) of float32.*Take it from `room`"):
            product(rows, room)
        assert not room.any()


@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_logits_are_near_those_of_float32(runtime, config):
    tokens = np.random.default_rng(1).integers(3, 60, (5, 8))
    given = weights_of(config)
    exact, small = (open_lstm(given, config, precision=name) for name in ("float32", "int8"))
    expected, found = (lstm.logits(lstm.window_state(tokens)) for lstm in (exact, small))
    assert 0 < np.abs(found - expected).max() < 0.1 * np.abs(expected).max()
    # What is taken from the state, or projected, is not rounded.
    state = exact.window_state(tokens)
    np.testing.assert_array_equal(small.features(state), exact.features(state))


def test_without_the_extra_float32_works_and_int8_names_the_command(monkeypatch):
    given = weights_of(CONFIG)
    monkeypatch.setattr(extras, "find_spec", lambda package: None)
    assert type(open_lstm(given, CONFIG)) is NumpyLSTM
    with pytest.raises(ImportError, match=r"Writing in int8 needs onnx.*writer"):
        open_lstm(given, CONFIG, precision="int8")
    with pytest.raises(ValueError, match="precision is 'half'; expected one of float32, int8"):
        open_lstm(given, CONFIG, precision="half")
