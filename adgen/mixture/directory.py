"""A mixture's directory: an LSTM's files, an n-gram model beside them, how much of each.

It is written whole or not at all, and checked when it is read. The module knows files, not what is
predicted with them.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adgen.lstm.directory import LSTM_FILES, ModelDirectory, checked_settings, lstm_of, read_config
from adgen.mixture.shares import Shares
from adgen.ngram.kept_tables import load_kept_tables
from adgen.ngram.model import NGramModel
from adgen.support.files import (
    check_plain_file,
    read_json_object,
    sha256_of,
    write_json,
    write_text,
)
from adgen.support.folders import FolderKind, at_top, directory_when_done
from adgen.support.json_files import read_json_dict

FORMAT = "adgen-mixture"
FORMAT_VERSION = 1
_CONFIG, _CARD, _NGRAM = "config.json", "README.md", "ngram.safetensors"
_GENERATION = "generation_config.json"
_AGAIN = "Copy the model again, or run `adgen mix` again."
MIXTURE_FOLDER = FolderKind(
    "a mixture's directory",
    is_ours=lambda folder: is_mixture_directory(folder),
    owns=at_top(*LSTM_FILES, _NGRAM),
)


@dataclass(frozen=True)
class MixtureDirectory:
    """Holds a mixture's directory as read and checked.

    Attributes:
        lstm: The LSTM, with the tokenizer and the controls of both.
        ngram: The n-gram model.
        shares: How much of each.
        info: Corpus, split, and what both are.
    """

    lstm: ModelDirectory
    ngram: NGramModel
    shares: Shares
    info: Mapping[str, Any]


def is_mixture_directory(folder: str | Path) -> bool:
    """Tells whether a folder holds a mixture."""
    return read_json_object(Path(folder) / _CONFIG).get("format") == FORMAT


def save_mixture_directory(
    directory: str | Path,
    lstm_dir: Path,
    ngram_path: Path,
    shares: Shares,
    *,
    controls: Mapping[str, Any],
    card: str,
    info: Mapping[str, Any],
    was_checked: bool = False,
) -> None:
    """Writes a mixture's directory; it is complete or unchanged.

    Args:
        directory: Where to write. An older mixture there is replaced; other files are kept.
        lstm_dir: The LSTM's directory, whose files are copied as they are.
        ngram_path: The n-gram model's file, copied too; of the same tokens.
        shares: How much of each.
        controls: Decoding controls, fields of `Sampling`, that are set otherwise than the LSTM's.
        card: The model card, Markdown.
        info: Corpus, split, what both are: anything JSON can hold.
        was_checked: As for `directory_when_done`.

    Raises:
        ValueError: `directory` holds something else.
        OSError: Writing fails.
    """
    of_lstm = read_config(lstm_dir / _CONFIG)
    with directory_when_done(Path(directory), MIXTURE_FOLDER, was_checked=was_checked) as new:
        for name in LSTM_FILES:
            if name not in (_CONFIG, _CARD) and (lstm_dir / name).is_file():
                shutil.copyfile(lstm_dir / name, new / name)
        shutil.copyfile(ngram_path, new / _NGRAM)
        own = read_json_dict(lstm_dir / _GENERATION, _AGAIN) | dict(controls)
        write_json(new / _GENERATION, own)
        write_text(new / _CARD, card)
        settings = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "lstm": of_lstm,
            "shares": shares.as_lists(),
            "sha256": {_NGRAM: sha256_of(new / _NGRAM)},
            "info": dict(info),
        }
        write_json(new / _CONFIG, settings)


def load_mixture_directory(directory: str | Path) -> MixtureDirectory:
    """Reads what `save_mixture_directory` wrote.

    Raises:
        FileNotFoundError: A file is missing.
        ValueError: A file is damaged or not the one that was saved, or the models do not fit.
    """
    path = Path(directory)
    settings = _read_settings(path / _CONFIG)
    of_lstm = checked_settings(settings["lstm"], path / _CONFIG)
    # Unpacking n-grams and reading weights take as long; NumPy does both without the interpreter.
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(_load_ngram, path / _NGRAM, settings["sha256"].get(_NGRAM))
        lstm = lstm_of(path, of_lstm)
        ngram = reading.result()
    check_lstm(lstm, path)
    if lstm.config.vocab_size != ngram.vocab_size:
        raise ValueError(
            f"{path}: the LSTM has {lstm.config.vocab_size:,} tokens, the n-gram model "
            f"{ngram.vocab_size:,}. {_AGAIN}"
        )
    try:
        shares = Shares.of(settings.get("shares"), ngram.order)
    except ValueError as error:
        raise ValueError(f"{path / _CONFIG}: {error} {_AGAIN}") from None
    return MixtureDirectory(lstm, ngram, shares, settings["info"])


def _load_ngram(path: Path, sha256: str | None) -> NGramModel:
    """Reads the n-gram model's file, whose checksum is known."""
    if not path.exists():
        raise FileNotFoundError(f"{path.parent} lacks {path.name}. {_AGAIN}")
    check_plain_file(path)
    found = sha256_of(path)
    if found != sha256:
        raise ValueError(f"{path} is not the file that was saved. {_AGAIN}")
    return NGramModel(load_kept_tables(path, found))


def check_lstm(lstm: ModelDirectory, source: str | Path) -> None:
    """Raises where an LSTM cannot be mixed with an n-gram model.

    Raises:
        ValueError: It does not read whole ads of sub-words.
    """
    if lstm.config.reads != "packed" or lstm.tokenizer.kind != "subword":
        raise ValueError(
            f'{source}: the LSTM reads "{lstm.config.reads}", its tokens are a '
            f"{lstm.tokenizer.kind} each; an n-gram model is mixed with one that reads whole ads "
            "of sub-words. Train one: adgen train --model ad-lstm."
        )


def _read_settings(path: Path) -> dict[str, Any]:
    """Reads config.json, and checks that it says what it must."""
    settings = read_json_dict(path, _AGAIN)
    found = settings.get("format"), settings.get("format_version")
    if found != (FORMAT, FORMAT_VERSION):
        raise ValueError(
            f"{path} says format {found[0]!r}, version {found[1]!r}; this adgen reads {FORMAT!r}, "
            f"version {FORMAT_VERSION}. Give a folder that `adgen mix` wrote, or use the adgen "
            "that wrote this one."
        )
    for key in ("lstm", "sha256", "info"):
        if not isinstance(settings.get(key), dict):
            raise ValueError(f"{path} has no object {key!r}. {_AGAIN}")
    return settings
