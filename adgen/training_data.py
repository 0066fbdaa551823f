"""Ads to what a run trains on and is scored on: tokenizer, examples, encoded splits.

The tokenizer and the spelling model are fitted on the training split alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from adgen.corpus import SPLITS
from adgen.evaluation import STREAM_STEP, EncodedAds, encode_for_evaluation
from adgen.examples import Examples, ad_windows, pack, windows
from adgen.lstm_config import LSTMConfig
from adgen.spelling import SpellingModel
from adgen.tokenizer import AdTokenizer, SubwordTokenizer, WordTokenizer
from adgen.training_config import TrainingConfig
from adgen.words import count_words

# Training ads scored after every epoch where no validation split says how many.
_CURVE_ADS = 500


@dataclass(frozen=True)
class TrainingData:
    """What a run learns from and is scored on; `encoded` has an entry for every split that holds ads.

    `curve_sample`: as many training ads as there are validation ads, for the learning curve. A model that reads a
    stream meets them there cut into other windows than in training.
    """

    tokenizer: AdTokenizer
    spelling: SpellingModel | None
    lstm_config: LSTMConfig
    examples: Examples
    encoded: Mapping[str, EncodedAds]
    curve_sample: EncodedAds


def prepare(ads: pd.DataFrame, config: TrainingConfig) -> TrainingData:
    """Fit the tokenizer on the training split and encode every split.

    Args:
        ads: Columns `ad` and `split`, as from `split_ads`.
        config: The run's settings.

    Raises:
        ValueError: A column is missing, the training split is empty or too small, or `patience` is set and
            there are no validation ads.
    """
    missing = {"ad", "split"} - set(ads.columns)
    if missing:
        raise ValueError(f"The ads have no column {', '.join(sorted(missing))}. Call split_ads(ads) first.")
    texts = {split: ads.loc[ads["split"] == split, "ad"].tolist() for split in SPLITS}
    if not texts["train"]:
        raise ValueError("No ad is in the training split. Give more ads.")
    if config.patience is not None and not texts["valid"]:
        raise ValueError(
            f"patience is {config.patience}, but no ad is in the validation split to stop by. "
            "Give more ads, a larger validation share, or patience None."
        )
    tokenizer, spelling = _fit_tokenizer(texts["train"], config)
    lstm_config = config.lstm_config(tokenizer.vocab_size)

    def encode(some_texts: list[str]) -> EncodedAds:
        return encode_for_evaluation(some_texts, tokenizer, lstm_config, spelling)

    encoded = {split: encode(texts[split]) for split in SPLITS if texts[split]}
    num_curve_ads = len(texts["valid"]) or _CURVE_ADS
    stride = max(len(texts["train"]) // num_curve_ads, 1)
    return TrainingData(
        tokenizer=tokenizer,
        spelling=spelling,
        lstm_config=lstm_config,
        examples=_examples(encoded["train"].token_ids, config),
        encoded=encoded,
        curve_sample=encode(texts["train"][::stride][:num_curve_ads]),
    )


def _fit_tokenizer(texts: list[str], config: TrainingConfig) -> tuple[AdTokenizer, SpellingModel | None]:
    if config.tokenizer == "subword":
        return SubwordTokenizer.fit(texts, vocab_size=config.subword_vocab_size), None
    counts = count_words(texts)
    tokenizer = WordTokenizer.from_word_counts(counts, min_count=config.min_count)
    rare = {word: count for word, count in counts.items() if count < config.min_count}
    # A model that never saw <unk> has no probability for it worth the name, so it gets no spelling model either.
    return tokenizer, SpellingModel.fit(rare) if rare else None


def _examples(token_ids: np.ndarray, config: TrainingConfig) -> Examples:
    """What the model is trained on."""
    if config.reads == "packed":
        return pack(token_ids, sequence_length=config.sequence_length, seed=config.seed)
    if config.reads == "ad":
        return ad_windows(token_ids, sequence_length=config.sequence_length)
    return windows(token_ids, sequence_length=config.sequence_length, step=STREAM_STEP)
