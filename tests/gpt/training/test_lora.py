"""LoRA: where its matrices stand, and that the product of adgen's is PEFT's own."""

import pytest
from tiny_gpt import tiny_model

from adgen.gpt.training.lora import add_lora, merge_lora
from adgen.gpt.training.settings import FinetuneConfig


def with_lora(kind, **changes):
    import torch

    torch.manual_seed(1)
    settings = FinetuneConfig(**{"base": "x", "lora_rank": 3, "lora_alpha": 6} | changes)
    model = add_lora(tiny_model(kind), settings)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:  # they begin as zero
            torch.nn.init.normal_(parameter, std=0.3)
    return model


def with_products_of_peft(model):
    """Takes adgen's products off the layers, so that PEFT's are called again."""
    for layer in model.modules():
        layer.__dict__.pop("forward", None)
    return model


def gradients(model):
    return {name: p.grad for name, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize(
    ("kind", "layers"),
    [
        ("llama", "q_proj k_proj v_proj o_proj gate_proj up_proj down_proj"),
        ("gpt_neo", "k_proj v_proj q_proj out_proj c_fc c_proj"),
        ("gpt2", "c_attn c_proj c_fc"),
    ],
)
def test_matrices_stand_beside_all_linear_layers_but_the_output_layer(kind, layers):
    trained = [name for name, p in with_lora(kind).named_parameters() if p.requires_grad]
    assert {name.split(".")[-4] for name in trained} == set(layers.split())


def test_the_seed_alone_decides_what_the_matrices_begin_as():
    import torch

    def drawn(seed):
        torch.rand(3)  # whatever was drawn before
        model = add_lora(tiny_model("llama"), FinetuneConfig("x", lora_rank=3, seed=seed))
        return {name: p for name, p in model.named_parameters() if "lora_A" in name}

    first, again, other = drawn(5), drawn(5), drawn(6)
    assert len(first) == 14
    for name, matrix in first.items():
        assert torch.equal(matrix, again[name]) and not torch.equal(matrix, other[name])


@pytest.mark.parametrize("kind", ["llama", "gpt_neo", "gpt2"])
def test_one_product_gives_what_pefts_three_give(kind):
    import torch

    ids = torch.randint(3, 400, (3, 9), generator=torch.Generator().manual_seed(0))
    found, expected = with_lora(kind), with_products_of_peft(with_lora(kind))
    losses = []
    for model in (found, expected):
        loss = model(input_ids=ids, labels=ids).loss
        loss.backward()
        losses.append(loss)
    torch.testing.assert_close(*losses)
    assert gradients(found).keys() == gradients(expected).keys()
    for name, gradient in gradients(found).items():
        torch.testing.assert_close(gradient, gradients(expected)[name], msg=name)
        assert gradient.abs().max() > 0


def test_bfloat16_products_are_those_of_float32_but_for_rounding():
    import torch

    model = with_lora("llama")
    ids = torch.arange(3, 30)[None]
    exact = model(input_ids=ids, labels=ids).loss
    with torch.autocast("cpu", torch.bfloat16):
        rounded = model(input_ids=ids, labels=ids).loss
    assert exact != rounded
    torch.testing.assert_close(rounded, exact, rtol=0.02, atol=0.02)


def test_a_merged_model_is_plain_and_predicts_the_same():
    import torch

    model = with_lora("llama")
    ids = torch.arange(3, 30)[None]
    expected = model(input_ids=ids).logits
    merged = merge_lora(model)
    torch.testing.assert_close(merged(input_ids=ids).logits, expected, rtol=1e-4, atol=1e-4)
    assert not any("lora" in name for name in merged.state_dict())


def test_with_dropout_the_products_are_pefts():
    model = with_lora("llama", lora_dropout=0.5)
    assert not any("forward" in layer.__dict__ for layer in model.modules())
