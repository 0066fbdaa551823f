"""A Llama model's folder: float32 arrays out of `model.safetensors`, whatever they are stored as.

transformers writes float32, float16 or bfloat16; `save_small` writes int8 beside the same names. It
knows files and arrays, not what the arrays compute.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adgen.llama.config import LlamaConfig, read_config
from adgen.support.arrays import Floats
from adgen.support.files import check_plain_file
from adgen.support.memory import check_memory
from adgen.support.model_files import check_is_no_file
from adgen.support.quantised import SCALE, quantise, restore

WEIGHTS = "model.safetensors"
_AGAIN = "Copy or train the model again."
_LENGTH_BYTES = 8  # of a safetensors file's header, at the file's start
# An array's type, shape and place in the file.
Stored = tuple[str, tuple[int, ...], int]
_TYPES = {"F32": np.float32, "F16": np.float16, "I8": np.int8, "BF16": np.uint16}


def load_folder(
    folder: str | Path, names: Sequence[str] | None = None
) -> tuple[LlamaConfig, dict[str, Floats]]:
    """Reads a folder in transformers' layout.

    Args:
        folder: Holds config.json and model.safetensors.
        names: The arrays that are wanted; by default all.

    Returns:
        The sizes, and float32 arrays by the names of `LlamaConfig.weight_shapes`.

    Raises:
        FileNotFoundError: The folder or one of the files is missing.
        ValueError: A file is damaged, the model is of another kind, the arrays are not those of
            config.json or not finite, or there is no room for them.
    """
    folder = Path(folder)
    config, stored = check_folder(folder)
    path = folder / WEIGHTS
    shapes = config.weight_shapes()
    wanted = list(shapes) if names is None else [name for name in names if name in shapes]
    check_memory(
        {"weights": sum(4 * math.prod(shapes[name]) for name in wanted)},
        f"Loading {folder}",
        "Take a smaller model, or a machine with more memory.",
    )
    return config, {name: _checked(path, stored, name, shapes[name]) for name in wanted}


def check_folder(folder: Path) -> tuple[LlamaConfig, dict[str, Stored]]:
    """Returns the sizes of a folder's model and where its arrays lie, none of them read.

    Raises:
        FileNotFoundError: The folder or one of the files is missing.
        ValueError: A file is damaged, the model is of another kind, or an array is missing.
    """
    check_is_no_file(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no model folder {folder}. Train one or check the path.")
    config = read_config(folder / "config.json")
    path = folder / WEIGHTS
    if not path.exists():
        raise FileNotFoundError(f"{folder} has no {WEIGHTS}. {_AGAIN}")
    stored = _stored(path)
    missing = [name for name in config.weight_shapes() if name not in stored]
    if missing:
        raise ValueError(f"{path} lacks the array {missing[0]} of config.json. {_AGAIN}")
    return config, stored


def save_small(source: str | Path, folder: Path) -> None:
    """Writes a model's config.json as it is, and its matrices in int8: a quarter of float32.

    Args:
        source: A folder that `load_folder` reads.
        folder: An existing folder, without these files.
    """
    from safetensors.numpy import save

    _, weights = load_folder(source)
    arrays: dict[str, NDArray[Any]] = {}
    for name, array in weights.items():
        if array.ndim == 2:
            arrays[name], arrays[name + SCALE] = quantise(array)
        else:
            arrays[name] = array
    # Bytes and not safetensors' save_file: a full disk is then an OSError.
    (folder / WEIGHTS).write_bytes(save(arrays, metadata={"format": "np"}))
    shutil.copyfile(Path(source) / "config.json", folder / "config.json")


def _stored(path: Path) -> dict[str, Stored]:
    """Returns the type, the shape and the place in the file of each array."""
    from safetensors import SafetensorError, safe_open

    check_plain_file(path)
    try:
        with safe_open(path, "np"):  # checks that header, sizes and places fit each other
            pass
    except SafetensorError as error:
        raise ValueError(f"{path} is not a whole safetensors file ({error}). {_AGAIN}") from None
    with path.open("rb") as file:
        length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
        header = json.loads(file.read(length))
    header.pop("__metadata__", None)
    start = _LENGTH_BYTES + length
    return {
        name: (entry["dtype"], tuple(entry["shape"]), start + entry["data_offsets"][0])
        for name, entry in header.items()
    }


def _checked(path: Path, stored: Mapping[str, Stored], name: str, shape: tuple[int, ...]) -> Floats:
    """Returns an array that has this shape and holds numbers alone."""
    array = _floats(path, stored, name)
    if array.shape != shape:
        raise ValueError(
            f"{path}: {name} is {array.shape}; config.json describes {shape}. {_AGAIN}"
        )
    if not np.isfinite(array).all():
        raise ValueError(
            f"{path}: {name} holds NaN or infinity. The training diverged; train again."
        )
    return array


def _floats(path: Path, stored: Mapping[str, Stored], name: str) -> Floats:
    """Returns an array as float32; one at a time, so that a file is never in memory twice."""
    array = _read(path, name, *stored[name])
    if array.dtype == np.uint16:  # bfloat16 is the upper half of a float32
        return (array.astype(np.uint32) << 16).view(np.float32)
    if array.dtype == np.int8:
        if name + SCALE not in stored or array.ndim != 2:
            raise ValueError(f"{path}: {name} is int8 without a matrix of scales. {_AGAIN}")
        return restore(array, _read(path, name, *stored[name + SCALE]), f"{path}: {name}")
    return array.astype(np.float32, copy=False)


def _read(path: Path, name: str, kind: str, shape: tuple[int, ...], offset: int) -> NDArray[Any]:
    """Returns an array as it lies in the file."""
    if kind not in _TYPES:
        raise ValueError(
            f"{path}: {name} is {kind}; expected one of {', '.join(_TYPES)}. Save it in float32."
        )
    count = math.prod(shape)
    return np.fromfile(path, _TYPES[kind], count, offset=offset).reshape(shape)
