"""Cross-entropy over GPT-2's 50,257 tokens without ever holding all logits, and a model's forward pass with it.

Logits of 2,048 tokens are 400 MB, their gradient as much again, and most of it is for padding where ads are short.
Here a few rows at a time are priced, their gradient is taken while the logits are at hand, and padding is left out.
"""

from __future__ import annotations

from types import MethodType
from typing import Any

# Logits that exist at once, in numbers: 64 MB.
_BLOCK_NUMBERS = 1 << 24


def nats(hidden: Any, weight: Any, targets: Any) -> Any:
    """Sum of -ln p(target) over all targets; differentiable in `hidden` and `weight`.

    Args:
        hidden: (targets, width) what the output layer multiplies.
        weight: (vocab, width) the output layer's, without a bias.
        targets: (targets,) token ids.

    Returns:
        A scalar, float32.
    """
    return _function().apply(hidden, weight, targets)


def use_blockwise_loss(model: Any) -> bool:
    """Let a causal language model compute its loss this way, until `use_own_loss`.

    Its forward pass then takes `input_ids`, `attention_mask`, `labels` (-100 where there is nothing to learn) and
    `num_items_in_batch` (what to divide by, such as the targets of several batches; by default this batch's), and
    returns `loss` alone.

    Returns:
        False where the logits are more than a product of weights and hidden states: then nothing is changed.
    """
    head, body = model.get_output_embeddings(), getattr(model, model.base_model_prefix, None)
    is_plain = model.config.model_type in ("gpt2", "gpt_neo") and getattr(head, "bias", None) is None
    if not is_plain or body is None:
        return False
    model.forward = MethodType(_forward, model)
    return True


def use_own_loss(model: Any) -> None:
    """Undo `use_blockwise_loss`."""
    model.__dict__.pop("forward", None)


def _forward(
    model: Any,
    input_ids: Any = None,
    attention_mask: Any = None,
    labels: Any = None,
    num_items_in_batch: Any = None,
    **unused: Any,
) -> Any:
    """The forward pass in training."""
    from transformers.modeling_outputs import CausalLMOutput

    body = getattr(model, model.base_model_prefix)
    hidden = body(input_ids=input_ids, attention_mask=attention_mask, use_cache=False).last_hidden_state
    targets = labels[:, 1:]
    is_target = targets != -100
    total = nats(hidden[:, :-1][is_target], model.get_output_embeddings().weight, targets[is_target])
    divisor = is_target.sum() if num_items_in_batch is None else num_items_in_batch
    return CausalLMOutput(loss=total / divisor)


def _function() -> Any:
    """The autograd function; torch is imported when it is first needed."""
    global _blockwise
    if _blockwise is None:
        _blockwise = _make_function()
    return _blockwise


_blockwise: Any = None


def _make_function() -> Any:
    import torch

    class Blockwise(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, hidden: Any, weight: Any, targets: Any) -> Any:
            total = hidden.new_zeros((), dtype=torch.float32)
            hidden_gradient = torch.zeros_like(hidden) if ctx.needs_input_grad[0] else None
            weight_gradient = torch.zeros_like(weight) if ctx.needs_input_grad[1] else None
            size = max(1, _BLOCK_NUMBERS // len(weight))
            for start in range(0, len(targets), size):
                rows, wanted = hidden[start : start + size], targets[start : start + size, None]
                logits = (rows @ weight.T).float()  # (rows, vocab)
                normaliser = logits.logsumexp(1, keepdim=True)
                total += (normaliser - logits.gather(1, wanted)).sum()
                if hidden_gradient is None and weight_gradient is None:
                    continue
                gradient = logits.sub_(normaliser).exp_()
                gradient.scatter_add_(1, wanted, torch.full_like(wanted, -1, dtype=gradient.dtype))
                gradient = gradient.to((rows @ weight[:1].T).dtype)  # what products are in, autocast or not
                if hidden_gradient is not None:
                    hidden_gradient[start : start + size] = gradient @ weight
                if weight_gradient is not None:
                    weight_gradient += gradient.T @ rows
            ctx.save_for_backward(hidden_gradient, weight_gradient)
            return total

        @staticmethod
        def backward(ctx: Any, outer: Any) -> Any:
            return *(None if g is None else g * outer.to(g.dtype) for g in ctx.saved_tensors), None

    return Blockwise
