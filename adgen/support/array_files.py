"""Writes arrays as a safetensors file, equal arrays and metadata as equal bytes.

The module knows names and arrays, not what they mean.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

_LENGTH_BYTES = 8  # of the header, at the file's start


def save_arrays(
    arrays: Mapping[str, NDArray[Any]], path: Path, *, metadata: Mapping[str, str]
) -> None:
    """Writes a safetensors file.

    Args:
        arrays: Contiguous arrays by name.
        path: The file.
        metadata: Texts for its header.
    """
    from safetensors.numpy import save_file

    save_file(dict(arrays), path, metadata=dict(metadata))
    if len(metadata) > 1:
        _sort_metadata(path)


def _sort_metadata(path: Path) -> None:
    """Puts the metadata in order, which safetensors writes in another one at every run."""
    with path.open("r+b") as file:
        length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
        header = json.loads(file.read(length))
        header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
        text = json.dumps(header, separators=(",", ":"), ensure_ascii=False)
        file.seek(_LENGTH_BYTES)
        file.write(text.encode().ljust(length))
