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


def check_alone(precision: Precision, exact: bool) -> None:
    """Raises a ValueError where a precision rounds what is to be the same everywhere."""
    if exact and precision != "float32":
        raise ValueError(
            f'precision="{precision}" rounds what exact=True computes exactly. Leave one out.'
        )


def check_packages() -> None:
    """Raises an ImportError, which names the command that installs it, where int8 lacks a package.

    Nothing is loaded.
    """
    check_installed("Writing in int8", *PACKAGES)
