"""Trainings that diverge: figures and weights that are no numbers any more, and what to change.

A figure that is not finite stays so, whatever is trained after it. So a training stops at the first
one and keeps what was saved before. The module knows numbers and the settings that help; it knows
no model.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Protocol


class DivergedError(ValueError):
    """A training has left the numbers; the message says where, and what to change."""


class StepSettings(Protocol):
    """Describes the settings that decide how far a step goes."""

    @property
    def learning_rate(self) -> float:
        """Returns the step size at its highest."""

    @property
    def clip_norm(self) -> float | None:
        """Returns the norm that gradients are scaled down to; None leaves them alone."""


def is_finite(value: object) -> bool:
    """Tells whether no number of a JSON value is infinite or not-a-number.

    Example:
        >>> is_finite({"loss": 2.5, "valid": [None]}), is_finite([1, float("nan")])
        (True, False)
    """
    if isinstance(value, Mapping):
        return all(map(is_finite, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(is_finite, value))
    return not isinstance(value, float) or math.isfinite(value)


def diverged(what: str, settings: StepSettings, *, usual_rate: float) -> DivergedError:
    """Makes the error of a training that diverged.

    Args:
        what: What is amiss, as a clause: "the loss of step 3 is nan".
        settings: Of the training.
        usual_rate: A learning rate that trains most models of this kind.
    """
    rate = min(usual_rate, settings.learning_rate / 10)
    clip = 1.0 if settings.clip_norm is None else settings.clip_norm / 10
    return DivergedError(
        f"The training diverged: {what}. It was stopped, and nothing that was good is changed. "
        f"Begin anew with restart=True and a lower learning_rate={rate:g} (it is "
        f"{settings.learning_rate:g}), or with clip_norm={clip:g} too."
    )


def of_diverged(path: object) -> DivergedError:
    """Makes the error of a checkpoint that holds a training which diverged."""
    return DivergedError(
        f"{path} holds a training that diverged: it has figures or weights that are no numbers. "
        "Begin anew with restart=True, and give a lower learning_rate."
    )
