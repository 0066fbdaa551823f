"""Run records gathered to what came out: every model on the test ads that it was judged on.

Three sets of test ads, one after the other: all categories, the categories of each comparison, the 13,070 ads of 2022.
The module knows run records; how they are shown is `report_main`'s and `plots_main`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

from adgen.gpt.catalogue import PUBLISHED
from adgen.records.record import of_kind
from adgen.records.tables import HUMAN_ADS

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Result:
    """One model on one set of test ads.

    Attributes:
        label: The model's name.
        size: Its weights or n-grams, in words.
        command: The command that gives it.
        figures: `bits_per_char`, `perplexity`, `top_5_accuracy`; empty for human ads and for what was not run.
        made: The record that says on how many ads, in what memory and where it was made; None for human ads and for
            what was not run.
        seconds: Of training or of counting, the base's first; empty where they are not known.
        novel_share: Share of the word 3-grams that it wrote which no training ad has.
        curve: Minutes of training and validation bits per character at every check.
        is_ngram: Whether it is an n-gram model alone.
        was_run: Whether it was run here.
    """

    label: str
    size: str
    command: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    made: Record | None = None
    seconds: Sequence[float] = ()
    novel_share: float | None = None
    curve: Sequence[tuple[float, float]] = ()
    is_ngram: bool = False
    was_run: bool = True

    @property
    def bits_per_char(self) -> float | None:
        """On the test ads."""
        return self.figures.get("bits_per_char")


@dataclass(frozen=True)
class ResultGroup:
    """The models judged on one set of test ads: n-gram models first, then the others, the best last.

    Attributes:
        title: Which ads.
        results: One a model.
        scored_by: The command that scored all of them, where it is not their own.
    """

    title: str
    results: Sequence[Result]
    scored_by: str = ""


def result_groups(records: Sequence[Record]) -> list[ResultGroup]:
    """Every set of test ads that there are figures of."""
    groups = [ResultGroup(f"All categories, {_num_test_ads(records)} test ads", _corpus_results(records))]
    groups += [_comparison_group(record, records) for record in of_kind(records, "comparison")]
    groups.append(ResultGroup("The 13,070 ads of 2022, their test ads", _sorted(_small_results(records))))
    return [group for group in groups if group.results]


def _sorted(results: Iterator[Result]) -> list[Result]:
    return sorted(results, key=lambda result: (not result.is_ngram, -(result.bits_per_char or 0.0)))


def _num_test_ads(records: Sequence[Record]) -> str:
    counts = [record["metrics"]["test"].get("num_ads", 0) for record in of_kind(records, "ngram")]
    return f"{max(counts):,}" if any(counts) else "all"


def _corpus_results(records: Sequence[Record]) -> list[Result]:
    models = [*_ngram_results(records), *_evaluation_results(records), *_mixture_results(records)]
    human = [
        Result(HUMAN_ADS, "", record["command"], novel_share=record["figures"]["human"]["novel_3_share"])
        for record in of_kind(records, "novelty")[-1:]
    ]
    return [*_sorted(iter(models)), *human]


def _ngram_results(records: Sequence[Record]) -> Iterator[Result]:
    for record in of_kind(records, "ngram"):
        yield Result(
            f"{record['name']}: Kneser-Ney {record['config']['order']}-gram",
            _ngram_size(record),
            record["command"],
            record["metrics"]["test"],
            record,
            seconds=[record["seconds"]["fit"]],
            is_ngram=True,
        )


def _evaluation_results(records: Sequence[Record]) -> Iterator[Result]:
    written = {
        record["model"]["name"]: record["figures"]["generated"] for record in of_kind(records, "novelty")
    }
    for record in of_kind(records, "evaluation"):
        if record["scored_split"] == "test":
            name = record["model"]["name"]
            made = _made(records, name)
            yield Result(
                name,
                _weights_size(record["model"]["num_weights"]),
                record["command"],
                record["figures"],
                made or record,
                seconds=_seconds(made),
                novel_share=written.get(name, {}).get("novel_3_share"),
                curve=_curve(made),
            )


def _mixture_results(records: Sequence[Record]) -> Iterator[Result]:
    for record in of_kind(records, "mixture"):
        model, ngram, figures = record["model"], record["ngram"], record["figures"]
        yield Result(
            f"{figures['model_weight']:.2f} {model['name']} + {ngram['name']}",
            f"{_weights_size(model['num_weights'])}, {ngram['file_bytes'] / 1e6:.0f} MB",
            record["command"],
            figures["mixture"],
            record,
        )


def _comparison_group(record: Record, records: Sequence[Record]) -> ResultGroup:
    categories = ", ".join(record["plan"]["categories"]) or "all categories"
    title = f"{categories.capitalize()}, {record['num_scored']:,} test ads"
    written = record["beside"].get(HUMAN_ADS, {})
    human = Result(HUMAN_ADS, "", record["command"], novel_share=written.get("novel_3_share"))
    compared = _sorted(_without_originals(list(_compared_results(record, records))))
    return ResultGroup(title, [*compared, human, *_published_results(record)], record["command"])


def _without_originals(results: Sequence[Result]) -> Iterator[Result]:
    """Leave out models that another is a copy of in fewer bytes, which stands for both."""
    copied = {
        result.made["name"] for result in results if result.made and result.made["name"] not in result.label
    }
    return (result for result in results if result.label not in copied)


def _compared_results(record: Record, records: Sequence[Record]) -> Iterator[Result]:
    """Every model without example ads; those trained on other categories with the most of them too."""
    most = max((row["shots"] for row in record["rows"] if row["figures"]), default=0)
    for row in record["rows"]:
        name = Path(row["model"]).name
        made = _made(records, row.get("trained_as") or name)
        is_foreign = bool(made and made.get("excluded"))
        if row["figures"] and (not row["shots"] or (is_foreign and row["shots"] == most)):
            is_ngram = row["kind"] == "ngram"
            yield Result(
                f"{name}, after {row['shots']} example ads" if row["shots"] else name,
                _ngram_size(made) if is_ngram and made else _weights_size(row["num_weights"]),
                made["command"] if made else record["command"],
                row["figures"],
                made or record,
                seconds=[*_base_seconds(records, made), *_seconds(made)],
                novel_share=(row["written_figures"] or {}).get("novel_3_share"),
                is_ngram=is_ngram,
            )


def _published_results(record: Record) -> Iterator[Result]:
    """Models of the Hub that a comparison is without."""
    seen = {row["model"] for row in record["rows"]}
    chosen = "".join(f" --category {name}" for name in record["plan"]["categories"])
    for model in PUBLISHED.values():
        if model.model_id and model.model_id not in seen:
            command = f"adgen compare --models {model.model_id}{chosen} --shots 0,1,4"
            yield Result(model.name, _weights_size(model.num_weights), command, was_run=False)


def _small_results(records: Sequence[Record]) -> Iterator[Result]:
    """Models that adgen's own rules trained on a CSV."""
    for record in of_kind(records, "training"):
        is_small = "max_ads" not in record and not record.get("group")
        if is_small and record["config"]["reads"] in ("ad", "packed"):
            yield Result(
                record["name"],
                _weights_size(record["model"]["num_weights"]),
                record["command"],
                record["metrics"]["trained"]["test"],
                record,
                seconds=_seconds(record),
                curve=_curve(record),
            )


