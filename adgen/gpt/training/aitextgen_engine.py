"""Fine-tuning with aitextgen, as in 2022: blocks of running ads, each ad with its end.

aitextgen keeps no state of its optimizer: a killed training goes on from the weights that it saved
last, Adam's moments and the step size's schedule anew.
"""

from __future__ import annotations

import csv
import io
import logging
import math
import time
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypedDict, cast

import pandas as pd

from adgen.gpt.saving import save_bin
from adgen.gpt.tokens import GPTTokenizer
from adgen.gpt.training.aitextgen_bridge import load_aitextgen, token_dataset
from adgen.gpt.training.checkpoints import ANEW, CHECKPOINT_FOLDER, STEPS_NAME
from adgen.gpt.training.divergence import are_numbers, broken_weight, check_figures, check_model
from adgen.gpt.training.finetune import Finetuned, make_batches, num_steps_of
from adgen.gpt.training.loss import use_blockwise_loss, use_own_loss
from adgen.gpt.training.rows import AdBatches
from adgen.gpt.training.settings import FinetuneConfig
from adgen.gpt.training.trainer import HistoryEntry, validation_nats
from adgen.support.disk import disk_errors
from adgen.support.files import write_json
from adgen.support.finite import of_diverged
from adgen.support.folders import check_output_dir, delete_ours
from adgen.support.json_files import read_json_dict

if TYPE_CHECKING:
    from torch import Tensor
    from torch.utils.data import Dataset
    from transformers import PreTrainedModel


class Aitextgen(Protocol):
    """Describes the parts of an `aitextgen.aitextgen` that fine-tuning uses."""

    model: PreTrainedModel

    def train(self, train_data: Dataset[Tensor], **settings: object) -> None:
        """Trains, saving now and then."""


class _Content(TypedDict):
    """Describes the file of a training's state."""

    step: int
    history: list[HistoryEntry]
    settings: dict[str, object]


