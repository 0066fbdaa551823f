"""Comparisons and sweeps as tables on the screen: figures, and ads side by side."""

from __future__ import annotations

from pathlib import Path

from adgen.records.base import Figures
from adgen.records.judged import ComparisonRecord, ComparisonRow, SweepRecord
from adgen.records.tables import HUMAN_ADS, format_figure, memory_cell, text_table
from adgen.report.cells import NONE

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


def comparison_rows(record: ComparisonRecord) -> list[tuple[str, ...]]:
    """Makes a row a model and number of shots, then human ads and prose; cells by `HEAD`."""
    rows = [_row(row) for row in record.rows]
    for name, figures in record.beside.items():
        rows.append((name, *[NONE] * 5, *_written_cells(figures), NONE, NONE))
    return rows


def _row(row: ComparisonRow) -> tuple[str, ...]:
    figures = row.figures or Figures()
    seconds = row.seconds_an_ad
    return (
        Path(row.model).name,
        str(row.shots),
        f"{row.num_weights / 1e6:.1f} M",
        *(
            format_figure(n, figures.get(n))
            for n in ("bits_per_char", "word_accuracy", "word_top_5_accuracy")
        ),
        *_written_cells(row.written_figures or Figures()),
        NONE if seconds is None else f"{seconds:.3f}",
        memory_cell(row.peak_memory_bytes),
    )


def _written_cells(figures: Figures) -> tuple[str, ...]:
    names = ("likeness", "novel_3_share", "repeated_word_share", "distinct_2", "mean_words")
    return tuple(format_figure(name, figures.get(name)) for name in names)


def as_text(record: ComparisonRecord) -> str:
    """Returns the table, then every prompt with each model's ads."""
    blocks = [text_table([HEAD, *comparison_rows(record)]), *comparison_notes(record)]
    with_samples = [(_label(row), row.samples) for row in record.rows if row.samples]
    for number, prompt in enumerate(record.plan.prompts):
        ads = [(label, ad) for label, samples in with_samples for ad in samples[number].ads]
        blocks.append("\n".join([f"{prompt}:", *(f"  {label}: {ad}" for label, ad in ads)]))
    return "\n\n".join(blocks)


def comparison_notes(record: ComparisonRecord) -> list[str]:
    """Says what could not be scored and why, where shots had no room, and where ads were cut."""
    notes = [f"{_label(row)}: {row.error}" for row in record.rows if row.error]
    for row in record.rows:
        num_ads = row.figures.num_with_fewer_shots if row.figures else None
        if num_ads:
            notes.append(f"{_label(row)}: room for fewer before {num_ads} of the ads.")
        if row.num_cut_ads:
            notes.append(f"{_label(row)}: {row.num_cut_ads} of the ads cut at the most tokens.")
    return notes


def _label(row: ComparisonRow) -> str:
    return f"{Path(row.model).name}, {row.shots} shots"


def sweep_text(record: SweepRecord) -> str:
    """Returns a sweep's record as a table, human ads in the last row."""
    head = (
        "control",
        "value",
        "likeness",
        "new 3-grams",
        "repeated words",
        "distinct-2",
        "words an ad",
    )
    rows = [(row.control, f"{row.value:g}", *_written_cells(row.figures)) for row in record.rows]
    return text_table([head, *rows, (HUMAN_ADS, NONE, *_written_cells(record.human))])
