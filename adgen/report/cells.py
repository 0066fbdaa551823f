"""Cells that several tables share.

They know figures, not records. Where a figure is missing a cell shows a dash, never a nought.
"""

from __future__ import annotations

NONE = "–"


def minutes_cell(minutes: float | None, unit: str = "") -> str:
    """Returns whole minutes as tables show them; a dash where they are not known.

    Args:
        minutes: Of training or of counting.
        unit: What follows the number, such as " min".
    """
    return NONE if minutes is None else f"{minutes:.0f}{unit}"
