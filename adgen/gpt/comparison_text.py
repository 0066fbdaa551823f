"""A comparison's record as tables: figures, and the ads of each prompt side by side."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adgen.records.tables import HUMAN_ADS, format_figure, text_table

HEAD = (
    "model",
    "shots",
    "weights",
    "bits/char",
    "next word right",
    "in first five",
    "likeness",
    "new 3-grams",
    "repeated words",
    "distinct-2",
    "words an ad",
    "seconds an ad",
    "memory",
)


def comparison_rows(record: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """One row a model and number of shots, then human ads and prose; cells by `HEAD`."""
    rows = [_row(row) for row in record["rows"]]
    for name, figures in record["beside"].items():
        rows.append((name, *["–"] * 5, *_written_cells(figures), "–", "–"))
    return rows


def _row(row: Mapping[str, Any]) -> tuple[str, ...]:
    figures = row["figures"] or {}
    seconds = row["seconds_an_ad"]
    return (
        Path(row["model"]).name,
        str(row["shots"]),
        f"{row['num_weights'] / 1e6:.1f} M",
        *(
            format_figure(n, figures.get(n))
            for n in ("bits_per_char", "word_accuracy", "word_top_5_accuracy")
        ),
        *_written_cells(row["written_figures"] or {}),
        "–" if seconds is None else f"{seconds:.3f}",
        f"{(row['peak_memory_bytes'] or 0) / 1e9:.1f} GB",
    )


def _written_cells(figures: Mapping[str, Any]) -> tuple[str, ...]:
    names = ("likeness", "novel_3_share", "repeated_word_share", "distinct_2", "mean_words")
    return tuple(format_figure(name, figures.get(name)) for name in names)


def as_text(record: Mapping[str, Any]) -> str:
    """The table, then every prompt with each model's first ad."""
    blocks = [text_table([HEAD, *comparison_rows(record)]), *comparison_notes(record)]
    with_samples = [row for row in record["rows"] if row["samples"]]
    for number, prompt in enumerate(record["plan"]["prompts"]):
        ads = [(_label(row), ad) for row in with_samples for ad in row["samples"][number]["ads"]]
        blocks.append("\n".join([f"{prompt}:", *(f"  {label}: {ad}" for label, ad in ads)]))
    return "\n\n".join(blocks)


def comparison_notes(record: Mapping[str, Any]) -> list[str]:
    """What could not be scored and why, and where ads were too long for all of their shots."""
    notes = [f"{_label(row)}: {row['error']}" for row in record["rows"] if row["error"]]
    for row in record["rows"]:
        num_ads = (row["figures"] or {}).get("num_with_fewer_shots", 0)
        if num_ads:
            notes.append(f"{_label(row)}: room for fewer before {num_ads} of the ads.")
    return notes


def _label(row: Mapping[str, Any]) -> str:
    return f"{Path(row['model']).name}, {row['shots']} shots"


def sweep_text(record: Mapping[str, Any]) -> str:
    """A sweep's record as a table, human ads in the last row."""
    head = ("control", "value", "likeness", "new 3-grams", "repeated words", "distinct-2", "words an ad")
    rows = [(row["control"], f"{row['value']:g}", *_written_cells(row["figures"])) for row in record["rows"]]
    return text_table([head, *rows, (HUMAN_ADS, "–", *_written_cells(record["human"]))])
