"""The palette and paper of all pictures, learning curves, and the models of 2022.

It knows records of trainings; what other pictures show is `plots_*`'s business.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from adgen.records.base import Figures
from adgen.records.trained import TrainingRecord
from adgen.support.extras import needs_extra
from adgen.support.files import replace_when_done

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# All pictures have one width, in inches: 600 pixels wide, a letter of 8 points is 11 pixels high.
WIDTH = 6.0
SMALL = 8  # points: ticks, legends, numbers beside what they count

SPLIT_NAMES = {"ad": "random rows", "family": "families"}

# The palette of all pictures, most of it from Paul Tol's schemes for any colour vision.
BLUE = "#4477aa"
SKY = "#88ccee"
CYAN = "#66ccee"
GREEN = "#228833"
YELLOW = "#ccbb44"
ORANGE = "#ee7733"
ROSE = "#cc6677"
PURPLE = "#aa3377"
GREY = "#bbbbbb"
DARK = "#444444"

_COLOURS = (BLUE, GREEN, PURPLE, YELLOW, CYAN, ORANGE, DARK, ROSE)
_SHAPES = (("-", "o"), ("--", "s"), (":", "^"))  # of lines and of the markers on them
# Models of several pictures look the same in all of them.
_KNOWN = (
    "adgen-lstm",
    "adgen-mixture",
    "adgen-gpt-base",
    "adgen-gpt-electronics",
    "electronics-aitextgen",
    "electronics-scratch",
    "smollm2-135m",
    "electronics-lora",
    "electronics-smollm2",
    "electronics-smollm2-lora",
)

_UNKNOWN = math.nan  # matplotlib leaves it out


def draw_learning_curves(records: Sequence[TrainingRecord], path: Path) -> None:
    """Draws a panel a record: cross-entropy of training and validation ads against epochs.

    Args:
        records: Training records with at least one epoch.
        path: The PNG to write.

    Raises:
        ImportError: matplotlib is not installed; the message names the extra.
    """
    num_columns = min(len(records), 2)
    num_rows = math.ceil(len(records) / num_columns)
    figure = new_figure(2.4 * num_rows)
    panels = figure.subplots(num_rows, num_columns, squeeze=False).ravel()
    for panel, record in zip(panels, records, strict=False):
        _draw_curve(panel, record)
    for panel in panels[len(records) :]:
        panel.set_visible(False)
    save_figure(figure, path)


def _draw_curve(panel: Axes, record: TrainingRecord) -> None:
    history = record.history
    epochs = [_or_unknown(check.epoch) for check in history]
    sample = _cross_entropies([check.train_sample for check in history])
    curves = {"training ads (a sample, no dropout)": (BLUE, sample)}
    if record.config.reads == "stream":
        # A sample's windows are cut at other words than those the model was trained on.
        curves = {
            "training windows (running, with dropout)": (
                BLUE,
                [_or_unknown(check.running.loss) for check in history],
            ),
            "training ads, cut into other windows": (SKY, sample),
        }
    valid = _cross_entropies([check.valid for check in history])
    known_places = [place for place, value in enumerate(valid) if not math.isnan(value)]
    if known_places:
        best = min(known_places, key=valid.__getitem__)
        curves[f"validation ads (best {valid[best]:.2f}, epoch {epochs[best]})"] = (ROSE, valid)
        panel.plot(epochs[best], valid[best], "o", color=ROSE)
    for label, (colour, values) in curves.items():
        panel.plot(epochs, values, color=colour, label=label, marker=_marker(epochs))
    panel.set_title(record.name, fontsize=10)
    panel.set_xlabel("epoch")
    panel.set_ylabel("cross-entropy, nats")
    known = [v for _, values in curves.values() for v in values if not math.isnan(v)]
    panel.set_ylim(0, 1.35 * max(known, default=1.0))
    panel.locator_params(axis="x", integer=True)
    panel.grid(alpha=0.3)
    panel.tick_params(labelsize=SMALL)
    panel.legend(fontsize=7, frameon=False, loc="upper right")


def _cross_entropies(figures: Sequence[Figures]) -> list[float]:
    """Returns the figure of every check, one that was not measured as a gap in the curve."""
    return [_or_unknown(one.cross_entropy) for one in figures]


def _or_unknown(figure: float | None) -> float:
    return _UNKNOWN if figure is None else figure


def _marker(epochs: Sequence[float]) -> str:
    return "o" if len(epochs) < 3 else ""


def draw_metrics_of_2022(records: Sequence[TrainingRecord], path: Path) -> None:
    """Draws how often the 2022 models are right, on training and on validation ads.

    Two panels show accuracy and top-5 accuracy, after one epoch and trained.
    """
    figure = new_figure(5.6)
    panels = figure.subplots(2, 1, sharex=True)
    names = [f"{r.config.model}\n{SPLIT_NAMES.get(r.split_by or '', '–')}" for r in records]
    for panel, metric, title in zip(
        panels, ("accuracy", "top_5_accuracy"), ("accuracy", "top-5 accuracy"), strict=True
    ):
        bars = {
            "one epoch, training": (
                GREY,
                [r.after_one_epoch("train").get(metric) for r in records],
            ),
            "trained, training": (BLUE, [r.on("train").get(metric) for r in records]),
            "trained, validation": (ROSE, [r.on("valid").get(metric) for r in records]),
        }
        for offset, (label, (colour, heights)) in enumerate(bars.items()):
            places = [index + 0.27 * (offset - 1) for index in range(len(records))]
            drawn = panel.bar(
                places, list(map(_or_unknown, heights)), 0.25, color=colour, label=label
            )
            panel.bar_label(drawn, fmt="%.2f", fontsize=SMALL, padding=1)
        panel.set_xticks(range(len(records)), names, fontsize=SMALL)
        panel.set_title(title, fontsize=10)
        panel.grid(axis="y", alpha=0.3)
        panel.set_ylim(0, 1.12)
        panel.set_ylabel("share of targets")
    panels[0].legend(fontsize=SMALL, frameon=False, loc="upper left", ncols=3, columnspacing=0.8)
    save_figure(figure, path)


class Look(NamedTuple):
    """How a model is drawn: its colour, the style of its line, its marker."""

    colour: str
    style: str
    marker: str


def looks_of(names: Iterable[str]) -> dict[str, Look]:
    """Returns how each model is drawn: those that several pictures show alike in all of them."""
    every = [Look(colour, *shape) for shape in _SHAPES for colour in _COLOURS]
    order = [*_KNOWN, *dict.fromkeys(name for name in names if name not in _KNOWN)]
    return dict(zip(order, cycle(every), strict=False))


def new_figure(height: float) -> Figure:
    """Makes an empty figure, as wide as all are and so many inches high.

    Raises:
        ImportError: matplotlib is not installed; the message names the extra.
    """
    with needs_extra("Drawing"):
        from matplotlib.figure import Figure
    return Figure(figsize=(WIDTH, height), layout="constrained")


def save_figure(figure: Figure, path: Path, *, dots_per_inch: int = 200) -> None:
    """Writes a PNG; the same figure gives the same bytes."""
    with replace_when_done(path) as temporary_path:
        # No date or version in the file.
        figure.savefig(temporary_path, dpi=dots_per_inch, metadata={"Software": None})
