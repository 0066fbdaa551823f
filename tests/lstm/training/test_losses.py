"""The losses equal NumPy in double precision.

The sampled one estimates the softmax's sum without bias.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops
from tiny_models import set_model_weights

from adgen.lstm.training.candidates import log_uniform
from adgen.lstm.training.losses import (
    full_cross_entropy,
    gather_rows,
    sampled_cross_entropy,
)
from adgen.lstm.training.models import build_ad_lstm, build_lstm
from adgen.lstm.training.objectives import FullSoftmax, SampledSoftmax

UNITS, VOCAB_SIZE, NUM_FREQUENT = 6, 40, 10


def make_problem(num_rows=12, vocab_size=VOCAB_SIZE, seed=0):
    """States, kernel, bias and targets, half of which are rare."""
    rng = np.random.default_rng(seed)
    states = rng.normal(size=(num_rows, UNITS)).astype(np.float32)
    kernel = rng.normal(size=(vocab_size, UNITS)).astype(np.float32)
    bias = rng.normal(size=vocab_size).astype(np.float32)
    return states, kernel, bias, rng.permutation(np.arange(num_rows) * vocab_size // num_rows)


def plain_logits(states, kernel, bias):
    return states.astype(np.float64) @ kernel.T.astype(np.float64) + bias


def plain_nats(logits, targets):
    return np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(targets)), targets]


def expected_counts(num_negatives, num_frequent, vocab_size):
    """How often each id of the tail is drawn on average: the log-uniform distribution's formula."""
    ids = np.arange(num_frequent, vocab_size)
    mass = np.log((ids + 2) / (ids + 1)) / np.log((vocab_size + 1) / (num_frequent + 1))
    return num_negatives * mass


def plain_sampled_nats(problem, negatives, num_frequent):
    """Row by row.

    Frequent ids, the target, and every negative that is not the target, by its weight.
    """
    states, kernel, bias, targets = problem
    logits = plain_logits(states, kernel, bias)
    counts = expected_counts(len(negatives), num_frequent, len(bias))
    nats = []
    for row, target in zip(logits, targets, strict=True):
        total = np.exp(row[:num_frequent]).sum()
        if target >= num_frequent:
            total += np.exp(row[target])
        for negative in negatives:
            if negative != target:
                total += np.exp(row[negative]) / counts[negative - num_frequent]
        nats.append(np.log(total) - row[target])
    return np.array(nats)


def gradients(loss, *arrays):
    """Gradients of the mean of `loss(*tensors)` with respect to each array."""
    tf = pytest.importorskip("tensorflow")
    tensors = [tf.constant(array) for array in arrays]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        mean = ops.mean(loss(*tensors))
    return [ops.convert_to_numpy(ops.convert_to_tensor(g)) for g in tape.gradient(mean, tensors)]


# The full softmax


def full_nats(*problem, **options):
    """The full softmax's nats of every target, from means over one target each."""
    shares = np.eye(len(problem[3]), dtype=np.float32)
    return np.array(
        [float(full_cross_entropy(*problem, weights=share, **options)[0]) for share in shares]
    )


def sampled_nats(*problem, **options):
    shares = np.eye(len(problem[3]), dtype=np.float32)
    return np.array(
        [float(sampled_cross_entropy(*problem, weights=share, **options)) for share in shares]
    )


def test_cross_entropy_by_hand():
    # Logits ln 1, ln 2 and ln 5: probabilities of an eighth, two eighths and five.
    states = np.ones((2, 1), np.float32)
    kernel = np.log(np.array([[1.0], [2.0], [5.0]], np.float32))
    nats = full_nats(states, kernel, np.zeros(3, np.float32), np.array([2, 0]))
    np.testing.assert_allclose(nats, [np.log(8 / 5), np.log(8)], rtol=1e-6)


def test_cross_entropy_survives_logits_far_from_zero():
    states = np.array([[1000.0], [-1000.0]], np.float32)
    kernel = np.array([[1.0], [1.0], [0.0]], np.float32)
    nats = full_nats(states, kernel, np.zeros(3, np.float32), np.array([0, 0]))
    np.testing.assert_allclose(nats, [np.log(2), 1000], rtol=1e-6)


