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
from adgen.support.quantised import SCALE, quantise, restore

Storage = Literal["float32", "float16", "int8"]
Int8Matrix = tuple[NDArray[np.int8], Floats]  # whole numbers (n, m); scales (n, 1) or (1, m)


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

    _check_storage(storage)
    arrays: dict[str, NDArray] = {}
    for name, array in weights.items():
        if storage == "float32" or array.ndim != 2:
            arrays[name] = np.ascontiguousarray(array, np.float32)
        elif storage == "float16":
            arrays[name] = _halve(name, array)
        else:
            arrays[name], arrays[name + SCALE] = quantise(array)
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

    _check_storage(storage, f"{source}: ")
    try:
        arrays = load(content)
    except (SafetensorError, KeyError, TypeError) as error:
        raise ValueError(
            f"{source} is not a safetensors file of arrays that NumPy knows ({error})."
        ) from None
    if storage == "int8":
        scales = {name: arrays.pop(name) for name in list(arrays) if name.endswith(SCALE)}
        matrices = [name for name, array in arrays.items() if array.ndim == 2]
        if sorted(scales) != sorted(name + SCALE for name in matrices):
            raise ValueError(
                f"{source} holds the scales {sorted(scales)} for the matrices {sorted(matrices)}; "
                "expected one scale for each. Copy or train the model again."
            )
        for name in matrices:
            arrays[name] = restore(arrays[name], scales[name + SCALE], f"{source}: {name}")
    if storage == "float16":
        arrays = {
            name: array.astype(np.float32) if array.dtype == np.float16 else array
            for name, array in arrays.items()
        }
    check_weights(arrays, config, source)
    return arrays


def stored_matrices(content: bytes) -> dict[str, Int8Matrix]:
    """Returns the matrices of a file of storage "int8" as they are stored, by name.

    Args:
        content: From `to_bytes`; `from_bytes` has read and checked it.
    """
    from safetensors.numpy import load

    arrays = load(content)
    return {
        name: (array, arrays[name + SCALE])
        for name, array in arrays.items()
        if name + SCALE in arrays
    }


def _check_storage(storage: object, source: str = "") -> None:
    """Raises an error unless `storage` is one that an LSTM's weights have."""
    if storage not in get_args(Storage):
        raise ValueError(
            f"{source}storage is {storage!r}; expected one of {', '.join(get_args(Storage))} for "
            "an LSTM. Give one of them."
        )


def _halve(name: str, matrix: Floats) -> NDArray[np.float16]:
    """Returns the matrix in half precision."""
    highest = np.abs(matrix).max()
    if highest > np.finfo(np.float16).max:
        raise ValueError(
            f'{name} holds {highest:,.0f}; float16 ends at 65,504. Use storage "int8" or "float32".'
        )
    return matrix.astype(np.float16)


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
