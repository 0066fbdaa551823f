"""Checks what a model says of its training, before anything is compared with it.

The module knows names and types, not the models, whose files say more than this.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from adgen.records.base import Split
from adgen.records.entries import Entry


@dataclass(frozen=True, kw_only=True)
class _Corpus(Entry):
    name: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class _About(Entry):
    name: str | None = None
    corpus: _Corpus = field(default_factory=_Corpus)
    split: Split = field(default_factory=Split)


def check_about(info: object, source: Path) -> None:
    """Raises where a model's `info` has a name, corpus or split of another type.

    Args:
        info: What the model's file has under that name; entries may be missing.
        source: The model, for the message.

    Raises:
        ValueError: One has; the message names the entry.
    """
    try:
        _About.from_dict(info, "info")
    except ValueError as error:
        raise ValueError(
            f"{source} says of its training: {error}. Copy or train the model again."
        ) from None
