"""Whether ads are new or copied: what they share with the training ads, and what they repeat.

A figure says something only beside the same figure of as many held-out human ads: people repeat
themselves too. Words are what white space separates in the cleaned, casefolded ad, punctuation
included (`TV,` is not `TV`). The module knows strings; it does not know whether a copy is a fault,
nor near copies with a word changed here and there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, repeat

import numpy as np
from tqdm.auto import tqdm

from adgen.corpus import clean_text
from adgen.corpus.cleaning import fold_text
from adgen.scoring.protocol import Figures

NGRAM_SIZES = (1, 2, 3, 4, 5)
BLOCK_ADS = 20_000
_UNKNOWN = -1  # the id of a word that no query ad has; no run of words passes it
_AD_END = "\n"  # never a word, so that no run passes it either


def novelty_figures(
    ad_sets: Mapping[str, Sequence[str]], training_ads: Iterable[str], *, block_ads: int = BLOCK_ADS
) -> dict[str, Figures]:
    """Compares sets of ads with the training ads, in one pass over the latter.

    All ads are cleaned first (`adgen.corpus.clean_text`). Memory grows with the sets, not with the
    training ads.

    Args:
        ad_sets: Sets of ads by name, such as generated and held-out human ones, of one size: the
            larger a set, the fewer of its n-grams are distinct.
        training_ads: The ads that the model learned from; an iterator will do.
        block_ads: Training ads looked at together. Changes time and memory, not the figures.

    Returns:
        For every set: `num_ads`; `exact_copy_share`, of the ads, that are a training ad to the
        letter; `folded_copy_share`, of the ads, that are one but for case, spaces and punctuation,
        exact copies included; `copied_run_mean`, `copied_run_median`, `copied_run_max`: the longest
        run of words in an ad that also stands within one training ad, in words; `copied_run_share`:
        the same over the ad's own words, averaged over ads; `novel_1_share` to `novel_5_share`, of
        the occurrences of word n-grams, that are in no training ad; `distinct_1` to `distinct_5`:
        different word n-grams in the set over all their occurrences; `repeated_word_share`, of the
        words, that the same ad has before; `repeated_trigram_share`, of the ads, that have some
        three words in a row twice; `duplicate_share`, of the ads, that equal an earlier one of the
        set; `mean_words`, `mean_chars`. None for a share of n-grams where the set has none that
        long.

    Raises:
        ValueError: There are no sets, a set has no ads or another size than the rest, there are no
            training ads or `block_ads` is below 1.

    Example:
        >>> sets = {"generated": ["Oak table with lamp"], "human": ["Tin cup in blue"]}
        >>> figures = novelty_figures(sets, ["Small oak table", "Table with lamp in red"])
        >>> figures["generated"]["copied_run_max"], figures["generated"]["novel_2_share"]
        (3.0, 0.0)
        >>> figures["human"]["novel_1_share"]
        0.75

    Source:
        McCoy et al. (2023), "How much do language models copy from their training data? Evaluating
        linguistic novelty in text generation using RAVEN", TACL 11, for novel n-grams beside a
        human baseline; Li et al. (2016), "A diversity-promoting objective function for neural
        conversation models", NAACL, for distinct-n.
    """
    queries = _compare(ad_sets, training_ads, block_ads)
    size = len(next(iter(ad_sets.values())))
    return {name: queries.figures(i * size, (i + 1) * size) for i, name in enumerate(ad_sets)}


def novelty_by_group(
    ad_sets: Mapping[str, Sequence[str]],
    groups: Sequence[str],
    training_ads: Iterable[str],
    *,
    block_ads: int = BLOCK_ADS,
) -> tuple[dict[str, Figures], dict[str, dict[str, Figures]]]:
    """Compares sets of ads and their parts, such as categories, with the training ads in one pass.

    Args:
        ad_sets: As for `novelty_figures`.
        groups: (num_ads,) the group of the ads in each place of every set, so that groups are of
            one size in all sets.
        training_ads: As for `novelty_figures`: all of them, for every group.
        block_ads: As for `novelty_figures`.

    Returns:
        The figures of every set, and those of every set by group.

    Raises:
        ValueError: As `novelty_figures`, and where `groups` and the sets differ in length.
    """
    names, codes = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    if any(len(ads) != len(codes) for ads in ad_sets.values()):
        raise ValueError(f"Received {len(codes):,} groups; expected one for each ad of a set.")
    # 1. Sort every set by group, so that a group's ads are neighbours.
    order = np.argsort(codes, kind="stable")  # (num_ads,)
    queries = _compare(
        {name: [ads[i] for i in order] for name, ads in ad_sets.items()}, training_ads, block_ads
    )
    # 2. Set i stands from i * size on, its group g from bounds[g] to before bounds[g + 1] in it.
    bounds = np.searchsorted(codes[order], np.arange(len(names) + 1)).tolist()
    size = len(codes)
    figures = {name: queries.figures(i * size, (i + 1) * size) for i, name in enumerate(ad_sets)}
    by_group = {
        str(group): {
            name: queries.figures(i * size + first, i * size + stop)
            for i, name in enumerate(ad_sets)
        }
        for group, first, stop in zip(names, bounds[:-1], bounds[1:], strict=True)
    }
    return figures, by_group


def _compare(
    ad_sets: Mapping[str, Sequence[str]], training_ads: Iterable[str], block_ads: int
) -> _Queries:
    """Looks for the ads of all sets, one set after the other, in all training ads."""
    _check(ad_sets, training_ads, block_ads)
    queries = _Queries([clean_text(ad) for ads in ad_sets.values() for ad in ads])
    num_training_ads = 0
    for block in _blocks(training_ads, block_ads):
        num_training_ads += len(block)
        queries.look_for_copies(block)
        queries.look_for_runs(block)
    if not num_training_ads:
        raise ValueError(
            "There are no training ads to compare with. Give the ads that the model learned from."
        )
    return queries


def _check(
    ad_sets: Mapping[str, Sequence[str]], training_ads: Iterable[str], block_ads: int
) -> None:
    """Raises ValueError for arguments that give no figures, or figures that say nothing."""
    sizes = {name: len(ads) for name, ads in ad_sets.items()}
    if any(isinstance(ads, str) for ads in (training_ads, *ad_sets.values())):
        raise ValueError("Received one string as a set of ads; expected a list of ads.")
    if not sizes or not all(sizes.values()):
        raise ValueError(f"Ads in each set: {sizes}; expected at least one set and one ad in each.")
    if len(set(sizes.values())) > 1:
        raise ValueError(
            f"Ads in each set: {sizes}; expected equally many, or the figures cannot be compared. "
            f"Cut every set to {min(sizes.values()):,} random ads."
        )
    if block_ads < 1:
        raise ValueError(f"block_ads={block_ads}; expected at least 1, for example {BLOCK_ADS:,}.")


def _blocks(training_ads: Iterable[str], block_ads: int) -> Iterator[list[str]]:
    """Yields the training ads, cleaned and without the empty ones, a block at a time."""
    bar = tqdm(training_ads, desc="Looking for copies", unit="ad", unit_scale=True, disable=None)
    cleaned = filter(None, map(clean_text, bar))
    while block := list(islice(cleaned, block_ads)):
        yield block


@dataclass(frozen=True)
class _NGrams:
    """Holds the n-grams of all query ads for one n, numbered in the order of `keys`.

    Attributes:
        keys: (num_distinct,) int64, sorted. The number of the first n - 1 words among the n-grams
            of n - 1 words, times the vocabulary's size, plus the id of the last word.
        ad_of: (num_occurrences,) the ad that each occurrence stands in, in order.
        number_of: (num_occurrences,) which n-gram it is.
        is_seen: (num_distinct,) bool, whether a training ad has it. Filled in while training ads go
            by.
    """

    keys: np.ndarray
    ad_of: np.ndarray
    number_of: np.ndarray
    is_seen: np.ndarray

    def of_ads(self, first: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns `ad_of` and `number_of` for the ads from `first` to before `stop`."""
        start, end = np.searchsorted(self.ad_of, [first, stop])
        return self.ad_of[start:end], self.number_of[start:end]


