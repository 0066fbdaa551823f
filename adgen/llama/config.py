"""What config.json says of a Llama model, checked: sizes, and nothing of another kind in it.

A setting that this code does not carry out, such as scaled positions, is refused; no model is
computed otherwise than it was trained. It knows names of entries, no weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adgen.support.json_files import read_json_dict
from adgen.support.ranges import SIZES, VOCABULARIES, Range, check_number

_AGAIN = "Copy or train the model again."
_LAYERS = Range(1, 1_024)
_CONTEXTS = Range(2, 1 << 24)
_POSITIVE = Range(0, 1e12, is_above=True)
# Entries that change what is computed, and the value that this code computes.
_ONLY = {"hidden_act": "silu", "attention_bias": False, "mlp_bias": False}


@dataclass(frozen=True)
class LlamaConfig:
    """Describes a Llama model.

    Attributes:
        vocab_size: Tokens.
        width: Numbers of a hidden state.
        num_layers: Layers.
        num_heads: Heads of queries.
        num_groups: Heads of keys and values; each serves `num_heads / num_groups` heads of queries.
        head_width: Numbers of a head.
        inner_width: Numbers between the two halves of a feed-forward block.
        context_length: Tokens that the model can read.
        epsilon: What RMSNorm adds to a mean square.
        theta: Base of the rotary positions' wavelengths.
        is_tied: Whether the output layer is the embedding.
    """

    vocab_size: int
    width: int
    num_layers: int
    num_heads: int
    num_groups: int
    head_width: int
    inner_width: int
    context_length: int
    epsilon: float
    theta: float
    is_tied: bool

    @property
    def output_name(self) -> str:
        """Returns transformers' name of the output layer's matrix, (vocab_size, width)."""
        return "model.embed_tokens.weight" if self.is_tied else "lm_head.weight"

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns the shape of each array, by transformers' names."""
        queries = self.num_heads * self.head_width
        keys = self.num_groups * self.head_width
        shapes: dict[str, tuple[int, ...]] = {
            "model.embed_tokens.weight": (self.vocab_size, self.width)
        }
        for layer in range(self.num_layers):
            shapes |= {
                f"model.layers.{layer}.{name}.weight": shape
                for name, shape in (
                    ("input_layernorm", (self.width,)),
                    ("self_attn.q_proj", (queries, self.width)),
                    ("self_attn.k_proj", (keys, self.width)),
                    ("self_attn.v_proj", (keys, self.width)),
                    ("self_attn.o_proj", (self.width, queries)),
                    ("post_attention_layernorm", (self.width,)),
                    ("mlp.gate_proj", (self.inner_width, self.width)),
                    ("mlp.up_proj", (self.inner_width, self.width)),
                    ("mlp.down_proj", (self.width, self.inner_width)),
                )
            }
        shapes["model.norm.weight"] = (self.width,)
        if not self.is_tied:
            shapes["lm_head.weight"] = (self.vocab_size, self.width)
        return shapes


def read_config(path: Path) -> LlamaConfig:
    """Reads the config.json of a folder in transformers' layout.

    Raises:
        FileNotFoundError: There is none.
        ValueError: It is damaged, of another kind of model, or asks for what is not computed here.
    """
    entries = read_json_dict(path, _AGAIN)
    if entries.get("model_type") != "llama":
        raise ValueError(
            f"{path} says model_type {entries.get('model_type')!r}; this engine runs 'llama'. "
            "Give the folder of a Llama model; `adgen generate` writes with others."
        )
    try:
        _check_kind(entries)
        return _config(entries)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _check_kind(entries: Mapping[str, Any]) -> None:
    """Raises where an entry asks for arithmetic that is not done here."""
    for name, value in _ONLY.items():
        if entries.get(name, value) != value:
            raise ValueError(
                f"{name} is {entries[name]!r}; this engine computes {value!r}. "
                "Use the extra adgen[gpt] for this model."
            )
    # transformers 5 writes rope_parameters, 4 rope_scaling; plain positions have type "default".
    for name in ("rope_parameters", "rope_scaling"):
        rope = entries.get(name)
        if rope is None:
            continue
        kind = rope.get("rope_type", rope.get("type", "default")) if _is_object(rope) else rope
        if kind != "default":
            raise ValueError(
                f"{name} is of type {kind!r}; this engine computes 'default', without scaling. "
                "Use the extra adgen[gpt] for this model."
            )


def _config(entries: Mapping[str, Any]) -> LlamaConfig:
    """Returns the sizes, each checked, and that they fit together."""

    def size(name: str, limits: Range = SIZES, default: int | None = None) -> int:
        value = entries.get(name)
        value = default if value is None else value
        if value is None:
            raise ValueError(f"there is no {name}. {_AGAIN}")
        check_number(name, value, limits, is_whole=True)
        return int(value)

    def positive(name: str, value: Any) -> float:
        check_number(name, value, _POSITIVE, is_whole=False)
        return float(value)

    rope = entries.get("rope_parameters") or {}
    width = size("hidden_size")
    num_heads = size("num_attention_heads")
    num_groups = size("num_key_value_heads", default=num_heads)
    head_width = size("head_dim", default=max(width // num_heads, 1))
    if num_heads % num_groups or head_width % 2:
        raise ValueError(
            f"{num_heads} heads of {head_width} numbers in {num_groups} groups; expected heads "
            f"that the groups divide, and an even width. {_AGAIN}"
        )
    return LlamaConfig(
        vocab_size=size("vocab_size", VOCABULARIES),
        width=width,
        num_layers=size("num_hidden_layers", _LAYERS),
        num_heads=num_heads,
        num_groups=num_groups,
        head_width=head_width,
        inner_width=size("intermediate_size"),
        context_length=size("max_position_embeddings", _CONTEXTS, 2048),
        epsilon=positive("rms_norm_eps", entries.get("rms_norm_eps", 1e-6)),
        theta=positive("rope_theta", rope.get("rope_theta", entries.get("rope_theta", 10_000.0))),
        is_tied=entries.get("tie_word_embeddings", False) is True,
    )


def _is_object(value: object) -> bool:
    return isinstance(value, dict)
