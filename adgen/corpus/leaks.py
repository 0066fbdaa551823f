"""Counts the held-out ads that have a twin among the training ads: the leak table of a split.

Words are the maximal runs of letters and digits of the casefolded ad, or pairs of letters where no
spaces show the words; two ads are as similar as their sets of words (Jaccard: words in both over
words in either). MinHash proposes pairs, the sets themselves decide. `index_ads` does what all
splits of a corpus share, `find_leaks` counts under one split. This module knows no families and no
files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from tqdm.auto import tqdm

from adgen.corpus.splits import SPLITS
from adgen.support.arrays import ranges
from adgen.support.extras import needs_extra
from adgen.support.scripts import find_words

NEAR_DUPLICATE = 0.8
# 0.5 is none of them: 36% of the pairs that are just so similar would not be proposed.
THRESHOLDS = (0.7, NEAR_DUPLICATE, 0.9, 1.0)
# A pair is proposed when all slots of some band agree. With 3 slots a band, 13 times as many pairs
# would be.
NUM_BANDS = 16
SLOTS_PER_BAND = 4
# Ads read or hashed in one go.
_CHUNK_ADS = 1 << 14
# Held-out ads compared in one go: few, so that the table of their words stays in the cache.
_BLOCK_ADS = 32


@dataclass(frozen=True, eq=False)
class AdIndex:
    """The words of all ads and the MinHash bands that find similar ones; made by `index_ads`.

    Attributes:
        ads: The ads' texts.
        words: Each ad's distinct words as ascending numbers, ad after ad, int32, shape
            `(num_words,)`.
        starts: Where each ad's words start in `words`, then the end, int64, shape `(num_ads + 1,)`.
        vocab_size: All word numbers are below this.
        sequences: A hash of each ad's words in order, int64, shape `(num_ads,)`; 2.5 million
            collide with p = 2e-7.
        bands: A hash of each ad's slots in each band, uint32, shape `(NUM_BANDS, num_ads)`.
    """

    ads: pd.Series
    words: np.ndarray
    starts: np.ndarray
    vocab_size: int
    sequences: np.ndarray
    bands: np.ndarray

    def words_of(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns the words of the ads in `rows`, ad after ad, and how many each has."""
        counts = self.starts[rows + 1] - self.starts[rows]
        return self.words[ranges(self.starts[rows], counts)], counts


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


def index_ads(ads: pd.DataFrame, *, seed: int = 0) -> AdIndex:
    """Splits all ads into words and hashes their sets of words, once for all splits.

    Args:
        ads: A frame with the column `ad`, such as `read_ads` returns.
        seed: Seed of the MinHash. Another one misses other pairs, about as many.

    Returns:
        The index, about 150 bytes an ad beside the ads themselves.

    Raises:
        ValueError: If there is no column `ad`, no row, or an ad that is not a string.
        ImportError: If rensa is not installed; the message names the extra.

    Example:
        >>> index = index_ads(pd.DataFrame({"ad": ["Oak table, oak", "TABLE-oak"]}))
        >>> index.words.tolist(), index.starts.tolist()
        ([0, 1, 0, 1], [0, 2, 4])
    """
    with needs_extra("The leak table"):
        from rensa import RMinHash
    if "ad" not in ads.columns or not len(ads):
        raise ValueError(
            f"Received {len(ads):,} rows of {list(ads.columns)}; expected ads in a column 'ad'."
        )
    # 1. Words become numbers; a new word gets the next one.
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    parts = [
        _read_words(ads["ad"].iloc[chunk].tolist(), numbers)
        for chunk in _chunks(len(ads), "Reading")
    ]
    words, sizes, sequences = map(np.concatenate, zip(*parts, strict=True))
    starts = np.concatenate([[0], np.cumsum(sizes)])  # (num_ads + 1,)
    # 2. Every word has a hash of its own, whatever ads it stands in.
    vocabulary = np.array(list(numbers), dtype=object)
    hashes = pd.util.hash_array(vocabulary, categorize=False)  # (vocab_size,)
    # 3. The slots of a band become one number, the high half of their product with random factors.
    # Thorup (2015), "High speed hashing for integers and strings", section 3.5.
    factors = np.random.default_rng(seed).integers(2**64 - 1, size=SLOTS_PER_BAND, dtype=np.uint64)
    num_slots = NUM_BANDS * SLOTS_PER_BAND
    bands = np.empty((NUM_BANDS, len(ads)), np.uint32)
    for chunk in _chunks(len(ads), "Hashing"):
        ends = starts[chunk.start : chunk.stop + 1]  # (chunk + 1,)
        tokens = hashes[words[ends[0] : ends[-1]]]  # (num_words,), ad after ad
        offsets = (ends - ends[0]).astype(np.uint64)
        sketch = RMinHash.digest_matrix_from_flat_token_hashes(tokens, offsets, num_slots, seed)
        slots = np.array(sketch.to_rows(), dtype=np.uint64)  # (chunk, num_slots)
        slots = slots.reshape(-1, NUM_BANDS, SLOTS_PER_BAND)
        bands[:, chunk] = ((slots * factors).sum(axis=2) >> np.uint64(32)).T  # (NUM_BANDS, chunk)
    return AdIndex(ads["ad"], words, starts, len(numbers), sequences, bands)


