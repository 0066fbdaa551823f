"""What comes with adgen for writing: the default writer, capitals, training ads."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from adgen.generation.shipped import SHIPPED_ADAPTER, SHIPPED_WRITER, shipped_model_dir
from adgen.gpt.adapters import folder_of
from adgen.support.given import a_path
from adgen.writing.casing import Casing
from adgen.writing.training_ads import TrainingAds

CASING_FILE = Path(__file__).with_name("casing.txt")  # a word a line
TRAINING_ADS_FILE = Path(__file__).with_name("training_ads.safetensors")


def writer_folder(model: str | Path | None = None) -> Path:
    """Returns the folder of a writer.

    Args:
        model: A folder, or the name of a fetched base or of a writer that comes with adgen; by
            default the one that needs no base.

    Raises:
        FileNotFoundError: There is none.
    """
    if model is None:
        return shipped_model_dir(SHIPPED_WRITER)
    is_shipped = str(model) in (SHIPPED_WRITER, SHIPPED_ADAPTER) and not Path(model).is_dir()
    folder = Path(
        folder_of(shipped_model_dir(str(model)) if is_shipped else a_path("model", model))
    )
    if not (folder / "config.json").is_file():
        what = "has no config.json" if folder.is_dir() else "does not exist"
        raise FileNotFoundError(
            f"{str(model)!r} is no model's folder: it {what}. Give a Llama model's folder, "
            f"{SHIPPED_ADAPTER}, or a base of `adgen base list`."
        )
    return folder


@cache
def load_casing() -> Casing:
    """Returns the capitals of words as most training ads have them."""
    words = CASING_FILE.read_text(encoding="utf-8").splitlines()
    return Casing({word.lower(): word for word in words})


@cache
def load_training_ads() -> TrainingAds:
    """Returns which ads of the public corpus are training ads.

    Raises:
        OSError: The file is missing.
        ValueError: The file is damaged.
    """
    return TrainingAds.load(TRAINING_ADS_FILE)
