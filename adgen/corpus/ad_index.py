"""Indexes ads by their words, so that similar ones are found without comparing all pairs.

Words are the maximal runs of letters and digits of the casefolded ad, or pairs of letters where no
spaces show the words; two ads are as similar as their sets of words (Jaccard: words in both over
words in either). MinHash proposes pairs: those in one bucket of some band. This module knows no
splits.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm.auto import tqdm

from adgen.corpus.text_arrays import CHUNK_ADS, cut, sign_table, text_chunks, with_signs
from adgen.support.arrays import ranges
from adgen.support.extras import needs_extra
from adgen.support.processes import in_processes, num_cores
from adgen.support.ranges import SIZES, check_number
from adgen.support.scripts import find_words

# A pair is proposed when all slots of some band agree. With 3 slots a band, 13 times as many pairs
# would be.
NUM_BANDS = 16
SLOTS_PER_BAND = 4
_SIGNS = sign_table()
# What one process sketches while another one starts, and more.
_ADS_PER_PROCESS = 1 << 18
# Sketches become numbers of Python on their way here; those of so few ads stay in the cache.
_SKETCHED_ADS = 1 << 12
# An odd number, whose powers set the words of an ad apart by their places.
_PLACE_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_BITS_FACTOR = np.uint64(0xD6E8FEB86659FD93)


@dataclass(frozen=True, eq=False)
class AdIndex:
    """The words of all ads, and the buckets of MinHash in which similar ones meet.

    Attributes:
        ads: The ads' texts.
        words: Each ad's distinct words as numbers, ad after ad, int32, shape `(num_words,)`.
        starts: Where each ad's words start in `words`, then the end, int64, shape `(num_ads + 1,)`.
        vocab_size: All word numbers are below this.
        sequences: A hash of each ad's words in order, uint64, shape `(num_ads,)`; 2.5 million
            collide with p = 2e-7.
        bits: For each ad the bits of its words, one of 64 for a word, uint64, shape `(num_ads,)`.
        rows: Of each band the ads, bucket after bucket, int32, shape `(NUM_BANDS, num_ads)`.
        begins: Whether a bucket begins there, of the same shape.
    """

    ads: pd.Series
    words: NDArray[np.int32]
    starts: NDArray[np.int64]
    vocab_size: int
    sequences: NDArray[np.uint64]
    bits: NDArray[np.uint64]
    rows: NDArray[np.int32]
    begins: NDArray[np.bool_]

    def words_of(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns the words of the ads in `rows`, ad after ad, and how many each has."""
        counts = self.starts[rows + 1] - self.starts[rows]
        return self.words[ranges(self.starts[rows], counts)], counts


class _Tokens(NamedTuple):
    """A chunk of ads to be sketched: hashes of their words, ad after ad, and where each ends."""

    hashes: NDArray[np.uint64]
    ends: NDArray[np.int64]
    num_bands: int
    seed: int


