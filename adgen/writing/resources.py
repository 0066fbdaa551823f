"""What comes with adgen for writing: the default writer, capitals."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from adgen.generation.hub_models import check_revision, fetched_writer, is_hub_id
from adgen.generation.shipped import SHIPPED_ADAPTER, SHIPPED_WRITER, shipped_model_dir
from adgen.gpt.adapters import folder_of
from adgen.gpt.bases import base_folder_of
from adgen.support.given import a_path
from adgen.writing.casing import Casing

CASING_FILE = Path(__file__).with_name("casing.txt")  # a word a line


def writer_source(model: str | Path | None = None, revision: str | None = None) -> Path:
    """Returns the folder that a writer's name stands for, of an adapter the adapter's own.

    Args:
        model: A folder, the name of a fetched base or of a writer that comes with adgen, or an id
            on the Hub; by default the one that comes with adgen and needs no base.
        revision: A branch, tag or commit on the Hub; None for the newest of the branch main.

    Raises:
        FileNotFoundError: The Hub has none of that id.
        OSError: The Hub cannot be reached, or refuses, and its cache has no such writer.
        ValueError: A revision of a folder is given.
    """
    if model is None:
        model = SHIPPED_WRITER
    is_shipped = str(model) in (SHIPPED_WRITER, SHIPPED_ADAPTER) and not Path(model).is_dir()
    if is_shipped and revision is None:
        return shipped_model_dir(str(model))
    check_revision(a_path("model", model), revision)
    if revision is not None or is_hub_id(model):
        return fetched_writer(str(model), revision)
    return Path(base_folder_of(model))


def writer_folder(model: str | Path | None = None, revision: str | None = None) -> Path:
    """Returns the folder of a writer, of an adapter the one that is merged with its base.

    Args:
        model: As for `writer_source`, or what that gave.
        revision: As for `writer_source`.

    Raises:
        FileNotFoundError: There is none.
        OSError: As `writer_source`.
    """
    folder = Path(folder_of(writer_source(model, revision)))
    if not (folder / "config.json").is_file():
        what = "has no config.json" if folder.is_dir() else "does not exist"
        raise FileNotFoundError(
            f"{str(model)!r} is no model's folder: it {what}, and it is no id on the Hub "
            f"(OWNER/NAME, where no folder OWNER is here). Give a Llama model's folder, its id, "
            f"{SHIPPED_ADAPTER}, or a base of `adgen base list`."
        )
    return folder


@cache
def load_casing() -> Casing:
    """Returns the capitals of words as most training ads have them."""
    words = CASING_FILE.read_text(encoding="utf-8").splitlines()
    return Casing({word.lower(): word for word in words})
