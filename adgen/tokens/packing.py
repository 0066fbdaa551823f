"""Whole ads in rows of equal length, so full that little of a batch is padding.

Best fit: an ad goes to the open row that it fills best. The module knows ids, not text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adgen.support.arrays import ranges
from adgen.tokens.base import EOS_ID, PAD_ID

# Pieces copied at once: their indices are a few MB.
_BLOCK = 1 << 15


@dataclass(frozen=True)
class RowPlan:
    """Where every ad goes; an ad longer than a row is several pieces. Pieces stand in the order of their rows.

    Attributes:
        starts: (pieces,) the place of the piece's first token among all tokens.
        lengths: (pieces,) its tokens.
        rows: (pieces,) the row that it goes to.
        columns: (pieces,) where its first token goes in that row.
        num_rows: Rows in all.
        sequence_length: Targets in a row.
    """

    starts: np.ndarray
    lengths: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    num_rows: int
    sequence_length: int


def plan_rows(token_ids: np.ndarray, *, sequence_length: int, seed: int | None = None) -> RowPlan:
    """Decide where every ad goes.

    Args:
        token_ids: (num_tokens,) integers, every ad followed by `<eos>`.
        sequence_length: Targets in a row.
        seed: Takes the ads in a random order, so that a row's ads have nothing to say about each
            other; None takes them as they come.

    Source: Best-fit bin packing (Johnson 1973), with rows found by the room left in them.
    """
    starts, lengths = ad_bounds(token_ids)
    if seed is not None:
        order = np.random.default_rng(seed).permutation(len(starts))
        starts, lengths = starts[order], lengths[order]
    starts, lengths, goes_on = _pieces(starts, lengths, sequence_length)
    rows, columns = _best_fit(lengths.tolist(), goes_on.tolist(), sequence_length)
    in_order = np.lexsort((columns, rows))
    return RowPlan(
        starts[in_order],
        lengths[in_order],
        rows[in_order],
        columns[in_order],
        int(rows.max()) + 1,
        sequence_length,
    )


def fill_rows(token_ids: np.ndarray, plan: RowPlan, out: np.ndarray) -> np.ndarray:
    """Copy the ads to their places.

    A row is its first input and its targets, so that inputs are `out[:, :-1]` and targets `out[:,
    1:]`. The first input is `<eos>`, or the token before where an ad goes on; `<pad>` fills the
    rest.

    Args:
        token_ids: As for `plan_rows`.
        plan: From `plan_rows` for these ids.
        out: (num_rows, sequence_length + 1) zeros, such as a new memory-mapped file.

    Returns:
        `out`.
    """
    width = plan.sequence_length + 1
    flat = out.reshape(-1)
    parts = (plan.starts, plan.lengths, plan.rows, plan.columns)
    for first in range(0, len(plan.starts), _BLOCK):
        starts, lengths, rows, columns = (part[first : first + _BLOCK] for part in parts)
        places = rows * width + columns
        flat[ranges(places + 1, lengths)] = token_ids[ranges(starts, lengths)]
        before = np.where(starts > 0, token_ids[starts - 1], EOS_ID)
        is_first = columns == 0
        flat[places[is_first]] = before[is_first]
    return out


def ad_bounds(token_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where each ad starts, and its length with `<eos>`.

    Raises:
        ValueError: The ids do not end with `<eos>`.
    """
    check_ends_with_eos(token_ids)
    ends = np.flatnonzero(np.asarray(token_ids) == EOS_ID) + 1
    starts = np.concatenate([[0], ends[:-1]])
    return starts, ends - starts


def check_ends_with_eos(token_ids: np.ndarray) -> None:
    """Raise ValueError where the last ad has no end."""
    if not len(token_ids) or token_ids[-1] != EOS_ID:
        raise ValueError(
            "The token ids do not end with <eos>. Encode them with encode_ads(ads, end_of_ad=True)."
        )


def num_targets(rows: np.ndarray) -> int:
    """Targets in packed rows: all but the padding, counted in blocks."""
    blocks = range(0, len(rows), _BLOCK)
    return sum(int((rows[first : first + _BLOCK, 1:] != PAD_ID).sum()) for first in blocks)


def _pieces(
    starts: np.ndarray, lengths: np.ndarray, sequence_length: int
) -> tuple[np.ndarray, ...]:
    """Cut what is longer than a row: starts, lengths, and whether the piece goes on with an ad."""
    num_pieces = -(-lengths // sequence_length)
    index_in_ad = ranges(0, num_pieces)
    offsets = index_in_ad * sequence_length
    left = np.repeat(lengths, num_pieces) - offsets
    return (
        np.repeat(starts, num_pieces) + offsets,
        np.minimum(left, sequence_length),
        index_in_ad > 0,
    )


def _best_fit(
    lengths: Sequence[int], goes_on: Sequence[bool], sequence_length: int
) -> tuple[np.ndarray, np.ndarray]:
    """Row and column of every piece: the open row with the least room that is enough, else a new one.

    A piece that goes on with an ad begins a row, where its first input can be the token before it.
    """
    open_rows: list[list[int]] = [[] for _ in range(sequence_length + 1)]  # by room left
    rooms = 0  # bit r is set where a row with room r is open
    rows, columns, num_rows = [], [], 0
    for length, begins_row in zip(lengths, goes_on, strict=True):
        enough = 0 if begins_row else rooms >> length
        if enough:
            room = length + (enough & -enough).bit_length() - 1
            row = open_rows[room].pop()
            if not open_rows[room]:
                rooms ^= 1 << room
        else:
            room, row = sequence_length, num_rows
            num_rows += 1
        rows.append(row)
        columns.append(sequence_length - room)
        if room > length:
            open_rows[room - length].append(row)
            rooms |= 1 << (room - length)
    return np.array(rows), np.array(columns)
