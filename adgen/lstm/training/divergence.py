"""Trainings of LSTMs that diverge: stopped at the first loss, weight or figure that is no number.

It knows what to look at; when is the trainer's business.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from adgen.lstm.training.settings import TrainingConfig
from adgen.support.finite import DivergedError, diverged, is_finite

# A training ad may cost so many times what drawing every token alike would: more is no model of it.
_WORST = 2
_USUAL_RATE = 0.01


def check_running(step: int, figures: Mapping[str, float], config: TrainingConfig) -> None:
    """Raises where running figures are not finite.

    Args:
        step: Steps of this part so far.
        figures: By name.
        config: The run's settings, for the message.

    Raises:
        DivergedError: The message names the first one.
    """
    for name, value in figures.items():
        if not math.isfinite(value):
            raise _error(f"after step {step:,} of this part {name} is {value}", config)


def check_weights(weights: Mapping[str, np.ndarray], epoch: float, config: TrainingConfig) -> None:
    """Raises where weights are not finite.

    Raises:
        DivergedError: The message names the first ones.
    """
    for name, array in weights.items():
        if not np.isfinite(array).all():
            raise _error(f"after epoch {epoch:g} {name} holds numbers that are not finite", config)


def check_figures(figures: Mapping[str, Any], epoch: float, config: TrainingConfig) -> None:
    """Raises where figures of some ads are not finite."""
    for name, value in figures.items():
        if not is_finite(value):
            raise _error(f"after epoch {epoch:g} {name} is {value}", config)


def check_cost(cross_entropy: float, vocab_size: int, epoch: float, config: TrainingConfig) -> None:
    """Raises where training ads cost far more than they would a model that knows nothing.

    Args:
        cross_entropy: Of training ads, nats a token.
        vocab_size: Tokens.
        epoch: Passes so far.
        config: The run's settings.
    """
    even = math.log(vocab_size)  # of drawing every token alike
    if cross_entropy > _WORST * even:
        raise _error(
            f"after epoch {epoch:g} its own training ads cost the model {cross_entropy:,.4g} nats "
            f"a token, where drawing all tokens alike costs {even:.3g}",
            config,
        )


def _error(what: str, config: TrainingConfig) -> DivergedError:
    return diverged(what, config, usual_rate=_USUAL_RATE)
