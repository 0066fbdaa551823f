"""The Hugging Face Trainer with one change: it is judged by bits per character of whole validation ads."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from functools import cache
from typing import Any


def validation_nats(model: Any, batches: Any) -> float:
    """Sum of -ln p of all targets of an `AdBatches`, under a model that is in training."""
    import torch

    device, total = next(model.parameters()).device, 0.0
    model.eval()
    with torch.no_grad():
        for number in range(len(batches)):
            batch = {name: tensor.to(device) for name, tensor in batches[number].items()}
            num_targets = int((batch["labels"][:, 1:] != -100).sum())
            total += float(model(**batch).loss) * num_targets
    model.train()
    return total


def _slowed(optimizer: Any, weights: Sequence[Any], share: float) -> Any:
    """An optimizer whose given weights take a share of each step, in groups of their own."""
    chosen = {id(weight) for weight in weights}
    for group in list(optimizer.param_groups):
        moved = [weight for weight in group["params"] if id(weight) in chosen]
        if moved:
            group["params"] = [weight for weight in group["params"] if id(weight) not in chosen]
            optimizer.add_param_group({**group, "params": moved, "lr": share * group["lr"]})
    return optimizer


@cache
def trainer_class() -> Any:
    """The class; transformers is imported when it is first needed."""
    from transformers import Trainer

    class AdTrainer(Trainer):
        """Evaluates on `eval_dataset`, an `AdBatches`, and keeps a history of it."""

        slower: tuple[Sequence[Any], float] = ((), 1.0)  # weights that take a share of each step

        def create_optimizer(self, *arguments: Any, **named: Any) -> Any:
            """As `Trainer.create_optimizer`, the slower weights in groups of their own."""
            if self.optimizer is not None:
                return self.optimizer
            return _slowed(super().create_optimizer(*arguments, **named), *self.slower)

        def train(self, *arguments: Any, **named: Any) -> Any:
            """As `Trainer.train`, the clock running."""
            self._started = time.perf_counter()
            return super().train(*arguments, **named)

        def evaluate(self, *arguments: Any, **named: Any) -> dict[str, float]:
            """Score the validation ads; every process scores all of them."""
            began = time.perf_counter()
            total = self._valid_nats()
            valid: Any = self.eval_dataset
            bits = total / math.log(2) / valid.num_chars
            metrics = {"eval_bits_per_char": bits, "eval_loss": total / valid.num_targets}
            log: list[Any] = self.state.log_history
            earlier = [entry["adgen"] for entry in log if "adgen" in entry]
            losses = [entry["loss"] for entry in log if "loss" in entry]
            before = earlier[-1]["seconds"] if earlier else 0.0
            entry = {
                "step": self.state.global_step,
                "epoch": self.state.epoch,
                "seconds": before + began - self._started,
                "train_loss": losses[-1] if losses else None,
                "valid": {"bits_per_char": bits},
            }
            self.log(metrics)
            log.append({"adgen": entry, "step": self.state.global_step})
            self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
            self._started = time.perf_counter()
            return metrics

        def _valid_nats(self) -> float:
            """Sum of -ln p of all validation targets."""
            with self.compute_loss_context_manager():
                return validation_nats(self.model, self.eval_dataset)

    return AdTrainer
