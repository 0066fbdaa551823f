"""How a notebook shows what runs gave: pictures, tables of texts, checks, files."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from adgen.generation.shipped import shipped_results_dir
from adgen.records.base import Record
from adgen.records.trained import FinetuningRecord, TrainingRecord
from adgen.report.documents import load_records

if TYPE_CHECKING:
    from IPython.display import Image
    from pandas.io.formats.style import Styler

_TEXTS = "text-align: left; white-space: normal; vertical-align: top"


def published_records() -> list[Record]:
    """Returns the run records behind every published figure, by file name.

    Raises:
        FileNotFoundError: This installation has none.
    """
    return load_records(shipped_results_dir())


def drawn(draw: Callable[..., None], *arguments: Any) -> Image:
    """Returns a picture of `adgen.report` for the notebook; no file stays.

    Args:
        draw: A function whose last argument is the path of the PNG, such as `draw_shots`.
        *arguments: Those before the path.
    """
    from IPython.display import Image

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "picture.png")
        draw(*arguments, path)
        return Image(path.read_bytes(), format="png")


def left_aligned(texts: pd.DataFrame) -> Styler:
    """Returns a table of ads whose cells break their lines and begin at the left."""
    return texts.style.set_table_styles([{"selector": "td", "props": _TEXTS}])


def checks_frame(record: TrainingRecord | FinetuningRecord) -> pd.DataFrame:
    """Returns what a training's checks said on the way, a row a check.

    Returns:
        The columns `step`, `epoch`, `minutes` (since the start) and `bits_per_char` (of validation
        ads); None where a record does not know.
    """
    checks = record.history
    frame = pd.DataFrame(
        {
            "step": [check.step for check in checks],
            "epoch": [check.epoch for check in checks],
            "minutes": [(check.seconds or 0) / 60 for check in checks],
            "bits_per_char": [check.valid.get("bits_per_char") for check in checks],
        }
    )
    if isinstance(record, TrainingRecord):  # whose checks count seconds from the one before
        frame["minutes"] = frame["minutes"].cumsum()
    return frame


def file_sizes(folder: str | Path) -> pd.DataFrame:
    """Returns the files of a model's folder by name, with the column `MB`."""
    sizes = {path.name: path.stat().st_size / 1e6 for path in Path(folder).iterdir()}
    return pd.Series(sizes, dtype=float).sort_index().round(2).to_frame("MB")
