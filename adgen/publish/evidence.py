"""What run records say of a model: its training, its scores, what it wrote, leaks of its corpus.

A record counts where it names this model: its training by name, corpus and commit, without
one by the time; all others by the SHA-256 of the weights. The module computes no figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypeVar

from adgen.generation.shipped import SHIPPED_WRITER
from adgen.publish.subject import Subject
from adgen.records.base import Figures, Record, RunRecord
from adgen.records.judged import ComparisonRecord, EvaluationRecord, NoveltyRecord
from adgen.records.measured import LeaksRecord, WriterFigures, WritingRecord
from adgen.records.record import of_kind, read_record
from adgen.records.tables import HUMAN_ADS
from adgen.records.trained import (
    FinetuningRecord,
    MixingRecord,
    NGramRecord,
    TrainingRecord,
)

Training: TypeAlias = TrainingRecord | FinetuningRecord | NGramRecord | MixingRecord
_TRAININGS = (TrainingRecord, FinetuningRecord, NGramRecord, MixingRecord)
T = TypeVar("T")


@dataclass(frozen=True)
class Scored:
    """Figures of the test ads, and on how many of which.

    Attributes:
        figures: The figures.
        ads: Which ads, in words.
        record: Where they come from.
        is_of_these_weights: Whether the weights are those that are published, and not those before
            they were stored in fewer bytes.
        is_after_facts: Whether each ad stood behind facts that were taken out of it.
    """

    figures: Figures
    ads: str
    record: Record
    is_of_these_weights: bool
    is_after_facts: bool = False


@dataclass(frozen=True)
class Written:
    """Figures of written ads by who wrote them.

    Attributes:
        columns: The figures.
        num_ads: Ads of each column; None where the record does not say.
        against: What they were compared with, in words.
        commit: Of adgen when they were measured; None outside a checkout.
    """

    columns: Mapping[str, Figures]
    num_ads: int | None
    against: str
    commit: str | None


@dataclass(frozen=True)
class WrittenFromFacts:
    """What a writer made of a set of products, beside people's titles of them.

    Attributes:
        num_products: Products of the set.
        model: The writer's figures.
        human: Those of the titles; None where they were not measured.
        commit: Of adgen when they were measured; None outside a checkout.
    """

    num_products: int
    model: WriterFigures
    human: WriterFigures | None
    commit: str | None


@dataclass(frozen=True)
class Evidence:
    """Holds the records of a model; each may be missing.

    Attributes:
        training: How it was trained.
        scored: Its test figures, those of the published weights first.
        written: What it wrote, beside its training ads.
        leaks: Test ads with a twin in training, of its corpus.
        from_facts: By set of products.
    """

    training: Training | None = None
    scored: Scored | None = None
    written: Written | None = None
    leaks: LeaksRecord | None = None
    from_facts: Mapping[str, WrittenFromFacts] | None = None


def find_evidence(
    subject: Subject, records: Sequence[Record], given: Iterable[Path] = ()
) -> Evidence:
    """Finds what is said of a model.

    Args:
        subject: The model.
        records: Records to look through.
        given: Files of further records, which must all be of this model.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A file is no record, or one of another model.
    """
    own = [(path, read_record(path)) for path in given]
    for path, record in own:
        if not _is_about(record, subject):
            raise ValueError(
                f"{path} is the record of {record.name!r}, of another training or other weights "
                f"than {subject.folder}. Give the model's own, or leave it out."
            )
    records = [*(record for _, record in own), *records]
    trainings = [one for one in records if isinstance(one, _TRAININGS)]
    training = _first(one for one in trainings if _is_training_of(one, subject))
    leaks = [one for one in of_kind(records, LeaksRecord) if _has_corpus(one, subject)]
    return Evidence(
        training=training,
        scored=_scored(subject, records, training),
        written=_written(subject, records),
        leaks=_first(leaks),
        from_facts=_from_facts(subject, of_kind(records, WritingRecord)),
    )


def _is_about(record: Record, subject: Subject) -> bool:
    """Tells whether a record is of the model, or of its corpus."""
    if isinstance(record, _TRAININGS):
        return _is_training_of(record, subject)
    if isinstance(record, (EvaluationRecord, NoveltyRecord)):
        return _judges(record, subject)
    return isinstance(record, LeaksRecord) and _has_corpus(record, subject)


def _is_training_of(record: Training, subject: Subject) -> bool:
    is_same_name = record.name == subject.trained_as
    commit = subject.info.get("commit")
    if commit is None:  # trained outside a checkout: the time tells trainings of a name apart
        is_same_run = subject.info.get("created") == record.environment.created
    else:
        is_same_run = commit == record.commit
    return is_same_name and is_same_run and _has_corpus(record, subject)


def _has_corpus(record: RunRecord, subject: Subject) -> bool:
    corpus = subject.info.get("corpus")
    return isinstance(corpus, dict) and corpus.get("sha256") == record.corpus.sha256


def _judges(record: EvaluationRecord | NoveltyRecord, subject: Subject) -> bool:
    return record.model.weights_sha256 == subject.weights_sha256 is not None


def _scored(
    subject: Subject, records: Sequence[Record], training: Training | None
) -> Scored | None:
    """Returns test figures: of the published weights on the most ads, else the training's."""
    found = [
        Scored(one.scored, _test_ads(one.scored, one.categories), one, True)
        for one in of_kind(records, EvaluationRecord)
        if _judges(one, subject) and one.scored_split == "test"
    ]
    if found:
        return max(found, key=lambda one: one.figures.num_ads or 0)
    if training is None or training.on("test").bits_per_char is None:
        return None
    figures = training.on("test")
    selection = training.selection
    return Scored(
        figures,
        _test_ads(figures, selection.categories if selection is not None else None),
        training,
        is_of_these_weights=subject.storage is None,
        is_after_facts=isinstance(training, FinetuningRecord) and training.config.has_products,
    )


