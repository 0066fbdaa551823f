"""Products in whole numbers of 8 bits, by ONNX Runtime."""
