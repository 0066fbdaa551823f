"""Evaluations: a model of any kind and a place of ads in, a run record out.

It measures figures of held-out ads, what a model repeats of its training ads, or a mixture with an
n-gram model, for `adgen evaluate` and notebooks alike. Its records hold no human ad.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adgen.corpus.source import Ads, AdSource
from adgen.evaluation.held_out import check_split, load_for_model
from adgen.evaluation.memorisation import measure_memorisation
from adgen.evaluation.mixtures import mixture_figures
from adgen.generation.generator import AdGenerator
from adgen.generation.kinds import open_model
from adgen.generation.trained import TrainedLSTM, TrainedModel, TrainedNGram
from adgen.records.base import Corpus, Figures, Split
from adgen.records.judged import (
    EvaluationRecord,
    JudgedRecord,
    MixedNGrams,
    MixtureFigures,
    MixtureRecord,
    NoveltyRecord,
    ScoredModel,
    WrittenAd,
)
from adgen.records.machine import current_commit, environment
from adgen.records.record import check_record_path, finish
from adgen.support.fields import check_fields, limited
from adgen.support.files import sha256_of
from adgen.support.ranges import COUNTS, SEEDS, Range, check_number

# Validation ads that a mixture's weight is chosen on, at most: more would not move its second
# digit.
_WEIGHT_ADS = 10_000
_NUM_SAMPLES = 20


@dataclass(frozen=True)
class EvaluationPlan:
    """Says what to evaluate.

    Attributes:
        model: A folder of any kind of model, or an id on the Hub.
        ads_path: A file of ads, a folder of them, or a folder that `adgen data prepare` wrote.
        command: The command line that runs it again.
        split: "train", "valid", "test" or "all".
        categories: Ads of these categories alone; empty for all.
        excluded: Categories to leave out.
        text_column: Of files, the column that holds the ads, as in `read_ads`.
        max_ads: Most ads, a random sample, 1 to 1,000,000,000; None takes all.
        num_threads: As for `TrainedModel.figures`, 1 to 1,024.
        record_path: Where the run record goes; None writes none.
    """

    model: str | Path
    ads_path: Path
    command: str
    split: str = "test"
    categories: Sequence[str] = ()
    excluded: Sequence[str] = ()
    text_column: str | None = None
    max_ads: int | None = limited(COUNTS, None)
    num_threads: int = limited(Range(1, 1_024), 1)
    record_path: Path | None = None

    def __post_init__(self) -> None:
        check_fields(self)


class _Run:
    """Holds a plan at work: the model, its ads, the time, what is recorded."""

    ads: Ads
    started: float

    def __init__(self, plan: EvaluationPlan, kind: type[JudgedRecord]) -> None:
        check_record_path(plan.record_path, kind)
        self.plan = plan
        self.commit = current_commit()
        self.model = open_model(plan.model)

    def load_ads(self) -> None:
        """Loads the ads of the plan, and starts the clock."""
        plan = self.plan
        self.ads = self.load(plan.split)
        if plan.split != "all":
            check_split(self.model.info, self.ads.corpus, self.ads.split)
        self.started = time.perf_counter()

    def load(self, split: str, max_ads: int | None = None) -> Ads:
        """Loads ads of a split, as many as planned, or `max_ads` if that is less."""
        limits = [limit for limit in (self.plan.max_ads, max_ads) if limit is not None]
        return self.load_all(split, min(limits, default=None))

    def load_all(self, split: str, max_ads: int | None = None) -> Ads:
        """Loads ads of a split, whatever number was planned."""
        plan = self.plan
        source = AdSource(
            plan.ads_path, plan.categories, plan.excluded, text_column=plan.text_column
        )
        return load_for_model(source, self.model.info, split=split, max_ads=max_ads)

    def shared(self) -> dict[str, Any]:
        """Returns the entries that all kinds of evaluation record, at the end of the run."""
        plan = self.plan
        model_name = self.model.name or Path(plan.model).resolve().name
        split = self.ads.split
        return {
            "name": plan.record_path.stem if plan.record_path else f"{model_name}-{plan.split}",
            "command": plan.command,
            "environment": environment(self.commit),
            "model": _model_entry(self.model, model_name),
            "corpus": Corpus.from_dict(self.ads.corpus),
            "split": None if split is None else Split.from_dict(split),
            "scored_split": plan.split,
            "categories": list(plan.categories) or None,
            "excluded": list(plan.excluded) or None,
            "max_ads": plan.max_ads,
            "seconds": {"evaluation": time.perf_counter() - self.started},
        }


def run_evaluation(plan: EvaluationPlan, *, by_category: bool = False) -> EvaluationRecord:
    """Scores the ads of a split.

    Args:
        plan: What to evaluate.
        by_category: Whether to give the figures of each category too.

    Returns:
        The run record; `scored`, and `by_category` on request, are those of `TrainedModel.figures`.

    Raises:
        FileNotFoundError: There is no such model, or nothing at `ads_path`.
        ValueError: The model was trained on another split of the corpus, there are no ads,
            something else is where the record should go, or categories are asked for of a model
            that reads a stream, whose windows reach from one ad into the next.
    """
    run = _Run(plan, EvaluationRecord)
    if by_category and not run.model.reads_ads:
        raise ValueError(
            'The model reads "stream", across ads: it has no figures by category. Leave them out.'
        )
    run.load_ads()
    if not by_category:
        ads = {"all": run.ads.frame["ad"].tolist()}
        figures, _ = run.model.figures(ads, num_threads=plan.num_threads)
        return finish(
            EvaluationRecord(**run.shared(), scored=Figures.from_dict(figures)), plan.record_path
        )
    by_name = run.ads.frame.groupby("category", observed=True)["ad"]
    groups = {str(name): ads.tolist() for name, ads in by_name}
    figures, by_group = run.model.figures(groups, num_threads=plan.num_threads)
    record = EvaluationRecord(
        **run.shared(),
        scored=Figures.from_dict(figures),
        by_category=_figures_by_name(by_group),
    )
    return finish(record, plan.record_path)


def run_memorisation(
    plan: EvaluationPlan, *, num_ads: int, seed: int = 0, controls: Mapping[str, Any] | None = None
) -> NoveltyRecord:
    """Compares what the model writes after held-out ads' first words with its training ads.

    Args:
        plan: What to evaluate; the split is "valid" or "test".
        num_ads: Ads to write.
        seed: As for `measure_memorisation`.
        controls: Fields of `Sampling` to set otherwise than the model directory does.

    Returns:
        The run record; `sets` and `by_category` as in `Memorisation`, and some of what the model
        wrote in `samples`.

    Raises:
        FileNotFoundError: As `run_evaluation`.
        ValueError: As `run_evaluation`, or there are not so many ads, or a control is out of range.
    """
    if plan.split not in ("valid", "test"):
        raise ValueError(
            f"The split is {plan.split}; memorisation needs held-out ads. Give --split valid or "
            "test."
        )
    check_number("num_ads", num_ads, COUNTS, is_whole=True)
    check_number("seed", seed, SEEDS, is_whole=True)
    run = _Run(plan, NoveltyRecord)
    generator = AdGenerator(run.model)
    sampling = replace(generator.default_sampling, **(controls or {}))
    run.load_ads()
    training = run.load_all("train").frame
    found = measure_memorisation(
        generator, run.ads.frame, training, num_ads=num_ads, seed=seed, sampling=sampling
    )
    samples = found.written.iloc[:: -(-num_ads // _NUM_SAMPLES)]
    record = NoveltyRecord(
        **run.shared(),
        num_training_ads=len(training),
        num_ads=num_ads,
        seed=seed,
        sampling=vars(sampling),
        sets=_figures_by_name(found.figures),
        by_category={name: _figures_by_name(sets) for name, sets in found.by_category.items()},
        num_cut_ads=found.num_cut_ads,
        samples=[WrittenAd.from_dict(sample) for sample in samples.to_dict(orient="records")],
    )
    return finish(record, plan.record_path)


def run_mixture(plan: EvaluationPlan, ngram_dir: str | Path) -> MixtureRecord:
    """Scores test ads with the model, an n-gram model, and both mixed.

    The mixture's weight is chosen on validation ads.

    Args:
        plan: What to evaluate; the split is "test".
        ngram_dir: What `adgen ngram` wrote.

    Returns:
        The run record; `mixed` as from `mixtures.mixture_figures`.

    Raises:
        FileNotFoundError: As `run_evaluation`, or there is no n-gram model.
        ValueError: As `run_evaluation`, or the n-gram model has another tokenizer or was fitted on
            another split.
    """
    if plan.split != "test":
        raise ValueError(
            f"The split is {plan.split}; a mixture's weight is chosen on validation ads and scored "
            "on the others. Give --split test."
        )
    check_record_path(plan.record_path, MixtureRecord)
    ngram = open_model(ngram_dir)
    if not isinstance(ngram, TrainedNGram):
        raise ValueError(
            f"{ngram_dir} is {ngram.called}; expected an n-gram model. `adgen ngram` fits one."
        )
    run = _Run(plan, MixtureRecord)
    if not isinstance(run.model, TrainedLSTM):
        raise ValueError(
            f"{plan.model} is {run.model.called}; an n-gram model is mixed with an LSTM. Give one."
        )
    fingerprints = ngram.tokenizer.fingerprint, run.model.tokenizer.fingerprint
    if fingerprints[0] != fingerprints[1]:
        raise ValueError(
            f"{ngram_dir} has tokenizer {fingerprints[0]}; the model's is {fingerprints[1]}. Fit "
            "the n-gram model on the model's own corpus, categories, number of ads and "
            "--subword-vocab-size."
        )
    run.load_ads()
    check_split(ngram.info, run.ads.corpus, run.ads.split)
    figures = mixture_figures(
        run.model.directory,
        ngram.directory.model,
        valid_ads=run.load("valid", _WEIGHT_ADS).frame["ad"].tolist(),
        ads=run.ads.frame["ad"].tolist(),
        num_threads=plan.num_threads,
    )
    about_ngram = MixedNGrams(
        name=Path(ngram_dir).resolve().name,
        file_bytes=ngram.directory.model_bytes,
        config=ngram.info.get("config"),
    )
    record = MixtureRecord(
        **run.shared(), ngram=about_ngram, mixed=MixtureFigures.from_dict(figures)
    )
    return finish(record, plan.record_path)


def _figures_by_name(figures: Mapping[str, Mapping[str, float | None]]) -> dict[str, Figures]:
    return {name: Figures.from_dict(one) for name, one in figures.items()}


def _model_entry(model: TrainedModel, name: str) -> ScoredModel:
    return ScoredModel(
        name=name,
        kind=model.kind,
        weights_sha256=None if model.weights_path is None else sha256_of(model.weights_path),
        tokenizer_fingerprint=model.tokenizer.fingerprint,
        num_weights=model.num_weights,
        vocab_size=model.tokenizer.vocab_size,
    )
