"""Kneser-Ney counts of token ids, their probabilities, and which n-grams a small model keeps.

Counting is sorting: an n-gram is one integer made of its prefix's place in the order below and its
last token. All arrays are as long as the number of distinct n-grams (100 million for 50 million
tokens at order 6, 4 GB at the peak). The module knows ads by their `<eos>` alone, and no files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from tqdm.auto import tqdm

from adgen.ngram.file import compact_bytes, smallest_compact_bytes
from adgen.ngram.tables import NGramTables
from adgen.support.ranges import NGRAM_ORDERS, check_number
from adgen.tokens.base import EOS_ID, PAD_ID, UNK_ID

# For orders with too few n-grams to estimate discounts from, as KenLM's --discount_fallback.
FALLBACK_DISCOUNTS = (0.5, 1.0, 1.5)
# What an n-gram takes in a compact file of real ads. Where the search for a size begins: the files
# that it ends with are measured.
_NGRAM_BYTES = 1.7
_FEW_NGRAMS = 100_000  # measured at once


@dataclass(frozen=True)
class NGramCounts:
    """Holds the distinct n-grams of ads, order by order (from 1), each order sorted by key.

    Attributes:
        vocab_size: Number of token ids.
        keys: As `NGramTables.keys`.
        counts: For each order (D_n,) int32. The longest n-grams, and those that begin with an ad's
            start, have the number of their occurrences; the others the number of different tokens
            before them.
        suffixes: For each order (D_n,) int32: where the n-gram without its first token stands in
            the order below. Order 1 has none and an empty array.
        discounts: (order, 4) float64: what to subtract from a count of 0, 1, 2, and 3 or more.
        kept: For each order (D_n,) bool: which n-grams a model stores; None for all.
    """

    vocab_size: int
    keys: Sequence[NDArray[np.int64]]
    counts: Sequence[NDArray[np.int32]]
    suffixes: Sequence[NDArray[np.int32]]
    discounts: NDArray[np.float64]
    kept: Sequence[NDArray[np.bool_]] | None = None

    @property
    def order(self) -> int:
        """Returns the length of the longest n-gram."""
        return len(self.keys)


def count_ngrams(
    token_ids: NDArray[np.integer],
    *,
    vocab_size: int,
    order: int = 6,
    discounts: ArrayLike | None = None,
) -> NGramCounts:
    """Counts the n-grams of ads, none across the border of two ads.

    Args:
        token_ids: (num_tokens,) ads one after the other, each followed by `<eos>`; may be a memory
            map.
        vocab_size: Number of token ids.
        order: Length of the longest n-gram; shorter where no ad is so long.
        discounts: (order, 3) for counts of 1, 2, and 3 or more; by default `modified_discounts` of
            each order.

    Raises:
        ValueError: The text does not end with `<eos>`, has `<pad>` or an id outside the vocabulary,
            or `order` is not 1 to 32.

    Example:
        >>> ads = np.array([3, 4, 2, 4, 2])  # 4 comes after 3 and after a start
        >>> count_ngrams(ads, vocab_size=5, order=2).counts[0]
        array([0, 0, 1, 1, 2], dtype=int32)
    """
    check_number("order", order, NGRAM_ORDERS, is_whole=True)
    check_token_ids(token_ids, vocab_size)
    if (token_ids == PAD_ID).any():
        raise ValueError(
            f"token_ids contain <pad> ({PAD_ID}), which is no text. Leave the padding out."
        )
    # 1. Order 1: every token is an n-gram. `ids` says which n-gram of the order at hand ends at a
    # token, -1 where there is none.
    tokens = np.concatenate([[EOS_ID], token_ids]).astype(np.int32)  # with the first ad's start
    ids = tokens  # (num_tokens + 1,)
    keys = [np.arange(vocab_size, dtype=np.int64)]
    counts = [np.bincount(token_ids, minlength=vocab_size).astype(np.int32)]
    suffixes = [np.zeros(0, np.int32)]
    for n in tqdm(range(2, order + 1), desc="counting n-grams", unit="order", disable=None):
        # 2. An n-gram ends where one of the order below ended a token before. After the start of an
        # ad, one with <eos> in it has come to the ad's end: nothing follows.
        goes_on = (ids[:-1] >= 0) & ((tokens[:-1] != EOS_ID) if n > 2 else True)
        places = (np.flatnonzero(goes_on) + 1).astype(np.uint32)  # (num_occurrences,)
        if not len(places):
            break
        # 3. Sort the occurrences by key; those of one n-gram are neighbours then.
        packed, firsts, ids_here, places = _distinct(ids, tokens, places, vocab_size)
        keys.append(packed)  # (D_n,)
        counts.append(np.diff(firsts, append=len(places)).astype(np.int32))
        suffixes.append(ids[places[firsts]])
        ids = np.full(len(tokens), -1, np.int32)
        ids[places] = ids_here
    # 4. Below the highest order count the different tokens before an n-gram instead: the longer
    # n-grams that it is the suffix of. What begins with a start has none, and keeps its count.
    for n in range(len(keys) - 1):
        num_before = np.bincount(suffixes[n + 1], minlength=len(keys[n])).astype(np.int32)
        counts[n] = np.where(num_before > 0, num_before, counts[n])
    return NGramCounts(vocab_size, keys, counts, suffixes, _all_discounts(counts, discounts))


def check_token_ids(token_ids: NDArray[np.integer], vocab_size: int) -> None:
    """Raises ValueError unless `token_ids` are ads of the vocabulary, each followed by `<eos>`."""
    if token_ids.ndim != 1 or token_ids.dtype.kind not in "iu":
        raise ValueError(
            f"token_ids are {token_ids.dtype} of shape {token_ids.shape}; "
            "expected one row of integers."
        )
    if not len(token_ids) or token_ids[-1] != EOS_ID:
        last = int(token_ids[-1]) if len(token_ids) else "nothing"
        raise ValueError(
            f"token_ids end with {last}; expected <eos> ({EOS_ID}) after every ad, "
            "as from tokenizer.encode_ads."
        )
    low = int(token_ids.min())
    high = int(token_ids.max())
    if low < 0 or high >= vocab_size:
        raise ValueError(
            f"token_ids go from {low} to {high}; expected 0 to {vocab_size - 1:,}, the ids of the "
            "vocabulary. Encode the ads with the tokenizer that the model is for."
        )


def modified_discounts(counts: NDArray[np.integer]) -> tuple[float, float, float]:
    """Returns the discounts of counts of 1, 2, and 3 or more.

    With n_k the number of n-grams that have a count of k, and Y = n_1 / (n_1 + 2 n_2), the discount
    of k is k - (k + 1) Y n_(k+1) / n_k. Where there are too few n-grams for discounts between 0 and
    the count itself, `FALLBACK_DISCOUNTS` are returned.

    Args:
        counts: (num_ngrams,) the counts of one order.

    Example:
        >>> counts = np.repeat([1, 2, 3, 4], [40, 10, 4, 1])  # Y = 40 / (40 + 2 * 10) = 2/3
        >>> modified_discounts(counts)
        (0.6666666666666667, 1.2, 2.3333333333333335)

    Source:
        Chen and Goodman (1999), "An empirical study of smoothing techniques for language modeling",
        equation 26.
    """
    n = np.bincount(np.minimum(counts, 5), minlength=6).astype(np.float64)  # (6,), n[k] as above
    if not n[1:5].all():
        return FALLBACK_DISCOUNTS
    y = n[1] / (n[1] + 2 * n[2])
    one, two, three = (float(k - (k + 1) * y * n[k + 1] / n[k]) for k in (1, 2, 3))
    return (one, two, three) if min(one, two, three) > 0 else FALLBACK_DISCOUNTS


def estimate(counts: NGramCounts) -> NGramTables:
    """Computes the interpolated Kneser-Ney probabilities of the kept n-grams.

    What the order below gets after a context is what was subtracted there: the discounts, and all
    of the counts of n-grams that are not kept.
    """
    discounted = [_first_order(counts)]
    backoffs: list[NDArray[np.float32]] = []
    keys = [counts.keys[0]]
    is_kept = _kept(counts)
    kept_ids = counts.keys[0]  # each n-gram's place among the kept ones of its order
    for n in range(1, max(n + 1 for n in range(counts.order) if is_kept[n].any())):
        # 1. What the n-grams add, and what their contexts leave to the order below.
        values, below = _order(counts, n)
        backoffs.append(below[is_kept[n - 1]])
        discounted.append(values[is_kept[n]])
        if counts.kept is None:
            keys.append(counts.keys[n])  # no copy of the largest arrays
            continue
        # 2. A key holds its prefix's place, which is another one among the kept alone.
        kept_keys = counts.keys[n][is_kept[n]]
        prefixes = kept_keys // counts.vocab_size
        keys.append(kept_keys + (kept_ids[prefixes] - prefixes) * counts.vocab_size)
        kept_ids = np.cumsum(is_kept[n]) - 1
    return NGramTables(counts.vocab_size, keys, discounted, backoffs)


def prune_counts(counts: NGramCounts, *, max_bytes: int) -> NGramCounts:
    """Keeps the n-grams that matter most, as many as fit a compact file.

    An n-gram is dropped when its count times ln(p / p without it) is small: what the training text
    would pay. When it goes, its tokens are predicted by its suffix, whose count grows by the
    n-gram's count instead of by 1; with plain Kneser-Ney counts a pruned model is much worse (1.67
    instead of 1.63 bits per character in 8 MB of real ads). An n-gram stays when a longer kept one
    begins with it.

    Args:
        counts: All n-grams, from `count_ngrams`.
        max_bytes: Upper bound of the file that `NGramModel.save` writes with `compact=True`.

    Raises:
        ValueError: The single tokens alone need more.

    Source:
        Seymore and Rosenfeld (1996), "Scalable backoff language models", for the costs; Siivola,
        Hirsimäki and Virpioja (2007), "On growing and pruning Kneser-Ney smoothed n-gram models",
        for the counts.
    """
    if counts.kept is not None:
        raise ValueError("These counts are pruned already. Prune the counts from count_ngrams.")
    check_max_bytes(max_bytes, counts.vocab_size)
    num_all = _num_kept(counts)
    if num_all * _NGRAM_BYTES < 2 * max_bytes and compact_bytes(estimate(counts)) <= max_bytes:
        return counts
    ratios = log_ratios(counts)
    # Ends of a range, (ln threshold, bytes): below the first nats everything stays, above the
    # second nothing. Narrow it until the file is nearly full.
    too_large = (float(np.log(1e-3)), num_all * _NGRAM_BYTES)
    fits = (float(np.log(1e12)), float(smallest_compact_bytes(counts.vocab_size)))
    best = drop_ngrams(counts, ratios, np.inf)
    ngram_bytes = _NGRAM_BYTES
    for number in tqdm(range(40), desc="pruning n-grams", unit="try", disable=None):
        middle = _between(too_large, fits, 0.99 * max_bytes, halve=number > 8 and number % 2 == 0)
        pruned = drop_ngrams(counts, ratios, float(np.exp(middle)))
        num_kept = _num_kept(pruned)
        num_bytes: float = num_kept * ngram_bytes
        if num_kept < _FEW_NGRAMS or 2 / 3 < num_bytes / max_bytes < 3 / 2:
            num_bytes = compact_bytes(estimate(pruned))
            ngram_bytes = num_bytes / max(num_kept, 1)
            best = pruned if num_bytes <= max_bytes else best
        if num_bytes > max_bytes:
            too_large = (middle, num_bytes)
        else:
            fits = (middle, num_bytes)
        if 0.98 * max_bytes <= num_bytes <= max_bytes or fits[0] - too_large[0] < 1e-4:
            break
    return best


def _between(
    too_large: tuple[float, float], fits: tuple[float, float], goal: float, *, halve: bool
) -> float:
    """Returns a logarithm of a threshold between two, for a file of `goal` bytes.

    Sizes are nearly a power of the threshold: a straight line between logarithms finds the goal
    soon. Halving now and then helps where they are not: few n-grams, equal thresholds.
    """
    share = 0.5
    if not halve and too_large[1] > goal > fits[1]:
        share = float(np.log(too_large[1] / goal) / np.log(too_large[1] / fits[1]))
        share = min(max(share, 0.05), 0.95)
    return too_large[0] + share * (fits[0] - too_large[0])


def check_max_bytes(max_bytes: int, vocab_size: int) -> None:
    """Raises ValueError where no compact file has room in `max_bytes`."""
    smallest = smallest_compact_bytes(vocab_size)
    if max_bytes < smallest:
        raise ValueError(
            f"A file of {max_bytes:,} bytes is too small: {vocab_size:,} single tokens may need "
            f"{smallest:,} already. Allow more."
        )


def _distinct(
    ids: NDArray[np.int32], tokens: NDArray[np.int32], places: NDArray[np.uint32], vocab_size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32], NDArray[np.uint32]]:
    """Finds the different n-grams that end at `places`.

    A function of its own so that its large arrays go when it returns.

    Args:
        ids: (num_tokens + 1,) which n-gram of the order below ends at each token.
        tokens: (num_tokens + 1,) the token ids.
        places: (num_occurrences,) where n-grams end.
        vocab_size: Number of token ids.

    Returns:
        (D_n,) the n-grams' keys; (D_n,) where each begins among the sorted occurrences;
        (num_occurrences,) each one's n-gram, and (num_occurrences,) its place.
    """
    # 1. Keys: prefix * vocab_size + last token.
    packed = ids[places - 1].astype(np.int64)  # (num_occurrences,)
    packed *= vocab_size
    packed += tokens[places]
    # 2. Equal keys become neighbours; the first of each is where an n-gram begins.
    by_key = np.argsort(packed)
    packed, places = packed[by_key], places[by_key]
    is_first = np.concatenate([[True], packed[1:] != packed[:-1]])
    firsts = np.flatnonzero(is_first)
    ids_here = np.cumsum(is_first, dtype=np.int32)
    ids_here -= 1
    return packed[firsts], firsts, ids_here, places


def _all_discounts(
    counts: Sequence[NDArray[np.int32]], given: ArrayLike | None
) -> NDArray[np.float64]:
    """Returns the discounts of counts of 0, 1, 2, and 3 or more, (order, 4), given or estimated."""
    order = len(counts)
    values = np.array(
        given if given is not None else [modified_discounts(c) for c in counts], np.float64
    )
    if values.ndim != 2 or len(values) < order or values.shape[1] != 3:
        raise ValueError(
            f"discounts have shape {values.shape}; expected ({order}, 3), three for each order."
        )
    if not ((values >= 0) & (values <= [1, 2, 3])).all():
        raise ValueError(
            f"discounts are {values.tolist()}; expected at least 0 and at most 1, 2 and 3."
        )
    return np.pad(values[:order], ((0, 0), (1, 0)))


def _first_order(counts: NGramCounts) -> NDArray[np.float32]:
    """Returns the probabilities of single tokens, (vocab,).

    What is subtracted goes to all tokens alike, except `<pad>`, and `<unk>` where it never came.
    """
    singles = counts.counts[0]  # (vocab,)
    subtracted = counts.discounts[0][np.minimum(singles, 3)]
    is_possible = np.ones(counts.vocab_size)
    is_possible[PAD_ID] = 0
    is_possible[UNK_ID] = singles[UNK_ID] > 0
    # p(w) = (c(w) - D(c(w))) / c + what was subtracted / c, shared by the possible tokens.
    values = singles - subtracted + subtracted.sum() * is_possible / is_possible.sum()
    return (values / singles.sum(dtype=np.float64)).astype(np.float32)


def _order(counts: NGramCounts, n: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Returns discounted probabilities of order n + 1 and back-off weights of order n.

    The former are (D_n+1,), the latter (D_n,).
    """
    numbers = counts.counts[n]
    prefixes = counts.keys[n] // counts.vocab_size  # the context h of each n-gram
    # 1. D(c(h, w)): all of the count where the n-gram is not kept.
    subtracted = counts.discounts[n].astype(np.float32)[np.minimum(numbers, 3)]
    if counts.kept is not None:
        subtracted = np.where(counts.kept[n], subtracted, numbers).astype(np.float32)
    # 2. c(h): n-grams of one context are neighbours.
    starts = np.flatnonzero(np.diff(prefixes, prepend=-1))  # (num_contexts,)
    totals = np.add.reduceat(numbers, starts, dtype=np.float64)
    # 3. backoff(h), the share that was subtracted; and (c(h, w) - D(c(h, w))) / c(h).
    backoffs = np.ones(len(counts.keys[n - 1]), np.float32)
    backoffs[prefixes[starts]] = np.add.reduceat(subtracted, starts, dtype=np.float64) / totals
    values = (numbers - subtracted) / np.repeat(totals, np.diff(starts, append=len(numbers)))
    return values.astype(np.float32), backoffs


