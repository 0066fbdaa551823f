"""Records of evaluations as tables on the screen, and as one JSON object."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from adgen.records import rounded
from adgen.tables import FIGURES, NOVELTY_FIGURES, format_figure, text_table

Record = Mapping[str, Any]

_COLUMNS = {
    "generated": "generated",
    "human": "human, held out",
    "human_training": "human, training families",
}
# What is measured of models that are scored ad by ad, word by word.
_WORD_FIGURES = {"word_accuracy": "next word right", "word_top_5_accuracy": "next word in first five"}
_MODELS = {"model": "model", "ngram": "n-gram", "mixture": "mixture"}


def as_text(record: Record) -> str:
    """The figures of a record from `evaluation_runs` or `ngram_runs`."""
    return _TEXTS[record["kind"]](record)


def as_json(record: Record) -> str:
    """One object on one line: the split and what was measured on it, figures rounded to seven digits."""
    fields: dict[str, Any] = {"split": record["scored_split"]}
    if record["kind"] == "novelty":
        names = ("num_training_ads", "num_ads", "seed", "sampling", "figures", "by_category", "samples")
        fields |= {name: record[name] for name in names}
    else:
        fields |= record["figures"]
        fields |= {name: record[name] for name in ("by_category",) if name in record}
    return json.dumps(rounded(fields), ensure_ascii=False)


def _evaluation(record: Record) -> str:
    figures = record["figures"]
    lines = [f"{figures['num_ads']:,} ads, {figures['num_tokens']:,} targets ({record['scored_split']})"]
    labels = {**FIGURES, **_WORD_FIGURES}
    lines += [
        f"{label:24}{format_figure(name, figures[name])}" for name, label in labels.items() if name in figures
    ]
    if "by_category" in record:
        names = ("bits_per_char", "perplexity", "accuracy", "top_5_accuracy")
        rows = [
            [category, f"{one['num_ads']:,}", *(format_figure(name, one[name]) for name in names)]
            for category, one in {**record["by_category"], "all": figures}.items()
        ]
        lines += ["", text_table([["category", "ads", *(FIGURES[name] for name in names)], *rows])]
    return "\n".join(lines)


def _novelty(record: Record) -> str:
    head = (
        f"{record['num_ads']:,} ads of each kind ({record['scored_split']}) beside {record['num_training_ads']:,} "
        "training ads"
    )
    rows = [
        [label, *(format_figure(name, record["figures"][column][name]) for column in _COLUMNS)]
        for name, label in NOVELTY_FIGURES.items()
    ]
    return "\n\n".join(
        [
            f"{head}\n{text_table([['', *_COLUMNS.values()], *rows])}",
            "By category: novel 3-grams, and longest copied run in words\n"
            + text_table(list(_novelty_by_category(record["by_category"]))),
        ]
    )


def _novelty_by_category(by_category: Mapping[str, Mapping[str, Any]]) -> Iterator[list[str]]:
    names, columns = ("novel_3_share", "copied_run_mean"), ("generated", "human")
    yield ["category", "ads", *("novel, " + column for column in columns), *("run, " + c for c in columns)]
    for category, sets in by_category.items():
        cells = [format_figure(name, sets[column][name]) for name in names for column in columns]
        yield [category, f"{sets['human']['num_ads']:,}", *cells]


def _mixture(record: Record) -> str:
    figures = record["figures"]
    rows = [
        [label, *(format_figure(name, figures[key][name]) for name in ("bits_per_char", "perplexity"))]
        for key, label in _MODELS.items()
    ]
    return (
        f"{figures['num_ads']:,} ads, {figures['num_tokens']:,} targets ({record['scored_split']}); the model's "
        f"weight, chosen on {figures['num_valid_ads']:,} validation ads: {figures['model_weight']:.3f}\n"
        + text_table([["", "bits per character", "perplexity"], *rows])
    )


def _ngram(record: Record) -> str:
    model, metrics = record["model"], record["metrics"]
    head = (
        f"{model['num_ngrams']:,} n-grams of up to {len(model['num_ngrams_by_order'])} of {model['vocab_size']:,} "
        f"tokens, {model['file_bytes'] / 1e6:,.1f} MB, from {model['num_training_tokens']:,} tokens"
    )
    rows = [["", *metrics], ["ads", *(f"{one['num_ads']:,}" for one in metrics.values())]]
    for name in ("bits_per_char", "cross_entropy", "perplexity", "accuracy", "top_5_accuracy"):
        rows.append([FIGURES[name], *(format_figure(name, one[name]) for one in metrics.values())])
    counts = ", ".join(f"{one['num_accuracy_ads']:,} {split}" for split, one in metrics.items())
    return (
        f"{head}\n{text_table(rows)}\nAccuracies are of {counts} ads, the rest of all." if metrics else head
    )


_TEXTS: dict[str, Callable[[Record], str]] = {
    "evaluation": _evaluation,
    "novelty": _novelty,
    "mixture": _mixture,
    "ngram": _ngram,
}
