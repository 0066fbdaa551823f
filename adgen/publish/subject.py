"""The model that is published, as its folder says: kind, name, base, storage, weights.

The module reads settings and hashes weights; it loads no model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from adgen.generation.folder_kinds import GPT, NGRAM, info_of, kind_of
from adgen.generation.shipped import (
    SHIPPED_ADAPTER,
    SHIPPED_GPT,
    SHIPPED_LSTM,
    SHIPPED_MODEL,
    SHIPPED_WRITER,
    shipped_model_dir,
)
from adgen.gpt.adapters import ADAPTER_CONFIG, ADAPTER_WEIGHTS, is_adapter
from adgen.gpt.bases import BASES, Base
from adgen.hub.names import is_repo, means_repo
from adgen.support.files import read_json_object, sha256_of
from adgen.writing.engines import is_writer

WRITER = "writer"
_SHIPPED = (SHIPPED_MODEL, SHIPPED_LSTM, SHIPPED_GPT, SHIPPED_WRITER, SHIPPED_ADAPTER)
_FOLDERS_OF_TRAININGS = ("runs/", "models/", "checkpoints/", "output/", "outputs/")
# A mixture's n-grams come first: its model.safetensors is its LSTM's too.
_WEIGHTS = ("ngram.safetensors", "model.safetensors", ADAPTER_WEIGHTS, "pytorch_model.bin")


@dataclass(frozen=True)
class Subject:
    """Tells what a model's folder holds.

    Attributes:
        folder: The folder.
        kind: `LSTM`, `NGRAM`, `MIXTURE`, `GPT` or `WRITER`.
    """

    folder: Path
    kind: str

    @classmethod
    def of(cls, folder: str | Path) -> Subject:
        """Reads a folder.

        Raises:
            FileNotFoundError: There is no such folder, or it holds no model.
            ValueError: It is a file, or its settings are damaged.
        """
        folder = Path(folder)
        kind = GPT if is_adapter(folder) else kind_of(folder)
        return cls(folder, WRITER if kind == GPT and is_writer(folder) else kind)

    @cached_property
    def config(self) -> Mapping[str, Any]:
        """Returns its config.json, of an n-gram model ngram.json."""
        name = "ngram.json" if self.kind == NGRAM else "config.json"
        return read_json_object(self.folder / name)

    @cached_property
    def info(self) -> Mapping[str, Any]:
        """Returns what it says of its training; empty for models that others trained."""
        return info_of(self.config)

    @property
    def trained_as(self) -> str | None:
        """Returns the name in its training's record."""
        return self.info.get("name")

    @property
    def storage(self) -> str | None:
        """Returns what its weights are kept as, where that is not how they were trained."""
        if self.is_adapter:
            return "float16"
        compression = self.info.get("compression")
        return compression.get("storage") if isinstance(compression, dict) else None

    @property
    def is_adapter(self) -> bool:
        """Tells whether it is what LoRA changed, without its base."""
        return is_adapter(self.folder)

    @property
    def base(self) -> str | None:
        """Returns the base that its training began with, as the training called it."""
        config = self.info.get("config")
        base = config.get("base") if isinstance(config, dict) else None
        return base if isinstance(base, str) and base != "scratch" else None

    @property
    def known_base(self) -> Base | None:
        """Returns its base where that is one of the package index."""
        return BASES.get(self.base or "")

    @property
    def base_on_hub(self) -> str | None:
        """Returns the id of its base on the Hub; None where it is not there."""
        if self.known_base is not None:
            return self.known_base.hub_id
        named = read_json_object(self.folder / ADAPTER_CONFIG).get("base_model_name_or_path")
        for name in (named, self.base):
            if isinstance(name, str) and is_repo(name) and not _is_own(name):
                return name
        return None

    @cached_property
    def weights_sha256(self) -> str | None:
        """Returns the SHA-256 of its weights; None where they are in several files."""
        found = [self.folder / name for name in _WEIGHTS if (self.folder / name).is_file()]
        return sha256_of(found[0]) if found else None

    @cached_property
    def shipped_as(self) -> str | None:
        """Returns its name among the models that come with adgen; None where it is none of them."""
        for name in _SHIPPED:
            try:
                shipped = Subject.of(shipped_model_dir(name))
            except FileNotFoundError:
                continue
            same_place = shipped.folder.resolve() == self.folder.resolve()
            if same_place or shipped.weights_sha256 == self.weights_sha256:
                return name
        return None


def _is_own(name: str) -> bool:
    """Tells whether what looks like an id on the Hub is a folder of a training.

    A folder's parent says that too, or that parent's usual name.
    """
    return name.startswith(_FOLDERS_OF_TRAININGS) or not means_repo(name)
