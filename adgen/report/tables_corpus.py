"""Tables of the experiments on the whole corpus: scaling, recipes, categories, leaks, novelty.

Blind readings of ads from first words are among them.

Every cell comes from a run record. A record's `group` is the folder below `results/` that it lies
in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import inf

from adgen.records.base import Figures, Record
from adgen.records.judged import EvaluationRecord, NoveltyRecord
from adgen.records.measured import FirstWordsRecord, JudgedTexts, LeaksRecord, StepsRecord
from adgen.records.record import of_kind
from adgen.records.tables import (
    NOVELTY_FIGURES,
    commit_cell,
    format_figure,
    hardware_cell,
    markdown_table,
    memory_cell,
)
from adgen.records.trained import TrainingRecord
from adgen.report.cells import NONE, minutes_cell


def scaling_table(records: Sequence[Record]) -> str:
    """Shows one preset on more and more ads, the same test ads."""
    chosen = sorted(_group(records, "scaling"), key=lambda r: r.num_train_ads or 0)
    rows = []
    for record in chosen:
        test = record.on("test")
        rows.append(
            [
                format_figure("num_ads", record.num_train_ads),
                f"{record.model.num_training_tokens / 1e6:.1f} M",
                f"{record.best_epoch:g} of {record.config.epochs}",
                *(
                    format_figure(name, test.get(name))
                    for name in ("bits_per_char", "accuracy", "top_5_accuracy")
                ),
                minutes_cell(record.cpu_minutes),
                memory_cell(record.peak_memory_bytes),
                hardware_cell(record),
                commit_cell(record),
            ]
        )
    head = ["training ads", "tokens", "best epoch", "bits/char, test", "accuracy", "top-5"]
    return markdown_table([*head, "CPU minutes", "memory", "hardware", "commit"], rows)


def recipes_table(records: Sequence[Record]) -> str:
    """Shows every recipe tried, the best first: what it sets otherwise than most of them."""
    chosen = sorted(_group(records, "recipes"), key=lambda record: record.last_bits)
    usual = _usual_settings(chosen)
    rows = []
    for record in chosen:
        minutes = record.cpu_minutes
        tokens = record.model.num_training_tokens * record.epochs
        changes = {
            name: value
            for name, value in record.config.as_dict().items()
            if value != usual.get(name)
        }
        rows.append(
            [
                record.name,
                ", ".join(f"{name} {value}" for name, value in changes.items()) or NONE,
                f"{record.num_weights / 1e6:.1f} M",
                f"{record.last_bits:.3f}",
                NONE if minutes is None else f"{minutes:.1f}",
                f"{tokens / minutes / 60:,.0f}" if minutes else NONE,
            ]
        )
    return markdown_table(
        [
            "recipe",
            "set otherwise",
            "weights",
            "bits/char, validation",
            "CPU minutes",
            "tokens per CPU second",
        ],
        rows,
    )


def _usual_settings(records: Sequence[TrainingRecord]) -> dict[str, object]:
    """Returns the most frequent value of every setting."""
    settings = [record.config.as_dict() for record in records]
    usual: dict[str, object] = {}
    for name in settings[0] if settings else ():
        values = [one.get(name) for one in settings]
        usual[name] = Counter(map(repr, values)).most_common(1)[0][0]
        usual[name] = next(value for value in values if repr(value) == usual[name])
    return usual


def verticals_table(records: Sequence[Record]) -> str:
    """Shows how well the model of all ads does in every category, and how new its ads are."""
    figures, novelty = verticals(records)
    rows = []
    for name in sorted(figures, key=lambda name: figures[name].bits_per_char or inf):
        category, sets = figures[name], novelty.get(name, {})
        shares = [sets.get(kind, Figures()).novel_3_share for kind in ("generated", "human")]
        cells = [
            format_figure(key, category.get(key))
            for key in ("num_ads", "bits_per_char", "top_5_accuracy")
        ]
        rows.append(
            [name, *cells, *(NONE if share is None else f"{share:.0%}" for share in shares)]
        )
    head = [
        "category",
        "test ads",
        "bits/char",
        "top-5",
        "new 3-grams, generated",
        "new 3-grams, human",
    ]
    return markdown_table(head, rows)


def verticals(
    records: Sequence[Record],
) -> tuple[Mapping[str, Figures], Mapping[str, Mapping[str, Figures]]]:
    """Returns the last figures by category, of an evaluation and of written ads.

    Returns:
        Figures of test ads by category; and of written and human ads, by category and set.
    """
    evaluations = [
        record.by_category for record in of_kind(records, EvaluationRecord) if record.by_category
    ]
    novelty = [record.by_category for record in of_kind(records, NoveltyRecord)]
    return evaluations[-1] if evaluations else {}, novelty[-1] if novelty else {}


def leaks_table(records: Sequence[Record]) -> str:
    """Shows held-out ads with a twin in training, by the way of splitting."""
    rows = []
    for record in of_kind(records, LeaksRecord):
        for by, report in record.leaks.items():
            for split, counts in report.counts.items():
                shares = report.shares[split]
                names = [name for name in counts if name != "num_ads"]
                cells = [f"{counts[name]:,} ({shares[name]:.1%})" for name in names]
                label = {"family": "families", "ad": "random ads"}[by]
                rows.append([label, f"{split}, {counts['num_ads']:,} ads", *cells])
    head = [
        "split by",
        "held-out ads",
        "same text",
        "same words in order",
        "Jaccard ≥ 0.7",
        "≥ 0.8",
        "≥ 0.9",
        "= 1",
    ]
    return markdown_table(head, rows)


def novelty_table(records: Sequence[Record]) -> str:
    """Shows generated ads beside human ones, all compared with the training ads."""
    chosen = of_kind(records, NoveltyRecord)
    if not chosen:
        return markdown_table([], [])
    sets = [chosen[-1].of(kind) for kind in ("generated", "human", "human_training")]
    rows = [
        [label, *(format_figure(name, figures.get(name)) for figures in sets)]
        for name, label in NOVELTY_FIGURES.items()
    ]
    return markdown_table(
        ["", "generated", "human, held-out families", "human, training families"], rows
    )


def first_words_table(records: Sequence[Record]) -> str:
    """Shows how many ads of each model a blind reader would publish, people's beside them."""
    rows = [
        [
            source,
            f"{record.num_words} of {record.split} ads",
            *_verdict_cells(texts),
            record.reader.replace("|", "/"),
            record.counted_on,
            commit_cell(record),
        ]
        for record in of_kind(records, FirstWordsRecord)
        for source, texts in record.sources.items()
    ]
    head = ["ads by", "first words", "ads", "publishable", "95% interval", "commonest fault"]
    return markdown_table([*head, "reader", "counted on", "commit"], rows)


