"""Sequences while a Llama model writes them, without torch.

It is `adgen.decoding.loop.Reader` for `Llama`, and gives the logits of chosen tokens alone. It
knows token ids and arrays, not how a token is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from adgen.llama.model import Ids, Llama
from adgen.llama.trees import Tree
from adgen.support.arrays import Floats


class LlamaReader:
    """Reads sequences side by side, token by token.

    Equal contexts that are added together are read once and kept once: give a product's prompt as
    often as candidates are to be written.

    Args:
        llama: The model.

    Example:
        reader = LlamaReader(llama)
        reader.add([prompt] * 6)
        scores = reader.logits_of(allowed)  # (6, allowed)
        reader.advance(allowed[scores.argmax(axis=1)])
    """

    def __init__(self, llama: Llama) -> None:
        self._llama = llama
        self._trees: list[Tree] = []  # of each row
        self._ends: list[int] = []  # of each row, its last token's number in its tree
        self._last = np.zeros((0, llama.config.width), np.float32)  # of each row's last token

    def add(self, contexts: Sequence[Sequence[int]]) -> None:
        """Reads more sequences, behind the others; the same ones once.

        Raises:
            ValueError: One is empty or longer than the context; nothing is added then.
        """
        if not contexts:
            return
        self._llama.check(contexts)
        trees: dict[tuple[int, ...], Tree] = {}
        for context in map(tuple, contexts):
            if context not in trees:
                trees[context] = Tree(self._llama.config)
                trees[context].grow(context)
            self._trees.append(trees[context])
            self._ends.append(len(context) - 1)
        ends = np.cumsum(list(map(len, trees))) - 1
        last = self._llama.read_on(list(trees.values()))[ends]  # (different contexts, width)
        numbers = {context: number for number, context in enumerate(trees)}
        self._last = np.concatenate([self._last, last[[numbers[tuple(one)] for one in contexts]]])

    def logits(self) -> Floats:
        """Returns the logits of every sequence's next token, (rows, vocab)."""
        return self._llama.logits(self._last)

    def logits_of(self, token_ids: Ids) -> Floats:
        """Returns the logits of these next tokens alone, (rows, tokens).

        Args:
            token_ids: The union of what the sequences may write.
        """
        return self._llama.logits_of(self._last, token_ids)

    def keep(self, rows: NDArray[np.int64]) -> None:
        """Goes on with these rows alone.

        Raises:
            ValueError: A row is named twice.
        """
        if len(np.unique(rows)) < len(rows):
            raise ValueError("A sequence was to be kept twice; expected each row once at most.")
        self._trees = [self._trees[row] for row in rows]
        self._ends = [self._ends[row] for row in rows]
        self._last = self._last[rows]

    def advance(self, token_ids: Ids) -> None:
        """Appends one token to every sequence; (rows,)."""
        # 1. Each tree grows by its rows' tokens, in the rows' order.
        rows_of: dict[int, list[int]] = {}
        for row, (tree, token_id) in enumerate(zip(self._trees, token_ids.tolist(), strict=True)):
            self._ends[row] = tree.grow([token_id], self._ends[row])
            rows_of.setdefault(id(tree), []).append(row)
        # 2. They are read tree after tree, and put back in order.
        order = [row for rows in rows_of.values() for row in rows]
        trees = [self._trees[rows[0]] for rows in rows_of.values()]
        self._last = np.empty((len(order), self._llama.config.width), np.float32)
        self._last[order] = self._llama.read_on(trees)
