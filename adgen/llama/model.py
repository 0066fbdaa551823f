"""A Llama model at work: token ids in, hidden states and logits out, many sequences at once.

Whole texts are read *packed*: the tokens of all stand one after the other, so that no padding is
computed. While ads are written, a step reads one token of each sequence. It knows ids and arrays,
not text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from adgen.llama.cache import Cache, softmax
from adgen.llama.config import LlamaConfig
from adgen.llama.layers import Layers, NumpyLayers
from adgen.llama.weights import load_folder
from adgen.support.arrays import Floats

Ids = NDArray[np.int64]
# Takes a layer's number, a text's number, and its keys and values.
WriteKeys = Callable[[int, int, Floats, Floats], None]
_TOKENS_AT_ONCE = 256  # of texts; more need memory and are no faster


class Llama:
    """Reads tokens with a Llama model.

    Args:
        config: The sizes.
        weights: Arrays by transformers' names, float32.
        layers: What computes the stretches between attentions; by default NumPy does.

    Example:
        llama = Llama.load("models/llama")
        logits = llama.logits(llama.read([[1, 5, 9]]))  # (3, vocab)

    Source:
        Touvron et al., 2023, LLaMA: Open and Efficient Foundation Language Models; the rotary
        positions are those of Su et al., 2021, in the order of transformers: a head's first half
        is turned against its second.
    """

    def __init__(
        self, config: LlamaConfig, weights: Mapping[str, Floats], layers: Layers | None = None
    ) -> None:
        self.config = config
        self._embedding = weights["model.embed_tokens.weight"]
        self._head = self._embedding if config.is_tied else weights["lm_head.weight"]
        self._layers = NumpyLayers(weights, config) if layers is None else layers
        halves = np.arange(0, config.head_width, 2) / config.head_width
        self._frequencies = config.theta**-halves  # (half a head's width,)

    @classmethod
    def load(cls, folder: str | Path) -> Llama:
        """Returns the model of a folder; errors are those of `load_folder`."""
        config, weights = load_folder(folder)
        return cls(config, weights)

    def read(self, texts: Sequence[Sequence[int]], write: WriteKeys | None = None) -> Floats:
        """Reads whole texts from nothing.

        Args:
            texts: Token ids of each, at least one.
            write: Is given each layer's keys and values of each text.

        Returns:
            The input of the output layer after every token, text after text, (tokens, width).

        Raises:
            ValueError: A text is empty or longer than the context.
        """
        self.check(texts)
        found = [
            self._read_together(texts[first:end], first, write)
            for first, end in _batches(list(map(len, texts)))
        ]
        return np.concatenate(found or [np.zeros((0, self.config.width), np.float32)])

    def check(self, texts: Sequence[Sequence[int]]) -> None:
        """Raises where the model cannot read a text.

        Raises:
            ValueError: It is empty or longer than the context.
        """
        for text in texts:
            if not 0 < len(text) <= self.config.context_length:
                raise ValueError(
                    f"A text has {len(text):,} tokens; the model reads 1 to "
                    f"{self.config.context_length:,}. Cut it."
                )

    def step(self, token_ids: Ids, cache: Cache) -> Floats:
        """Reads one more token of every sequence.

        Args:
            token_ids: (rows,), at least one.
            cache: What the sequences read before; it grows by this token.

        Returns:
            The input of the output layer, (rows, width).

        Raises:
            ValueError: A sequence fills the context.
        """
        if cache.positions.max() >= self.config.context_length:
            raise ValueError(
                f"An ad is to go on beyond {self.config.context_length:,} tokens, all that the "
                "model can read. Ask for fewer tokens."
            )
        turns = self._turns(cache.positions)
        cache.begin_step()

        def attend(layer: int, projected: Floats) -> Floats:
            return cache.attend(layer, *self._parts(projected, turns))

        return self._run(token_ids, attend)

    def logits(self, hidden: Floats) -> Floats:
        """Returns the logits (rows, vocab) of the output layer's input (rows, width)."""
        return _products(self._head, hidden)

    def logits_of(self, hidden: Floats, token_ids: Ids) -> Floats:
        """Returns the logits of these tokens alone, (rows, tokens)."""
        return _products(self._head[token_ids], hidden)

    def _run(self, token_ids: Ids, attend: Callable[[int, Floats], Floats]) -> Floats:
        """Takes tokens through all layers."""
        layers = self._layers
        hidden, projected = layers.first(self._embedding[token_ids])
        for layer in range(self.config.num_layers - 1):
            hidden, projected = layers.between(layer, hidden, attend(layer, projected))
        return layers.last(hidden, attend(self.config.num_layers - 1, projected))

    def _read_together(
        self, texts: Sequence[Sequence[int]], first: int, write: WriteKeys | None
    ) -> Floats:
        """Reads some texts, the first of which has this number; (tokens, width)."""
        lengths = list(map(len, texts))
        borders = np.cumsum([0, *lengths])
        spans = [slice(*pair) for pair in pairwise(borders)]
        turns = self._turns(np.concatenate([np.arange(length) for length in lengths]))

        def attend(layer: int, projected: Floats) -> Floats:
            queries, keys, values = self._parts(projected, turns)
            attended = np.empty((len(queries), queries[0].size), np.float32)
            for number, span in enumerate(spans, start=first):
                attended[span] = _attend_within(queries[span], keys[span], values[span])
                if write is not None:
                    write(layer, number, keys[span], values[span])
            return attended

        return self._run(np.concatenate([np.asarray(text) for text in texts]), attend)

    def _turns(self, positions: Ids) -> tuple[Floats, Floats]:
        """Returns cosines and sines (tokens, 1, half a head's width) of positions (tokens,)."""
        angles = positions[:, np.newaxis, np.newaxis] * self._frequencies
        return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)

    def _parts(
        self, projected: Floats, turns: tuple[Floats, Floats]
    ) -> tuple[Floats, Floats, Floats]:
        """Returns queries, keys, values (tokens, heads, width), all but values turned."""
        config = self.config
        heads = projected.reshape(len(projected), -1, config.head_width)
        num_turned = config.num_heads + config.num_groups
        cosines, sines = turns
        one, two = np.split(heads[:, :num_turned], 2, axis=2)
        turned = np.concatenate([one * cosines - two * sines, two * cosines + one * sines], axis=2)
        turned[:, : config.num_heads] *= np.float32(config.head_width**-0.5)
        return turned[:, : config.num_heads], turned[:, config.num_heads :], heads[:, num_turned:]


