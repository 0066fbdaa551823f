"""Keeps words of adult products out of ads while they are written.

A word may be written in several tokens, so the text decides: a token after which it would hold such
words is not allowed, and another one is drawn from the rest, as it is for other tokens that are
refused. Ads in which none is drawn stay as they are. The module knows tokens and texts, no models.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from adgen.support.adult_words import find_adult_words, may_complete_adult_words
from adgen.support.arrays import Floats
from adgen.tokens.base import AdTokenizer


class BannedWords:
    """Says which tokens would complete words of an adult product.

    Args:
        tokenizer: The model's.
    """

    def __init__(self, tokenizer: AdTokenizer) -> None:
        self._tokenizer = tokenizer
        self._may_complete: dict[int, bool] = {}

    def would_hold(self, token_id: int, text_with: Callable[[int], str]) -> bool:
        """Tells whether a text would hold such words with one more token.

        Args:
            token_id: The token.
            text_with: Gives the text with this token; asked only where the token may matter.
        """
        may_complete = self._may_complete.get(token_id)
        if may_complete is None:
            may_complete = self._may_complete[token_id] = may_complete_adult_words(
                self._ending(token_id)
            )
        return may_complete and find_adult_words(text_with(token_id)) is not None

    def _ending(self, token_id: int) -> str:
        """Returns a token's text, with a space in front where tokens are whole words."""
        if token_id == self._tokenizer.eos_id or token_id in self._tokenizer.special_ids:
            return ""
        text = self._tokenizer.decode([token_id])
        return text if self._tokenizer.token_bytes else f" {text}"


def redraw(
    chosen: NDArray[np.int64],
    logits: Floats,
    *,
    is_refused: Callable[[int, int], bool],
    choose_again: Callable[[int, Floats], int],
) -> tuple[NDArray[np.int64], Floats]:
    """Chooses others in place of tokens that an ad may not go on with.

    Args:
        chosen: (batch,) the token chosen for each sequence.
        logits: (batch, vocab), from which it was.
        is_refused: Tells of the sequence in a row whether a token may not follow.
        choose_again: Chooses a token for the sequence in a row, from its logits (1, vocab).

    Returns:
        (batch,) tokens none of which is refused; (batch, vocab) the logits, -inf for those that
        were.
    """
    allowed = logits
    for row, token_id in enumerate(chosen.tolist()):
        while is_refused(row, token_id):
            if allowed is logits:
                allowed = logits.copy()
            allowed[row, token_id] = -np.inf
            token_id = choose_again(row, allowed[row : row + 1])
        chosen[row] = token_id
    return chosen, allowed
