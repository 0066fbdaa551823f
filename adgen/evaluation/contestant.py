"""A model of any kind in a comparison: it scores ads and writes some.

It comes from its folder or its id on the Hub.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from adgen.decoding.sampling import Sampling
from adgen.evaluation.memorisation import write_one_each
from adgen.generation.generator import AdGenerator
from adgen.generation.kinds import open_scorer
from adgen.gpt.loading import is_gpt_folder
from adgen.lstm.directory import load_model_directory
from adgen.ngram.directory import is_ngram_directory, load_ngram_directory
from adgen.records.machine import peak_memory_bytes
from adgen.scoring.protocol import AdScorer, Figures, Shots, scorer_figures

LSTM, NGRAM, GPT = "lstm", "ngram", "gpt"


@dataclass(frozen=True)
class Task:
    """The work of one model under one number of shots.

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
    """A sample prompt and the ads that were written for it."""

    prompt: str
    ads: list[str]


class Written(TypedDict):
    """The ads that a model has written: one a prompt, samples, and the seconds that an ad took."""

    texts: list[str]
    samples: list[PromptAds]
    seconds_an_ad: float


class TaskResult(TypedDict, total=False):
    """Figures and written ads of a task, or why the model could not do it."""

    figures: Figures
    written: Written | None
    error: str


class ModelResult(TypedDict):
    """The results of a model, by number of shots, and its sizes."""

    kind: str
    trained_as: str | None
    num_weights: int
    peak_memory_bytes: int | None
    rows: dict[int, TaskResult]


class Contestant:
    """A model of any kind.

    Args:
        name: A folder that adgen or transformers wrote, or an id on the Hub.
        template: As for `load_gpt_directory`; other models have none.

    Raises:
        FileNotFoundError: There is no such model.
        ValueError: It is damaged.
    """

    def __init__(self, name: str, *, template: str | None = None) -> None:
        path = Path(name)
        self.generator: AdGenerator | None = None
        self.trained_as: str | None = None  # the name that its training's record gives it
        if path.is_dir() and is_ngram_directory(path):
            self.kind = NGRAM
            ngram = load_ngram_directory(path)
            self.scorer: AdScorer = open_scorer(ngram.model, ngram.tokenizer)
            self.num_weights = ngram.model.num_ngrams
        elif path.is_dir() and not is_gpt_folder(path):
            self.kind = LSTM
            lstm = load_model_directory(path)
            self.scorer, self.generator = open_scorer(lstm), AdGenerator(lstm)
            self.trained_as = lstm.info.get("name")
            self.num_weights = sum(int(array.size) for array in lstm.weights.values())
        else:
            from adgen.gpt.directory import load_gpt_directory

            self.kind = GPT
            gpt = load_gpt_directory(name, template=template)
            self.generator = AdGenerator(gpt)
            self.scorer = gpt.scorer
            self.trained_as = gpt.info.get("name")
            self.num_weights = gpt.lm.num_weights

    def score(self, task: Task) -> Figures:
        """Return figures of the task's ads, each after the shots of its category."""
        order = sorted(range(len(task.ads)), key=lambda place: task.ad_categories[place])
        return scorer_figures(
            self.scorer,
            [task.ads[place] for place in order],
            [task.shots[task.ad_categories[place]] for place in order],
        )

    def write(self, task: Task) -> Written | None:
        """Write an ad for each of the task's prompts, and samples; None where the model cannot."""
        has_shots = any(shots.examples for shots in task.shots.values())
        if self.generator is None or (has_shots and self.kind != GPT):
            return None
        texts: dict[int, str] = {}
        started = time.perf_counter()
        for category in dict.fromkeys(task.prompt_categories):
            places = [p for p, name in enumerate(task.prompt_categories) if name == category]
            generator = self._with(task.shots[category])
            prompts = [task.prompts[place] for place in places]
            written = write_one_each(generator, prompts, seed=task.seed, sampling=task.sampling)
            texts |= dict(zip(places, written, strict=True))
        seconds = time.perf_counter() - started
        groups = self._with(task.shots[task.sample_category]).generate(
            list(task.sample_prompts), num_ads=task.num_samples, seed=task.seed, sampling=task.sampling
        )
        samples: list[PromptAds] = [
            {"prompt": prompt, "ads": [ad.text for ad in ads]}
            for prompt, ads in zip(task.sample_prompts, groups, strict=True)
        ]
        return {
            "texts": [texts[place] for place in range(len(task.prompts))],
            "samples": samples,
            "seconds_an_ad": seconds / max(len(task.prompts), 1),
        }

    def _with(self, shots: Shots) -> AdGenerator:
        assert self.generator is not None
        return self.generator.with_shots(shots) if self.kind == GPT else self.generator


def open_generator(name: str, *, template: str | None = None) -> AdGenerator:
    """Open a model for writing.

    Raises:
        FileNotFoundError: There is no such model.
        ValueError: It is damaged, or an n-gram model, which cannot write.
    """
    generator = Contestant(name, template=template).generator
    if generator is None:
        raise ValueError(
            f"{name} is an n-gram model; it scores ads and does not write them. Give another model."
        )
    return generator


def run_tasks(name: str, tasks: Mapping[int, Task], template: str | None) -> ModelResult:
    """Let a model do its tasks, one a number of shots; made to run in a process of its own.

    Returns:
        `kind`, `trained_as`, `num_weights`, `peak_memory_bytes` of the process, and `rows` by
        number of shots: `figures` and `written`, or `error`, why it could not.
    """
    model = Contestant(name, template=template)
    rows: dict[int, TaskResult] = {}
    for num_shots, task in tasks.items():
        try:
            rows[num_shots] = {"figures": model.score(task), "written": model.write(task)}
        except ValueError as error:  # too many shots for its context
            rows[num_shots] = {"error": str(error)}
    return {
        "kind": model.kind,
        "trained_as": model.trained_as,
        "num_weights": model.num_weights,
        "peak_memory_bytes": peak_memory_bytes(),
        "rows": rows,
    }
