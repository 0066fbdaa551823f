"""Fine-tunings that diverge: stopped at the first loss, weight or check that is no number.

It knows models and figures; when they are looked at is the engines' business.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from adgen.support.finite import DivergedError, StepSettings, diverged, is_finite

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

# A training token may cost so many times what drawing every token alike would.
_WORST = 2
_USUAL_RATE = 3e-4


def check_loss(loss: Tensor, step: int, settings: StepSettings) -> None:
    """Raises where the loss of a batch is not finite.

    Args:
        loss: One number.
        step: Steps before this one.
        settings: The run's, for the message.

    Raises:
        DivergedError: It is not.
    """
    import torch

    if not torch.isfinite(loss).all():
        raise _error(f"the loss of step {step + 1:,} is {float(loss):g}", settings)


def check_model(model: Module, step: int, settings: StepSettings) -> None:
    """Raises where a weight is not finite, before a model is saved."""
    name = broken_weight(model)
    if name is not None:
        raise _error(f"after step {step:,} {name} holds numbers that are not finite", settings)


def broken_weight(model: Module) -> str | None:
    """Returns the name of the first weight that is not finite; None where all are."""
    import torch

    broken = (name for name, weight in model.named_parameters() if not torch.isfinite(weight).all())
    return next(broken, None)


def check_figures(
    bits_per_char: float,
    train_loss: float | None,
    *,
    vocab_size: int,
    step: int,
    settings: StepSettings,
) -> None:
    """Raises where a check's figures are no numbers, or tell of a model that knows nothing.

    Args:
        bits_per_char: Of the validation ads.
        train_loss: Mean of the last steps, nats a token; None where it was not measured.
        vocab_size: Tokens of the model.
        step: Steps so far.
        settings: The run's.
    """
    if not math.isfinite(bits_per_char):
        raise _error(
            f"after step {step:,} validation costs {bits_per_char} bits a character", settings
        )
    even = math.log(vocab_size)  # of drawing every token alike
    if train_loss is not None and not train_loss <= _WORST * even:
        raise _error(
            f"before step {step:,} training ads cost the model {train_loss:,.4g} nats a token, "
            f"where drawing all tokens alike costs {even:.3g}",
            settings,
        )


def check_final(figures: Mapping[str, object], settings: StepSettings) -> None:
    """Raises where a trained model's figures are not finite, before it is saved."""
    if not is_finite(figures):
        raise _error(f"the trained model's figures are {figures}", settings)


def are_numbers(log: Iterable[Mapping[str, object]]) -> bool:
    """Tells whether losses and checks of a training's log are finite.

    Norms of gradients are left out: in float16 they may be infinite, and the step is then not
    taken.
    """
    return all(is_finite([entry.get(name) for name in ("loss", "adgen", "valid")]) for entry in log)


def _error(what: str, settings: StepSettings) -> DivergedError:
    return diverged(what, settings, usual_rate=_USUAL_RATE)
