"""Scores ads with an n-gram model, as `scoring.protocol` asks every model to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from adgen.ngram.model import NGramModel
from adgen.scoring.protocol import BLOCK, Shots, TokenScores, score_logits
from adgen.tokens.base import AdTokenizer
from adgen.tokens.encoded import EncodedAds


class NGramScorer:
    """Prices ads with an n-gram model; example ads are beyond its context, and change nothing.

    Args:
        model: The model.
        tokenizer: The tokenizer that it was fitted with.
    """

    def __init__(self, model: NGramModel, tokenizer: AdTokenizer) -> None:
        if tokenizer.vocab_size != model.vocab_size:
            raise ValueError(
                f"The tokenizer has {tokenizer.vocab_size:,} tokens and the n-gram model "
                f"{model.vocab_size:,}. Give the tokenizer that the model was fitted with."
            )
        self._model = model
        self._tokenizer = tokenizer
        self.encode_words = tokenizer.encode_words

    def count_text(self, ads: Sequence[str]) -> EncodedAds:
        """Counts the ads' characters; None for words, which have no price for what is unknown."""
        is_open = self._tokenizer.kind == "subword"
        chars = sum(len(ad) + 1 for ad in ads) if is_open else None
        return EncodedAds(np.zeros(0, np.int32), len(ads), chars)

    def score(self, ads: Sequence[str], shots: Sequence[Shots]) -> TokenScores:
        """Scores ads, 10,000 tokens a second: every rank needs the whole distribution."""
        rows = [[*self._tokenizer.encode(ad), self._tokenizer.eos_id] for ad in ads]
        token_ids = np.array([token for row in rows for token in row], np.int64)
        blocks = self._model.predictions(token_ids, block_tokens=BLOCK)
        scored = [score_logits(logits, targets) for targets, logits in blocks]
        logs, ranks = map(np.concatenate, zip(*scored, strict=True))
        return TokenScores(logs, ranks, np.array([len(row) for row in rows]))
