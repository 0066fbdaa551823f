"""Tables of the 2022 experiment beside ours: metrics, results file, timings.

Every cell of ours comes from a record; what the experiment published stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Any, NamedTuple

import pandas as pd

from adgen.records.base import Figures, Record
from adgen.records.record import of_kind
from adgen.records.tables import commit_cell, format_figure, hardware_cell, markdown_table
from adgen.records.trained import TrainingRecord
from adgen.report.cells import NONE, minutes_cell
from adgen.report.drawing import SPLIT_NAMES

TABLE_NAME_OF_2022 = "lstm_results_df.csv"


class Published(NamedTuple):
    """Holds training figures that the 2022 experiment published of a run; cross-entropy in nats."""

    baseline_accuracy: float
    accuracy: float
    top_5_accuracy: float
    cross_entropy: float


# Its results file, data/lstm_results_df_holidays.csv, and the training log that its notebook shows,
# which is another run's, code/ad_generator_colab.ipynb; both of
# https://github.com/nirajsaran2/AdTextGeneration.
FIGURES_OF_2022 = {
    "lstm": {
        "results file": Published(0.051, 0.818, 0.952, 0.690),
        "notebook": Published(0.051, 0.823, 0.954, 0.650),
    },
    "embedding-lstm": {
        "results file": Published(0.054, 0.813, 0.953, 0.695),
        "notebook": Published(0.043, 0.668, 0.861, 1.357),
    },
}


class PublishedTiming(NamedTuple):
    """Holds a line of the 2022 experiment's timings, and the record here that did the like."""

    documents: str
    where: str
    work: str
    took: str
    record: str


# The experiment's picture of its timings (images/timings_and_metrics.png of its repository), as
# text.
TIMINGS_OF_2022 = (
    PublishedTiming("10,000", "local machine", "LSTM, 60 epochs", "80 min", "2022-lstm-ad"),
    PublishedTiming("13,000", "Colab GPU", "LSTM, 60 epochs", "23 min", "2022-lstm-ad"),
    PublishedTiming("13,000", "Colab GPU", "embedding LSTM", "10 min", "2022-embedding-lstm-ad"),
    PublishedTiming("100,000", "local machine", "LSTM, 60 epochs", "150 h", "scaling/200k"),
    PublishedTiming("500,000", "local machine", "LSTM, 60 epochs", "200 days", "scaling/800k"),
    PublishedTiming("2 million", "local machine", "LSTM, 60 epochs", "5 years", "adgen-lstm"),
)


def records_of_2022(records: Sequence[Record]) -> list[TrainingRecord]:
    """Runs of the experiment's two models by its own rules."""
    trained = [record for record in of_kind(records, TrainingRecord) if record.history]
    return [record for record in trained if not record.group and record.config.reads == "stream"]


def comparison_of_2022(records: Sequence[Record]) -> str:
    """Shows the 2022 experiment as published and as run here, with the validation it lacked."""
    rows = []
    for model, published in FIGURES_OF_2022.items():
        rows += [
            _published_row(f"{model}, as published ({source})", run)
            for source, run in published.items()
        ]
        for by, split in SPLIT_NAMES.items():
            found = [
                record
                for record in records_of_2022(records)
                if (record.config.model, record.split_by) == (model, by)
            ]
            rows += [_seed_row(record) for record in found] or [
                [f"{model}, adgen", split, "not run", *[NONE] * 6]
            ]
    head = [
        "model",
        "split",
        "accuracy, training (1 epoch → end)",
        "top-5",
        "cross-entropy",
        "accuracy, validation",
        "top-5",
        "cross-entropy",
        "best epoch by validation",
    ]
    return markdown_table(head, rows)


def _published_row(label: str, run: Published) -> list[str]:
    accuracy = f"{run.baseline_accuracy:.3f} → {run.accuracy:.3f}"
    figures = [accuracy, f"{run.top_5_accuracy:.3f}", f"{run.cross_entropy:.3f}"]
    return [label, "random rows", *figures, *[NONE] * 4]


def _seed_row(record: TrainingRecord) -> list[str]:
    first, last = record.history[0].running, record.history[-1].running
    valid = record.on("valid")
    best = min(record.history, key=lambda check: _nats(check.valid))
    return [
        f"{record.config.model}, adgen ({record.epochs} epochs)",
        SPLIT_NAMES[record.split_by or ""],
        f"{format_figure('accuracy', first.accuracy)} → {format_figure('accuracy', last.accuracy)}",
        *(format_figure(name, last.get(name)) for name in ("top_5_accuracy", "loss")),
        *(format_figure(name, valid.get(name)) for name in ("accuracy", "top_5_accuracy")),
        _nats_cell(valid),
        f"{best.epoch} ({_nats_cell(best.valid)})" if _nats(best.valid) < inf else NONE,
    ]


def _nats(figures: Figures) -> float:
    return inf if figures.cross_entropy is None else figures.cross_entropy


def _nats_cell(figures: Figures) -> str:
    return NONE if figures.cross_entropy is None else f"{figures.cross_entropy:.2f}"


def timings_table(records: Sequence[Record]) -> str:
    """Shows the 2022 experiment's timings, and what as many ads or more take here."""
    trained = of_kind(records, TrainingRecord)
    by_name = {"/".join(filter(None, (record.group, record.name))): record for record in trained}
    rows = []
    for line in TIMINGS_OF_2022:
        record = by_name.get(line.record)
        if record is None:
            ours = ["not run", *[NONE] * 5]
        else:
            epochs = record.epochs
            ours = [
                record.name,
                format_figure("num_ads", record.num_train_ads),
                f"{epochs:g} {'epoch' if epochs == 1 else 'epochs'}",
                minutes_cell(record.minutes, " min"),
                hardware_cell(record),
                commit_cell(record),
            ]
        rows.append([line.documents, line.where, line.work, line.took, *ours])
    head = ["ads, 2022", "where", "what", "took", "**here**", "training ads", "epochs", "took"]
    return markdown_table([*head, "hardware", "commit"], rows)


def table_of_2022(records: Sequence[TrainingRecord]) -> pd.DataFrame:
    """Makes the 2022 experiment's results file: its columns, from our records of its two models.

    Figures are the running training metrics of the first and the last epoch, as there.
    """
    rows: list[dict[str, Any]] = []
    for record in records:
        first, last = record.history[0].running, record.history[-1].running
        rows.append(
            {
                "max_rows": record.corpus.num_ads,
                "Actual Rows": record.num_train_ads,
                "batch_size": record.config.batch_size,
                "total_tokens": record.model.num_training_tokens,
                "distinct_tokens": record.model.vocab_size,
                "steps_per_epoch": record.model.steps_per_epoch,
                "Baseline Categorical Accuracy": _rounded(first.accuracy),
                "Categorical Accuracy": _rounded(last.accuracy),
                "Baseline Categorical Crossentropy": _rounded(first.loss),
                "Categorical Crossentropy": _rounded(last.loss),
                "Baseline Top K Categorical Accuracy": _rounded(first.top_5_accuracy),
                "Top K Categorical Accuracy": _rounded(last.top_5_accuracy),
                "Model": {"lstm": "LSTM", "embedding-lstm": "Embed LSTM"}.get(record.config.model),
                "Split": record.split_by,
            }
        )
    return pd.DataFrame(rows)


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 3)


TABLES_OF_2022: dict[str, Callable[[Sequence[Record]], str]] = {
    "2022": comparison_of_2022,
    "timings": timings_table,
}
