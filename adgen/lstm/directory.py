"""A model directory: everything that is needed to use a trained LSTM, nothing that can run code.

It is written whole or not at all, and checked when it is read: format, sizes, checksums, finite
numbers, and that the tokenizer is the one the model was trained with. It knows files, not what the
numbers compute.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adgen.decoding.sampling import Sampling
from adgen.lstm.config import LSTMConfig
from adgen.lstm.weights import Storage, check_weights, from_bytes, to_bytes
from adgen.support.files import (
    check_plain_file,
    read_json_object,
    sha256_of,
    write_json,
    write_text,
)
from adgen.support.folders import FolderKind, at_top, directory_when_done
from adgen.support.json_files import read_json_dict
from adgen.support.model_files import check_is_no_file
from adgen.tokens.base import AdTokenizer
from adgen.tokens.loading import load_tokenizer

FORMAT = "adgen-lstm"
FORMAT_VERSION = 1

_REQUIRED_FILES = (
    "config.json",
    "tokenizer.json",
    "model.safetensors",
    "generation_config.json",
    "README.md",
)
_SPELLING = "spelling.json"
LSTM_FILES = (*_REQUIRED_FILES, _SPELLING)
_MOST_LAYERS = 1000
_AGAIN = "Copy or train the model again."
LSTM_FOLDER = FolderKind(
    "a model directory",
    is_ours=lambda folder: read_json_object(folder / "config.json").get("format") == FORMAT,
    owns=at_top(*LSTM_FILES),
)


@dataclass(frozen=True)
class ModelDirectory:
    """A model directory as read and checked; arrays are float32, whatever they are stored as."""

    path: Path
    config: LSTMConfig
    weights: Mapping[str, NDArray[np.float32]]
    tokenizer: AdTokenizer
    generation_config: Mapping[str, Any]
    info: Mapping[str, Any]
    spelling: Mapping[str, Any] | None
    storage: Storage = "float32"


def save_model_directory(
    directory: str | Path,
    *,
    config: LSTMConfig,
    weights: Mapping[str, NDArray[np.floating]],
    tokenizer: AdTokenizer,
    card: str,
    info: Mapping[str, Any],
    spelling: Mapping[str, Any] | None = None,
    storage: Storage = "float32",
    was_checked: bool = False,
) -> None:
    """Writes a model directory; on any failure what stood there before is unchanged.

    Args:
        directory: Where to write. An older model directory there is replaced; other files in it are
            kept.
        config: The architecture.
        weights: Arrays by the names of `LSTMConfig.weight_shapes`.
        tokenizer: The tokenizer the model was trained with.
        card: The model card, Markdown; becomes README.md.
        info: Training corpus, split, seed, commit, metrics: anything JSON can hold.
        spelling: The character model that prices unknown words, where there is one.
        storage: What the matrices are kept as; see `adgen.lstm.weights`.
        was_checked: Whether `directory` was checked before, as `directory_when_done` asks.

    Raises:
        ValueError: If the weights do not fit `config` or `storage` or are not finite, the tokenizer
            has another vocabulary size, `info` is not JSON, or `directory` holds something that is
            not a model directory.
        OSError: If writing fails, for example on a full disk.
    """
    _check_tokenizer_size(tokenizer, config)
    arrays = {
        name: np.ascontiguousarray(array, dtype=np.float32) for name, array in weights.items()
    }
    check_weights(arrays, config, "The given weights")
    _check_json("info", info)
    _check_json("spelling", spelling)
    content = to_bytes(arrays, storage)
    with directory_when_done(Path(directory), LSTM_FOLDER, was_checked=was_checked) as new:
        tokenizer.save(new / "tokenizer.json")
        write_json(new / "generation_config.json", asdict(Sampling()) | {"max_tokens": 60})
        write_text(new / "README.md", card)
        if spelling is not None:
            write_json(new / _SPELLING, dict(spelling))
        settings = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "architecture": asdict(config),
            "tokenizer": {"kind": tokenizer.kind, "fingerprint": tokenizer.fingerprint},
            "info": dict(info),
        }
        write_weights_and_settings(new, content, storage, settings=settings)


def load_model_directory(directory: str | Path) -> ModelDirectory:
    """Reads and checks a model directory.

    Args:
        directory: A folder that `save_model_directory` wrote.

    Returns:
        Its contents.

    Raises:
        FileNotFoundError: If the folder or one of its files is missing.
        ValueError: If it is a file, the format is unknown, a file was changed or cut short, or the
            files disagree.
    """
    path = Path(directory)
    check_is_no_file(path)
    if not path.is_dir():
        raise FileNotFoundError(f"There is no model directory {path}. Train one or check the path.")
    _require_files(path, ("config.json",))
    return lstm_of(path, read_config(path / "config.json"))


def lstm_of(path: Path, settings: Mapping[str, Any]) -> ModelDirectory:
    """Reads and checks the LSTM that a folder holds.

    Args:
        path: The folder.
        settings: The LSTM's, as `read_config` or `checked_settings` gives them.

    Raises:
        FileNotFoundError: If one of its files is missing.
        ValueError: If a file was changed or cut short, or the files disagree.
    """
    _require_files(path, _REQUIRED_FILES)
    config = _parse_architecture(settings["architecture"], path / "config.json")
    _read_checked(path / "tokenizer.json", settings)
    tokenizer = load_tokenizer(path / "tokenizer.json")
    _check_tokenizer_size(tokenizer, config)
    trained_with = settings["tokenizer"].get("fingerprint")
    if tokenizer.fingerprint != trained_with:
        raise ValueError(
            f"{path / 'tokenizer.json'} has fingerprint {tokenizer.fingerprint}; the model was "
            f"trained with {trained_with}. Put back the tokenizer that the model was saved with."
        )
    weights_path = path / "model.safetensors"
    storage = settings.get("storage", "float32")  # older directories do not say
    return ModelDirectory(
        path=path,
        config=config,
        weights=from_bytes(
            _read_checked(weights_path, settings), storage, config=config, source=str(weights_path)
        ),
        storage=storage,
        tokenizer=tokenizer,
        generation_config=read_json_dict(path / "generation_config.json", _AGAIN),
        info=settings["info"],
        spelling=_read_spelling(path / _SPELLING, settings),
    )


def write_weights_and_settings(
    directory: Path, content: bytes, storage: Storage, *, settings: dict[str, Any]
) -> None:
    """Writes what changes with the storage; config.json comes last, since it holds checksums.

    Args:
        directory: Where tokenizer.json stands already, and spelling.json where there is one.
        content: Of model.safetensors.
        storage: What its matrices are kept as.
        settings: The rest of config.json.
    """
    # Bytes and not safetensors' save_file: a full disk is then an OSError and not an error of its
    # own kind.
    (directory / "model.safetensors").write_bytes(content)
    names = ("model.safetensors", "tokenizer.json", _SPELLING)
    checksums = {name: sha256_of(directory / name) for name in names if (directory / name).exists()}
    write_json(directory / "config.json", settings | {"storage": storage, "sha256": checksums})


def _require_files(directory: Path, names: tuple[str, ...]) -> None:
    """Raises an error where a model directory lacks files, or one is no plain file."""
    missing = [name for name in names if not (directory / name).exists()]
    if missing:
        raise FileNotFoundError(
            f"Model directory {directory} lacks {', '.join(missing)}. Expected "
            f"{', '.join(_REQUIRED_FILES)}; copy or train the model again."
        )
    for name in names:
        check_plain_file(directory / name)


def _read_spelling(path: Path, settings: Mapping[str, Any]) -> dict[str, Any] | None:
    """Reads the spelling model; None where there is none. Older directories have no checksum."""
    if path.name in settings["sha256"]:
        _require_files(path.parent, (path.name,))
        _read_checked(path, settings)
    elif not path.exists():
        return None
    return read_json_dict(path, _AGAIN)


def read_config(path: Path) -> dict[str, Any]:
    """Reads config.json and checks that it is of the format and version that this code knows.

    Raises:
        ValueError: It is not, or it lacks an entry.
    """
    return checked_settings(read_json_dict(path, _AGAIN), path)


def checked_settings(settings: dict[str, Any], path: Path) -> dict[str, Any]:
    """Checks that an LSTM's settings are of the format and version that this code knows.

    Args:
        settings: What config.json holds of it.
        path: That file, for messages.

    Raises:
        ValueError: They are not, or lack an entry.
    """
    found = settings.get("format"), settings.get("format_version")
    if found != (FORMAT, FORMAT_VERSION):
        raise ValueError(
            f"{path} says format {found[0]!r}, version {found[1]!r}; this adgen reads {FORMAT!r}, "
            f"version {FORMAT_VERSION}. Give the directory of a trained LSTM, or use the adgen "
            "that wrote this one."
        )
    for key in ("architecture", "tokenizer", "sha256", "info"):
        if not isinstance(settings.get(key), dict):
            raise ValueError(f"{path} has no object {key!r}. {_AGAIN}")
    return settings


def _parse_architecture(architecture: Mapping[str, Any], path: Path) -> LSTMConfig:
    """Turns the architecture's JSON into a config; guesses no missing or unknown field."""
    expected = sorted(field.name for field in fields(LSTMConfig))
    if sorted(architecture) != expected:
        raise ValueError(f"{path}: architecture has {sorted(architecture)}; expected {expected}.")
    num_layers = architecture["num_layers"]
    try:
        if isinstance(num_layers, int) and num_layers > _MOST_LAYERS:  # their names take memory
            raise ValueError(f"num_layers is {num_layers:.3g}; expected at most {_MOST_LAYERS}.")
        return LSTMConfig(**architecture)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _read_checked(path: Path, settings: Mapping[str, Any]) -> bytes:
    """Reads a file whose checksum config.json holds."""
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != settings["sha256"].get(path.name):
        raise ValueError(
            f"{path} ({len(content):,} bytes) is not the file that was saved: its SHA-256 is not "
            "the one in config.json. It was changed or cut short; copy or train the model again."
        )
    return content


def _check_tokenizer_size(tokenizer: AdTokenizer, config: LSTMConfig) -> None:
    """Raises an error unless model and tokenizer have the same vocabulary size."""
    if tokenizer.vocab_size != config.vocab_size:
        raise ValueError(
            f"The tokenizer has {tokenizer.vocab_size:,} tokens; the model has "
            f"{config.vocab_size:,}. Keep a model with the tokenizer it was trained with."
        )


def _check_json(name: str, value: Mapping[str, Any] | None) -> None:
    """Raises an error unless JSON can hold the value."""
    try:
        json.dumps(value if value is None else dict(value), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name} cannot be written as JSON: {error}. Use plain numbers, texts, lists."
        ) from None
