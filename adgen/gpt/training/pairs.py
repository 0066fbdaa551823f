"""Ads as pairs of a product's facts and the ad, for models that write from facts.

How an ad is taken apart is `products.pairs`' subject.
"""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING

import pandas as pd
from tqdm.auto import tqdm

from adgen.gpt.tokens import GPTTokenizer
from adgen.gpt.training.rows import AdBatches
from adgen.gpt.training.trainer import validation_nats
from adgen.products.brands import load_brands
from adgen.products.names import load_names
from adgen.products.pairs import pair_of

if TYPE_CHECKING:
    from transformers import PreTrainedModel

logger = logging.getLogger(__name__)
_BATCH_TOKENS = 4096


def as_pairs(ads: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Returns the ads that make pairs, with a column `prompt` of what a writer reads.

    Args:
        ads: Columns `ad`, `category` and others.
        seed: Of the facts' order and forms.

    Raises:
        ValueError: No ad makes a pair.
    """
    brands = load_brands()
    names = load_names()
    bar = tqdm(ads["ad"], desc="taking ads apart", unit="ad", disable=None, leave=False)
    found = [
        pair_of(ad, category, brands, names, seed=str(seed))
        for ad, category in zip(bar, ads["category"], strict=True)
    ]
    is_pair = [pair is not None for pair in found]
    prompts = [pair[0] for pair in found if pair is not None]
    pairs = ads[is_pair].assign(prompt=prompts)
    logger.info(
        "%s of %s ads make pairs: brand, name and facts are plain in them.",
        f"{len(pairs):,}",
        f"{len(ads):,}",
    )
    if pairs.empty:
        raise ValueError(
            "No ad has a known brand, a name and facts to learn from. Give more ads, or train on "
            'rows="ads".'
        )
    return pairs


def score_pairs(
    model: PreTrainedModel, tokenizer: GPTTokenizer, pairs: pd.DataFrame
) -> dict[str, float]:
    """Returns what ads cost after their products, in float32: bits per character and counts."""
    batches = AdBatches(
        pairs["ad"].tolist(),
        tokenizer,
        batch_tokens=_BATCH_TOKENS,
        max_tokens=int(model.config.max_position_embeddings),
        prompts=pairs["prompt"].tolist(),
    )
    total = validation_nats(model, batches)
    model.eval()
    return {
        "num_ads": batches.num_ads,
        "num_tokens": batches.num_targets,
        "num_chars": batches.num_chars,
        "bits_per_char": total / math.log(2) / batches.num_chars,
        "perplexity": math.exp(total / batches.num_targets),
    }
