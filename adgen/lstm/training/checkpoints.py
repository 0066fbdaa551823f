"""One file that holds a training run between two epochs, so that a killed run can go on.

A checkpoint is one safetensors file: every variable of objective and optimizer (random states too),
the best weights so far, and the run's progress as JSON in the header. It is replaced whole. No
pickle.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from adgen.support.array_files import save_arrays
from adgen.support.files import replace_when_done
from adgen.support.json_files import parsed_json

_MAX_HEADER_BYTES = 100_000_000  # what safetensors itself allows


def save_checkpoint(
    path: Path,
    variables: Sequence[Any],
    *,
    weights: Mapping[str, np.ndarray],
    progress: Mapping[str, Any],
) -> None:
    """Writes variables in their order, named weights, and JSON progress.

    Args:
        path: The checkpoint file; replaced when the new one is complete.
        variables: Keras variables.
        weights: Arrays kept beside them: the best weights so far.
        progress: Anything JSON can hold.
    """
    arrays = {
        f"variable/{index:04d}": np.asarray(variable) for index, variable in enumerate(variables)
    }
    arrays |= {f"weight/{name}": np.ascontiguousarray(array) for name, array in weights.items()}
    with replace_when_done(path) as temporary_path:
        save_arrays(arrays, temporary_path, metadata={"progress": json.dumps(dict(progress))})


def is_checkpoint(path: Path) -> bool:
    """Tells from a file's header whether it is a checkpoint of adgen's, be it cut short."""
    try:
        with path.open("rb") as file:
            header = file.read(min(int.from_bytes(file.read(8), "little"), _MAX_HEADER_BYTES))
        return "progress" in json.loads(header)["__metadata__"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def load_checkpoint(
    path: Path, variables: Sequence[Any]
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Sets the variables from a checkpoint; returns the weights kept beside them and the progress.

    Raises:
        ValueError: The file is damaged, or its variables are not those given.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np") as file:
            progress = parsed_json(file.metadata()["progress"])
            names = list(file.keys())
            arrays = {name: file.get_tensor(name) for name in names}
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path} is not a checkpoint ({error}). Delete it and train again."
        ) from None
    for index, variable in enumerate(variables):
        array = arrays.get(f"variable/{index:04d}")
        if array is None or array.shape != tuple(variable.shape):
            raise ValueError(f"{path} holds another model's variables. Delete it and train again.")
        variable.assign(array)
    prefix = "weight/"
    weights = {
        name.removeprefix(prefix): array
        for name, array in arrays.items()
        if name.startswith(prefix)
    }
    return weights, progress


def read_progress(path: Path) -> dict[str, Any]:
    """Returns the progress that a checkpoint holds, without its arrays.

    Raises:
        ValueError: The file is damaged.
    """
    _, progress = load_checkpoint(path, [])
    return progress
