"""Sessions of ONNX Runtime, as adgen runs its graphs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


def open_session(graph: Path | bytes, num_threads: int) -> InferenceSession:
    """Opens a graph.

    Args:
        graph: Its file, or what such a file holds.
        num_threads: Processor cores to use.
    """
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = num_threads
    # A session has threads of its own: those that have nothing to do must not spin.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Nor keep memory of their own.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return InferenceSession(graph, options, providers=["CPUExecutionProvider"])
