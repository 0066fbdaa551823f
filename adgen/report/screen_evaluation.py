"""Records of evaluations as tables on the screen, and as one JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from adgen.records.base import Figures
from adgen.records.judged import EvaluationRecord, MixtureRecord, NoveltyRecord
from adgen.records.record import rounded
from adgen.records.tables import FIGURES, NOVELTY_FIGURES, format_figure, text_table
from adgen.records.trained import MixingRecord, NGramRecord

_COLUMNS = {
    "generated": "generated",
    "human": "human, held out",
    "human_training": "human, training families",
}
# What is measured of models that are scored ad by ad, word by word.
_WORD_FIGURES = {
    "word_accuracy": "next word right",
    "word_top_5_accuracy": "next word in first five",
}


def as_text(record: EvaluationRecord | NoveltyRecord | MixtureRecord | NGramRecord) -> str:
    """Returns the figures of a record from `runs.evaluate` or `runs.ngram`, as tables."""
    if isinstance(record, EvaluationRecord):
        return _evaluation(record)
    if isinstance(record, NoveltyRecord):
        return _novelty(record)
    return _mixture(record) if isinstance(record, MixtureRecord) else _ngram(record)


def as_json(record: EvaluationRecord | NoveltyRecord | MixtureRecord) -> str:
    """Returns one JSON object on one line.

    It holds the split and what was measured on it, figures rounded to seven digits.
    """
    entries = record.as_dict()
    names = ["by_category"]
    fields: dict[str, Any] = {"split": record.scored_split}
    if isinstance(record, NoveltyRecord):
        names = [
            "num_training_ads",
            "num_ads",
            "num_cut_ads",
            "seed",
            "sampling",
            "figures",
            "by_category",
            "samples",
        ]
    else:
        fields |= entries["figures"]
    fields |= {name: entries[name] for name in names if name in entries}
    return json.dumps(rounded(fields), ensure_ascii=False)


def _evaluation(record: EvaluationRecord) -> str:
    figures = record.scored
    lines = [f"{figures.num_ads:,} ads, {figures.num_tokens:,} targets ({record.scored_split})"]
    found = figures.as_dict()
    labels = {**FIGURES, **_WORD_FIGURES}
    lines += [
        f"{label:24}{format_figure(name, figures.get(name))}"
        for name, label in labels.items()
        if name in found
    ]
    if record.by_category:
        names = ("num_ads", "bits_per_char", "perplexity", "accuracy", "top_5_accuracy")
        rows = [
            [category, *(format_figure(name, one.get(name)) for name in names)]
            for category, one in {**record.by_category, "all": figures}.items()
        ]
        lines += [
            "",
            text_table([["category", "ads", *(FIGURES[name] for name in names[1:])], *rows]),
        ]
    return "\n".join(lines)


def _novelty(record: NoveltyRecord) -> str:
    head = (
        f"{record.num_ads:,} ads of each kind ({record.scored_split}) beside "
        f"{record.num_training_ads:,} training ads"
    )
    if record.num_cut_ads:
        head += f"; {record.num_cut_ads:,} written ads were cut at the most tokens"
    rows = [
        [label, *(format_figure(name, record.of(column).get(name)) for column in _COLUMNS)]
        for name, label in NOVELTY_FIGURES.items()
    ]
    return "\n\n".join(
        [
            f"{head}\n{text_table([['', *_COLUMNS.values()], *rows])}",
            "By category: novel 3-grams, and longest copied run in words\n"
            + text_table(list(_novelty_by_category(record.by_category))),
        ]
    )


def _novelty_by_category(by_category: Mapping[str, Mapping[str, Figures]]) -> Iterator[list[str]]:
    names = ("novel_3_share", "copied_run_mean")
    columns = ("generated", "human")
    yield [
        "category",
        "ads",
        *("novel, " + column for column in columns),
        *("run, " + c for c in columns),
    ]
    for category, sets in by_category.items():
        cells = [
            format_figure(name, sets[column].get(name)) for name in names for column in columns
        ]
        yield [category, format_figure("num_ads", sets["human"].num_ads), *cells]


def _mixture(record: MixtureRecord) -> str:
    mixed = record.mixed
    models = {"model": mixed.model, "n-gram": mixed.ngram, "mixture": mixed.mixture}
    rows = [
        [
            label,
            *(format_figure(name, figures.get(name)) for name in ("bits_per_char", "perplexity")),
        ]
        for label, figures in models.items()
    ]
    return (
        f"{mixed.num_ads:,} ads, {mixed.num_tokens:,} targets ({record.scored_split}); the model's "
        f"weight, chosen on {mixed.num_valid_ads:,} validation ads: {mixed.model_weight:.3f}\n"
        + text_table([["", "bits per character", "perplexity"], *rows])
    )


def mixing_as_text(record: MixingRecord) -> str:
    """Returns the figures of a record from `runs.mix`, as a table."""
    model = record.model
    names = ("bits_per_char", "perplexity")
    rows = [
        [label, *(format_figure(name, figures.get(name)) for name in names)]
        for label, figures in record.mixed.items()
    ]
    return (
        f"{model.num_ngrams:,} n-grams, {model.file_bytes / 1e6:,.1f} MB, beside "
        f"{record.config.lstm}; {record.mixed['mixture'].num_ads:,} validation ads, the shares "
        f"chosen on {record.num_share_ads:,} others\n"
        + text_table([["", "bits per character", "perplexity"], *rows])
    )


def _ngram(record: NGramRecord) -> str:
    model, metrics = record.model, record.figures
    head = (
        f"{model.num_ngrams:,} n-grams of up to {len(model.num_ngrams_by_order)} of "
        f"{model.vocab_size:,} tokens, {model.file_bytes / 1e6:,.1f} MB, from "
        f"{model.num_training_tokens:,} tokens"
    )
    rows = [
        ["", *metrics],
        ["ads", *(format_figure("num_ads", one.num_ads) for one in metrics.values())],
    ]
    for name in ("bits_per_char", "cross_entropy", "perplexity", "accuracy", "top_5_accuracy"):
        rows.append(
            [FIGURES[name], *(format_figure(name, one.get(name)) for one in metrics.values())]
        )
    counts = ", ".join(f"{one.num_accuracy_ads:,} {split}" for split, one in metrics.items())
    return (
        f"{head}\n{text_table(rows)}\nAccuracies are of {counts} ads, the rest of all."
        if metrics
        else head
    )
