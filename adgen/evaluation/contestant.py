"""One model of a comparison at work: what held-out ads cost it, and what it writes.

The module knows a task and a model; it does not know the other models, nor what is made of the
results.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from adgen.decoding.sampling import Sampling
from adgen.evaluation.memorisation import ads_one_each
from adgen.generation.folder_kinds import GPT
from adgen.generation.generated import GeneratedAd
from adgen.generation.generator import AdGenerator
from adgen.generation.kinds import open_model
from adgen.records.machine import peak_memory_bytes
from adgen.scoring.protocol import AdScorer, Figures, Shots, scorer_figures


@dataclass(frozen=True)
class Task:
    """Describes the work of one model under one number of shots.

    Attributes:
        ads: Held-out ads to score.
        ad_categories: The category of each.
        shots: What stands before an ad, by category.
        prompts: Beginnings of held-out ads to go on from, each an ad.
        prompt_categories: The category of each.
        sample_prompts: Prompts for samples.
        sample_category: The category that those ads are of.
        num_samples: Ads a sample prompt.
        sampling: The decoding controls; None takes the model's own.
        seed: Of everything that is written.
    """

    ads: Sequence[str]
    ad_categories: Sequence[str]
    shots: Mapping[str, Shots]
    prompts: Sequence[str]
    prompt_categories: Sequence[str]
    sample_prompts: Sequence[str]
    sample_category: str
    num_samples: int
    sampling: Sampling | None
    seed: int


class PromptAds(TypedDict):
    """Holds a sample prompt and the ads that were written for it."""

    prompt: str
    ads: list[str]


class Written(TypedDict):
    """Holds the ads that a model has written: one a prompt, samples, and the seconds an ad took.

    `num_cut_ads` of the texts ended at the most tokens.
    """

    texts: list[str]
    num_cut_ads: int
    samples: list[PromptAds]
    seconds_an_ad: float


class TaskResult(TypedDict, total=False):
    """Holds figures and written ads of a task, or why the model could not do it."""

    figures: Figures
    written: Written | None
    error: str


class ModelResult(TypedDict):
    """Holds the results of a model, by number of shots, and its sizes."""

    kind: str
    trained_as: str | None
    num_weights: int
    peak_memory_bytes: int | None
    rows: dict[int, TaskResult]


def run_tasks(name: str, tasks: Mapping[int, Task], template: str | None) -> ModelResult:
    """Lets a model do its tasks, one a number of shots; made to run in a process of its own.

    Args:
        name: A folder that adgen or transformers wrote, or an id on the Hub.
        tasks: By number of shots.
        template: As for `open_model`.

    Returns:
        `kind`, `trained_as`, `num_weights`, `peak_memory_bytes` of the process, and `rows` by
        number of shots: `figures` and `written`, or `error`, why it could not.

    Raises:
        FileNotFoundError: There is no such model.
        ValueError: It is damaged, or reads no whole ads.
    """
    model = open_model(name, template=template)
    generator = AdGenerator(model)
    scorer = model.scorer
    rows: dict[int, TaskResult] = {}
    for num_shots, task in tasks.items():
        rows[num_shots] = {}
        try:
            rows[num_shots]["figures"] = score(scorer, task)
            rows[num_shots]["written"] = write(generator, task)
        except ValueError as error:  # too many shots for its context, or a prompt too long for it
            rows[num_shots]["error"] = str(error)
    return {
        "kind": model.kind,
        "trained_as": model.name,
        "num_weights": model.num_weights,
        "peak_memory_bytes": peak_memory_bytes(),
        "rows": rows,
    }


def score(scorer: AdScorer, task: Task) -> Figures:
    """Returns figures of the task's ads, each after the shots of its category."""
    order = sorted(range(len(task.ads)), key=lambda place: task.ad_categories[place])
    return scorer_figures(
        scorer,
        [task.ads[place] for place in order],
        [task.shots[task.ad_categories[place]] for place in order],
    )


def write(generator: AdGenerator, task: Task) -> Written | None:
    """Writes what the task asks for.

    Returns:
        `texts`, an ad for each of the task's prompts; `num_cut_ads` of them, which did not end
        before the most tokens; `samples`; `seconds_an_ad`. None where there
        are example ads and the model reads none.
    """
    has_shots = any(shots.examples for shots in task.shots.values())
    if has_shots and generator.model.kind != GPT:
        return None
    written: dict[int, GeneratedAd] = {}
    started = time.perf_counter()
    for category in dict.fromkeys(task.prompt_categories):
        places = [p for p, name in enumerate(task.prompt_categories) if name == category]
        prompts = [task.prompts[place] for place in places]
        writer = _after(generator, task.shots[category])
        ads = ads_one_each(writer, prompts, seed=task.seed, sampling=task.sampling)
        written |= dict(zip(places, ads, strict=True))
    seconds = time.perf_counter() - started
    groups = _after(generator, task.shots[task.sample_category]).generate(
        list(task.sample_prompts), num_ads=task.num_samples, seed=task.seed, sampling=task.sampling
    )
    samples: list[PromptAds] = [
        {"prompt": prompt, "ads": [ad.text for ad in ads]}
        for prompt, ads in zip(task.sample_prompts, groups, strict=True)
    ]
    return {
        "texts": [written[place].text for place in range(len(task.prompts))],
        "num_cut_ads": sum(not ad.finished for ad in written.values()),
        "samples": samples,
        "seconds_an_ad": seconds / max(len(task.prompts), 1),
    }


def _after(generator: AdGenerator, shots: Shots) -> AdGenerator:
    """Returns a generator whose ads follow the shots and their heading; GPTs alone have either."""
    return generator.with_shots(shots) if generator.model.kind == GPT else generator
