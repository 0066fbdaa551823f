"""Cross-entropy in blocks, without ever holding all logits, and a model's forward pass with it.

Logits of 2,048 of GPT-2's tokens are 400 MB, their gradient as much again, and most of it is for
padding where ads are short. Here a few rows at a time are priced, their gradient is taken while the
logits are at hand, and padding is left out.
"""

from __future__ import annotations

from functools import cache
from types import MethodType
from typing import TYPE_CHECKING

from adgen.gpt.causal import output_layer
from adgen.gpt.training.autograd import Context

if TYPE_CHECKING:
    import torch
    from torch import Tensor
    from torch.nn import Module
    from transformers import PreTrainedModel
    from transformers.modeling_outputs import CausalLMOutput

# Logits that exist at once, in numbers: 64 MB in float32.
_BLOCK_NUMBERS = 1 << 24
# Of these, numbers that are priced at once, in float32: they stay in the cache.
_CACHED_NUMBERS = 1 << 21


def nats(hidden: Tensor, weight: Tensor, targets: Tensor) -> Tensor:
    """Sums -ln p(target) over all targets; differentiable in `hidden` and `weight`.

    Args:
        hidden: (targets, width), the input of the output layer.
        weight: (vocab, width), the output layer's, without a bias.
        targets: (targets,), token ids.

    Returns:
        A scalar, float32.
    """
    total: Tensor = _function().apply(hidden, weight, targets)
    return total


def use_blockwise_loss(model: PreTrainedModel) -> bool:
    """Lets a causal language model compute its loss this way, until `use_own_loss`.

    Its forward pass then takes `input_ids`, `attention_mask`, `labels` (-100 where there is nothing
    to learn) and `num_items_in_batch` (what to divide by, such as the targets of several batches;
    by default this batch's), and returns `loss` alone.

    Returns:
        False where the logits are more than a product of weights and hidden states: then nothing is
        changed.
    """
    head = output_layer(model)
    if head is None or getattr(head, "bias", None) is not None:
        return False
    model.forward = MethodType(_forward, model)
    return True


def use_own_loss(model: PreTrainedModel) -> None:
    """Undoes `use_blockwise_loss`."""
    model.__dict__.pop("forward", None)


def _forward(
    model: PreTrainedModel,
    input_ids: Tensor,
    attention_mask: Tensor | None = None,
    *,
    labels: Tensor,
    num_items_in_batch: Tensor | int | None = None,
    **unused: object,
) -> CausalLMOutput:
    """Runs the forward pass of a training; tensors are (batch, length)."""
    from transformers.modeling_outputs import CausalLMOutput

    body: Module = getattr(model, model.base_model_prefix)
    read = body(input_ids=input_ids, attention_mask=attention_mask, use_cache=False)
    hidden: Tensor = read.last_hidden_state  # (batch, length, width)
    weight: Tensor = model.get_output_embeddings().weight  # (vocab, width)
    targets = labels[:, 1:]  # (batch, length - 1)
    is_target = targets != -100
    total = nats(hidden[:, :-1][is_target], weight, targets[is_target])
    divisor = is_target.sum() if num_items_in_batch is None else num_items_in_batch
    return CausalLMOutput(loss=total / divisor)


def _priced(logits: Tensor, wanted: Tensor) -> Tensor:
    """Sums -ln p of targets, and puts the gradient of the sum in place of the logits.

    Args:
        logits: (block, vocab), overwritten.
        wanted: (block, 1), the targets' ids.

    Returns:
        A scalar, float32.
    """
    import torch

    total = logits.new_zeros((), dtype=torch.float32)
    size = max(1, _CACHED_NUMBERS // logits.shape[1])
    for part, own in zip(logits.split(size), wanted.split(size), strict=True):
        exact = part.float()  # (rows, vocab)
        probabilities = exact.softmax(1)
        # 1. -ln p = ln of the sum of all exp(logit) - logit of the target; the former is any logit
        # less ln of its probability, here the highest, which is never too small for a float.
        normaliser = exact.amax(1) - probabilities.amax(1).log()  # (rows,)
        total += (normaliser - exact.gather(1, own)[:, 0]).sum()
        # 2. The gradient by the logits is p, less 1 at the target.
        probabilities.scatter_add_(1, own, probabilities.new_full(own.shape, -1))
        part.copy_(probabilities)
    return total


@cache
def _function() -> type[torch.autograd.Function]:
    """Makes the autograd function; torch is imported when it is first needed."""
    import torch

    class Blockwise(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Context, hidden: Tensor, weight: Tensor, targets: Tensor) -> Tensor:
            total = hidden.new_zeros((), dtype=torch.float32)
            hidden_gradient = torch.zeros_like(hidden) if ctx.needs_input_grad[0] else None
            weight_gradient = torch.zeros_like(weight) if ctx.needs_input_grad[1] else None
            # In the precision of products, which autocast would cast to in every block anew.
            dtype = (hidden[:0] @ weight[:1].T).dtype
            low_hidden = hidden.to(dtype)
            low_weight = weight.to(dtype)
            size = max(1, _BLOCK_NUMBERS // len(weight))
            for start in range(0, len(targets), size):
                rows = low_hidden[start : start + size]  # (block, width)
                logits = rows @ low_weight.T  # (block, vocab)
                total += _priced(logits, targets[start : start + size, None])
                # From the logits' gradient to that of hidden states and weights.
                if hidden_gradient is not None:
                    hidden_gradient[start : start + size] = logits @ low_weight
                if weight_gradient is not None:
                    weight_gradient += logits.T @ rows
            ctx.save_for_backward(hidden_gradient, weight_gradient)
            return total

        @staticmethod
        def backward(ctx: Context, outer: Tensor) -> tuple[Tensor | None, ...]:
            gradients = (None if g is None else g * outer.to(g.dtype) for g in ctx.saved_tensors)
            return *gradients, None

    return Blockwise
