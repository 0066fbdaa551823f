"""Makes tables, as Markdown or in plain columns: labels, formats, cells that records share.

The module knows what a figure is called and how it is rounded; it knows no table of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from adgen.records.base import Record

# What human ads are called where models stand beside them, in records too.
HUMAN_ADS = "human ads"
# Figures of `scoring.metrics` and of `evaluation.novelty`, with their labels.
FIGURES = {
    "accuracy": "accuracy",
    "top_5_accuracy": "top-5 accuracy",
    "cross_entropy": "cross-entropy (nats)",
    "perplexity": "perplexity",
    "hinge": "categorical hinge",
    "bits_per_char": "bits per character",
    "unknown_rate": "unknown words",
}
NOVELTY_FIGURES = {
    "exact_copy_share": "exact copies of a training ad",
    "folded_copy_share": "copies but for case and punctuation",
    "copied_run_mean": "longest copied run of words, mean",
    "copied_run_median": "longest copied run of words, median",
    "copied_run_max": "longest copied run of words, maximum",
    "copied_run_share": "longest copied run, share of the ad",
    "novel_1_share": "new words",
    "novel_2_share": "new word 2-grams",
    "novel_3_share": "new word 3-grams",
    "novel_4_share": "new word 4-grams",
    "novel_5_share": "new word 5-grams",
    "distinct_1": "distinct-1",
    "distinct_2": "distinct-2",
    "distinct_3": "distinct-3",
    "repeated_word_share": "words that repeat one of the same ad",
    "repeated_trigram_share": "ads with a word 3-gram twice",
    "duplicate_share": "ads that equal another of the set",
    "mean_words": "words an ad",
}


def format_figure(name: str, value: float | None) -> str:
    """Returns a figure as tables show it; a dash where there is none."""
    if value is None:
        return "–"
    if name == "num_ads":
        return f"{value:,}"
    if name in NOVELTY_FIGURES:
        digits = {
            "copied_run_mean": 2,
            "copied_run_median": 1,
            "copied_run_max": 0,
            "mean_words": 2,
        }.get(name, 3)
        return f"{value:.2%}" if name.endswith("_share") else f"{value:,.{digits}f}"
    return f"{value:,.1f}" if name == "perplexity" else f"{value:.3f}"


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Returns a Markdown table; without rows a line that says so."""
    if not rows:
        return "*Not run here.*"
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def text_table(rows: Sequence[Sequence[str]]) -> str:
    """Returns a table in plain columns, the first one flush left, the others flush right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        numbers = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join([row[0].ljust(widths[0]), *numbers]).rstrip())
    return "\n".join(lines)


def commit_cell(record: Record) -> str:
    """Returns a record's commit, shortened."""
    return f"`{(record.commit or '–')[:7]}`"


def hardware_cell(record: Record) -> str:
    """Returns the cores, processor and accelerators of a record's machine."""
    hardware = record.hardware
    cores = "core" if hardware.num_cores == 1 else "cores"
    return ", ".join([f"{hardware.num_cores} {cores} {hardware.processor}", *hardware.accelerators])


def memory_cell(num_bytes: int | None) -> str:
    """Returns bytes as gigabytes of a billion bytes; a dash where they were not measured."""
    return "–" if num_bytes is None else f"{num_bytes / 1e9:.1f} GB"
