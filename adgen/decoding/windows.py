"""The last few tokens of sequences while they are written, for models that look no further back.

The module knows token ids, not the models that read them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from adgen.tokens.base import PAD_ID


class TokenWindows:
    """Keeps the last tokens of each sequence, as an `adgen.decoding.loop.Reader` without logits.

    Args:
        length: Tokens that the model sees.
        contexts: The token ids so far of each sequence.

    Attributes:
        token_ids: (batch, length) last tokens, `<pad>` in front of the shorter sequences.
    """

    def __init__(self, length: int, contexts: Sequence[Sequence[int]] = ()) -> None:
        self.token_ids = np.zeros((0, length), np.int64)
        self.add(contexts)

    def add(self, contexts: Sequence[Sequence[int]]) -> None:
        """Reads more sequences, behind the others."""
        length = self.token_ids.shape[1]
        last = [list(context)[max(len(context) - length, 0) :] for context in contexts]
        self.token_ids = np.concatenate([self.token_ids, pad_front(last, length)])

    def advance(self, token_ids: NDArray[np.integer]) -> None:
        """Appends one token to every sequence; shape (batch,)."""
        longer = np.column_stack([self.token_ids, token_ids])
        self.token_ids = longer[:, 1:]

    def keep(self, rows: NDArray[np.int64]) -> None:
        """Goes on with these rows alone."""
        self.token_ids = self.token_ids[rows]


def pad_front(contexts: Sequence[Sequence[int]], length: int) -> NDArray[np.int64]:
    """Returns the contexts as one (batch, length) array, `<pad>` in front of the shorter ones."""
    padded = np.full((len(contexts), length), PAD_ID, np.int64)
    for row, context in zip(padded, contexts, strict=True):
        row[length - len(context) :] = context
    return padded
