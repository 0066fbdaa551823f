"""Counts the held-out ads that have a twin among the training ads: the leak table of a split.

Two ads are as similar as their sets of words. The index of `ad_index` does what all splits of a
corpus share and proposes pairs; the sets themselves decide. This module knows no families and no
files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from tqdm.auto import tqdm

from adgen.corpus.ad_index import NUM_BANDS, SLOTS_PER_BAND, AdIndex, distinct_values
from adgen.corpus.splits import SPLITS
from adgen.support.arrays import ranges

NEAR_DUPLICATE = 0.8
# 0.5 is none of them: 36% of the pairs that are just so similar would not be proposed.
THRESHOLDS = (0.7, NEAR_DUPLICATE, 0.9, 1.0)
# Proposed pairs looked at in one go.
_BLOCK_PAIRS = 1 << 18
# Held-out ads compared in one go: few, so that the table of their words stays in the cache.
_BLOCK_ADS = 32


class TwinPair(NamedTuple):
    """A held-out ad and the training ad most similar to it, as texts.

    For the screen, not for a file.
    """

    split: str
    similarity: float
    ad: str
    twin: str


@dataclass(frozen=True, eq=False)
class LeakReport:
    """Counts of one `find_leaks` call.

    Attributes:
        num_train_ads: Training ads.
        counts: A column for each held-out split that has ads: `num_ads`, and how many of them have
            a training ad with the `same_text`, the `same_words` in the same order, or sets of words
            `0.7`, `0.8`, `0.9`, `1.0` similar.
        examples: Pairs at least `NEAR_DUPLICATE` similar, drawn at random.
    """

    num_train_ads: int
    counts: pd.DataFrame
    examples: tuple[TwinPair, ...] = ()

    @property
    def shares(self) -> pd.DataFrame:
        """The counts over the number of ads."""
        return self.counts / self.counts.loc["num_ads"]

    def to_record(self) -> dict[str, Any]:
        """Returns counts, shares and expected recall as plain dicts, without the text of any ad.

        Example:
            >>> report = LeakReport(9, pd.DataFrame({"test": {"num_ads": 4, "0.8": 1}}))
            >>> report.to_record()["shares"]
            {'test': {'num_ads': 1.0, '0.8': 0.25}}
        """
        recall = {str(threshold): round(expected_recall(threshold), 4) for threshold in THRESHOLDS}
        return {
            "num_train_ads": self.num_train_ads,
            "counts": self.counts.to_dict(),
            "shares": self.shares.to_dict(),
            "recall": recall,
        }

    def summary(self) -> str:
        """Returns counts and shares as a table for the screen, without the text of any ad.

        Example:
            >>> print(LeakReport(9, pd.DataFrame({"test": {"num_ads": 4, "0.8": 1}})).summary())
                          test
            num_ads  4  100.0%
            0.8      1   25.0%
        """
        return (self.counts.map("{:,}".format) + self.shares.map("{:8.1%}".format)).to_string()


def expected_recall(similarity: float) -> float:
    """Returns the share of pairs of exactly this similarity that MinHash proposes.

    Of ads with several twins a larger share is found.

    Example:
        >>> round(expected_recall(0.8), 4), round(expected_recall(0.7), 3), expected_recall(1.0)
        (0.9998, 0.988, 1.0)

    Source:
        Leskovec, Rajaraman and Ullman (2020), "Mining of Massive Datasets", 3rd edition, section
        3.4.2.
    """
    # A slot agrees as often as the sets are similar, a band where all of its slots do. One band is
    # enough.
    return 1 - (1 - similarity**SLOTS_PER_BAND) ** NUM_BANDS


def find_leaks(
    index: AdIndex, split: ArrayLike, *, num_examples: int = 5, seed: int = 0
) -> LeakReport:
    """Counts the validation and test ads that have a twin among the training ads.

    Every similarity counted is that of two real sets of words; MinHash can only miss pairs
    (`expected_recall`). An ad without words has no twin but one of the same text.

    Args:
        index: The words of the ads, from `ad_index.index_ads`.
        split: Where each ad goes, `train`, `valid` or `test`, in the order of the index.
        num_examples: Pairs to show for each split, at most.
        seed: Which pairs are shown.

    Returns:
        The counts of the held-out splits that have ads.

    Raises:
        ValueError: If `split` has not one known name for each ad, or no training or no held-out
            ads.

    Example:
        >>> from adgen.corpus.ad_index import index_ads
        >>> ads = pd.DataFrame({"ad": ["Oak table, 90 cm wide", "oak table 90 cm", "Tin cup"]})
        >>> index = index_ads(ads)
        >>> find_leaks(index, ["train", "valid", "valid"]).counts["valid"].to_dict()
        {'num_ads': 2, 'same_text': 0, 'same_words': 0, '0.7': 1, '0.8': 1, '0.9': 0, '1.0': 0}
    """
    names = _check_split(split, len(index.ads))
    is_train = names == "train"  # (num_ads,)
    train = np.flatnonzero(is_train)  # (num_train,), rows of the index
    held_out = np.flatnonzero(~is_train)  # (num_held_out,), rows of the index
    has_words = np.diff(index.starts) > 0  # (num_ads,)
    similarities, twins = (found[held_out] for found in _best_twins(index, is_train))
    sequences = pd.Series(index.sequences)
    same_order = sequences[held_out].isin(sequences[train]).to_numpy()  # (num_held_out,)
    # For each kind of twin, whether each held-out ad has one, (num_held_out,).
    found = {
        "num_ads": np.ones(len(held_out), bool),
        "same_text": _have_same_text(index, held_out, train, same_order),
        "same_words": same_order & has_words[held_out],
        **{str(threshold): similarities >= threshold for threshold in THRESHOLDS},
    }
    counts = {}
    examples = []
    rng = np.random.default_rng(seed)
    for name in [name for name in SPLITS if name != "train" and name in names]:
        here = names[held_out] == name
        counts[name] = {kind: int((flags & here).sum()) for kind, flags in found.items()}
        near = np.flatnonzero(here & (similarities >= NEAR_DUPLICATE))
        for place in rng.choice(near, min(num_examples, len(near)), replace=False):
            texts = index.ads.iloc[[held_out[place], twins[place]]]
            examples.append(TwinPair(name, float(similarities[place]), *texts))
    return LeakReport(len(train), pd.DataFrame(counts), tuple(examples))


def _check_split(split: ArrayLike, num_ads: int) -> np.ndarray:
    """Returns the split names as an array, or raises and says what is wrong with them."""
    names = np.asarray(split, dtype=object)
    counts = {name: int((names == name).sum()) for name in SPLITS}
    if len(names) != num_ads or sum(counts.values()) != num_ads or counts["train"] in (0, num_ads):
        raise ValueError(
            f"Received {len(names):,} split names ({counts}) for {num_ads:,} ads; expected one of "
            "these names for each ad, some of them train and some not. Use the column of "
            "split_ads, with other shares or more ads."
        )
    return names


def _have_same_text(
    index: AdIndex, held_out: np.ndarray, train: np.ndarray, same_order: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tells which held-out ads stand among the training ads, whose words have the same order."""
    alike = held_out[same_order]
    sequences = pd.Series(index.sequences)
    others = train[sequences[train].isin(sequences[alike])]
    found = np.zeros(len(held_out), bool)
    found[same_order] = index.ads.iloc[alike].isin(index.ads.iloc[others]).to_numpy()
    return found


