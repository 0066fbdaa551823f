"""How a model's arrays lie in `model.safetensors`: float32, or smaller as float16 or int8.

Read, they are float32. "float16" keeps matrices in half precision. "int8" keeps them as whole
numbers from -127 to 127 and a scale for each row or each column, whichever loses less: rows suit an
embedding, columns the kernels of the LSTM. Vectors are small and stay float32. It knows arrays and
bytes, neither files nor what the arrays mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from adgen.lstm.config import LSTMConfig
from adgen.support.arrays import Floats

Storage = Literal["float32", "float16", "int8"]

_SCALE = ".scale"
_LEVELS = 127  # -128 is left out, so that a number and its negative are kept equally well


def to_bytes(weights: Mapping[str, Floats], storage: Storage) -> bytes:
    """Returns the content of a safetensors file.

    Args:
        weights: Finite float32 arrays by name.
        storage: How to keep the matrices.

    Raises:
        ValueError: If `storage` is unknown, or a number is too large for float16.

    Example:
        >>> config = LSTMConfig(
        ...     5, 1, embedding_dim=2, sequence_length=None, dropout=0.0, reads="packed"
        ... )
        >>> shapes = config.weight_shapes().items()
        >>> weights = {name: np.ones(shape, np.float32) for name, shape in shapes}
        >>> content = to_bytes(weights, "int8")
        >>> from_bytes(content, "int8", config=config, source="The file")["embedding"].shape
        (5, 2)
    """
    from safetensors.numpy import save

    _check_storage(storage, "The call")
    arrays: dict[str, NDArray] = {}
    for name, array in weights.items():
        if storage == "float32" or array.ndim != 2:
            arrays[name] = np.ascontiguousarray(array, np.float32)
        elif storage == "float16":
            arrays[name] = _halve(name, array)
        else:
            arrays[name], arrays[name + _SCALE] = _quantise(array)
    return save(arrays, metadata={"format": "np"})


def from_bytes(
    content: bytes, storage: Storage, *, config: LSTMConfig, source: str
) -> dict[str, Floats]:
    """Returns the arrays of a safetensors file, float32 and checked.

    Args:
        content: From `to_bytes`.
        storage: What it was written with.
        config: The architecture that the arrays have to fit.
        source: Where the content came from, for messages.

    Raises:
        ValueError: If `storage` is unknown, the content is no safetensors file, or the arrays or
            their scales are damaged or not those of `config`.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    _check_storage(storage, source)
    try:
        arrays = load(content)
    except (SafetensorError, KeyError, TypeError) as error:
        raise ValueError(
            f"{source} is not a safetensors file of arrays that NumPy knows ({error})."
        ) from None
    if storage == "int8":
        scales = {name: arrays.pop(name) for name in list(arrays) if name.endswith(_SCALE)}
        matrices = [name for name, array in arrays.items() if array.ndim == 2]
        if sorted(scales) != sorted(name + _SCALE for name in matrices):
            raise ValueError(
                f"{source} holds the scales {sorted(scales)} for the matrices {sorted(matrices)}; "
                "expected one scale for each. Copy or train the model again."
            )
        for name in matrices:
            arrays[name] = _restore(arrays[name], scales[name + _SCALE], f"{source}: {name}")
    if storage == "float16":
        arrays = {
            name: array.astype(np.float32) if array.dtype == np.float16 else array
            for name, array in arrays.items()
        }
    check_weights(arrays, config, source)
    return arrays


def _check_storage(storage: object, source: str) -> None:
    """Raises an error unless `storage` is one of the known ones."""
    if storage not in get_args(Storage):
        raise ValueError(
            f"{source}: storage is {storage!r}; expected one of {', '.join(get_args(Storage))}."
        )


def _halve(name: str, matrix: Floats) -> NDArray[np.float16]:
    """Returns the matrix in half precision."""
    highest = np.abs(matrix).max()
    if highest > np.finfo(np.float16).max:
        raise ValueError(
            f'{name} holds {highest:,.0f}; float16 ends at 65,504. Use storage "int8" or "float32".'
        )
    return matrix.astype(np.float16)


def _quantise(matrix: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Returns whole numbers (n, m) and scales whose products are closest to the matrix (n, m).

    The scales are (n, 1) or (1, m), whichever come closer.
    """
    candidates = []
    for axis in (1, 0):
        # 1. The largest number of a row or column becomes _LEVELS.
        scale = np.abs(matrix).max(axis=axis, keepdims=True) / np.float32(_LEVELS)
        scale[scale == 0] = 1  # a row or column of zeros
        # 2. Whole numbers, and how far their products are off in all.
        numbers = np.rint(matrix / scale).clip(-_LEVELS, _LEVELS).astype(np.int8)
        error = np.square(matrix - numbers * scale, dtype=np.float64).sum()
        candidates.append((float(error), numbers, scale))
    _, numbers, scale = min(candidates, key=lambda candidate: candidate[0])
    return numbers, scale


def _restore(numbers: NDArray, scale: NDArray, source: str) -> Floats:
    """Returns the product (n, m) of whole numbers (n, m) and their scales (n, 1) or (1, m)."""
    num_rows, num_columns = numbers.shape
    if (
        numbers.dtype != np.int8
        or scale.dtype != np.float32
        or not np.isfinite(scale).all()
        or (scale <= 0).any()
    ):
        raise ValueError(
            f"{source} is {numbers.dtype} with {scale.dtype} scales; expected int8 with float32 "
            "scales that are finite and above 0. Copy or train the model again."
        )
    if scale.shape not in ((num_rows, 1), (1, num_columns)):
        raise ValueError(
            f"{source} has scales of shape {scale.shape}; expected ({num_rows}, 1) or "
            f"(1, {num_columns}). Copy or train the model again."
        )
    return np.multiply(numbers, scale, dtype=np.float32)


def check_weights(
    weights: Mapping[str, NDArray[np.floating]], config: LSTMConfig, source: str
) -> None:
    """Raises an error unless the arrays are float32, finite, and those that `config` describes.

    Args:
        weights: The arrays by name.
        config: The architecture.
        source: Where the arrays came from, for the message.

    Raises:
        ValueError: Naming the first array that does not fit.

    Example:
        >>> config = LSTMConfig(
        ...     5, 1, embedding_dim=None, sequence_length=4, dropout=0.0, reads="ad"
        ... )
        >>> shapes = config.weight_shapes().items()
        >>> zeros = {name: np.zeros(shape, np.float32) for name, shape in shapes}
        >>> check_weights(zeros, config, "Zeros")
    """
    shapes = config.weight_shapes()
    if set(weights) != set(shapes):
        raise ValueError(
            f"{source} hold the arrays {sorted(weights)}; the architecture expects "
            f"{sorted(shapes)}. Save weights and config of the same model."
        )
    for name, shape in shapes.items():
        array = weights[name]
        if array.shape != shape or array.dtype != np.float32:
            raise ValueError(
                f"{source}: {name} is {array.dtype} {array.shape}; the architecture expects "
                f"float32 {shape}. Save weights and config of the same model."
            )
        if not np.isfinite(array).all():
            raise ValueError(
                f"{source}: {name} holds NaN or infinity. The training diverged; train again."
            )
