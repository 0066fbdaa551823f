import os

import numpy as np
import pytest
from tiny_models import make_config, random_weights, set_model_weights

from adgen.lstm.numpy_lstm import NumpyLSTM
from adgen.lstm.readers import StateReader, WindowReader, open_reader
from adgen.support.arrays import log_normaliser


def make_lstm(reads="ad", embedding_dim=6, vocab_size=50, lstm_units=8):
    config = make_config(
        vocab_size, reads=reads, embedding_dim=embedding_dim, lstm_units=lstm_units
    )
    return NumpyLSTM(random_weights(config, scale=0.5), config)


def slow_logits(weights, context):
    """One sequence, one token at a time, by the formulas of the LSTM, in double precision."""
    w = {name: array.astype(np.float64) for name, array in weights.items()}
    units = len(w["lstm.bias"]) // 4
    h = c = np.zeros(units)
    for token_id in context:
        x = (
            w["embedding"][token_id] @ w["lstm.kernel"]
            if "embedding" in w
            else w["lstm.kernel"][token_id]
        )
        z = x + h @ w["lstm.recurrent_kernel"] + w["lstm.bias"]
        i, f, o = (1 / (1 + np.exp(-z[k * units : (k + 1) * units])) for k in (0, 1, 3))
        c = f * c + i * np.tanh(z[2 * units : 3 * units])
        h = o * np.tanh(c)
    return h @ w["output.kernel"] + w["output.bias"]


@pytest.mark.parametrize("embedding_dim", [6, None])
def test_windows_equal_the_formulas_and_padding_in_front_is_nothing(embedding_dim):
    config = make_config(50, embedding_dim=embedding_dim)
    weights = random_weights(config)
    contexts = np.array([[0, 0, 2, 7], [4, 5, 6, 7], [0, 0, 0, 2], [0, 0, 0, 0]])
    expected = [slow_logits(weights, [i for i in context if i]) for context in contexts]
    np.testing.assert_allclose(
        NumpyLSTM(weights, config).window_logits(contexts), expected, atol=1e-5
    )


@pytest.mark.parametrize("embedding_dim", [6, None])
def test_the_runtime_equals_keras(embedding_dim, monkeypatch):
    monkeypatch.setitem(os.environ, "TF_CPP_MIN_LOG_LEVEL", "2")
    keras = pytest.importorskip("keras")
    config = make_config(40, embedding_dim=embedding_dim, lstm_units=8)
    weights = random_weights(config, scale=0.5)
    layers = [] if embedding_dim is None else [keras.layers.Embedding(40, embedding_dim)]
    layers += [keras.layers.LSTM(8, return_sequences=True), keras.layers.Dense(40)]
    model = keras.Sequential(layers)
    token_ids = np.random.default_rng(1).integers(1, 40, (5, 21))
    inputs = token_ids if embedding_dim else np.eye(40, dtype=np.float32)[token_ids]
    model(inputs)
    model.set_weights([weights[name] for name in config.weight_shapes()])
    expected = np.asarray(model(inputs))  # (batch, time, vocab)

    lstm = NumpyLSTM(weights, config)
    hidden = lstm.sequence_features(token_ids)
    actual = lstm.output(hidden.reshape(-1, 8)).reshape(expected.shape)
    np.testing.assert_allclose(actual, expected, atol=1e-5)
    np.testing.assert_allclose(lstm.window_logits(token_ids[:, :4]), expected[:, 3], atol=1e-5)


def test_the_runtime_equals_the_models_that_are_trained(monkeypatch):
    monkeypatch.setitem(os.environ, "TF_CPP_MIN_LOG_LEVEL", "2")
    pytest.importorskip("keras")
    from adgen.lstm.training.models import build_model

    contexts = np.array([[0, 0, 2, 7], [4, 5, 6, 7], [0, 3, 3, 2]])
    for options in (
        {"embedding_dim": 6},
        {"embedding_dim": None},
        {"num_layers": 2},
        {"num_layers": 3, "tied": True},
    ):
        config = make_config(50, lstm_units=8, **options)
        weights = random_weights(config, scale=0.5)
        model = build_model(config)
        set_model_weights(model, weights)
        logits = NumpyLSTM(weights, config).window_logits(contexts)
        actual = np.exp(logits - log_normaliser(logits)[:, np.newaxis])
        np.testing.assert_allclose(actual, np.asarray(model(contexts)), atol=1e-5)


def test_layers_and_a_tied_softmax_equal_the_models_that_are_trained(monkeypatch):
    monkeypatch.setitem(os.environ, "TF_CPP_MIN_LOG_LEVEL", "2")
    pytest.importorskip("keras")
    from adgen.lstm.training.models import build_model

    token_ids = np.random.default_rng(1).integers(1, 50, (5, 21))
    for embedding_dim in (6, 8):  # with a projection and without
        config = make_config(
            50, reads="packed", embedding_dim=embedding_dim, lstm_units=8, num_layers=2, tied=True
        )
        weights = random_weights(config, scale=0.5)
        assert ("projection.kernel" in weights) == (embedding_dim == 6)
        model = build_model(config)
        set_model_weights(model, weights)
        lstm = NumpyLSTM(weights, config)
        features = lstm.sequence_features(token_ids)
        logits = lstm.output(features.reshape(-1, embedding_dim))
        actual = np.exp(logits - log_normaliser(logits)[:, np.newaxis]).reshape(5, 21, 50)
        np.testing.assert_allclose(actual, np.asarray(model(token_ids)), atol=1e-5)
        state = lstm.initial_state(5)
        for column in token_ids.T:
            state = lstm.step(column, state)
        np.testing.assert_array_equal(lstm.logits(state), logits.reshape(5, 21, 50)[:, -1])


