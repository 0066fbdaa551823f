"""Writes the page that runs adgen's LSTM in a browser: `python site/build.py [OUTPUT]`.

The output folder holds everything that a web server needs to give: the page's own files as they are
here, and the model's beside tables of what Python says of characters, entities and adult words, so
that a browser reads prompts as Python does.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
import shutil
import sys
import unicodedata
from html.entities import name2codepoint
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

from adgen.corpus.cleaning import CP1252, MAC_ROMAN
from adgen.generation.shipped import SHIPPED_LSTM, shipped_model_dir
from adgen.lstm.directory import ModelDirectory, load_model_directory
from adgen.lstm.exact_lstm import ExactLSTM
from adgen.lstm.weights import stored_matrices
from adgen.support.adult_words import as_tables
from adgen.support.files import read_json_object, write_text
from adgen.support.folders import FolderKind, directory_when_done
from adgen.support.scripts import is_mark, is_without_spaces
from adgen.support.version import __version__

HERE = Path(__file__).resolve().parent
OUTPUT = HERE.parent / "build" / "site"
# What the page is made of, as a server gives it.
PAGE = ("index.html", "style.css", "icon.svg", "sw.js", "page", "engine")
MODEL_FILES = ("model.safetensors", "tokenizer.json")
# The defaults of a model that the page has fields for.
DEFAULTS = ("temperature", "top_k", "top_p", "repetition_penalty", "max_tokens")
_FORMAT = "adgen-site"
_KIND = FolderKind(
    "a page",
    is_ours=lambda folder: (
        read_json_object(folder / "model" / "tables.json").get("format") == _FORMAT
    ),
    owns=lambda path: path.parts[0] in (*PAGE, "files.js", "model"),
)


def main() -> int:
    """Writes the page; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", nargs="?", default=OUTPUT, type=Path, help="folder to write")
    try:
        num_bytes = build(parser.parse_args().output)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"Wrote the page: {num_bytes / 1e6:.1f} MB")
    return 0


def build(output: Path) -> int:
    """Writes the page into a folder, whole or not at all.

    Args:
        output: A new folder, an empty one, or one that this has written before.

    Returns:
        The size of all files in bytes.

    Raises:
        ValueError: Something else is in the folder, or the model is not one that the page can run.
        OSError: Writing fails.
    """
    model = load_model_directory(shipped_model_dir(SHIPPED_LSTM))
    check_model(model)
    with directory_when_done(output, _KIND) as new:
        for name in PAGE:
            copy = shutil.copytree if (HERE / name).is_dir() else shutil.copyfile
            copy(HERE / name, new / name)
        (new / "model").mkdir()
        for name in MODEL_FILES:
            shutil.copyfile(model.path / name, new / "model" / name)
        tables = json.dumps(tables_of(model), ensure_ascii=False, separators=(",", ":"))
        write_text(new / "model" / "tables.json", tables)
        write_text(new / "files.js", _file_list(new))
        return sum(path.stat().st_size for path in new.rglob("*") if path.is_file())


def check_model(model: ModelDirectory) -> None:
    """Raises ValueError where the page would not write what a model writes with `exact`."""
    config = model.config
    sizes = (config.lstm_units, config.output_dim, config.vocab_size)
    fits = config.reads == "packed" and config.tied and config.num_layers == 1
    has_projection = config.output_dim != config.lstm_units
    if not (fits and has_projection and model.storage == "int8" and not any(n % 4 for n in sizes)):
        raise ValueError(
            f"{model.path} is not a model that the page can run; expected one tied layer with a "
            'projection, sizes that are multiples of 4, reads="packed" and weights in int8.'
        )
    if model.tokenizer.kind != "subword":
        raise ValueError(f"{model.path} has no sub-words; the page reads those alone.")
    stored = stored_matrices((model.path / MODEL_FILES[0]).read_bytes())
    try:
        ExactLSTM(model.weights, stored, model.config)
    except ValueError as error:
        raise ValueError(
            f"{model.path} is not a model that the page can run: its sums would not be exact. "
            "Expected smaller weights, layers or vocabulary."
        ) from error
    _check_defaults(model)


def _check_defaults(model: ModelDirectory) -> None:
    """Raises ValueError where a model's defaults are not those that the page has fields for."""
    given = model.generation_config
    # What is off, such as `greedy: false`, changes nothing.
    unknown = sorted(name for name, value in given.items() if value and name not in DEFAULTS)
    missing = [name for name in DEFAULTS if name not in given]
    if unknown or missing:
        raise ValueError(
            f"{model.path / 'generation_config.json'} is not one that the page can use: unknown "
            f"{unknown}, missing {missing}; expected {', '.join(DEFAULTS)} and nothing else that "
            "is on. Change it there."
        )


def tables_of(model: ModelDirectory) -> dict[str, Any]:
    """Returns what the page must know beside weights and tokenizer, as JSON can hold it."""
    return {
        "format": _FORMAT,
        "version": __version__,
        "model_sha256": hashlib.sha256((model.path / MODEL_FILES[0]).read_bytes()).hexdigest(),
        "unicode": unicodedata.unidata_version,
        "defaults": dict(model.generation_config),
        "characters": {"runs": _runs(), "casefolds": _casefolds()},
        "cleaning": {
            "cp1252": "".join(CP1252),
            "mac_roman": "".join(MAC_ROMAN),
            "entities": {name: html.unescape(f"&{name};") for name in (*name2codepoint, "apos")},
            "references": _references(),
        },
        "adult_words": as_tables(),
    }


def _flags(code: int) -> int:
    """Returns what Python says of a character, a bit each; the bits of engine/characters.js."""
    character = chr(code)
    category = unicodedata.category(character)
    answers = (
        character.isalnum(),
        is_mark(character),
        is_without_spaces(character),
        category == "Cn",
        category.startswith("C"),
        category in ("Mn", "Cf"),
        character.isdecimal(),
        character.islower(),
        character.isupper(),
        character.istitle() and not character.isupper(),
        character.isalpha(),
        category == "Co",
    )
    return sum(answer << bit for bit, answer in enumerate(answers))


def _runs() -> list[int]:
    """Returns length and flags of each run of characters that are alike, over all of Unicode."""
    runs = []
    for flags, codes in groupby(range(sys.maxunicode + 1), _flags):
        runs += [sum(1 for _ in codes), flags]
    return runs


def _casefolds() -> dict[str, str]:
    """Returns the characters whose casefold() is not their lower()."""
    every = map(chr, range(sys.maxunicode + 1))
    return {one: one.casefold() for one in every if one.casefold() != one.lower()}


def _references() -> dict[int, str]:
    """Returns the numbers whose entity, `&#N;`, is not the character of that number."""
    is_half = range(0xD800, 0xE000)  # which the page knows
    found = ((n, html.unescape(f"&#{n};")) for n in range(sys.maxunicode + 1) if n not in is_half)
    return {n: text for n, text in found if text != chr(n)}


def _file_list(folder: Path) -> str:
    """Returns files.js: what the service worker keeps, and a version that changes with any file."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    names = [PurePosixPath(path.relative_to(folder)).as_posix() for path in paths]
    digest = hashlib.sha256()
    for name, path in zip(names, paths, strict=True):
        digest.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    kept = [name for name in names if name != "sw.js"]
    return f'self.VERSION = "{digest.hexdigest()[:16]}";\nself.FILES = {json.dumps(kept)};\n'


if __name__ == "__main__":
    sys.exit(main())
