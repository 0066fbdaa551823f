"""Defines the records of models that were made: LSTMs, GPTs, n-gram models, smaller copies.

The module knows what came out of a training; it knows no model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from math import inf
from typing import ClassVar

from adgen.records.base import Check, Figures, Record, RunRecord, Sample, Selection
from adgen.records.entries import FLAT, KEY, Entry


@dataclass(frozen=True, kw_only=True)
class TrainingSettings(Entry):
    """Settings of an LSTM's training that tables show; all others are in `others`."""

    model: str
    reads: str
    tokenizer: str
    lstm_units: int
    batch_size: int
    epochs: float


@dataclass(frozen=True, kw_only=True)
class FinetuningSettings(Entry):
    """Settings of a GPT's training that tables show; all others are in `others`."""

    base: str
    engine: str
    lora_rank: int
    precision: str
    rows: str = "ads"

    @property
    def has_products(self) -> bool:
        """Tells whether ads were learned after their products' facts, for writing from facts."""
        return self.rows == "products"


@dataclass(frozen=True, kw_only=True)
class NGramSettings(Entry):
    """Settings of an n-gram model; `max_bytes` is None where it keeps every n-gram."""

    order: int
    max_bytes: int | None
    subword_vocab_size: int


@dataclass(frozen=True, kw_only=True)
class MixingSettings(Entry):
    """Settings of a mixture's n-gram part, and the name of its LSTM."""

    lstm: str
    order: int
    max_bytes: int


@dataclass(frozen=True, kw_only=True)
class TrainedModel(Entry):
    """An LSTM and what it was trained on.

    `num_cut_ads` training ads went on in another row; None in older records.
    """

    num_weights: int
    vocab_size: int
    tokenizer_fingerprint: str
    num_training_tokens: int
    num_examples: int
    steps_per_epoch: int
    num_cut_ads: int | None = None


@dataclass(frozen=True, kw_only=True)
class FinetunedModel(Entry):
    """A GPT and what it was trained on; of a LoRA only its matrices count as trained weights.

    `num_cut_ads` training ads were cut at the most tokens of a row; None in older records.
    """

    architecture: str
    num_weights: int
    num_trained_weights: int
    vocab_size: int
    start_token: str | None
    num_training_tokens: int
    padding_share: float
    num_cut_ads: int | None = None


@dataclass(frozen=True, kw_only=True)
class FittedNGrams(Entry):
    """An n-gram model and its file."""

    num_ngrams: int
    num_ngrams_by_order: Sequence[int]
    file_bytes: int
    vocab_size: int
    tokenizer_fingerprint: str
    num_training_tokens: int


@dataclass(frozen=True, kw_only=True)
class TrainingRecord(RunRecord):
    """The training of an LSTM.

    Attributes:
        selection: The part of a prepared corpus; None for ads of a CSV, which are taken as they
            are.
        config: Settings.
        model: What came out.
        epochs: Passes over the training ads.
        best_epoch: When validation was best.
        metrics: Figures by stage, "baseline" (after one epoch) and "trained", and split; empty if
            interrupted.
        history: A check after the other.
        samples: What the model writes.
    """

    kind: ClassVar[str] = "training"
    selection: Selection | None = field(default=None, metadata=FLAT)
    config: TrainingSettings
    model: TrainedModel
    epochs: float
    best_epoch: float
    metrics: Mapping[str, Mapping[str, Figures]]
    history: Sequence[Check]
    samples: Sequence[Sample] = ()

    @property
    def figures(self) -> Mapping[str, Figures]:
        """Figures of the trained model by split."""
        return self.metrics.get("trained", {})

    def after_one_epoch(self, split: str) -> Figures:
        """Returns the figures of a split after one epoch, all None where it was not scored then."""
        return self.metrics.get("baseline", {}).get(split, Figures())

    @property
    def num_weights(self) -> int:
        """Weights of the model."""
        return self.model.num_weights

    @property
    def curve(self) -> list[tuple[float, float]]:
        """Minutes of training and validation bits per character at every check that has them.

        Empty where a check lacks its time.
        """
        return _curve(self.history, [check.seconds for check in self.history])

    @property
    def cpu_curve(self) -> list[tuple[float, float]]:
        """Minutes of CPU time of all threads, and bits per character, as `curve`."""
        return _curve(self.history, [check.cpu_seconds for check in self.history])

    @property
    def cpu_minutes(self) -> float | None:
        """Minutes of CPU time, of all threads; None where a check lacks them."""
        seconds = [check.cpu_seconds for check in self.history]
        known = [one for one in seconds if one is not None]
        return sum(known) / 60 if known and len(known) == len(seconds) else None

    @property
    def last_bits(self) -> float:
        """Validation bits per character at the last check; infinite where there are none."""
        bits = [check.valid.bits_per_char for check in self.history]
        return next((one for one in reversed(bits) if one is not None), inf)