def _products(matrix: Floats, rows: Floats) -> Floats:
    """Returns `rows @ matrix.T`, (rows, outputs); BLAS is faster with weights on the left."""
    return np.ascontiguousarray((matrix @ rows.T).T)


def _attend_within(queries: Floats, keys: Floats, values: Floats) -> Floats:
    """Returns what each token of a text attends to, itself and those before it.

    Args:
        queries: (tokens, heads, width), scaled.
        keys: (tokens, key heads, width).
        values: The same.

    Returns:
        (tokens, heads * width).
    """
    num_tokens, num_keys, width = keys.shape
    # (key heads, tokens * heads a key head, width)
    grid = queries.reshape(num_tokens, num_keys, -1, width).transpose(1, 0, 2, 3)
    flat = grid.reshape(num_keys, -1, width)
    scores = (flat @ keys.transpose(1, 2, 0)).reshape(*grid.shape[:3], num_tokens)
    scores += np.triu(np.full((num_tokens, num_tokens), -1e30, np.float32), 1)[:, np.newaxis]
    softmax(scores)
    attended = np.matmul(
        scores.reshape(num_keys, -1, num_tokens), values.transpose(1, 0, 2), dtype=np.float32
    )
    return attended.reshape(grid.shape).transpose(1, 0, 2, 3).reshape(num_tokens, -1)


def _batches(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yields runs of texts, first and end, of about so many tokens that are read at once."""
    first = 0
    num_tokens = 0
    for number, length in enumerate(lengths):
        if number > first and num_tokens + length > _TOKENS_AT_ONCE:
            yield first, number
            first = number
            num_tokens = 0
        num_tokens += length
    if lengths:
        yield first, len(lengths)
