"""Sizes of a GPT's folder, looked at before a model is made of them.

transformers makes whatever config.json says, however large. The module knows names of entries and
files; it loads nothing.
"""

from __future__ import annotations

from pathlib import Path

from adgen.support.files import read_json_object
from adgen.support.memory import check_memory
from adgen.support.ranges import SIZES, VOCABULARIES, Range, check_number

_LAYERS = Range(1, 1_024)
_CONTEXTS = Range(2, 1 << 24)
# Entries of config.json, by the names of GPT-2, GPT-Neo and later models.
_ENTRIES = {
    "vocab_size": VOCABULARIES,
    "n_layer": _LAYERS,
    "num_layers": _LAYERS,
    "num_hidden_layers": _LAYERS,
    "n_embd": SIZES,
    "hidden_size": SIZES,
    "n_head": SIZES,
    "num_heads": SIZES,
    "num_attention_heads": SIZES,
    "n_positions": _CONTEXTS,
    "max_position_embeddings": _CONTEXTS,
    "window_size": Range(1, 1 << 24),
}


def check_sizes(folder: Path) -> None:
    """Raises where a model's folder says sizes that no model has, or has no room in memory.

    Raises:
        ValueError: The message names the file and the entry, or has the estimate.
    """
    config_path = folder / "config.json"
    entries = read_json_object(config_path)
    for name, limits in _ENTRIES.items():
        if entries.get(name) is not None:
            try:
                check_number(name, entries[name], limits, is_whole=True)
            except ValueError as error:
                raise ValueError(f"{config_path}: {error} Copy or train the model again.") from None
    weights = [*folder.glob("*.safetensors")] or [*folder.glob("*.bin")]
    check_memory(
        {"weights": sum(path.stat().st_size for path in weights)},
        f"Loading {folder}",
        "Take a smaller model, or a machine with more memory.",
    )
