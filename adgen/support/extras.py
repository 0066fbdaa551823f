"""Says which extra brings a package that is not part of the core, and how it is installed.

Where one is missing, the error names the command that installs it here: `support.installing` knows
it. The module imports none of these packages.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from adgen.support.quieting import start_up_lines_held_back

EXTRAS = {
    "accelerate": "gpt",
    "aitextgen": "aitextgen",
    "gguf": "gpt",
    "gradio": "demo",
    "h5py": "lstm",
    "jax": "lstm,jax",
    "kagglehub": "kaggle",
    "keras": "lstm",
    "matplotlib": "report",
    "onnx": "writer",
    "onnxruntime": "writer",
    "peft": "gpt",
    "pytorch_lightning": "aitextgen",
    "ray": "scale",
    "rensa": "corpus",
    "requests": "aitextgen",
    "tensorflow": "lstm",
    "torch": "gpt",
    "transformers": "gpt",
}


def missing_package(what: str, package: str) -> ImportError:
    """Returns the error of what needs a package that is not installed."""
    from adgen.support.installing import install_command  # takes a while to load

    command = install_command(EXTRAS[package], package)
    return ImportError(f"{what} needs {package}. Install it: {command}")


def check_installed(what: str, *packages: str) -> None:
    """Raises where one of the packages is missing; nothing is loaded.

    Args:
        what: The beginning of the error, such as "Training".
        packages: Names of `EXTRAS`.

    Raises:
        ImportError: One is missing; the message names the command that installs it.
    """
    for package in packages:
        if find_spec(package) is None:
            raise missing_package(what, package)


def check_extras(what: str, *extras: str) -> None:
    """Raises where a package of some extras is missing; nothing is loaded.

    Args:
        what: The beginning of the error, such as "This notebook".
        *extras: Names of extras, such as "lstm".

    Raises:
        ImportError: One is missing; the message names the command that installs it.
        ValueError: There is no such extra.
    """
    of_extra: dict[str, list[str]] = {}
    for package, names in EXTRAS.items():
        of_extra.setdefault(names.rpartition(",")[2], []).append(package)
    for extra in extras:
        if extra not in of_extra:
            raise ValueError(f"extra is {extra!r}; expected one of {', '.join(sorted(of_extra))}.")
        check_installed(what, *of_extra[extra])


def check_engine(engine: str) -> None:
    """Raises unless what trains an LSTM is installed: torch, or Keras and a backend.

    Args:
        engine: "torch"; or "keras", whose backend is the one that is chosen, else any.

    Raises:
        ImportError: One is missing; the message names the command that installs it.
    """
    if engine == "torch":
        if find_spec("torch") is None:
            error = missing_package('Training with engine "torch"', "torch")
            raise ImportError(f'{error}. Or give engine "keras".')
        return
    check_installed("Training", "keras")
    chosen = os.environ.get("KERAS_BACKEND")
    if chosen in ("jax", "tensorflow"):
        check_installed("Training", chosen)
    elif find_spec("jax") is None:
        check_installed("Training", "tensorflow")


def make_torch_loadable() -> None:
    """Hides triton from torch where TensorFlow is loaded already; call it before torch is loaded.

    Both carry LLVM, whose second copy to be loaded ends the process when it is triton's ("Option
    registered more than once"). torch needs triton for `torch.compile` alone, which adgen does not
    use.
    """
    if "tensorflow" in sys.modules:
        sys.modules.setdefault("triton", None)  # type: ignore[arg-type]


@contextmanager
def needs_extra(what: str) -> Iterator[None]:
    """Turns the error of a missing package, in the imports it stands around, into an instruction.

    TensorFlow's start-up lines are held back.

    Args:
        what: The beginning of the sentence, such as "Training".

    Raises:
        ImportError: A package is missing; the message names its extra, if it has one.

    Example:
        >>> with needs_extra("Drawing"):
        ...     import matplotlib
    """
    try:
        with start_up_lines_held_back():
            yield
    except ImportError as error:
        if error.name not in EXTRAS:
            raise
        raise missing_package(what, error.name) from None