def log_ratios(counts: NGramCounts) -> list[NDArray[np.float32]]:
    """Returns ln(p / p without it) for every n-gram, (D_n,) an order.

    Without it, its context's back-off weight takes over its share.
    """
    probabilities = _first_order(counts)
    ratios = [np.zeros(0, np.float32)]
    for n in range(1, counts.order):
        # p(w | h) = value(h, w) + backoff(h) * p(w | h without its first token)
        values, backoffs = _order(counts, n)
        shorter = probabilities[counts.suffixes[n]]
        weights = backoffs[counts.keys[n] // counts.vocab_size]
        probabilities = values + weights * shorter
        # Without: (backoff(h) + value(h, w)) * p(w | h without its first token)
        ratios.append(np.log(probabilities / ((weights + values) * shorter)))
    return ratios


def drop_ngrams(
    counts: NGramCounts, ratios: Sequence[NDArray[np.float32]], threshold: float
) -> NGramCounts:
    """Drops, from the longest n-grams to the shortest, what is worth at most `threshold` nats."""
    new_counts = list(counts.counts)
    kept = list(_kept(counts))
    is_prefix = np.zeros(len(counts.keys[-1]), bool)
    for n in range(counts.order - 1, 0, -1):
        # 1. Keep what is worth more, and what a longer kept n-gram begins with.
        kept[n] = (new_counts[n] * ratios[n] > threshold) | is_prefix
        is_prefix = _is_prefix(counts, n, kept[n])
        # 2. Hand down to its suffix 1 for an n-gram that stays, its count for one that goes.
        weights = np.where(kept[n], 1, new_counts[n])
        from_above = np.bincount(
            counts.suffixes[n], weights=weights, minlength=len(counts.keys[n - 1])
        )
        new_counts[n - 1] = np.where(from_above > 0, from_above, counts.counts[n - 1]).astype(
            np.int32
        )
    return replace(counts, counts=new_counts, kept=kept)


def _kept(counts: NGramCounts) -> Sequence[NDArray[np.bool_]]:
    """Tells for each order which n-grams are kept: all, before any pruning."""
    return counts.kept or [np.ones(len(keys), bool) for keys in counts.keys]


def _is_prefix(counts: NGramCounts, n: int, is_kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tells which n-grams of order n, (D_n,), are the beginning of a kept one of order n + 1."""
    is_prefix = np.zeros(len(counts.keys[n - 1]), bool)
    is_prefix[counts.keys[n][is_kept] // counts.vocab_size] = True
    return is_prefix


def _num_kept(counts: NGramCounts) -> int:
    """Returns the number of kept n-grams of two or more tokens."""
    return sum(int(np.count_nonzero(is_kept)) for is_kept in _kept(counts)[1:])
