"""Attention in plain products: the kernel's own figures, and only where it is meant for."""

import pytest
from tiny_gpt import tiny_model

from adgen.gpt.training.attention import use_attention, use_short_attention
from adgen.gpt.training.rows import IGNORED


def batch():
    """Returns three rows of 4, 9 and 7 tokens, padded at the right."""
    import torch

    lengths = torch.tensor([[4], [9], [7]])
    ids = torch.randint(3, 400, (3, 9), generator=torch.Generator().manual_seed(0))
    mask = (torch.arange(9) < lengths).long()
    return {"input_ids": ids, "attention_mask": mask, "labels": ids.where(mask == 1, IGNORED)}


def test_losses_and_gradients_are_those_of_the_usual_attention():
    import torch

    model = tiny_model("llama")
    results = []
    for is_short in (False, True):
        before = use_short_attention(model, 9) if is_short else None
        model.zero_grad()
        loss = model(**batch()).loss
        loss.backward()
        results.append((loss, {name: p.grad.clone() for name, p in model.named_parameters()}))
        use_attention(model, before)
    (expected, of_expected), (found, of_found) = results
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(of_found, of_expected, rtol=1e-4, atol=1e-5)


def test_the_usual_attention_comes_back():
    model = tiny_model("llama")
    usual = model.config._attn_implementation
    before = use_short_attention(model, 9)
    assert before == usual != model.config._attn_implementation
    use_attention(model, before)
    assert model.config._attn_implementation == usual


@pytest.mark.parametrize(("kind", "longest"), [("llama", 257), ("gpt_neo", 9), ("gpt2", 9)])
def test_long_rows_and_other_architectures_keep_theirs(kind, longest):
    assert use_short_attention(tiny_model(kind), longest) is None


def test_dropout_drops_attention():
    import torch

    model = tiny_model("llama")
    use_short_attention(model, 9)
    before = model(**batch()).loss
    model.train()
    for layer in model.model.layers:
        layer.self_attn.attention_dropout = 0.5
    torch.manual_seed(0)
    assert model(**batch()).loss != before
