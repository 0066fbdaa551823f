"""The file of an n-gram model: sorted tables, exact or in about 3.4 bytes an n-gram.

Each order's n-grams stand in the order of their keys, so that those with one prefix are neighbours:
the file holds last tokens with two flags (last of its prefix, is a prefix itself) and no pointers.
The module knows arrays, not what they predict.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from adgen.support.array_files import save_arrays
from adgen.support.files import check_plain_file, replace_when_done
from adgen.support.ranges import NGRAM_ORDERS, VOCABULARIES, check_number

FORMAT = "adgen-ngram-1"
_HEADER_BYTES = 4096  # more than names, shapes and offsets ever take
_TINY = 1e-7  # what the 8-bit codes keep between a back-off weight and 0 or 1


@dataclass(frozen=True)
class NGramTables:
    """Holds what an interpolated n-gram model stores.

    Orders count from 1; D_n is the number of distinct n-grams of order n.

    Attributes:
        vocab_size: Number of token ids.
        keys: For each order (D_n,) int64, rising: the index of the n-gram's first n - 1 tokens in
            the order below times `vocab_size`, plus its last token. Order 1 has every id.
        discounted: For each order (D_n,) float32: what the n-gram adds to its probability; order 1:
            the probability itself.
        backoffs: For each order but the last (D_n,) float32: the weight of the order below after
            this context; 1 where nothing is known to follow.
    """

    vocab_size: int
    keys: Sequence[NDArray[np.int64]]
    discounted: Sequence[NDArray[np.float32]]
    backoffs: Sequence[NDArray[np.float32]]

    @property
    def order(self) -> int:
        """Returns the length of the longest n-gram."""
        return len(self.keys)


def compact_bytes(vocab_size: int, *, num_ngrams: int, num_contexts: int) -> int:
    """Returns an upper bound of a compact file's size.

    Args:
        vocab_size: Number of token ids.
        num_ngrams: N-grams of two or more tokens.
        num_contexts: N-grams that others begin with.
    """
    word_bytes = _word_type(vocab_size)().itemsize
    singles = (word_bytes + 4) * vocab_size  # a word and a float32 each
    longer = (word_bytes + 1) * num_ngrams  # a word and a code each
    return _HEADER_BYTES + singles + longer + num_contexts  # a code for each back-off weight


def save_tables(tables: NGramTables, path: str | Path, *, compact: bool = False) -> None:
    """Writes the tables; the file is complete or unchanged.

    Args:
        tables: What to write.
        path: A `.safetensors` file.
        compact: Keep 8 bits of each number, on a logarithmic scale (a step is some percent),
            instead of a float32. Reading makes every context's numbers sum to 1 again.
    """
    arrays: dict[str, np.ndarray] = {"discounted.1": tables.discounted[0]}
    is_context = [_is_context(tables, n) for n in range(tables.order)]
    for n, keys in enumerate(tables.keys):
        arrays[f"words.{n + 1}"] = _words(keys, is_context[n], tables.vocab_size)
        numbers = {}
        if n:
            numbers[f"discounted.{n + 1}"] = (tables.discounted[n], _log)
        if n < tables.order - 1:
            numbers[f"backoffs.{n + 1}"] = (tables.backoffs[n][is_context[n]], _logit)
        for name, (values, scale) in numbers.items():
            arrays |= _encoded(name, values, scale) if compact else {name: values}
    metadata = {"format": FORMAT, "vocab_size": str(tables.vocab_size), "order": str(tables.order)}
    with replace_when_done(path) as temporary_path:
        save_arrays(arrays, temporary_path, metadata=metadata)


def load_tables(path: str | Path) -> NGramTables:
    """Reads what `save_tables` wrote.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is damaged, or something else.
    """
    from safetensors import SafetensorError, safe_open

    if not Path(path).exists():
        raise FileNotFoundError(f"No n-gram model at {path}. NGramModel.save writes one.")
    check_plain_file(path)
    try:
        with safe_open(str(path), framework="np") as file:
            metadata = file.metadata() or {}
            if metadata.get("format") != FORMAT:
                raise ValueError(f"its format is {metadata.get('format')}, expected {FORMAT}")
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        vocab_size = int(metadata["vocab_size"])
        order = int(metadata["order"])
        check_number("vocab_size", vocab_size, VOCABULARIES, is_whole=True)
        check_number("order", order, NGRAM_ORDERS, is_whole=True)
        return _tables(arrays, vocab_size, order)
    except (SafetensorError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path} is not a whole n-gram model ({error}). "
            "Copy it again, or fit and save the model again."
        ) from None


def _tables(arrays: dict[str, np.ndarray], vocab_size: int, order: int) -> NGramTables:
    """Makes tables of a file's arrays; raises ValueError where these do not fit together."""
    keys = [np.arange(vocab_size, dtype=np.int64)]
    discounted = [_decoded(arrays, "discounted.1", np.exp)]
    backoffs: list[NDArray[np.float32]] = []
    tokens, _, is_context = _split_words(arrays["words.1"], vocab_size)
    if not (len(discounted[0]) == vocab_size and np.array_equal(tokens, keys[0])):
        raise ValueError(f"the vocabulary is not of {vocab_size:,} tokens")
    for n in range(2, order + 1):
        # 1. Read this order's n-grams and what its contexts, of the order below, pass on.
        contexts = np.flatnonzero(is_context)  # (num_contexts,)
        tokens, is_last, is_context_above = _split_words(arrays[f"words.{n}"], vocab_size)
        context_backoffs = _decoded(arrays, f"backoffs.{n - 1}", _from_logit)
        values = _decoded(arrays, f"discounted.{n}", np.exp)
        contexts_fit = len(contexts) == len(context_backoffs) == is_last.sum()
        if not contexts_fit or len(values) != len(tokens):
            raise ValueError(f"the n-grams of length {n} do not fit those of length {n - 1}")
        # 2. Which context each n-gram belongs to: one more after each last one, (D_n,).
        group: NDArray[np.int64] = np.cumsum(is_last) - is_last
        # 3. Codes have lost digits: make what each context's n-grams add up to 1 - backoff again.
        if f"discounted.{n}.range" in arrays:
            starts = np.flatnonzero(np.diff(group, prepend=-1))
            sums = np.add.reduceat(values, starts, dtype=np.float64)
            values *= ((1 - context_backoffs) / sums).astype(np.float32)[group]
        # 4. Keys: the context's place times the vocabulary, plus the last token.
        keys.append(contexts[group] * vocab_size + tokens)
        if (np.diff(keys[-1]) <= 0).any() or tokens.max() >= vocab_size:
            raise ValueError(f"the n-grams of length {n} are out of order")
        discounted.append(values)
        backoffs.append(np.ones(len(is_context), np.float32))
        backoffs[-1][contexts] = context_backoffs
        is_context = is_context_above
    if is_context.any():
        raise ValueError(f"what follows the n-grams of length {order} is missing")
    return NGramTables(vocab_size, keys, discounted, backoffs)


