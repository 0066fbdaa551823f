"""The picture of what came out: bits per character against minutes of training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from adgen.report.drawing import ROSE, SMALL, looks_of, new_figure, save_figure
from adgen.report.result_groups import Result, ResultGroup

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_minutes(groups: Sequence[ResultGroup], path: Path) -> None:
    """Draws a panel a set of test ads: each model's way and where its training ended.

    N-gram models are lines.

    Args:
        groups: Models and the ads that they were judged on.
        path: The PNG to write.
    """
    figure = new_figure(2.9 * len(groups))
    panels = figure.subplots(len(groups), 1, squeeze=False)[:, 0]
    for panel, group in zip(panels, groups, strict=True):
        _draw_group(panel, group)
        panel.set_ylabel("bits per character")
    panels[-1].set_xlabel("minutes of training")
    save_figure(figure, path)


def _draw_group(panel: Axes, group: ResultGroup) -> None:
    ngrams = [result for result in group.results if result.is_ngram and result.bits_per_char]
    trained = _once_each(
        [r for r in group.results if r.minutes and r.bits_per_char and not r.is_ngram]
    )
    for result, style in zip(ngrams, ("--", ":", "-."), strict=False):
        label = f"{_short(result.label)} ({result.bits_per_char:.2f})"
        panel.axhline(result.bits_per_char or 0.0, color=ROSE, linestyle=style, label=label)
    looks = looks_of(_short(result.label) for result in trained)
    for result in trained:
        look = looks[_short(result.label)]
        _draw_result(panel, result, look.colour, look.marker)
    panel.set_title(group.title, fontsize=10)
    panel.set_xscale("log")
    _show_round_minutes(panel)
    panel.grid(alpha=0.3)
    if ngrams or trained:
        panel.legend(frameon=False, fontsize=SMALL, loc="center left", bbox_to_anchor=(1.0, 0.5))


def _show_round_minutes(panel: Axes) -> None:
    """Puts ticks at 1, 2, 5, 10, ..., whatever the range."""
    from matplotlib.ticker import LogLocator, NullFormatter

    panel.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    panel.xaxis.set_major_formatter("{x:g}")
    panel.xaxis.set_minor_formatter(NullFormatter())


def _once_each(results: Sequence[Result]) -> list[Result]:
    """Keeps the best result of each training, the last among equals.

    A model may be there several times: after example ads, or in fewer bytes.
    """
    best: dict[int, Result] = {}
    for result in sorted(results, key=lambda r: -(r.bits_per_char or 0.0)):
        best[id(result.made)] = result
    return sorted(best.values(), key=results.index)


def _draw_result(panel: Axes, result: Result, colour: str, marker: str) -> None:
    """Draws a marker where the test figure is; validation on the way there is a thin line."""
    if result.curve:
        panel.plot(*zip(*result.curve, strict=True), color=colour, linewidth=1.0, alpha=0.6)
    minutes = sum(result.minutes)
    label = f"{_short(result.label)} ({result.bits_per_char:.2f})"
    panel.plot([minutes], [result.bits_per_char or 0.0], marker, color=colour, label=label)


def _short(label: str) -> str:
    return label.split(":")[0]
