"""Sweeps one decoding control at a time and judges the ads that a model then writes.

Low temperatures write what is most probable, and the same again; high ones what is new, and no ad.
The module knows controls and figures, not what kind of model writes.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tqdm.auto import tqdm

from adgen.corpus.source import AdSource
from adgen.decoding.sampling import Sampling
from adgen.evaluation.memorisation import write_one_each
from adgen.evaluation.written_ads import begun_ads, first_words, written_figures
from adgen.generation.generator import AdGenerator
from adgen.records.base import Corpus, Figures, Split
from adgen.records.judged import SweepRecord, SweepRow
from adgen.records.machine import current_commit, environment
from adgen.records.record import check_record_path, command_line, finish
from adgen.records.tables import HUMAN_ADS
from adgen.support.fields import check_fields, limited
from adgen.support.ranges import COUNTS, SEEDS, WRITTEN

SWEPT: Mapping[str, Sequence[float]] = {
    "temperature": (0.3, 0.5, 0.7, 0.85, 1.0, 1.2),
    "top_k": (5, 20, 40, 100, 500),
    "top_p": (0.5, 0.7, 0.8, 0.9, 0.95),
    "repetition_penalty": (1.0, 1.1, 1.2, 1.5, 3.0),
}


@dataclass(frozen=True)
class SweepPlan:
    """Says what to sweep: the model and its ads.

    Attributes:
        model: A folder, or an id on the Hub.
        source: The ads; `max_ads` has no say.
        split: "valid" or "test".
        num_written: Ads a setting, 1 to 1,000,000.
        base: The controls that are not swept; None draws from the model's own distribution.
        max_training_ads: Training ads that what is written is compared with, at most, 1 to
            1,000,000,000; None for all.
        seed: Of the ads, 0 to 2,147,483,647.
    """

    model: str
    source: AdSource
    split: str = "valid"
    num_written: int = limited(WRITTEN, 200)
    base: Sampling | None = None
    max_training_ads: int | None = limited(COUNTS, None)
    seed: int = limited(SEEDS, 0)

    def __post_init__(self) -> None:
        check_fields(self)


def sweep(
    plan: SweepPlan, *, words: Sequence[str] = (), record_path: Path | None = None
) -> SweepRecord:
    """Writes ads with each value of each control, and judge them beside human ads.

    Returns:
        The run record; `rows` with `control`, `value`, `figures` and `seconds_an_ad`; `human`,
        human ads' figures.

    Raises:
        FileNotFoundError: There is no such model, or there are no such ads.
        ValueError: The model is damaged, there are too few ads, or something else is where the
            record should go.
    """
    check_record_path(record_path, SweepRecord)
    commit = current_commit()
    generator = AdGenerator.from_pretrained(plan.model)
    held_out = plan.source.load_split(plan.split)
    training = plan.source.load_split("train")
    begun = begun_ads(held_out.frame, plan.num_written)
    rows, texts = _write(plan, generator, first_words(begun["ad"]))
    texts |= {HUMAN_ADS: begun["ad"].tolist()}
    written = written_figures(texts, training.frame, plan.max_training_ads)
    figures = {name: Figures.from_dict(found) for name, found in written.items()}
    record = SweepRecord(
        name=record_path.stem if record_path else "sweep",
        command=command_line(words),
        environment=environment(commit),
        corpus=Corpus.from_dict(held_out.corpus),
        split=Split.from_dict(held_out.split),
        model=Path(plan.model).name,
        scored_split=plan.split,
        categories=list(plan.source.categories) or None,
        excluded=list(plan.source.excluded) or None,
        num_written=len(begun),
        seed=plan.seed,
        rows=[replace(row, figures=figures[_key(row.control, row.value)]) for row in rows],
        human=figures[HUMAN_ADS],
    )
    return finish(record, record_path)


def _write(
    plan: SweepPlan, generator: AdGenerator, prompts: list[str]
) -> tuple[list[SweepRow], dict[str, list[str]]]:
    """Writes ads with each setting; returns a row each, still without figures, and the ads."""
    settings = [(control, value) for control, values in SWEPT.items() for value in values]
    rows, texts = [], {}
    for control, value in tqdm(settings, desc="sweeping", unit="setting", disable=None):
        sampling = replace(plan.base or Sampling(), **{control: value})
        started = time.perf_counter()
        ads = write_one_each(generator, prompts, seed=plan.seed, sampling=sampling)
        seconds = (time.perf_counter() - started) / len(prompts)
        texts[_key(control, value)] = ads
        rows.append(
            SweepRow(control=control, value=value, seconds_an_ad=seconds, figures=Figures())
        )
    return rows, texts


def _key(control: str, value: float) -> str:
    return f"{control} {value}"
