"""Sequences while a causal language model writes them: keys and values stay, rows come and go.

It is `adgen.decoding.loop.Reader` for `CausalLM`. It knows token ids and tensors, not how a token
is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from adgen.gpt.causal import CausalLM, KeysValues, Prefix

if TYPE_CHECKING:
    from torch import Tensor


class CausalReader:
    """Reads sequences side by side, token by token.

    Args:
        lm: The model.
        prefix: What every sequence begins with.
    """

    _last: Tensor  # (rows, width) of each row's last token; set when the first rows are read

    def __init__(self, lm: CausalLM, prefix: Prefix) -> None:
        self._lm, self._prefix = lm, prefix
        self._mask = np.zeros((0, 0), np.int64)  # (rows, columns) 1 where a column holds a token
        self._layers: KeysValues = []

    def add(self, contexts: Sequence[Sequence[int]]) -> None:
        """Reads more sequences, behind the others; each begins with the prefix."""
        import torch

        # hidden: (new rows, 1 + longest continuation, width)
        hidden, layers = self._lm.read(contexts, self._prefix)
        longest = max(map(len, contexts))
        mask = np.array([[0] * (longest - len(row)) + [1] * len(row) for row in contexts], np.int64)
        if not len(self._mask):
            self._mask, self._layers, self._last = mask, layers, hidden[:, -1]
            return
        width = max(longest, self._mask.shape[1])
        self._mask = np.concatenate([_flush_right(self._mask, width), _flush_right(mask, width)])
        joined = []
        for old, new in zip(self._layers, layers, strict=True):
            keys, values = (
                torch.cat([_widened(one, width), _widened(two, width)])
                for one, two in zip(old, new, strict=True)
            )
            joined.append((keys, values))
        self._layers = joined
        self._last = torch.cat([self._last, hidden[:, -1]])

    def logits(self) -> NDArray[np.float32]:
        """Returns the logits of every sequence's next token, (rows, vocab)."""
        return self._lm.logits(self._last).cpu().numpy()

    def keep(self, rows: NDArray[np.int64]) -> None:
        """Goes on with these rows alone."""
        import torch

        kept = self._mask[rows]
        # Columns in front that have become padding of all rows.
        first = int(kept.any(axis=0).argmax()) if len(rows) else kept.shape[1]
        self._mask = kept[:, first:]
        places = torch.as_tensor(rows, device=self._last.device)
        self._last = self._last[places]
        self._layers = [
            # (rows, heads, columns, width of a head)
            (keys[places, :, first:], values[places, :, first:])
            for keys, values in self._layers
        ]

    def advance(self, token_ids: NDArray[np.int64]) -> None:
        """Appends one token to every sequence; (rows,)."""
        if not len(token_ids):
            return
        self._mask = np.column_stack([self._mask, np.ones(len(token_ids), np.int64)])
        hidden, self._layers = self._lm.step(token_ids, self._mask, self._layers)
        self._last = hidden[:, -1]


def _flush_right(mask: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    return np.pad(mask, ((0, 0), (width - mask.shape[1], 0)))


def _widened(tensor: Tensor, width: int) -> Tensor:
    """Returns keys or values (rows, heads, columns, ...) with columns of zeros in front."""
    from torch.nn.functional import pad

    return pad(tensor, (0, 0, width - tensor.shape[2], 0))
