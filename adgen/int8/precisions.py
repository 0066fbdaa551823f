"""What can be multiplied in, and the packages that int8 needs; loads nothing."""

PRECISIONS = ("float32", "int8")
PACKAGES = ("onnx", "onnxruntime")