def _best_twins(
    index: AdIndex, is_train: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Returns each held-out ad's highest similarity with a training ad, and that ad's row.

    Without a pair that is as similar as the lowest threshold they are 0 and -1, as they are for
    training ads. Both have the shape `(num_ads,)`.
    """
    num_ads = len(is_train)
    similarities = np.zeros(num_ads)
    twins = np.full(num_ads, -1)
    pairs = _likely_pairs(index, is_train)  # (num_pairs,), held_out * num_ads + train
    rows, firsts, counts = np.unique(pairs // num_ads, return_index=True, return_counts=True)
    has_word = np.zeros(_BLOCK_ADS * index.vocab_size, bool)  # (_BLOCK_ADS, vocab_size), but flat
    for start in range(0, len(rows), _BLOCK_ADS):
        block = slice(start, start + _BLOCK_ADS)
        local = np.repeat(np.arange(len(rows[block])), counts[block])  # (block_pairs,)
        others = pairs[firsts[start] :][: len(local)] % num_ads
        found = _similarities(index, rows[block], local, others, has_word)
        best = np.maximum.reduceat(found, firsts[block] - firsts[start])  # (block,)
        similarities[rows[block]] = best
        # The last of the most similar training ads is the twin.
        is_best = found == best[local]
        twins[rows[block][local[is_best]]] = others[is_best]
    return similarities, twins


def _likely_pairs(index: AdIndex, is_train: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Returns the proposed pairs that may be as similar as the lowest threshold.

    Returns:
        The row of the held-out ad times the number of ads, plus that of the training ad, ascending,
        shape `(num_pairs,)`.
    """
    found = [np.empty(0, np.int64)]
    for band in tqdm(range(len(index.rows)), desc="Comparing", unit="band", disable=None):
        found += _likely_pairs_of_band(index, index.rows[band], index.begins[band], is_train)
    return distinct_values(np.concatenate(found))


def _likely_pairs_of_band(
    index: AdIndex, rows: NDArray[np.int32], begins: NDArray[np.bool_], is_train: NDArray[np.bool_]
) -> Iterator[NDArray[np.int64]]:
    """Yields those that one band proposes, as `_likely_pairs` returns them."""
    sizes = np.diff(index.starts)  # (num_ads,)
    # 1. Buckets: where their training ads begin among those of the band, and how many they hold.
    is_member = is_train[rows] & (sizes[rows] > 0)  # (num_ads,), bucket after bucket
    members = rows[is_member]
    num_before = np.concatenate([[0], np.cumsum(is_member)])
    bucket_starts = np.append(np.flatnonzero(begins), len(rows))
    firsts = num_before[bucket_starts[:-1]]  # (num_buckets,)
    counts = np.diff(num_before[bucket_starts])  # (num_buckets,)
    # 2. The held-out ads beside such ones.
    buckets = (np.cumsum(begins) - 1)[~is_train[rows]]
    held_out = rows[~is_train[rows]][counts[buckets] > 0]
    buckets = buckets[counts[buckets] > 0]
    # 3. Their pairs, block by block: first what can be told without looking at the words.
    ends = np.cumsum(counts[buckets])
    member_bits, member_sizes = index.bits[members], sizes[members]
    cuts = np.searchsorted(ends, np.arange(0, counts[buckets].sum(), _BLOCK_PAIRS))
    for start, stop in pairwise([*cuts, len(ends)]):
        here = slice(start, stop)
        num = counts[buckets[here]]
        places = ranges(firsts[buckets[here]], num)  # (num_pairs,), of the training ads
        most = _most_similar(
            np.repeat(index.bits[held_out[here]], num),
            np.repeat(sizes[held_out[here]], num),
            member_bits[places],
            member_sizes[places],
        )
        is_likely = most >= min(*THRESHOLDS, NEAR_DUPLICATE)
        own = np.repeat(held_out[here].astype(np.int64), num)[is_likely]
        yield own * len(is_train) + members[places[is_likely]]


def _most_similar(
    bits: np.ndarray, sizes: np.ndarray, other_bits: np.ndarray, other_sizes: np.ndarray
) -> np.ndarray:
    """Returns how similar two ads can be at most, for each pair, shape `(num_pairs,)`.

    Of two ads that share a word both have its bit. So a bit that only one has stands for a word of
    it, or for more, that the other has not.
    """
    own = sizes - np.bitwise_count(bits & ~other_bits)
    others = other_sizes - np.bitwise_count(other_bits & ~bits)
    most_shared = np.minimum(own, others)
    return most_shared / (sizes + other_sizes - most_shared)


def _similarities(
    index: AdIndex, rows: np.ndarray, local: np.ndarray, others: np.ndarray, has_word: np.ndarray
) -> np.ndarray:
    """Returns the similarity of `rows[local]` with `others`, which have words.

    Args:
        index: The words of the ads.
        rows: The held-out ads of a block, shape `(block,)`.
        local: The place in `rows` of each pair's held-out ad, shape `(num_pairs,)`.
        others: Each pair's training ad, a row of the index, shape `(num_pairs,)`.
        has_word: Room for a table of the block's words, all false before and after.

    Returns:
        Words in both over words in either, float64, shape `(num_pairs,)`. Division rounds
        correctly, so that 4 words of 5 are not below 0.8.
    """
    words, sizes = index.words_of(rows)
    other_words, other_sizes = index.words_of(others)
    # 1. The words of the block are marked in the table; every training word is looked up there.
    marks = np.repeat(np.arange(len(rows)) * index.vocab_size, sizes) + words
    has_word[marks] = True
    shared = has_word[np.repeat(local * index.vocab_size, other_sizes) + other_words]
    has_word[marks] = False
    # 2. The hits of each pair are added up; both sets together have what they do not share twice.
    num_shared = np.add.reduceat(shared, np.cumsum(other_sizes) - other_sizes, dtype=np.int64)
    return num_shared / (sizes[local] + other_sizes - num_shared)