def rounding_bound(states, kernel):
    """How far logits (n, vocab) may be off when factors and product are rounded to 8 bits."""
    return (
        3.1 * 2.0**-8 * (np.abs(states) @ np.abs(kernel.T)) + 1e-5
    )  # 3.1: three times, and their products


@pytest.mark.parametrize("num_rows", [1, 255, 256, 257, 600])  # a block is 256
@pytest.mark.parametrize("is_weighted", [False, True])
def test_the_full_softmax_in_blocks_equals_numpy(num_rows, is_weighted):
    problem = make_problem(num_rows=num_rows)
    states, kernel, bias, targets = problem
    weights = np.arange(1, num_rows + 1, dtype=np.float32) % 3 if is_weighted else None
    ranks = []

    def loss(*tensors):
        mean, rank = full_cross_entropy(*tensors, targets, weights=weights)
        ranks.append(np.asarray(rank))
        return 3 * mean

    logits = plain_logits(states, kernel, bias)
    shares = np.ones(num_rows) / num_rows if weights is None else weights / weights.sum()
    expected = (plain_nats(logits, targets) * shares).sum()
    assert float(loss(states, kernel, bias)) == pytest.approx(3 * expected, rel=1e-5)
    target_logits = logits[np.arange(num_rows), targets]
    np.testing.assert_array_equal(ranks[0], (logits > target_logits[:, None]).sum(axis=1))

    expected = plain_gradients(states, kernel, bias, targets, 3 * shares)
    for mine, plain in zip(gradients(loss, states, kernel, bias), expected, strict=True):
        np.testing.assert_allclose(mine, plain, atol=1e-5)


def plain_gradients(states, kernel, bias, targets, shares):
    """Of the sum of nats by shares: the logits' is p minus one at the target."""
    logits = plain_logits(states, kernel, bias)
    d_logits = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    d_logits[np.arange(len(targets)), targets] -= 1
    d_logits *= shares[:, None]
    return [d_logits @ kernel, d_logits.T @ states, d_logits.sum(axis=0)]


@pytest.mark.parametrize("certainty", [0, 10])
def test_gradients_in_bfloat16_are_close_even_where_the_model_is_nearly_certain(certainty):
    # With ten nats for one token 1 - p is about 0.002, below what 8 bits can tell from 1.
    states, kernel, bias, targets = make_problem(num_rows=300)
    states, bias, targets = states / 10, bias / 10, np.full_like(targets, 5)
    bias[5] += certainty
    exact = plain_gradients(states, kernel, bias, targets, np.full(300, 1 / 300))

    def loss(*tensors):
        return full_cross_entropy(*tensors, targets, precision="bfloat16")[0]

    for mine, plain in zip(gradients(loss, states, kernel, bias), exact, strict=True):
        np.testing.assert_allclose(mine, plain, atol=0.02 * np.abs(plain).max())


def test_the_full_softmax_in_bfloat16_is_close():
    problem = make_problem(num_rows=300)
    states, kernel, bias, targets = problem
    exact = plain_nats(plain_logits(states, kernel, bias), targets).mean()
    narrow = float(full_cross_entropy(*problem, precision="bfloat16")[0])
    wide = float(full_cross_entropy(*problem)[0])
    # A logit's error moves its own nats and the softmax's sum, each by no more than itself.
    assert abs(narrow - exact) <= 2 * rounding_bound(states, kernel).max(axis=1).mean()
    assert narrow != wide


# The negatives


def draw(uniforms, num_frequent, vocab_size, library):
    """Ids of the tail, and how often each is to be expected, as NumPy arrays."""
    drawn = log_uniform(uniforms, num_frequent=num_frequent, vocab_size=vocab_size, library=library)
    ids, counts = map(np.asarray, drawn)
    assert (ids == ids.astype(int)).all()
    return ids.astype(int), counts


