"""LoRA: small matrices beside frozen weights, trained in their place and merged at last.

PEFT does the work; the module knows settings and models, not texts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, cast

from adgen.gpt.training.settings import FinetuneConfig
from adgen.support.extras import needs_extra

if TYPE_CHECKING:
    from peft import PeftMixedModel, PeftModel
    from torch.nn import Module
    from transformers import PreTrainedModel

# A model as it is trained: itself, or PEFT's wrapping of it.
TrainedModel: TypeAlias = "PreTrainedModel | PeftModel | PeftMixedModel"


def add_lora(model: PreTrainedModel, config: FinetuneConfig) -> PeftModel | PeftMixedModel:
    """Freezes a model and puts LoRA matrices beside its attention's, where PEFT knows to put them.

    Raises:
        ValueError: PEFT does not know where to put them in this architecture.
        ImportError: The extra `gpt` is missing.

    Source:
        Hu et al. (2021), "LoRA: Low-rank adaptation of large language models".
    """
    with needs_extra("LoRA"):
        from peft import LoraConfig, get_peft_model
        from peft.utils.constants import TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING as KNOWN
    kind = model.config.model_type
    if kind not in KNOWN:
        raise ValueError(
            f"LoRA does not know the architecture {kind!r}; PEFT knows "
            f"{', '.join(sorted(KNOWN)[:8])} and others. Train all weights (--lora-rank 0)."
        )
    settings = LoraConfig(
        r=config.lora_rank,
        lora_alpha=config.lora_alpha,
        lora_dropout=config.lora_dropout,
        target_modules=list(KNOWN[kind]),
        fan_in_fan_out=kind == "gpt2",  # its layers keep their kernels transposed
        task_type="CAUSAL_LM",
    )
    if config.gradient_checkpointing:
        model.enable_input_require_grads()
    return get_peft_model(model, settings)


def merge_lora(model: Module) -> PreTrainedModel:
    """Adds the LoRA matrices to the weights; returns the plain model, or any other as it is."""
    merge: Callable[[], PreTrainedModel] | None = getattr(model, "merge_and_unload", None)
    return cast("PreTrainedModel", model) if merge is None else merge()
