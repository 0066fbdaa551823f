"""Token ids to what a model learns from: windows of a few words, or whole ads packed into rows.

Arrays are made once, without a loop over tokens. The module knows ids, not text; `<pad>` and
`<eos>` have the tokenizers' constant ids.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from adgen.support.ranges import COUNTS, check_number
from adgen.tokens.base import EOS_ID, PAD_ID
from adgen.tokens.packing import ad_bounds, check_ends_with_eos, fill_rows, plan_rows


@dataclass(frozen=True)
class Examples:
    """Holds what a model learns from: one array, of which inputs and targets are views.

    Attributes:
        rows: Integers (n, sequence_length + 1), possibly a memory-mapped file.
        is_packed: Whether every position has a target, `<pad>` ones aside, or the last alone.
    """

    rows: np.ndarray
    is_packed: bool = False

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def contexts(self) -> np.ndarray:
        """Returns the inputs, (n, sequence_length)."""
        return self.rows[:, :-1]

    @property
    def targets(self) -> np.ndarray:
        """Returns the targets: (n,) for windows, (n, sequence_length) for packed rows.

        Where there is nothing to predict, a packed row has `<pad>`.
        """
        return self.rows[:, 1:] if self.is_packed else self.rows[:, -1]


def windows(token_ids: np.ndarray, *, sequence_length: int = 4, step: int = 3) -> Examples:
    """Returns the 2022 experiment's examples: some tokens of running text and the one after them.

    Args:
        token_ids: (num_tokens,) int32, ads one after the other.
        sequence_length: Tokens of context.
        step: Distance from one window to the next, in tokens.

    Example:
        >>> windows(np.arange(8), sequence_length=4, step=3).targets
        array([4, 7])
    """
    check_positive(sequence_length=sequence_length, step=step)
    if len(token_ids) <= sequence_length:
        raise ValueError(
            f"{len(token_ids)} tokens hold no window of {sequence_length} tokens and a target. "
            "Give more text."
        )
    return Examples(
        np.lib.stride_tricks.sliding_window_view(token_ids, sequence_length + 1)[::step]
    )


def ad_windows(token_ids: np.ndarray, *, sequence_length: int = 4) -> Examples:
    """Returns an example for every token of every ad, its `<eos>` included.

    No context reaches into the ad before: an ad's first context token is `<eos>`, where the ad
    before ended, and what would lie before it is `<pad>`.

    Args:
        token_ids: (num_tokens,) int32, every ad followed by `<eos>`.
        sequence_length: Tokens of context.
    """
    check_positive(sequence_length=sequence_length)
    check_ends_with_eos(token_ids)
    # 1. Put before the text what the first token has for a context: padding and one <eos>.
    start = [*[PAD_ID] * (sequence_length - 1), EOS_ID]
    stream = np.concatenate([start, token_ids]).astype(token_ids.dtype)
    # 2. Every token ends one window: (num_tokens, sequence_length + 1).
    rows = np.lib.stride_tricks.sliding_window_view(stream, sequence_length + 1).copy()
    contexts = rows[:, :-1]  # (num_tokens, sequence_length)
    # 3. Keep a context token only if no <eos> stands to its right: then it is of the target's ad,
    # or the <eos> before it.
    is_end = contexts == EOS_ID
    ends_right = np.cumsum(is_end[:, ::-1], axis=1)[:, ::-1] - is_end
    contexts[ends_right > 0] = PAD_ID
    return Examples(rows)


def pack(token_ids: np.ndarray, *, sequence_length: int = 64, seed: int | None = None) -> Examples:
    """Packs whole ads into rows, each ad into the row that it fills best.

    Inputs are the targets shifted by one, with `<eos>` first; `<pad>` fills the rest of a row. An
    ad longer than a row goes on in another one.

    Args:
        token_ids: (num_tokens,) integers, every ad followed by `<eos>`.
        sequence_length: Targets in a row.
        seed: Takes the ads in a random order; None takes them as they come.
    """
    check_positive(sequence_length=sequence_length)
    plan = plan_rows(token_ids, sequence_length=sequence_length, seed=seed)
    out = np.zeros((plan.num_rows, sequence_length + 1), token_ids.dtype)
    return Examples(fill_rows(token_ids, plan, out), is_packed=True)


def ad_rows(token_ids: np.ndarray, *, num_rows: int = 256) -> Iterator[Examples]:
    """Yields rows of one ad each, to score every ad on its own, in sets of similar length.

    Args:
        token_ids: (num_tokens,) integers, every ad followed by `<eos>`.
        num_rows: Most rows in a yielded set.
    """
    check_positive(num_rows=num_rows)
    starts, lengths = ad_bounds(token_ids)  # (num_ads,) both
    for chosen in np.array_split(np.argsort(lengths, kind="stable"), -(-len(lengths) // num_rows)):
        columns = np.arange(int(lengths[chosen].max()))
        is_filled = columns < lengths[chosen, None]  # (ads, longest)
        targets = token_ids[np.where(is_filled, starts[chosen, None] + columns, 0)]
        rows = np.where(is_filled, targets, PAD_ID)
        yield Examples(np.insert(rows, 0, EOS_ID, axis=1), is_packed=True)


def check_positive(**values: int) -> None:
    """Raises ValueError for what is no whole number of 1 or more."""
    for name, value in values.items():
        check_number(name, value, COUNTS, is_whole=True)
