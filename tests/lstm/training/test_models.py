"""The models are those of 2022.

The same number of weights, the same mathematics, files that plain Keras reads.
"""

import keras
import numpy as np
import pytest
from keras import layers, ops
from tiny_models import set_model_weights

from adgen.lstm.config import LSTMConfig
from adgen.lstm.training.layers import SequenceLSTM, TokenLSTM, VocabularySoftmax
from adgen.lstm.training.models import (
    build_ad_lstm,
    build_lstm,
    build_model,
    model_weights,
    plain_keras_model,
)

tf = pytest.importorskip("tensorflow")
# Keras says so of its own variables.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

VOCAB_SIZE, UNITS, BATCH, TIME = 20, 5, 6, 4
# Rows as a model that reads ads meets them: <pad> in front, and some without.
CONTEXTS = np.array(
    [[0, 0, 0, 2], [0, 0, 2, 7], [0, 2, 7, 9], [2, 7, 9, 1], [3, 3, 19, 4], [0, 0, 5, 5]]
)


def random_weights(config, seed=0):
    rng = np.random.default_rng(seed)
    shapes = config.weight_shapes()
    return {
        name: rng.normal(scale=0.7, size=shape).astype(np.float32) for name, shape in shapes.items()
    }


def make_model(*, embedding_dim=3, reads="stream", seed=0, **layers_options):
    """A model with random weights, and the weights."""
    sequence_length = None if reads == "packed" else TIME
    config = LSTMConfig(
        VOCAB_SIZE, UNITS, embedding_dim, sequence_length, 0.3, reads, **layers_options
    )
    weights = random_weights(config, seed)
    model = build_model(config)
    set_model_weights(model, weights)
    return model, weights


DEEP = {"reads": "packed", "num_layers": 2, "tied": True}
# Both models of 2022, on running text and on ads; over whole ads; deep and tied, with a projection
# and without.
MODELS = [
    {"embedding_dim": None, "reads": "stream"},
    {"embedding_dim": None, "reads": "ad"},
    {"embedding_dim": 3, "reads": "stream"},
    {"embedding_dim": 3, "reads": "ad"},
    {"embedding_dim": 3, "reads": "packed"},
    {"embedding_dim": 3, "reads": "ad", "num_layers": 2},
    {"embedding_dim": 3, **DEEP},
    {"embedding_dim": UNITS, **DEEP},
]


def one_hot(token_ids):
    return np.eye(VOCAB_SIZE, dtype=np.float32)[token_ids]


def output_and_gradients(layer, call, seed=1):
    """The outputs of `call()`, and the gradients of a random weighted sum of them."""
    with tf.GradientTape() as tape:
        outputs = call()
        factors = np.random.default_rng(seed).normal(size=outputs.shape).astype(np.float32)
        total = ops.sum(outputs * factors)
    values = [variable.value for variable in layer.trainable_variables]
    gradients = [
        np.asarray(tf.convert_to_tensor(gradient)) for gradient in tape.gradient(total, values)
    ]
    return [np.asarray(outputs), *gradients]


# Sizes


@pytest.mark.parametrize(
    ("vocab_size", "embedding_dim", "published"),
    [(24_101, None, 15_514_789), (22_581, None, 14_540_469), (22_581, 128, 5_934_901)],
)
def test_the_models_have_the_published_number_of_weights(vocab_size, embedding_dim, published):
    units = 128
    inputs = embedding_dim or vocab_size  # a one-hot word is as wide as the vocabulary
    embedding = vocab_size * (embedding_dim or 0)
    lstm = 4 * units * (inputs + units + 1)  # four gates: input, recurrence, bias
    softmax = (units + 1) * vocab_size
    assert embedding + lstm + softmax == published
    assert build_lstm(vocab_size, embedding_dim=embedding_dim).count_params() == published


# The LSTM on ids


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("mask_padding", [False, True])
def test_the_lstm_on_ids_is_that_of_keras_on_one_hot_words(return_sequences, mask_padding):
    mine = TokenLSTM(
        UNITS, VOCAB_SIZE, mask_padding=mask_padding, return_sequences=return_sequences
    )
    keras_lstm = layers.LSTM(UNITS, return_sequences=return_sequences)
    mine.build((None, TIME))
    keras_lstm.build((None, TIME, VOCAB_SIZE))
    weights = [
        np.random.default_rng(0).normal(size=variable.shape).astype(np.float32)
        for variable in mine.trainable_variables
    ]
    mine.set_weights(weights)
    keras_lstm.set_weights(weights)
    mask = CONTEXTS != 0 if mask_padding else None
    actual = output_and_gradients(mine, lambda: mine(CONTEXTS))
    expected = output_and_gradients(keras_lstm, lambda: keras_lstm(one_hot(CONTEXTS), mask=mask))
    assert len(actual) == 4  # outputs, kernel, recurrent kernel, bias
    assert actual[0].shape == mine.compute_output_shape(CONTEXTS.shape)
    for mine_array, keras_array in zip(actual, expected, strict=True):
        np.testing.assert_allclose(mine_array, keras_array, atol=1e-5)


