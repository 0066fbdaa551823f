"""LoRA: small matrices beside frozen weights, trained in their place and merged at last.

PEFT places, keeps and merges them; the product of a layer and its gradient are adgen's, since those
of PEFT read every activation twice. The module knows settings and models, not texts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

from adgen.gpt.training.autograd import Context
from adgen.gpt.training.int8 import SharedInputs, check_int8, use_int8
from adgen.gpt.training.settings import FinetuneConfig
from adgen.support.extras import needs_extra

if TYPE_CHECKING:
    import torch
    from peft import PeftMixedModel, PeftModel
    from torch import Tensor
    from torch.nn import Module
    from transformers import PreTrainedModel

# A model as it is trained: itself, or PEFT's wrapping of it.
TrainedModel: TypeAlias = "PreTrainedModel | PeftModel | PeftMixedModel"
_ADAPTER = "default"  # PEFT's name of an only adapter


def add_lora(model: PreTrainedModel, config: FinetuneConfig) -> PeftModel | PeftMixedModel:
    """Freezes a model and puts LoRA matrices beside all its linear layers but the output layer.

    Never beside the output layer: where its weights are the embedding's too, merging would change
    the embedding.

    Raises:
        ValueError: The model has no linear layer that PEFT knows, or precision is "int8" and
            `check_int8` refuses it.
        ImportError: The extra `gpt` is missing.

    Source:
        Hu et al. (2021), "LoRA: Low-rank adaptation of large language models"; Biderman et al.
        (2024), "LoRA learns less and forgets less", for all layers.
    """
    with needs_extra("LoRA"):
        import torch
        from peft import LoraConfig, get_peft_model
    if config.precision == "int8":
        check_int8(model.config.model_type)
    settings = LoraConfig(
        r=config.lora_rank,
        lora_alpha=config.lora_alpha,
        lora_dropout=config.lora_dropout,
        target_modules="all-linear",
        fan_in_fan_out=model.config.model_type == "gpt2",  # it keeps its kernels transposed
        task_type="CAUSAL_LM",
    )
    if config.gradient_checkpointing:
        model.enable_input_require_grads()
    torch.manual_seed(config.seed)  # the matrices are drawn before the Trainer sets its seed
    trained = get_peft_model(model, settings)
    if not config.lora_dropout:
        _use_one_product(trained, config)
    return trained


def merge_lora(model: Module) -> PreTrainedModel:
    """Adds the LoRA matrices to the weights; returns the plain model, or any other as it is."""
    merge: Callable[[], PreTrainedModel] | None = getattr(model, "merge_and_unload", None)
    return cast("PreTrainedModel", model) if merge is None else merge()


def _use_one_product(model: Module, config: FinetuneConfig) -> None:
    """Lets the layers with LoRA matrices multiply once instead of three times, or in 8 bits."""
    import torch

    shared = SharedInputs()
    for layer in model.modules():
        base = getattr(layer, "base_layer", None)
        if isinstance(base, torch.nn.Linear) and _ADAPTER in getattr(layer, "lora_A", ()):
            if config.precision == "int8":
                use_int8(layer, shared, _ADAPTER)
            else:
                layer.forward = partial(_forward, layer)


def _forward(layer: Any, inputs: Tensor) -> Tensor:
    """Runs a linear layer with LoRA matrices, in the precision of the training."""
    import torch

    base = layer.base_layer
    device = inputs.device.type
    lowered = torch.is_autocast_enabled(device)
    dtype = torch.get_autocast_dtype(device) if lowered else inputs.dtype
    frozen: Tensor | None = getattr(layer, "adgen_frozen", None)
    if frozen is None or frozen.dtype != dtype or frozen.device != inputs.device:
        # Autocast would cast frozen weights anew in every step.
        frozen = layer.adgen_frozen = base.weight.detach().to(dtype)
    down, up = layer.lora_A[_ADAPTER].weight, layer.lora_B[_ADAPTER].weight
    product: Tensor = _function().apply(inputs.to(dtype), frozen, down, up, layer.scaling[_ADAPTER])
    return product if base.bias is None else product + base.bias


class _Context(Context, Protocol):
    """Holds what this function keeps besides."""

    shape: torch.Size
    scaling: float


@cache
def _function() -> type[torch.autograd.Function]:
    """Makes the autograd function; torch is imported when it is first needed."""
    import torch

    class LoraProduct(torch.autograd.Function):
        """Multiplies by W + scaling * up @ down, added up first: it is small beside activations.

        The gradient of W is never taken, only that of the two matrices, through their rank.
        """

        @staticmethod
        def forward(
            ctx: _Context, inputs: Tensor, frozen: Tensor, down: Tensor, up: Tensor, scaling: float
        ) -> Tensor:
            rows = inputs.reshape(-1, inputs.shape[-1])  # (tokens, in)
            low_down = down.to(inputs.dtype)  # (rank, in)
            low_up = (scaling * up).to(inputs.dtype)  # (out, rank)
            weight = torch.addmm(frozen, low_up, low_down)  # (out, in)
            ctx.save_for_backward(rows, weight, low_down, low_up)
            ctx.shape, ctx.scaling = inputs.shape, scaling
            return (rows @ weight.T).view(*inputs.shape[:-1], -1)

        @staticmethod
        def backward(ctx: _Context, outer: Tensor) -> tuple[Tensor | None, ...]:
            rows, weight, low_down, low_up = ctx.saved_tensors
            outer = outer.reshape(-1, outer.shape[-1])  # (tokens, out)
            of_inputs = (outer @ weight).view(ctx.shape) if ctx.needs_input_grad[0] else None
            of_down = (outer @ low_up).T @ rows  # (rank, in)
            of_up = outer.T @ (rows @ low_down.T)  # (out, rank)
            return of_inputs, None, of_down.float(), ctx.scaling * of_up.float(), None

    return LoraProduct
