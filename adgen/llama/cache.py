"""Keys and values of sequences while they are written, and attention to them.

Sequences that begin with the same prompt are *candidates* of one *group*, whose prompt is kept
once. Memory is taken ahead and grows in steps, so that a new token writes its own place and nothing
is copied. Candidates that end leave a gap; a group's place is given to another when all of its
candidates have ended. It knows arrays and places, no tokens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from adgen.llama.config import LlamaConfig
from adgen.support.arrays import Floats

_MORE_GROUPS = 8  # that are added at once
_MORE_COLUMNS = 32
_HIDDEN = np.float32(-1e30)  # a score whose exponential is 0
Places = NDArray[np.int64]


class Cache:
    """Holds keys and values of groups of candidates.

    Args:
        config: The model's sizes.
    """

    def __init__(self, config: LlamaConfig) -> None:
        self._config = config
        # Keys and values of prompts: (2, layers, groups, key heads, columns, width of a head).
        shape = (2, config.num_layers, 0, config.num_groups, 0, config.head_width)
        self._prompts = np.zeros(shape, np.float32)
        # Of what candidates wrote: (2, layers, groups, key heads, candidates, columns, width).
        self._written = np.zeros((*shape[:4], 0, 0, config.head_width), np.float32)
        self._prompt_lengths = np.zeros(0, np.int64)  # (groups,)
        # Of each sequence, in the caller's order: its group, its number there, tokens written.
        self._group = np.zeros(0, np.int64)
        self._number = np.zeros(0, np.int64)
        self._lengths = np.zeros(0, np.int64)

    @property
    def num_groups(self) -> int:
        """Counts the groups of which a candidate is left."""
        return len(self._prompt_lengths)

    @property
    def positions(self) -> Places:
        """Returns the position of each sequence's next token, (rows,)."""
        return self._prompt_lengths[self._group] + self._lengths

    def add(self, prompt_lengths: Sequence[int], num_candidates: Sequence[int]) -> None:
        """Makes room for new groups, behind the others; `write_prompts` fills it."""
        old = len(self._prompt_lengths)
        self._prompt_lengths = np.append(self._prompt_lengths, prompt_lengths).astype(np.int64)
        num_groups = len(self._prompt_lengths)
        self._prompts = _grown(
            self._prompts,
            {2: num_groups, 4: max(prompt_lengths)},
            {2: _MORE_GROUPS, 4: _MORE_COLUMNS},
        )
        self._written = _grown(
            self._written, {2: num_groups, 4: max(num_candidates)}, {2: _MORE_GROUPS, 4: 1}
        )
        counts = np.asarray(num_candidates)
        self._group = np.append(self._group, np.repeat(np.arange(old, num_groups), counts))
        self._number = np.concatenate([self._number, *map(np.arange, num_candidates)])
        self._lengths = np.append(self._lengths, np.zeros(counts.sum(), np.int64))

    def write_prompt(self, layer: int, group: int, keys: Floats, values: Floats) -> None:
        """Keeps a group's prompt in a layer.

        Args:
            layer: The layer's number.
            group: The group's number, the newest ones last.
            keys: (tokens, key heads, width of a head), turned to their positions.
            values: The same.
        """
        for kept, new in zip(self._prompts, (keys, values), strict=True):
            kept[layer, group, :, : len(new)] = new.swapaxes(0, 1)

    def keep(self, rows: Places) -> None:
        """Goes on with these sequences alone.

        Raises:
            ValueError: A sequence is named twice.
        """
        if len(np.unique(rows)) < len(rows):
            raise ValueError("A sequence was to be kept twice; expected each row once at most.")
        self._group = self._group[rows]
        self._number = self._number[rows]
        self._lengths = self._lengths[rows]
        # The last groups move to the places of those that have ended.
        alive = np.unique(self._group)
        moving = alive[alive >= len(alive)]
        free = np.setdiff1d(np.arange(len(alive)), alive)
        for arrays in (self._prompts, self._written):
            for layers in arrays:
                layers[:, free] = layers[:, moving]
        new_place = np.arange(len(self._prompt_lengths))
        new_place[moving] = free
        self._prompt_lengths[free] = self._prompt_lengths[moving]
        self._prompt_lengths = self._prompt_lengths[: len(alive)]
        self._group = new_place[self._group]

    def begin_step(self) -> None:
        """Counts one more token of every sequence; `attend` writes it, layer by layer."""
        self._lengths += 1
        longest = int(self._lengths.max())
        self._written = _grown(self._written, {5: longest}, {5: _MORE_COLUMNS})
        # (groups, key heads, candidates, heads a key head, columns): 0 or `_HIDDEN`.
        num_groups, num_candidates = len(self._prompt_lengths), self._written.shape[4]
        prompt_columns = int(self._prompt_lengths.max())
        lengths = np.ones((num_groups, num_candidates), np.int64)  # of gaps any, but not none
        lengths[self._group, self._number] = self._lengths
        mask = np.zeros((num_groups, 1, num_candidates, 1, prompt_columns + longest), np.float32)
        is_prompt = np.arange(prompt_columns) < self._prompt_lengths[:, np.newaxis]
        is_written = np.arange(longest) < lengths[:, :, np.newaxis]
        mask[:, 0, :, 0, :prompt_columns] = np.where(is_prompt, 0, _HIDDEN)[:, np.newaxis]
        mask[:, 0, :, 0, prompt_columns:] = np.where(is_written, 0, _HIDDEN)
        self._mask = mask

    def attend(self, layer: int, queries: Floats, keys: Floats, values: Floats) -> Floats:
        """Keeps a token of every sequence and lets it attend to what stands before it and itself.

        Args:
            layer: The layer's number.
            queries: (rows, heads, width of a head), turned to their positions and scaled.
            keys: (rows, key heads, width of a head), turned to their positions.
            values: The same, as they are.

        Returns:
            (rows, heads * width of a head).
        """
        group, number = self._group, self._number
        num_groups, _, num_candidates, _, num_columns = self._mask.shape
        longest = int(self._lengths.max())
        split = num_columns - longest
        # 1. Write the new token.
        for kept, new in zip(self._written, (keys, values), strict=True):
            kept[layer, group, :, number, self._lengths - 1] = new
        prompt_keys, prompt_values = self._prompts[:, layer, :num_groups, :, :split]
        own_keys, own_values = self._written[:, layer, :num_groups, :, :, :longest]
        # 2. Queries where their candidates stand: (groups, key heads, candidates, heads, width).
        num_keys, width = keys.shape[1:]
        num_shared = queries.shape[1] // num_keys
        grid = np.zeros((num_groups, num_keys, num_candidates, num_shared, width), np.float32)
        grid[group, :, number] = queries.reshape(len(queries), num_keys, -1, width)
        # 3. Scores of the prompt's columns, one product a group, and of the candidate's own.
        scores = np.empty((*grid.shape[:4], num_columns), np.float32)
        flat = (num_groups, num_keys, -1)
        scores[..., :split] = (grid.reshape(*flat, width) @ prompt_keys.swapaxes(2, 3)).reshape(
            *grid.shape[:4], split
        )
        scores[..., split:] = grid @ own_keys.swapaxes(3, 4)
        scores += self._mask
        softmax(scores)
        # 4. What they attend to, (groups, key heads, candidates, heads, width).
        attended = (scores[..., :split].reshape(*flat, split) @ prompt_values).reshape(grid.shape)
        attended += scores[..., split:] @ own_values
        return attended[group, :, number].reshape(len(queries), -1)


def softmax(scores: Floats) -> None:
    """Turns scores into probabilities, along the last axis and in place."""
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)


def _grown(array: Floats, sizes: Mapping[int, int], steps: Mapping[int, int]) -> Floats:
    """Returns the array itself where it has room, else a larger one with zeros behind it.

    Args:
        array: Any.
        sizes: What is needed, by axis.
        steps: What each of these axes grows by.
    """
    if all(array.shape[axis] >= size for axis, size in sizes.items()):
        return array
    shape = list(array.shape)
    for axis, size in sizes.items():
        if shape[axis] < size:
            shape[axis] = -(-size // steps[axis]) * steps[axis]
    larger = np.zeros(shape, np.float32)
    larger[tuple(map(slice, array.shape))] = array
    return larger
