"""exp, log, tanh and the logistic function, with the same bits on every machine.

NumPy's and JavaScript's own differ in their last bits from processor to processor. These use sums,
products, quotients and rounding of float64 alone, which IEEE 754 fixes to the last bit, in one
order. `site/engine/exact_functions.js` is the same in JavaScript; change both together.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Doubles = NDArray[np.float64]

_MOST = 700.0  # exp of more would leave float64
_LOG2_E = 1.44269504088896338700
# log(2) in two parts: the first has zeros at its end, so that its products with small whole numbers
# are exact.
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_ROOT_OF_HALF = 0.70710678118654752440
_EXP_TERMS = [1 / math.factorial(n) for n in range(14)]
_LOG_TERMS = [1 / (2 * n + 1) for n in range(11)]


def exp(values: ArrayLike) -> Doubles:
    """Returns exp of each value, of those beyond -700 and 700 as of these; NaN is not allowed.

    Example:
        >>> exp([0.0, 1.0]).round(6).tolist()
        [1.0, 2.718282]
    """
    # 1. value = k * log(2) + rest, the rest at most log(2) / 2 in size.
    bounded = np.clip(np.asarray(values, np.float64), -_MOST, _MOST)
    k = np.floor(bounded * _LOG2_E + 0.5)
    rest = (bounded - k * _LN2_HIGH) - k * _LN2_LOW
    # 2. exp(value) = 2 ** k * exp(rest), the latter by Taylor's series.
    return np.ldexp(_polynomial(_EXP_TERMS, rest), k.astype(np.int32))


def log(values: ArrayLike) -> Doubles:
    """Returns the natural logarithm of each value, which is a normal number above 0.

    Example:
        >>> log([1.0, 5.0]).tolist()
        [0.0, 1.6094379124341003]
    """
    # 1. value = 2 ** k * part, the part between the roots of 1 / 2 and 2.
    part, k = np.frexp(np.asarray(values, np.float64))
    is_low = part < _ROOT_OF_HALF
    part = np.where(is_low, 2 * part, part)
    k = k - is_low
    # 2. log(part) = 2 * artanh(ratio), by its series.
    ratio = (part - 1) / (part + 1)
    return k * _LN2_HIGH + (2 * ratio * _polynomial(_LOG_TERMS, ratio * ratio) + k * _LN2_LOW)


def tanh(values: Doubles) -> Doubles:
    """Returns tanh of each value."""
    shrunk = exp(-2 * np.abs(values))
    sizes = (1 - shrunk) / (1 + shrunk)
    return np.where(values < 0, -sizes, sizes)


def sigmoid(values: Doubles) -> Doubles:
    """Returns 1 / (1 + exp(-value)) of each value."""
    return 1 / (1 + exp(-values))


def _polynomial(terms: list[float], values: Doubles) -> Doubles:
    """Returns terms[0] + terms[1] * value + ..., by Horner's rule."""
    sums = np.full(values.shape, terms[-1])
    for term in reversed(terms[:-1]):
        sums *= values
        sums += term
    return sums
