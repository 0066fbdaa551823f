"""Models of all kinds side by side: the same held-out ads, the same prompts, zero, one and a few shots.

Every model works in a process of its own, so that the memory it needs is its own too. What all of them have written is
then looked at together: how new it is, how it repeats itself, how much it looks like ads.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from adgen.gpt.contestants import Task, run_tasks
from adgen.gpt.data import AdSource
from adgen.gpt.prompts import draw_shots
from adgen.gpt.written import begun_ads, first_words, likeness, prose, written_figures
from adgen.records import command_line, current_commit, environment, write_record
from adgen.runs import SEED_PROMPTS
from adgen.sampling import Sampling
from adgen.tables import HUMAN_ADS
from adgen.training_data import spread

PROSE = "ordinary prose"


@dataclass(frozen=True)
class ComparePlan:
    """What to compare.

    Attributes:
        models: Folders, or ids on the Hub.
        source: The ads; `max_ads` has no say.
        shots: Numbers of example ads.
        split: "valid" or "test".
        num_ads: Held-out ads to score.
        num_written: Ads that each model writes after their first two words.
        prompts: Prompts for samples.
        num_samples: Ads a prompt.
        template: As for `load_gpt_directory`.
        sampling: The decoding controls; None takes each model's own.
        max_training_ads: Training ads that what is written is compared with, at most.
        seed: Of shots and ads.
    """

    models: Sequence[str]
    source: AdSource
    shots: Sequence[int] = (0, 1, 4)
    split: str = "test"
    num_ads: int = 500
    num_written: int = 200
    prompts: Sequence[str] = SEED_PROMPTS
    num_samples: int = 1
    template: str | None = None
    sampling: Sampling | None = None
    max_training_ads: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("models", "shots", "prompts"):
            if not getattr(self, name):
                raise ValueError(f"There are no {name}. Give at least one.")
        if len(set(self.models)) < len(self.models):
            raise ValueError("A model is given twice. Give each once.")
        if self.split not in ("valid", "test"):
            raise ValueError(f"split is {self.split!r}; expected valid or test: ads that no model has seen.")
        for name in ("num_ads", "num_written", "num_samples"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; expected 1 or more.")


def compare(
    plan: ComparePlan, *, words: Sequence[str] = (), record_path: Path | None = None
) -> dict[str, Any]:
    """Compare models.

    Args:
        plan: What to compare.
        words: The command line's, for the record.
        record_path: Where the run record goes; None writes none.

    Returns:
        The run record: `rows`, one a model and number of shots, and `beside`, human ads and ordinary prose.

    Raises:
        FileNotFoundError: There is no such model, or there are no such ads.
        ValueError: Models are damaged, or there are too few ads.
    """
    commit = current_commit()
    held_out, training = plan.source.load_split(plan.split), plan.source.load_split("train")
    tasks = {number: _task(plan, held_out, training, number) for number in sorted(set(plan.shots))}
    results = {name: _in_own_process(name, tasks, plan.template) for name in plan.models}
    human = next(iter(tasks.values()))
    rows, texts = _rows(results)
    texts[HUMAN_ADS] = begun_ads(held_out, plan.num_written)["ad"].tolist()
    figures = written_figures(texts, training, plan.max_training_ads)
    for row in rows:
        row["written_figures"] = figures.get(row["key"])
    record = {
        "kind": "comparison",
        "name": record_path.stem if record_path else "comparison",
        "command": command_line(words),
        **environment(commit),
        "corpus": held_out.attrs["corpus"],
        "split": held_out.attrs["split"],
        "plan": _shown(plan),
        "num_scored": len(human.ads),
        "rows": [{name: value for name, value in row.items() if name != "key"} for row in rows],
        "beside": {HUMAN_ADS: figures[HUMAN_ADS], PROSE: {"likeness": likeness(prose())}},
    }
    if record_path is not None:
        write_record(record_path, record)
    return record


def _task(plan: ComparePlan, held_out: pd.DataFrame, training: pd.DataFrame, num_shots: int) -> Task:
    """What every model does under a number of shots."""
    chosen = held_out.iloc[list(spread(len(held_out), plan.num_ads))]
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
    """The category of the sample prompts: electronics, which the prompts of 2022 are of, where the corpus has it."""
    return next((name for name in (*plan.source.categories, "electronics") if name in present), present[0])


def _in_own_process(name: str, tasks: Mapping[int, Task], template: str | None) -> dict[str, Any]:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(run_tasks, name, tasks, template).result()


def _rows(results: Mapping[str, dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, list[str]]]:
    """One row a model and number of shots, and the texts of each."""
    rows, texts = [], {}
    for name, result in results.items():
        for num_shots, found in result["rows"].items():
            key = f"{name}, {num_shots} shots"
            written = found.get("written")
            if written is not None:
                texts[key] = written["texts"]
            rows.append(
                {
                    "key": key,
                    "model": name,
                    "kind": result["kind"],
                    "trained_as": result["trained_as"],
                    "shots": num_shots,
                    "num_weights": result["num_weights"],
                    "peak_memory_bytes": result["peak_memory_bytes"],
                    "figures": found.get("figures"),
                    "seconds_an_ad": written and written["seconds_an_ad"],
                    "samples": written and written["samples"],
                    "error": found.get("error"),
                }
            )
    return rows, texts


def _shown(plan: ComparePlan) -> dict[str, Any]:
    shown = asdict(plan)
    del shown["source"]
    return shown | {
        "models": list(plan.models),
        "corpus_dir": plan.source.path.name,
        "categories": list(plan.source.categories),
        "excluded": list(plan.source.excluded),
    }
