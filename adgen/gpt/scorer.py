"""Scores of ads under a causal language model of transformers.

Ads are read in batches; what stands before many of them is read once. The module knows scores of
tokens; figures are `scoring`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from adgen.gpt.causal import CausalLM, Prefix, cut_batches
from adgen.gpt.fast_layers import fast_layers
from adgen.gpt.prompts import Template, check_template, context_ids
from adgen.gpt.tokens import GPTTokenizer
from adgen.scoring.protocol import ScoredGroup, Shots, TokenScores, in_order
from adgen.tokens.encoded import EncodedAds

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

# Tokens that the model reads at once: enough for its products, few enough that rows of a batch are
# of nearly the same length, and that what passes from layer to layer stays in the cache.
_BATCH_TOKENS = 256
# The same with the tokens before each row, whose keys and values are in memory too.
_BATCH_CONTEXTS = 4096
# Targets whose logits are read once more for a rank and a normaliser: they stay in the cache.
_CACHED_TARGETS = 8


class CausalScorer:
    """Says what ads cost a causal language model, as `adgen.scoring.protocol.AdScorer`.

    Args:
        lm: The model.
        tokenizer: Its tokenizer, which knows what ends an ad.
        template: How ads stand in its context.
    """

    def __init__(self, lm: CausalLM, tokenizer: GPTTokenizer, template: Template) -> None:
        self._lm, self._tokenizer, self._template = lm, tokenizer, template
        self.encode_words = tokenizer.encode_words

    @classmethod
    def of(
        cls,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerFast,
        *,
        template: str | None = None,
    ) -> CausalScorer:
        """Returns the scorer of a transformers model; the arguments are those of `score_ads`."""
        from adgen.gpt.loading import usual_template

        chosen = check_template(template or usual_template(model.config))
        return cls(CausalLM(model), GPTTokenizer(tokenizer, end=chosen.end), chosen)

    def count_text(self, ads: Sequence[str]) -> EncodedAds:
        """Counts the characters of ads; bytes spell all words, so that none is unknown."""
        return EncodedAds(np.zeros(0, np.int32), len(ads), sum(len(ad) + 1 for ad in ads))

    def score(self, ads: Sequence[str], shots: Sequence[Shots]) -> TokenScores:
        """Scores ads, each after its shots, or after its last ones where there is no room for all.

        Raises:
            ValueError: After its example ads there is no room for a single ad of a group.
        """
        rows = [[*self._tokenizer.encode(ad), self._tokenizer.eos_id] for ad in ads]
        num_with_fewer = 0
        with tqdm(total=len(rows), desc="scoring", unit="ad", disable=None, leave=False) as bar:

            def score_group(
                given: Shots, places: NDArray[np.int64], *, is_whole: bool = True
            ) -> Iterator[ScoredGroup]:
                nonlocal num_with_fewer
                before = context_ids(self._tokenizer, self._template, given)
                room = self._lm.context_length - len(before) + 1  # an ad's end is not read
                fits = np.array([len(rows[place]) <= room for place in places])
                if given.examples and is_whole and not fits.any():
                    self._refuse(before, min(len(rows[place]) for place in places))
                for found in self._score_places(rows, places[fits], before):
                    yield found
                    bar.update(len(found[0]))
                long = places[~fits]
                if given.examples and len(long):
                    num_with_fewer += len(long) * is_whole
                    fewer = Shots(given.examples[1:], given.category)
                    yield from score_group(fewer, long, is_whole=False)
                    return
                for place in long:
                    yield np.array([place]), *self._score_long(rows[place], before, room)
                    bar.update()

            with fast_layers(self._lm.model, sum(map(len, rows))):
                scores = in_order(rows, shots, score_group)
        return replace(scores, num_with_fewer_shots=num_with_fewer)

    def _refuse(self, before: Sequence[int], shortest: int) -> None:
        """Raises an error: not even the shortest ad fits into the context after the examples."""
        raise ValueError(
            f"The heading and example ads have {len(before):,} tokens and the shortest ad "
            f"{shortest - 1:,}; together more than the {self._lm.context_length:,} that the model "
            "reads. Give fewer example ads."
        )

    def _score_places(
        self, rows: list[list[int]], places: NDArray[np.int64], before: Sequence[int]
    ) -> Iterator[ScoredGroup]:
        """Scores the rows at these places, a few at a time; all have room after `before`."""
        if not len(places):
            return
        prefix = self._lm.read_prefix(before)
        for batch in _batches(rows, places, len(before)):
            yield batch, *self._score_rows([rows[place] for place in batch], prefix)

    def _score_rows(
        self, rows: list[list[int]], prefix: Prefix
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Returns log-probabilities and ranks (targets,) of all tokens, row after row."""
        import torch

        features = self._lm.predicting(rows, prefix)  # (targets, width)
        targets = torch.as_tensor(np.concatenate(rows), device=features.device)[:, None]
        logs: list[Tensor] = []
        ranks: list[Tensor] = []
        start = 0
        for block in self._lm.logit_blocks(features):  # (block, vocab)
            wanted = targets[start : start + len(block)]
            start += len(block)
            parts = zip(block.split(_CACHED_TARGETS), wanted.split(_CACHED_TARGETS), strict=True)
            for logits, own in parts:
                # A rank counts the logits that are as large or larger.
                ranks.append((logits >= logits.gather(1, own)).sum(1, dtype=torch.int32) - 1)
                logs.append(logits.log_softmax(1).gather(1, own)[:, 0])
        return torch.cat(logs).double().cpu().numpy(), torch.cat(ranks).long().cpu().numpy()

    def _score_long(
        self, row: list[int], heading: Sequence[int], room: int
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Scores a row that does not fit: in pieces, each after half a context of the row."""
        kept = self._lm.context_length // 2
        step = self._lm.context_length - kept + 1
        pieces = [self._score_rows([row[:room]], self._lm.read_prefix(heading))]
        for start in range(room, len(row), step):
            before = self._lm.read_prefix(row[max(0, start - kept) : start])
            pieces.append(self._score_rows([row[start : start + step]], before))
        logs, ranks = zip(*pieces, strict=True)
        return np.concatenate(logs), np.concatenate(ranks)


def _batches(
    rows: Sequence[Sequence[int]], places: NDArray[np.int64], num_before: int
) -> list[NDArray[np.int64]]:
    """Cuts places into batches of rows of similar length, so that little of a batch is padding."""
    lengths = np.array([len(rows[place]) for place in places])
    order = np.argsort(lengths, kind="stable")
    # Both limits in one number a row: its share of a batch, in `_BATCH_CONTEXTS` parts.
    shares = np.maximum(num_before + lengths, lengths * (_BATCH_CONTEXTS // _BATCH_TOKENS))
    batches = cut_batches(order, shares, _BATCH_CONTEXTS)
    return [places[batch] for batch in batches]
