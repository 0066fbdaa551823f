"""Readers of contexts: an LSTM's logits of the next token, while an ad is written.

They know token ids and states; the loop that writes chooses the tokens.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from adgen.decoding.windows import TokenWindows, pad_front
from adgen.lstm.numpy_lstm import Ids, NumpyLSTM
from adgen.support.arrays import Floats


class WindowReader(TokenWindows):
    """Reads sequences as a window model does: always their last tokens, from nothing.

    Args:
        lstm: The model.
        contexts: The token ids so far of each sequence.
    """

    def __init__(self, lstm: NumpyLSTM, contexts: Sequence[Sequence[int]]) -> None:
        self._lstm = lstm
        super().__init__(lstm.config.sequence_length or 1, contexts)

    def logits(self) -> Floats:
        """Returns the logits of every sequence's next token, (batch, vocab)."""
        return self._lstm.window_logits(self.token_ids)


class StateReader:
    """Reads token by token and carries the state along.

    Arguments and methods as in `WindowReader`.
    """

    def __init__(self, lstm: NumpyLSTM, contexts: Sequence[Sequence[int]]) -> None:
        self._lstm = lstm
        self._room = lstm.room(0)
        self._state = lstm.initial_state(0)
        self.add(contexts)

    def add(self, contexts: Sequence[Sequence[int]]) -> None:
        """Reads more sequences, behind the others; equal ones once."""
        # 1. The different contexts, and the state after each, (number of them, ...).
        places = {
            context: place for place, context in enumerate(dict.fromkeys(map(tuple, contexts)))
        }
        new = self._lstm.window_state(pad_front(list(places), max(map(len, places), default=0)))
        # 2. A row a sequence.
        rows = [places[tuple(context)] for context in contexts]
        hidden, cell = (
            np.concatenate([old, part[rows]]) for old, part in zip(self._state, new, strict=True)
        )
        self._state = hidden, cell

    def logits(self) -> Floats:
        """Returns the logits (batch, vocab), in memory that the next call writes to."""
        if len(self._room) < len(self._state[0]):
            self._room = self._lstm.room(len(self._state[0]))
        return self._lstm.logits(self._state, self._room)

    def advance(self, token_ids: Ids) -> None:
        """Appends one token to every sequence; shape (batch,)."""
        self._state = self._lstm.step(token_ids, self._state)

    def keep(self, rows: NDArray[np.int64]) -> None:
        """Goes on with these rows alone."""
        hidden, cell = self._state
        self._state = hidden[rows], cell[rows]


def open_reader(lstm: NumpyLSTM, contexts: Sequence[Sequence[int]]) -> WindowReader | StateReader:
    """Returns the reader that fits how the model was trained to see text."""
    return (StateReader if lstm.config.reads == "packed" else WindowReader)(lstm, contexts)
