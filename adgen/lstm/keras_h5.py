"""Reads the LSTM in an `.h5` file of Keras, the whole model as Keras 2 saved it, with h5py alone.

Keras 3 refuses every such file with an LSTM, since its settings hold `time_major`; the arrays are
what they were. This module knows layers and arrays, not words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from adgen.lstm.config import LSTMConfig
from adgen.support.arrays import Floats
from adgen.support.extras import needs_extra
from adgen.support.files import check_plain_file

if TYPE_CHECKING:
    import h5py

_WITHOUT_WEIGHTS = ("InputLayer", "Masking", "Dropout", "SpatialDropout1D", "Activation")
# What adgen's LSTM computes; Keras before 2.3 had other gates by default.
_LSTM_SETTINGS = {
    "activation": "tanh",
    "recurrent_activation": "sigmoid",
    "use_bias": True,
    "go_backwards": False,
}
# What h5py raises, and what settings lead to that are not those of Keras.
_DAMAGE = (
    OSError,
    RuntimeError,
    LookupError,
    TypeError,
    AttributeError,
    json.JSONDecodeError,
    UnicodeDecodeError,
)
_LSTM_PARTS = ("kernel", "recurrent_kernel", "bias")


@dataclass(frozen=True)
class KerasLSTM:
    """An LSTM of a Keras file.

    Attributes:
        config: Its architecture; it reads running text, as the models of 2022.
        weights: Arrays by the names of `LSTMConfig.weight_shapes`, rows and columns by its own ids.
        keras_version: The Keras that wrote it.
    """

    config: LSTMConfig
    weights: Mapping[str, Floats]
    keras_version: str


@dataclass(frozen=True)
class _Layer:
    kind: str
    settings: Mapping[str, Any]
    arrays: Sequence[Floats]


def read_keras_h5(path: str | Path, *, sequence_length: int | None = None) -> KerasLSTM:
    """Reads a model that Keras saved as `.h5`.

    Args:
        path: The file, of `model.save("....h5")`.
        sequence_length: Words of context, where the file does not say how many.

    Returns:
        The LSTM.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no such file, or holds another model than embedding (or one-hot input),
            LSTMs and a softmax over the vocabulary; or its length is not known, or another.
        ImportError: The extra `lstm` is missing.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"There is no file {path}. Give an .h5 that Keras saved.")
    check_plain_file(path)
    with needs_extra("Reading .h5"):
        import h5py
    try:
        with h5py.File(path, "r") as file:
            layers = _read_layers(file, path)
            version = _text(file.attrs.get("keras_version", "?"))
        length = _sequence_length(layers, path, sequence_length)
        weights = _weights_of(layers, path)
        config = _config_of(layers, weights, length)
    except _DAMAGE as error:
        raise ValueError(
            f"{path} is no model that Keras saved as .h5, or is damaged ({error}). Copy it again."
        ) from None
    shapes = config.weight_shapes()
    for name, array in weights.items():
        if array.shape != shapes.get(name):
            _refuse(path, f"{name} has shape {array.shape}", f"{shapes.get(name)}")
    return KerasLSTM(config, weights, version)


def _read_layers(file: h5py.File, path: Path) -> list[_Layer]:
    """Returns the layers in order, each with its arrays."""
    if "model_config" not in file.attrs:
        _refuse(path, "it holds no architecture", "a file of model.save(), not of save_weights()")
    model = json.loads(_text(file.attrs["model_config"]))
    if model.get("class_name") != "Sequential":
        _refuse(path, f"it is a {model.get('class_name')} model", "a Sequential one")
    described = model["config"]
    described = described["layers"] if isinstance(described, dict) else described  # before 2.3
    groups = file["model_weights"]
    layers = []
    for one in described:
        name, arrays = one["config"].get("name"), []
        if name in groups:
            group = groups[name]
            arrays = [np.asarray(group[key], np.float32) for key in _names(group, "weight_names")]
        layers.append(_Layer(one["class_name"], one["config"], arrays))
    return layers


