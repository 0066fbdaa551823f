"""Checks of a folder before it goes to the Hub: the card's header, and that it opens.

They ask nobody; a fresh process opens the model. What its files hold is `hub.file_checks`' subject.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from adgen.hub.header import read_header
from adgen.publish.entries import check_languages
from adgen.publish.licences import check_licence
from adgen.publish.snippets import KERAS_FILE
from adgen.publish.subject import WRITER, Subject

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
