"""Ads as batches for training, each of rows of similar length.

A row holds one ad, or several of one category. The module knows texts and token ids, not models.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from adgen.gpt.causal import cut_batches
from adgen.gpt.tokens import GPTTokenizer
from adgen.support.arrays import ranges

if TYPE_CHECKING:
    from torch import Tensor

IGNORED = -100  # the label of what is not learned: the start of a text, and padding


class AdBatches:
    """Holds batches of ads: a map-style data set of torch whose items are whole batches.

    A row is the start of a text and an ad with its end, which is learned, with its prompt between
    them where there are prompts; or, given groups, as many
    ads of a group one after the other as fit, so that a model learns to take an ad from the ads
    before it. What is after that is padding, which is not learned even where it is the same token
    as an ad's end. Batches hold about `batch_tokens` tokens, so that the memory they need is alike.

    Args:
        ads: The texts.
        tokenizer: The model's.
        batch_tokens: Tokens of a batch at most, padding included; a single longer row is a batch of
            its own.
        max_tokens: Tokens of a row at most, its start included; longer ads are cut.
        groups: The group of each ad, such as its category; None for one ad a row.
        prompts: What stands before each ad and is not learned; None for nothing. Not with groups.
        seed: Of the order in which ads are put together.

    Raises:
        ValueError: There are no ads, or a number is too small.

    Attributes:
        num_ads: Ads.
        num_targets: Tokens that are learned.
        num_chars: Characters of the ads as far as they were kept, each kept end of an ad counted as
            one.
        num_cut_ads: Ads that were cut.
    """

    def __init__(
        self,
        ads: Sequence[str],
        tokenizer: GPTTokenizer,
        *,
        batch_tokens: int,
        max_tokens: int,
        groups: Sequence[str] | None = None,
        prompts: Sequence[str] | None = None,
        seed: int = 0,
    ) -> None:
        if not len(ads):
            raise ValueError("There are no ads to learn from. Give at least one.")
        if batch_tokens < 2 or max_tokens < 2:
            raise ValueError(
                f"batch_tokens is {batch_tokens} and max_tokens {max_tokens}; expected 2 or more."
            )
        # 1. Ads into rows; (num_tokens,) token ids one after the other, (num_rows,) lengths.
        ids, lengths = tokenizer.encode_lengths(ads)
        heads = np.zeros(len(lengths), np.int64)  # (num_ads,) tokens before each ad
        if prompts is not None:
            ids, lengths, heads = _with_prompts(ids, lengths, tokenizer, prompts)
        rng = np.random.default_rng(seed)
        self._ids, self._lengths = _in_rows(ids, lengths, max_tokens - 1, groups, rng)
        self._starts = self._lengths.cumsum() - self._lengths
        # Rows of groups have no prompts.
        self._heads = np.zeros(len(self._lengths), np.int64) if groups is not None else heads
        self._start_id, self._pad_id = tokenizer.start_id, tokenizer.pad_id
        # 2. Rows of similar length into batches; equal ones in random order.
        order = rng.permutation(len(self._lengths))
        order = order[np.argsort(self._lengths[order], kind="stable")]
        self._batches = cut_batches(order, self._lengths + 1, batch_tokens)
        # 3. Characters, less those that were cut off.
        self.num_ads = len(ads)
        self.num_targets = int((self._lengths - self._heads).clip(0).sum())
        self.num_chars = sum(len(ad) + 1 for ad in ads)
        starts = lengths.cumsum() - lengths
        room = max_tokens - 1
        is_cut = lengths > room
        self.num_cut_ads = int(is_cut.sum())
        for place in np.flatnonzero(is_cut).tolist():
            kept = tokenizer.decode(ids[starts[place] + heads[place] : starts[place] + room])
            self.num_chars -= len(ads[place]) + 1 - len(kept)

    @property
    def padding_share(self) -> float:
        """Returns the share of all positions that hold padding."""
        size = sum(len(batch) * (int(self._lengths[batch].max()) + 1) for batch in self._batches)
        return 1 - (len(self._ids) + len(self._lengths)) / size

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, number: int) -> dict[str, Tensor]:
        """Returns `input_ids`, `attention_mask` and `labels`, int64 tensors (rows, 1 + longest)."""
        import torch

        batch = self._batches[number]
        lengths = self._lengths[batch]
        columns = np.arange(int(lengths.max()) + 1)
        # All of the following are (rows, columns).
        mask = (columns <= lengths[:, np.newaxis]).astype(np.int64)
        ids = np.full(mask.shape, self._pad_id, np.int64)
        ids[:, 0] = self._start_id
        is_given = (mask == 1) & (columns > 0)
        ids[is_given] = self._ids[ranges(self._starts[batch], lengths)]
        is_target = is_given & (columns > self._heads[batch][:, np.newaxis])
        arrays = {
            "input_ids": ids,
            "attention_mask": mask,
            "labels": np.where(is_target, ids, IGNORED),
        }
        return {name: torch.from_numpy(array) for name, array in arrays.items()}


def _with_prompts(
    ids: NDArray[np.int32],
    lengths: NDArray[np.int64],
    tokenizer: GPTTokenizer,
    prompts: Sequence[str],
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """Puts a prompt before each ad.

    Args:
        ids: (num_tokens,) token ids of ad after ad.
        lengths: (num_ads,) tokens of each.
        tokenizer: The model's.
        prompts: (num_ads,) texts.

    Returns:
        Token ids of prompt and ad after prompt and ad; (num_ads,) tokens of both; of the prompt.
    """
    heads = tokenizer.encode_lengths(prompts)
    sizes = heads[1] - 1  # without the end
    both = sizes + lengths
    joined = np.zeros(int(both.sum()), np.int32)
    starts = both.cumsum() - both
    joined[ranges(starts, sizes)] = heads[0][ranges(heads[1].cumsum() - heads[1], sizes)]
    joined[ranges(starts + sizes, lengths)] = ids
    return joined, both, sizes


def _in_rows(
    ids: NDArray[np.int32],
    lengths: NDArray[np.int64],
    room: int,
    groups: Sequence[str] | None,
    rng: np.random.Generator,
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Puts ads into rows.

    Args:
        ids: (num_tokens,) token ids of ad after ad.
        lengths: (num_ads,) tokens of each.
        room: Tokens of a row at most.
        groups: (num_ads,) the group of each ad; None for one ad a row.
        rng: For the order of the ads in a group.

    Returns:
        (num_kept,) token ids of row after row, and (num_rows,) tokens of each.
    """
    starts = lengths.cumsum() - lengths  # (num_ads,)
    kept = np.minimum(lengths, room)  # (num_ads,)
    if groups is None:
        return ids[ranges(starts, kept)], kept
    # 1. Ads of a group side by side, in random order.
    codes = np.unique(np.asarray(groups, dtype=str), return_inverse=True)[1]  # (num_ads,)
    order = rng.permutation(len(lengths))
    order = order[np.argsort(codes[order], kind="stable")]
    # 2. An ad joins the row before it if it is of the same group and there is room.
    row_lengths: list[int] = []
    group = -1
    for length, code in zip(kept[order].tolist(), codes[order].tolist(), strict=True):
        if code == group and row_lengths[-1] + length <= room:
            row_lengths[-1] += length
        else:
            row_lengths.append(length)
            group = code
    return ids[ranges(starts[order], kept[order])], np.array(row_lengths)
