"""What came out, as tables: the README's short one, the whole, the command behind every row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

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


# The rows of the README's short table: what came of the questions of 2022, and what each model is.
_HEADLINE = {
    "ngram-6-8mb": "counts of word parts, six in a row, cut down to 8 MB",
    "ngram-6": "all of those counts",
    "adgen-lstm": "an LSTM, which comes with adgen",
    "adgen-mixture": "adgen-lstm and 7.5 M of those counts: what `adgen generate` writes with",
    "smollm2-135m": "pretrained on texts of any kind, as published",
    "adgen-gpt-electronics": "a small transformer (GPT) trained on other ads, then on these",
    "electronics-smollm2-lora": "it trained on these ads, small matrices beside its weights (LoRA)",
    "electronics-smollm2": "it trained on these ads, all weights",
}


def headline_table(records: Sequence[Record]) -> str:
    """Shows a few models, a row each, and bits per character of every set of ads they share.

    A set of test ads that none of them was judged on has no column.
    """
    columns: dict[str, dict[str, Result]] = {}
    for group in result_groups(records):
        found = {result.label.split(":")[0]: result for result in group.results}
        chosen = {name: found[name] for name in _HEADLINE if name in found}
        if chosen:
            columns[group.title] = chosen
    rows = []
    for name, what in _HEADLINE.items():
        results = [column[name] for column in columns.values() if name in column]
        if results:
            bits = [_bits(column.get(name), column) for column in columns.values()]
            minutes = " + ".join(map(minutes_cell, results[0].minutes)) or NONE
            rows.append([name, *bits, minutes, results[0].size or NONE, what])
    titles = [f"bits/char: {_lower(title)}" for title in columns]
    return markdown_table(["model", *titles, "minutes of training", "size", "what it is"], rows)


def _bits(result: Result | None, column: Mapping[str, Result]) -> str:
    """Returns a figure, in bold where no model of the column has a better one."""
    bits = result.bits_per_char if result else None
    shown = format_figure("bits_per_char", bits)
    scored = [one.bits_per_char for one in column.values() if one.bits_per_char is not None]
    return f"**{shown}**" if bits is not None and bits == min(scored) else shown


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]


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
    "headline": headline_table,
    "main": main_table,
    "main-commands": main_commands,
}
