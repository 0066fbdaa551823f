"""Tables of the GPT experiments: models side by side, fine-tuning, memory.

Every cell from a run record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf

from adgen.gpt.catalogue import PUBLISHED
from adgen.records.base import Record
from adgen.records.judged import ComparisonRecord
from adgen.records.measured import MemoryRecord, MemoryRun
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
from adgen.report.names import copies_of, shown_name, without_superseded
from adgen.report.screen_comparison import HEAD, comparison_rows


def comparison_table(records: Sequence[Record]) -> str:
    """Shows every comparison's rows, and published models that were not run.

    The latter come with the command that fills their row.
    """
    comparisons = without_superseded(of_kind(records, ComparisonRecord))
    if not comparisons:
        return markdown_table([], [])
    rows = []
    originals = copies_of(records)
    for record in comparisons:
        where = [record.plan.ads, hardware_cell(record), commit_cell(record)]
        for name, *row in comparison_rows(record):
            label = f"{originals[name]}, uncompressed" if name in originals else name
            rows.append([label, *row, *where])
    seen = {row.model for record in comparisons for row in record.rows}
    for model in PUBLISHED.values():
        if model.model_id and model.model_id not in seen:
            command = f"not run here: `adgen compare --models {model.model_id}`"
            size = f"{model.num_weights / 1e6:.1f} M"
            rows.append([model.name, NONE, size, command, *[NONE] * (len(HEAD) - 2)])
    head = [*HEAD, "scored ads", "hardware", "commit"]
    return markdown_table(head, [list(map(str, row)) for row in rows])


def ad_trainings(records: Sequence[Record]) -> list[FinetuningRecord]:
    """Returns trainings of GPTs on ads alone; those that write from facts have another measure."""
    found = of_kind(records, FinetuningRecord)
    return [record for record in found if not record.config.has_products]


def finetuning_table(records: Sequence[Record]) -> str:
    """Shows a row a training of a GPT, best test figure first."""
    chosen = ad_trainings(records)
    rows = []
    for record in sorted(chosen, key=lambda r: r.on("test").bits_per_char or inf):
        config, model = record.config, record.model
        how = f"LoRA, rank {config.lora_rank}" if config.lora_rank else "all weights"
        rows.append(
            [
                shown_name(record.name, records),
                config.base,
                f"{config.engine}, {how}",
                f"{model.num_trained_weights / 1e6:.2f} of {model.num_weights / 1e6:.1f} M",
                format_figure("num_ads", record.num_train_ads),
                f"{record.num_steps:,}",
                format_figure("bits_per_char", record.on("valid").bits_per_char),
                format_figure("bits_per_char", record.on("test").bits_per_char),
                f"{model.padding_share:.1%}",
                minutes_cell(record.minutes),
                memory_cell(record.peak_memory_bytes),
                hardware_cell(record),
                commit_cell(record),
            ]
        )
    head = [
        "model",
        "from",
        "engine",
        "trained weights",
        "training ads",
        "steps",
        "bits/char, valid",
        "**test**",
    ]
    return markdown_table([*head, "padding", "minutes", "memory", "hardware", "commit"], rows)


def memory_table(records: Sequence[Record]) -> str:
    """Shows peak memory and seconds of a training step, a row a model, a column a way to train."""
    ways = {"all weights": (0, False), "LoRA": (1, False), "LoRA, activations twice": (1, True)}
    rows = []
    for record in of_kind(records, MemoryRecord):
        runs: dict[str, dict[tuple[int, bool], MemoryRun]] = {}
        for run in record.runs:
            runs.setdefault(run.model, {})[min(1, run.lora_rank), run.gradient_checkpointing] = run
        where = [hardware_cell(record), commit_cell(record)]
        rows += [
            [model, *(_memory_cell(of.get(way)) for way in ways.values()), *where]
            for model, of in runs.items()
        ]
    return markdown_table(["model", *ways, "hardware", "commit"], rows)


def _memory_cell(run: MemoryRun | None) -> str:
    """Returns measured memory, the predicted in brackets, seconds a step."""
    if run is None:
        return NONE
    predicted = f"{run.predicted_bytes / 1e9:.1f}"
    if run.peak_memory_bytes is None:
        return f"not run: too large ({predicted})"
    seconds = NONE if run.seconds is None else f"{run.seconds:.1f} s"
    return f"{memory_cell(run.peak_memory_bytes)} ({predicted}), {seconds}"


GPT_TABLES: dict[str, Callable[[Sequence[Record]], str]] = {
    "comparison-all": comparison_table,
    "finetuning": finetuning_table,
    "gpt-memory": memory_table,
}
