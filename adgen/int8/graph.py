"""An ONNX graph under construction, with products whose matrices are whole numbers of 8 bits.

A row of what is multiplied is rounded to whole numbers by its own largest number, and whole numbers
are added exactly: what a row gives depends on no other row of its batch. It knows arrays and ONNX's
operations, no models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from adgen.support.arrays import Floats
from adgen.support.quantised import quantise_along

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto

# What matrices are kept as: whole numbers from -127 to 127, or the same and 128.
WeightType: TypeAlias = Literal["int8", "uint8"]
_OPSET = 18
_LEVELS = 127
_MIDDLE = 128


class Int8Graph:
    """Collects operations and constants.

    Args:
        weight_type: What matrices are kept as, from `kernels.weight_type`; the products are the
            same.
    """

    def __init__(self, weight_type: WeightType) -> None:
        self._weight_type = weight_type
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self._levels = self.constant(np.float32(_LEVELS))
        self._tiny = self.constant(np.float32(1e-20))
        self._middle = self.constant(np.float32(_MIDDLE))
        self._zero_point = self.constant(np.uint8(_MIDDLE))
        self.last_axis = self.constant(np.array([-1], np.int64))

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

    def multiply(self, rows: str, matrix: Floats, name: str | None = None) -> str:
        """Adds the products (rows, m) of rows (rows, n) and a matrix (n, m)."""
        from onnx import TensorProto

        # 1. The matrix as whole numbers, a scale for each of its columns.
        numbers, scales = quantise_along(matrix, axis=0)  # (n, m), (1, m)
        weights: NDArray[np.integer] = numbers
        zero_points = [self._zero_point]
        if self._weight_type == "uint8":
            weights = (numbers.astype(np.int16) + _MIDDLE).astype(np.uint8)
            zero_points.append(self._zero_point)
        kept = self.constant(np.ascontiguousarray(weights))
        # 2. The rows as uint8 around 128, a scale for each.
        highest = self.apply("ReduceMax", self.apply("Abs", rows), self.last_axis)
        scale = self.apply("Div", self.apply("Max", highest, self._tiny), self._levels)
        rounded = self.apply("Round", self.apply("Div", rows, scale))
        moved = self.apply("Add", rounded, self._middle)
        small = self.apply("Cast", moved, to=TensorProto.UINT8)
        # 3. Whole numbers, and back.
        product = self.apply("MatMulInteger", small, kept, *zero_points)
        floats = self.apply("Cast", product, to=TensorProto.FLOAT)
        return self.apply("Mul", self.apply("Mul", floats, self.constant(scales)), scale, name=name)

    def model(self, inputs: Mapping[str, int], outputs: Sequence[str]) -> ModelProto:
        """Returns the graph as a model; inputs are (rows, size)."""
        from onnx import TensorProto, helper

        return helper.make_model(
            helper.make_graph(
                self.nodes,
                "graph",
                [
                    helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", size])
                    for name, size in inputs.items()
                ],
                [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
                self.constants,
            ),
            opset_imports=[helper.make_opsetid("", _OPSET)],
            ir_version=9,
        )


def product_model(
    matrix: Floats, rows: str, products: str, *, weight_type: WeightType
) -> ModelProto:
    """Returns a graph of one product: rows (rows, n) and a matrix (n, m) to products (rows, m).

    Args:
        matrix: The matrix.
        rows: The name of the graph's input.
        products: The name of its output.
        weight_type: As for `Int8Graph`.
    """
    graph = Int8Graph(weight_type)
    graph.multiply(rows, matrix, products)
    return graph.model({rows: len(matrix)}, [products])
