"""Which n-grams a mixture keeps: those that say what its LSTM does not know.

An n-gram model that stands alone keeps what it would miss; beside an LSTM most of that is known
already. The module knows token ids and probabilities, no files.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from adgen.ngram.counts import NGramCounts, removals
from adgen.ngram.model import ngram_places
from adgen.tokens.base import EOS_ID

# How much of what an n-gram gains is told by n-grams that gain as much alone: as if it had been
# seen so often in the sample.
_PRIOR_OCCURRENCES = 1.0
_BINS_A_NAT = 10
_MOST_BINS = 256


def mixture_worths(
    counts: NGramCounts,
    token_ids: NDArray[np.integer],
    of_lstm: NDArray[np.floating],
    *,
    lstm_share: float,
) -> list[NDArray[np.float32]]:
    """Returns what each n-gram gains in a mixture, at each of its occurrences.

    Of n-grams that the sample has, it is the mean of what they gain there; of others, and the less
    they occur the more, what those gain that would gain as much without the LSTM.

    Args:
        counts: All n-grams, from `count_ngrams`.
        token_ids: (num_tokens,) some of the counted ads, each followed by `<eos>`.
        of_lstm: (num_tokens,) ln p of these tokens by the LSTM.
        lstm_share: The LSTM's share in the mixture.

    Returns:
        For each order (D_n,) nats, as `prune_counts` takes them; of order 1 nothing.
    """
    tokens = np.concatenate([[EOS_ID], token_ids]).astype(np.int64)  # with the first ad's start
    known = lstm_share * np.exp(np.concatenate([[0.0], of_lstm])).astype(np.float32)
    places = ngram_places(counts.keys, counts.vocab_size, tokens)
    next(places)  # single tokens always stay
    return [np.zeros(0, np.float32), *_worths(removals(counts), places, known, 1 - lstm_share)]


def _worths(
    probabilities: Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]],
    places: Iterator[NDArray[np.int64]],
    known: NDArray[np.float32],
    share: float,
) -> Iterator[NDArray[np.float32]]:
    """Yields the worths of order 2, 3, ...

    Args:
        probabilities: Of `removals`.
        places: Of `ngram_places`.
        known: (num_tokens + 1,) what the LSTM puts into the mixture for each token.
        share: What the n-gram model's probabilities count.
    """
    for (with_it, without_it), ids in zip(probabilities, places, strict=True):
        # 1. What each occurrence in the sample gains: ln of the mixture with the n-gram over the
        # one without it, (num_occurrences,).
        at = np.flatnonzero(ids >= 0)
        found = ids[at]
        lost = share * without_it[found]
        gains = np.log1p((share * with_it[found] - lost) / (known[at] + lost))
        # 2. Sums and numbers of each n-gram's, (D_n,).
        sums = np.bincount(found, gains, minlength=len(with_it))
        numbers = np.bincount(found, minlength=len(with_it))
        # 3. What n-grams gain that alone gain as much.
        alone = np.log(with_it / without_it)
        bins = np.clip(alone * _BINS_A_NAT, 0, _MOST_BINS - 1).astype(np.int64)
        totals = np.bincount(bins, sums, minlength=_MOST_BINS)
        prior = totals / np.maximum(np.bincount(bins, numbers, minlength=_MOST_BINS), 1)
        yield ((sums + _PRIOR_OCCURRENCES * prior[bins]) / (numbers + _PRIOR_OCCURRENCES)).astype(
            np.float32
        )
