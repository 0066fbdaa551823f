"""The stretches between attentions and the output layer as ONNX graphs with weights in int8.

What a token gives depends on no other token of its batch. The weights of RMSNorm are shared by
inputs and matrix, the square root to each, which leaves both easier to round than where one of them
has it all. It knows arrays and ONNX's operations, no sequences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from adgen.int8.graph import Int8Graph, WeightType
from adgen.llama.config import LlamaConfig
from adgen.llama.layers import LayerWeights, layer_weights
from adgen.support.arrays import Floats

if TYPE_CHECKING:
    from onnx import ModelProto

# Names of inputs and outputs.
HIDDEN = "hidden"
ATTENDED = "attended"
CARRIED = "carried"
PROJECTED = "projected"
FINISHED = "finished"
LOGITS = "logits"  # of the output layer's own graph


def int8_stretches(
    weights: Mapping[str, Floats], config: LlamaConfig, weight_type: WeightType
) -> Iterator[ModelProto]:
    """Yields a graph for every stretch, one more than there are layers.

    The first turns `HIDDEN` (tokens, width) into the first layer's queries, keys and values,
    `PROJECTED` (tokens, ...). Those between finish a layer, with `ATTENDED` (tokens, heads * width
    of a head), give its hidden states as `CARRIED`, and begin the next. The last one only
    finishes: its `FINISHED` (tokens, width) is the output layer's input.

    Args:
        weights: Arrays by transformers' names.
        config: The sizes.
        weight_type: As for `Int8Graph`.
    """
    before: LayerWeights | None = None
    for stretch in range(config.num_layers + 1):
        graph = _Graph(config.epsilon, weight_type)
        inputs = {HIDDEN: config.width}
        hidden = HIDDEN
        if before is not None:
            inputs[ATTENDED] = config.num_heads * config.head_width
            hidden = graph.finish(before)
        if stretch == config.num_layers:
            norm = graph.constant(weights["model.norm.weight"])
            graph.apply("Mul", graph.norm(hidden), norm, name=FINISHED)
            yield graph.model(inputs, [FINISHED])
            return
        before = layer_weights(weights, stretch)
        graph.multiply_normed(hidden, before.projection, before.projection_norm, PROJECTED)
        if hidden == HIDDEN:
            yield graph.model(inputs, [PROJECTED])
        else:
            yield graph.model(inputs, [CARRIED, PROJECTED])


class _Graph(Int8Graph):
    """Collects a stretch's operations."""

    def __init__(self, epsilon: float, weight_type: WeightType) -> None:
        super().__init__(weight_type)
        self._epsilon = self.constant(np.float32(epsilon))

    def norm(self, hidden: str) -> str:
        """Adds rows of mean square 1."""
        squares = self.apply("Mul", hidden, hidden)
        mean = self.apply("ReduceMean", squares, self.last_axis)
        root = self.apply("Sqrt", self.apply("Add", mean, self._epsilon))
        return self.apply("Div", hidden, root)

    def multiply_normed(
        self, hidden: str, matrix: Floats, norm: Floats, name: str | None = None
    ) -> str:
        """Adds the products of normed rows and a matrix that the weights of RMSNorm are part of."""
        share: Floats = np.sqrt(np.abs(norm))  # (inputs,)
        share[share == 0] = 1
        rows = self.apply("Mul", self.norm(hidden), self.constant(share))
        return self.multiply(rows, np.divide(matrix, share, dtype=np.float32).T, name)

    def finish(self, layer: LayerWeights) -> str:
        """Adds what comes after a layer's attention; returns the name of its hidden states."""
        from onnx import helper

        hidden = self.apply("Add", HIDDEN, self.multiply(ATTENDED, layer.output.T))
        inner = self.multiply_normed(hidden, layer.inner, layer.inner_norm)
        self.nodes.append(helper.make_node("Split", [inner], ["gate", "up"], axis=1, num_outputs=2))
        silu = self.apply("Mul", "gate", self.apply("Sigmoid", "gate"))
        return self.apply(
            "Add", hidden, self.multiply(self.apply("Mul", silu, "up"), layer.down.T), name=CARRIED
        )
