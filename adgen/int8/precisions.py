"""What can be multiplied in, checked; loads nothing."""

from __future__ import annotations

from typing import Literal, TypeAlias

from adgen.support.extras import check_installed

Precision: TypeAlias = Literal["float32", "int8"]
PRECISIONS = ("float32", "int8")
PACKAGES = ("onnx", "onnxruntime")


def check_precision(precision: str, choices: tuple[str, ...] = PRECISIONS) -> None:
    """Raises a ValueError where there is no such precision."""
    if precision not in choices:
        raise ValueError(
            f"precision is {precision!r}; expected one of {', '.join(choices)}. Give one."
        )


def check_packages() -> None:
    """Raises an ImportError, which names the command that installs it, where int8 lacks a package.

    Nothing is loaded.
    """
    check_installed("Writing in int8", *PACKAGES)
