"""Attention for training on short rows, in plain products.

torch's own kernel for CPUs works a row and a head at a time. Rows of ads have some forty tokens:
all heads of all rows together are then one product. The module knows tensors, not texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module
    from transformers import PreTrainedModel

NAME = "adgen_short_rows"
# Architectures whose attention is causal over the whole row, with nothing else to it.
_PLAIN = ("llama",)
# Above so many tokens a row, the scores of all heads no longer fit into the cache.
_LONGEST = 256


def use_short_attention(model: PreTrainedModel, longest: int) -> str | None:
    """Lets a model attend this way in training, where it can: on a CPU, in short rows.

    Rows must have their padding at the right, as `rows.AdBatches` gives them: then no token sees
    any, and a mask is not needed.

    Args:
        model: A causal language model of transformers.
        longest: Tokens of the longest row.

    Returns:
        The name of its former attention, for `use_attention`; None where nothing was changed.
    """
    is_on_cpu = next(model.parameters()).device.type == "cpu"
    if model.config.model_type not in _PLAIN or longest > _LONGEST or not is_on_cpu:
        return None
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, attend)
    before: str = model.config._attn_implementation
    model.set_attn_implementation(NAME)
    return before


def use_attention(model: PreTrainedModel, name: str | None) -> None:
    """Gives a model the attention of this name again; None leaves it as it is."""
    if name is not None:
        model.set_attn_implementation(name)


def attend(
    module: Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    scaling: float,
    dropout: float = 0.0,
    **unused: object,
) -> tuple[Tensor, None]:
    """Attends causally, as transformers asks its attention functions to.

    Args:
        module: The layer; whether it trains decides about dropout.
        query: (rows, heads, length, head width).
        key: (rows, groups, length, head width); each is shared by `heads / groups` heads.
        value: As `key`.
        attention_mask: Not read: the padding is at the right.
        scaling: What scores are multiplied by.
        dropout: Share of the attention weights dropped.
        **unused: What other attentions need.

    Returns:
        (rows, length, heads, head width), and None for the weights.
    """
    import torch

    rows, heads, length, width = query.shape
    groups = key.shape[1]
    # The heads of a group one below the other: (rows, groups, heads of a group * length, width).
    stacked = query.reshape(rows, groups, -1, width)
    scores = (stacked @ key.transpose(2, 3)).view(rows, heads, length, length).float()
    later = torch.full((length, length), -torch.inf, device=query.device).triu(1)
    weights = torch.add(later, scores, alpha=scaling).softmax(3).to(value.dtype)
    weights = torch.dropout(weights, dropout, module.training)
    mixed = weights.view(rows, groups, -1, length) @ value
    return mixed.view(rows, heads, length, width).transpose(1, 2), None
