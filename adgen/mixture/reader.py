"""A mixture's logits of the next token, while an ad is written.

The module knows token ids; how one of them is chosen is `decoding.sampling`'s subject.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from adgen.decoding.windows import TokenWindows
from adgen.lstm.numpy_lstm import Ids, NumpyLSTM
from adgen.lstm.readers import StateReader
from adgen.mixture.shares import Shares
from adgen.ngram.model import NGramModel, NGramReading
from adgen.support.arrays import Floats
from adgen.support.threads import in_parts


class MixtureReader:
    """Reads sequences side by side, as the `adgen.decoding.loop.Reader` of a mixture.

    Args:
        lstm: The LSTM; it reads whole ads.
        ngram: The n-gram model, of the same tokens.
        shares: How much of each.
    """

    def __init__(self, lstm: NumpyLSTM, ngram: NGramModel, shares: Shares) -> None:
        self._ngram, self._shares = ngram, shares
        self._states = StateReader(lstm, [])
        self._windows = TokenWindows(ngram.order - 1)

    def add(self, contexts: Sequence[Sequence[int]]) -> None:
        """Reads more sequences, behind the others."""
        self._states.add(contexts)
        self._windows.add(contexts)

    def logits(self) -> Floats:
        """Returns the logits (batch, vocab), in memory that the next call writes to."""
        logits = self._states.logits()
        token_ids = self._windows.token_ids

        def mix(rows: slice) -> None:
            mix_logits(logits[rows], self._ngram.readings(token_ids[rows]), self._shares)

        in_parts(mix, len(logits))
        return logits

    def advance(self, token_ids: Ids) -> None:
        """Appends one token to every sequence; shape (batch,)."""
        self._states.advance(token_ids)
        self._windows.advance(token_ids)

    def keep(self, rows: NDArray[np.int64]) -> None:
        """Goes on with these rows alone."""
        self._states.keep(rows)
        self._windows.keep(rows)


def mix_logits(logits: Floats, reading: NGramReading, shares: Shares) -> Floats:
    """Turns an LSTM's logits into the mixture's, in place.

    A row's zero stays where the LSTM has it, so that a repetition penalty, which divides positive
    logits and multiplies negative ones, does what it does to the LSTM.

    Args:
        logits: The LSTM's, (rows, vocab); changed.
        reading: Of the same places, its probabilities (rows, vocab); these change too.
        shares: How much of each.

    Returns:
        `logits`; -inf where neither model takes a token for possible.
    """
    of_lstm = shares.at(reading)  # (rows,)
    # Row by row: one row stays in the cache, a batch does not.
    for row, given, share in zip(logits, reading.probabilities, of_lstm, strict=True):
        highest = row.max()
        row -= highest
        np.exp(row, out=row)
        total = row.sum(dtype=np.float64)
        # p = share * exp(logit) / total + (1 - share) * p of the n-gram model, times total.
        row *= share
        given *= (1 - share) * total
        row += given
        with np.errstate(divide="ignore"):
            np.log(row, out=row)
        row += highest
    return logits
