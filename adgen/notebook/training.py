"""A notebook's trainings of LSTMs: each writes model and record among the notebook's runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from adgen.corpus.source import Ads
from adgen.lstm.training.settings import TrainingConfig
from adgen.notebook.workspace import Workspace
from adgen.records.trained import TrainingRecord
from adgen.runs.train import RunPlan, run_training

if TYPE_CHECKING:
    from adgen.lstm.training.data import TrainingData


def train_in(
    workspace: Workspace,
    ads: Ads | pd.DataFrame | TrainingData,
    config: TrainingConfig,
    *,
    name: str,
    command: str,
) -> TrainingRecord:
    """Trains anew and writes the model and its record to the workspace's `runs_dir`.

    Args:
        workspace: Where to write.
        ads: As `run_training` takes them.
        config: Settings.
        name: The record's and the model's; spaces become hyphens in the folder's.
        command: What runs it again: the notebook.

    Raises:
        ValueError: Bad settings or ads, or what is in the folder is not adgen's.
        OSError: Nothing can be written there.
        ImportError: What the engine needs is not installed; the message names the extra.
    """
    folder = workspace.runs_dir / name.replace(" ", "-")
    record_path = folder.with_name(f"{folder.name}.json")
    plan = RunPlan(name, workspace.csv_path.name, folder, record_path, command)
    return run_training(ads, config, plan, restart=True)
