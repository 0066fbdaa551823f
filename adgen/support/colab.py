"""Adds what a notebook needs to Google Colab, and moves nothing that Colab has.

A notebook's first cell installs adgen there without what it needs; this module adds that, held to
the versions that are there. It knows pip and what it says; it knows no notebook.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from importlib.metadata import distributions
from itertools import takewhile
from pathlib import Path

from adgen.support.installing import requirements

# A version as pip takes it; a single line that it does not take would end the installation.
_VERSION = re.compile(r"(\d+!)?\d+(\.\d+)*([-_.]?[a-z]+[-_.]?\d*)*(\+[\w.]+)?", re.IGNORECASE)
# Packages that adgen loads and whose modules say the version that pip knows.
_SAME_IN_BOTH = (
    "accelerate",
    "huggingface-hub",
    "jax",
    "keras",
    "matplotlib",
    "numpy",
    "pandas",
    "peft",
    "pyarrow",
    "safetensors",
    "tensorflow",
    "tokenizers",
    "torch",
    "tqdm",
    "transformers",
)
_RESTART = "choose Runtime, Restart session, and run the notebook from its first cell"


class ColabError(RuntimeError):
    """What a notebook needs cannot be had here; the message says what to do.

    In a notebook the message stands alone, without the lines of Python that led to it.
    """

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def on_colab() -> bool:
    """Tells whether this is a notebook on Google Colab."""
    return "google.colab" in sys.modules


def add_extras(*extras: str) -> None:
    """Installs what adgen and some of its extras need beside what is there, which stays as it is.

    Args:
        *extras: Their names, such as "lstm".

    Raises:
        ColabError: pip cannot do it without moving a package that is there, or what is loaded is
            no longer what is installed, so that the session must be restarted.
    """
    wanted = requirements(*extras)
    before = _versions()
    _install(wanted, constraints=before)
    _check_loaded(_versions())


def _versions() -> dict[str, str]:
    """Returns the version of every installed package; of two of one name the one that is loaded."""
    found: dict[str, str] = {}
    for one in distributions():
        name = _normal(one.metadata["Name"] or "")
        if name and name != "adgen" and _VERSION.fullmatch(one.version or ""):
            found.setdefault(name, one.version)
    return found


def _normal(name: str) -> str:
    """Returns a package's name in the one way that all its spellings share."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _install(wanted: Iterable[str], *, constraints: Mapping[str, str]) -> None:
    """Lets pip install, held to the versions of `constraints`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "constraints.txt")
        lines = [f"{name}=={version}\n" for name, version in constraints.items()]
        path.write_text("".join(lines), encoding="utf-8")
        command = [sys.executable, "-m", "pip", "install", "--no-input"]
        command += ["--disable-pip-version-check", "--constraint", str(path), *wanted]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        # Requirements that do not go together stand among pip's notices, the rest among its errors.
        raise ColabError(_advice(f"{done.stdout}\n{done.stderr}", constraints))


def _advice(said: str, constraints: Mapping[str, str]) -> str:
    """Returns in one line what is in pip's way, and what to do."""
    reasons = _conflict(said)
    if not reasons:
        errors = [line for line in said.splitlines() if line.startswith("ERROR: ")]
        last = errors[0].removeprefix("ERROR: ") if errors else said.strip()[-300:]
        return f"pip failed ({last}). Run the cell again."
    in_way = re.findall(r"\(constraint\) ([\w.-]+)==", " ".join(reasons))
    held = " and ".join(dict.fromkeys(f"{name} {constraints[_normal(name)]}" for name in in_way))
    return (
        f"{held or 'A package'} of this machine is in the way of what this notebook needs "
        f"({'; '.join(reasons)}). Take another version in Runtime, Change runtime type, Runtime "
        f"version; or let it move: run %pip install --upgrade {' '.join(in_way)}, then "
        f"{_RESTART}."
    )


def _conflict(said: str) -> list[str]:
    """Returns the requirements that pip could not bring together, as it says them."""
    _, _, rest = said.partition("The conflict is caused by:\n")
    return [line.strip() for line in takewhile(str.strip, rest.splitlines())]


def _check_loaded(installed: Mapping[str, str]) -> None:
    """Raises where a package that is loaded has another version than the one installed."""
    for name, version in installed.items():
        module = sys.modules.get(name.replace("-", "_"))
        loaded = getattr(module, "__version__", version)
        if name in _SAME_IN_BOTH and loaded != version:
            raise ColabError(f"{name} {loaded} is loaded, and {version} is installed: {_RESTART}.")