def test_padding_in_front_is_no_input():
    layer = TokenLSTM(UNITS, VOCAB_SIZE, mask_padding=True)
    short = np.asarray(layer(np.array([[2, 7]])))
    np.testing.assert_allclose(layer(np.array([[0, 0, 2, 7]])), short, atol=1e-6)
    unmasked = TokenLSTM(UNITS, VOCAB_SIZE)
    unmasked.build((None, 4))
    unmasked.set_weights(layer.get_weights())
    assert np.abs(np.asarray(unmasked(np.array([[0, 0, 2, 7]]))) - short).max() > 1e-3


def test_padding_is_no_input_in_mixed_precision_either():
    rows = np.random.default_rng(0).normal(size=(3, TIME, 8)).astype(np.float32)
    mask = np.array([[False, True, True, True], [True] * 4, [False, False, True, True]])
    wide = SequenceLSTM(UNITS)
    narrow = SequenceLSTM(UNITS, dtype="mixed_bfloat16")
    narrow.build(rows.shape)
    expected = wide(rows, mask=mask)
    narrow.set_weights(wide.get_weights())
    actual = narrow(ops.cast(rows, "bfloat16"), mask=mask)
    np.testing.assert_allclose(ops.cast(actual, "float32"), expected, atol=0.02)


def test_new_weights_are_drawn_as_keras_draws_them():
    layer = TokenLSTM(50, 60)
    keras_lstm = layers.LSTM(50)
    layer.build((None, TIME))
    keras_lstm.build((None, TIME, 60))
    kernel, recurrent, bias = layer.get_weights()
    assert [array.shape for array in (kernel, recurrent, bias)] == [
        v.shape for v in keras_lstm.weights
    ]
    limit = np.sqrt(6 / (60 + 200))  # Glorot and Bengio 2010, for 60 inputs and 4 * 50 outputs
    assert 0.95 * limit < np.abs(kernel).max() <= limit
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(50), atol=1e-4)
    np.testing.assert_array_equal(bias, [0] * 50 + [1] * 50 + [0] * 100)


# The LSTM over sequences


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("is_masked", [False, True])
def test_the_lstm_over_sequences_is_that_of_keras(return_sequences, is_masked):
    mine, keras_lstm = (
        cls(UNITS, return_sequences=return_sequences) for cls in (SequenceLSTM, layers.LSTM)
    )
    rng = np.random.default_rng(0)
    sequences = rng.normal(size=(BATCH, TIME, 3)).astype(np.float32)
    for layer in (mine, keras_lstm):
        layer.build(sequences.shape)
    weights = [
        rng.normal(size=variable.shape).astype(np.float32) for variable in mine.trainable_variables
    ]
    mine.set_weights(weights)
    keras_lstm.set_weights(weights)
    mask = CONTEXTS != 0 if is_masked else None
    actual, expected = (
        output_and_gradients(layer, lambda layer=layer: layer(sequences, mask=mask))
        for layer in (mine, keras_lstm)
    )
    for mine_array, keras_array in zip(actual, expected, strict=True):
        np.testing.assert_allclose(mine_array, keras_array, atol=1e-5)


def test_the_gradient_reaches_what_the_lstm_reads():
    mine, keras_lstm = (cls(UNITS, return_sequences=True) for cls in (SequenceLSTM, layers.LSTM))
    sequences = tf.Variable(
        np.random.default_rng(0).normal(size=(BATCH, TIME, 3)).astype(np.float32)
    )
    mine.build(sequences.shape)
    keras_lstm.build(sequences.shape)
    keras_lstm.set_weights(mine.get_weights())
    gradients = []
    for layer in (mine, keras_lstm):
        with tf.GradientTape() as tape:
            total = ops.sum(ops.square(layer(sequences)))
        gradients.append(tape.gradient(total, sequences))
    np.testing.assert_allclose(*gradients, atol=1e-5)
    assert np.abs(gradients[0]).max() > 0.1


# The softmax