def finetune_with_aitextgen(
    model: PreTrainedModel,
    tokenizer: GPTTokenizer,
    ads: pd.DataFrame,
    config: FinetuneConfig,
    *,
    checkpoint_dir: Path,
    restart: bool = False,
) -> Finetuned:
    """Trains a model with aitextgen's `train` on lines; otherwise like `finetune.finetune`.

    A step is `batch_tokens / max_tokens` blocks of `max_tokens` tokens, `accumulation` times. The
    step size stays where it is: aitextgen's linear schedule advances once an epoch.

    Raises:
        ImportError: aitextgen is missing, or does not work with what is installed.
        DivergedError: A weight or check is no number; what was saved last is good.
        ValueError: There are too few ads for one block.
    """
    aitextgen = load_aitextgen()
    work_dir = check_output_dir(checkpoint_dir, CHECKPOINT_FOLDER)
    if restart:
        delete_ours(checkpoint_dir, CHECKPOINT_FOLDER)
    saved_dir = work_dir / "trained_model"
    batches, valid = make_batches(model, tokenizer, ads, config)
    state = _State(
        work_dir / STEPS_NAME, settings={**asdict(config), "num_targets": batches.num_targets}
    )
    if not state.step:
        _save(model, tokenizer, saved_dir)
    dataset = _dataset(ads, tokenizer, config, work_dir)
    batch_size = max(1, config.batch_tokens // config.max_tokens)
    num_steps = num_steps_of(config, batches.num_targets / (batch_size * config.max_tokens))
    ai = _open(aitextgen, saved_dir, tokenizer)
    if not are_numbers(state.history) or broken_weight(ai.model) is not None:
        raise of_diverged(checkpoint_dir)
    if state.step < num_steps:
        every = max(1, num_steps // config.checks)
        state.watch(ai.model, valid, config, every=every, num_steps=num_steps)
        _train(
            ai,
            dataset,
            output_dir=str(saved_dir),
            num_steps=num_steps - state.step,
            batch_size=batch_size,
            gradient_accumulation_steps=config.accumulation,
            learning_rate=config.learning_rate,
            weight_decay=config.weight_decay,
            max_grad_norm=config.clip_norm,
            save_every=every,
            generate_every=0,
            num_workers=0,
            seed=config.seed + 1,  # aitextgen takes 0 for none
            fp16=config.precision == "float16",
        )
    use_own_loss(ai.model)
    del ai.model.save_pretrained
    num_trained = sum(parameter.numel() for parameter in ai.model.parameters())
    return Finetuned(
        model=ai.model.eval(),
        history=state.history,
        num_steps=num_steps,
        num_trained_weights=num_trained,
        padding_share=0.0,  # blocks are full
        num_training_tokens=batches.num_targets,
        num_cut_ads=0,  # an ad goes on in the next block
    )


def _open(aitextgen: Callable[..., Aitextgen], folder: Path, tokenizer: GPTTokenizer) -> Aitextgen:
    """Loads what was saved last as aitextgen does, with our loss."""
    ai = aitextgen(
        model_folder=str(folder),
        tokenizer_file=str(folder / "tokenizer.json"),
        **_specials(tokenizer),
    )
    use_blockwise_loss(ai.model)
    return ai


def _train(ai: Aitextgen, dataset: Dataset[Tensor], **arguments: object) -> None:
    """Calls aitextgen's `train`, silent but for its progress bar.

    Raises:
        KeyboardInterrupt: Ctrl-C, with which Lightning would end the process.
    """
    loggers = [logging.getLogger(name) for name in ("aitextgen", "pytorch_lightning")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with (
            disk_errors(str(arguments["output_dir"])),
            redirect_stdout(io.StringIO()),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore", FutureWarning)
            warnings.simplefilter("ignore", DeprecationWarning)
            ai.train(dataset, **arguments)
    except SystemExit:
        raise KeyboardInterrupt from None
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


class _State:
    """Keeps how far a training is, in a file beside its weights.

    Args:
        path: The file.
        settings: What must be the same to go on.

    Raises:
        ValueError: The file is another training's.
    """

    def __init__(self, path: Path, settings: dict[str, object]) -> None:
        self._path, self._settings = path, settings
        found: _Content = {"step": 0, "history": [], "settings": settings}
        if path.exists():
            found |= cast(_Content, read_json_dict(path, ANEW))
        if found["settings"] != settings:
            raise ValueError(
                f"{path.parent} holds an unfinished training with other settings or ads. Give the "
                "settings of then to go on with it, --restart to begin anew, or another --output."
            )
        self.step = found["step"]
        self.history = found["history"]
        write_json(path, found)  # from now on the folder is known as ours

    def watch(
        self,
        model: PreTrainedModel,
        valid: AdBatches,
        config: FinetuneConfig,
        *,
        every: int,
        num_steps: int,
    ) -> None:
        """Scores validation and notes the step whenever aitextgen saves, and at the end.

        A model that has diverged is not saved.
        """
        save: Callable[..., None] = model.save_pretrained
        started = time.perf_counter()
        before = self.history[-1]["seconds"] if self.history else 0.0
        scoring = 0.0

        def save_and_note(folder: str, **options: object) -> None:
            nonlocal scoring
            now = time.perf_counter()
            step = min(self.step + every, num_steps)
            check_model(model, step, config)
            if self.step >= num_steps:
                save(folder, **options)
                return
            bits = validation_nats(model, valid) / math.log(2) / valid.num_chars
            vocab_size = int(model.config.vocab_size)
            check_figures(bits, None, vocab_size=vocab_size, step=step, settings=config)
            save(folder, **options)
            self.step = step
            seconds = before + now - started - scoring
            entry: HistoryEntry = {
                "step": self.step,
                "seconds": seconds,
                "valid": {"bits_per_char": bits},
            }
            self.history.append(entry)
            scoring += time.perf_counter() - now
            content: _Content = {
                "step": self.step,
                "history": self.history,
                "settings": self._settings,
            }
            write_json(self._path, content)

        # aitextgen has no other hook.
        model.save_pretrained = save_and_note  # type: ignore[assignment, method-assign]


def _save(model: PreTrainedModel, tokenizer: GPTTokenizer, folder: Path) -> None:
    """Writes a model's folder as aitextgen loads it."""
    model.save_pretrained(folder)
    tokenizer.inner.save_pretrained(folder)
    save_bin(model, folder)


def _specials(tokenizer: GPTTokenizer) -> dict[str, str]:
    return {
        "bos_token": tokenizer.token(tokenizer.start_id),
        "eos_token": tokenizer.token(tokenizer.eos_id),
        "unk_token": tokenizer.token(tokenizer.eos_id),
    }


def _dataset(
    ads: pd.DataFrame, tokenizer: GPTTokenizer, config: FinetuneConfig, folder: Path
) -> Dataset[Tensor]:
    """Makes aitextgen's own data set of the training ads, read from a CSV line by line."""
    path = folder / "ads.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ad"])
        writer.writerows([ad] for ad in ads.loc[ads["split"] == "train", "ad"])
    try:
        return token_dataset()(
            file_path=str(path),
            tokenizer=tokenizer.inner,
            line_by_line=True,
            block_size=config.max_tokens,
            eos_token=tokenizer.token(tokenizer.eos_id),
        )
    except AssertionError as error:
        raise ValueError(f"aitextgen: {error} Give more ads, or a smaller max_tokens.") from None
