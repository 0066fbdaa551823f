"""Tables of writing from facts: the trainings, what writers keep and invent, their samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from adgen.records.base import Record
from adgen.records.measured import WriterFigures, WritingRecord
from adgen.records.record import of_kind
from adgen.records.tables import (
    commit_cell,
    format_figure,
    hardware_cell,
    markdown_table,
    memory_cell,
)
from adgen.records.trained import FinetuningRecord
from adgen.report.cells import NONE, minutes_cell

# Shares of the table of writers: attribute and heading.
_SHARES = {
    "facts_kept": "facts kept",
    "absent_facts_claimed": "absent facts claimed",
    "ads_with_invented_numbers": "invented numbers",
    "ads_with_invented_brands": "invented brands",
    "ads_with_invented_colours": "invented colours",
    "repeated_words": "repeated words",
    "copies_of_training_ads": "copies of training ads",
    "ads_too_long": "too long",
}


def writers_table(records: Sequence[Record]) -> str:
    """Shows what each writer made of each set of products, people's titles among them."""
    rows = [
        [
            f"{name} ({found.num_products:,})",
            writer,
            *_cells(figures),
            hardware_cell(record),
            commit_cell(record),
        ]
        for record in of_kind(records, WritingRecord)
        for name, found in record.sets.items()
        for writer, figures in found.writers.items()
    ]
    head = ["products", "writer", *_SHARES.values(), "characters", "ads", "seconds an ad"]
    return markdown_table([*head, "hardware", "commit"], rows)


def _cells(figures: WriterFigures) -> list[str]:
    """Returns the shares, then characters, ads and seconds."""
    shares = [getattr(figures, name) for name in _SHARES]
    seconds = figures.seconds_an_ad
    return [
        *(NONE if share is None else f"{share:.1%}" for share in shares),
        f"{figures.characters_an_ad:.0f}",
        f"{figures.num_ads:,}",
        NONE if seconds is None else f"{seconds:.3f}",
    ]


def writer_trainings_table(records: Sequence[Record]) -> str:
    """Shows a row a training on pairs of facts and ad."""
    rows = [
        [
            record.name,
            record.config.base,
            _weights(record),
            _training_ads(record),
            f"{record.num_steps:,}",
            format_figure("bits_per_char", record.on("valid").bits_per_char),
            format_figure("bits_per_char", record.on("test").bits_per_char),
            minutes_cell(record.minutes),
            memory_cell(record.peak_memory_bytes),
            hardware_cell(record),
            commit_cell(record),
        ]
        for record in _trainings(records)
    ]
    head = [
        "model",
        "from",
        "trained weights",
        "training ads",
        "steps",
        "bits/char, valid",
        "test",
    ]
    return markdown_table([*head, "minutes", "memory", "hardware", "commit"], rows)


def writer_samples_table(records: Sequence[Record]) -> str:
    """Shows the first ad of each made-up product, nothing picked."""
    rows = [
        [record.name, sample.prompt.replace("|", "/"), sample.ads[0]]
        for record in _trainings(records)
        for sample in record.samples
        if sample.ads
    ]
    return markdown_table(["model", "product", "ad"], rows)


def _weights(record: FinetuningRecord) -> str:
    model = record.model
    return f"{model.num_trained_weights / 1e6:.1f} of {model.num_weights / 1e6:.1f} M"


def _training_ads(record: FinetuningRecord) -> str:
    """Says how many ads were read; older records have how many were to be taken apart."""
    num_ads = format_figure("num_ads", record.num_train_ads)
    return num_ads if record.counts_pairs else f"those of {num_ads} that come apart"


def _trainings(records: Sequence[Record]) -> list[FinetuningRecord]:
    found = of_kind(records, FinetuningRecord)
    return [record for record in found if record.config.has_products]


WRITING_TABLES: dict[str, Callable[[Sequence[Record]], str]] = {
    "writers": writers_table,
    "writer-trainings": writer_trainings_table,
    "writer-samples": writer_samples_table,
}