@pytest.mark.parametrize("shape", [(3, UNITS), (3, TIME, UNITS)])
def test_the_softmax_is_that_of_a_dense_layer(shape):
    states = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    mine = VocabularySoftmax(VOCAB_SIZE)
    dense = layers.Dense(VOCAB_SIZE, activation="softmax")
    mine.build(shape)
    dense.build(shape)
    kernel = mine.get_weights()[0]
    bias = np.arange(VOCAB_SIZE) / 10
    mine.set_weights([kernel, bias])
    dense.set_weights([kernel.T, bias])  # mine has one kernel row a token
    actual = output_and_gradients(mine, lambda: mine(states))
    expected = output_and_gradients(dense, lambda: dense(states))
    expected[1] = expected[1].T
    for mine_array, dense_array in zip(actual, expected, strict=True):
        np.testing.assert_allclose(mine_array, dense_array, atol=1e-5)
    assert actual[0].shape == mine.compute_output_shape(shape)


# Whole models


@pytest.mark.parametrize("options", MODELS, ids=str)
def test_weights_go_in_and_out_by_name(options):
    model, weights = make_model(**options)
    read = model_weights(model)
    assert list(read) == list(weights)
    for name, array in weights.items():
        assert read[name].dtype == np.float32 and read[name].flags.c_contiguous
        np.testing.assert_array_equal(read[name], array)


@pytest.mark.parametrize("options", MODELS, ids=str)
def test_a_model_gives_probabilities_of_every_word(options):
    model, _ = make_model(**options)
    probabilities = np.asarray(model(CONTEXTS))
    shape = (BATCH, TIME, VOCAB_SIZE) if options["reads"] == "packed" else (BATCH, VOCAB_SIZE)
    assert probabilities.shape == shape
    np.testing.assert_allclose(probabilities.sum(axis=-1), 1, atol=1e-5)


def test_dropout_is_on_in_training_alone():
    model, _ = make_model()
    np.testing.assert_array_equal(model(CONTEXTS), model(CONTEXTS))
    assert (
        np.abs(np.asarray(model(CONTEXTS, training=True)) - np.asarray(model(CONTEXTS))).max()
        > 1e-3
    )


@pytest.mark.parametrize("options", MODELS, ids=str)
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_the_plain_form_is_the_same_model_and_plain_keras_reads_it(tmp_path, options, suffix):
    model, weights = make_model(**options)
    reads = options["reads"]
    contexts = CONTEXTS if reads == "ad" else np.where(CONTEXTS == 0, 6, CONTEXTS)
    expected = np.asarray(model(contexts))
    plain = plain_keras_model(weights, sequence_length=None if reads == "packed" else TIME)
    assert {type(layer).__module__.split(".")[0] for layer in plain.layers} == {"keras"}
    plain.save(tmp_path / f"model{suffix}")
    loaded = keras.saving.load_model(tmp_path / f"model{suffix}", compile=False, safe_mode=True)
    inputs = (
        contexts if options["embedding_dim"] else one_hot(contexts) * (contexts != 0)[..., None]
    )
    np.testing.assert_allclose(plain(inputs), expected, atol=1e-5)
    np.testing.assert_array_equal(loaded(inputs), plain(inputs))


@pytest.mark.parametrize(("embedding_dim", "reads"), [(None, "ad"), (3, "ad"), (3, "packed")])
def test_a_model_is_saved_and_loaded_in_safe_mode(tmp_path, embedding_dim, reads):
    model, _ = make_model(embedding_dim=embedding_dim, reads=reads)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_array_equal(loaded(CONTEXTS), model(CONTEXTS))


# Errors


def test_an_impossible_model_is_refused():
    with pytest.raises(ValueError, match="reads is 'words'; expected one of stream, ad, packed"):
        build_lstm(VOCAB_SIZE, reads="words")
    with pytest.raises(ValueError, match="tied is true without an embedding; give embedding_dim"):
        build_ad_lstm(VOCAB_SIZE, embedding_dim=None)


# Gradients


@pytest.mark.parametrize("options", MODELS, ids=str)
def test_the_rows_of_a_token_that_occurs_twice_reach_the_optimizer_summed(options):
    # Keras's Adam squares the rows of a sparse gradient before it adds up those of the same token.
    model, _ = make_model(**options)
    with tf.GradientTape() as tape:
        total = ops.sum(ops.log(model(np.array([[7, 7, 7, 9]]))[..., 3]))
    gradients = tape.gradient(total, [variable.value for variable in model.trainable_variables])
    assert not any(isinstance(gradient, tf.IndexedSlices) for gradient in gradients)
