"""One scale for every kind of model: what held-out ads cost it, after example ads or without.

An adgen LSTM, an n-gram model and any causal language model of transformers are asked the same: the probability and
the rank of every token of every ad and of its end, the softmax over the whole vocabulary. Bits are summed and divided
by characters, and words counted as white space separates them, so that tokenizers do not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from adgen.lstm.directory import ModelDirectory
from adgen.lstm.evaluation import EncodedAds, encode_for_evaluation
from adgen.lstm.numpy_lstm import NumpyLSTM, log_normaliser
from adgen.ngram.model import NGramModel
from adgen.scoring.metrics import TargetScores
from adgen.support.arrays import ranges
from adgen.tokens.base import PAD_ID, UNK_ID, AdTokenizer
from adgen.tokens.spelling import SpellingModel

Figures = dict[str, float | None]
# Ads read together, and positions whose logits exist at once.
_BATCH_ADS, _BLOCK = 256, 128
_NEVER = np.iinfo(np.int64).max


class Shots(NamedTuple):
    """What a model reads before an ad: example ads, and the category that a heading names.

    Attributes:
        examples: Ads of the training split.
        category: In words of the corpus.
    """

    examples: tuple[str, ...] = ()
    category: str = "all categories"


@dataclass(frozen=True)
class TokenScores:
    """What a model makes of every token of some ads, in the ads' order, each ad's end included.

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


class AdScorer(Protocol):
    """A model that can say what ads cost it."""

    def encode_words(self, ad: str) -> tuple[list[int], list[int]]:
        """Token ids of an ad without its end, and the number of the word that each is a part of."""

    def score(self, ads: Sequence[str], shots: Sequence[Shots]) -> TokenScores:
        """Score ads, each after its shots."""

    def count_text(self, ads: Sequence[str]) -> EncodedAds:
        """Characters that the tokens stand for, and what unknown words cost."""


def score_ads(
    model: Any,
    tokenizer: Any,
    ads: Sequence[str],
    *,
    shots: Sequence[Shots] | None = None,
    template: str | None = None,
) -> Figures:
    """What ads cost a model.

    Args:
        model: A `ModelDirectory`, an `NGramModel`, or a causal language model of transformers.
        tokenizer: Of an n-gram model or a transformers model; a model directory has its own (None).
        ads: Texts that the model has not been trained on, if the figures are to say something.
        shots: For each ad what stands before it, which is read and not scored; by default nothing. Equal ones side
            by side are read once. An n-gram model's context never reaches that far.
        template: How ads stand in a transformers model's context, one of `adgen.gpt.prompts.TEMPLATES`; by default
            "ads" for a model that has learned ads, else "list".

    Returns:
        `num_ads`, `num_tokens`, `num_chars`, `bits_per_char` (ends of ads included), `perplexity` (a token),
        `accuracy` and `top_5_accuracy` (tokens), `word_accuracy` and `word_top_5_accuracy`: the share of words, an
        ad's end being one, whose every token was the first choice, or among the first five, after the true text
        before it. `num_with_fewer_shots` is there where some ads are so long that the model had no room for all of
        their shots: they were scored after the last ones.

    Raises:
        ValueError: There are no ads, what stands before them leaves room for none, or the model reads no whole ads.

    Example:
        >>> from adgen.tokens.base import WordTokenizer
        >>> ads = ["tv stand", "tv stand", "tv"]
        >>> tokenizer = WordTokenizer.fit(ads)
        >>> ngram = NGramModel.fit(tokenizer.encode_ads(ads), vocab_size=tokenizer.vocab_size)
        >>> score_ads(ngram, tokenizer, ["tv"])["accuracy"]  # of "tv" and its end; "stand" is likelier
        0.5
    """
    if not len(ads):
        raise ValueError("There are no ads to score. Give at least one.")
    if shots is not None and len(shots) != len(ads):
        raise ValueError(
            f"Received {len(ads):,} ads and shots for {len(shots):,}; expected as many. Give each ad its own."
        )
    return scorer_figures(open_scorer(model, tokenizer, template=template), ads, shots)


def scorer_figures(scorer: AdScorer, ads: Sequence[str], shots: Sequence[Shots] | None = None) -> Figures:
    """As `score_ads`, of a scorer that is already open."""
    scores = scorer.score(ads, [Shots()] * len(ads) if shots is None else shots)
    text = scorer.count_text(ads)
    words = [scorer.encode_words(ad)[1] for ad in ads]
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
    worst = _worst_ranks(scores.ranks, words)
    shares = {"word_accuracy": (worst < 1).mean(), "word_top_5_accuracy": (worst < 5).mean()}
    return counts | {name: summary[name] for name in kept} | {name: float(v) for name, v in shares.items()}


def open_scorer(model: Any, tokenizer: Any = None, *, template: str | None = None) -> AdScorer:
    """What `score_ads` asks: the scorer of a model of any kind; its arguments are those of `score_ads`."""
    if isinstance(model, ModelDirectory):
        return LSTMScorer(model)
    if isinstance(model, NGramModel):
        return NGramScorer(model, tokenizer)
    from adgen.gpt.scorer import CausalScorer  # torch is loaded for models that need it

    return CausalScorer.of(model, tokenizer, template=template)


