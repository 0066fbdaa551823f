"""The stretches between attentions and the output layer as ONNX graphs with weights in int8.

A row of inputs is rounded to whole numbers by its own largest number, and whole numbers are added
exactly: what a token gives depends on no other token of its batch. The weights of RMSNorm are
shared by inputs and matrix, the square root to each, which leaves both easier to round than where
one of them has it all. It knows arrays and ONNX's operations, no sequences. Building the graph
needs the package onnx, running it does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from adgen.llama.config import LlamaConfig
from adgen.llama.layers import LayerWeights, layer_weights
from adgen.support.arrays import Floats

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto

# Names of inputs and outputs.
HIDDEN = "hidden"
ATTENDED = "attended"
CARRIED = "carried"
PROJECTED = "projected"
FINISHED = "finished"
LOGITS = "logits"
_OPSET = 18
_LEVELS = 127


def int8_stretches(weights: Mapping[str, Floats], config: LlamaConfig) -> Iterator[ModelProto]:
    """Yields a graph for every stretch, one more than there are layers.

    The first turns `HIDDEN` (tokens, width) into the first layer's queries, keys and values,
    `PROJECTED` (tokens, ...). Those between finish a layer, with `ATTENDED` (tokens, heads * width
    of a head), give its hidden states as `CARRIED`, and begin the next. The last one only
    finishes: its `FINISHED` (tokens, width) is the output layer's input.

    Args:
        weights: Arrays by transformers' names.
        config: The sizes.
    """
    before: LayerWeights | None = None
    for stretch in range(config.num_layers + 1):
        graph = _Graph(config.epsilon)
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


def int8_output(matrix: Floats) -> ModelProto:
    """Returns a graph of the output layer: `FINISHED` (tokens, width) to `LOGITS` (tokens, vocab).

    Args:
        matrix: (vocab, width).
    """
    graph = _Graph()
    graph.multiply(FINISHED, matrix, LOGITS)
    return graph.model({FINISHED: matrix.shape[1]}, [LOGITS])


class _Graph:
    """Collects operations and constants."""

    def __init__(self, epsilon: float = 0.0) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self._epsilon = self.constant(np.float32(epsilon))
        self._levels = self.constant(np.float32(_LEVELS))
        self._tiny = self.constant(np.float32(1e-20))
        self._middle = self.constant(np.float32(128))
        self._zero_point = self.constant(np.uint8(128))
        self._last_axis = self.constant(np.array([-1], np.int64))

    def constant(self, array: Any) -> str:
        """Adds an array and returns its name."""
        from onnx import numpy_helper

        name = f"constant.{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def apply(self, operation: str, *inputs: str, name: str | None = None, **settings: Any) -> str:
        """Adds an operation with one output and returns the output's name."""
        from onnx import helper

        name = name or f"value.{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [name], **settings))
        return name

    def norm(self, hidden: str) -> str:
        """Adds rows of mean square 1."""
        squares = self.apply("Mul", hidden, hidden)
        mean = self.apply("ReduceMean", squares, self._last_axis)
        root = self.apply("Sqrt", self.apply("Add", mean, self._epsilon))
        return self.apply("Div", hidden, root)

    def multiply_normed(
        self, hidden: str, matrix: Floats, norm: Floats, name: str | None = None
    ) -> str:
        """Adds the products of normed rows and a matrix that the weights of RMSNorm are part of."""
        share: Floats = np.sqrt(np.abs(norm))  # (inputs,)
        share[share == 0] = 1
        rows = self.apply("Mul", self.norm(hidden), self.constant(share))
        return self.multiply(rows, np.divide(matrix, share, dtype=np.float32), name)

    def multiply(self, rows: str, matrix: Floats, name: str | None = None) -> str:
        """Adds the products (tokens, m) of rows (tokens, n) and a matrix (m, n)."""
        from onnx import TensorProto

        # 1. The matrix as int8, a scale for each of its rows.
        scales = np.maximum(np.abs(matrix).max(axis=1), 1e-20) / np.float32(_LEVELS)  # (m,)
        numbers = np.rint(matrix / scales[:, np.newaxis]).astype(np.int8)
        kept = self.constant(np.ascontiguousarray(numbers.T))
        # 2. The rows as uint8 around 128, a scale for each.
        highest = self.apply("ReduceMax", self.apply("Abs", rows), self._last_axis)
        scale = self.apply("Div", self.apply("Max", highest, self._tiny), self._levels)
        rounded = self.apply("Round", self.apply("Div", rows, scale))
        moved = self.apply("Add", rounded, self._middle)
        small = self.apply("Cast", moved, to=TensorProto.UINT8)
        # 3. Whole numbers, and back.
        product = self.apply("MatMulInteger", small, kept, self._zero_point)
        floats = self.apply("Cast", product, to=TensorProto.FLOAT)
        return self.apply("Mul", self.apply("Mul", floats, self.constant(scales)), scale, name=name)

    def finish(self, layer: LayerWeights) -> str:
        """Adds what comes after a layer's attention; returns the name of its hidden states."""
        from onnx import helper

        hidden = self.apply("Add", HIDDEN, self.multiply(ATTENDED, layer.output))
        inner = self.multiply_normed(hidden, layer.inner, layer.inner_norm)
        self.nodes.append(helper.make_node("Split", [inner], ["gate", "up"], axis=1, num_outputs=2))
        silu = self.apply("Mul", "gate", self.apply("Sigmoid", "gate"))
        return self.apply(
            "Add", hidden, self.multiply(self.apply("Mul", silu, "up"), layer.down), name=CARRIED
        )

    def model(self, inputs: Mapping[str, int], outputs: Sequence[str]) -> ModelProto:
        """Returns the graph as a model; inputs are (tokens, size)."""
        from onnx import TensorProto, helper

        return helper.make_model(
            helper.make_graph(
                self.nodes,
                "stretch",
                [
                    helper.make_tensor_value_info(name, TensorProto.FLOAT, ["tokens", size])
                    for name, size in inputs.items()
                ],
                [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
                self.constants,
            ),
            opset_imports=[helper.make_opsetid("", _OPSET)],
            ir_version=9,
        )