# Engine "torch" draws with NumPy, Keras in its graph.
both_libraries = pytest.mark.parametrize("library", [np, ops], ids=["numpy", "keras"])


@both_libraries
@settings(max_examples=50)
@given(st.integers(1, 30), st.integers(1, 200), st.integers(1, 50_000), st.data())
def test_negatives_are_ids_of_the_tail(library, num_negatives, num_frequent, num_rare, data):
    numbers = st.floats(0, 1, exclude_max=True, width=32)
    uniforms = np.array(
        data.draw(st.lists(numbers, min_size=num_negatives, max_size=num_negatives)), np.float32
    )
    vocab_size = num_frequent + num_rare
    ids, counts = draw(uniforms, num_frequent, vocab_size, library)
    assert ids.min() >= num_frequent and ids.max() < vocab_size
    expected = expected_counts(num_negatives, num_frequent, vocab_size)[ids - num_frequent]
    np.testing.assert_allclose(counts, expected, rtol=1e-4)
    again, _ = draw(uniforms, num_frequent, vocab_size, library)
    np.testing.assert_array_equal(ids, again)


@both_libraries
@pytest.mark.parametrize("seed", range(3))
def test_an_id_is_drawn_as_often_as_it_is_said_to_be(seed, library):
    # One draw a slice: whatever the uniforms, only the two slices that an id shares can go to a
    # neighbour.
    uniforms = np.random.default_rng(seed).random(2000, np.float32)
    ids, counts = draw(uniforms, 10, 40, library)
    said = expected_counts(2000, 10, 40)
    assert (np.abs(np.bincount(ids, minlength=40)[10:] - said) <= 2).all()
    each = dict(zip(ids.tolist(), counts.tolist(), strict=True))
    assert len(each) == 30
    assert sum(each.values()) == pytest.approx(2000, rel=1e-5)


# The sampled softmax


def test_with_every_id_frequent_it_is_the_full_softmax():
    states, kernel, bias, targets = make_problem()
    uniforms = np.full(3, 0.5, np.float32)

    def sampled(*tensors):
        return sampled_cross_entropy(*tensors, targets, uniforms=uniforms, num_frequent=VOCAB_SIZE)

    def full(*tensors):
        return full_cross_entropy(*tensors, targets)[0]

    expected = plain_nats(plain_logits(states, kernel, bias), targets).mean()
    assert float(sampled(states, kernel, bias)) == pytest.approx(expected, rel=1e-5)
    for mine, theirs in zip(
        gradients(sampled, states, kernel, bias), gradients(full, states, kernel, bias), strict=True
    ):
        np.testing.assert_allclose(mine, theirs, atol=1e-6)


