"""Checks of a folder before it goes to the Hub, and of each file that will be public.

They ask nobody: the card's header, what the files hold, and that a fresh process opens them.
"""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from adgen.hub.header import read_header
from adgen.publish.entries import check_languages
from adgen.publish.file_texts import texts_of
from adgen.publish.licences import check_licence
from adgen.publish.machine_paths import machine_paths
from adgen.publish.snippets import KERAS_FILE
from adgen.publish.subject import WRITER, Subject

_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib")
_SECRETS = re.compile(
    r"\bhf_[A-Za-z0-9]{20,}|\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_\w{30,}|\bglpat-[\w-]{20,}"
    r"|\bsk-[\w-]{32,}|\bAKIA[0-9A-Z]{16}\b|\bAIza[\w-]{35}|\bxox[abprs]-[\w-]{10,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
_REQUIRED = ("license", "language", "library_name", "pipeline_tag", "tags")
# Entries that a Space's header needs.
_SPACE = ("title", "sdk", "sdk_version", "app_file", "license")
_WRITE = """
import sys
from adgen import AdGenerator
generator = AdGenerator.from_pretrained(sys.argv[1])
print(generator.generate("Sony TV", max_tokens=3)[0][0].text)
"""
_WRITE_FROM_FACTS = """
import sys
from adgen import AdWriter, Product
product = Product(brand="Acme", name="yoga mat", facts=("6 mm",))
print(AdWriter.from_pretrained(sys.argv[1]).write(product, num_ads=1)[0].ads[0].text)
"""
_OPEN_KERAS = """
import sys
import keras
print(keras.saving.load_model(sys.argv[1], compile=False).name)
"""


def check_card(text: str) -> None:
    """Raises unless a card's header says what the Hub reads, in its form.

    Raises:
        ValueError: The header is missing, no YAML, or lacks an entry; or a result is no number.
    """
    header = read_header(text)
    missing = [name for name in _REQUIRED if not header.get(name)]
    if missing:
        raise ValueError(f"README.md's header has no {', '.join(missing)}. Write the card again.")
    languages = header["language"]
    check_languages([languages] if isinstance(languages, str) else languages)
    check_licence(str(header["license"]), header.get("license_name"))
    for entry in header.get("widget", []):
        if not isinstance(entry, dict) or not {"text", "example_title"} <= set(entry):
            raise ValueError(f"widget has {entry!r:.80}; expected a text and its title. Mend it.")
    _check_results(header)


def check_space_card(text: str) -> None:
    """Raises unless the header of a Space's README.md says how it is run.

    Raises:
        ValueError: It is missing, no YAML, or lacks an entry; or its licence is none of the Hub's.
    """
    header = read_header(text)
    missing = [name for name in _SPACE if not header.get(name)]
    if missing:
        raise ValueError(f"README.md's header has no {', '.join(missing)}. Write the Space again.")
    check_licence(str(header["license"]), header.get("license_name"))


def _check_results(header: dict[str, Any]) -> None:
    """Raises unless the results have the Hub's form and are numbers."""
    from huggingface_hub.repocard_data import model_index_to_eval_results

    if "model-index" not in header:
        return
    try:
        _, results = model_index_to_eval_results(header["model-index"])
    except Exception as error:  # of the client, whatever is wrong with them
        reason = " ".join(str(error).split())[:200]
        raise ValueError(f"README.md's model-index is not as the Hub has it ({reason}).") from None
    for result in results:
        value = result.metric_value
        if not isinstance(value, (int, float)) or not math.isfinite(value):
            raise ValueError(f"README.md's result {result.metric_type} is {value!r}; no number.")


def check_files(
    folder: Path,
    *,
    has_pickles: bool | None = False,
    secret: str | None = None,
    skips: Callable[[PurePosixPath], bool] = lambda path: False,
) -> None:
    """Raises where a file holds what must not become public.

    Args:
        folder: What goes to the Hub.
        has_pickles: Whether pickles may go along; None where they never may, as in a Space.
        secret: The token that is in use, which no file may hold.
        skips: Says of a path in the folder whether it is not looked at, since it is public already
            or does not go along.

    Raises:
        ValueError: A file is a pickle, holds a token, or names a path of this machine.
    """
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if skips(PurePosixPath(name)):
            continue
        if not has_pickles and _is_pickle(path):
            allow = "" if has_pickles is None else ", or allow it with --allow-pickle"
            raise ValueError(
                f"{name} is a pickle, which can run programs where it is loaded. Write the model "
                f"as safetensors (adgen compress --storage float32){allow}."
            )
        for text in texts_of(path):
            _check_text(text, name, secret)


def _check_text(text: str, name: str, secret: str | None) -> None:
    found = _SECRETS.search(text)
    if found or (secret and secret in text):
        kind = found.group()[:4] if found else "your"
        raise ValueError(
            f"{name} holds what looks like a token or key ({kind}...). Take it out, and make a new "
            "one if it is real."
        )
    paths = machine_paths(text)
    if paths:
        raise ValueError(
            f"{name} names a path of this machine, {paths[0]:.80}. Take it out of that file."
        )


def _is_pickle(path: Path) -> bool:
    """Tells whether a file is a pickle, by its ending or what it holds."""
    if path.suffix in _PICKLES:
        return True
    with path.open("rb") as file:
        beginning = file.read(2)
    if beginning[:1] == b"\x80" and beginning[1:] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return True
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(Path(name).suffix in _PICKLES[3:] for name in archive.namelist())


def check_opens(folder: Path) -> str:
    """Opens a model in a fresh process, which reaches no network, and writes with it.

    Returns:
        What it wrote.

    Raises:
        ValueError: It cannot be opened; the message says why.
    """
    subject = Subject.of(folder)
    wrote = _in_fresh_process(_WRITE_FROM_FACTS if subject.kind == WRITER else _WRITE, folder)
    if (folder / KERAS_FILE).is_file():
        _in_fresh_process(_OPEN_KERAS, folder / KERAS_FILE)
    return wrote


def _in_fresh_process(code: str, path: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, str(path.resolve())],
        env=os.environ | {"HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or ["no reason given"]
        raise ValueError(
            f"{path.name} cannot be opened in a fresh process: {lines[-1][:300]} Mend that first."
        )
    return done.stdout.strip()