def _is_context(tables: NGramTables, n: int) -> NDArray[np.bool_]:
    """Tells which n-grams of `keys[n]` others begin with."""
    is_context = np.zeros(len(tables.keys[n]), bool)
    if n < tables.order - 1:
        is_context[tables.keys[n + 1] // tables.vocab_size] = True
    return is_context


def _word_type(vocab_size: int) -> type[np.unsignedinteger]:
    """Returns the integer that has room for a token and two flags."""
    return np.uint16 if vocab_size <= 1 << 14 else np.uint32


def _words(keys: NDArray[np.int64], is_context: NDArray[np.bool_], vocab_size: int) -> np.ndarray:
    """Packs each n-gram's last token and its two flags, in the upper bits, into one integer."""
    kind = _word_type(vocab_size)
    bits = kind().itemsize * 8
    prefixes = keys // vocab_size
    words = (keys - prefixes * vocab_size).astype(kind)
    words[np.flatnonzero(np.diff(prefixes, append=-1))] |= kind(1 << (bits - 2))
    words[is_context] |= kind(1 << (bits - 1))
    return words


def _split_words(
    words: np.ndarray, vocab_size: int
) -> tuple[np.ndarray, NDArray[np.bool_], NDArray[np.bool_]]:
    """Unpacks tokens, and whether each is the last of its prefix, and a context itself."""
    kind = _word_type(vocab_size)
    if words.dtype != kind:
        raise ValueError(f"words are {words.dtype}, expected {kind.__name__}")
    last, context = (kind(1 << (kind().itemsize * 8 - back)) for back in (2, 1))
    return words & kind(last - 1), (words & last) > 0, (words & context) > 0


def _encoded(name: str, values: NDArray[np.float32], scale: Callable) -> dict[str, np.ndarray]:
    """Returns 8-bit codes of numbers on a scale, and the ends of the scale."""
    scaled = scale(values.astype(np.float64))
    low = scaled.min()
    high = scaled.max()
    codes = np.rint((scaled - low) * (255 / max(high - low, _TINY))).astype(np.uint8)
    return {name: codes, f"{name}.range": np.array([low, high], np.float32)}


def _decoded(arrays: dict[str, np.ndarray], name: str, inverse: Callable) -> NDArray[np.float32]:
    """Returns numbers from 0 to 1, from float32 or from codes."""
    values = arrays[name]
    if f"{name}.range" in arrays:
        low, high = arrays[f"{name}.range"].astype(np.float64)
        values = inverse(np.linspace(low, high, 256)).astype(np.float32)[values]
    # Written so that NaN is refused too.
    if values.dtype != np.float32 or not (values.min() >= 0 and values.max() <= 1):
        raise ValueError(f"{name} is not from 0 to 1")
    return values


def _log(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns ln of numbers from 0 to 1, finite for 0 too."""
    return np.log(np.maximum(values, _TINY**4))


def _logit(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns ln(p / (1 - p)) of numbers from 0 to 1, finite for both ends too."""
    values = np.clip(values, _TINY, 1 - _TINY)
    return np.log(values / (1 - values))


def _from_logit(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the numbers whose `_logit` these are."""
    return 1 / (1 + np.exp(-values))
