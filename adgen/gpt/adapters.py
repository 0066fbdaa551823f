"""Adapters: what a fine-tuning with LoRA changed, without its base, in a few megabytes.

A folder in PEFT's format, with the model's own config.json and tokenizer beside it. Where a model
is asked for, base and adapter are merged once into a folder of the user's cache. The module knows
files and arrays; torch is not needed.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from adgen.gpt.bases import BASES, base_folder_of
from adgen.support.files import read_json_object, sha256_of, write_json, write_text
from adgen.support.folders import FolderKind, at_top, directory_when_done
from adgen.support.json_files import read_json_dict
from adgen.support.user_cache import cache_dir

if TYPE_CHECKING:  # NumPy is imported when it is first needed: help texts come without
    import numpy as np
    from numpy.typing import NDArray

    from adgen.support.arrays import Floats

ADAPTER_CONFIG, ADAPTER_WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
_WEIGHTS = "model.safetensors"
_PREFIX = "base_model.model."  # of PEFT's names
_AGAIN = "Copy or train the model again."
# Of a difference's largest singular value: what may be left beyond its rank by rounding.
_ROUNDING = 1e-3
_NOTES = "adgen_merged.json"  # written last into a merged folder: what it was made of
_MERGED_FOLDER = FolderKind(
    "a merged model",
    is_ours=lambda folder: (folder / _NOTES).is_file(),
    owns=at_top("*.json", "README.md", "chat_template.jinja", _WEIGHTS),
)
# Returns an array of a model's folder by its name.
_Read: TypeAlias = "Callable[[str], Floats]"


def folder_of(name: str | Path) -> str | Path:
    """Returns the folder in which the model of a name lies whole; any other name as it is.

    A base's name stands for its fetched folder, an adapter's folder for the merged one.

    Raises:
        FileNotFoundError: A base was not fetched.
        ValueError: An adapter and its base do not fit together.
    """
    found = base_folder_of(name)
    return merged_dir(Path(found)) if is_adapter(Path(found)) else found


def is_adapter(folder: Path) -> bool:
    """Tells whether a folder holds an adapter that adgen wrote, and no whole model."""
    names = (ADAPTER_CONFIG, ADAPTER_WEIGHTS, "config.json")
    return all((folder / name).is_file() for name in names) and not (folder / _WEIGHTS).exists()


def save_adapter(source_dir: str | Path, new: Path, *, name: str) -> None:
    """Writes what LoRA changed in a model: of each matrix its difference from the base's.

    The difference has LoRA's rank, so that its singular vectors hold all of it; float16 rounds it.

    Args:
        source_dir: A folder of `adgen finetune`, trained with LoRA.
        new: An empty folder.
        name: The model's, for its card.

    Raises:
        FileNotFoundError: The base is not here.
        ValueError: All weights were trained, or the base is another.
    """
    from tqdm.auto import tqdm

    from adgen.records.cards import card_of_stored
    from adgen.support.array_files import save_arrays

    source = Path(source_dir)
    config = read_json_dict(source / "config.json", _AGAIN)
    base, rank = (_training(config).get(key) for key in ("base", "lora_rank"))
    if not isinstance(base, str) or not isinstance(rank, int) or rank < 1:
        raise ValueError(
            f"{source} was not trained with LoRA (lora_rank); expected a model that was, since "
            "others change all weights. Give --storage float16."
        )
    is_transposed = config.get("model_type") == "gpt2"
    arrays: dict[str, NDArray[np.float16]] = {}
    with _arrays(Path(folder_of(base))) as (_, before), _arrays(source) as (names, after):
        for key in tqdm(names, desc="Comparing with the base", unit="array", disable=None):
            difference = _difference(key, before, after, base)
            if difference.any():
                matrix = difference.T if is_transposed else difference
                stem = _PREFIX + key.removesuffix(".weight")
                down, up = _factors(key, matrix, rank)
                arrays[f"{stem}.lora_A.weight"] = down
                arrays[f"{stem}.lora_B.weight"] = up
    for path in _companions(source):
        shutil.copyfile(path, new / path.name)
    card = (source / "README.md").read_text(encoding="utf-8")
    stored = f"float16, as an adapter of rank {rank} to {base}"
    write_text(new / "README.md", card_of_stored(card, stored, name=name))
    save_arrays(arrays, new / ADAPTER_WEIGHTS, metadata={"format": "pt"})
    write_json(new / ADAPTER_CONFIG, _settings_of(base, rank, arrays, is_transposed))


def _settings_of(
    base: str, rank: int, names: Iterable[str], is_transposed: bool
) -> dict[str, object]:
    """Returns what PEFT reads of an adapter."""
    known = BASES.get(base)
    return {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base if known is None else known.hub_id,
        "r": rank,
        "lora_alpha": rank,
        "lora_dropout": 0.0,
        "bias": "none",
        "fan_in_fan_out": is_transposed,
        "target_modules": sorted({name.split(".")[-3] for name in names}),
        "inference_mode": True,
    }


def merged_dir(folder: Path) -> Path:
    """Returns the folder in the user's cache of an adapter merged with its base, made if need be.

    Raises:
        FileNotFoundError: The base was not fetched, or is not where it was.
        ValueError: The base is another than the one that was trained, or a file is damaged.
        OSError: The folder cannot be written.
    """
    from adgen.support.array_files import save_arrays

    base = _training(read_json_dict(folder / "config.json", _AGAIN)).get("base")
    if not isinstance(base, str):
        raise ValueError(f"{folder}/config.json names no base. {_AGAIN}")
    base_dir = Path(folder_of(base))
    if not base_dir.is_dir():
        raise FileNotFoundError(
            f"{folder} is an adapter to {base}, of which there is no folder. Bring it there."
        )
    changed = [path.stat().st_mtime_ns for path in base_dir.glob("*.safetensors")]
    if not changed:
        raise FileNotFoundError(f"{base_dir} has no weights (*.safetensors). {_AGAIN}")
    digest = sha256_of(folder / ADAPTER_WEIGHTS)
    place = cache_dir() / "merged" / digest[:16]
    notes = {"adapter": digest, "base": base, "base_changed_ns": max(changed)}
    if read_json_object(place / _NOTES) == notes:
        return place
    with directory_when_done(place, _MERGED_FOLDER) as new:
        for path in _companions(folder):
            shutil.copyfile(path, new / path.name)
        save_arrays(_merged(folder, base_dir), new / _WEIGHTS, metadata={"format": "pt"})
        write_json(new / _NOTES, notes)
    return place


def _merged(folder: Path, base_dir: Path) -> dict[str, Floats]:
    """Returns all weights: the base's, and to some matrices up @ down added."""
    from tqdm.auto import tqdm

    settings = read_json_dict(folder / ADAPTER_CONFIG, _AGAIN)
    scaling = settings["lora_alpha"] / settings["r"]
    with _arrays(base_dir) as (names, read), _arrays(folder, ADAPTER_WEIGHTS) as (found, factor):
        weights = {}
        used = 0
        for name in tqdm(names, desc="Merging with the base", unit="array", disable=None):
            weights[name] = read(name)
            stem = _PREFIX + name.removesuffix(".weight")
            keys = (f"{stem}.lora_B.weight", f"{stem}.lora_A.weight")
            if keys[0] not in found:
                continue
            change = scaling * (factor(keys[0]) @ factor(keys[1]))
            change = change.T if settings["fan_in_fan_out"] else change
            if change.shape != weights[name].shape:
                raise ValueError(f"{folder} does not fit its base: {name}. {_AGAIN}")
            weights[name] += change
            used += len(keys)
    if used != len(found):
        raise ValueError(f"{folder} changes arrays that its base has not. {_AGAIN}")
    return weights


