"""Columns of whole numbers as compressed bytes, and probabilities as whole numbers.

A column is read with bounds: it never unpacks to more than a few times its bytes. The module knows
numbers, not which n-grams they belong to.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

_HEADER = np.dtype([("num", "<u4"), ("checksum", "<u4")])  # before the compressed bytes
_RAW = -zlib.MAX_WBITS  # zlib's own checksum, left out, lets some changes through that CRC-32 finds
_LARGE = 255  # the byte of every number from 255 on; the numbers themselves follow, 4 bytes each
_MOST_SHARE = 254  # beyond a ratio of 2^127 in a context, no difference is kept
_HIGH_BITS = 3  # of a number as large as expected, coded by frequency
_MOST_LOW_BITS = 8
_TINY = 1e-7  # what codes keep between a weight and 0 or 1
_TINIEST = 1e-30  # stands for 0 where ratios are taken
_OCTAVES = 24  # the codes of weights begin at 2^-24, less than _TINY
_IMPOSSIBLE = 255  # the code of a single token that has probability 0
_SINGLE_STEPS = 8  # of single tokens, an octave


def pack(numbers: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Compresses whole numbers.

    Args:
        numbers: (num,) from 0 to 2^32 - 1, most of them below 255.

    Returns:
        (num_bytes,).

    Example:
        >>> unpack(pack(np.array([3, 70_000, 4]))).tolist()
        [3, 70000, 4]
    """
    small = np.minimum(numbers, _LARGE).astype(np.uint8)
    large = numbers[numbers >= _LARGE].astype("<u4")
    # Bytes by their frequency alone: few strings repeat, and this way takes at least a bit of each,
    # which bounds what a stream unpacks to.
    coder = zlib.compressobj(9, zlib.DEFLATED, _RAW, 9, zlib.Z_HUFFMAN_ONLY)
    stream = coder.compress(small.tobytes() + large.tobytes()) + coder.flush()
    header = np.array((len(numbers), zlib.crc32(stream)), _HEADER)
    return np.frombuffer(header.tobytes() + stream, np.uint8)


def unpack(column: NDArray[np.uint8]) -> NDArray[np.unsignedinteger]:
    """Returns the numbers that `pack` compressed.

    Args:
        column: (num_bytes,).

    Returns:
        (num,) uint8, or uint32 where one has no room.

    Raises:
        ValueError: The column is damaged, or was compressed further than `pack` does.
    """
    if column.dtype != np.uint8 or column.ndim != 1 or len(column) < _HEADER.itemsize:
        raise ValueError(f"a column is {column.dtype} of shape {column.shape}, expected bytes")
    header = column[: _HEADER.itemsize].view(_HEADER)[0]
    stream = column[_HEADER.itemsize :].tobytes()
    num = int(header["num"])
    if zlib.crc32(stream) != header["checksum"]:
        raise ValueError("the checksum of a column is another")
    if num > 8 * len(stream):
        raise ValueError(f"{num:,} numbers do not come out of {len(stream):,} bytes")
    decoder = zlib.decompressobj(_RAW)
    try:
        # A byte more than there may be, so that too many are noticed.
        whole = decoder.decompress(stream, 5 * num + 1)
    except zlib.error as error:
        raise ValueError(f"a column is damaged: {error}") from None
    small = np.frombuffer(whole, np.uint8, count=min(num, len(whole)))
    is_large = small == _LARGE
    num_large = int(np.count_nonzero(is_large))
    if not decoder.eof or decoder.unused_data or len(whole) != num + 4 * num_large:
        raise ValueError(f"a column has not the {num:,} numbers that it says")
    if not num_large:
        return small
    numbers = small.astype(np.uint32)
    numbers[is_large] = np.frombuffer(whole, "<u4", offset=num)
    return numbers


