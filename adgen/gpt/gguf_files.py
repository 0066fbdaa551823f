"""Finds GGUF files, llama.cpp's one-file models, and says how transformers reads one.

Its weights are made float32 again, so that the model trains and is saved as any other.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adgen.support.extras import needs_extra

_MAGIC = b"GGUF"


def gguf_of(name: str | Path) -> Path | None:
    """Returns the GGUF file that a name stands for: itself, or the only one of a folder.

    None for a folder of transformers, which has a config.json, and for every other name.

    Raises:
        ValueError: The file is no GGUF file, or the folder holds several.
    """
    path = Path(name)
    if path.is_file() and path.suffix.casefold() == ".gguf":
        _check_magic(path)
        return path
    if not path.is_dir() or (path / "config.json").exists():
        return None
    found = sorted(
        file for file in path.iterdir() if file.suffix.casefold() == ".gguf" and file.is_file()
    )
    if len(found) > 1:
        names = ", ".join(file.name for file in found[:5])
        raise ValueError(f"{path} holds {len(found)} GGUF files ({names}). Give one of them.")
    for file in found:
        _check_magic(file)
    return found[0] if found else None


def reading_options(path: Path, *, has_weights: bool) -> dict[str, Any]:
    """Returns the options of `from_pretrained(path.parent)` that read a GGUF file.

    Args:
        path: The file.
        has_weights: Whether a model is read, and not a configuration or a tokenizer.

    Raises:
        ImportError: transformers or gguf is missing.
    """
    with needs_extra("A GGUF file"):
        import gguf  # noqa: F401 -- transformers reads with it
        from transformers import GgufConfig
    options: dict[str, Any] = {"gguf_file": path.name}
    # Else the model counts as quantized, and is neither trained nor saved.
    return options | ({"quantization_config": GgufConfig(dequantize=True)} if has_weights else {})


def _check_magic(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(len(_MAGIC))
    if start != _MAGIC:
        raise ValueError(
            f"{path} is no GGUF file: it begins with {start!r}; expected {_MAGIC!r}. Copy it again."
        )
