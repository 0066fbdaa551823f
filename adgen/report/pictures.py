"""All pictures that a set of run records allows, by file name.

What a picture shows is the business of `drawing` and `plots_*`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from adgen.records.base import Record
from adgen.records.judged import ComparisonRecord, SweepRecord
from adgen.records.record import of_kind
from adgen.records.trained import NGramRecord, TrainingRecord
from adgen.report.drawing import draw_learning_curves, draw_metrics_of_2022
from adgen.report.plots_corpus import draw_recipes, draw_scaling, draw_verticals
from adgen.report.plots_gpt import draw_shots, draw_sweep
from adgen.report.plots_main import draw_minutes
from adgen.report.plots_reading import draw_publishable, publishable
from adgen.report.result_groups import result_groups
from adgen.report.tables_2022 import records_of_2022
from adgen.report.tables_corpus import verticals


def picture_paths(records: Sequence[Record], images_dir: Path) -> list[Path]:
    """Returns the files that `draw_all` draws from these records."""
    return [images_dir / name for name in _pictures(records)]


def draw_all(records: Sequence[Record], images_dir: Path) -> list[Path]:
    """Draws every picture that the records allow; returns the files."""
    for name, draw in _pictures(records).items():
        draw(images_dir / name)
    return picture_paths(records, images_dir)


def _pictures(records: Sequence[Record]) -> dict[str, Callable[[Path], None]]:
    """Returns how to draw each picture, by file name."""
    groups: dict[str, list[TrainingRecord]] = {"": [], "scaling": [], "recipes": []}
    for record in of_kind(records, TrainingRecord):
        if record.history:
            groups.setdefault(record.group, []).append(record)
    of_2022 = records_of_2022(records)
    # The n-gram model with most n-grams is the one that forgets nothing.
    ngrams = of_kind(records, NGramRecord)
    ngram = max(ngrams, key=lambda record: record.model.num_ngrams, default=None)
    by_category, novelty = verticals(records)
    comparisons = of_kind(records, ComparisonRecord)
    sweeps = of_kind(records, SweepRecord)
    read = publishable(records)
    groups_of_results = result_groups(records)
    allowed = {
        "publishable.png": (read, partial(draw_publishable, read)),
        "minutes.png": (groups_of_results, partial(draw_minutes, groups_of_results)),
        "learning_curves.png": (groups[""], partial(draw_learning_curves, groups[""])),
        "2022_metrics.png": (of_2022, partial(draw_metrics_of_2022, of_2022)),
        "scaling.png": (groups["scaling"], partial(draw_scaling, groups["scaling"], ngram)),
        "recipes.png": (groups["recipes"], partial(draw_recipes, groups["recipes"])),
        "verticals.png": (by_category, partial(draw_verticals, by_category, novelty)),
        "shots.png": (comparisons, partial(draw_shots, comparisons)),
        **{f"{r.name}.png": ([r], partial(draw_sweep, r)) for r in sweeps},
    }
    return {name: draw for name, (needed, draw) in allowed.items() if needed}
