"""Defines what every run record says: corpus, split, figures, checks, samples.

The same figure has the same name in every kind of record: `figures` by split, `num_weights`,
`minutes`. In a JSON file it may have another, so that the files of earlier versions stay readable
as they are. The module knows no kind of run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from adgen.records.entries import FLAT, UNSTORED, Entry
from adgen.records.machine import Environment, Hardware, Surroundings


@dataclass(frozen=True, kw_only=True)
class Corpus(Entry):
    """The ads of a run.

    Attributes:
        name: A name for people, such as the file's.
        num_ads: After cleaning and de-duplication.
        sha256: Of their texts in order.
    """

    name: str
    num_ads: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Split(Entry):
    """How a corpus was divided; all of it is None where the file's own column says so.

    Attributes:
        valid: The share for validation.
        test: The share for the test.
        seed: Of the split.
        by: What stays undivided, "family" or "ad".
        num_ads: Ads used of each split.
    """

    valid: float | None = None
    test: float | None = None
    seed: int | None = None
    by: str | None = None
    num_ads: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Selection(Entry):
    """The part of a prepared corpus that was trained on.

    Attributes:
        categories: These alone; None for all.
        excluded: None of these.
        max_ads: Most training ads, a random sample; None for all.
    """

    categories: Sequence[str] | None
    excluded: Sequence[str] | None = None
    max_ads: int | None


@dataclass(frozen=True, kw_only=True)
class Figures(Entry):
    """Figures of a model's predictions, or of what it wrote; None where it was not measured.

    Those that only tables show, by their names in `records.tables`, are in `others`.

    Attributes:
        num_ads: Ads scored.
        num_tokens: Targets.
        num_chars: Characters, ad ends included.
        num_accuracy_ads: Ads that the accuracies are of, where not of all.
        num_with_fewer_shots: Ads that had no room after all of their example ads.
        bits_per_char: Bits per character.
        cross_entropy: Nats a token.
        loss: What training minimised, nats.
        perplexity: A token's.
        accuracy: Share of tokens that are the first choice.
        top_5_accuracy: Share of tokens among the first five.
        word_accuracy: Share of words that are the first choice.
        word_top_5_accuracy: Share of words among the first five.
        likeness: Bits per character under the LSTM that comes with adgen.
        novel_3_share: Share of word 3-grams that no training ad has.
    """

    num_ads: int | None = None
    num_tokens: int | None = None
    num_chars: int | None = None
    num_accuracy_ads: int | None = None
    num_with_fewer_shots: int | None = None
    bits_per_char: float | None = None
    cross_entropy: float | None = None
    loss: float | None = None
    perplexity: float | None = None
    accuracy: float | None = None
    top_5_accuracy: float | None = None
    word_accuracy: float | None = None
    word_top_5_accuracy: float | None = None
    likeness: float | None = None
    novel_3_share: float | None = None
    others: Mapping[str, float | None] = field(default_factory=dict, metadata=UNSTORED)

    def get(self, name: str) -> float | None:
        """Returns the figure of this name; None where it was not measured."""
        return self.others[name] if name in self.others else getattr(self, name, None)


@dataclass(frozen=True, kw_only=True)
class Check(Entry):
    """Figures at one moment of a training.

    Attributes:
        epoch: Passes over the training ads so far.
        step: Steps so far.
        seconds: Of training since the check before; of GPTs, since the start.
        cpu_seconds: CPU time of all threads since the check before.
        running: Of the batches since the check before.
        train_sample: Of some training ads.
        valid: Of some validation ads, or of all.
    """

    epoch: float | None = None
    step: int | None = None
    seconds: float | None = None
    cpu_seconds: float | None = None
    running: Figures = field(default_factory=Figures)
    train_sample: Figures = field(default_factory=Figures)
    valid: Figures = field(default_factory=Figures)


@dataclass(frozen=True, kw_only=True)
class Sample(Entry):
    """Ads that a model wrote for a prompt, nothing picked."""

    prompt: str
    ads: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Record(Entry):
    """The entries that every record has.

    Attributes:
        kind: The kind's name in JSON.
        name: A short name, often the model's.
        command: The command line that runs it again.
        environment: When and where it ran.
        group: The folder below `results/` that it was read from; empty for that folder itself.
    """

    kind: ClassVar[str]
    name: str
    command: str
    environment: Surroundings = field(metadata=FLAT)
    group: str = field(default="", compare=False, repr=False, metadata=UNSTORED)

    @property
    def commit(self) -> str | None:
        """The commit of adgen; None outside a checkout."""
        return self.environment.commit

    @property
    def hardware(self) -> Hardware:
        """The machine of the run."""
        return self.environment.hardware

    @property
    def figures(self) -> Mapping[str, Figures]:
        """Figures of the model that the record is of, by split; empty where it is of none."""
        return {}

    @property
    def num_weights(self) -> int | None:
        """Weights of the model that the record is of; None where it is of none."""
        return None

    @property
    def minutes(self) -> float | None:
        """Minutes of training or of counting; None where there was none, or they are not known."""
        return None

    def on(self, split: str) -> Figures:
        """Returns the figures of a split, all of them None where it was not scored."""
        return self.figures.get(split, Figures())

    def as_dict(self) -> dict[str, Any]:
        """Returns the record as JSON has it."""
        return {"kind": self.kind, **super().as_dict()}


@dataclass(frozen=True, kw_only=True)
class RunRecord(Record):
    """The entries of every record whose run read ads.

    Attributes:
        corpus: The ads.
        split: How they were divided; None where all ads were taken.
        seed: Of the run.
        seconds: By stage of the run.
    """

    environment: Environment = field(metadata=FLAT)
    corpus: Corpus
    split: Split | None
    seed: int | None = None
    seconds: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def peak_memory_bytes(self) -> int | None:
        """Most memory that the process held at once; None where the system does not tell."""
        return self.environment.peak_memory_bytes

    @property
    def minutes(self) -> float | None:
        """Minutes of training or of counting; None where there was none, or they are not known."""
        seconds = self.seconds.get("training", self.seconds.get("fit"))
        return None if seconds is None else seconds / 60

    @property
    def num_train_ads(self) -> int | None:
        """Training ads; None where the record does not say."""
        return self.split.num_ads.get("train") if self.split else None

    @property
    def split_by(self) -> str | None:
        """The unit that the split keeps together, "family" or "ad"; None where nothing says."""
        return self.split.by if self.split else None
