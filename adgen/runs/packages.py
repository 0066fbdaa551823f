"""Packages that a run needs, looked for before it reads ads.

Nothing is loaded: a missing package is known from its absence.
"""

from __future__ import annotations

import os
from importlib.util import find_spec

from adgen.support.extras import missing_package


def check_installed(what: str, *packages: str) -> None:
    """Raises where one of the packages is missing.

    Args:
        what: The beginning of the error, such as "Training".
        packages: Names of `adgen.support.extras.EXTRAS`.

    Raises:
        ImportError: One is missing; the message names its extra.
    """
    for package in packages:
        if find_spec(package) is None:
            raise missing_package(what, package)


def check_keras() -> None:
    """Raises unless Keras and its backend are installed: the one that is chosen, else any.

    Raises:
        ImportError: One is missing; the message names the extra.
    """
    check_installed("Training", "keras")
    chosen = os.environ.get("KERAS_BACKEND")
    if chosen in ("jax", "tensorflow"):
        check_installed("Training", chosen)
    elif find_spec("jax") is None:
        check_installed("Training", "tensorflow")
