"""The next token, chosen alike on every machine and in the browser.

`decoding.sampling` computes in the precision of the logits, with NumPy's exponentials, whose last
bits differ between processors. Here weights are whole numbers, of which every sum is exact, and
equal ones are taken by the lower id. `site/engine/sampling.js` is the same; change both together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from adgen.decoding.draws import draw_one
from adgen.decoding.sampling import adjusted_rows
from adgen.decoding.settings import Sampling
from adgen.decoding.truncation import highest, nucleus
from adgen.support.exact_functions import Doubles, exp, log

# The weight of the most probable token; less probable ones have less. Sums of up to MOST_TOKENS
# such weights are whole numbers that float64 holds.
_UNIT = 2.0**36
MOST_TOKENS = 2**17


def choose_exactly(
    logits: NDArray[np.floating],
    sampling: Sampling,
    *,
    uniforms: NDArray[np.floating],
    token_ids_so_far: Sequence[Sequence[int]] | None = None,
    banned: Sequence[int] = (),
) -> NDArray[np.int64]:
    """Chooses the next token of every row; arguments and errors as in `sampling.choose`.

    A token less than 2 ** -37 times as probable as the first one is never drawn.

    Example:
        >>> logits = np.log(np.array([[0.5, 0.3, 0.2]]))
        >>> choose_exactly(logits, Sampling(top_k=2), uniforms=np.array([0.9])).tolist()
        [1]
    """
    rows = adjusted_rows(logits.astype(np.float64), sampling, token_ids_so_far, banned)
    chosen = np.empty(len(logits), np.int64)
    for index, row in enumerate(rows):
        if sampling.greedy:
            chosen[index] = row.argmax()
            continue
        token_ids: NDArray[np.int64] = np.arange(len(row))
        if 0 < sampling.top_k < len(row):
            token_ids = np.sort(highest(row, sampling.top_k))
        weights = _weights(row[token_ids].astype(np.float64), sampling.temperature)
        if sampling.top_p < 1:
            inside = np.sort(nucleus(weights / _UNIT, sampling.top_p))
            token_ids, weights = token_ids[inside], weights[inside]
        chosen[index] = token_ids[draw_one(weights, float(uniforms[index]))]
    return chosen


def exact_log_normaliser(logits: NDArray[np.floating]) -> Doubles:
    """Returns log(sum(exp(logits))) of each row, as `adgen.support.arrays.log_normaliser` does."""
    sums = np.array([_weights(row.astype(np.float64), 1.0).sum() for row in logits])
    return logits.max(axis=-1).astype(np.float64) + log(sums / _UNIT)


def _weights(logits: Doubles, temperature: float) -> Doubles:
    """Returns whole numbers in proportion to exp(logits / temperature), the highest `_UNIT`."""
    with np.errstate(over="ignore"):  # -inf is right: such a token has no weight
        shifted = (logits - logits.max()) / temperature
    return np.floor(exp(shifted) * _UNIT + 0.5)
