"""Adapters: what LoRA changed, without its base, and whole where the model is asked for."""

import json

import numpy as np
import pytest
from tiny_gpt import own_tokenizer, save_tiny, tiny_model

from adgen.gpt.adapters import folder_of, is_adapter
from adgen.gpt.loading import load_causal_lm
from adgen.gpt.saving import compress_gpt_directory, save_gpt_directory
from adgen.gpt.tokens import GPTTokenizer

RANK = 4


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ADGEN_CACHE", str(tmp_path / "cache"))


def tuned(folder, kind, *, rank=RANK, config_rank=RANK):
    """Writes a base and a model that differs from it by matrices of a rank; returns the model."""
    import torch

    save_tiny(folder / "base", tiny_model(kind))
    model, _ = load_causal_lm(folder / "base", device="cpu")
    drawn = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.ndim == 2 and ("attn" in name or "mlp" in name):
                up = torch.randn(weight.shape[0], rank, generator=drawn)
                weight += 0.01 * up @ torch.randn(rank, weight.shape[1], generator=drawn)
    training = {"base": str(folder / "base"), "lora_rank": config_rank}
    save_gpt_directory(
        folder / "whole",
        model,
        GPTTokenizer(own_tokenizer()),
        card="# whole\n\nA model.\n",
        info={"config": training},
    )
    return model


def matrices(model):
    return {name: weight.detach().numpy() for name, weight in model.named_parameters()}


@pytest.mark.parametrize("kind", ["llama", "gpt2", "gpt_neo"])
def test_an_adapter_is_small_and_the_model_is_whole_again(tmp_path, kind):
    wanted = matrices(tuned(tmp_path, kind))
    compress_gpt_directory(tmp_path / "whole", tmp_path / "small", "adapter")
    assert is_adapter(tmp_path / "small")
    sizes = [
        sum(path.stat().st_size for path in (tmp_path / name).glob("*.safetensors"))
        for name in ("whole", "small")
    ]
    assert sizes[1] < sizes[0] / 3
    loaded = matrices(load_causal_lm(tmp_path / "small", device="cpu")[0])
    assert loaded.keys() == wanted.keys()
    base = matrices(load_causal_lm(tmp_path / "base", device="cpu")[0])
    for name, weight in wanted.items():
        change = np.abs(weight - base[name]).max()
        assert np.abs(loaded[name] - weight).max() <= 2e-3 * change, name
    assert "float16, as an adapter of rank 4" in (tmp_path / "small" / "README.md").read_text()


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_peft_reads_it_too(tmp_path, kind):
    from peft import PeftModel

    wanted = matrices(tuned(tmp_path, kind))
    compress_gpt_directory(tmp_path / "whole", tmp_path / "small", "adapter")
    base, _ = load_causal_lm(tmp_path / "base", device="cpu")
    merged = PeftModel.from_pretrained(base, str(tmp_path / "small")).merge_and_unload()
    for name, weight in matrices(merged).items():
        np.testing.assert_allclose(weight, wanted[name], atol=1e-4, err_msg=name)


def test_it_is_merged_once_and_again_when_the_base_has_changed(tmp_path):
    tuned(tmp_path, "llama")
    compress_gpt_directory(tmp_path / "whole", tmp_path / "small", "adapter")
    place = folder_of(tmp_path / "small")
    first = (place / "model.safetensors").stat().st_mtime_ns
    assert folder_of(tmp_path / "small") == place
    assert (place / "model.safetensors").stat().st_mtime_ns == first
    save_tiny(tmp_path / "base", tiny_model("llama", seed=1))
    folder_of(tmp_path / "small")
    assert (place / "model.safetensors").stat().st_mtime_ns != first


def test_decoding_controls_go_into_the_adapter(tmp_path):
    tuned(tmp_path, "llama")
    controls = {"temperature": 0.5}
    compress_gpt_directory(tmp_path / "whole", tmp_path / "small", "adapter", controls=controls)
    config = json.loads((tmp_path / "small" / "config.json").read_text())
    assert config["adgen"]["writing"]["temperature"] == 0.5


def test_what_has_no_adapter_is_refused_and_nothing_is_written(tmp_path):
    for changes, why in (
        ({"config_rank": 0}, "not trained with LoRA"),
        ({"rank": 9}, "more than LoRA of rank 4 changes"),
    ):
        folder = tmp_path / why.replace(" ", "-")
        tuned(folder, "llama", **changes)
        with pytest.raises(ValueError, match=why):
            compress_gpt_directory(folder / "whole", folder / "small", "adapter")
        assert not (folder / "small").exists()


def test_a_missing_or_another_base_and_a_damaged_adapter_are_said(tmp_path):
    tuned(tmp_path, "llama")
    compress_gpt_directory(tmp_path / "whole", tmp_path / "small", "adapter")
    (tmp_path / "base").rename(tmp_path / "elsewhere")
    with pytest.raises(FileNotFoundError, match=r"is an adapter to .*base, of which there is no"):
        folder_of(tmp_path / "small")
    save_tiny(tmp_path / "base", tiny_model("gpt_neo"))
    with pytest.raises(ValueError, match="changes arrays that its base has not"):
        folder_of(tmp_path / "small")
    (tmp_path / "small" / "adapter_model.safetensors").write_bytes(b"no arrays")
    with pytest.raises(ValueError, match="is damaged"):
        folder_of(tmp_path / "small")
