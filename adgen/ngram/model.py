"""A Kneser-Ney n-gram model of ads over token ids: the baseline that needs minutes of one core.

It predicts a token from at most `order - 1` tokens of the same ad, the ad's start among them. It
knows token ids, not text, and works in NumPy alone. `ngram.counts` fits and prunes it;
`ngram.file` stores it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from adgen.ngram.counts import (
    NGramCounts,
    check_max_bytes,
    check_token_ids,
    count_ngrams,
    estimate,
    prune_counts,
)
from adgen.ngram.file import NGramTables, load_tables, save_tables
from adgen.ngram.memory import check_fit_memory
from adgen.scoring.metrics import TargetScores, score_targets
from adgen.support.arrays import find_sorted, log, ranges
from adgen.support.ranges import NGRAM_ORDERS, check_number
from adgen.tokens.base import EOS_ID, PAD_ID

_CHUNK = 1 << 20  # tokens scored at once: 100 MB
# Full distributions scored at once: 4 MB with 16,384 tokens, so that they stay in the cache.
_BLOCK = 64


@dataclass(frozen=True)
class NGramReading:
    """Holds what an n-gram model says at some places of ads, and how much it knows there.

    Attributes:
        probabilities: Of each place's token, (places,), or of all tokens, (places, vocab_size).
        context_lengths: (places,) tokens of the longest context, of those before the place, that
            the model knows something to follow; from 0 to `order - 1`.
        backoffs: (places,) the weight that this context leaves to shorter ones; 1 where there is
            no such context.
    """

    probabilities: NDArray[np.floating]
    context_lengths: NDArray[np.int64]
    backoffs: NDArray[np.float32]


class NGramModel:
    """Predicts tokens with interpolated modified Kneser-Ney.

    With c(h, w) the Kneser-Ney count of token w after context h (`NGramCounts`), c(h) its sum over
    w and D its order's discount for such a count,

        p(w | h) = (c(h, w) - D(c(h, w))) / c(h) + backoff(h) * p(w | h without its first token),

    where backoff(h) is what the discounts took, so that p sums to 1; below single tokens stands the
    uniform distribution. A context never seen passes the question on unchanged. An ad begins after
    `<eos>`, and no context reaches into the ad before it. `<pad>` has probability 0, and `<unk>`
    too unless the fitted text contains it; every other token has more.

    Attributes:
        tables: What the model stores.

    Example:
        >>> ads = np.array([3, 4, 5, 2, 3, 4, 2])  # two ads, each followed by <eos>
        >>> model = NGramModel.fit(ads, vocab_size=6, order=3)
        >>> int(model.distribution([[2, 3]])[0].argmax())  # an ad that begins with 3
        4
        >>> model.log_probabilities(ads).shape
        (7,)

    Source:
        Chen and Goodman (1999), "An empirical study of smoothing techniques for language modeling",
        section 3.
    """

    def __init__(self, tables: NGramTables) -> None:
        """Makes a model of tables from `estimate` or `load_tables`."""
        self.tables = tables

    @classmethod
    def fit(
        cls,
        token_ids: NDArray[np.integer],
        *,
        vocab_size: int,
        order: int = 6,
        discounts: ArrayLike | None = None,
        max_bytes: int | None = None,
    ) -> NGramModel:
        """Fits a model to ads.

        48 million tokens take 1.5 to 3 minutes of one core and 4 GB of memory.

        Args:
            token_ids: (num_tokens,) the training split's ads, each followed by `<eos>`; may be a
                memory map.
            vocab_size: Number of token ids.
            order: Length of the longest n-gram: `order - 1` tokens predict the next.
            discounts: (order, 3) for counts of 1, 2, and 3 or more; by default estimated from the
                counts.
            max_bytes: Prune to a compact file of at most this size; see `prune_counts`.

        Raises:
            ValueError: The text is not ads of the vocabulary, an argument is out of range, or
                counting needs more memory than there is.
        """
        if max_bytes is not None:
            check_max_bytes(max_bytes, vocab_size)
        check_number("order", order, NGRAM_ORDERS, is_whole=True)
        check_token_ids(token_ids, vocab_size)
        check_fit_memory(token_ids, order)
        counts = count_ngrams(token_ids, vocab_size=vocab_size, order=order, discounts=discounts)
        return cls.from_counts(
            counts if max_bytes is None else prune_counts(counts, max_bytes=max_bytes)
        )

    @classmethod
    def from_counts(cls, counts: NGramCounts) -> NGramModel:
        """Makes a model of counts from `count_ngrams` or `prune_counts`.

        Models of several sizes can be made of one count.
        """
        return cls(estimate(counts))

    @property
    def vocab_size(self) -> int:
        """Returns the number of token ids."""
        return self.tables.vocab_size

    @property
    def order(self) -> int:
        """Returns the length of the longest n-gram; at most what was asked for."""
        return self.tables.order

    @property
    def num_ngrams(self) -> int:
        """Returns the number of distinct n-grams of all orders."""
        return sum(len(keys) for keys in self.tables.keys)

    def log_probabilities(self, token_ids: NDArray[np.integer]) -> NDArray[np.float64]:
        """Returns the logarithm of every token's probability, each ad's `<eos>` included.

        Args:
            token_ids: (num_tokens,) ads, each followed by `<eos>`.

        Returns:
            (num_tokens,) natural logarithms; -inf for `<pad>`, and for `<unk>` where the fitted
            text had none.

        Raises:
            ValueError: The text does not end with `<eos>` or has ids outside the vocabulary.
        """
        return log(np.asarray(self.token_readings(token_ids).probabilities, np.float64))

    def token_readings(self, token_ids: NDArray[np.integer]) -> NGramReading:
        """Returns every token's probability, each ad's `<eos>` included, and what it rests on.

        Args:
            token_ids: As for `log_probabilities`, whose errors are raised.

        Returns:
            Three arrays (num_tokens,); the probabilities are float64.
        """
        check_token_ids(token_ids, self.vocab_size)
        result = NGramReading(
            np.empty(len(token_ids)),
            np.zeros(len(token_ids), np.int64),
            np.ones(len(token_ids), np.float32),
        )
        for start in range(0, len(token_ids), _CHUNK):
            # 1. Take the chunk with the `order - 1` tokens before it; before the first of all
            # stands a start.
            first = max(start - self.order + 1, -1)
            tokens = np.asarray(token_ids[max(first, 0) : start + _CHUNK], dtype=np.int64)
            tokens = np.concatenate([[EOS_ID], tokens]) if first < 0 else tokens
            # 2. Read all of it, and keep the chunk.
            part = self._read_text(tokens)
            here = slice(start, start + _CHUNK)
            result.probabilities[here] = part.probabilities[start - first :]
            result.context_lengths[here] = part.context_lengths[start - first :]
            result.backoffs[here] = part.backoffs[start - first :]
        return result

    def _read_text(self, tokens: NDArray[np.int64]) -> NGramReading:
        """Returns the readings (num_tokens,) of running text, the first token's without context."""
        tables = self.tables
        steps = ngram_places(tables.keys, tables.vocab_size, tokens)
        probabilities = tables.discounted[0][tokens].astype(np.float64)
        lengths = np.zeros(len(tokens), np.int64)
        left = np.ones(len(tokens), np.float32)
        prefixes = next(steps)
        # p(w | h) = discounted(h, w) + backoff(h) * p(w | h without its first token), from single
        # tokens up: (num_tokens,).
        for n, ids in enumerate(steps):
            backoffs = _at(tables.backoffs[n], prefixes[:-1], 1)
            probabilities[1:] *= backoffs
            probabilities += _at(tables.discounted[n + 1], ids, 0)
            _note_context(lengths[1:], left[1:], backoffs, n + 1)
            prefixes = ids
        return NGramReading(probabilities, lengths, left)

    def distribution(
        self, contexts: Sequence[Sequence[int]] | NDArray[np.integer]
    ) -> NDArray[np.float32]:
        """Returns the probabilities of every token after each context.

        Args:
            contexts: The ads so far, each with the `<eos>` before it: [[2], [2, 17]]; or an array
                (batch, length) with `<pad>` in front. Only the last `order - 1` tokens count.
                Without the `<eos>` a context stands somewhere inside an ad.

        Returns:
            (batch, vocab_size).

        Raises:
            ValueError: A context has ids outside the vocabulary.
        """
        return self.readings(contexts).probabilities

    def readings(self, contexts: Sequence[Sequence[int]] | NDArray[np.integer]) -> NGramReading:
        """Returns the probabilities of every token after each context, and what they rest on.

        Args:
            contexts: As for `distribution`, whose errors are raised.

        Returns:
            The probabilities are (batch, vocab_size), float32.
        """
        tables = self.tables
        rows = self._context_rows(contexts)  # (batch, order - 1)
        lengths = np.zeros(len(rows), np.int64)
        left = np.ones(len(rows), np.float32)
        # From single tokens up: (batch, vocab).
        probabilities = np.repeat(tables.discounted[0][None], len(rows), axis=0)
        for n, ids in zip(
            range(1, self.order), ngram_places(tables.keys, tables.vocab_size, rows), strict=False
        ):
            # 1. The n-grams that begin with a row's last n tokens are neighbours: find where they
            # begin and end, (batch,) both. Nothing follows an unknown prefix, -1.
            prefixes = ids[:, -1]
            keys = tables.keys[n]
            first, end = np.searchsorted(
                keys, [prefixes * self.vocab_size, (prefixes + 1) * self.vocab_size]
            )
            counts = end - first
            # 2. Row and place of each of them: (num_ngrams,) both.
            row = np.repeat(np.arange(len(rows)), counts)
            place = ranges(first, counts)
            # 3. backoff(h) * p(w | h without its first token) + discounted(h, w), where there is h.
            backoffs = _at(tables.backoffs[n - 1], prefixes, 1)
            probabilities *= backoffs[:, None]
            probabilities[row, keys[place] % self.vocab_size] += tables.discounted[n][place]
            _note_context(lengths, left, backoffs, n)
        return NGramReading(probabilities, lengths, left)

    def score_tokens(self, token_ids: NDArray[np.integer]) -> TargetScores:
        """Sums nats, accuracy, top-5 accuracy and hinge over every token.

        An LSTM's are from `lstm.evaluation.score_tokens`. The full distribution of every token is
        needed, some 10,000 a second with 16,384 tokens; for nats alone `log_probabilities` is much
        faster.

        Args:
            token_ids: (num_tokens,) ads, each followed by `<eos>`.

        Raises:
            ValueError: As `log_probabilities`.
        """
        check_token_ids(token_ids, self.vocab_size)
        total = TargetScores()
        for targets, logits in self.predictions(token_ids, block_tokens=_BLOCK):
            total += score_targets(logits, targets)
        return total

    def predictions(
        self, token_ids: NDArray[np.integer], *, block_tokens: int
    ) -> Iterator[tuple[NDArray[np.integer], NDArray[np.float32]]]:
        """Yields the tokens of ads block by block, with the log-probabilities of all in each place.

        Args:
            token_ids: (num_tokens,) ads, each followed by `<eos>`.
            block_tokens: Tokens in a block.

        Yields:
            (block_tokens,) ids, and (block_tokens, vocab_size) natural logarithms, -inf where none
            can be.
        """
        # Row i holds the tokens before token i, some of the ad before: no n-gram reaches over
        # `<eos>`. (num_tokens + 1, length)
        length = max(self.order - 1, 1)
        text = np.concatenate([np.full(length - 1, PAD_ID), [EOS_ID], token_ids])
        contexts = np.lib.stride_tricks.sliding_window_view(text, length)
        for start in range(0, len(token_ids), block_tokens):
            targets = token_ids[start : start + block_tokens]
            yield targets, log(self.distribution(contexts[start : start + len(targets)]))

    def save(self, path: str | Path, *, compact: bool = False) -> None:
        """Writes the model as one safetensors file.

        It is exact, or (`compact`) takes less than two bytes an n-gram.
        """
        save_tables(self.tables, path, compact=compact)

    @classmethod
    def load(cls, path: str | Path) -> NGramModel:
        """Reads a model that `save` wrote.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: The file is damaged, or no n-gram model.
        """
        return cls(load_tables(path))

    def _context_rows(
        self, contexts: Sequence[Sequence[int]] | NDArray[np.integer]
    ) -> NDArray[np.int64]:
        """Returns the last tokens of each context, (batch, order - 1), `<pad>` in front."""
        length = self.order - 1
        rows = np.full((len(contexts), length), PAD_ID, np.int64)
        if isinstance(contexts, np.ndarray):
            given = contexts[:, max(contexts.shape[1] - length, 0) :]
            rows[:, length - given.shape[1] :] = given
        else:
            for row, context in zip(rows, contexts, strict=True):
                last = list(context)[-length:] if length else []
                row[length - len(last) :] = last
        if rows.size and (rows.min() < 0 or rows.max() >= self.vocab_size):
            raise ValueError(
                f"contexts have ids from {rows.min()} to {rows.max()}; expected 0 to "
                f"{self.vocab_size - 1:,}, the vocabulary. Encode them with the tokenizer that the "
                "model is for."
            )
        return rows


