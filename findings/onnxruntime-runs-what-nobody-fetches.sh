#!/usr/bin/env bash
# ONNX Runtime 1.32.0: `RunOptions.only_execute_path_to_fetches` changes nothing.
#
# The option promises to execute only the nodes that the fetched outputs need. A graph of two
# branches that share nothing but their input was run with one branch's output fetched, and the
# runtime's own profile read: all nodes of the other branch were executed, with the option set as
# without it, optimisations off or on. A model with a cheap and a costly output (hidden states and
# logits, say) therefore costs both; the way out is a graph, and a session, for each.
#
# Seen with Python 3.11, onnxruntime 1.32.0, onnx 1.23.2, on the CPU provider. The script fails when
# that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder" onnxruntime==1.32.0 onnx==1.23.2
cd "$folder"
PYTHONPATH=$folder python3 - <<'PY'
import json
from pathlib import Path

import numpy as np
import onnxruntime
from onnx import TensorProto, helper

UNWANTED = 4  # products in the branch that is not fetched
nodes = [helper.make_node("Relu", ["x"], ["fetched"], name="wanted")]
for number in range(UNWANTED):
    before = f"y{number - 1}" if number else "x"
    nodes.append(helper.make_node("MatMul", [before, "x"], [f"y{number}"], name=f"other{number}"))
names = ("fetched", f"y{UNWANTED - 1}")
graph = helper.make_graph(
    nodes,
    "two branches",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, [4, 4])],
    [helper.make_tensor_value_info(name, TensorProto.FLOAT, [4, 4]) for name in names],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
levels = onnxruntime.GraphOptimizationLevel
for level in (levels.ORT_DISABLE_ALL, levels.ORT_ENABLE_ALL):
    for only_path in (False, True):
        settings = onnxruntime.SessionOptions()
        settings.enable_profiling = True
        settings.graph_optimization_level = level
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), settings, providers=["CPUExecutionProvider"]
        )
        options = onnxruntime.RunOptions()
        options.only_execute_path_to_fetches = only_path
        session.run(["fetched"], {"x": np.ones((4, 4), np.float32)}, options)
        events = json.loads(Path(session.end_profiling()).read_text())
        executed = {e["name"] for e in events if e["name"].endswith("_kernel_time")}
        others = sum(name.startswith("other") for name in executed)
        print(f"{level.name}, only_execute_path_to_fetches={only_path}: {others} unwanted nodes ran")
        assert others == UNWANTED, "nodes that nobody fetched are left out now"
PY
