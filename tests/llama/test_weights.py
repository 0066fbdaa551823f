"""Folders of Llama models: every storage gives float32 back, damaged ones are refused."""

import json

import numpy as np
import pytest
from safetensors.numpy import save_file

from adgen.llama.config import read_config
from adgen.llama.model import Llama
from adgen.llama.weights import load_folder, save_small

CONFIG = {
    "model_type": "llama",
    "vocab_size": 40,
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "intermediate_size": 24,
    "max_position_embeddings": 16,
    "tie_word_embeddings": False,
}


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "model"
    path.mkdir()
    (path / "config.json").write_text(json.dumps(CONFIG))
    save_file(arrays(path), path / "model.safetensors")
    return path


def arrays(path):
    rng = np.random.default_rng(0)
    shapes = read_config(path / "config.json").weight_shapes()
    return {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def save_bfloat16(folder):
    """Writes the upper halves of float32 numbers, as bfloat16 is defined."""
    header, content = {}, b""
    for name, array in arrays(folder).items():
        data = (array.view(np.uint32) >> 16).astype(np.uint16).tobytes()
        places = [len(content), len(content) + len(data)]
        header[name] = {"dtype": "BF16", "shape": array.shape, "data_offsets": places}
        content += data
    text = json.dumps(header).encode()
    path = folder / "model.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text + content)


def test_float32_comes_back_as_it_is(folder):
    _, weights = load_folder(folder)
    for name, array in arrays(folder).items():
        np.testing.assert_array_equal(weights[name], array)


def test_half_precision_comes_back_rounded(folder):
    halves = {name: array.astype(np.float16) for name, array in arrays(folder).items()}
    save_file(halves, folder / "model.safetensors")
    _, weights = load_folder(folder)
    save_bfloat16(folder)
    _, brains = load_folder(folder)
    for name, array in arrays(folder).items():
        assert weights[name].dtype == brains[name].dtype == np.float32
        np.testing.assert_allclose(weights[name], array, rtol=1e-3, atol=1e-6)
        np.testing.assert_allclose(brains[name], array, rtol=1 / 128)


def test_a_small_folder_has_a_quarter_of_the_bytes_and_nearly_the_same_logits(folder, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    save_small(folder, small)
    sizes = [(path / "model.safetensors").stat().st_size for path in (small, folder)]
    assert sizes[0] < 0.6 * sizes[1]  # a header weighs much beside so few numbers
    text = [[1, 5, 9, 30]]
    exact, rounded = (Llama.load(path) for path in (folder, small))
    expected = exact.logits(exact.read(text))
    found = rounded.logits(rounded.read(text))
    assert 0 < np.abs(found - expected).max() < 0.05 * np.abs(expected).max()


def test_arrays_that_do_not_fit_are_named(folder):
    found = arrays(folder)
    cases = [
        ({"model.norm.weight": None}, "lacks the array model.norm.weight"),
        ({"model.norm.weight": np.ones(3, np.float32)}, "model.norm.weight is (3,)"),
        ({"model.norm.weight": np.full(16, np.nan, np.float32)}, "NaN"),
        ({"model.norm.weight": np.ones(16)}, "model.norm.weight is F64"),
        ({"lm_head.weight": np.ones((40, 16), np.int8)}, "lm_head.weight is int8 without"),
    ]
    for change, message in cases:
        changed = {name: array for name, array in (found | change).items() if array is not None}
        save_file(changed, folder / "model.safetensors")
        with pytest.raises(ValueError, match=r"Copy|train again|float32") as error:
            load_folder(folder)
        assert message in str(error.value)


def test_files_that_are_missing_or_cut_short_are_refused(folder, tmp_path):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(ValueError, match="not a whole safetensors file"):
        load_folder(folder)
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"has no model\.safetensors"):
        load_folder(folder)
    with pytest.raises(FileNotFoundError, match="There is no model folder"):
        load_folder(tmp_path / "nothing")
