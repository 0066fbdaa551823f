"""The memory that a training step needs, predicted from a model's shape.

The parts are weights, their gradients, Adam's two moments, activations that wait for the backward
pass, the output layer's blocks, and what Python and torch need before there is a model. The module
knows shapes, not texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adgen.gpt.training.settings import SCRATCH, FinetuneConfig
from adgen.support import memory
from adgen.support.extras import needs_extra

if TYPE_CHECKING:
    from transformers import PretrainedConfig

# Numbers kept for the backward pass for every token and layer: so many times the width, and so many
# for every head and token of the row. Counted with torch's saved-tensor hooks on small GPT-2 and
# GPT-Neo models; GPT-2 is the larger.
_PER_WIDTH = 31
_PER_HEAD = 3
# Python with torch and transformers, before there is a model; and what the allocator does not give
# back, of the rest.
_FRAMEWORK_BYTES = 0.7e9
_SPARE = 1.1
# mallopt's number for the size from which memory comes from the system and goes back to it, and
# that size.
_M_MMAP_THRESHOLD = -3
_MMAP_BYTES = 1 << 20
# What a step that fits may take of the device.
_FILL = 0.9
_UNKNOWN = 1 << 62  # where the system does not tell, all is tried


@dataclass(frozen=True)
class Shape:
    """Holds the numbers of a model that its memory depends on.

    Attributes:
        num_weights: Learned numbers of the model.
        num_layers: Blocks.
        width: Numbers of a hidden state.
        num_heads: Attention heads.
        vocab_size: Tokens.
    """

    num_weights: int
    num_layers: int
    width: int
    num_heads: int
    vocab_size: int

    @classmethod
    def of(cls, config: PretrainedConfig) -> Shape:
        """Reads a transformers configuration; counts its weights without making them."""
        with needs_extra("A GPT model"):
            import torch
            from transformers import AutoModelForCausalLM
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(config)
        return cls(
            num_weights=sum(parameter.numel() for parameter in model.parameters()),
            num_layers=int(config.num_hidden_layers),
            width=int(config.hidden_size),
            num_heads=int(config.num_attention_heads),
            vocab_size=int(config.vocab_size),
        )


def predict_bytes(shape: Shape, config: FinetuneConfig) -> dict[str, int]:
    """Predicts the bytes of a training step, by part, and in all (`total`).

    Args:
        shape: The model's.
        config: Settings; rows are taken to be `max_tokens` long or a batch's share, which is the
            worst case.
    """
    trained = shape.num_weights
    weight_bytes = 4
    if config.lora_rank:
        # Beside all linear layers: four of the attention, and those to and from four times the
        # width. The frozen weights are kept once more in the precision of the products, or twice
        # in 8 bits.
        trained = 18 * config.lora_rank * shape.width * shape.num_layers
        weight_bytes += 0 if config.precision == "float32" else 2
    head_numbers = shape.vocab_size * shape.width if not config.lora_rank else 0
    row_tokens = min(config.max_tokens, config.batch_tokens)
    layers = 1 if config.gradient_checkpointing else shape.num_layers
    per_token = layers * (_PER_WIDTH * shape.width + _PER_HEAD * shape.num_heads * row_tokens)
    if config.gradient_checkpointing:
        per_token += shape.num_layers * shape.width
    parts = {
        "weights": weight_bytes * shape.num_weights,
        "gradients": 4 * trained,
        "moments": 8 * trained,
        "activations": 4 * config.batch_tokens * per_token,
        "output layer": 4 * (head_numbers + 2 * (1 << 24)),
    }
    parts = {name: int(number) for name, number in parts.items()}
    return parts | {"total": int(_SPARE * sum(parts.values()) + _FRAMEWORK_BYTES)}


def give_memory_back() -> None:
    """Lets freed tensors go back to the system at once, where the C library is glibc.

    Left alone, glibc learns from freed blocks to keep the next ones up to 32 MB, and what a step
    frees in another order than it was taken in stays in holes: with activations computed twice, as
    much again as the weights. Steps take longer for it, so this is for trainings that have to save
    memory.
    """
    import ctypes

    with suppress(AttributeError, OSError, TypeError):  # other C libraries; Windows
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _MMAP_BYTES)


def available_bytes() -> tuple[int, str]:
    """Returns the bytes that training may use, and whose: the first GPU's, else this machine's."""
    import torch

    if torch.cuda.is_available():
        free, _ = torch.cuda.mem_get_info()
        return int(free), torch.cuda.get_device_name()
    room = memory.available_bytes()
    return _UNKNOWN if room is None else room, "this machine"


def fit(config: FinetuneConfig, shape: Shape, room: int) -> tuple[FinetuneConfig, list[str]]:
    """Chooses settings that fit into memory and learn the same.

    Batches become smaller, and activations are computed twice.

    Args:
        config: What is wished for.
        shape: The model's.
        room: Bytes.

    Returns:
        The settings, and what was changed, in words.

    Raises:
        ValueError: Nothing that learns the same fits; the message says what would.
    """
    notes: list[str] = []
    for twice in (config.gradient_checkpointing, True):
        changed = replace(config, gradient_checkpointing=twice)
        while changed.batch_tokens >= 2 * config.max_tokens and not _fits(changed, shape, room):
            changed = replace(
                changed,
                batch_tokens=changed.batch_tokens // 2,
                accumulation=changed.accumulation * 2,
            )
        if _fits(changed, shape, room):
            if twice and not config.gradient_checkpointing:
                notes.append("activations are computed twice (gradient checkpointing)")
            if changed.accumulation != config.accumulation:
                num_batches = changed.accumulation
                notes.append(
                    f"batches of {changed.batch_tokens:,} tokens, {num_batches} of them a step"
                )
            return changed, notes
    raise ValueError(_does_not_fit(config, shape, room))


def _fits(config: FinetuneConfig, shape: Shape, room: int) -> bool:
    return predict_bytes(shape, config)["total"] <= _FILL * room


def _does_not_fit(config: FinetuneConfig, shape: Shape, room: int) -> str:
    """Says by how much too large the model is, and what would fit."""
    smallest = replace(config, gradient_checkpointing=True, batch_tokens=2 * config.max_tokens)
    need = predict_bytes(shape, smallest)["total"]
    there = f"there are {room / 1e9:.1f} GB"
    whose = "The new model" if config.base == SCRATCH else config.base
    message = f"{whose} needs {need / 1e9:.1f} GB even with small batches; {there}."
    if config.base == SCRATCH:
        return f"{message} Give fewer num_layers or a smaller width."
    lora = replace(smallest, lora_rank=config.lora_rank or 16)
    if not config.lora_rank and _fits(lora, shape, room):
        need = predict_bytes(shape, lora)["total"]
        return f"{message} With --lora-rank 16 it needs {need / 1e9:.1f} GB."
    return f"{message} Choose a smaller model or a machine with more memory."


def describe(config: FinetuneConfig, shape: Shape, notes: list[str], room: int, where: str) -> str:
    """Puts the prediction into words."""
    parts: Mapping[str, int] = predict_bytes(shape, config)
    shown = ", ".join(f"{name} {size / 1e9:.2f}" for name, size in parts.items() if name != "total")
    free = f"{where} has {room / 1e9:.1f} GB free"
    lines = [
        f"{config.base}: {shape.num_weights / 1e6:,.0f} M weights, "
        + (f"LoRA of rank {config.lora_rank}" if config.lora_rank else "all of them trained"),
        f"A step needs about {parts['total'] / 1e9:.1f} GB ({shown}); {free}.",
    ]
    if notes:
        lines.append(f"To fit: {'; '.join(notes)}. What is learned stays the same.")
    return "\n".join(lines)
