"""Run records gathered to what came out: every model on the test ads that it was judged on.

Three sets of test ads, one after the other: all categories, the categories of each comparison, the
13,070 ads of 2022. The module knows run records; how they are shown is `tables_main`'s and
`plots_main`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from adgen.gpt.catalogue import PUBLISHED
from adgen.records.base import Figures, Record, RunRecord
from adgen.records.judged import (
    ComparisonRecord,
    ComparisonRow,
    EvaluationRecord,
    MixtureRecord,
    NoveltyRecord,
)
from adgen.records.record import of_kind
from adgen.records.tables import HUMAN_ADS, commit_cell
from adgen.records.trained import (
    CompressionRecord,
    FinetuningRecord,
    MixingRecord,
    NGramRecord,
    TrainingRecord,
)
from adgen.report.names import copies_of

_TRAININGS = (TrainingRecord, FinetuningRecord, NGramRecord, MixingRecord)


@dataclass(frozen=True)
class Command:
    """A command line, and the commit of adgen that it was run with; None where it was not run.

    A preset may say something else at another commit.
    """

    line: str
    commit: str | None = None

    @classmethod
    def of(cls, record: Record) -> Command:
        """Returns that of a record."""
        return cls(record.command, commit_cell(record))


@dataclass(frozen=True)
class Result:
    """Holds what one model gave on one set of test ads.

    Attributes:
        label: The model's name.
        size: Its weights or n-grams, in words.
        commands: The commands that give it, in their order.
        figures: Of the test ads; None for human ads and for what was not run.
        made: The record that says on how many ads, in what memory and where it was made; None for
            human ads, for what was made elsewhere and for what was not run.
        minutes: Of training or of counting, the base's first; empty where they are not known.
        novel_share: Share of the word 3-grams that it wrote which no training ad has.
        curve: Minutes of training and validation bits per character at every check.
        is_ngram: Whether it is an n-gram model alone.
        was_run: Whether it was run here.
    """

    label: str
    size: str
    commands: Sequence[Command]
    figures: Figures | None = None
    made: RunRecord | None = None
    minutes: Sequence[float] = ()
    novel_share: float | None = None
    curve: Sequence[tuple[float, float]] = ()
    is_ngram: bool = False
    was_run: bool = True

    @property
    def bits_per_char(self) -> float | None:
        """Returns the figure of the test ads; None where they were not scored."""
        return self.figures.bits_per_char if self.figures else None


@dataclass(frozen=True)
class ResultGroup:
    """Holds the models judged on one set of test ads: n-gram models, then the others, best last.

    Attributes:
        title: Which ads.
        results: One a model.
        scored_by: The commands that scored them, where these are not their own.
    """

    title: str
    results: Sequence[Result]
    scored_by: Sequence[Command] = ()


def result_groups(records: Sequence[Record]) -> list[ResultGroup]:
    """Gathers every set of test ads that there are figures of."""
    groups = [
        ResultGroup(f"All categories, {_num_test_ads(records)} test ads", _corpus_results(records))
    ]
    groups += [_comparison_group(alike, records) for alike in _comparisons(records)]
    groups.append(
        ResultGroup("The 13,070 ads of 2022, their test ads", _sorted(_small_results(records)))
    )
    return [group for group in groups if group.results]


def _sorted(results: Iterator[Result]) -> list[Result]:
    return sorted(results, key=lambda result: (not result.is_ngram, -(result.bits_per_char or 0.0)))


def _num_test_ads(records: Sequence[Record]) -> str:
    counts = [record.on("test").num_ads or 0 for record in of_kind(records, NGramRecord)]
    return f"{max(counts):,}" if any(counts) else "all"


def _corpus_results(records: Sequence[Record]) -> list[Result]:
    models = [*_ngram_results(records), *_evaluation_results(records), *_mixture_results(records)]
    human = [
        Result(HUMAN_ADS, "", [Command.of(record)], novel_share=record.of("human").novel_3_share)
        for record in of_kind(records, NoveltyRecord)[-1:]
    ]
    return [*_sorted(iter(models)), *human]


def _ngram_results(records: Sequence[Record]) -> Iterator[Result]:
    for record in of_kind(records, NGramRecord):
        yield Result(
            f"{record.name}: Kneser-Ney {record.config.order}-gram",
            _ngram_size(record),
            [Command.of(record)],
            record.figures.get("test"),
            record,
            minutes=_minutes(record),
            is_ngram=True,
        )


def _evaluation_results(records: Sequence[Record]) -> Iterator[Result]:
    written = {
        record.model.name: record.of("generated") for record in of_kind(records, NoveltyRecord)
    }
    for record in of_kind(records, EvaluationRecord):
        if record.scored_split == "test":
            name = record.model.name
            made = _made(records, name)
            yield Result(
                name,
                _mixing_size(made)
                if isinstance(made, MixingRecord)
                else _weights_size(record.num_weights),
                [*_making(records, name, made), Command.of(record)],
                record.scored,
                made or record,
                minutes=[*_base_minutes(records, made), *_minutes(made)],
                novel_share=written.get(name, Figures()).novel_3_share,
                curve=made.curve if isinstance(made, TrainingRecord) else (),
            )


def _mixture_results(records: Sequence[Record]) -> Iterator[Result]:
    for record in of_kind(records, MixtureRecord):
        model, ngram, mixed = record.model, record.ngram, record.mixed
        yield Result(
            f"{mixed.model_weight:.2f} {model.name} + {ngram.name}",
            f"{_weights_size(model.num_weights)}, {ngram.file_bytes / 1e6:.0f} MB",
            [Command.of(record)],
            mixed.mixture,
            record,
        )


def _comparisons(records: Sequence[Record]) -> list[list[ComparisonRecord]]:
    """Gathers the comparisons of the same test ads of some categories.

    The same ads have as many characters. Models of all categories are judged on all of their ads.
    """
    alike: dict[object, list[ComparisonRecord]] = {}
    for record in of_kind(records, ComparisonRecord):
        plan = record.plan
        if not plan.categories:
            continue
        chars = next((row.figures.num_chars for row in record.rows if row.figures), None)
        ads = (tuple(plan.categories), plan.split, plan.seed, record.num_scored, chars)
        alike.setdefault(ads, []).append(record)
    return list(alike.values())


def _comparison_group(
    comparisons: Sequence[ComparisonRecord], records: Sequence[Record]
) -> ResultGroup:
    """Returns the models of comparisons of the same ads; of one compared twice the last."""
    last = comparisons[-1]
    title = f"{last.plan.ads.capitalize()}, {last.num_scored:,} test ads"
    written = last.beside.get(HUMAN_ADS, Figures())
    human = Result(HUMAN_ADS, "", [], novel_share=written.novel_3_share)
    found = (result for record in comparisons for result in _compared_results(record, records))
    originals = copies_of(comparisons)
    found = (result for result in found if result.label not in originals)
    compared = _sorted(iter({one.label: one for one in found}.values()))
    commands = [Command.of(record) for record in comparisons]
    return ResultGroup(title, [*compared, human, *_published_results(comparisons)], commands)


def _compared_results(record: ComparisonRecord, records: Sequence[Record]) -> Iterator[Result]:
    """Yields every model without example ads.

    Those trained on other categories, or on no ads here, come with the most of them too.
    """
    most = max((row.shots for row in record.rows if row.figures), default=0)
    for row in record.rows:
        name = Path(row.model).name
        made = _made(records, row.trained_as or name)
        is_foreign = made is None and row.kind == "gpt"
        if isinstance(made, FinetuningRecord):
            is_foreign = bool(made.selection.excluded)
        if row.figures and (not row.shots or (is_foreign and row.shots == most)):
            yield Result(
                f"{name}, after {row.shots} example ads" if row.shots else name,
                _compared_size(row, made),
                _making(records, name, made),
                row.figures,
                made or (None if is_foreign else record),
                minutes=[*_base_minutes(records, made), *_minutes(made)],
                novel_share=row.written_figures.novel_3_share if row.written_figures else None,
                is_ngram=row.kind == "ngram",
            )


def _published_results(comparisons: Sequence[ComparisonRecord]) -> Iterator[Result]:
    """Yields models of the Hub that no comparison has."""
    seen = {row.model for record in comparisons for row in record.rows}
    chosen = "".join(f" --category {name}" for name in comparisons[-1].plan.categories)
    for model in PUBLISHED.values():
        if model.model_id and model.model_id not in seen:
            command = f"adgen compare --models {model.model_id}{chosen} --shots 0,1,4"
            yield Result(
                model.name, _weights_size(model.num_weights), [Command(command)], was_run=False
            )


def _small_results(records: Sequence[Record]) -> Iterator[Result]:
    """Yields models that adgen's own rules trained on a CSV."""
    for record in of_kind(records, TrainingRecord):
        is_small = record.selection is None and not record.group
        if is_small and record.config.reads in ("ad", "packed"):
            yield Result(
                record.name,
                _weights_size(record.num_weights),
                [Command.of(record)],
                record.figures.get("test"),
                record,
                minutes=_minutes(record),
                curve=record.curve,
            )


