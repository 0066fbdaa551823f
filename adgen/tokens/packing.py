"""Whole ads in rows of equal length, so full that little of a batch is padding.

An ad goes to the open row that it fills best. The module first plans where every ad goes, then
copies the ids into an array of the caller's. It knows ids, not text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adgen.support.arrays import ranges
from adgen.tokens.base import EOS_ID

# Pieces copied at once: their indices are a few MB.
_BLOCK = 1 << 15


@dataclass(frozen=True)
class RowPlan:
    """Says where every ad goes, row by row; an ad longer than a row is several pieces.

    Attributes:
        starts: (num_pieces,) the place of the piece's first token among all tokens.
        lengths: (num_pieces,) its tokens.
        rows: (num_pieces,) the row that it goes to.
        columns: (num_pieces,) where its first token goes in that row.
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
    """Decides where every ad goes.

    Args:
        token_ids: (num_tokens,) integers, every ad followed by `<eos>`.
        sequence_length: Targets in a row.
        seed: Takes the ads in a random order, so that a row's ads have nothing to say about each
            other; None takes them as they come.

    Source:
        Best-fit bin packing (Johnson 1973), with rows found by the room left in them.
    """
    # 1. Find the ads, and shuffle them.
    starts, lengths = ad_bounds(token_ids)  # (num_ads,) both
    if seed is not None:
        order = np.random.default_rng(seed).permutation(len(starts))
        starts, lengths = starts[order], lengths[order]
    # 2. Cut the ads that are longer than a row: (num_pieces,) each.
    starts, lengths, goes_on = _pieces(starts, lengths, sequence_length)
    # 3. Give every piece its row, and sort by rows, so that copying writes from front to back.
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
    """Copies the ads to their places.

    A row is its first input and its targets, so that inputs are `out[:, :-1]` and targets
    `out[:, 1:]`. The first input is `<eos>`, or the token before where an ad goes on; `<pad>`
    fills the rest.

    Args:
        token_ids: As for `plan_rows`.
        plan: From `plan_rows` for these ids.
        out: (num_rows, sequence_length + 1) zeros, such as a new memory-mapped file.

    Returns:
        `out`.
    """
    width = plan.sequence_length + 1
    flat = out.reshape(-1)  # (num_rows * width,), a view
    parts = (plan.starts, plan.lengths, plan.rows, plan.columns)
    for first in range(0, len(plan.starts), _BLOCK):
        starts, lengths, rows, columns = (part[first : first + _BLOCK] for part in parts)
        # 1. Targets: a piece in column 0 stands behind the row's first input, at place 1.
        places = rows * width + columns
        flat[ranges(places + 1, lengths)] = token_ids[ranges(starts, lengths)]
        # 2. First inputs: the token before the row's first piece.
        before = np.where(starts > 0, token_ids[starts - 1], EOS_ID)
        is_first = columns == 0
        flat[places[is_first]] = before[is_first]
    return out


def ad_bounds(token_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns where each ad starts, and its length with `<eos>`, (num_ads,) both.

    Raises:
        ValueError: The ids do not end with `<eos>`.
    """
    check_ends_with_eos(token_ids)
    ends = np.flatnonzero(np.asarray(token_ids) == EOS_ID) + 1
    starts = np.concatenate([[0], ends[:-1]])
    return starts, ends - starts


def num_longer_ads(token_ids: np.ndarray, sequence_length: int) -> int:
    """Counts the ads that a row has no room for: they go on in another one."""
    _, lengths = ad_bounds(token_ids)
    return int((lengths > sequence_length).sum())


def check_ends_with_eos(token_ids: np.ndarray) -> None:
    """Raises ValueError where the last ad has no end."""
    if not len(token_ids) or token_ids[-1] != EOS_ID:
        raise ValueError(
            "The token ids do not end with <eos>. Encode them with encode_ads(ads, end_of_ad=True)."
        )


def _pieces(
    starts: np.ndarray, lengths: np.ndarray, sequence_length: int
) -> tuple[np.ndarray, ...]:
    """Cuts ads longer than a row.

    Returns:
        (num_pieces,) each: starts, lengths, and whether the piece goes on with an ad.
    """
    num_pieces = -(-lengths // sequence_length)  # (num_ads,), rounded up
    index_in_ad = ranges(0, num_pieces)  # (num_pieces,): 0, 1, ... in every ad
    offsets = index_in_ad * sequence_length
    left = np.repeat(lengths, num_pieces) - offsets  # tokens from here to the ad's end
    return (
        np.repeat(starts, num_pieces) + offsets,
        np.minimum(left, sequence_length),
        index_in_ad > 0,
    )


def _best_fit(
    lengths: Sequence[int], goes_on: Sequence[bool], sequence_length: int
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the row and the column of every piece, (num_pieces,) both.

    A piece goes to the open row with the least room that is enough, else to a new one. A piece that
    goes on with an ad begins a row, where its first input can be the token before it.
    """
    open_rows: list[list[int]] = [[] for _ in range(sequence_length + 1)]  # by room left
    rooms = 0  # bit r is set where a row with room r is open
    rows, columns, num_rows = [], [], 0
    for length, begins_row in zip(lengths, goes_on, strict=True):
        # 1. Shifted by the length, the lowest bit that is set is the least room that is enough.
        enough = 0 if begins_row else rooms >> length
        if enough:
            room = length + (enough & -enough).bit_length() - 1
            row = open_rows[room].pop()
            if not open_rows[room]:
                rooms ^= 1 << room
        else:
            room, row = sequence_length, num_rows
            num_rows += 1
        # 2. The piece stands behind what the row has, and the row stays open while it has room.
        rows.append(row)
        columns.append(sequence_length - room)
        if room > length:
            open_rows[room - length].append(row)
            rooms |= 1 << (room - length)
    return np.array(rows), np.array(columns)
