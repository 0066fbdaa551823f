"""LoRA's products with frozen weights in 8 bits, on CPUs that multiply whole numbers fastest.

Rows of inputs and of gradients are rounded as they come, each by its own largest number, so that a
row of large numbers (Llama models have them in first tokens) spoils no other. LoRA's matrices are
never rounded: their products are bfloat16. The module knows layers, not texts.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from adgen.gpt.training.autograd import Context

if TYPE_CHECKING:
    import torch
    from torch import Tensor

# Names by which torch says that a CPU multiplies in bfloat16, of x86 and of ARM; and 8 bits.
BFLOAT16_FEATURES = ("avx512_bf16", "amx_bf16", "bf16")
_INT8_FEATURES = ("avx512_vnni", "amx_int8")
# The largest whole number. One less than 8 bits hold, since a quotient in bfloat16 may come out
# half a number too large.
_LARGEST = 126


def cpu_features() -> dict[str, bool]:
    """Returns what torch says of the processor; nothing where torch is older than 2.10."""
    import torch

    ask = getattr(torch.cpu, "get_capabilities", None)
    return ask() if ask else {}


def check_int8(architecture: str) -> None:
    """Raises where products in 8 bits gain nothing.

    Args:
        architecture: The model's, as in its configuration.

    Raises:
        ValueError: There is a GPU, or a CPU without the instructions; or the model is a GPT-2,
            which keeps its weights the other way round.
    """
    import torch

    if architecture == "gpt2":
        raise ValueError(
            'precision is "int8", which GPT-2 has no layers for. Give precision "auto", or another '
            "base."
        )
    features = cpu_features()
    wanted = (_INT8_FEATURES, BFLOAT16_FEATURES)
    has_both = all(any(features.get(name) for name in names) for names in wanted)
    if torch.cuda.is_available() or not has_both:
        raise ValueError(
            'precision is "int8", which is for CPUs with AVX-512 VNNI and BF16, or AMX; training '
            'runs on none here. Give precision "auto".'
        )


class _Rows(NamedTuple):
    """Holds numbers as whole ones, row by row.

    Attributes:
        whole: (rows, width), int8.
        scales: (rows, 1), float32: what the whole numbers of a row are multiplied by.
    """

    whole: Tensor
    scales: Tensor


class _FrozenWeight(NamedTuple):
    """Holds a frozen weight as whole numbers with a scale for each output.

    Attributes:
        by_input: (in, out), int8, for the product with inputs.
        by_output: (out, in), int8, the same, for the product with gradients.
        scales: (out,), float32.
    """

    by_input: Tensor
    by_output: Tensor
    scales: Tensor

    @classmethod
    def of(cls, weight: Tensor) -> _FrozenWeight:
        """Rounds a weight, (out, in)."""
        rows = rounded(weight.float())
        return cls(rows.whole.T.contiguous(), rows.whole, rows.scales[:, 0])


def rounded(values: Tensor) -> _Rows:
    """Rounds each row, (rows, width), by its own largest number."""
    import torch

    largest = values.abs().amax(1, keepdim=True).float()
    smallest = torch.finfo(torch.float32).smallest_normal * _LARGEST  # a row of zeros has none
    factors = (_LARGEST / largest.clamp_min(smallest)).to(values.dtype)  # (rows, 1)
    whole = (values * factors).round_().to(torch.int8)
    return _Rows(whole, factors.float().reciprocal_())


class SharedInputs:
    """Prepares inputs once for all layers that read them, such as queries, keys and values."""

    def __init__(self) -> None:
        self._inputs: Tensor | None = None
        self._prepared: tuple[Tensor, _Rows] | None = None

    def prepared(self, inputs: Tensor) -> tuple[Tensor, _Rows]:
        """Returns inputs, (..., in), as rows in bfloat16 and as whole numbers."""
        import torch

        if self._prepared is None or inputs is not self._inputs:
            rows = inputs.reshape(-1, inputs.shape[-1])
            self._prepared = (rows.to(torch.bfloat16), rounded(rows.detach()))
            self._inputs = inputs
        return self._prepared


def use_int8(layer: Any, shared: SharedInputs, adapter: str) -> None:
    """Lets a linear layer with LoRA matrices multiply its frozen weight in 8 bits."""
    frozen = _FrozenWeight.of(layer.base_layer.weight.detach())
    layer.forward = partial(_forward, layer, frozen, shared, adapter)


def _forward(
    layer: Any, frozen: _FrozenWeight, shared: SharedInputs, adapter: str, inputs: Tensor
) -> Tensor:
    """Runs a linear layer with LoRA matrices."""
    import torch

    rows, whole = shared.prepared(inputs)
    down, up = layer.lora_A[adapter].weight, layer.lora_B[adapter].weight
    product: Tensor = _function().apply(rows, down, up, whole, frozen, layer.scaling[adapter])
    product = product.view(*inputs.shape[:-1], -1)
    if not torch.is_autocast_enabled(inputs.device.type):
        product = product.to(inputs.dtype)  # as the model around it expects
    bias = layer.base_layer.bias
    return product if bias is None else product + bias


def _product(rows: _Rows, weight: Tensor) -> Tensor:
    """Multiplies (rows, k) by (k, n), which have scales of their own; float32."""
    import torch

    return torch._int_mm(rows.whole, weight).float().mul_(rows.scales)


class _Context(Context, Protocol):
    """Holds what this function keeps besides."""

    frozen: _FrozenWeight
    scaling: float


@cache
def _function() -> type[torch.autograd.Function]:
    """Makes the autograd function; torch is imported when it is first needed."""
    import torch

    class Int8LoraProduct(torch.autograd.Function):
        """Multiplies by the frozen weight in 8 bits, and adds scaling * up @ down.

        The gradient of the frozen weight is never taken, only that of the two matrices.
        """

        @staticmethod
        def forward(
            ctx: _Context,
            rows: Tensor,
            down: Tensor,
            up: Tensor,
            whole: _Rows,
            frozen: _FrozenWeight,
            scaling: float,
        ) -> Tensor:
            low_down = down.to(rows.dtype)  # (rank, in)
            low_up = (scaling * up).to(rows.dtype)  # (out, rank)
            product = _product(whole, frozen.by_input).mul_(frozen.scales).to(rows.dtype)
            inner = rows @ low_down.T  # (tokens, rank)
            ctx.save_for_backward(rows, inner, low_down, low_up)
            ctx.frozen, ctx.scaling = frozen, scaling
            return product.addmm_(inner, low_up.T)  # (tokens, out)

        @staticmethod
        def backward(ctx: _Context, outer: Tensor) -> tuple[Tensor | None, ...]:
            rows, inner, low_down, low_up = ctx.saved_tensors
            of_inner = outer @ low_up  # (tokens, rank)
            of_inputs = None
            if ctx.needs_input_grad[0]:
                # With the scales of the outputs, of which each is its own, the rest is whole.
                scaled = rounded(outer * ctx.frozen.scales.to(outer.dtype))
                of_inputs = _product(scaled, ctx.frozen.by_output).to(rows.dtype)
                of_inputs.addmm_(of_inner, low_down)
            of_down = of_inner.T @ rows  # (rank, in)
            of_up = ctx.scaling * (outer.T @ inner).float()  # (out, rank)
            return of_inputs, of_down.float(), of_up, None, None, None

    return Int8LoraProduct
