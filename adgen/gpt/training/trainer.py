"""The Hugging Face Trainer, judged by bits per character of whole validation ads.

It knows batches and models; settings and checkpoints are `finetune`'s business.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypedDict, cast

from adgen.gpt.training.divergence import check_figures, check_loss, check_model
from adgen.gpt.training.rows import IGNORED, AdBatches
from adgen.support.finite import StepSettings

if TYPE_CHECKING:
    from accelerate import Accelerator
    from torch.nn import Module, Parameter
    from torch.optim import Optimizer
    from transformers import TrainerCallback, TrainerState

# Weights that take a share of each step, and that share.
SlowerWeights: TypeAlias = "tuple[Sequence[Parameter], float]"


class ValidFigures(TypedDict):
    """Describes figures of the validation ads."""

    bits_per_char: float


class HistoryEntry(TypedDict, total=False):
    """Describes a check of a training: its step, seconds of training so far, and validation.

    Of the Trainer's there are also the epoch and the mean loss of the last steps, nats a token.
    """

    step: int
    seconds: float
    valid: ValidFigures
    epoch: float | None
    train_loss: float | None


class _LogEntry(TypedDict, total=False):
    """Describes an entry of the Trainer's log: its own with a loss, or ours."""

    step: int
    loss: float
    adgen: HistoryEntry


class AdTrainer(Protocol):
    """Describes the parts of the Trainer that fine-tuning uses; `trainer_class` makes it."""

    slower: SlowerWeights
    settings: StepSettings
    accelerator: Accelerator
    state: TrainerState

    @property
    def model(self) -> Module | None:
        """Returns the model in training, with whatever it is wrapped in."""

    def train(self, resume_from_checkpoint: str | None = None) -> object:
        """Trains, from a checkpoint's folder on if one is given."""

    def add_callback(self, callback: TrainerCallback, /) -> None:
        """Calls this callback too."""


def validation_nats(model: Module, batches: AdBatches) -> float:
    """Sums -ln p of all targets of the batches, under a model that is in training."""
    import torch

    device = next(model.parameters()).device
    total = 0.0
    model.eval()
    with torch.no_grad():
        for number in range(len(batches)):
            batch = {name: tensor.to(device) for name, tensor in batches[number].items()}
            num_targets = int((batch["labels"][:, 1:] != IGNORED).sum())
            total += float(model(**batch).loss) * num_targets
    model.train()
    return total


def _slowed(optimizer: Optimizer, weights: Sequence[Parameter], share: float) -> Optimizer:
    """Moves the given weights into groups of their own, which take a share of each step."""
    chosen = {id(weight) for weight in weights}
    for group in list(optimizer.param_groups):
        moved = [weight for weight in group["params"] if id(weight) in chosen]
        if moved:
            group["params"] = [weight for weight in group["params"] if id(weight) not in chosen]
            optimizer.add_param_group({**group, "params": moved, "lr": share * group["lr"]})
    return optimizer


def _untied_alone(
    warn: Callable[[Any, Any], None],
) -> Any:  # a method, which mypy would call a function
    """Lets the Trainer warn of what a checkpoint lacks, but not of tied weights.

    They lie in the checkpoint under another name.
    """

    def warn_of_others(trainer: Any, load_result: Any) -> None:
        tied = getattr(trainer.model, "all_tied_weights_keys", {})
        missing = [key for key in load_result.missing_keys if key not in tied]
        warn(trainer, load_result._replace(missing_keys=missing))

    return warn_of_others


@cache
def trainer_class() -> Callable[..., AdTrainer]:
    """Returns the Trainer's subclass; transformers is imported when it is first needed."""
    from transformers import Trainer

    class BitsPerCharTrainer(Trainer):
        """Evaluates on `eval_dataset`, an `AdBatches`, and keeps a history of it."""

        slower: SlowerWeights = ((), 1.0)
        settings: StepSettings  # the run's; set before it is trained
        _issue_warnings_after_load = _untied_alone(Trainer._issue_warnings_after_load)

        def create_optimizer(self, *arguments: Any, **named: Any) -> Optimizer:
            """Makes the optimizer, the slower weights in groups of their own."""
            if self.optimizer is not None:
                return self.optimizer
            return _slowed(super().create_optimizer(*arguments, **named), *self.slower)

        def train(self, *arguments: Any, **named: Any) -> Any:
            """Trains with the clock running."""
            self._started = time.perf_counter()
            return super().train(*arguments, **named)

        def training_step(self, *arguments: Any, **named: Any) -> Any:
            """Learns from a batch; a loss that is no number ends the training."""
            loss = super().training_step(*arguments, **named)
            check_loss(loss, self.state.global_step, self.settings)
            return loss

        def evaluate(self, *arguments: object, **named: object) -> dict[str, float]:
            """Scores the validation ads, before a checkpoint is saved."""
            return _evaluated(self)

    return BitsPerCharTrainer


def _evaluated(trainer: Any) -> dict[str, float]:
    """Scores the validation ads, notes the figures and looks at them.

    Every process scores all of them.

    Raises:
        DivergedError: A weight or a figure is no number, or nothing was learned.
    """
    began = time.perf_counter()
    state, settings = trainer.state, trainer.settings
    check_model(trainer.model, state.global_step, settings)
    valid = cast(AdBatches, trainer.eval_dataset)
    with trainer.compute_loss_context_manager():  # in the precision of the training
        total = validation_nats(trainer.model, valid)  # -ln p, of all targets together
    bits = total / math.log(2) / valid.num_chars
    metrics = {"eval_bits_per_char": bits, "eval_loss": total / valid.num_targets}
    log = _log_of(state)
    earlier = history_of(state)
    losses = [entry["loss"] for entry in log if "loss" in entry]
    before = earlier[-1]["seconds"] if earlier else 0.0
    check: HistoryEntry = {
        "step": state.global_step,
        "epoch": state.epoch,
        "seconds": before + began - trainer._started,
        "train_loss": losses[-1] if losses else None,
        "valid": {"bits_per_char": bits},
    }
    vocab_size = int(trainer.accelerator.unwrap_model(trainer.model).config.vocab_size)
    check_figures(
        bits,
        check["train_loss"],
        vocab_size=vocab_size,
        step=state.global_step,
        settings=settings,
    )
    trainer.log(metrics)
    log.append({"adgen": check, "step": state.global_step})
    on_evaluate = trainer.callback_handler.on_evaluate
    trainer.control = on_evaluate(trainer.args, state, trainer.control, metrics)
    trainer._started = time.perf_counter()
    return metrics


def history_of(state: TrainerState) -> list[HistoryEntry]:
    """Returns the checks that a training has noted in the Trainer's log."""
    return [entry["adgen"] for entry in _log_of(state) if "adgen" in entry]


def _log_of(state: TrainerState) -> list[_LogEntry]:
    return cast(list[_LogEntry], state.log_history)
