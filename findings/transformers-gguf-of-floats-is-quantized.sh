#!/usr/bin/env bash
# transformers 5.24.0 with gguf 0.19.0: a model read from a GGUF file counts as quantized even where
# every number of the file is float32, and cannot be saved.
#
# `from_pretrained(folder, gguf_file=...)` gives plain Linear layers with float32 weights, the very
# numbers of the file, but `is_quantized` is True and `save_pretrained` raises ValueError: the model
# "is quantized with gguf and is not serializable". The documentation recommends GGUF files as a start
# for fine-tuning, since they are turned into float32. With
# `quantization_config=GgufConfig(dequantize=True)` the same call gives equal weights, and a model
# that saves.
#
# Seen with Python 3.11, torch 2.15.0 for CPUs. The script fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder/packages" transformers==5.24.0 gguf==0.19.0 torch==2.15.0 \
    accelerate==1.15.0
HF_HUB_OFFLINE=1 PYTHONPATH=$folder/packages python3 - "$folder" 2> "$folder/log" <<'PY' ||
import sys

import numpy as np
import torch
from gguf import GGUFWriter
from transformers import AutoModelForCausalLM, GgufConfig

folder, width, words = sys.argv[1], 32, 64
writer = GGUFWriter(f"{folder}/tiny.gguf", "llama")
writer.add_context_length(64)
writer.add_embedding_length(width)
writer.add_feed_forward_length(48)
writer.add_block_count(1)
writer.add_head_count(4)
writer.add_head_count_kv(4)
writer.add_layer_norm_rms_eps(1e-5)
writer.add_rope_dimension_count(8)
writer.add_vocab_size(words)
shapes = {"token_embd": (words, width), "output_norm": (width,)}
square = ("attn_q", "attn_k", "attn_v", "attn_output")
shapes |= {f"blk.0.{name}": (width, width) for name in square}
shapes |= {f"blk.0.{name}": (48, width) for name in ("ffn_gate", "ffn_up")}
shapes |= {"blk.0.ffn_down": (width, 48), "blk.0.attn_norm": (width,), "blk.0.ffn_norm": (width,)}
rng = np.random.default_rng(0)
for name, shape in shapes.items():
    writer.add_tensor(f"{name}.weight", rng.normal(size=shape).astype(np.float32))
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()

loaded = AutoModelForCausalLM.from_pretrained(folder, gguf_file="tiny.gguf")
linear = loaded.model.layers[0].mlp.up_proj
print(type(linear).__name__, linear.weight.dtype, "is_quantized:", loaded.is_quantized)
assert type(linear) is torch.nn.Linear and linear.weight.dtype == torch.float32
assert loaded.is_quantized, "it is no quantized model now"
try:
    loaded.save_pretrained(f"{folder}/saved")
except ValueError as error:
    print("save_pretrained:", error)
else:
    raise SystemExit("it saves now")

asked = GgufConfig(dequantize=True)
plain = AutoModelForCausalLM.from_pretrained(
    folder, gguf_file="tiny.gguf", quantization_config=asked
)
weights = plain.state_dict()
assert all(torch.equal(weights[name], one) for name, one in loaded.state_dict().items())
plain.save_pretrained(f"{folder}/saved")
print("GgufConfig(dequantize=True): equal weights, saved")
PY
    { cat "$folder/log"; exit 1; }
