"""Pictures of the experiments on the whole corpus: how much data, which recipe, which categories.

They know records and figures, not how those came about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from adgen.records.base import Figures
from adgen.records.trained import NGramRecord, TrainingRecord
from adgen.report.drawing import (
    BLUE,
    GREEN,
    GREY,
    PURPLE,
    ROSE,
    SMALL,
    YELLOW,
    new_figure,
    save_figure,
)

# Of the recipes, the best first.
_BEST_COLOURS = (BLUE, GREEN, YELLOW, ROSE, PURPLE)


def draw_scaling(records: Sequence[TrainingRecord], ngram: NGramRecord | None, path: Path) -> None:
    """Draws bits per character of the test ads against the number of training ads.

    Args:
        records: Training records of one preset that differ in the number of training ads; those
            without a figure are left out.
        ngram: The n-gram model's record on all ads, if there is one; it becomes a line.
        path: The PNG to write.
    """
    figure = new_figure(3.8)
    panel = figure.subplots()
    found = [(record.num_train_ads, record.on("test").bits_per_char) for record in records]
    points = sorted((size, bits) for size, bits in found if size and bits is not None)
    sizes = [size for size, _ in points]
    panel.plot(sizes, [bits for _, bits in points], "o-", color=BLUE, label="LSTM, preset small")
    for size, value in points:
        panel.annotate(
            f"{value:.2f}",
            (size, value),
            textcoords="offset points",
            xytext=(0, 8),
            ha="center",
            fontsize=SMALL,
        )
    line = None if ngram is None else ngram.on("test").bits_per_char
    if ngram is not None and line is not None:
        panel.axhline(
            line,
            color=ROSE,
            linestyle="--",
            label=f"Kneser-Ney {ngram.config.order}-gram, all ads",
        )
    panel.set_xscale("log")
    panel.set_xticks(sizes, [f"{size:,}" for size in sizes], fontsize=SMALL)
    panel.minorticks_off()
    panel.set_xlabel("training ads")
    panel.set_ylabel("bits per character, test ads")
    shown = [bits for _, bits in points] + ([line] if line is not None else [])
    panel.set_ylim(min(shown, default=0.0) - 0.1, max(shown, default=1.0) + 0.15)
    panel.grid(alpha=0.3)
    panel.legend(frameon=False, fontsize=SMALL, loc="upper right")
    save_figure(figure, path)


def draw_recipes(records: Sequence[TrainingRecord], path: Path) -> None:
    """Draws validation bits per character against CPU minutes, the best recipes in colour."""
    figure = new_figure(4.0)
    panel = figure.subplots()
    ranked = sorted((r for r in records if r.cpu_curve), key=lambda record: record.last_bits)
    for rank, record in enumerate(ranked):
        minutes, bits = zip(*record.cpu_curve, strict=True)
        is_among_best = rank < len(_BEST_COLOURS)
        panel.plot(
            minutes,
            bits,
            color=_BEST_COLOURS[rank] if is_among_best else GREY,
            zorder=2 if is_among_best else 1,
            linewidth=1.8 if is_among_best else 1.0,
            label=f"{record.name} ({bits[-1]:.3f})" if is_among_best else None,
        )
    num_others = len(ranked) - len(_BEST_COLOURS)
    if num_others > 0:
        panel.plot([], [], color=GREY, label=f"{num_others} others: the table of recipes")
    panel.set_xlabel("minutes of training, CPU time")
    panel.set_ylabel("bits per character, validation sample")
    panel.grid(alpha=0.3)
    panel.legend(frameon=False, fontsize=SMALL)
    save_figure(figure, path)


def draw_verticals(
    by_category: Mapping[str, Figures], novelty: Mapping[str, Mapping[str, Figures]], path: Path
) -> None:
    """Draws every category's bits per character, and its novelty where it was measured.

    The easiest category stands on top.

    Args:
        by_category: Figures of the test ads by category, with `bits_per_char`.
        novelty: By category, `generated` and `human` figures with `novel_3_share`; may be empty.
        path: The PNG to write.
    """
    found = ((name, figures.bits_per_char) for name, figures in by_category.items())
    bits_of = {name: bits for name, bits in found if bits is not None}
    names = sorted(bits_of, key=bits_of.__getitem__, reverse=True)
    figure = new_figure(0.17 * len(names) + 1.2)
    panels = figure.subplots(1, 2 if novelty else 1, sharey=True, squeeze=False)[0]
    places = range(len(names))
    bits = [bits_of[name] for name in names]
    drawn = panels[0].barh(places, bits, color=BLUE)
    panels[0].bar_label(drawn, fmt="%.2f", fontsize=7, padding=2)
    panels[0].set_yticks(places, names, fontsize=7)
    panels[0].set_xlabel("bits per character, test ads", fontsize=SMALL)
    panels[0].set_xlim(0, 1.25 * max(bits, default=1.0))
    if novelty:
        for kind, colour in (("human", GREY), ("generated", BLUE)):
            shares = [novelty[name][kind].novel_3_share for name in names]
            panels[1].plot(shares, places, "o", color=colour, markersize=4, label=f"{kind} ads")
        panels[1].set_xlabel("word triples that no training ad has", fontsize=SMALL)
        panels[1].xaxis.set_major_formatter("{x:.0%}")
        panels[1].set_xlim(0, None)
        panels[1].legend(
            frameon=False, fontsize=SMALL, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0)
        )
    for panel in panels:
        panel.tick_params(axis="x", labelsize=SMALL)
        panel.grid(axis="x", alpha=0.3)
        panel.set_axisbelow(True)
        panel.margins(y=0.01)
    save_figure(figure, path)
