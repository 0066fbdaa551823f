"""Models of all kinds side by side: the same held-out ads and prompts, more and more shots.

Every model works in a process of its own, so that the memory it needs is its own too. What all of
them have written is then looked at together: how new it is, how it repeats itself, how much it
looks like ads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pandas as pd

from adgen.corpus.choosing import spread_places
from adgen.corpus.source import AdSource
from adgen.decoding.sampling import Sampling
from adgen.evaluation.contestant import ModelResult, Task, run_tasks
from adgen.evaluation.written_ads import begun_ads, first_words, likeness, prose, written_figures
from adgen.generation.arguments import check_sample_prompts, tidy_prompt
from adgen.generation.kinds import check_kind
from adgen.generation.samples import PROMPTS_OF_2022
from adgen.gpt.prompts import check_template, draw_shots
from adgen.records.base import Corpus, Figures, Sample, Split
from adgen.records.judged import ComparisonPlan, ComparisonRecord, ComparisonRow
from adgen.records.machine import current_commit, environment
from adgen.records.record import check_record_path, command_line, finish
from adgen.records.tables import HUMAN_ADS
from adgen.support.fields import check_fields, limited
from adgen.support.processes import own_process
from adgen.support.ranges import (
    COUNTS,
    MOST_SHOTS,
    SAMPLES,
    SEEDS,
    WRITTEN,
    Range,
    check_number,
)

PROSE = "ordinary prose"


@dataclass(frozen=True)
class ComparePlan:
    """Says what to compare: the models and their ads.

    Attributes:
        models: Folders, or ids on the Hub.
        source: The ads; `max_ads` has no say.
        shots: Numbers of example ads, each 0 to 1,000.
        split: "valid" or "test".
        num_ads: Held-out ads to score, 1 to 1,000,000,000.
        num_written: Ads that each model writes after their first two words, 1 to 1,000,000.
        prompts: Prompts for samples.
        num_samples: Ads a prompt, 1 to 10,000.
        template: How ads stand in a GPT's context, as for `open_model`.
        sampling: The decoding controls; None takes each model's own.
        max_training_ads: Training ads that what is written is compared with, at most, 1 to
            1,000,000,000; None for all.
        seed: Of shots and ads, 0 to 2,147,483,647.
    """

    models: Sequence[str]
    source: AdSource
    shots: Sequence[int] = (0, 1, 4)
    split: str = "test"
    num_ads: int = limited(COUNTS, 500)
    num_written: int = limited(WRITTEN, 200)
    prompts: Sequence[str] = PROMPTS_OF_2022
    num_samples: int = limited(SAMPLES, 1)
    template: str | None = None
    sampling: Sampling | None = None
    max_training_ads: int | None = limited(COUNTS, None)
    seed: int = limited(SEEDS, 0)

    def __post_init__(self) -> None:
        for name in ("models", "shots", "prompts"):
            if not getattr(self, name):
                raise ValueError(f"There are no {name}. Give at least one.")
        check_sample_prompts(self.prompts)
        if len(set(self.models)) < len(self.models):
            raise ValueError("A model is given twice. Give each once.")
        if self.split not in ("valid", "test"):
            raise ValueError(
                f"split is {self.split!r}; expected valid or test: ads that no model has seen."
            )
        check_fields(self)
        if self.template is not None:
            check_template(self.template)
        for number, prompt in enumerate(self.prompts):
            tidy_prompt(prompt, number)
        for number in self.shots:
            check_number("A number of shots", number, Range(0, MOST_SHOTS), is_whole=True)


def compare(
    plan: ComparePlan, *, words: Sequence[str] = (), record_path: Path | None = None
) -> ComparisonRecord:
    """Compares models.

    Args:
        plan: What to compare.
        words: The command line's, for the record.
        record_path: Where the run record goes; None writes none.

    Returns:
        The run record: `rows`, one a model and number of shots, and `beside`, human ads and
        ordinary prose.

    Raises:
        FileNotFoundError: There is no such model, or there are no such ads.
        ValueError: Models are damaged, there are too few ads, or something else is where the record
            should go.
    """
    check_record_path(record_path, ComparisonRecord)
    for name in plan.models:
        check_kind(name)
    commit = current_commit()
    held_out = plan.source.load_split(plan.split)
    training = plan.source.load_split("train")
    tasks = {
        number: _task(plan, held_out.frame, training.frame, number)
        for number in sorted(set(plan.shots))
    }
    results = {name: _in_own_process(name, tasks, plan.template) for name in plan.models}
    human = next(iter(tasks.values()))
    rows, texts = _rows(results)
    texts[HUMAN_ADS] = begun_ads(held_out.frame, plan.num_written)["ad"].tolist()
    written = written_figures(texts, training.frame, plan.max_training_ads)
    figures = {name: Figures.from_dict(found) for name, found in written.items()}
    record = ComparisonRecord(
        name=record_path.stem if record_path else "comparison",
        command=command_line(words),
        environment=environment(commit),
        corpus=Corpus.from_dict(held_out.corpus),
        split=Split.from_dict(held_out.split),
        plan=ComparisonPlan.from_dict(_shown(plan)),
        num_scored=len(human.ads),
        rows=[
            replace(row, written_figures=figures.get(_key(row.model, row.shots))) for row in rows
        ],
        beside={HUMAN_ADS: figures[HUMAN_ADS], PROSE: Figures(likeness=likeness(prose()))},
    )
    return finish(record, record_path)


def _task(
    plan: ComparePlan, held_out: pd.DataFrame, training: pd.DataFrame, num_shots: int
) -> Task:
    """Makes the task of every model under a number of shots."""
    chosen = held_out.iloc[spread_places(len(held_out), plan.num_ads)]
    begun = begun_ads(held_out, plan.num_written)
    categories = chosen["category"].astype(str).tolist()
    begun_categories = begun["category"].astype(str).tolist()
    shots = draw_shots(training, [*categories, *begun_categories], num_shots, seed=plan.seed)
    return Task(
        ads=chosen["ad"].tolist(),
        ad_categories=categories,
        shots=shots,
        prompts=first_words(begun["ad"]),
        prompt_categories=begun_categories,
        sample_prompts=plan.prompts,
        sample_category=_sample_category(plan, begun_categories),
        num_samples=plan.num_samples,
        sampling=plan.sampling,
        seed=plan.seed,
    )


def _sample_category(plan: ComparePlan, present: Sequence[str]) -> str:
    """Returns the category of the sample prompts.

    It is electronics, which the prompts of 2022 are of, where the corpus has it.
    """
    return next(
        (name for name in (*plan.source.categories, "electronics") if name in present), present[0]
    )


def _in_own_process(name: str, tasks: Mapping[int, Task], template: str | None) -> ModelResult:
    with own_process() as pool:
        return pool.submit(run_tasks, name, tasks, template).result()


def _rows(
    results: Mapping[str, ModelResult],
) -> tuple[list[ComparisonRow], dict[str, list[str]]]:
    """Returns a row a model and number of shots, still without figures of its texts; and those."""
    rows, texts = [], {}
    for name, result in results.items():
        for num_shots, found in result["rows"].items():
            figures = found.get("figures")
            written = found.get("written")
            if written is not None:
                texts[_key(name, num_shots)] = written["texts"]
            rows.append(
                ComparisonRow(
                    model=name,
                    kind=result["kind"],
                    trained_as=result["trained_as"],
                    shots=num_shots,
                    num_weights=result["num_weights"],
                    peak_memory_bytes=result["peak_memory_bytes"],
                    figures=None if figures is None else Figures.from_dict(figures),
                    seconds_an_ad=written and written["seconds_an_ad"],
                    samples=written and [Sample.from_dict(sample) for sample in written["samples"]],
                    error=found.get("error"),
                    num_cut_ads=written and written["num_cut_ads"],
                    written_figures=None,
                )
            )
    return rows, texts


def _key(model: str, num_shots: int) -> str:
    return f"{model}, {num_shots} shots"


def _shown(plan: ComparePlan) -> dict[str, object]:
    shown = asdict(plan)
    del shown["source"]
    return shown | {
        "models": list(plan.models),
        "corpus_dir": plan.source.path.name,
        "categories": list(plan.source.categories),
        "excluded": list(plan.source.excluded),
    }
