"""Scores ads with an LSTM that reads whole ads.

It answers what `adgen.scoring.protocol` asks of a scorer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adgen.lstm.directory import ModelDirectory
from adgen.lstm.evaluation import encode_for_evaluation
from adgen.lstm.numpy_lstm import NumpyLSTM
from adgen.scoring.protocol import BLOCK, Shots, TokenScores, by_length, in_order, score_logits
from adgen.support.arrays import Floats
from adgen.tokens.base import PAD_ID
from adgen.tokens.encoded import EncodedAds
from adgen.tokens.spelling import SpellingModel


class LSTMScorer:
    """An adgen LSTM that reads whole ads; example ads are read before, the state carried along.

    Args:
        model: The LSTM.
        num_threads: Blocks of tokens scored side by side; without effect on the figures.

    Raises:
        ValueError: The model reads a stream or windows.
    """

    def __init__(self, model: ModelDirectory, *, num_threads: int = 1) -> None:
        if model.config.reads != "packed":
            raise ValueError(
                f'The model reads "{model.config.reads}"; ads are scored one by one, or after '
                'examples, with models that read "packed". `adgen evaluate` gives the figures of '
                "the others."
            )
        self._model, self._num_threads = model, num_threads
        self._lstm = NumpyLSTM(model.weights, model.config)
        self.encode_words = model.tokenizer.encode_words

    def count_text(self, ads: Sequence[str]) -> EncodedAds:
        """Encodes ads and counts what bits per character need."""
        spelling = (
            None if self._model.spelling is None else SpellingModel.from_dict(self._model.spelling)
        )
        return encode_for_evaluation(ads, self._model.tokenizer, self._model.config, spelling)

    def score(self, ads: Sequence[str], shots: Sequence[Shots]) -> TokenScores:
        """Returns log-probability and rank of every token of the ads, each after its shots."""
        eos = self._model.tokenizer.eos_id
        encode = self._model.tokenizer.encode
        rows = [[*encode(ad), eos] for ad in ads]

        def score_group(given: Shots, places: NDArray[np.int64]) -> Any:
            # The example ads are read once, (1, ...), and the state is repeated for a batch's rows.
            before = [token for ad in given.examples for token in (eos, *encode(ad))]
            state = self._lstm.window_state(np.array([before], np.int64).reshape(1, -1))
            for batch in by_length(rows, places):
                batch_state = tuple(part.repeat(len(batch), axis=0) for part in state)
                yield batch, *self._score_rows([rows[place] for place in batch], batch_state, eos)

        return in_order(rows, shots, score_group)

    def _score_rows(self, rows: list[list[int]], state: Any, eos: int) -> tuple[Any, Any]:
        """Returns log-probabilities and ranks of the rows' tokens, one row after the other."""
        # 1. Targets (batch, longest), padded behind, and what precedes each.
        targets = np.full((len(rows), max(map(len, rows))), PAD_ID, np.int64)
        for target, row in zip(targets, rows, strict=True):
            target[: len(row)] = row
        contexts = np.column_stack([np.full(len(rows), eos), targets[:, :-1]])
        # 2. Features of the true targets alone, (n, output_dim), and these, (n,).
        is_target = targets != PAD_ID
        features = self._lstm.sequence_features(contexts, state)[is_target]
        flat = targets[is_target]
        # 3. Logits of a block at a time, (BLOCK, vocab).
        open_logits = self._open_logits(features, contexts, is_target)
        blocks = [slice(start, start + BLOCK) for start in range(0, len(flat), BLOCK)]

        def score_block(block: slice) -> tuple[Any, Any]:
            return score_logits(open_logits(block), flat[block])

        with ThreadPoolExecutor(self._num_threads) as pool:
            run = map if self._num_threads == 1 else pool.map
            scored = list(run(score_block, blocks))
        logs, ranks = map(np.concatenate, zip(*scored, strict=True))
        return logs, ranks

    def _open_logits(
        self, features: Floats, contexts: np.ndarray, is_target: np.ndarray
    ) -> Callable[[slice], Floats]:
        """Returns what gives the logits (block, vocab) of a block of targets.

        Args:
            features: Of the targets, (n, output_dim).
            contexts: What precedes each place of the rows, (batch, longest).
            is_target: Which of these places have a target, n of them, (batch, longest).
        """
        return lambda block: self._lstm.output(features[block])
