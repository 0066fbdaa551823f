"""How much an LSTM counts beside an n-gram model: a share for each kind of place.

A place's kind is how many of the tokens before it the n-gram model knows together, and how much of
the probability these leave to shorter contexts: where it has often seen what it reads, it knows
better than the LSTM, elsewhere less. The module knows probabilities, not what gives them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from adgen.ngram.model import NGramReading
from adgen.support.arrays import log

# Kinds of back-off weights: from 1 down, a kind for each halving, the last for all below.
_BINS_A_HALVING = 2
NUM_BINS = 16
# A kind seen less often in the tokens that shares are chosen on has the share of all places.
_FEWEST_TOKENS = 500
_DIGITS = 4


class Shares:
    """Holds an LSTM's share in a mixture for each kind of place.

    Args:
        table: (order, NUM_BINS) numbers from 0 to 1, by the context's length and its back-off
            weight.

    Source:
        Jelinek and Mercer (1980), "Interpolated estimation of Markov source parameters from sparse
        data", for weights by kinds of contexts.
    """

    def __init__(self, table: NDArray[np.float64]) -> None:
        self._table = table

    @classmethod
    def of(cls, lists: Any, order: int) -> Shares:
        """Makes them of what `as_lists` gave.

        Args:
            lists: The lists, read from a file.
            order: Of the n-gram model.

        Raises:
            ValueError: They are no table of shares for this order.
        """
        try:
            table = np.array(lists, np.float64)
        except (TypeError, ValueError):
            table = np.zeros(0)
        # Written so that NaN is refused too.
        if table.shape != (order, NUM_BINS) or not ((table >= 0) & (table <= 1)).all():
            raise ValueError(
                f"shares are no {order} lists of {NUM_BINS} numbers from 0 to 1, a list for each "
                "length of a context."
            )
        return cls(table)

    @classmethod
    def fit(
        cls,
        of_lstm: NDArray[np.floating],
        reading: NGramReading,
        *,
        order: int,
    ) -> Shares:
        """Chooses the shares with which validation ads are most probable.

        Args:
            of_lstm: (num_tokens,) ln p of the ads' tokens by the LSTM.
            reading: The n-gram model's, of the same tokens.
            order: Of the n-gram model.

        Raises:
            ValueError: As `best_mixture_weight`.
        """
        of_ngram = log(reading.probabilities)
        table = np.full((order, NUM_BINS), best_mixture_weight(of_lstm, of_ngram))
        kinds = reading.context_lengths * NUM_BINS + _bins(reading.backoffs)
        for kind in np.flatnonzero(np.bincount(kinds) >= _FEWEST_TOKENS):
            here = kinds == kind
            table.flat[kind] = best_mixture_weight(of_lstm[here], of_ngram[here])
        return cls(np.round(table, _DIGITS))

    def at(self, reading: NGramReading) -> NDArray[np.float64]:
        """Returns the LSTM's share at each place of a reading, (places,)."""
        return self._table[reading.context_lengths, _bins(reading.backoffs)]

    def as_lists(self) -> list[list[float]]:
        """Returns the table as JSON can hold it."""
        return self._table.tolist()


def _bins(backoffs: NDArray[np.float32]) -> NDArray[np.int64]:
    """Returns the kind of each back-off weight, from 0 to `NUM_BINS - 1`."""
    with np.errstate(divide="ignore"):
        halvings = -np.log2(backoffs)  # infinity for 0
    return np.clip(halvings * _BINS_A_HALVING, 0, NUM_BINS - 1).astype(np.int64)


def best_mixture_weight(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """Returns the weight w with which w * exp(first) + (1 - w) * exp(second) is most probable.

    It is chosen on the validation split and used, with `mix`, on another.

    Args:
        first: (num_tokens,) ln p of the same tokens by one model.
        second: (num_tokens,) by the other.

    Returns:
        Between 0 and 1, to nine digits.

    Raises:
        ValueError: The arrays are empty or of different lengths.

    Example:
        >>> first, second = np.log([0.9, 0.9, 0.1]), np.log([0.5, 0.5, 0.5])
        >>> weight = best_mixture_weight(first, second)
        >>> round(weight, 6)  # where 2 * 0.4 / (0.5 + 0.4 w) = 0.4 / (0.5 - 0.4 w)
        0.416667
    """
    if first.shape != second.shape or not first.size:
        raise ValueError(
            f"Log-probabilities have shapes {first.shape} and {second.shape}; "
            "expected the same tokens, at least one."
        )
    # 1. Probabilities a and b, over the larger of both, so that they do not vanish: (num_tokens,).
    larger = np.maximum(first, second)
    a, b = (np.exp(np.asarray(x, np.float64) - larger) for x in (first, second))
    # 2. The likelihood, the sum of ln(w a + (1 - w) b), is concave in w: its slope changes sign
    # once, and halving finds where.
    low, high = 0.0, 1.0
    for _ in range(30):
        weight = (low + high) / 2
        is_rising = ((a - b) / (weight * a + (1 - weight) * b)).sum() > 0
        low, high = (weight, high) if is_rising else (low, weight)
    return (low + high) / 2


def mix(
    first: NDArray[np.floating],
    second: NDArray[np.floating],
    weight: float | NDArray[np.floating],
) -> NDArray[np.float64]:
    """Returns ln(weight * exp(first) + (1 - weight) * exp(second)), (num_tokens,).

    The weight is one for all, or (num_tokens,). Minus the sum of this is the mixture's nats.

    Example:
        >>> np.exp(mix(np.log([0.2]), np.log([0.6]), 0.25)).round(6)
        array([0.5])
    """
    with np.errstate(divide="ignore"):
        return np.logaddexp(first + np.log(weight), second + np.log1p(-weight))