def _curve(history: Sequence[Check], seconds: Sequence[float | None]) -> list[tuple[float, float]]:
    known = [one for one in seconds if one is not None]
    if len(known) < len(seconds):
        return []  # without all of them no check's time is known
    minutes = [total / 60 for total in accumulate(known)]
    bits = [check.valid.bits_per_char for check in history]
    return [
        (minute, value) for minute, value in zip(minutes, bits, strict=True) if value is not None
    ]


@dataclass(frozen=True, kw_only=True)
class FinetuningRecord(RunRecord):
    """The training of a GPT, from another model or from scratch.

    Attributes:
        selection: The part of a prepared corpus.
        config: Settings.
        model: What came out.
        num_steps: Steps.
        metrics: Figures by split.
        history: A check after the other.
        samples: What the model writes.
    """

    kind: ClassVar[str] = "finetuning"
    selection: Selection = field(metadata=FLAT)
    config: FinetuningSettings
    model: FinetunedModel
    num_steps: int
    metrics: Mapping[str, Figures]
    history: Sequence[Check]
    samples: Sequence[Sample] = ()

    @property
    def figures(self) -> Mapping[str, Figures]:
        """Figures of the trained model by split."""
        return self.metrics

    @property
    def counts_pairs(self) -> bool:
        """Tells whether a writer's split counts the ads that came apart into facts and ad.

        Older records count all ads that were chosen, so that their training ads are as many as
        were asked for.
        """
        counts = self.split.num_ads if self.split is not None else {}
        return counts.get("train") != self.selection.max_ads

    @property
    def num_weights(self) -> int:
        """Weights of the model."""
        return self.model.num_weights


@dataclass(frozen=True, kw_only=True)
class NGramRecord(RunRecord):
    """An n-gram model, fitted and scored.

    Attributes:
        selection: The part of a prepared corpus.
        config: Settings.
        model: What came out.
        metrics: Figures by split.
    """

    kind: ClassVar[str] = "ngram"
    selection: Selection = field(metadata=FLAT)
    config: NGramSettings
    model: FittedNGrams
    metrics: Mapping[str, Figures]

    @property
    def figures(self) -> Mapping[str, Figures]:
        """Figures of the model by split."""
        return self.metrics


@dataclass(frozen=True, kw_only=True)
class MixingRecord(RunRecord):
    """A mixture of an LSTM and an n-gram model, made for it, on validation ads.

    Attributes:
        selection: The part of a prepared corpus.
        config: Settings.
        model: The n-gram model.
        num_lstm_weights: Weights of the LSTM.
        num_share_ads: Validation ads that the shares were chosen on.
        mixed: Figures of "lstm", "ngram" and "mixture" on other validation ads.
        samples: What the mixture writes.
    """

    kind: ClassVar[str] = "mixing"
    selection: Selection = field(metadata=FLAT)
    config: MixingSettings
    model: FittedNGrams
    num_lstm_weights: int
    num_share_ads: int
    mixed: Mapping[str, Figures] = field(metadata={KEY: "metrics"})
    samples: Sequence[Sample] = ()

    @property
    def figures(self) -> Mapping[str, Figures]:
        """Figures of the mixture on the validation split."""
        return {"valid": self.mixed["mixture"]}

    @property
    def num_weights(self) -> int:
        """Weights of the LSTM, and n-grams."""
        return self.num_lstm_weights + self.model.num_ngrams


@dataclass(frozen=True, kw_only=True)
class CompressionRecord(Record):
    """A model's folder, written again in fewer bytes.

    Attributes:
        trained_as: The name in its training's record; None where nothing says it.
        storage: What the weights are kept as.
        num_bytes: Of all files.
    """

    kind: ClassVar[str] = "compression"
    trained_as: str | None
    storage: str
    num_bytes: int
