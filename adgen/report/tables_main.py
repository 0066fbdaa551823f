"""The README's one table of results, and the command behind every row of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from adgen.records.base import Figures, Record
from adgen.records.tables import (
    commit_cell,
    format_figure,
    hardware_cell,
    markdown_table,
    memory_cell,
)
from adgen.report.cells import NONE, minutes_cell
from adgen.report.result_groups import Command, Result, ResultGroup, result_groups

_HEAD = (
    "",
    "model",
    "weights",
    "training ads",
    "bits/char",
    "perplexity",
    "top-5",
    "new 3-grams",
    "minutes",
    "memory",
    "hardware",
    "commit",
)


def main_table(records: Sequence[Record]) -> str:
    """Shows every model on its test ads, a numbered row each, under a line that names the ads."""
    rows: list[list[str]] = []
    for group, first in _numbered(records):
        rows.append(["", f"**{group.title}**", *[""] * (len(_HEAD) - 2)])
        rows += [
            [str(number), *_cells(result)] for number, result in enumerate(group.results, first)
        ]
    return markdown_table(_HEAD, rows)


def main_commands(records: Sequence[Record]) -> str:
    """Lists the commands of each row of `main_table`, by its number, each with its commit."""
    lines: list[str] = []
    for group, first in _numbered(records):
        scored = " and ".join(map(_shown, group.scored_by))
        made = f": made by the commands below, scored by {scored}" if scored else ""
        lines.append(f"- {group.title}{made}")
        shown = {
            number: (result, ", then ".join(map(_shown, result.commands)))
            for number, result in enumerate(group.results, first)
            if result.commands
        }
        lines += [f"  - {n}: {commands}" for n, (one, commands) in shown.items() if one.was_run]
        missing = "; ".join(
            f"{n}: {commands}" for n, (one, commands) in shown.items() if not one.was_run
        )
        lines += [f"  - These download their model: {missing}"] if missing else []
    return "\n".join(lines) or "*Not run here.*"


def _shown(command: Command) -> str:
    return f"`{command.line}`" + (f" ({command.commit})" if command.commit else "")


def _numbered(records: Sequence[Record]) -> list[tuple[ResultGroup, int]]:
    """Returns every group, and the number of its first row."""
    groups = result_groups(records)
    return [
        (group, 1 + sum(len(g.results) for g in groups[:place]))
        for place, group in enumerate(groups)
    ]


def _cells(result: Result) -> list[str]:
    made = result.made
    names = ("bits_per_char", "perplexity", "top_5_accuracy")
    found = result.figures or Figures()
    bits, *figures = (format_figure(name, found.get(name)) for name in names)
    return [
        result.label,
        result.size or NONE,
        format_figure("num_ads", made.num_train_ads if made else None),
        f"**{bits}**" if result.figures else bits if result.was_run else "not run here",
        *figures,
        NONE if result.novel_share is None else f"{result.novel_share:.0%}",
        " + ".join(map(minutes_cell, result.minutes)) or NONE,
        memory_cell(made.peak_memory_bytes) if made else NONE,
        hardware_cell(made) if made else NONE,
        commit_cell(made) if made else NONE,
    ]


MAIN_TABLES: dict[str, Callable[[Sequence[Record]], str]] = {
    "main": main_table,
    "main-commands": main_commands,
}