def _test_ads(figures: Figures, categories: Sequence[str] | None) -> str:
    """Returns which ads were scored, in words."""
    num_ads = f"{figures.num_ads:,} " if figures.num_ads else ""
    return f"{num_ads}test ads" + (f" of {', '.join(categories)}" if categories else "")


def _written(subject: Subject, records: Sequence[Record]) -> Written | None:
    """Returns figures of what the model wrote: of its own record, else of a comparison's."""
    for novelty in of_kind(records, NoveltyRecord):
        if _judges(novelty, subject):
            columns = {
                "this model": novelty.of("generated"),
                "human ads, families that training has none of": novelty.of("human"),
                "human ads, training families": novelty.of("human_training"),
            }
            against = f"{novelty.num_training_ads:,} training ads"
            return Written(columns, novelty.num_ads, against, novelty.commit)
    for compared in of_kind(records, ComparisonRecord):
        for row in compared.rows:
            is_this = subject.shipped_as is not None and row.model == f"models/{subject.shipped_as}"
            if is_this and row.shots == 0 and row.written_figures is not None:
                columns = {"this model": row.written_figures}
                if HUMAN_ADS in compared.beside:
                    columns["human ads"] = compared.beside[HUMAN_ADS]
                return Written(
                    columns,
                    compared.plan.num_written,
                    f"training ads of {compared.plan.ads}",
                    compared.commit,
                )
    return None


def _from_facts(
    subject: Subject, records: Sequence[WritingRecord]
) -> Mapping[str, WrittenFromFacts] | None:
    """Returns what a writer that comes with adgen made of products, most products first."""
    names = {subject.shipped_as, "default" if subject.shipped_as == SHIPPED_WRITER else None}
    found = [
        {
            name: WrittenFromFacts(
                products.num_products,
                products.writers[writer],
                products.writers.get("human"),
                record.commit,
            )
            for name, products in record.sets.items()
            for writer in names
            if writer is not None and writer in products.writers
        }
        for record in records
    ]
    return max(found, key=lambda sets: sum(one.num_products for one in sets.values()), default=None)


def _first(found: Iterable[T]) -> T | None:
    return next(iter(found), None)
