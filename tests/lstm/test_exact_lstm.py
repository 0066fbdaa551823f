"""The exact LSTM: near the float32 one, its sums exact in any order, what cannot be is refused."""

import numpy as np
import pytest
from tiny_models import make_config, random_weights

from adgen.lstm.config import LSTMConfig
from adgen.lstm.exact_lstm import ExactLSTM, ExactProduct
from adgen.lstm.numpy_lstm import NumpyLSTM
from adgen.lstm.weights import from_bytes, stored_matrices, to_bytes

CONFIGS = {
    "plain": make_config(30),
    "one-hot": make_config(30, embedding_dim=None),
    "tied": make_config(30, tied=True),
    "two layers": make_config(30, reads="packed", num_layers=2),
}


def both(config, scale=1.0):
    content = to_bytes(random_weights(config, scale=scale), "int8")
    weights = from_bytes(content, "int8", config=config, source="The test's weights")
    return NumpyLSTM(weights, config), ExactLSTM(weights, stored_matrices(content), config)


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_logits_are_those_of_float32_to_rounding(config):
    plain, exact = both(config)
    contexts = np.random.default_rng(0).integers(0, 30, (5, 7))
    expected = plain.window_logits(contexts)
    np.testing.assert_allclose(exact.window_logits(contexts), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_a_row_has_the_same_bits_alone_step_by_step_and_behind_padding(config):
    _, exact = both(config)
    contexts = np.random.default_rng(0).integers(3, 30, (20, 5))
    together = exact.window_logits(contexts)
    for row, context in enumerate(contexts):
        state = exact.initial_state(1)
        for token_id in context:
            state = exact.step(np.array([token_id]), state)
        assert (exact.logits(state) == together[row]).all()
        padded = np.concatenate([np.zeros(4, int), context])
        assert (exact.window_logits(padded[np.newaxis]) == together[row]).all()


@pytest.mark.parametrize("scale_shape", [(512, 1), (1, 64)])
def test_products_are_exact_in_any_order_of_the_sum(scale_shape):
    rng = np.random.default_rng(0)
    numbers = rng.integers(-127, 128, (512, 64)).astype(np.int8)
    scale = rng.uniform(0.001, 0.1, scale_shape).astype(np.float32)
    rows = rng.uniform(-1, 1, (3, 512))
    matrix = numbers * scale
    order = rng.permutation(512)
    shuffled = numbers[order], scale[order] if scale_shape[0] > 1 else scale
    product = ExactProduct(matrix, (numbers, scale), most=1.0)(rows)
    again = ExactProduct(matrix[order], shuffled, most=1.0)(rows[:, order])
    assert (product == again).all()
    np.testing.assert_allclose(product, rows @ (numbers * scale.astype(np.float64)), atol=1e-6)


def test_sums_that_would_not_be_exact_are_refused():
    numbers = np.full((512, 4), 127, np.int8)
    stored = numbers, np.ones((1, 4), np.float32)
    with pytest.raises(ValueError, match="512 rows is multiplied by numbers up to 800"):
        ExactProduct(numbers.astype(np.float32), stored, most=800.0)


def test_a_vocabulary_too_large_for_exact_draws_is_refused():
    config = LSTMConfig(2**17 + 1, 1, 1, None, 0.0, "packed")
    with pytest.raises(ValueError, match="131,072 tokens; the model has 131,073"):
        both(config)
