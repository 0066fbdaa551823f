"""Defines the records of models that were judged on ads.

A model is judged alone, mixed with an n-gram model, by what it writes, beside others, or under many
decoding controls. The module knows what came out; it computes no figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from adgen.records.base import Figures, RunRecord, Sample
from adgen.records.entries import KEY, Entry


@dataclass(frozen=True, kw_only=True)
class ScoredModel(Entry):
    """A model that was judged.

    Attributes:
        name: What its training called it, or its folder.
        kind: "lstm", "gpt" or "ngram"; None in records of a time when all were LSTMs.
        weights_sha256: Of the file of its weights; None where they are in several files or on the
            Hub.
        tokenizer_fingerprint: Of its tokenizer.
        num_weights: Numbers that training chose; of an n-gram model its n-grams.
        vocab_size: Tokens.
    """

    name: str
    kind: str | None = None
    weights_sha256: str | None
    tokenizer_fingerprint: str
    num_weights: int
    vocab_size: int


@dataclass(frozen=True, kw_only=True)
class MixedNGrams(Entry):
    """An n-gram model that was mixed with a model; its settings as its directory says."""

    name: str
    file_bytes: int
    config: Mapping[str, object] | None


@dataclass(frozen=True, kw_only=True)
class MixtureFigures(Entry):
    """A model, an n-gram model and their mixture on the same ads.

    Attributes:
        model_weight: The model's share in the mixture.
        num_valid_ads: Ads that the weight was chosen on.
        num_ads: Ads scored.
        num_tokens: Targets.
        model: The model alone.
        ngram: The n-gram model alone.
        mixture: Both together.
    """

    model_weight: float
    num_valid_ads: int
    num_ads: int
    num_tokens: int
    model: Figures
    ngram: Figures
    mixture: Figures


@dataclass(frozen=True, kw_only=True)
class WrittenAd(Entry):
    """An ad that a model wrote after the first words of a held-out ad."""

    category: str
    prompt: str
    ad: str


@dataclass(frozen=True, kw_only=True)
class JudgedRecord(RunRecord):
    """The entries of every record of a model directory that was judged on ads.

    Attributes:
        model: The model.
        scored_split: The ads' split, or "all".
        categories: Ads of these alone; None for all.
        excluded: Categories left out; None for none.
        max_ads: Most ads, a random sample; None for all.
    """

    model: ScoredModel
    scored_split: str
    categories: Sequence[str] | None = None
    excluded: Sequence[str] | None = None
    max_ads: int | None

    @property
    def num_weights(self) -> int:
        """Weights of the model."""
        return self.model.num_weights


@dataclass(frozen=True, kw_only=True)
class EvaluationRecord(JudgedRecord):
    """Figures of a model on ads.

    Attributes:
        scored: Of all ads.
        by_category: Of each category's, where they were asked for.
    """

    kind: ClassVar[str] = "evaluation"
    scored: Figures = field(metadata={KEY: "figures"})
    by_category: Mapping[str, Figures] = field(default_factory=dict)

    @property
    def figures(self) -> Mapping[str, Figures]:
        """Figures of the split that was scored."""
        return {self.scored_split: self.scored}


@dataclass(frozen=True, kw_only=True)
class MixtureRecord(JudgedRecord):
    """Figures of a model, an n-gram model and their mixture on the same ads.

    Attributes:
        ngram: The n-gram model.
        mixed: The figures.
    """

    kind: ClassVar[str] = "mixture"
    ngram: MixedNGrams
    mixed: MixtureFigures = field(metadata={KEY: "figures"})

    @property
    def figures(self) -> Mapping[str, Figures]:
        """Figures of the mixture on the split that was scored."""
        return {self.scored_split: self.mixed.mixture}


@dataclass(frozen=True, kw_only=True)
class NoveltyRecord(JudgedRecord):
    """Figures of what a model wrote, beside human ads and its training ads.

    Attributes:
        num_training_ads: Ads that all others were compared with.
        num_ads: Ads of each set.
        sampling: The decoding controls.
        sets: Figures by set: "generated", "human", "human_training".
        by_category: The same by category and set.
        samples: Some of what the model wrote.
        num_cut_ads: Written ads that were cut at the most tokens; None in older records.
    """

    kind: ClassVar[str] = "novelty"
    num_training_ads: int
    num_ads: int
    sampling: Mapping[str, object]
    sets: Mapping[str, Figures] = field(metadata={KEY: "figures"})
    by_category: Mapping[str, Mapping[str, Figures]]
    samples: Sequence[WrittenAd]
    num_cut_ads: int | None = None

    def of(self, name: str) -> Figures:
        """Returns the figures of a set of ads, all of them None where it was not measured."""
        return self.sets.get(name, Figures())


@dataclass(frozen=True, kw_only=True)
class ComparisonPlan(Entry):
    """The plan of a comparison: the fields of `runs.compare.ComparePlan`.

    `num_written` ads were written by each model.
    """

    models: Sequence[str]
    shots: Sequence[int]
    categories: Sequence[str]
    excluded: Sequence[str] = ()
    split: str
    prompts: Sequence[str]
    seed: int
    num_written: int | None = None

    @property
    def ads(self) -> str:
        """Returns the names of the categories whose ads were scored."""
        return ", ".join(self.categories) or "all categories"


@dataclass(frozen=True, kw_only=True)
class ComparisonRow(Entry):
    """One model after so many example ads.

    Attributes:
        model: Its folder, or its id on the Hub.
        kind: "lstm", "ngram" or "gpt".
        trained_as: The name that its training's record gives it.
        shots: Example ads.
        num_weights: Weights, or n-grams.
        peak_memory_bytes: Of the model's process.
        figures: Of the held-out ads; None where they could not be scored.
        seconds_an_ad: To write one.
        samples: What it wrote for the prompts.
        error: Why it could not.
        written_figures: Of what it wrote.
        num_cut_ads: Written ads that were cut at the most tokens; None in older records.
    """

    model: str
    kind: str
    trained_as: str | None
    shots: int
    num_weights: int
    peak_memory_bytes: int | None
    figures: Figures | None
    seconds_an_ad: float | None
    samples: Sequence[Sample] | None
    error: str | None
    written_figures: Figures | None
    num_cut_ads: int | None = None


@dataclass(frozen=True, kw_only=True)
class ComparisonRecord(RunRecord):
    """Models of all kinds on the same held-out ads.

    Attributes:
        plan: What was compared.
        num_scored: Held-out ads.
        rows: One a model and number of example ads.
        beside: Figures of human ads and of ordinary prose.
    """

    kind: ClassVar[str] = "comparison"
    plan: ComparisonPlan
    num_scored: int
    rows: Sequence[ComparisonRow]
    beside: Mapping[str, Figures]


@dataclass(frozen=True, kw_only=True)
class SweepRow(Entry):
    """The figures of one value of one decoding control."""

    control: str
    value: float
    seconds_an_ad: float
    figures: Figures


@dataclass(frozen=True, kw_only=True)
class SweepRecord(RunRecord):
    """One model under many decoding controls.

    Attributes:
        model: The model's name.
        scored_split: The split of the ads whose first words it was given.
        categories: Ads of these alone; None for all.
        excluded: Categories left out; None for none.
        num_written: Ads a row.
        rows: One a value of a control.
        human: Figures of the human ads.
    """

    kind: ClassVar[str] = "sweep"
    model: str
    scored_split: str
    categories: Sequence[str] | None
    excluded: Sequence[str] | None = None
    num_written: int
    rows: Sequence[SweepRow]
    human: Figures
