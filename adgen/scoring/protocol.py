"""One scale for every kind of model: what held-out ads cost it, after example ads or without.

An adgen LSTM, an n-gram model and any causal language model of transformers are asked the same: the
probability and the rank of every token of every ad and of its end, the softmax over the whole
vocabulary. Bits are summed and divided by characters, and words counted as white space separates
them, so that tokenizers do not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from adgen.scoring.metrics import TargetScores
from adgen.support.arrays import log_normaliser, ranges
from adgen.tokens.base import UNK_ID
from adgen.tokens.encoded import EncodedAds

Figures = dict[str, float | None]
# Places of some ads, (ads,), and log-probabilities and ranks of their tokens, (tokens,) both.
ScoredGroup: TypeAlias = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]
# Ads read together; positions whose logits exist at once.
_BATCH_ADS = 256
BLOCK = 128
_NEVER = np.iinfo(np.int64).max


class Shots(NamedTuple):
    """Names what a model reads before an ad: example ads, and the category of a heading.

    Attributes:
        examples: Ads of the training split.
        category: In words of the corpus.
    """

    examples: tuple[str, ...] = ()
    category: str = "all categories"


@dataclass(frozen=True)
class TokenScores:
    """Holds what a model makes of every token of some ads, in their order, each ad's end included.

    Attributes:
        log_probabilities: (num_tokens,) natural logarithms.
        ranks: (num_tokens,) how many other tokens were as probable or more; 0 is the first choice.
        lengths: (num_ads,) tokens of each ad, its end included.
        num_with_fewer_shots: Ads so long that the model had no room for all of their shots.
    """

    log_probabilities: NDArray[np.float64]
    ranks: NDArray[np.int64]
    lengths: NDArray[np.int64]
    num_with_fewer_shots: int = 0

    def part(self, first: int, end: int) -> TokenScores:
        """Returns the scores of the ads from place `first` to before `end`."""
        starts = np.concatenate([[0], self.lengths.cumsum()])  # (num_ads + 1,)
        tokens = slice(starts[first], starts[end])
        return TokenScores(
            self.log_probabilities[tokens], self.ranks[tokens], self.lengths[first:end]
        )


class AdScorer(Protocol):
    """Says what ads cost a model."""

    def encode_words(self, ad: str) -> tuple[list[int], list[int]]:
        """Returns an ad's token ids without its end, and the number of the word each belongs to."""

    def score(self, ads: Sequence[str], shots: Sequence[Shots]) -> TokenScores:
        """Scores ads, each after its shots."""

    def count_text(self, ads: Sequence[str]) -> EncodedAds:
        """Counts the characters that the tokens stand for, and what unknown words cost."""


def scorer_figures(
    scorer: AdScorer, ads: Sequence[str], shots: Sequence[Shots] | None = None
) -> Figures:
    """Returns what ads cost a model, in figures.

    Args:
        scorer: The model's.
        ads: The ads; at least one.
        shots: What stands before each of them; None for nothing.

    Returns:
        `num_ads`, `num_tokens`, `num_chars`, `bits_per_char`, `perplexity`, `accuracy`,
        `top_5_accuracy`, `word_accuracy`, `word_top_5_accuracy`; and `num_with_fewer_shots` where
        some ads left no room for all of their shots.
    """
    scores = scorer.score(ads, [Shots()] * len(ads) if shots is None else shots)
    return _figures(scorer, ads, scores)


def grouped_figures(
    scorer: AdScorer, groups: Mapping[str, Sequence[str]]
) -> tuple[Figures, dict[str, Figures]]:
    """Returns figures of groups of ads, such as categories, and scores every ad once.

    Args:
        scorer: The model's.
        groups: The ads of each group, by its name; none is empty.

    Returns:
        The figures of all ads together, and those of each group.
    """
    ads = [ad for group in groups.values() for ad in group]
    scores = scorer.score(ads, [Shots()] * len(ads))
    by_group = {}
    first = 0
    for name, group in groups.items():
        end = first + len(group)
        by_group[name] = _figures(scorer, group, scores.part(first, end))
        first = end
    return _figures(scorer, ads, scores), by_group


