"""Token ids to what a model learns from: windows of a few words, or whole ads packed into rows.

Arrays made once, without a loop over tokens. The module knows ids, not text; `<pad>` and `<eos>` have the
tokenizer's constant ids.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from adgen.tokenizer import EOS_ID, PAD_ID


class Examples(NamedTuple):
    """What a model learns from: inputs, targets and, for packed rows, the weight of each target.

    contexts: int32 (n, sequence_length). targets: int32 (n,) for windows, (n, sequence_length) for rows.
    weights: None, or float32 like targets, 0 where there is nothing to predict.
    """

    contexts: np.ndarray
    targets: np.ndarray
    weights: np.ndarray | None = None


def windows(token_ids: np.ndarray, *, sequence_length: int = 4, step: int = 3) -> Examples:
    """The 2022 experiment's examples: `sequence_length` tokens of running text and the one that follows.

    Args:
        token_ids: (num_tokens,) int32, ads one after the other.
        sequence_length: Tokens of context.
        step: Distance from one window to the next, in tokens.

    Example:
        >>> windows(np.arange(8), sequence_length=4, step=3).targets
        array([4, 7], dtype=int32)
    """
    check_positive(sequence_length=sequence_length, step=step)
    if len(token_ids) <= sequence_length:
        raise ValueError(
            f"{len(token_ids)} tokens hold no window of {sequence_length} tokens and a target. Give more text."
        )
    rows = np.lib.stride_tricks.sliding_window_view(token_ids, sequence_length + 1)[::step]
    return Examples(rows[:, :-1].astype(np.int32), rows[:, -1].astype(np.int32))


def ad_windows(token_ids: np.ndarray, *, sequence_length: int = 4) -> Examples:
    """One example for every token of every ad, `<eos>` included; no context reaches into the ad before.

    An ad's first context token is `<eos>` (where the ad before ended); what would lie before it is `<pad>`.

    Args:
        token_ids: (num_tokens,) int32, every ad followed by `<eos>`.
        sequence_length: Tokens of context.
    """
    check_positive(sequence_length=sequence_length)
    _check_ends_with_eos(token_ids)
    stream = np.concatenate([np.full(sequence_length - 1, PAD_ID), [EOS_ID], token_ids]).astype(np.int32)
    rows = np.lib.stride_tricks.sliding_window_view(stream, sequence_length + 1)
    contexts, targets = rows[:, :-1].copy(), rows[:, -1].copy()
    # Keep a context token only if no <eos> stands to its right: then it is of the target's ad, or its <eos>.
    is_end = contexts == EOS_ID
    ends_right = np.cumsum(is_end[:, ::-1], axis=1)[:, ::-1] - is_end
    contexts[ends_right > 0] = PAD_ID
    return Examples(contexts, targets)


def pack(token_ids: np.ndarray, *, sequence_length: int = 64, seed: int | None = None) -> Examples:
    """Whole ads in rows of `sequence_length` targets, as many as fit, one after the other; `<pad>` fills the rest.

    Inputs are the targets shifted by one, with `<eos>` first. An ad longer than a row goes on in the next one.

    Args:
        token_ids: (num_tokens,) int32, every ad followed by `<eos>`.
        sequence_length: Targets in a row.
        seed: Mixes the ads first, so that a row's ads have nothing to say about each other; None keeps the order.
    """
    check_positive(sequence_length=sequence_length)
    _check_ends_with_eos(token_ids)
    if seed is not None:
        token_ids = _mix_ads(token_ids, seed)
    starts = _row_starts(*_ad_bounds(token_ids), sequence_length)
    return _rows(token_ids, starts, np.diff(np.append(starts, len(token_ids))), sequence_length)


def ad_rows(token_ids: np.ndarray, *, num_rows: int = 256) -> Iterator[Examples]:
    """Rows of one ad each, up to `num_rows` ads of similar length at a time: to score every ad on its own.

    Args:
        token_ids: (num_tokens,) int32, every ad followed by `<eos>`.
        num_rows: Most rows in a yielded set.
    """
    check_positive(num_rows=num_rows)
    _check_ends_with_eos(token_ids)
    starts, lengths = _ad_bounds(token_ids)
    for chosen in np.array_split(np.argsort(lengths, kind="stable"), -(-len(lengths) // num_rows)):
        yield _rows(token_ids, starts[chosen], lengths[chosen], int(lengths[chosen].max()))


def _rows(token_ids: np.ndarray, starts: np.ndarray, lengths: np.ndarray, width: int) -> Examples:
    """Rows of `width` targets; row i holds `lengths[i]` tokens from `starts[i]`, its input is one token behind."""
    columns = np.arange(width)
    is_filled = columns < lengths[:, None]  # (n, width)
    positions = np.where(is_filled, starts[:, None] + columns, 0)
    shifted = np.where(positions > 0, token_ids[positions - 1], EOS_ID)
    targets = np.where(is_filled, token_ids[positions], PAD_ID).astype(np.int32)
    contexts = np.where(is_filled, shifted, PAD_ID).astype(np.int32)
    return Examples(contexts, targets, is_filled.astype(np.float32))


def _ad_bounds(token_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where each ad starts, and its length with `<eos>`."""
    ends = np.flatnonzero(token_ids == EOS_ID) + 1
    starts = np.concatenate([[0], ends[:-1]])
    return starts, ends - starts


def _mix_ads(token_ids: np.ndarray, seed: int) -> np.ndarray:
    """The same ads in another order."""
    starts, lengths = _ad_bounds(token_ids)
    order = np.random.default_rng(seed).permutation(len(starts))
    new_starts = np.cumsum(lengths[order]) - lengths[order]
    offsets = np.arange(len(token_ids)) - np.repeat(new_starts, lengths[order])
    return token_ids[np.repeat(starts[order], lengths[order]) + offsets]


def _row_starts(ad_starts: np.ndarray, ad_lengths: np.ndarray, sequence_length: int) -> np.ndarray:
    """Where each row begins: as many whole ads as fit, and pieces of a row's length of an ad that does not."""
    num_pieces = -(-ad_lengths // sequence_length)
    piece_of = np.repeat(np.arange(len(ad_starts)), num_pieces)
    index_in_ad = np.arange(len(piece_of)) - np.repeat(np.cumsum(num_pieces) - num_pieces, num_pieces)
    piece_starts = ad_starts[piece_of] + index_in_ad * sequence_length
    piece_ends = np.append(piece_starts[1:], ad_starts[-1] + ad_lengths[-1])
    # For a row that begins with piece i, the first piece that no longer fits; then follow the chain from 0.
    following = np.searchsorted(piece_ends, piece_starts + sequence_length, side="right").tolist()
    rows, piece = [], 0
    while piece < len(following):
        rows.append(piece)
        piece = following[piece]
    return piece_starts[rows]


def check_positive(**values: int) -> None:
    """Raise ValueError for a number below 1."""
    for name, value in values.items():
        if value < 1:
            raise ValueError(f"{name} is {value}; it must be 1 or more.")


def _check_ends_with_eos(token_ids: np.ndarray) -> None:
    if not len(token_ids) or token_ids[-1] != EOS_ID:
        raise ValueError(
            "The token ids do not end with <eos>. Encode them with encode_ads(ads, end_of_ad=True)."
        )