def _names(group: h5py.Group, name: str) -> list[str]:
    """Returns a list that Keras keeps as one attribute, or where it is long as several."""
    parts = [group.attrs[name]] if name in group.attrs else []
    while f"{name}{len(parts)}" in group.attrs:
        parts.append(group.attrs[f"{name}{len(parts)}"])
    return [_text(one) for part in parts for one in part]


def _text(value: Any) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def _sequence_length(layers: Sequence[_Layer], path: Path, given: int | None) -> int:
    """Returns how many words a window has, by the input's shape or as given."""
    first = layers[0].settings if layers else {}
    shape = first.get("batch_input_shape") or first.get("batch_shape") or []
    said = shape[1] if len(shape) > 1 else None
    said = said or first.get("input_length")
    if said is None and given is None:
        raise ValueError(
            f"{path} does not say how many words the model reads. Give --sequence-length N."
        )
    if None not in (said, given) and said != given:
        raise ValueError(f"sequence_length is {given}; {path} says {said}. Leave it out.")
    return int(said or given or 0)


def _weights_of(layers: Sequence[_Layer], path: Path) -> dict[str, Floats]:
    """Returns the arrays by adgen's names; refuses what adgen's LSTM does not compute."""
    weights: dict[str, Floats] = {}
    kept = [layer for layer in layers if layer.kind not in _WITHOUT_WEIGHTS]
    expected = "an Embedding or none, one or more LSTMs, and a Dense"
    kinds = [layer.kind for layer in kept]
    inner = kinds[:-1][kinds[0] == "Embedding" :] if kinds else []
    if not inner or set(inner) != {"LSTM"} or kinds[-1] != "Dense":
        _refuse(path, f"its layers are {', '.join(kinds) or 'none'}", expected)
    if kinds[0] == "Embedding":
        (weights["embedding"],) = _arrays(kept.pop(0), 1, path)
    *lstms, output = kept
    for number, layer in enumerate(lstms):
        is_last = number == len(lstms) - 1
        for name, value in {**_LSTM_SETTINGS, "return_sequences": not is_last}.items():
            found = layer.settings.get(name, value)
            if found != value:
                _refuse(path, f"{name} of an LSTM is {found!r}", repr(value))
        prefix = f"lstm_{number}" if number else "lstm"
        for part, array in zip(_LSTM_PARTS, _arrays(layer, 3, path), strict=True):
            weights[f"{prefix}.{part}"] = array
    activations = [output.settings.get("activation")]
    last = layers[-1]
    if last.kind == "Activation":
        activations.append(last.settings.get("activation"))
    if sorted(activations, key=str) not in (["softmax"], ["linear", "softmax"]):
        _refuse(path, f"its last activation is {activations[-1]}", "softmax")
    weights["output.kernel"], weights["output.bias"] = _arrays(output, 2, path)
    return weights


def _arrays(layer: _Layer, count: int, path: Path) -> Sequence[Floats]:
    if len(layer.arrays) != count:
        _refuse(path, f"a layer {layer.kind} has {len(layer.arrays)} arrays", str(count))
    return layer.arrays


def _config_of(
    layers: Sequence[_Layer], weights: Mapping[str, Floats], sequence_length: int
) -> LSTMConfig:
    """Returns the architecture that the arrays follow from."""
    rates = [layer.settings.get("rate", 0.0) for layer in layers if layer.kind == "Dropout"]
    return LSTMConfig(
        vocab_size=len(weights["output.bias"]),
        lstm_units=len(weights["lstm.recurrent_kernel"]),
        embedding_dim=weights["embedding"].shape[1] if "embedding" in weights else None,
        sequence_length=sequence_length,
        dropout=float(rates[-1]) if rates else 0.0,
        reads="stream",
        num_layers=sum(name.endswith("recurrent_kernel") for name in weights),
    )


def _refuse(path: Path, received: str, expected: str) -> NoReturn:
    raise ValueError(
        f"{path} holds no LSTM that adgen computes: {received}; expected {expected}. Train such a "
        "model anew: adgen train."
    )
