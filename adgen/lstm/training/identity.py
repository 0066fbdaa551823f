"""What tells one training run from another."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from adgen.lstm.training.data import TrainingData
from adgen.lstm.training.settings import TrainingConfig


def run_identity(data: TrainingData, config: TrainingConfig) -> str:
    """Returns a digest of settings and data, 16 digits.

    The number of epochs is left out where no schedule depends on it: a run may be given more of
    them. So is what leaves the numbers as they are.
    """
    settings = asdict(config)
    del settings["num_devices"]
    if config.schedule == "constant":
        del settings["epochs"]
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    digest.update(data.tokenizer.fingerprint.encode() + data.sha256.encode())
    return digest.hexdigest()[:16]
