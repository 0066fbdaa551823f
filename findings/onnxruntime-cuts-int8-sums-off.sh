#!/usr/bin/env bash
# ONNX Runtime 1.32.0: MatMulInteger of uint8 and int8 is wrong on processors without VNNI.
#
# ONNX defines MatMulInteger as a product of whole numbers in 32 bits: there is nothing to round. On
# a processor with AVX2 but without VNNI the runtime adds two products in 16 bits and cuts off what is
# larger. With rows and weights shaped as those of trained models, a bell scaled to its largest
# number, one sum in fifteen was wrong, by up to 15,054. No error, no warning, and a test on a newer
# processor sees nothing. uint8 with uint8, the same numbers and a zero point, is exact there too.
#
# The processor is QEMU's "Haswell", from the Debian package qemu-user-static, unless this one has no
# VNNI itself. Seen with Python 3.11, onnxruntime 1.32.0, onnx 1.23.2, numpy 2.4.6, QEMU 7.2. The
# script fails when that changes.
set -euo pipefail
command -v apt-get > /dev/null || { echo "This needs apt-get, of Debian or Ubuntu."; exit 2; }
[ "$(uname -m)" = x86_64 ] || { echo "This is about x86 processors; here is $(uname -m)."; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder/packages" onnxruntime==1.32.0 onnx==1.23.2 numpy==2.4.6
cd "$folder"
as_haswell=()
if grep --quiet vnni /proc/cpuinfo; then
    apt-get download qemu-user-static > download.log 2>&1 || { cat download.log; exit 1; }
    dpkg-deb --extract qemu-user-static_*.deb qemu
    as_haswell=(qemu/usr/bin/qemu-x86_64-static -cpu Haswell)
fi
cat > products.py <<'PY'
import sys

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper


def product(rows, weights, zero_points):
    constants = [numpy_helper.from_array(weights, "weights")]
    names = [f"zero{number}" for number, _ in enumerate(zero_points)]
    constants += [
        numpy_helper.from_array(np.uint8(zero), name)
        for zero, name in zip(zero_points, names, strict=True)
    ]
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["rows", "weights", *names], ["sums"])],
        "product",
        [helper.make_tensor_value_info("rows", TensorProto.UINT8, ["n", len(weights)])],
        [helper.make_tensor_value_info("sums", TensorProto.INT32, None)],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), settings, providers=["CPUExecutionProvider"]
    )
    return session.run(None, {"rows": rows})[0]


rng = np.random.default_rng(0)
values, other = rng.standard_normal((33, 256)), rng.standard_normal((256, 300))
rows = np.rint(values / np.abs(values).max(axis=1, keepdims=True) * 127).astype(np.int64)
weights = np.rint(other / np.abs(other).max(axis=0) * 127).astype(np.int64)
expected = rows @ weights
moved = (rows + 128).astype(np.uint8)
shares = []
for name, kept, zero_points in (
    ("int8", weights.astype(np.int8), [128]),
    ("uint8", (weights + 128).astype(np.uint8), [128, 128]),
):
    found = product(moved, kept, zero_points)
    shares.append((found != expected).mean())
    most = np.abs(found - expected).max()
    print(f"{sys.argv[1]}: uint8 by {name}: {shares[-1]:.1%} of the sums are wrong, by {most} at most")
assert shares[1] == 0, "uint8 by uint8 is wrong"
if sys.argv[1] == "without VNNI":
    assert 0.02 < shares[0] < 0.2, "uint8 by int8 is exact without VNNI now"
else:
    assert shares[0] == 0, "uint8 by int8 is wrong with VNNI"
PY
export PYTHONPATH=$folder/packages
if [ ${#as_haswell[@]} -gt 0 ]; then
    python3 products.py "with VNNI"
fi
python=$(python3 -c 'import sys; print(sys.executable)')
"${as_haswell[@]}" "$python" products.py "without VNNI" 2> warnings.log || { cat warnings.log; exit 1; }