class LSTMScorer:
    """An adgen LSTM that reads whole ads; example ads are read before, the state carried along.

    Raises:
        ValueError: The model reads a stream or windows.
    """

    def __init__(self, model: ModelDirectory) -> None:
        if model.config.reads != "packed":
            raise ValueError(
                f'The model reads "{model.config.reads}"; ads are scored one by one, or after examples, with models '
                'that read "packed". `adgen evaluate` gives the figures of the others.'
            )
        self._model = model
        self._lstm = NumpyLSTM(model.weights, model.config)
        self.encode_words = model.tokenizer.encode_words

    def count_text(self, ads: Sequence[str]) -> EncodedAds:
        """As `AdScorer.count_text`."""
        spelling = None if self._model.spelling is None else SpellingModel.from_dict(self._model.spelling)
        return encode_for_evaluation(ads, self._model.tokenizer, self._model.config, spelling)

    def score(self, ads: Sequence[str], shots: Sequence[Shots]) -> TokenScores:
        """As `AdScorer.score`."""
        eos, encode = self._model.tokenizer.eos_id, self._model.tokenizer.encode
        rows = [[*encode(ad), eos] for ad in ads]

        def score_group(given: Shots, places: NDArray[np.int64]) -> Any:
            before = [token for ad in given.examples for token in (eos, *encode(ad))]
            state = self._lstm.window_state(np.array([before], np.int64).reshape(1, -1))
            for batch in by_length(rows, places):
                batch_state = tuple(part.repeat(len(batch), axis=0) for part in state)
                yield batch, *self._score_rows([rows[place] for place in batch], batch_state, eos)

        return in_order(rows, shots, score_group)

    def _score_rows(self, rows: list[list[int]], state: Any, eos: int) -> tuple[Any, Any]:
        """Log-probabilities and ranks of the rows' tokens, one row after the other."""
        targets = np.full((len(rows), max(map(len, rows))), PAD_ID, np.int64)
        for target, row in zip(targets, rows, strict=True):
            target[: len(row)] = row
        contexts = np.column_stack([np.full(len(rows), eos), targets[:, :-1]])
        is_target = targets != PAD_ID
        features = self._lstm.sequence_features(contexts, state)[is_target]
        flat = targets[is_target]
        blocks = [slice(start, start + _BLOCK) for start in range(0, len(flat), _BLOCK)]
        scored = [score_logits(self._lstm.output(features[block]), flat[block]) for block in blocks]
        logs, ranks = map(np.concatenate, zip(*scored, strict=True))
        return logs, ranks


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
        for start in range(0, len(targets), _BLOCK):
            with np.errstate(divide="ignore"):
                logits = np.log(self._model.distribution(contexts[start : start + _BLOCK]))
            scored.append(score_logits(logits, targets[start : start + _BLOCK]))
        logs, ranks = map(np.concatenate, zip(*scored, strict=True))
        return TokenScores(logs, ranks, np.array([len(row) for row in rows]))


def score_logits(
    logits: NDArray[np.float32], targets: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Log-probabilities and ranks (n,) of targets (n,) under logits (n, vocab); `<unk>` is never a right answer."""
    chosen = logits[np.arange(len(targets)), targets]
    ranks = np.array([np.count_nonzero(row >= one) for row, one in zip(logits, chosen, strict=True)]) - 1
    ranks[targets == UNK_ID] = _NEVER
    return chosen - log_normaliser(logits), ranks


def in_order(rows: Sequence[Sequence[int]], shots: Sequence[Shots], score_group: Any) -> TokenScores:
    """Score rows in groups of equal shots; `score_group(shots, places)` yields places and their scores."""
    lengths = np.array([len(row) for row in rows], np.int64)
    starts = np.concatenate([[0], lengths.cumsum()[:-1]])
    logs, ranks = np.empty(lengths.sum()), np.empty(lengths.sum(), np.int64)
    place = 0
    for given, group in groupby(shots):
        size = len(list(group))
        for places, found_logs, found_ranks in score_group(given, np.arange(place, place + size)):
            at = ranges(starts[places], lengths[places])
            logs[at], ranks[at] = found_logs, found_ranks
        place += size
    return TokenScores(logs, ranks, lengths)


def by_length(rows: Sequence[Sequence[int]], places: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Cut places of rows into batches of similar length, so that little of a batch is padding."""
    lengths = np.array([len(rows[place]) for place in places])
    ordered = places[np.argsort(lengths, kind="stable")]
    return [ordered[start : start + _BATCH_ADS] for start in range(0, len(ordered), _BATCH_ADS)]


def _worst_ranks(ranks: NDArray[np.int64], words: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """The worst rank among the tokens of every word, an ad's end being a word."""
    is_first = [flag for numbers in words for flag in _first_of_word(numbers)]
    return np.maximum.reduceat(ranks, np.flatnonzero(is_first))


def _first_of_word(numbers: Sequence[int]) -> list[bool]:
    """For each token of an ad and its end, whether a word begins with it."""
    return [place == 0 or number != numbers[place - 1] for place, number in enumerate(numbers)] + [True]