def test_a_tail_of_one_id_leaves_nothing_to_estimate():
    # Every negative is the last id, its weights sum to one, and where it is the target it counts
    # once.
    states, kernel, bias, _ = make_problem()
    targets = np.array([VOCAB_SIZE - 1, 0] * 6)
    options = {
        "uniforms": np.random.default_rng(0).random(5, np.float32),
        "num_frequent": VOCAB_SIZE - 1,
    }

    def sampled(*tensors):
        return sampled_cross_entropy(*tensors, targets, **options)

    def full(*tensors):
        return full_cross_entropy(*tensors, targets)[0]

    expected = plain_nats(plain_logits(states, kernel, bias), targets)
    np.testing.assert_allclose(
        sampled_nats(states, kernel, bias, targets, **options), expected, atol=1e-5
    )
    for mine, theirs in zip(
        gradients(sampled, states, kernel, bias), gradients(full, states, kernel, bias), strict=True
    ):
        np.testing.assert_allclose(mine, theirs, atol=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_the_estimate_equals_the_plain_sum_without_accidental_hits(seed):
    problem = make_problem(num_rows=20, seed=seed)
    uniforms = np.random.default_rng(seed).random(16, np.float32)
    negatives, _ = draw(uniforms, NUM_FREQUENT, VOCAB_SIZE, ops)
    assert set(negatives) & set(problem[3])  # some negatives are targets
    nats = sampled_nats(*problem, uniforms=uniforms, num_frequent=NUM_FREQUENT)
    np.testing.assert_allclose(
        nats, plain_sampled_nats(problem, negatives, NUM_FREQUENT), atol=1e-4
    )


def test_the_estimate_of_the_softmaxs_sum_is_unbiased():
    """A grid of uniforms stands for all: the average is off by at most a grid step an id."""
    states, kernel, bias, targets = make_problem(num_rows=4)
    logits = plain_logits(states, kernel, bias)
    num_negatives, grid = 8, 200
    sums = []
    for u in (np.arange(grid, dtype=np.float32) + 0.5) / grid:
        uniforms = np.full(num_negatives, u, np.float32)
        nats = sampled_nats(
            states, kernel, bias, targets, uniforms=uniforms, num_frequent=NUM_FREQUENT
        )
        sums.append(np.exp(np.asarray(nats, np.float64) + logits[np.arange(len(targets)), targets]))
    weights = np.exp(logits[:, NUM_FREQUENT:]) / expected_counts(
        num_negatives, NUM_FREQUENT, VOCAB_SIZE
    )
    bound = 2 / grid * weights.sum(axis=1)  # (rows,): each of the tail's ids begins and ends once
    full = np.exp(logits).sum(axis=1)
    assert (np.abs(np.mean(sums, axis=0) - full) <= bound).all()
    assert (np.std(sums, axis=0) > 0).any() and (
        bound < full / 5
    ).all()  # an estimate, and a bound that says something


# The objectives


def make_model(vocab_size=6, units=6):
    """A model whose logits are its states, for a vocabulary as large as the state."""
    model = build_ad_lstm(vocab_size, lstm_units=units, embedding_dim=2, tied=False, dropout=0.0)
    identity = {"output.kernel": np.eye(units, vocab_size, dtype=np.float32)}
    set_model_weights(model, identity | {"output.bias": np.zeros(vocab_size, np.float32)})
    return model


STATES = np.array(
    [[6, 5, 4, 3, 2, 1], [1, 2, 3, 4, 5, 6], [6, 1, 2, 3, 4, 5], [3, 6, 5, 4, 2, 1]], np.float32
)
TARGETS = np.array([0, 1, 1, 0])  # ranks 0, 4, 5 and 3


def objectives(**options):
    return [
        FullSoftmax(make_model(), **options),
        SampledSoftmax(make_model(), num_frequent=4, num_negatives=3, seed=5),
    ]


# The same states as packed rows; <pad> (0) is no target.
PACKED_STATES = STATES.reshape(2, 2, 6)
PACKED_TARGETS = np.array([[1, 0], [3, 2]])
COUNTED = [0, 2, 3]


@pytest.mark.parametrize("kind", [0, 1])
def test_the_loss_is_the_mean_over_the_targets_that_count(kind):
    loss = objectives()[kind].compute_loss(y=PACKED_TARGETS, y_pred=PACKED_STATES)
    targets = PACKED_TARGETS.ravel()[COUNTED]
    alone = objectives()[kind].compute_loss(y=targets, y_pred=STATES[COUNTED])
    assert float(loss) == pytest.approx(float(alone), rel=1e-6)
    if kind == 0:
        nats = plain_nats(STATES[COUNTED].astype(float), targets)
        assert float(loss) == pytest.approx(nats.mean(), rel=1e-6)


@pytest.mark.parametrize("kind", [0, 1])
def test_padding_has_no_gradient(kind):
    objective = objectives()[kind]
    (gradient,) = gradients(
        lambda states: objective.compute_loss(y=PACKED_TARGETS, y_pred=states), PACKED_STATES
    )
    gradient = np.asarray(gradient).reshape(4, 6)
    assert not gradient[1].any() and gradient[COUNTED].any(axis=1).all()


def test_running_accuracy_counts_targets():
    objective = FullSoftmax(make_model())
    objective.compute_loss(y=TARGETS, y_pred=STATES)
    assert float(objective.accuracy.result()) == pytest.approx(1 / 4)
    assert float(objective.top_5_accuracy.result()) == pytest.approx(3 / 4)
    # A packed batch: the target beside the padding has rank 1, those of the second row 3 and 3.
    objective.compute_loss(y=PACKED_TARGETS, y_pred=PACKED_STATES)
    assert float(objective.accuracy.result()) == pytest.approx(1 / 7)
    assert float(objective.top_5_accuracy.result()) == pytest.approx(6 / 7)


def test_the_draws_go_on_from_step_to_step_and_depend_on_the_seed():
    losses = []
    for seed in (5, 5, 6):
        objective = SampledSoftmax(make_model(), num_frequent=1, num_negatives=2, seed=seed)
        losses.append([float(objective.compute_loss(y=TARGETS, y_pred=STATES)) for _ in range(4)])
    assert losses[0] == losses[1]
    assert losses[0] != losses[2]
    assert len(set(losses[0])) > 1


@pytest.mark.parametrize("kind", [0, 1])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_precision_is_that_of_the_softmaxs_products(precision, kind):
    problem = states, kernel, bias, targets = make_problem(vocab_size=20)
    model = build_lstm(20, lstm_units=UNITS, embedding_dim=2)
    set_model_weights(model, {"output.kernel": kernel.T, "output.bias": bias})
    objective = (FullSoftmax, SampledSoftmax)[kind](
        model, precision=precision, **({"num_frequent": 20, "num_negatives": 1} if kind else {})
    )
    loss = objective.compute_loss(y=targets, y_pred=states)
    assert float(loss) == float(full_cross_entropy(*problem, precision=precision)[0])


@pytest.mark.parametrize("kind", [0, 1])
def test_a_step_goes_down_the_gradient_of_the_models_own_probabilities(kind):
    """The sampled objective too, where every id is frequent."""
    tf = pytest.importorskip("tensorflow")
    model = make_model()
    objective = (FullSoftmax(model), SampledSoftmax(model, num_frequent=6, num_negatives=1))[kind]
    objective.compile(optimizer=keras.optimizers.SGD(0.5))
    contexts = np.array([[2, 3, 4], [2, 5, 3]])
    targets = np.array([[3, 4, 2], [5, 3, 2]])
    before = [np.copy(np.asarray(weight)) for weight in model.trainable_weights]
    with tf.GradientTape() as tape:
        loss = -ops.mean(ops.log(ops.take_along_axis(model(contexts), targets[..., None], axis=-1)))
    slopes = tape.gradient(loss, [weight.value for weight in model.trainable_weights])
    logs = objective.train_on_batch(contexts, targets, return_dict=True)
    assert set(logs) == ({"loss", "accuracy", "top_5_accuracy"} if kind == 0 else {"loss"})
    assert float(logs["loss"]) == pytest.approx(float(loss), rel=1e-5)
    for old, new, slope in zip(before, model.trainable_weights, slopes, strict=True):
        np.testing.assert_allclose(
            new, old - 0.5 * np.asarray(tf.convert_to_tensor(slope)), atol=1e-6
        )


def test_gathered_rows_have_a_dense_gradient_that_adam_squares_after_summing():
    table = keras.Variable(np.zeros((3, 1), np.float32))
    ids = np.array([0, 0, 0, 2], np.int32)
    upstream = np.array([[1.0], [-1.0], [0.5], [2.0]], np.float32)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(gather_rows(table, ids) * upstream)
    gradient = tape.gradient(loss, table.value)
    assert not isinstance(gradient, tf.IndexedSlices)
    assert gradient.numpy().ravel().tolist() == [0.5, 0.0, 2.0]
    optimizer = keras.optimizers.Adam(0.1, beta_2=0.75)
    optimizer.apply([gradient], [table])
    [velocity] = [np.asarray(v).ravel() for v in optimizer.variables if "velocity" in v.name]
    assert velocity.tolist() == [0.25 * 0.25, 0.0, 0.25 * 4.0]