def _note_context(
    lengths: NDArray[np.int64],
    left: NDArray[np.float32],
    backoffs: NDArray[np.float32],
    length: int,
) -> None:
    """Notes in `lengths` and `left` where a longer context has something to say, (places,) all."""
    # What a context that says nothing leaves to shorter ones is all, 1.
    speaks = backoffs < 1
    lengths[speaks] = length
    left[speaks] = backoffs[speaks]


def _at(
    values: NDArray[np.float32], places: NDArray[np.int64], missing: float
) -> NDArray[np.float32]:
    """Returns `values[places]`, and `missing` where a place is -1."""
    return np.where(places >= 0, values[places], np.float32(missing))


def ngram_places(
    keys: Sequence[NDArray[np.int64]], vocab_size: int, tokens: NDArray[np.int64]
) -> Iterator[NDArray[np.int64]]:
    """Yields for order 1, 2, ... the place of the n-gram that ends at each token, -1 where unknown.

    No n-gram has `<eos>` in its middle, so that the borders of ads need no care here.

    Args:
        keys: As `NGramTables.keys`.
        vocab_size: Number of token ids.
        tokens: (..., num_tokens) ids; the places are of this shape too.
    """
    ids = np.where(tokens == PAD_ID, -1, tokens)
    yield ids
    for keys_here in keys[1:]:
        # A key is the place of the n-gram before, times the vocabulary, plus the token.
        packed = np.full_like(ids, -1)
        packed[..., 1:] = np.where(
            ids[..., :-1] >= 0, ids[..., :-1] * vocab_size + tokens[..., 1:], -1
        )
        ids = find_sorted(keys_here, packed.ravel()).reshape(packed.shape)
        yield ids
