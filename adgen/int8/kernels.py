"""Which whole numbers this processor adds up exactly.

ONNX Runtime multiplies uint8 by int8 two numbers at a time where a processor has no instruction for
four (VNNI), and cuts off pairs whose sum has more than 16 bits: with numbers spread like those of a
trained model one sum in fifteen is wrong. Products of uint8 and uint8 are exact, and take longer.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from adgen.int8.graph import WeightType, product_model
from adgen.int8.sessions import open_session

_WIDTH = 64
_BATCHES = (1, 4)  # ONNX Runtime has a way of its own for one row


@cache
def weight_type() -> WeightType:
    """Returns how weights are kept here: as int8, or as uint8 where that alone is exact.

    The answer comes from products of the largest numbers there are.
    """
    matrix = np.ones((_WIDTH, 1), np.float32)
    graph = product_model(matrix, "rows", "products", weight_type="int8")
    session = open_session(graph.SerializeToString(), 1)
    for num_rows in _BATCHES:
        rows = np.ones((num_rows, _WIDTH), np.float32)
        [products] = session.run(["products"], {"rows": rows})
        if not np.allclose(products, _WIDTH, rtol=1e-3):
            return "uint8"
    return "int8"