def test_steps_states_and_windows_agree_to_the_last_bit():
    lstm = make_lstm("packed")
    token_ids = np.random.default_rng(2).integers(1, 50, (3, 40))  # longer than one span of inputs
    state = lstm.initial_state(3)
    for column in token_ids.T:
        state = lstm.step(column, state)
    np.testing.assert_array_equal(lstm.sequence_features(token_ids)[:, -1], state[0])
    np.testing.assert_array_equal(lstm.window_logits(token_ids), lstm.logits(state))


def test_a_masked_step_leaves_the_state():
    lstm = make_lstm()
    before = lstm.step(np.array([3, 4]), lstm.initial_state(2))
    after = lstm.step(np.array([5, 5]), before, np.array([True, False]))
    assert not np.array_equal(after[0][0], before[0][0])
    for new, old in zip(after, before, strict=True):
        np.testing.assert_array_equal(new[1], old[1])


@pytest.mark.parametrize(
    ("embedding_dim", "lstm_units", "vocab_size"), [(48, 64, 3001), (None, 20, 333)]
)
def test_a_row_is_the_same_to_the_last_bit_in_every_batch_and_place(
    embedding_dim, lstm_units, vocab_size
):
    lstm = make_lstm("ad", embedding_dim, vocab_size, lstm_units)
    rng = np.random.default_rng(3)
    contexts = rng.integers(0, vocab_size, (70, 4))
    alone = np.concatenate([lstm.window_logits(contexts[row : row + 1]) for row in range(70)])
    for batch_size in range(1, 71):
        rows = rng.permutation(70)[:batch_size]
        np.testing.assert_array_equal(lstm.window_logits(contexts[rows]), alone[rows])
    np.testing.assert_array_equal(log_normaliser(alone)[5:6], log_normaliser(alone[5:6]))


def test_large_gates_do_not_overflow():
    config = make_config(50)
    weights = random_weights(config, scale=1000.0)
    with np.errstate(all="raise", under="ignore"):
        logits = NumpyLSTM(weights, config).window_logits(np.array([[3, 4, 5, 6]]))
    assert np.isfinite(logits).all()


def test_a_window_reader_sees_the_last_tokens_and_a_state_reader_all():
    contexts = [[2, 3, 4, 5, 6], [2, 9]]
    window = make_lstm("ad")
    carried = make_lstm("packed")
    for lstm, kind in ((window, WindowReader), (carried, StateReader)):
        reader = open_reader(lstm, contexts)
        assert type(reader) is kind
        reader.advance(np.array([7, 8]))
        reader.keep(np.array([1]))
        reader.advance(np.array([10]))
        np.testing.assert_array_equal(
            reader.logits(), lstm.window_logits(np.array([[2, 9, 8, 10]]))
        )
    np.testing.assert_array_equal(
        open_reader(window, contexts[:1]).logits(), window.window_logits(np.array([[3, 4, 5, 6]]))
    )


@pytest.mark.parametrize("reads", ["ad", "packed"])
def test_sequences_may_join_later_and_equal_ones_are_read_once(reads, monkeypatch):
    lstm = make_lstm(reads)
    together = open_reader(lstm, [[2, 3], [2, 9, 4], [2, 3], [2, 5]])
    reader = open_reader(lstm, [])
    assert reader.logits().shape == (0, 50)
    reader.add([[2, 3]])
    sizes, window_state = [], NumpyLSTM.window_state
    monkeypatch.setattr(
        NumpyLSTM, "window_state", lambda self, c: sizes.append(len(c)) or window_state(self, c)
    )
    reader.add([[2, 9, 4], [2, 3], [2, 5], [2, 3]])
    assert sizes == ([3] if reads == "packed" else [])
    reader.keep(np.arange(4))
    np.testing.assert_array_equal(reader.logits(), together.logits())


def test_log_normaliser_by_hand_and_far_from_zero():
    np.testing.assert_allclose(log_normaliser(np.log([[1.0, 2.0, 5.0]])), [np.log(8)])
    np.testing.assert_allclose(log_normaliser(np.array([[1000.0, 1000.0]])), [1000 + np.log(2)])


def test_weights_that_do_not_fit_are_refused():
    config = make_config(50)
    weights = random_weights(config)
    with pytest.raises(ValueError, match=r"lstm.bias is float32 \(19,\); the architecture expects"):
        NumpyLSTM(weights | {"lstm.bias": weights["lstm.bias"][1:]}, config)
    with pytest.raises(ValueError, match="NaN or infinity"):
        NumpyLSTM(weights | {"lstm.bias": weights["lstm.bias"] * np.nan}, config)
    with pytest.raises(ValueError, match="hold the arrays"):
        NumpyLSTM({name: weights[name] for name in weights if name != "embedding"}, config)


def test_ids_need_a_time_axis():
    with pytest.raises(ValueError, match="expected \\(batch, time\\)"):
        make_lstm().window_logits(np.array([1, 2]))