def _training(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns the settings of a model's training from its config.json; empty where it has none."""
    found: Any = config
    for key in ("adgen", "info", "config"):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _companions(folder: Path) -> list[Path]:
    """Returns the files of a model's folder that are not weights."""
    kept = [*folder.glob("*.json"), *folder.glob("*.jinja"), *folder.glob("README.md")]
    return sorted(path for path in kept if path.name not in (ADAPTER_CONFIG, _NOTES))


@contextmanager
def _arrays(folder: Path, pattern: str = "*.safetensors") -> Iterator[tuple[list[str], _Read]]:
    """Yields the names of the arrays in a folder, and what reads one as float32."""
    import numpy as np
    from safetensors import SafetensorError, safe_open

    with ExitStack() as stack:
        files: dict[str, Any] = {}
        for path in sorted(folder.glob(pattern)):
            try:
                file = stack.enter_context(safe_open(path, "np"))
            except SafetensorError as error:
                raise ValueError(f"{path} is damaged ({error}). {_AGAIN}") from None
            files |= dict.fromkeys(file.keys(), file)

        def read(name: str) -> Floats:
            if name not in files:
                raise ValueError(f"{folder} has no array {name}. {_AGAIN}")
            return np.asarray(files[name].get_tensor(name), np.float32)

        yield sorted(files), read


def _difference(name: str, before: _Read, after: _Read, base: str) -> Floats:
    """Returns what training added to an array."""
    old = before(name)
    new = after(name)
    if old.shape != new.shape:
        raise ValueError(f"{name} is {new.shape}, but {old.shape} in {base}. Give its own base.")
    return new - old


def _factors(
    name: str, matrix: Floats, rank: int
) -> tuple[NDArray[np.float16], NDArray[np.float16]]:
    """Returns (rank, in) and (out, rank), whose product is a matrix (out, in) of that rank.

    Raises:
        ValueError: It is none, or of a higher rank.
    """
    import numpy as np

    if matrix.ndim == 2:
        left, sizes, right = np.linalg.svd(matrix, full_matrices=False)
        if len(sizes) <= rank or sizes[rank] <= _ROUNDING * sizes[0]:
            roots = np.sqrt(sizes[:rank])
            down, up = roots[:, None] * right[:rank], left[:, :rank] * roots
            return (
                np.ascontiguousarray(down, dtype=np.float16),
                np.ascontiguousarray(up, dtype=np.float16),
            )
    raise ValueError(
        f"{name} differs from the base by more than LoRA of rank {rank} changes. Give the base "
        "that was trained, or --storage float16."
    )