def _weights_size(num_weights: float) -> str:
    """A number of weights, in millions."""
    return f"{num_weights / 1e6:,.1f} M"


def _ngram_size(record: Record) -> str:
    """An n-gram model's size in words."""
    model = record["model"]
    return f"{model['num_ngrams'] / 1e6:.1f} M n-grams, {model['file_bytes'] / 1e6:.0f} MB"


def _made(records: Sequence[Record], name: str) -> Record | None:
    """The record of a model's training, or of an n-gram model's counting."""
    kinds = ("training", "finetuning", "ngram")
    return next((r for r in records if r["kind"] in kinds and r["name"] == name and not r.get("group")), None)


def _seconds(made: Record | None) -> list[float]:
    seconds = made["seconds"] if made else {}
    return [seconds[name] for name in ("training", "fit") if seconds.get(name) is not None]


def _base_seconds(records: Sequence[Record], made: Record | None) -> list[float]:
    """Seconds of what a model began from, if that was trained here too."""
    base = made["config"].get("base") if made else None
    return _seconds(_made(records, Path(base).name)) if base else []


def _curve(made: Record | None) -> list[tuple[float, float]]:
    history = (
        [entry for entry in made["history"] if "bits_per_char" in entry.get("valid", {})] if made else []
    )
    minutes = accumulate(entry.get("seconds", 0.0) / 60 for entry in history)
    return list(zip(minutes, (entry["valid"]["bits_per_char"] for entry in history), strict=True))