def _figures(scorer: AdScorer, ads: Sequence[str], scores: TokenScores) -> Figures:
    """Returns the figures of ads that are scored."""
    text = scorer.count_text(ads)
    words = [scorer.encode_words(ad)[1] for ad in ads]
    # 1. Tokens.
    totals = TargetScores(
        num_targets=len(scores.ranks),
        nats=-float(scores.log_probabilities.sum()),
        num_correct=int((scores.ranks < 1).sum()),
        num_top_5=int((scores.ranks < 5).sum()),
    )
    summary = totals.summary(num_chars=text.num_chars, spelling_nats=text.spelling_nats)
    kept = ("bits_per_char", "perplexity", "accuracy", "top_5_accuracy")
    counts = {"num_ads": len(ads), "num_tokens": totals.num_targets, "num_chars": text.num_chars}
    if scores.num_with_fewer_shots:
        counts["num_with_fewer_shots"] = scores.num_with_fewer_shots
    # 2. Words, each as good as the worst of its tokens.
    worst = _worst_ranks(scores.ranks, words)
    shares = {
        "word_accuracy": float((worst < 1).mean()),
        "word_top_5_accuracy": float((worst < 5).mean()),
    }
    return counts | {name: summary[name] for name in kept} | shares


def score_logits(
    logits: NDArray[np.float32], targets: NDArray[np.integer]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Returns log-probabilities and ranks (n,) of targets (n,) under logits (n, vocab).

    `<unk>` is never a right answer.
    """
    chosen = logits[np.arange(len(targets)), targets]  # (n,)
    # The target counts itself too.
    num_as_high = [np.count_nonzero(row >= one) for row, one in zip(logits, chosen, strict=True)]
    ranks = np.array(num_as_high) - 1
    ranks[targets == UNK_ID] = _NEVER
    return chosen - log_normaliser(logits), ranks


def in_order(
    rows: Sequence[Sequence[int]],
    shots: Sequence[Shots],
    score_group: Callable[[Shots, NDArray[np.int64]], Iterable[ScoredGroup]],
) -> TokenScores:
    """Scores rows in groups of equal shots, and returns the scores in the rows' order.

    Args:
        rows: The token ids of each ad, its end included.
        shots: What stands before each ad.
        score_group: Called with the shots and the places of the rows that follow them; yields
            places of some of these rows and their scores.
    """
    lengths = np.array([len(row) for row in rows], np.int64)  # (num_ads,)
    starts = np.concatenate([[0], lengths.cumsum()[:-1]])
    logs = np.empty(lengths.sum())  # (num_tokens,)
    ranks = np.empty(lengths.sum(), np.int64)
    place = 0
    for given, group in groupby(shots):
        size = len(list(group))
        for places, found_logs, found_ranks in score_group(given, np.arange(place, place + size)):
            at = ranges(starts[places], lengths[places])
            logs[at] = found_logs
            ranks[at] = found_ranks
        place += size
    return TokenScores(logs, ranks, lengths)


def by_length(rows: Sequence[Sequence[int]], places: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Cuts places of rows into batches of similar length, so that little of a batch is padding."""
    lengths = np.array([len(rows[place]) for place in places])
    ordered = places[np.argsort(lengths, kind="stable")]
    return [ordered[start : start + _BATCH_ADS] for start in range(0, len(ordered), _BATCH_ADS)]


def _worst_ranks(ranks: NDArray[np.int64], words: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """Returns the worst rank among the tokens of every word, an ad's end being a word."""
    is_first = [flag for numbers in words for flag in _first_of_word(numbers)]
    return np.maximum.reduceat(ranks, np.flatnonzero(is_first))


def _first_of_word(numbers: Sequence[int]) -> list[bool]:
    """Tells for each token of an ad, and for its end, whether a word begins with it."""
    tokens = enumerate(numbers)
    return [*(place == 0 or number != numbers[place - 1] for place, number in tokens), True]
