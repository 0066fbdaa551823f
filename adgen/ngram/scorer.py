"""What ads cost an n-gram model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from adgen.ngram.model import NGramModel
from adgen.scoring.protocol import BLOCK, Shots, TokenScores, score_logits
from adgen.tokens.base import AdTokenizer
from adgen.tokens.encoded import EncodedAds


class NGramScorer:
    """An n-gram model; example ads are beyond its context, and change nothing."""

    def __init__(self, model: NGramModel, tokenizer: AdTokenizer) -> None:
        if tokenizer.vocab_size != model.vocab_size:
            raise ValueError(
                f"The tokenizer has {tokenizer.vocab_size:,} tokens and the n-gram model {model.vocab_size:,}. Give "
                "the tokenizer that the model was fitted with."
            )
        self._model, self._tokenizer = model, tokenizer
        self.encode_words = tokenizer.encode_words

    def count_text(self, ads: Sequence[str]) -> EncodedAds:
        """As `AdScorer.count_text`; words have no price for what they do not know."""
        is_open = self._tokenizer.kind == "subword"
        chars = sum(len(ad) + 1 for ad in ads) if is_open else None
        return EncodedAds(np.zeros(0, np.int32), len(ads), chars)

    def score(self, ads: Sequence[str], shots: Sequence[Shots]) -> TokenScores:
        """As `AdScorer.score`; 10,000 tokens a second, since every rank needs the whole distribution."""
        eos = self._tokenizer.eos_id
        rows = [[*self._tokenizer.encode(ad), eos] for ad in ads]
        contexts = [[eos, *row[:place]] for row in rows for place in range(len(row))]
        targets = np.array([token for row in rows for token in row], np.int64)
        scored = []
        for start in range(0, len(targets), BLOCK):
            with np.errstate(divide="ignore"):
                logits = np.log(self._model.distribution(contexts[start : start + BLOCK]))
            scored.append(score_logits(logits, targets[start : start + BLOCK]))
        logs, ranks = map(np.concatenate, zip(*scored, strict=True))
        return TokenScores(logs, ranks, np.array([len(row) for row in rows]))
