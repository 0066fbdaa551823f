import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from safetensors.numpy import load, save
from tiny_models import make_config, random_weights

from adgen.lstm.weights import from_bytes, to_bytes

CONFIG = make_config(50, reads="packed", embedding_dim=6, lstm_units=8, tied=True)
WEIGHTS = random_weights(CONFIG)
MATRICES = ["embedding", "lstm.kernel", "lstm.recurrent_kernel", "projection.kernel"]
VECTORS = ["lstm.bias", "output.bias"]


def there_and_back(weights, storage, config=CONFIG):
    return from_bytes(to_bytes(weights, storage), storage, config=config, source="The file")


def with_matrix(matrix):
    """A configuration and weights whose embedding is the given matrix of six columns."""
    config = make_config(len(matrix), reads="packed", embedding_dim=6, lstm_units=8, tied=True)
    return config, random_weights(config) | {"embedding": np.asarray(matrix, np.float32)}


@pytest.mark.parametrize("storage", ["float32", "float16", "int8"])
def test_arrays_come_back_as_float32_and_vectors_unchanged(storage):
    restored = there_and_back(WEIGHTS, storage)
    assert list(restored) and set(restored) == set(WEIGHTS)
    assert all(array.dtype == np.float32 for array in restored.values())
    for name in WEIGHTS if storage == "float32" else VECTORS:
        np.testing.assert_array_equal(restored[name], WEIGHTS[name])


def test_sizes_are_a_half_and_a_quarter():
    config = make_config(3000, reads="packed", embedding_dim=64, lstm_units=64, tied=True)
    weights = random_weights(config)
    whole, half, quarter = (
        len(to_bytes(weights, storage)) for storage in ("float32", "float16", "int8")
    )
    assert half / whole == pytest.approx(1 / 2, abs=0.02)
    assert quarter / whole == pytest.approx(1 / 4, abs=0.03)


def test_half_precision_keeps_eleven_bits():
    restored = there_and_back(WEIGHTS, "float16")
    for name in MATRICES:
        np.testing.assert_allclose(restored[name], WEIGHTS[name], rtol=2**-11, atol=2**-25)


def test_int8_by_hand():
    # The highest number of each row and column is 127 steps, a step is 1: 0.4 is lost and 2.6
    # becomes 3.
    config, weights = with_matrix([[127, 0.4, 2.6, -1, 0, -127], *np.full((9, 6), 127)])
    np.testing.assert_array_equal(
        there_and_back(weights, "int8", config)["embedding"][0], [127, 0, 3, -1, 0, -127]
    )


@given(hnp.arrays(np.float32, (9, 6), elements=st.floats(-(2.0**100), 2.0**100, width=32)))
def test_int8_is_off_by_at_most_half_a_step_of_the_row_or_column(matrix):
    config, weights = with_matrix(matrix)
    error = np.abs(there_and_back(weights, "int8", config)["embedding"].astype(float) - matrix)
    steps = [np.abs(matrix.astype(float)).max(axis=axis, keepdims=True) / 127 for axis in (0, 1)]
    assert any((error <= 0.501 * step + 1e-40).all() for step in steps)


@pytest.mark.parametrize("shape", [(60, 1), (1, 40)])
def test_scales_go_by_rows_where_rows_differ_in_size_and_by_columns_where_columns_do(shape):
    rng = np.random.default_rng(0)
    config = make_config(60, reads="packed", embedding_dim=40, lstm_units=8, tied=True)
    matrix = rng.standard_normal((60, 40)) * rng.lognormal(0, 0.5, shape)
    content = to_bytes(random_weights(config) | {"embedding": matrix.astype(np.float32)}, "int8")
    assert load(content)["embedding.scale"].shape == shape


def test_zeros_stay_zeros():
    config, weights = with_matrix(np.zeros((9, 6)))
    assert not there_and_back(weights, "int8", config)["embedding"].any()


def damaged(change):
    arrays = load(to_bytes(WEIGHTS, "int8"))
    change(arrays)
    return save(arrays)


def set_scale(value):
    def change(arrays):
        arrays["embedding.scale"][3] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (set_scale(np.nan), "embedding .*finite and above 0"),
        (set_scale(np.inf), "embedding .*finite and above 0"),
        (set_scale(0), "embedding .*finite and above 0"),
        (
            lambda a: a.update({"embedding.scale": a["embedding.scale"][1:]}),
            r"embedding has scales of shape \(49, 1\)",
        ),
        (
            lambda a: a.update({"embedding.scale": a["embedding.scale"].astype(np.float64)}),
            "float64 scales",
        ),
        (lambda a: a.update({"embedding": a["embedding"].astype(np.int16)}), "embedding is int16"),
        (lambda a: a.pop("embedding.scale"), "expected one scale for each"),
        (
            lambda a: a.update({"output.bias.scale": np.ones((1, 1), np.float32)}),
            "expected one scale for each",
        ),
        (lambda a: a.update({"lstm.bias": a["lstm.bias"][1:]}), "lstm.bias is float32"),
        (lambda a: a.update({"lstm.bias": a["lstm.bias"] * np.nan}), "lstm.bias holds NaN"),
    ],
)
def test_damaged_numbers_and_scales_are_noticed(change, message):
    with pytest.raises(ValueError, match=message):
        from_bytes(damaged(change), "int8", config=CONFIG, source="The file")


@pytest.mark.parametrize(
    ("written", "read"), [("int8", "float32"), ("float32", "int8"), ("float16", "float32")]
)
def test_another_storage_than_the_one_written_is_noticed(written, read):
    with pytest.raises(ValueError, match="The file"):
        from_bytes(to_bytes(WEIGHTS, written), read, config=CONFIG, source="The file")


@pytest.mark.parametrize("storage", ["int4", None, ["int8"]])
def test_an_unknown_storage_is_refused(storage):
    with pytest.raises(ValueError, match=r"storage is .*expected one of float32, float16, int8"):
        to_bytes(WEIGHTS, storage)
    with pytest.raises(ValueError, match=r"The file: storage is .*expected one of"):
        from_bytes(b"", storage, config=CONFIG, source="The file")


def test_numbers_beyond_half_precision_are_refused():
    with pytest.raises(ValueError, match="embedding holds 70,000; float16 ends at 65,504"):
        to_bytes(WEIGHTS | {"embedding": np.full((50, 6), -7e4, np.float32)}, "float16")
