"""Readers of contexts: an LSTM's logits of the next token, while an ad is written.

They know token ids and states; the loop that writes chooses the tokens.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from adgen.decoding.windows import TokenWindows, pad_front
from adgen.lstm.numpy_lstm import Ids, NumpyLSTM, State
from adgen.support.arrays import Floats
from adgen.support.threads import in_parts


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
        self._state = _stacked([self._state, (new[0][rows], new[1][rows])])

    def logits(self) -> Floats:
        """Returns the logits (batch, vocab), in memory that the next call writes to."""
        hidden, cell = self._state
        if len(self._room) < len(hidden):
            self._room = self._lstm.room(len(hidden))

        def compute(rows: slice) -> None:
            self._lstm.logits((hidden[rows], cell[rows]), self._room[rows.start :])

        in_parts(compute, len(hidden))
        return self._room[: len(hidden), : self._lstm.config.vocab_size]

    def advance(self, token_ids: Ids) -> None:
        """Appends one token to every sequence; shape (batch,)."""
        hidden, cell = self._state

        def read(rows: slice) -> State:
            return self._lstm.step(token_ids[rows], (hidden[rows], cell[rows]))

        parts = in_parts(read, len(token_ids))
        self._state = parts[0] if len(parts) == 1 else _stacked(parts)

    def keep(self, rows: NDArray[np.int64]) -> None:
        """Goes on with these rows alone."""
        hidden, cell = self._state
        self._state = hidden[rows], cell[rows]


def _stacked(states: Sequence[State]) -> State:
    """Returns the states of all sequences, (batch, ...), of those of some."""
    hidden, cell = (np.concatenate(parts) for parts in zip(*states, strict=True))
    return hidden, cell


def open_reader(lstm: NumpyLSTM, contexts: Sequence[Sequence[int]]) -> WindowReader | StateReader:
    """Returns the reader that fits how the model was trained to see text."""
    return (StateReader if lstm.config.reads == "packed" else WindowReader)(lstm, contexts)