def _weights_size(num_weights: float) -> str:
    """Returns a number of weights, in millions."""
    return f"{num_weights / 1e6:,.1f} M weights"


def _ngram_size(record: NGramRecord) -> str:
    """Returns an n-gram model's size in words."""
    return f"{record.model.num_ngrams / 1e6:.1f} M n-grams, {record.model.file_bytes / 1e6:.0f} MB"


def _mixing_size(record: MixingRecord) -> str:
    """Returns a mixture's size in words, its LSTM's first."""
    num_ngrams = record.model.num_ngrams / 1e6
    return f"{_weights_size(record.num_lstm_weights)}, {num_ngrams:.1f} M n-grams"


def _compared_size(row: ComparisonRow, made: Record | None) -> str:
    if isinstance(made, MixingRecord):
        return _mixing_size(made)
    return _ngram_size(made) if isinstance(made, NGramRecord) else _weights_size(row.num_weights)


def _made(
    records: Sequence[Record], name: str
) -> TrainingRecord | FinetuningRecord | NGramRecord | MixingRecord | None:
    """Finds the record of a model's training, or of its n-grams' counting."""
    for record in records:
        is_it = record.name == name and not record.group
        if is_it and isinstance(record, _TRAININGS):
            return record
    return None


def _making(records: Sequence[Record], name: str, made: Record | None) -> list[Command]:
    """Returns the commands that made a model: its training, and where it is smaller, that too."""
    if made is None:
        return []
    smaller = [
        record
        for record in of_kind(records, CompressionRecord)
        if record.name == name and record.trained_as == made.name
    ]
    return [Command.of(record) for record in (made, *smaller[-1:])]


def _minutes(made: Record | None) -> list[float]:
    return [made.minutes] if made and made.minutes is not None else []


def _base_minutes(records: Sequence[Record], made: Record | None) -> list[float]:
    """Returns the minutes of what a model began from, if that was trained here too."""
    if isinstance(made, MixingRecord):
        return _minutes(_made(records, made.config.lstm))
    if not isinstance(made, FinetuningRecord):
        return []
    return _minutes(_made(records, Path(made.config.base).name))