class _Queries:
    """Holds the ads in question, and what the training ads so far have in common with them.

    Args:
        ads: Cleaned ads of all sets, one set after the other.
    """

    def __init__(self, ads: list[str]) -> None:
        """Numbers the words and the n-grams of every length."""
        # 1. Words, an end behind every ad's last one.
        self.ads = ads
        self.folded = [fold_text(ad) for ad in ads]
        self._copies: set[str] = set()
        self._folded_copies: set[str] = set()
        words = [[*ad.casefold().split(), _AD_END] for ad in ads]
        self.num_words = np.array([len(row) - 1 for row in words])  # (num_ads,)
        # 2. Ids of words, in the order of their first occurrences.
        self._vocabulary: dict[str, int] = {}
        for row in words:
            for word in row[:-1]:
                self._vocabulary.setdefault(word, len(self._vocabulary))
        # 3. N-grams, the shortest first.
        self.ngrams = list(self._number_ngrams([word for row in words for word in row]))

    def look_for_copies(self, block: list[str]) -> None:
        """Notes which ads of `block` are a query ad."""
        self._copies.update(set(self.ads).intersection(block))
        self._folded_copies.update(set(self.folded).intersection(map(fold_text, block)))

    def look_for_runs(self, block: list[str]) -> None:
        """Notes which n-grams stand in an ad of `block`."""
        # (num_words,) of all ads in a row; an end stands behind each.
        ids = self._word_ids([*f" {_AD_END} ".join(block).casefold().split(" "), _AD_END])
        places = np.arange(len(ids))  # where an (n - 1)-gram starts that some query ad has
        numbers = np.zeros(len(ids), np.int64)  # which one it is
        for n, ngrams in enumerate(self.ngrams, start=1):
            # 1. Lengthen what was found by a word.
            places, keys = self._with_next_word(ids, places, numbers, n)
            # 2. Look the keys up. One beyond the last is compared with the first, and not found.
            numbers = np.searchsorted(ngrams.keys, keys)
            numbers[numbers == len(ngrams.keys)] = 0
            is_found = ngrams.keys[numbers] == keys
            places, numbers = places[is_found], numbers[is_found]
            # 3. Only what some query ad has can be lengthened into what one has.
            ngrams.is_seen[numbers] = True
            if not len(places):
                break

    def figures(self, first: int, stop: int) -> Figures:
        """Returns the figures of the set that holds the ads from `first` to before `stop`."""
        ads = self.ads[first:stop]
        folded = self.folded[first:stop]
        num_words = self.num_words[first:stop]  # (num_ads of the set,)
        runs = self._copied_runs[first:stop]
        run_shares = runs / np.maximum(num_words, 1)  # of an ad without words: 0
        return {
            "num_ads": len(ads),
            "exact_copy_share": float(np.mean([ad in self._copies for ad in ads])),
            "folded_copy_share": float(np.mean([ad in self._folded_copies for ad in folded])),
            "copied_run_mean": float(runs.mean()),
            "copied_run_median": float(np.median(runs)),
            "copied_run_max": float(runs.max()),
            "copied_run_share": float(run_shares.mean()),
            **self._ngram_figures(first, stop),
            "duplicate_share": 1 - len(set(ads)) / len(ads),
            "mean_words": float(num_words.mean()),
            "mean_chars": float(np.mean([len(ad) for ad in ads])),
        }

    def _ngram_figures(self, first: int, stop: int) -> Figures:
        """Returns the figures that count n-grams; None where the set has none so long."""
        novel: Figures = {f"novel_{n}_share": None for n in NGRAM_SIZES}
        distinct: Figures = {f"distinct_{n}": None for n in NGRAM_SIZES}
        repeated: Figures = {"repeated_word_share": None, "repeated_trigram_share": 0.0}
        for n, ngrams in enumerate(self.ngrams[: max(NGRAM_SIZES)], start=1):
            ad_of, number_of = ngrams.of_ads(first, stop)
            if not len(ad_of):
                break
            # 1. Of all occurrences: those that no training ad has, and different ones.
            novel[f"novel_{n}_share"] = float(1 - ngrams.is_seen[number_of].mean())
            distinct[f"distinct_{n}"] = len(np.unique(number_of)) / len(number_of)
            # 2. Of all words and of all ads: what comes again in the same ad.
            again = _is_repeated(ad_of, number_of)  # (num_occurrences,)
            if n == 1:
                repeated["repeated_word_share"] = float(again.mean())
            elif n == 3:
                repeated["repeated_trigram_share"] = len(np.unique(ad_of[again])) / (stop - first)
        return novel | distinct | repeated

    @cached_property  # asked for when all training ads have gone by
    def _copied_runs(self) -> np.ndarray:
        """Returns the length of the longest copied run of every ad, in words, (num_ads,)."""
        runs = np.zeros(len(self.ads), np.int64)
        # From short to long, so that the longest n-gram that a training ad has writes last.
        for n, ngrams in enumerate(self.ngrams, start=1):
            runs[ngrams.ad_of[ngrams.is_seen[ngrams.number_of]]] = n
        return runs

    def _number_ngrams(self, words: list[str]) -> Iterator[_NGrams]:
        """Yields the n-grams of the query ads, n = 1, 2, ... up to the longest ad's length."""
        ids = self._word_ids(words)  # (num_words,), ends of ads included
        ad_of = np.repeat(np.arange(len(self.ads)), self.num_words + 1)  # (num_words,)
        places = np.arange(len(ids))  # where an (n - 1)-gram starts
        numbers = np.zeros(len(ids), np.int64)  # which one it is
        for n in range(1, int(self.num_words.max()) + 1):
            # Lengthen each by a word, and number the n-grams by the order of their keys.
            places, keys = self._with_next_word(ids, places, numbers, n)
            distinct, numbers = np.unique(keys, return_inverse=True)
            yield _NGrams(distinct, ad_of[places], numbers, np.zeros(len(distinct), bool))

    def _with_next_word(
        self, ids: np.ndarray, places: np.ndarray, numbers: np.ndarray, n: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Lengthens (n - 1)-grams by a word.

        Args:
            ids: (num_words,) ids of the text's words, -1 for unknown ones and ends of ads.
            places: (num_occurrences,) where (n - 1)-grams start.
            numbers: (num_occurrences,) which ones they are.
            n: Words of the n-grams to make.

        Returns:
            The places where a known word follows, and the keys of the n-grams there.
        """
        following = ids[places + n - 1]
        is_known = following != _UNKNOWN
        return places[is_known], numbers[is_known] * len(self._vocabulary) + following[is_known]

    def _word_ids(self, words: list[str]) -> np.ndarray:
        """Returns the ids of words, (num_words,), -1 for those that no query ad has."""
        ids = map(self._vocabulary.get, words, repeat(_UNKNOWN))
        return np.fromiter(ids, dtype=np.int64, count=len(words))


def _is_repeated(ad_of: np.ndarray, number_of: np.ndarray) -> np.ndarray:
    """Tells of every occurrence whether its ad has the same n-gram earlier, (num_occurrences,)."""
    # One number for each pair of ad and n-gram; `unique` finds where each pair comes first.
    _, firsts = np.unique(ad_of * (number_of.max() + 1) + number_of, return_index=True)
    is_first = np.zeros(len(ad_of), bool)
    is_first[firsts] = True
    return ~is_first
