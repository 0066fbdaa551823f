"""A model's layers in faster forms, for as long as it scores: the same numbers but for rounding.

On x86 processors weights are laid out once as oneDNN reads them, float32 as they are; torch alone
has MKL lay them out anew in every product. The activation of GPT-2 and GPT-Neo is one pass over its
numbers in place of the eight of transformers. The module knows layers, not texts.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, cast

from adgen.support.memory import available_bytes

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

# Laying out all weights takes as long as a few hundred tokens gain by it.
_FEWEST_TOKENS = 1024
# Rows of a product that oneDNN lays weights out for; others are as right, and hardly slower.
_USUAL_ROWS = 256
# Names in the feed-forward nets of GPT-2 and GPT-Neo: what widens the states, and what follows.
_EXPANDING, _ACTIVATION = "c_fc", "act"


@contextmanager
def fast_layers(model: Module, num_tokens: int) -> Iterator[None]:
    """Gives a model faster layers, and puts its own back.

    Args:
        model: A model of transformers in evaluation mode, under `torch.inference_mode` when it is
            called. Layers of other kinds are left alone.
        num_tokens: How many it will read. For few, and where memory has no room for a second copy
            of the weights, products stay as they are.
    """
    is_packed = num_tokens >= _FEWEST_TOKENS and _has_packing() and _has_room(model)
    replaced = []
    try:
        for parent in list(model.modules()):
            own = dict(parent.named_children())
            for name, faster in _faster(own, is_packed=is_packed).items():
                replaced.append((parent, name, own[name]))
                setattr(parent, name, faster)
        yield
    finally:
        for parent, name, child in replaced:
            setattr(parent, name, child)


def _has_packing() -> bool:
    """Tells whether torch has oneDNN's products with weights that are laid out."""
    import torch

    is_x86 = platform.machine().lower() in ("x86_64", "amd64")
    names = ("_reorder_linear_weight", "_linear_pointwise")
    has_all = all(hasattr(torch.ops.mkldnn, name) for name in names)
    return is_x86 and has_all and torch.backends.mkldnn.is_available()


def _has_room(model: Module) -> bool:
    """Tells whether a second copy of the weights takes at most half of the memory that is free."""
    room = available_bytes()
    num_bytes = sum(parameter.nbytes for parameter in model.parameters())
    return room is None or 2 * num_bytes <= room


def _faster(layers: Mapping[str, Module], *, is_packed: bool) -> dict[str, Module]:
    """Returns faster forms of some of a module's layers, by name."""
    from torch.nn import GELU, Identity
    from transformers.activations import NewGELUActivation

    faster: dict[str, Module] = {}
    for name, layer in layers.items():
        if type(layer) is NewGELUActivation:
            faster.setdefault(name, GELU("tanh"))
        elif is_packed and _is_product(layer):
            # The feed-forward net of GPT-2 and GPT-Neo: the product ends with the activation.
            is_both = name == _EXPANDING and type(layers.get(_ACTIVATION)) is NewGELUActivation
            faster[name] = _packed(layer, "gelu" if is_both else "none")
            if is_both:
                faster[_ACTIVATION] = Identity()
    return faster


def _is_product(layer: Module) -> bool:
    """Tells whether a layer is a `Linear`, or GPT-2's `Conv1D`, of float32 weights on the CPU."""
    import torch
    from transformers.pytorch_utils import Conv1D

    if type(layer) not in (torch.nn.Linear, Conv1D):
        return False
    weight = cast("Tensor", layer.weight)
    return weight.device.type == "cpu" and weight.dtype == torch.float32


def _packed(layer: Module, activation: str) -> Module:
    """Returns a layer that multiplies with laid-out weights.

    Args:
        layer: One for which `_is_product` is true.
        activation: What follows the product, as torch's operation for oneDNN names it.
    """
    from transformers.pytorch_utils import Conv1D

    weight = cast("Tensor", layer.weight).detach()
    rows = weight.T.contiguous() if type(layer) is Conv1D else weight  # (outputs, inputs)
    made: Module = _packed_linear()(layer, rows, activation)
    return made


@cache
def _packed_linear() -> type[Module]:
    """Makes the layer's class; torch is imported when it is first needed."""
    import torch

    class PackedLinear(torch.nn.Module):
        def __init__(self, layer: Module, rows: Tensor, activation: str) -> None:
            super().__init__()
            self.weight, self.bias = layer.weight, layer.bias  # for those who ask a layer
            self._activation = activation
            with torch.inference_mode():
                self._laid_out = torch.ops.mkldnn._reorder_linear_weight(rows, _USUAL_ROWS)

        def forward(self, inputs: Tensor) -> Tensor:
            """Returns (..., outputs) of inputs (..., inputs)."""
            form = "tanh" if self._activation == "gelu" else ""
            outputs: Tensor = torch.ops.mkldnn._linear_pointwise(
                inputs.contiguous(), self._laid_out, self.bias, self._activation, [], form
            )
            return outputs

    return PackedLinear
