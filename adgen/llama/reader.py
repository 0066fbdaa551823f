"""Sequences while a Llama model writes them, without torch.

It is `adgen.decoding.loop.Reader` for `Llama`, and gives the logits of chosen tokens alone. It
knows token ids and arrays, not how a token is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from adgen.llama.cache import Cache
from adgen.llama.model import Ids, Llama
from adgen.support.arrays import Floats

_LARGEST_GROUP = 8  # candidates that share a prompt; memory is taken for the largest group


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
        self._cache = Cache(llama.config)
        self._last = np.zeros((0, llama.config.width), np.float32)  # of each row's last token

    def add(self, contexts: Sequence[Sequence[int]]) -> None:
        """Reads more sequences, behind the others; the same ones once.

        Raises:
            ValueError: One is empty or longer than the context; nothing is added then.
        """
        if not contexts:
            return
        # 1. The different contexts.
        numbers: dict[tuple[int, ...], int] = {}
        for context in contexts:
            numbers.setdefault(tuple(context), len(numbers))
        texts = list(numbers)
        self._llama.check(texts)
        # 2. Groups of rows that follow each other and share a context.
        rows = [numbers[tuple(context)] for context in contexts]
        groups = _groups(rows)
        places: list[list[int]] = [[] for _ in texts]
        for place, (number, _) in enumerate(groups, start=self._cache.num_groups):
            places[number].append(place)
        self._cache.add([len(texts[number]) for number, _ in groups], [size for _, size in groups])
        # 3. Each context is read once and kept by its groups.

        def write(layer: int, number: int, keys: Floats, values: Floats) -> None:
            for group in places[number]:
                self._cache.write_prompt(layer, group, keys, values)

        ends = np.cumsum(list(map(len, texts))) - 1
        last = self._llama.read(texts, write)[ends]  # (different contexts, width)
        self._last = np.concatenate([self._last, last[rows]])

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
        """Goes on with these rows alone, each named once at most."""
        self._cache.keep(rows)
        self._last = self._last[rows]

    def advance(self, token_ids: Ids) -> None:
        """Appends one token to every sequence; (rows,)."""
        if len(token_ids):
            self._last = self._llama.step(token_ids, self._cache)


def _groups(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Returns runs of equal numbers, as (number, length), none longer than the largest group.

    Example:
        >>> _groups([4, 4, 7, 4])
        [(4, 2), (7, 1), (4, 1)]
    """
    groups: list[tuple[int, int]] = []
    for number in rows:
        if groups and groups[-1][0] == number and groups[-1][1] < _LARGEST_GROUP:
            groups[-1] = (number, groups[-1][1] + 1)
        else:
            groups.append((number, 1))
    return groups
