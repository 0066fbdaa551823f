"""Defines the records of what is no model: leaks into held-out ads, and benchmarks.

The module knows what was measured; it measures nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from adgen.records.base import Record, RunRecord
from adgen.records.entries import Entry


@dataclass(frozen=True, kw_only=True)
class LeakCounts(Entry):
    """Held-out ads with a twin among the training ads, by split and by how alike the two are."""

    num_train_ads: int
    counts: Mapping[str, Mapping[str, int]]
    shares: Mapping[str, Mapping[str, float]]
    recall: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class LeaksRecord(RunRecord):
    """Leaks from training into held-out ads, by the way of splitting."""

    kind: ClassVar[str] = "leaks"
    leaks: Mapping[str, LeakCounts]


@dataclass(frozen=True, kw_only=True)
class BenchmarkRecord(Record):
    """A benchmark's results; those that no table of their own shows are in `others`.

    Attributes:
        rows: Label and value of each row in the table of benchmarks.
    """

    kind: ClassVar[str] = "benchmark"
    rows: Sequence[Sequence[str]]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != 2:
                raise ValueError(f"rows has one of {len(row)} cells; expected a label and a value")


@dataclass(frozen=True, kw_only=True)
class StepCost(Entry):
    """The cost of a training step with one setting changed."""

    cpu_seconds_per_million_tokens: float
    peak_memory_bytes: int


@dataclass(frozen=True, kw_only=True)
class StepsRecord(BenchmarkRecord):
    """The benchmark "steps": costs by setting, "preset" among them."""

    variants: Mapping[str, StepCost]

    def __post_init__(self) -> None:
        super().__post_init__()
        if "preset" not in self.variants:
            raise ValueError("variants has no preset, with which the others are compared")

    @property
    def preset(self) -> StepCost:
        """The cost of a step with no setting changed."""
        return self.variants["preset"]


@dataclass(frozen=True, kw_only=True)
class MemoryRun(Entry):
    """A training step of a published GPT; its measures are None where it was too large to run."""

    model: str
    lora_rank: int
    gradient_checkpointing: bool
    predicted_bytes: float
    peak_memory_bytes: int | None
    seconds: float | None


@dataclass(frozen=True, kw_only=True)
class MemoryRecord(BenchmarkRecord):
    """The benchmark "gpt_memory": a run a model and a way to train it."""

    runs: Sequence[MemoryRun]


@dataclass(frozen=True, kw_only=True)
class WriterFigures(Entry):
    """What one writer made of a set of products; shares of its ads, or of all facts."""

    num_ads: int
    facts_kept: float
    ads_with_invented_numbers: float
    ads_with_invented_brands: float
    ads_with_invented_colours: float
    ads_too_long: float
    repeated_words: float
    copies_of_training_ads: float | None
    characters_an_ad: float
    absent_facts_claimed: float | None = None
    seconds_an_ad: float | None = None


@dataclass(frozen=True, kw_only=True)
class ProductSet(Entry):
    """Products with known facts, and what each writer made of them; "human" are their titles."""

    num_products: int
    writers: Mapping[str, WriterFigures]


@dataclass(frozen=True, kw_only=True)
class WritingRecord(BenchmarkRecord):
    """The benchmark "writing": writers, people and a template on products that none has seen."""

    sets: Mapping[str, ProductSet]


@dataclass(frozen=True, kw_only=True)
class JudgedTexts(Entry):
    """Texts of one source, as a reader judged them without knowing it.

    Attributes:
        num_texts: All of them.
        ok_interval: Lower and upper bound of the 95% interval of the share that is ok.
        kinds: Texts by kind of verdict: "ok", then the faults, the gravest first.
    """

    num_texts: int
    ok_interval: Sequence[float]
    kinds: Mapping[str, int]

    def __post_init__(self) -> None:
        if len(self.ok_interval) != 2:
            raise ValueError(
                f"ok_interval has {len(self.ok_interval)} numbers; expected a lower and an upper"
            )
        if "ok" not in self.kinds or sum(self.kinds.values()) != self.num_texts:
            raise ValueError('kinds are not those of all texts; expected "ok" and every fault')
        if self.num_texts < 1:
            raise ValueError(f"num_texts is {self.num_texts}; expected one or more")

    @property
    def commonest_fault(self) -> tuple[str, int] | None:
        """The fault that most texts have, and how many; None where all are ok."""
        faults = {kind: number for kind, number in self.kinds.items() if kind != "ok"}
        fault = max(faults, key=faults.__getitem__, default="")
        return (fault, faults[fault]) if faults.get(fault) else None


@dataclass(frozen=True, kw_only=True)
class ReadTexts(Entry):
    """Texts of one source about products with facts, as a reader judged them.

    Attributes:
        num_texts: All of them.
        ok: Those that could be published as they stand.
    """

    num_texts: int
    ok: int

    def __post_init__(self) -> None:
        if not 0 <= self.ok <= self.num_texts or not self.num_texts:
            raise ValueError(f"ok is {self.ok} of {self.num_texts} texts; expected some of them")


@dataclass(frozen=True, kw_only=True)
class ReadingRecord(BenchmarkRecord):
    """The benchmark "reading": ads from facts, people's titles among them, read blind.

    Attributes:
        sources: By writer; "human" are titles that people wrote of the same products.
        made_by: The command that made the sheet; None in the oldest record. Records of one sheet,
            read by several, agree in it.
    """

    sources: Mapping[str, ReadTexts]
    made_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class FirstWordsRecord(BenchmarkRecord):
    """The benchmark "first_words": ads of models and people, read blind.

    Attributes:
        split: Of the ads whose first words the models went on from.
        num_words: First words.
        reader: Who judged.
        counted_on: The day of the count, UTC, in ISO 8601.
        sources: By model; "human" are the ads that the words are from.
    """

    split: str
    num_words: int
    reader: str
    counted_on: str
    sources: Mapping[str, JudgedTexts]
