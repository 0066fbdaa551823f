"""Pictures of the experiments on the whole corpus.

How much data, which recipe, which categories.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from pathlib import Path

from adgen.records.base import Figures
from adgen.records.trained import NGramRecord, TrainingRecord
from adgen.report.drawing import new_figure, save_figure

_MODEL, _NGRAM, _OTHER = "#4477aa", "#cc6677", "#bbbbbb"


def draw_scaling(records: Sequence[TrainingRecord], ngram: NGramRecord | None, path: Path) -> None:
    """Bits per character of the test ads against the number of training ads, and the n-gram model's as a line.

    Args:
        records: Training records of one preset that differ in the number of training ads.
        ngram: The n-gram model's record on all ads, if there is one.
        path: The PNG to write.
    """
    figure = new_figure(6.4, 4.0)
    panel = figure.subplots()
    points = sorted((r.num_train_ads or 0, r.on("test").bits_per_char or inf) for r in records)
    sizes, bits = zip(*points, strict=True)
    panel.plot(sizes, bits, "o-", color=_MODEL, label="LSTM, preset small")
    for size, value in points:
        panel.annotate(
            f"{value:.2f}",
            (size, value),
            textcoords="offset points",
            xytext=(0, 8),
            ha="center",
            fontsize=8,
        )
    if ngram is not None:
        value = ngram.on("test").bits_per_char or inf
        panel.axhline(
            value,
            color=_NGRAM,
            linestyle="--",
            label=f"Kneser-Ney {ngram.config.order}-gram, all ads",
        )
    panel.set_xscale("log")
    panel.set_xticks(sizes, [f"{size:,}" for size in sizes], fontsize=8)
    panel.minorticks_off()
    panel.set_xlabel("training ads")
    panel.set_ylabel("bits per character, test ads")
    panel.set_ylim(0, 1.15 * max(bits))
    panel.grid(alpha=0.3)
    panel.legend(frameon=False, fontsize=9, loc="lower left")
    save_figure(figure, path)


def draw_recipes(records: Sequence[TrainingRecord], path: Path) -> None:
    """Validation bits per character against CPU minutes of training, a line a recipe, the best five in colour."""
    figure = new_figure(7.2, 4.4)
    panel = figure.subplots()
    ranked = sorted((r for r in records if r.curve), key=lambda record: record.last_bits)
    colours = ["#4477aa", "#228833", "#ccbb44", "#cc6677", "#aa3377"]
    for rank, record in enumerate(ranked):
        minutes, bits = zip(*record.cpu_curve, strict=True)
        is_among_best = rank < len(colours)
        panel.plot(
            minutes,
            bits,
            color=colours[rank] if is_among_best else _OTHER,
            zorder=2 if is_among_best else 1,
            linewidth=1.8 if is_among_best else 1.0,
            label=f"{record.name} ({bits[-1]:.3f})" if is_among_best else None,
        )
    if len(ranked) > len(colours):
        panel.plot(
            [], [], color=_OTHER, label=f"{len(ranked) - len(colours)} others, see the table"
        )
    panel.set_xlabel("minutes of training, CPU time")
    panel.set_ylabel("bits per character, validation sample")
    panel.grid(alpha=0.3)
    panel.legend(frameon=False, fontsize=8)
    save_figure(figure, path)


def draw_verticals(
    by_category: Mapping[str, Figures], novelty: Mapping[str, Mapping[str, Figures]], path: Path
) -> None:
    """Every category's bits per character, and its novelty where it was measured, the easiest category on top.

    Args:
        by_category: Figures of the test ads by category, with `bits_per_char`.
        novelty: By category, `generated` and `human` figures with `novel_3_share`; may be empty.
        path: The PNG to write.
    """
    names = sorted(
        by_category, key=lambda name: by_category[name].bits_per_char or 0.0, reverse=True
    )
    figure = new_figure(9.0 if novelty else 6.0, 0.2 * len(names) + 1.4)
    panels = figure.subplots(1, 2 if novelty else 1, sharey=True, squeeze=False)[0]
    places = range(len(names))
    bits = [by_category[name].bits_per_char or 0.0 for name in names]
    drawn = panels[0].barh(places, bits, color=_MODEL)
    panels[0].bar_label(drawn, fmt="%.2f", fontsize=7, padding=2)
    panels[0].set_yticks(places, names, fontsize=8)
    panels[0].set_xlabel("bits per character, test ads")
    panels[0].set_xlim(0, 1.12 * max(bits))
    if novelty:
        for kind, colour in (("human", _OTHER), ("generated", _MODEL)):
            shares = [novelty[name][kind].novel_3_share for name in names]
            panels[1].plot(shares, places, "o", color=colour, markersize=5, label=f"{kind} ads")
        panels[1].set_xlabel("word 3-grams that no training ad has")
        panels[1].xaxis.set_major_formatter("{x:.0%}")
        panels[1].set_xlim(0, None)
        panels[1].legend(frameon=False, fontsize=8)
    for panel in panels:
        panel.grid(axis="x", alpha=0.3)
        panel.set_axisbelow(True)
        panel.margins(y=0.01)
    save_figure(figure, path)
