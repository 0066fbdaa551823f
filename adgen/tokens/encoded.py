"""Ads as token ids, and the text that the ids stand for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class EncodedAds:
    """Holds the ads of a split, encoded for evaluation.

    Attributes:
        token_ids: (num_tokens,) int32; every ad followed by `<eos>`, except for models that read a
            stream.
        num_ads: Number of ads.
        num_chars: Characters that the tokens stand for, each ad's end counted as one; None where
            the model has no price for unknown words or for an ad's end.
        spelling_nats: What the spelling of the unknown words costs, in nats.
    """

    token_ids: np.ndarray
    num_ads: int
    num_chars: int | None
    spelling_nats: float = 0.0
