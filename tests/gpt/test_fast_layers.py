"""Layers in faster forms: where a model gets them, and that it has its own again."""

import pytest
from tiny_gpt import tiny_model

from adgen.gpt import fast_layers as module
from adgen.gpt.fast_layers import fast_layers


def kinds_of_layers(model):
    return [type(layer) for layer in model.modules()]


@pytest.mark.parametrize("kind", ["gpt_neo", "gpt2", "llama"])
def test_layers_are_replaced_for_a_while_and_where_it_pays(kind):
    if not module._has_packing():
        pytest.skip("torch has no laid-out weights on this processor")
    model = tiny_model(kind)
    before = kinds_of_layers(model)
    with pytest.raises(RuntimeError, match="stopped"), fast_layers(model, 10_000):
        during = [one.__name__ for one in kinds_of_layers(model)]
        assert not {"Linear", "Conv1D", "NewGELUActivation"} & set(during)
        assert "PackedLinear" in during
        raise RuntimeError("stopped")
    assert kinds_of_layers(model) == before
    with fast_layers(model, 10):
        assert "PackedLinear" not in [one.__name__ for one in kinds_of_layers(model)]


def test_without_room_for_a_second_copy_of_the_weights_there_is_none(monkeypatch):
    model = tiny_model()
    num_bytes = sum(parameter.nbytes for parameter in model.parameters())
    monkeypatch.setattr(module, "_has_packing", lambda: True)
    monkeypatch.setattr(module, "available_bytes", lambda: 2 * num_bytes - 1)
    with fast_layers(model, 10_000):
        assert "PackedLinear" not in [one.__name__ for one in kinds_of_layers(model)]