def index_ads(ads: pd.DataFrame, *, seed: int = 0, num_processes: int = 1) -> AdIndex:
    """Splits all ads into words and hashes their sets of words, once for all splits.

    Args:
        ads: A frame with the column `ad`, such as `read_ads` returns.
        seed: Seed of the MinHash. Another one misses other pairs, about as many.
        num_processes: Processes that sketch the ads, at most; few ads this one sketches itself. A
            script that gives more needs `if __name__ == "__main__":`.

    Returns:
        The index, about 200 bytes an ad beside the ads themselves.

    Raises:
        ValueError: If there is no column `ad`, no row, an ad that is not a string, or
            `num_processes` is below 1.
        ImportError: If rensa is not installed; the message names the extra.

    Example:
        >>> index = index_ads(pd.DataFrame({"ad": ["Oak table, oak", "TABLE-oak"]}))
        >>> index.words.tolist(), index.starts.tolist()
        ([0, 1, 0, 1], [0, 2, 4])
    """
    with needs_extra("The leak table"):
        import rensa  # noqa: F401  (the sketches' processes load it)
    if "ad" not in ads.columns or not len(ads):
        raise ValueError(
            f"Received {len(ads):,} rows of {list(ads.columns)}; expected ads in a column 'ad'."
        )
    check_number("num_processes", num_processes, SIZES, is_whole=True)
    reader = _Reader(len(ads))
    bands = np.empty((NUM_BANDS, len(ads)), np.uint32)
    tokens = (_Tokens(*read, NUM_BANDS, seed) for read in reader.read(ads["ad"]))
    start = 0
    with in_processes(min(num_processes, 1 + len(ads) // _ADS_PER_PROCESS)) as over:
        for hashed in over(_band_hashes, tokens):
            bands[:, start : start + hashed.shape[1]] = hashed
            start += hashed.shape[1]
    # In the place of its hashes each band gets its rows. NumPy sorts without holding up threads.
    with ThreadPoolExecutor(num_cores()) as threads:
        begins = np.stack(list(threads.map(_sort_band, bands)))
    starts = np.concatenate([[0], np.cumsum(reader.sizes)])
    words = np.concatenate(reader.words)
    return AdIndex(
        ads=ads["ad"],
        words=words,
        starts=starts,
        vocab_size=len(reader.numbers),
        sequences=reader.sequences,
        bits=reader.bits,
        rows=bands.view(np.int32),
        begins=begins,
    )


class _Reader:
    """Reads ads chunk by chunk, and keeps their words."""

    def __init__(self, num_ads: int) -> None:
        self.numbers: dict[str, int] = {}  # words become numbers; a new word gets the next one
        self.words: list[NDArray[np.int32]] = []
        self.sizes = np.empty(num_ads, np.int64)
        self.sequences = np.empty(num_ads, np.uint64)
        self.bits = np.empty(num_ads, np.uint64)

    def read(self, ads: pd.Series) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.int64]]]:
        """Yields hashes of the distinct words of a chunk of ads, and where each ad's end."""
        chunks = tqdm(text_chunks(ads), "Indexing", -(-len(ads) // CHUNK_ADS), disable=None)
        start = 0
        for chunk in chunks:
            here = slice(start, start + len(chunk))
            start = here.stop
            found = cut(with_signs(chunk, _SIGNS, _words_apart))
            numbers = self.numbers
            known = [numbers.setdefault(word, len(numbers)) for word in found.distinct]
            # 1. Every word has a hash of its own, whatever ads it stands in.
            distinct = np.array(found.distinct, dtype=object)
            hashes = pd.util.hash_array(distinct, categorize=False)
            self.sequences[here] = _sequences(hashes[found.places], found.counts)
            # 2. An ad and a word in one key each: what repeats within an ad is then one key.
            owners = np.repeat(np.arange(len(chunk)), found.counts)
            keys = distinct_values(owners << 32 | found.places)
            places = keys & 0xFFFFFFFF
            self.sizes[here] = np.bincount(keys >> 32, minlength=len(chunk))
            words = np.array(known, np.int32)[places]
            self.words.append(words)
            self.bits[here] = _bits(words, self.sizes[here])
            yield hashes[places], np.cumsum(self.sizes[here])


def distinct_values(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sorts values from 0 without repetitions; faster than `np.unique`, which hashes first."""
    values = np.sort(values)
    return values[np.diff(values, prepend=-1) > 0]


def _words_apart(text: str) -> str:
    return " ".join(find_words(text.casefold()))


def _sequences(hashes: NDArray[np.uint64], counts: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Returns a hash of all words of each ad in their order, shape `(ads,)`."""
    ends = np.cumsum(counts)
    places = np.arange(len(hashes)) - np.repeat(ends - counts, counts)  # in the word's ad
    factors = np.cumprod(np.full(counts.max(initial=1), _PLACE_FACTOR))
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(hashes * factors[places])])
    return sums[ends] - sums[ends - counts]


def _band_hashes(tokens: _Tokens) -> NDArray[np.uint32]:
    """Returns a hash of each ad's slots in each band, shape `(num_bands, ads)`.

    The slots of a band become one number, the high half of their product with random factors.

    Source:
        Thorup (2015), "High speed hashing for integers and strings", section 3.5.
    """
    from rensa import RMinHash

    rng = np.random.default_rng(tokens.seed)
    factors = rng.integers(2**64 - 1, size=SLOTS_PER_BAND, dtype=np.uint64)
    num_slots = tokens.num_bands * SLOTS_PER_BAND
    ends = np.concatenate([[0], tokens.ends])  # (ads + 1,)
    hashed = np.empty((tokens.num_bands, len(tokens.ends)), np.uint32)
    for start in range(0, len(tokens.ends), _SKETCHED_ADS):
        here = ends[start : start + _SKETCHED_ADS + 1]
        offsets = (here - here[0]).astype(np.uint64)
        sketch = RMinHash.digest_matrix_from_flat_token_hashes(
            tokens.hashes[here[0] : here[-1]], offsets, num_slots, tokens.seed
        )
        slots = np.array(sketch.to_rows(), dtype=np.uint64)  # (ads, num_slots)
        slots = slots.reshape(-1, tokens.num_bands, SLOTS_PER_BAND)
        products = (slots * factors).sum(axis=2)  # (ads, num_bands)
        hashed[:, start : start + len(offsets) - 1] = (products >> np.uint64(32)).T
    return hashed


def _sort_band(hashes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Writes the ads in the order of their hashes over these; returns where a bucket begins."""
    order = np.argsort(hashes)
    in_order = hashes[order]
    hashes[:] = order
    return np.append(True, in_order[1:] != in_order[:-1])


def _bits(words: NDArray[np.int32], sizes: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Returns the bits of each ad's words, shape `(ads,)`; none for an ad without words."""
    bits = np.zeros(len(sizes), np.uint64)
    has_words = sizes > 0
    if has_words.any():
        bit = words.astype(np.uint64) * _BITS_FACTOR >> np.uint64(58)  # 0 to 63
        starts = (np.cumsum(sizes) - sizes)[has_words]
        bits[has_words] = np.bitwise_or.reduceat(np.uint64(1) << bit, starts)
    return bits
