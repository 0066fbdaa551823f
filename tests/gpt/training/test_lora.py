"""LoRA: where its matrices stand, and that the product of adgen's is PEFT's own."""

import pytest
from tiny_gpt import tiny_model

from adgen.gpt.training.int8 import rounded
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


@pytest.fixture
def int8_cpu(monkeypatch):
    """Makes the processor one for which products in 8 bits pay; they work on every one."""
    import torch

    has_it = {"avx512_vnni": True, "avx512_bf16": True}
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: has_it, raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


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


def test_rows_are_rounded_by_their_own_largest_number():
    import torch

    generator = torch.Generator().manual_seed(0)
    values = torch.randn(4, 50, generator=generator) * torch.tensor([[1e-6], [1.0], [1e6], [0.0]])
    values[1, 7] = 500
    for dtype, halves in ((torch.float32, 0.5001), (torch.bfloat16, 1.0)):
        rows = rounded(values.to(dtype))
        assert rows.whole.dtype == torch.int8 and rows.whole.abs().amax() <= 126
        errors = (rows.whole * rows.scales - values.to(dtype)).abs()
        assert (errors <= halves * rows.scales).all()
        assert (rows.whole[[0, 2]].abs().amax(1) >= 125).all()
        assert not rows.whole[3].any()


def test_a_number_that_is_none_stays_none():
    import torch

    rows = rounded(torch.tensor([[1.0, torch.nan], [1.0, 2.0]]))
    assert rows.scales.isnan().tolist() == [[True], [False]]


@pytest.mark.parametrize("kind", ["llama", "gpt_neo"])
def test_products_in_8_bits_are_those_of_float32_but_for_rounding(kind, int8_cpu):
    import torch

    ids = torch.randint(3, 400, (3, 9), generator=torch.Generator().manual_seed(0))
    exact, rough = (with_lora(kind, precision=name) for name in ("float32", "int8"))
    expected = exact(input_ids=ids, labels=ids).loss
    expected.backward()
    with torch.autocast("cpu", torch.bfloat16):
        found = rough(input_ids=ids, labels=ids).loss
    found.backward()
    assert found != expected
    torch.testing.assert_close(found, expected, rtol=0.03, atol=0.03)
    assert gradients(rough).keys() == gradients(exact).keys()
    whole, rest = (
        torch.cat([gradient.flatten() for gradient in gradients(model).values()])
        for model in (rough, exact)
    )
    assert torch.cosine_similarity(whole, rest, dim=0) > 0.98


def test_in_8_bits_the_product_of_one_layer_and_its_gradients_are_near_the_exact_ones(int8_cpu):
    import torch

    model = with_lora("llama", precision="int8")
    layer = model.base_model.model.model.layers[0].mlp.down_proj
    inputs = torch.randn(20, 48, generator=torch.Generator().manual_seed(0)).requires_grad_()
    down, up = layer.lora_A["default"].weight, layer.lora_B["default"].weight
    outer = torch.randn(20, 32, generator=torch.Generator().manual_seed(1))
    expected = inputs @ (layer.base_layer.weight + 2 * up @ down).T
    of_expected = torch.autograd.grad(expected, (inputs, down, up), outer)
    found = layer(inputs)
    of_found = torch.autograd.grad(found, (inputs, down, up), outer.to(found.dtype))
    for one, other in zip((found, *of_found), (expected, *of_expected), strict=True):
        error = (one.float() - other).norm() / other.norm()
        assert 0 < error < 0.02


def test_merging_adds_to_the_weights_as_they_were_before_8_bits(int8_cpu):
    import torch

    expected = merge_lora(with_lora("llama")).state_dict()
    model = with_lora("llama", precision="int8")
    model(input_ids=torch.arange(3, 30)[None])
    for name, weight in merge_lora(model).state_dict().items():
        assert torch.equal(weight, expected[name])
