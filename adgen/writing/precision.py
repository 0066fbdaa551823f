"""How a writer multiplies: in float32 with NumPy, or in int8 with ONNX Runtime."""

from __future__ import annotations

import logging
import math
from importlib.util import find_spec
from pathlib import Path

from adgen.int8 import precisions
from adgen.llama.config import read_config
from adgen.support.installing import install_command

logger = logging.getLogger(__name__)
PRECISIONS = ("auto", *precisions.PRECISIONS)
_LARGE = 32_000_000  # weights; smaller models come with adgen and need no extra


def chosen_precision(folder: Path, precision: str) -> str:
    """Returns "float32" or "int8": what is asked for, or for "auto" what suits the model here.

    A small model is float32 whether or not ONNX Runtime is installed, so that the same ads come
    from every installation.

    Raises:
        OSError: The folder has no config.json.
        ValueError: It is no Llama model's, or there is no such precision.
        ImportError: onnx or onnxruntime is not installed, and int8 is asked for.
    """
    precisions.check_precision(precision, PRECISIONS)
    shapes = read_config(folder / "config.json").weight_shapes().values()
    is_large = sum(map(math.prod, shapes)) >= _LARGE
    if precision == "auto":
        has_runtime = all(find_spec(package) for package in precisions.PACKAGES)
        if is_large and not has_runtime:
            fix = install_command("writer", "onnxruntime")
            logger.info("Writing in float32. With ONNX Runtime int8 is faster: %s", fix)
        return "int8" if is_large and has_runtime else "float32"
    if precision == "int8":
        precisions.check_packages()
    return precision
