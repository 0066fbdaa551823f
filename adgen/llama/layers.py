"""What a Llama model computes for each token by itself: everything but attention, in NumPy.

Between two attentions lies one *stretch*: the output projection of the first, the feed-forward
block, and the queries, keys and values of the second. It knows arrays, no sequences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import lcm
from typing import Protocol

import numpy as np

from adgen.llama.config import LlamaConfig
from adgen.llama.rows import row_period
from adgen.support.arrays import Floats

_LOOKED_AT = 8_192  # outputs, of which the others are computed like


class Layers(Protocol):
    """Computes the stretches between attentions; a stretch's hidden states are its own affair."""

    def first(self, embedded: Floats) -> tuple[Floats, Floats]:
        """Returns hidden states, and the first layer's queries, keys, values side by side.

        Args:
            embedded: (tokens, width).

        Returns:
            What `between` or `last` takes, and (tokens, queries + keys + values).
        """

    def between(self, layer: int, hidden: Floats, attended: Floats) -> tuple[Floats, Floats]:
        """Finishes a layer and begins the next one.

        Args:
            layer: The number of the layer that attention was computed for, from 0.
            hidden: From `first` or the stretch before.
            attended: (tokens, heads * width of a head), attention's result.
        """

    def last(self, hidden: Floats, attended: Floats) -> Floats:
        """Finishes the last layer and returns the output layer's input, (tokens, width)."""

    def logits(self, finished: Floats) -> Floats:
        """Returns the logits of all tokens, (tokens, vocab), of what `last` gives."""

    def row_period(self) -> int:
        """Returns how far apart tokens must stand to be computed alike, bit by bit."""


class NumpyLayers:
    """Computes stretches in float32.

    Args:
        weights: Arrays by transformers' names.
        config: The sizes.
    """

    def __init__(self, weights: Mapping[str, Floats], config: LlamaConfig) -> None:
        self._epsilon = np.float32(config.epsilon)
        # Laid out as (inputs, outputs): BLAS is fastest so with few rows and with many.
        self._layers = [
            tuple(
                np.ascontiguousarray(matrix.T)
                for matrix in (found.projection, found.output, found.inner, found.down)
            )
            for found in (layer_weights(weights, layer) for layer in range(config.num_layers))
        ]
        self._norm = weights["model.norm.weight"]
        self._output = weights[config.output_name]

    def first(self, embedded: Floats) -> tuple[Floats, Floats]:
        """Returns hidden states (tokens, width) and the first layer's queries, keys, values."""
        return embedded, self._begin(0, embedded)

    def between(self, layer: int, hidden: Floats, attended: Floats) -> tuple[Floats, Floats]:
        """Finishes a layer and begins the next one."""
        hidden = self._finish(layer, hidden, attended)
        return hidden, self._begin(layer + 1, hidden)

    def last(self, hidden: Floats, attended: Floats) -> Floats:
        """Finishes the last layer and returns the output layer's input, (tokens, width)."""
        hidden = self._finish(len(self._layers) - 1, hidden, attended)
        return self._normed(hidden) * self._norm

    def logits(self, finished: Floats) -> Floats:
        """Returns the logits of all tokens, (tokens, vocab)."""
        return finished @ self._output.T

    def row_period(self) -> int:
        """Returns how far apart tokens must stand to be computed alike; layers are of one shape."""
        some = self._output[:_LOOKED_AT].T  # (width, outputs)
        return lcm(row_period(some), *map(row_period, self._layers[0]))

    def _begin(self, layer: int, hidden: Floats) -> Floats:
        """Returns queries, keys, values (tokens, ...), one product for the three."""
        return self._normed(hidden) @ self._layers[layer][0]

    def _finish(self, layer: int, hidden: Floats, attended: Floats) -> Floats:
        """Returns hidden states (tokens, width) after attention's output and the feed-forward."""
        _, output, inner, down = self._layers[layer]
        hidden = hidden + attended @ output
        # silu(gate) * up, the two from one product; with h = gate / 2, silu is h * (1 + tanh(h)).
        half, up = np.split(self._normed(hidden) @ inner, 2, axis=1)  # each (tokens, inner)
        half *= np.float32(0.5)
        up *= half
        np.tanh(half, out=half)
        half += 1
        half *= up
        hidden += half @ down
        return hidden

    def _normed(self, hidden: Floats) -> Floats:
        """Returns rows of mean square 1."""
        squares = np.einsum("tw,tw->t", hidden, hidden) / np.float32(hidden.shape[1])
        return hidden * (1 / np.sqrt(squares + self._epsilon))[:, np.newaxis]


@dataclass(frozen=True)
class LayerWeights:
    """Holds a layer's matrices, each (outputs, inputs), the weights of RMSNorm multiplied in.

    Attributes:
        projection: Queries, keys and values, one below the other.
        output: Attention's output.
        inner: Gate and up, one below the other.
        down: Back to the hidden states.
        projection_norm: RMSNorm's weights that `projection` holds, (width,).
        inner_norm: Those that `inner` holds.
    """

    projection: Floats
    output: Floats
    inner: Floats
    down: Floats
    projection_norm: Floats
    inner_norm: Floats


def layer_weights(weights: Mapping[str, Floats], layer: int) -> LayerWeights:
    """Returns the matrices of a layer by its number."""

    def get(part: str) -> Floats:
        return weights[f"model.layers.{layer}.{part}.weight"]

    # RMSNorm's weights scale the inputs of the matrices that follow.
    projection_norm = get("input_layernorm")
    projection = np.concatenate([get(f"self_attn.{part}_proj") for part in "qkv"])
    projection *= projection_norm
    inner_norm = get("post_attention_layernorm")
    inner = np.concatenate([get("mlp.gate_proj"), get("mlp.up_proj")])
    inner *= inner_norm
    return LayerWeights(
        projection,
        get("self_attn.o_proj"),
        inner,
        get("mlp.down_proj"),
        projection_norm,
        inner_norm,
    )
