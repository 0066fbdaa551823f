"""Scores ads with a mixture, as `scoring.protocol` asks every model to."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from adgen.lstm.directory import ModelDirectory
from adgen.lstm.scorer import LSTMScorer
from adgen.mixture.reader import mix_logits
from adgen.mixture.shares import Shares
from adgen.ngram.model import NGramModel
from adgen.support.arrays import Floats
from adgen.tokens.base import PAD_ID


class MixtureScorer(LSTMScorer):
    """Prices ads with an LSTM and an n-gram model; example ads are read by the LSTM alone.

    Args:
        model: The LSTM; it reads whole ads.
        ngram: The n-gram model, of the same tokens.
        shares: How much of each.
        num_threads: Blocks of tokens scored side by side; without effect on the figures.

    Raises:
        ValueError: As `LSTMScorer`.
    """

    def __init__(
        self, model: ModelDirectory, ngram: NGramModel, shares: Shares, *, num_threads: int = 1
    ) -> None:
        super().__init__(model, num_threads=num_threads)
        self._ngram, self._shares = ngram, shares

    def _open_logits(
        self, features: Floats, contexts: np.ndarray, is_target: np.ndarray
    ) -> Callable[[slice], Floats]:
        """Returns what gives the mixture's logits of a block of targets."""
        of_lstm = super()._open_logits(features, contexts, is_target)
        # The last tokens before every target, <pad> in front of an ad's start: (n, order - 1).
        length = self._ngram.order - 1
        padded = np.pad(contexts, ((0, 0), (max(length - 1, 0), 0)), constant_values=PAD_ID)
        windows = np.lib.stride_tricks.sliding_window_view(padded, length, axis=1)[is_target]

        def logits(block: slice) -> Floats:
            return mix_logits(of_lstm(block), self._ngram.readings(windows[block]), self._shares)

        return logits