def _verdict_cells(texts: JudgedTexts) -> list[str]:
    """Returns number, share that is ok, its interval, the commonest fault with its share."""
    low, high = texts.ok_interval
    fault = texts.commonest_fault
    return [
        f"{texts.num_texts:,}",
        f"**{texts.kinds['ok'] / texts.num_texts:.0%}**",
        f"{100 * low:.0f} to {high:.0%}",
        f"{fault[0]}, {fault[1] / texts.num_texts:.0%}" if fault else NONE,
    ]


def steps_table(records: Sequence[Record]) -> str:
    """Shows what a training step costs with one setting changed, beside the preset."""
    rows: list[list[str]] = []
    for record in of_kind(records, StepsRecord):
        usual = record.preset.cpu_seconds_per_million_tokens
        for name, variant in record.variants.items():
            seconds = variant.cpu_seconds_per_million_tokens
            memory = memory_cell(variant.peak_memory_bytes)
            rows.append(
                [name, f"{seconds:.0f}", f"{seconds / usual:.2f}", memory, commit_cell(record)]
            )
    head = ["setting", "CPU seconds a million tokens", "of the preset's", "peak memory", "commit"]
    return markdown_table(head, rows)


def _group(records: Sequence[Record], name: str) -> list[TrainingRecord]:
    return [record for record in of_kind(records, TrainingRecord) if record.group == name]


CORPUS_TABLES: dict[str, Callable[[Sequence[Record]], str]] = {
    "scaling": scaling_table,
    "recipes": recipes_table,
    "verticals": verticals_table,
    "leaks": leaks_table,
    "novelty": novelty_table,
    "first-words": first_words_table,
    "steps": steps_table,
}
