"""An n-gram model's directory: the model, its tokenizer, and where both come from.

The module knows files, not what is predicted with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adgen.ngram.kept_tables import load_kept_tables
from adgen.ngram.model import NGramModel
from adgen.support.files import check_plain_file, read_json_object, sha256_of, write_json
from adgen.support.folders import FolderKind, at_top, directory_when_done
from adgen.support.json_files import read_json_dict
from adgen.tokens.base import AdTokenizer
from adgen.tokens.loading import load_tokenizer

FORMAT = "adgen-ngram"
_ABOUT, _MODEL, _TOKENIZER = "ngram.json", "ngram.safetensors", "tokenizer.json"
_AGAIN = "Run `adgen ngram` again."
NGRAM_FOLDER = FolderKind(
    "an n-gram model's directory",
    is_ours=lambda folder: read_json_object(folder / _ABOUT).get("format") == FORMAT,
    owns=at_top(_ABOUT, _MODEL, _TOKENIZER),
)


@dataclass(frozen=True)
class NGramDirectory:
    """Holds an n-gram model's directory as read and checked.

    Attributes:
        path: The directory.
        model: The model.
        tokenizer: The tokenizer of its ids.
        info: Corpus, split and settings.
        model_bytes: Size of the model's file.
    """

    path: Path
    model: NGramModel
    tokenizer: AdTokenizer
    info: Mapping[str, Any]
    model_bytes: int

    @property
    def config(self) -> Mapping[str, Any]:
        """Returns its settings; empty where nothing says them."""
        settings: Mapping[str, Any] = self.info.get("config", {})
        return settings

    @property
    def generation_config(self) -> Mapping[str, Any]:
        """Returns the controls that it writes with by default; the folder has none."""
        return {}

    @property
    def model_path(self) -> Path:
        """Returns the path of the model's file."""
        return self.path / _MODEL


def save_ngram_directory(
    directory: str | Path,
    model: NGramModel,
    *,
    tokenizer: AdTokenizer,
    info: Mapping[str, Any],
    compact: bool = False,
    was_checked: bool = False,
) -> None:
    """Writes an n-gram model's directory; it is complete or unchanged.

    Args:
        directory: Where to write. An older n-gram model there is replaced; other files are kept.
        model: The model.
        tokenizer: The tokenizer of its ids.
        info: Corpus, split, settings: anything JSON can hold.
        compact: As for `NGramModel.save`.
        was_checked: As for `directory_when_done`.

    Raises:
        ValueError: `directory` holds something else.
    """
    with directory_when_done(Path(directory), NGRAM_FOLDER, was_checked=was_checked) as new:
        model.save(new / _MODEL, compact=compact)
        tokenizer.save(new / _TOKENIZER)
        sha256 = {name: sha256_of(new / name) for name in (_MODEL, _TOKENIZER)}
        write_json(new / _ABOUT, {"format": FORMAT, "sha256": sha256, "info": dict(info)})


def load_ngram_directory(directory: str | Path) -> NGramDirectory:
    """Reads what `save_ngram_directory` wrote.

    Raises:
        FileNotFoundError: There is no such directory, or it lacks a file.
        ValueError: A file is damaged or not the one that was saved.
    """
    path = Path(directory)
    missing = [name for name in (_ABOUT, _MODEL, _TOKENIZER) if not (path / name).exists()]
    if missing:
        raise FileNotFoundError(
            f"{path} lacks {', '.join(missing)}; expected an n-gram model's directory. "
            "`adgen ngram` writes one."
        )
    about = _read_about(path / _ABOUT)
    for name in (_MODEL, _TOKENIZER):
        check_plain_file(path / name)
    for name, sha256 in about["sha256"].items():
        if sha256_of(path / name) != sha256:
            raise ValueError(f"{path / name} is not the file that was saved. {_AGAIN}")
    return NGramDirectory(
        path=path,
        model=NGramModel(load_kept_tables(path / _MODEL, about["sha256"][_MODEL])),
        tokenizer=load_tokenizer(path / _TOKENIZER),
        info=about["info"],
        model_bytes=(path / _MODEL).stat().st_size,
    )


def is_ngram_directory(directory: str | Path) -> bool:
    """Tells whether a folder holds an n-gram model."""
    return (Path(directory) / _ABOUT).exists()


def _read_about(path: Path) -> dict[str, Any]:
    """Reads `ngram.json`, and checks that it says what it must."""
    about = read_json_dict(path, _AGAIN)
    sha256 = about.get("sha256")
    is_whole = isinstance(sha256, dict) and set(sha256) == {_MODEL, _TOKENIZER}
    if about.get("format") != FORMAT or not is_whole or not isinstance(about.get("info"), dict):
        raise ValueError(f"{path} is damaged or not of format {FORMAT}. {_AGAIN}")
    return about
