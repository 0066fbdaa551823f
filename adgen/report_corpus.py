"""README tables of the experiments on the whole corpus: scaling, recipes, categories, leaks, novelty.

Every cell comes from a run record. A record's `group` is the folder below `results/` that it lies in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adgen.plots_corpus import recipe_curve
from adgen.records.tables import NOVELTY_FIGURES, commit_cell, format_figure, hardware_cell, markdown_table

Record = Mapping[str, Any]


def scaling_table(records: Sequence[Record]) -> str:
    """One preset on more and more ads, the same test ads."""
    chosen = sorted(_group(records, "scaling"), key=lambda r: r["split"]["num_ads"]["train"])
    rows = []
    for record in chosen:
        test = record["metrics"]["trained"]["test"]
        rows.append(
            [
                f"{record['split']['num_ads']['train']:,}",
                f"{record['model']['num_training_tokens'] / 1e6:.1f} M",
                f"{record['best_epoch']:g} of {record['config']['epochs']}",
                *(
                    format_figure(name, test[name])
                    for name in ("bits_per_char", "accuracy", "top_5_accuracy")
                ),
                f"{recipe_curve(record)[0][-1]:.0f}",
                f"{(record['peak_memory_bytes'] or 0) / 1e9:.1f} GB",
                hardware_cell(record),
                commit_cell(record),
            ]
        )
    head = ["training ads", "tokens", "best epoch", "bits/char, test", "accuracy", "top-5"]
    return markdown_table([*head, "CPU minutes", "memory", "hardware", "commit"], rows)


def recipes_table(records: Sequence[Record]) -> str:
    """Every recipe tried, the best first: what it sets otherwise than most of the others do."""
    chosen = sorted(_group(records, "recipes"), key=lambda r: r["history"][-1]["valid"]["bits_per_char"])
    usual = _usual_settings(chosen)
    rows = []
    for record in chosen:
        minutes, bits = recipe_curve(record)
        tokens = record["model"]["num_training_tokens"] * record["epochs"]
        changes = {name: value for name, value in record["config"].items() if value != usual[name]}
        rows.append(
            [
                record["name"],
                ", ".join(f"{name} {value}" for name, value in changes.items()) or "–",
                f"{record['model']['num_weights'] / 1e6:.1f} M",
                f"{bits[-1]:.3f}",
                f"{minutes[-1]:.1f}",
                f"{tokens / minutes[-1] / 60:,.0f}",
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


def _usual_settings(records: Sequence[Record]) -> dict[str, Any]:
    """The most frequent value of every setting."""
    names = records[0]["config"] if records else ()
    usual = {}
    for name in names:
        values = [record["config"][name] for record in records]
        usual[name] = Counter(map(repr, values)).most_common(1)[0][0]
        usual[name] = next(value for value in values if repr(value) == usual[name])
    return usual


def verticals_table(records: Sequence[Record]) -> str:
    """Every category: how well the model of all ads does, and how new its ads are."""
    figures, novelty = verticals(records)
    rows = []
    for name in sorted(figures, key=lambda name: figures[name]["bits_per_char"]):
        category = figures[name]
        shares = [
            f"{novelty[name][kind]['novel_3_share']:.0%}" if name in novelty else "–"
            for kind in ("generated", "human")
        ]
        cells = [format_figure(key, category[key]) for key in ("num_ads", "bits_per_char", "top_5_accuracy")]
        rows.append([name, *cells, *shares])
    head = ["category", "test ads", "bits/char", "top-5", "new 3-grams, generated", "new 3-grams, human"]
    return markdown_table(head, rows)


def verticals(records: Sequence[Record]) -> tuple[Mapping[str, Record], Mapping[str, Record]]:
    """Figures by category of the last evaluation that has them, and of the last novelty record."""
    figures = [r["by_category"] for r in records if r["kind"] == "evaluation" and "by_category" in r]
    novelty = [r["by_category"] for r in records if r["kind"] == "novelty"]
    return (figures or [{}])[-1], (novelty or [{}])[-1]


def leaks_table(records: Sequence[Record]) -> str:
    """Held-out ads with a twin in training, by the way of splitting."""
    rows = []
    for record in (record for record in records if record["kind"] == "leaks"):
        for by, report in record["leaks"].items():
            for split, shares in report["shares"].items():
                counts = report["counts"][split]
                names = [name for name in shares if name != "num_ads"]
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
    """Generated ads beside human ones, all compared with the training ads."""
    chosen = [record for record in records if record["kind"] == "novelty"]
    if not chosen:
        return markdown_table([], [])
    figures = chosen[-1]["figures"]
    rows = [
        [
            label,
            *(format_figure(name, figures[kind][name]) for kind in ("generated", "human", "human_training")),
        ]
        for name, label in NOVELTY_FIGURES.items()
    ]
    return markdown_table(["", "generated", "human, held-out families", "human, training families"], rows)


def steps_table(records: Sequence[Record]) -> str:
    """What a training step costs with one setting changed, beside the preset."""
    rows: list[list[str]] = []
    for record in (
        record for record in records if (record["kind"], record["name"]) == ("benchmark", "steps")
    ):
        usual = record["variants"]["preset"]["cpu_seconds_per_million_tokens"]
        for name, variant in record["variants"].items():
            seconds = variant["cpu_seconds_per_million_tokens"]
            memory = f"{variant['peak_memory_bytes'] / 1e9:.1f} GB"
            rows.append([name, f"{seconds:.0f}", f"{seconds / usual:.2f}", memory, commit_cell(record)])
    head = ["setting", "CPU seconds a million tokens", "of the preset's", "peak memory", "commit"]
    return markdown_table(head, rows)


def _group(records: Sequence[Record], name: str) -> list[Record]:
    return [record for record in records if record.get("group") == name and record["kind"] == "training"]


CORPUS_TABLES: dict[str, Callable[[Sequence[Record]], str]] = {
    "scaling": scaling_table,
    "recipes": recipes_table,
    "verticals": verticals_table,
    "leaks": leaks_table,
    "novelty": novelty_table,
    "steps": steps_table,
}
