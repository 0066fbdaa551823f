"""The file of an n-gram model: sorted tables, exact or in about 1.7 bytes an n-gram.

In an exact file each order's n-grams stand in the order of their keys, so that those with one
prefix are neighbours: it holds last tokens with two flags (last of its prefix, is a prefix itself)
and no pointers. `ngram.compact` makes the columns of a compact one. The module knows arrays, not
what they predict.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from adgen.ngram.compact import decode_tables, encode_tables
from adgen.ngram.tables import NGramTables
from adgen.support.array_files import save_arrays
from adgen.support.files import check_plain_file, replace_when_done
from adgen.support.ranges import NGRAM_ORDERS, VOCABULARIES, check_number

FORMAT = "adgen-ngram-1"
COMPACT_FORMAT = "adgen-ngram-2"
_HEADER_BYTES = 1024  # more than the names, shapes and offsets of single tokens take


def smallest_compact_bytes(vocab_size: int) -> int:
    """Returns an upper bound of the size of a compact file of single tokens alone."""
    # A byte for each probability and a bit for having no followers, where nothing can be saved.
    return _HEADER_BYTES + vocab_size + vocab_size // 4


def compact_bytes(tables: NGramTables) -> int:
    """Returns the size of the compact file of tables; takes as long as writing it."""
    from safetensors.numpy import save

    return len(save(encode_tables(tables), metadata=_metadata(tables, COMPACT_FORMAT)))


def save_tables(tables: NGramTables, path: str | Path, *, compact: bool = False) -> None:
    """Writes the tables; the file is complete or unchanged.

    Args:
        tables: What to write.
        path: A `.safetensors` file.
        compact: Keep steps of half an octave of most numbers instead of a float32; see
            `encode_tables`. Reading makes every context's numbers sum to 1 again.
    """
    arrays: dict[str, np.ndarray] = {}
    if compact:
        arrays |= encode_tables(tables)
    else:
        arrays |= _exact_arrays(tables)
    metadata = _metadata(tables, COMPACT_FORMAT if compact else FORMAT)
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
            found = metadata.get("format")
            if found not in (FORMAT, COMPACT_FORMAT):
                raise ValueError(f"its format is {found}, expected {FORMAT} or {COMPACT_FORMAT}")
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        vocab_size = int(metadata["vocab_size"])
        order = int(metadata["order"])
        check_number("vocab_size", vocab_size, VOCABULARIES, is_whole=True)
        check_number("order", order, NGRAM_ORDERS, is_whole=True)
        if found == COMPACT_FORMAT:
            return decode_tables(arrays, vocab_size=vocab_size, order=order)
        return _tables(arrays, vocab_size, order)
    except (SafetensorError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path} is not a whole n-gram model ({error}). "
            "Copy it again, or fit and save the model again."
        ) from None


def _metadata(tables: NGramTables, kind: str) -> dict[str, str]:
    """Returns what a file's header says."""
    return {"format": kind, "vocab_size": str(tables.vocab_size), "order": str(tables.order)}


def _exact_arrays(tables: NGramTables) -> dict[str, np.ndarray]:
    """Returns the arrays of an exact file."""
    arrays: dict[str, np.ndarray] = {}
    for n, keys in enumerate(tables.keys):
        is_context = _is_context(tables, n)
        arrays[f"words.{n + 1}"] = _words(keys, is_context, tables.vocab_size)
        arrays[f"discounted.{n + 1}"] = tables.discounted[n]
        if n < tables.order - 1:
            arrays[f"backoffs.{n + 1}"] = tables.backoffs[n][is_context]
    return arrays


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
        # 3. The 8-bit codes of adgen's first compact files have lost digits: make what each
        # context's n-grams add up to 1 - backoff again.
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


def _from_logit(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the numbers p whose ln(p / (1 - p)) these are."""
    return 1 / (1 + np.exp(-values))
