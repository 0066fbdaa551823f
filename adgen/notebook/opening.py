"""How a notebook begins: what is missing, where it runs, which ads it works on.

It says so in lines, since a reader compares them with those of another machine.
"""

from __future__ import annotations

import inspect
import os
import subprocess

from adgen.corpus.splits import split_ads
from adgen.gpt.training.settings import FinetuneConfig
from adgen.lstm.training.settings import TrainingConfig
from adgen.notebook.workspace import Workspace
from adgen.records.machine import environment
from adgen.support.colab import on_colab
from adgen.support.extras import check_extras, needs_extra

# What libraries are told before they are loaded: to keep their notices to themselves.
_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "TRANSFORMERS_VERBOSITY": "error"}


def set_up(*extras: str) -> None:
    """Prints hardware, versions, commit and seeds, and gives pictures of Matplotlib their look.

    Call it before TensorFlow or transformers is loaded: it keeps their notices back.

    Args:
        *extras: What the notebook needs, such as "lstm" and "report".

    Raises:
        ImportError: An extra is not installed; the message names the command that installs it.
        ValueError: There is no such extra.
    """
    check_extras("This notebook", *extras)
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    with needs_extra("Drawing"):
        import matplotlib as mpl
    mpl.rc("figure", figsize=(8, 3.5))
    mpl.rc("axes", grid=True)
    mpl.rc("grid", alpha=0.3)
    print("\n".join([*_machine(), _seeds()]))


def open_workspace(setting: str | None = None, *, needs_corpus: bool = True) -> Workspace:
    """Finds the notebook's folders and prints which ads it works on.

    Args:
        setting: As of `Workspace.find`, which fetches the corpus for "colab".
        needs_corpus: Whether the notebook works on ads of the corpus or of 2022; without them
            nothing is fetched, and none is spoken of.

    Raises:
        ValueError: There is no such setting.
        OSError: The corpus could not be downloaded.
    """
    workspace = Workspace.find(setting, needs_corpus=needs_corpus)
    print(workspace.describe() if needs_corpus else f"Setting {workspace.setting}.")
    if needs_corpus and workspace.setting == "default" and not workspace.has_corpus:
        print("To get the public corpus: adgen data download, then adgen data prepare.")
    if workspace.setting == "colab":
        print(
            "How long this setting takes is not known: it was not run on a GPU or TPU, nor "
            'without one. setting = "default" takes the minutes said above.'
        )
    return workspace


def _machine() -> list[str]:
    """Returns the lines of hardware, versions and commit."""
    place = environment()
    memory = place.hardware.memory_bytes
    size = "" if memory is None else f", {memory / 1e9:.1f} GB of memory"
    versions = [f"{name} {version}" for name, version in place.versions.items()]
    return [
        f"Hardware: {place.hardware.processor}, {place.hardware.num_cores} cores{size}",
        f"GPU: {', '.join(_gpus()) or _NO_GPU[on_colab()]}",
        f"Versions: {', '.join(versions)}",
        f"Commit: {place.commit or 'not known'}",
    ]


_NO_GPU = {False: "none", True: "none; Runtime, Change runtime type, T4 GPU gives one"}


def _gpus() -> list[str]:
    """Returns the names of NVIDIA's GPUs, as their driver says them; loads no library."""
    try:
        done = subprocess.run(
            ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.split("\n")[:-1] if done.returncode == 0 else []


def _seeds() -> str:
    """Returns the line of the seeds that hold where a cell gives none."""
    split = inspect.signature(split_ads).parameters["seed"].default
    return (
        f"Seeds, where a cell gives none: splits {split}, LSTMs {TrainingConfig.seed}, "
        f"GPTs {FinetuneConfig.seed}"
    )
