"""Keys and values of texts that begin alike, and attention to them.

A *tree* holds a prompt and what was written behind it, each token of a common beginning once. A
token attends to itself and to those before it on its own way from the root. A tree is computed by
itself, in arrays whose shapes depend on nothing else, so that its numbers do not either. It knows
arrays and places, not what tokens mean.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from adgen.llama.config import LlamaConfig
from adgen.support.arrays import Floats

_MORE_TOKENS = 64  # that memory is taken for at once, at least
_HIDDEN = np.float32(-1e30)  # a score whose exponential is 0


class Tree:
    """Holds texts that begin alike.

    Args:
        config: The model's sizes.

    Example:
        tree = Tree(llama.config)
        prompt = tree.grow([1, 5, 9])
        one, other = tree.grow([4], prompt), tree.grow([7, 7], prompt)
        llama.read_on([tree])  # (6, width)
    """

    def __init__(self, config: LlamaConfig) -> None:
        self._config = config
        # Keys and values: (layers, 2, key heads, tokens, width of a head).
        shape = (config.num_layers, 2, config.num_groups, 0, config.head_width)
        self._kept = np.empty(shape, np.float32)
        self._sees = np.zeros((0, 0), np.bool_)  # (tokens, tokens): what each attends to
        self._positions: list[int] = []
        self._token_ids: list[int] = []
        self._num_read = 0

    @property
    def num_tokens(self) -> int:
        """Counts the tokens, read or not."""
        return len(self._token_ids)

    @property
    def new_ids(self) -> list[int]:
        """Returns the tokens that the model has not read."""
        return self._token_ids[self._num_read :]

    @property
    def new_positions(self) -> list[int]:
        """Returns their positions, 0 for a text's first token."""
        return self._positions[self._num_read :]

    def grow(self, token_ids: Sequence[int], behind: int | None = None) -> int:
        """Appends tokens, each behind the one before it; the model reads them later.

        Args:
            token_ids: At least one.
            behind: The number of the token that they follow; None for none.

        Returns:
            The number of the last one.

        Raises:
            ValueError: They fill the context.
        """
        first = len(self._token_ids)
        end = first + len(token_ids)
        position = 0 if behind is None else self._positions[behind] + 1
        if position + len(token_ids) > self._config.context_length:
            raise ValueError(
                f"A sequence would grow beyond {self._config.context_length:,} tokens, all that "
                "the model can read. Ask for fewer tokens."
            )
        self._make_room(end)
        if behind is not None:
            self._sees[first:end, :first] = self._sees[behind, :first]
        self._sees[first:end, first:end] = np.tri(end - first, dtype=np.bool_)
        self._positions += range(position, position + len(token_ids))
        self._token_ids += token_ids
        return end - 1

    def begin(self) -> None:
        """Prepares the reading of the new tokens; `attend` follows, layer by layer."""
        first, end = self._num_read, len(self._token_ids)
        # (new tokens, 1, tokens): 0 or `_HIDDEN`.
        self._mask = np.where(self._sees[first:end, np.newaxis, :end], np.float32(0), _HIDDEN)

    def attend(self, layer: int, queries: Floats, keys: Floats, values: Floats) -> Floats:
        """Keeps the new tokens and lets them attend.

        Args:
            layer: The layer's number.
            queries: (new tokens, heads, width of a head), turned to their positions and scaled.
            keys: (new tokens, key heads, width of a head), turned to their positions.
            values: The same, as they are.

        Returns:
            (new tokens, heads * width of a head).
        """
        num_new, num_keys, width = keys.shape
        first, end = self._num_read, self._num_read + num_new
        all_keys, all_values = self._kept[layer, :, :, :end]  # each (key heads, tokens, width)
        # 1. Write the new tokens.
        all_keys[:, first:] = keys.swapaxes(0, 1)
        all_values[:, first:] = values.swapaxes(0, 1)
        # 2. Scores, one product a key head: (key heads, new tokens * heads a key head, tokens).
        grid = queries.reshape(num_new, num_keys, -1, width).transpose(1, 0, 2, 3)
        scores = grid.reshape(num_keys, -1, width) @ all_keys.swapaxes(1, 2)
        by_token = scores.reshape(*grid.shape[:3], end)  # a view
        by_token += self._mask
        softmax(scores)
        # 3. What they attend to, token by token.
        attended = (scores @ all_values).reshape(grid.shape)
        return attended.transpose(1, 0, 2, 3).reshape(num_new, -1)

    def end(self) -> None:
        """Says that the new tokens are read."""
        self._num_read = len(self._token_ids)

    def _make_room(self, num_tokens: int) -> None:
        """Takes memory for so many tokens and some more, where there is none."""
        old = len(self._sees)
        if num_tokens <= old:
            return
        size = max(num_tokens + _MORE_TOKENS, old * 3 // 2)
        kept = np.empty((*self._kept.shape[:3], size, self._kept.shape[4]), np.float32)
        kept[:, :, :, :old] = self._kept
        sees = np.zeros((size, size), np.bool_)
        sees[:old, :old] = self._sees
        self._kept, self._sees = kept, sees


def softmax(scores: Floats) -> None:
    """Turns scores into probabilities, along the last axis and in place."""
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
