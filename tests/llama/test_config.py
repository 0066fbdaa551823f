"""config.json of a Llama model: what is read, and what is refused in one line."""

import json

import pytest

from adgen.llama.config import read_config

CONFIG = {
    "model_type": "llama",
    "vocab_size": 400,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 48,
    "max_position_embeddings": 64,
    "tie_word_embeddings": True,
}


def read(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps(CONFIG | changes))
    return read_config(path)


def test_sizes_are_read(tmp_path):
    config = read(tmp_path)
    assert (config.head_width, config.num_groups, config.theta) == (8, 2, 10_000.0)
    shapes = config.weight_shapes()
    assert shapes["model.layers.1.self_attn.k_proj.weight"] == (16, 32)
    assert "lm_head.weight" not in shapes
    assert read(tmp_path, tie_word_embeddings=False).weight_shapes()["lm_head.weight"] == (400, 32)


def test_both_places_of_rope_theta_are_read(tmp_path):
    assert read(tmp_path, rope_theta=500.0).theta == 500.0
    assert read(tmp_path, rope_parameters={"rope_type": "default", "rope_theta": 7.0}).theta == 7.0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model_type": "gpt2"}, "model_type 'gpt2'"),
        ({"hidden_act": "gelu"}, "hidden_act is 'gelu'"),
        ({"attention_bias": True}, "attention_bias is True"),
        ({"rope_scaling": {"type": "linear", "factor": 2.0}}, "of type 'linear'"),
        ({"rope_parameters": {"rope_type": "llama3"}}, "of type 'llama3'"),
        ({"rope_parameters": [1]}, "rope_parameters"),
        ({"num_key_value_heads": 3}, "4 heads of 8 numbers in 3 groups"),
        ({"head_dim": 7}, "4 heads of 7 numbers in 2 groups"),
        ({"vocab_size": None}, "no vocab_size"),
        ({"num_hidden_layers": 0}, "num_hidden_layers"),
        ({"rms_norm_eps": "small"}, "rms_norm_eps"),
    ],
)
def test_another_kind_of_model_is_refused_in_one_line(tmp_path, changes, message):
    with pytest.raises(ValueError) as error:
        read(tmp_path, **changes)
    assert message in str(error.value)
    assert str(tmp_path) in str(error.value)
    assert "\n" not in str(error.value)
