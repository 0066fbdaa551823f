"""A Llama model at work: token ids in, hidden states and logits out, many sequences at once.

The new tokens of all trees stand one after the other and are read in one pass, so that no padding
is computed between texts of different lengths. It knows ids and arrays, not text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from adgen.llama.config import LlamaConfig
from adgen.llama.layers import Layers, NumpyLayers
from adgen.llama.rows import row_places
from adgen.llama.trees import Tree
from adgen.llama.weights import load_folder
from adgen.support.arrays import Floats, log_normaliser

Ids = NDArray[np.int64]
_TOKENS_AT_ONCE = 288  # more need memory and are no faster
_LOGITS_AT_ONCE = 96  # rows


class Llama:
    """Reads tokens with a Llama model.

    Args:
        config: The sizes.
        weights: Arrays by transformers' names, float32.
        layers: What computes the stretches between attentions, and the logits; by default NumPy
                does.

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
        self._output = weights[config.output_name]
        self._layers = NumpyLayers(weights, config) if layers is None else layers
        halves = np.arange(0, config.head_width, 2) / config.head_width
        self._frequencies = config.theta**-halves  # (half a head's width,)

    @classmethod
    def load(cls, folder: str | Path) -> Llama:
        """Returns the model of a folder; errors are those of `load_folder`."""
        config, weights = load_folder(folder)
        return cls(config, weights)

    def read(self, texts: Sequence[Sequence[int]]) -> Floats:
        """Reads whole texts from nothing.

        Args:
            texts: Token ids of each, at least one.

        Returns:
            The input of the output layer after every token, text after text, (tokens, width).

        Raises:
            ValueError: A text is empty or longer than the context.
        """
        self.check(texts)
        trees = [Tree(self.config) for _ in texts]
        for tree, text in zip(trees, texts, strict=True):
            tree.grow(text)
        return self.read_on(trees)

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

    def read_on(self, trees: Sequence[Tree]) -> Floats:
        """Reads the new tokens of trees.

        A tree's numbers do not depend on the others, nor on their order.

        Returns:
            The input of the output layer after every new token, tree after tree, (tokens, width).
        """
        counts = [len(tree.new_ids) for tree in trees]
        found = [self._read_together(trees[first:end]) for first, end in _batches(counts)]
        return np.concatenate(found or [np.zeros((0, self.config.width), np.float32)])

    def logits(self, hidden: Floats) -> Floats:
        """Returns the logits (rows, vocab) of the output layer's input (rows, width)."""
        return self._layers.logits(hidden)

    def logits_of(self, hidden: Floats, token_ids: Ids) -> Floats:
        """Returns the logits of these tokens alone, (rows, tokens)."""
        return hidden @ self._output[token_ids].T

    def iter_logits(self, hidden: Floats, counts: Sequence[int]) -> Iterator[tuple[Floats, float]]:
        """Yields the logits of each row, (vocab,), and what makes log-probabilities of them.

        Memory holds some rows at a time.

        Args:
            hidden: The output layer's input, (rows, width).
            counts: The rows of each tree; one tree's logits do not depend on another's.
        """
        places, num_rows = row_places(counts, self._period)
        spread = np.zeros((num_rows, self.config.width), np.float32)
        spread[places] = hidden
        for start in range(0, num_rows, _LOGITS_AT_ONCE):
            logits = self.logits(spread[start : start + _LOGITS_AT_ONCE])
            first, end = np.searchsorted(places, (start, start + _LOGITS_AT_ONCE))
            found = logits[places[first:end] - start]
            yield from zip(found, log_normaliser(found).tolist(), strict=True)

    @cached_property
    def _period(self) -> int:
        """Returns how far apart rows must stand to be computed alike."""
        return self._layers.row_period()

    def _read_together(self, trees: Sequence[Tree]) -> Floats:
        """Reads some trees' new tokens in one pass; (tokens, width)."""
        # 1. Rows: tree after tree, and some between them that nobody looks at.
        counts = [len(tree.new_ids) for tree in trees]
        places, num_rows = row_places(counts, self._period)
        token_ids = np.zeros(num_rows, np.int64)
        positions = np.zeros(num_rows, np.int64)
        token_ids[places] = [token_id for tree in trees for token_id in tree.new_ids]
        positions[places] = [position for tree in trees for position in tree.new_positions]
        firsts = places[np.cumsum([0, *counts[:-1]])]
        spans = [slice(at, at + count) for at, count in zip(firsts, counts, strict=True)]
        # 2. All layers; each tree attends by itself.
        turns = self._turns(positions)
        config = self.config
        attended = np.zeros((num_rows, config.num_heads * config.head_width), np.float32)
        for tree in trees:
            tree.begin()

        def attend(layer: int, projected: Floats) -> Floats:
            queries, keys, values = self._parts(projected, turns)
            for tree, span in zip(trees, spans, strict=True):
                attended[span] = tree.attend(layer, queries[span], keys[span], values[span])
            return attended

        hidden = self._run(token_ids, attend)
        for tree in trees:
            tree.end()
        return hidden[places]

    def _run(self, token_ids: Ids, attend: Callable[[int, Floats], Floats]) -> Floats:
        """Takes tokens through all layers."""
        layers = self._layers
        hidden, projected = layers.first(self._embedding[token_ids])
        for layer in range(self.config.num_layers - 1):
            hidden, projected = layers.between(layer, hidden, attend(layer, projected))
        return layers.last(hidden, attend(self.config.num_layers - 1, projected))

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
        turned = np.empty((len(heads), num_turned, config.head_width), np.float32)
        new_one, new_two = np.split(turned, 2, axis=2)  # views
        np.multiply(one, cosines, out=new_one)
        new_one -= two * sines
        np.multiply(two, cosines, out=new_two)
        new_two += one * sines
        turned[:, : config.num_heads] *= np.float32(config.head_width**-0.5)
        return turned[:, : config.num_heads], turned[:, config.num_heads :], heads[:, num_turned:]


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
