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
from adgen.gpt.prompts import Template, check_template, context_ids
from adgen.gpt.tokens import GPTTokenizer
from adgen.scoring.protocol import ScoredGroup, Shots, TokenScores, in_order
from adgen.tokens.encoded import EncodedAds

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

# Tokens that the model reads at once, those of the examples included: their keys and values are in
# memory.
BATCH_TOKENS = 4096


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

        # (rows, 1 + longest row, width)
        hidden, _ = self._lm.read([[*prefix.token_ids, *row[:-1]] for row in rows], prefix)
        # 1. The places that predict: rows stand flush right, so that they count from the end.
        places = np.concatenate([np.arange(-len(row), 0) for row in rows])  # (targets,)
        numbers = np.repeat(np.arange(len(rows)), [len(row) for row in rows])  # (targets,)
        features = hidden[torch.as_tensor(numbers), torch.as_tensor(places)]  # (targets, width)
        targets = torch.as_tensor([token for row in rows for token in row], device=features.device)
        # 2. A few targets at a time: ln p = logit - normaliser; a rank counts the larger logits.
        logs: list[Tensor] = []
        ranks: list[Tensor] = []
        start = 0
        for logits in self._lm.logit_blocks(features):  # (block, vocab)
            wanted = targets[start : start + len(logits), None]
            start += len(logits)
            chosen = logits.gather(1, wanted)  # (block, 1)
            ranks.append((logits >= chosen).sum(1) - 1)
            logs.append(chosen[:, 0].double() - logits.logsumexp(1).double())
        return torch.cat(logs).cpu().numpy(), torch.cat(ranks).cpu().numpy()

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
    """Cuts places into batches of rows of similar length, `BATCH_TOKENS` to read in each."""
    lengths = np.array([len(rows[place]) for place in places])
    order = np.argsort(lengths, kind="stable")
    batches = cut_batches(order, num_before + lengths, BATCH_TOKENS)
    return [places[batch] for batch in batches]
