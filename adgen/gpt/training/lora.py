"""LoRA: small matrices beside frozen weights, trained in their place and merged into them in the end."""

from __future__ import annotations

from typing import Any

from adgen.gpt.training.settings import FinetuneConfig
from adgen.support.extras import needs_extra


def add_lora(model: Any, config: FinetuneConfig) -> Any:
    """Freeze a model and put LoRA matrices beside its attention's, as PEFT does for its architecture.

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
            f"LoRA does not know the architecture {kind!r}; PEFT knows {', '.join(sorted(KNOWN)[:8])} and others. "
            "Train all weights (--lora-rank 0)."
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


def merge_lora(model: Any) -> Any:
    """The plain model, with what its LoRA matrices have learned added to its weights; other models as they are."""
    return model.merge_and_unload() if hasattr(model, "merge_and_unload") else model
