"""Pictures of the GPT experiments: what shots do, and where a model's ads are best."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from adgen.records.base import Figures
from adgen.records.judged import ComparisonRecord, SweepRecord
from adgen.records.tables import HUMAN_ADS, NOVELTY_FIGURES
from adgen.report.drawing import (
    BLUE,
    ROSE,
    SMALL,
    looks_of,
    new_figure,
    save_figure,
)
from adgen.report.names import copies_of, without_superseded

_LABELS = {
    "bits_per_char": "bits per character, held-out ads",
    "word_accuracy": "next word right",
    "likeness": "bits/char of the ad model",
    **NOVELTY_FIGURES,
}
_MOST_BITS = 2.6  # that are drawn: a model that examples confuse may need many more
_SWEPT_FIGURES = ("likeness", "novel_3_share", "repeated_word_share")


def draw_shots(records: Sequence[ComparisonRecord], path: Path) -> None:
    """Draws bits per character and next-word accuracy against example ads, a line a model.

    Models that read no example ads, which n-gram models are, have none.

    Args:
        records: Comparisons; drawn are those of the ads that the first one is of.
        path: The PNG to write.
    """
    curves: dict[str, list[tuple[int, Figures]]] = {}
    originals = copies_of(records)
    for record in without_superseded(records):
        for row in record.rows if record.plan.ads == records[0].plan.ads else ():
            name = Path(row.model).name
            if row.figures and name not in originals and row.kind != "ngram":
                curves.setdefault(name, []).append((row.shots, row.figures))
    # What was scored without example ads alone has no line.
    curves = {label: points for label, points in curves.items() if len(points) > 1}
    looks = looks_of(curves)
    figure = new_figure(7.6)
    panels = figure.subplots(2, 1)
    for panel, name in zip(panels, ("bits_per_char", "word_accuracy"), strict=True):
        for label, found in curves.items():
            points = sorted((shots, figures.get(name)) for shots, figures in found)
            look = looks[label]
            panel.plot(
                *zip(*points, strict=True),
                color=look.colour,
                linestyle=look.style,
                marker=look.marker,
                label=label,
                markersize=4,
                alpha=0.8,
            )
        panel.set_xscale("symlog", base=2, linthresh=1)
        ticks = sorted({shots for found in curves.values() for shots, _ in found})
        panel.set_xticks(ticks, [str(number) for number in ticks])
        panel.minorticks_off()
        panel.set_xlabel("example ads before the ad")
        panel.set_ylabel(_LABELS[name])
        panel.grid(alpha=0.3)
    low, high = panels[0].get_ylim()
    panels[0].set_ylim(low, min(high, _MOST_BITS))
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=SMALL
    )
    save_figure(figure, path)


def draw_sweep(record: SweepRecord, path: Path) -> None:
    """Draws a column a decoding control and a row a figure; human ads are a dashed line.

    Args:
        record: A sweep.
        path: The PNG to write.
    """
    controls = list(dict.fromkeys(row.control for row in record.rows))
    figure = new_figure(1.7 * len(_SWEPT_FIGURES))
    panels = figure.subplots(len(_SWEPT_FIGURES), len(controls), squeeze=False, sharey="row")
    for line, name in enumerate(_SWEPT_FIGURES):
        for column, control in enumerate(controls):
            panel = panels[line, column]
            rows = [row for row in record.rows if row.control == control]
            places = range(len(rows))
            panel.plot(
                places,
                [row.figures.get(name) for row in rows],
                "o-",
                color=BLUE,
                markersize=4,
            )
            panel.axhline(record.human.get(name), color=ROSE, linestyle="--", label=HUMAN_ADS)
            panel.set_xticks(places, [f"{row.value:g}" for row in rows], fontsize=7)
            panel.tick_params(axis="y", labelsize=7)
            panel.grid(alpha=0.3)
            if name.endswith("_share"):
                panel.yaxis.set_major_formatter("{x:.0%}")
            if line == len(_SWEPT_FIGURES) - 1:
                panel.set_xlabel(control.replace("_", " "), fontsize=SMALL)
        label = "\nof the ".join(_LABELS[name].split(" of the "))
        panels[line, 0].set_ylabel(label, fontsize=SMALL)
    panels[0, -1].legend(frameon=False, fontsize=SMALL)
    save_figure(figure, path)