def pack_by_class(
    numbers: NDArray[np.int64], classes: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Compresses numbers whose size is roughly known: a number of class c is about 2^c.

    Neighbours in the column are of one class, so that zlib, which counts bytes piece by piece,
    finds few different ones. The lowest bits are all alike and stand apart.

    Args:
        numbers: (num,) from 0 to 2^32 - 1.
        classes: (num,).

    Returns:
        Columns of the numbers without their lowest bits, and of those bits.
    """
    by_class = np.argsort(classes, kind="stable")
    numbers = numbers[by_class]
    num_bits = _low_bits(classes[by_class]).astype(np.int64)
    low = (numbers & ((1 << num_bits) - 1))[num_bits > 0]
    return pack(numbers >> num_bits), pack(low)


def join_by_class(
    high: NDArray[np.unsignedinteger],
    low: NDArray[np.unsignedinteger],
    classes: NDArray[np.uint8],
) -> NDArray[np.uint32]:
    """Returns the numbers whose two columns from `pack_by_class` were unpacked, (num,).

    Raises:
        ValueError: The columns do not fit the classes.
    """
    num_high = np.count_nonzero(classes <= _HIGH_BITS)  # these have no low bits, and come first
    if len(high) != len(classes) or len(low) != len(high) - num_high:
        raise ValueError("two columns do not fit each other")
    by_class = np.argsort(classes, kind="stable")
    in_order = high.astype(np.uint32)
    in_order[num_high:] <<= _low_bits(classes.take(by_class[num_high:]))
    in_order[num_high:] |= low
    numbers = np.empty_like(in_order)
    numbers[by_class] = in_order
    return numbers


def _low_bits(classes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Returns how many bits of a number stand apart, (num,)."""
    return np.clip(classes, _HIGH_BITS, _HIGH_BITS + _MOST_LOW_BITS) - np.uint8(_HIGH_BITS)


def single_codes(probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
    """Returns codes of single tokens' probabilities, (vocab,)."""
    codes = np.rint(-_SINGLE_STEPS * np.log2(np.maximum(probabilities, _TINIEST)))
    codes = np.minimum(codes, _IMPOSSIBLE - 1)
    return np.where(probabilities > 0, codes, _IMPOSSIBLE).astype(np.int64)


def from_single_codes(codes: NDArray[np.unsignedinteger]) -> NDArray[np.float32]:
    """Returns the probabilities of `single_codes`, which sum to 1 again.

    Raises:
        ValueError: A code is none, or nothing is possible.
    """
    table = np.exp2(-np.arange(_IMPOSSIBLE + 1) / _SINGLE_STEPS)
    table[_IMPOSSIBLE] = 0
    probabilities = table[codes]  # IndexError where a code is none
    if not probabilities.any():
        raise ValueError("no token is possible")
    return (probabilities / probabilities.sum()).astype(np.float32)


def share_codes(values: NDArray[np.float32], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Returns codes of how the followers of each context share what is theirs, half octaves.

    Args:
        values: (num,) numbers from 0, those of one context side by side.
        sizes: (num_contexts,) how many each context has, from 1.

    Returns:
        (num_shared,) the ratio to the context's least, without contexts of one follower.
    """
    values = np.maximum(values.astype(np.float64), _TINIEST)
    least = np.minimum.reduceat(values, np.cumsum(sizes) - sizes)
    codes = np.rint(2 * np.log2(values / np.repeat(least, sizes))).astype(np.int64)
    return np.minimum(codes[np.repeat(sizes > 1, sizes)], _MOST_SHARE)


def from_share_codes(
    codes: NDArray[np.unsignedinteger], sizes: NDArray[np.int64], sums: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Returns what each follower has of its context's `sums` (num_contexts,), (num,).

    Raises:
        ValueError: There are more codes, or fewer.
    """
    table = np.exp2(np.arange(_MOST_SHARE + 1) / 2).astype(np.float32)
    is_shared = np.repeat(sizes > 1, sizes)
    if len(codes) != np.count_nonzero(is_shared):
        raise ValueError("the shares do not fit the contexts")
    values = np.ones(len(is_shared), np.float32)
    values[is_shared] = table[codes]
    totals = np.add.reduceat(values, np.cumsum(sizes) - sizes, dtype=np.float64)
    values *= np.repeat((sums / totals).astype(np.float32), sizes)
    return values


def weight_codes(weights: NDArray[np.float32], steps: int) -> NDArray[np.int64]:
    """Returns codes of log2(w / (1 - w)) of weights from 0 to 1, fine near both ends.

    Args:
        weights: (num,).
        steps: Codes an octave.
    """
    inside = np.clip(weights.astype(np.float64), _TINY, 1 - _TINY)
    octaves = np.log2(inside / (1 - inside))
    return np.rint((octaves + _OCTAVES) * steps).astype(np.int64)


def from_weight_codes(codes: NDArray[np.unsignedinteger], steps: int) -> NDArray[np.float32]:
    """Returns the weights of `weight_codes`, (num,); a code that is none raises IndexError."""
    octaves = np.arange(2 * _OCTAVES * steps + 1) / steps - _OCTAVES
    return (1 / (1 + np.exp2(-octaves))).astype(np.float32)[codes]
