"""What the tables of a report are made of: Markdown rows, and cells that every record can fill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; without rows a line that says so."""
    if not rows:
        return "*Not run here.*"
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def commit_cell(record: Mapping[str, Any]) -> str:
    """A record's commit, shortened."""
    return f"`{(record['commit'] or '–')[:7]}`"


def hardware_cell(record: Mapping[str, Any]) -> str:
    """Cores, processor and accelerators."""
    hardware = record["hardware"]
    return ", ".join([f"{hardware['num_cores']} cores {hardware['processor']}", *hardware["accelerators"]])
