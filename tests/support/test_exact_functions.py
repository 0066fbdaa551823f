"""Functions with the same bits everywhere: near the library's, bounded, of fixed operations."""

import inspect
import math
import re

import numpy as np
import pytest

from adgen.support import exact_functions


@pytest.mark.parametrize(
    ("ours", "pythons", "low", "high"),
    [
        (exact_functions.exp, math.exp, -699, 699),
        (exact_functions.exp, math.exp, -1e-3, 1e-3),
        (exact_functions.log, math.log, 1e-300, 1e300),
        (exact_functions.log, math.log, 0.5, 2),
        (exact_functions.tanh, math.tanh, -20, 20),
        (exact_functions.sigmoid, lambda x: 1 / (1 + math.exp(-x)), -30, 30),
    ],
)
def test_functions_are_those_of_python_to_rounding(ours, pythons, low, high):
    values = np.random.default_rng(0).uniform(low, high, 5_000)
    expected = np.array([pythons(value) for value in values.tolist()])
    np.testing.assert_allclose(ours(values), expected, rtol=4e-16, atol=3e-16)


def test_functions_keep_their_bounds():
    far = np.array([-np.inf, -1e9, -701.0, 0.0, 701.0, 1e9, np.inf])
    assert exact_functions.tanh(far).tolist() == [-1, -1, -1, 0, 1, 1, 1]
    sigmoids = exact_functions.sigmoid(far)
    assert (sigmoids[3], sigmoids[-1]) == (0.5, 1.0)
    assert 0 <= sigmoids[0] < 1e-300
    assert np.isfinite(exact_functions.exp(far)).all()
    assert exact_functions.exp(far)[3] == 1


def test_no_function_of_numpy_is_used_that_rounds_otherwise_elsewhere():
    source = inspect.getsource(exact_functions)
    used = set(re.findall(r"np\.(\w+)", source)) - {"float64", "int32", "asarray"}
    assert used <= {"abs", "clip", "floor", "frexp", "full", "ldexp", "where"}
