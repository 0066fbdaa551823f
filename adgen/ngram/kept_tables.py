"""Tables of n-gram models' files, unpacked once and kept in the user's cache, mapped from there.

Unpacking is most of a cold start; the same memory then serves all processes. A kept file is known
by the model's SHA-256 and its own checksum, and is made again where either is another. Where the
folder cannot be read or written nothing is kept. The module knows arrays, not what they predict.
"""

from __future__ import annotations

import json
import mmap
import threading
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adgen.ngram.file import load_tables
from adgen.ngram.tables import NGramTables
from adgen.support.files import check_plain_file, replace_when_done
from adgen.support.user_cache import cache_dir

_FORMAT = "adgen-tables-1"  # another number when tables of the same file come out otherwise
KEEPER = "adgen-tables"  # the thread that writes them
_LEAST_BYTES = 1 << 23  # fewer are unpacked as fast as they are found
_MOST_BYTES = 1 << 29  # of all kept files
_HEADER_BYTES = 4096  # before the arrays: the checksum of all that follows, JSON, spaces
_CHECKSUM_BYTES = 4
_KEYS = np.dtype("<i8")
_NUMBERS = np.dtype("<f4")


def load_kept_tables(path: Path, sha256: str) -> NGramTables:
    """Returns an n-gram model's tables, unpacked now or at an earlier call.

    What is unpacked now is written by a thread, which a process waits for at its end. The kept
    files take 0.5 GB in all; those that have not been used for longest are deleted.

    Args:
        path: As for `load_tables`, whose errors are raised.
        sha256: Of that file.
    """
    place = _place(sha256)
    kept = None if place is None else _read(place, sha256)
    if kept is not None:
        return kept
    tables = load_tables(path)
    if place is not None and _LEAST_BYTES <= _num_bytes(tables) <= _MOST_BYTES:
        threading.Thread(target=_keep, args=(tables, place, sha256), name=KEEPER).start()
    return tables


def _place(sha256: str) -> Path | None:
    """Returns where a model's tables are kept, None where this user has no folder for it."""
    try:
        return cache_dir() / "ngrams" / f"{sha256[:16]}.tables"
    except RuntimeError:
        return None


def _keep(tables: NGramTables, place: Path, sha256: str) -> None:
    """Writes tables to the cache and makes room for them; leaves it where that fails."""
    arrays: list[NDArray[Any]] = [np.ascontiguousarray(array, _KEYS) for array in tables.keys]
    for array in (*tables.discounted, *tables.backoffs):
        arrays.append(np.ascontiguousarray(array, _NUMBERS))
    notes = _notes(sha256, tables.vocab_size, [len(array) for array in tables.keys])
    header = json.dumps(notes).encode().ljust(_HEADER_BYTES - _CHECKSUM_BYTES)
    checksum = zlib.crc32(header)
    for array in arrays:
        checksum = zlib.crc32(array.data, checksum)
    with suppress(OSError):
        with replace_when_done(place) as temporary_path, temporary_path.open("wb") as file:
            file.write(checksum.to_bytes(_CHECKSUM_BYTES, "little") + header)
            for array in arrays:
                file.write(array.data)
        _make_room(place.parent)


def _read(place: Path, sha256: str) -> NGramTables | None:
    """Returns what `_keep` wrote, in memory that is the file's; None where it is not whole."""
    try:
        check_plain_file(place)
        with place.open("rb") as file:
            stored = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        checksum = zlib.crc32(memoryview(stored)[_CHECKSUM_BYTES:])
        if checksum != int.from_bytes(stored[:_CHECKSUM_BYTES], "little"):
            return None
        notes = json.loads(stored[_CHECKSUM_BYTES:_HEADER_BYTES])
        vocab_size, lengths = notes["vocab_size"], notes["lengths"]
        if notes != _notes(sha256, vocab_size, lengths):
            return None
        place.touch()  # so that it is deleted last
    except (OSError, ValueError, LookupError):
        return None
    order = len(lengths)
    arrays: list[NDArray[Any]] = []
    start = _HEADER_BYTES
    for number, length in enumerate([*lengths, *lengths, *lengths[:-1]]):
        kind = _KEYS if number < order else _NUMBERS
        arrays.append(np.frombuffer(stored, kind, length, start))
        start += arrays[-1].nbytes
    return NGramTables(vocab_size, arrays[:order], arrays[order : 2 * order], arrays[2 * order :])


def _notes(sha256: str, vocab_size: int, lengths: Sequence[int]) -> dict[str, Any]:
    """Returns what a file says of itself."""
    return {
        "format": _FORMAT,
        "sha256": sha256,
        "numpy": np.__version__,  # another one may round powers of two otherwise
        "vocab_size": vocab_size,
        "lengths": list(lengths),
    }


def _num_bytes(tables: NGramTables) -> int:
    """Returns the size of all arrays."""
    arrays: Sequence[NDArray[Any]] = [*tables.keys, *tables.discounted, *tables.backoffs]
    return sum(array.nbytes for array in arrays)


def _make_room(folder: Path) -> None:
    """Deletes the files that have not been used for longest; also what killed runs left."""
    left = _MOST_BYTES
    found = [(path.stat(), path) for path in folder.glob("*.tables")]
    for status, path in sorted(found, key=lambda one: one[0].st_mtime, reverse=True):
        left -= status.st_size
        if left < 0:
            path.unlink(missing_ok=True)