def find_leaks(
    index: AdIndex, split: ArrayLike, *, num_examples: int = 5, seed: int = 0
) -> LeakReport:
    """Counts the validation and test ads that have a twin among the training ads.

    Every similarity counted is that of two real sets of words; MinHash can only miss pairs
    (`expected_recall`). An ad without words has no twin but one of the same text.

    Args:
        index: The words of the ads, from `index_ads`.
        split: Where each ad goes, `train`, `valid` or `test`, in the order of the index.
        num_examples: Pairs to show for each split, at most.
        seed: Which pairs are shown.

    Returns:
        The counts of the held-out splits that have ads.

    Raises:
        ValueError: If `split` has not one known name for each ad, or no training or no held-out
            ads.

    Example:
        >>> ads = pd.DataFrame({"ad": ["Oak table, 90 cm wide", "oak table 90 cm", "Tin cup"]})
        >>> index = index_ads(ads)
        >>> find_leaks(index, ["train", "valid", "valid"]).counts["valid"].to_dict()
        {'num_ads': 2, 'same_text': 0, 'same_words': 0, '0.7': 1, '0.8': 1, '0.9': 0, '1.0': 0}
    """
    names = _check_split(split, len(index.ads))
    train = np.flatnonzero(names == "train")  # (num_train,), rows of the index
    held_out = np.flatnonzero(names != "train")  # (num_held_out,), rows of the index
    has_words = np.diff(index.starts) > 0  # (num_ads,)
    similarities, twins = _best_twins(index, held_out, train[has_words[train]])
    # For each kind of twin, whether each held-out ad has one, (num_held_out,).
    found = {
        "num_ads": np.ones(len(held_out), bool),
        "same_text": index.ads.iloc[held_out].isin(index.ads.iloc[train]).to_numpy(),
        "same_words": np.isin(index.sequences[held_out], index.sequences[train])
        & has_words[held_out],
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


def _chunks(num_ads: int, title: str, *, chunk_ads: int = _CHUNK_ADS) -> Iterator[slice]:
    """Yields slices that cover all ads, with a progress bar."""
    for start in tqdm(range(0, num_ads, chunk_ads), desc=title, unit="chunk", disable=None):
        yield slice(start, min(start + chunk_ads, num_ads))


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


def _read_words(texts: list[str], numbers: dict[str, int]) -> tuple[np.ndarray, ...]:
    """Returns each ad's distinct words, their number, and a hash of all its words in order."""
    if wrong := set(map(type, texts)) - {str}:
        raise ValueError(
            f"An ad is of type {wrong.pop().__name__}; expected strings. Drop such rows before."
        )
    found = list(map(find_words, map(str.casefold, texts)))
    counts = np.fromiter(map(len, found), np.int64, len(found))  # (ads,)
    all_words = chain.from_iterable(found)
    words = np.fromiter(map(numbers.__getitem__, all_words), np.int64, counts.sum())
    # An ad's row and a word's number in one key each: what repeats within an ad is then one key.
    keys = _distinct(np.repeat(np.arange(len(found)), counts) << 32 | words)
    distinct_words = (keys & 0xFFFFFFFF).astype(np.int32)
    sizes = np.bincount(keys >> 32, minlength=len(found))  # (ads,)
    sequences = np.fromiter(map(hash, map(tuple, found)), np.int64, len(found))  # (ads,)
    return distinct_words, sizes, sequences


def _best_twins(
    index: AdIndex, held_out: np.ndarray, train: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Returns each held-out ad's highest similarity with a training ad, and that ad's row.

    Only proposed pairs are compared; without one they are 0 and -1. Both have the shape
    `(num_held_out,)`.
    """
    members, first, counts = _buckets(index.bands, held_out, train)
    similarities = np.zeros(len(held_out))
    twins = np.full(len(held_out), -1)
    has_word = np.zeros(_BLOCK_ADS * index.vocab_size, bool)  # (_BLOCK_ADS, vocab_size), but flat
    for block in _chunks(len(held_out), "Comparing", chunk_ads=_BLOCK_ADS):
        # 1. The pairs that the buckets propose: a place in the block, and a training ad's row.
        proposed = members[ranges(first[block].ravel(), counts[block].ravel())]  # (num_proposed,)
        local = np.repeat(np.arange(len(first[block])), counts[block].sum(axis=1))
        # 2. A pair that several bands propose is compared once.
        pairs = _distinct(local * len(index.ads) + proposed)  # (num_pairs,)
        local, proposed = np.divmod(pairs, len(index.ads))
        # 3. The sets of words decide. The last of the most similar training ads is the twin.
        found = _similarities(index, held_out[block], local, proposed, has_word)  # (num_pairs,)
        np.maximum.at(similarities[block], local, found)
        best = found == similarities[block][local]
        twins[block.start + local[best]] = proposed[best]
    return similarities, twins


def _buckets(bands: np.ndarray, held_out: np.ndarray, train: np.ndarray) -> tuple[np.ndarray, ...]:
    """Sorts the training ads by their hash in each band and finds each held-out ad's bucket.

    Returns:
        The training ads' rows, band after band, shape `(NUM_BANDS * num_train,)`; where a bucket
        starts among them, and how many ads it holds, both of shape `(num_held_out, NUM_BANDS)`.
    """
    members = np.empty((NUM_BANDS, len(train)), np.int32)
    first, counts = np.empty((2, len(held_out), NUM_BANDS), np.int64)
    for band, keys in enumerate(tqdm(bands, desc="Sorting", unit="band", disable=None)):
        train_keys = keys[train]  # (num_train,)
        order = np.argsort(train_keys)
        train_keys = train_keys[order]
        members[band] = train[order]
        first[:, band] = np.searchsorted(train_keys, keys[held_out], side="left")
        counts[:, band] = np.searchsorted(train_keys, keys[held_out], side="right") - first[:, band]
    # Each band's buckets start after the members of the bands before it.
    return members.ravel(), first + np.arange(NUM_BANDS) * len(train), counts


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


def _distinct(values: np.ndarray) -> np.ndarray:
    """Sorts values from 0 without repetitions; faster than `np.unique`, which hashes first."""
    values = np.sort(values)
    return values[np.diff(values, prepend=-1) > 0]
