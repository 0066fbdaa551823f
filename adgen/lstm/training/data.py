"""Ads to what a run trains on and is scored on: tokenizer, examples, encoded splits.

The tokenizer and the spelling model are fitted on the training split alone. It knows ads and
token ids, no Keras.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from adgen.corpus import SPLITS
from adgen.corpus.choosing import spread_places
from adgen.corpus.source import Ads, AdSource
from adgen.lstm.config import LSTMConfig
from adgen.lstm.evaluation import STREAM_STEP, encode_for_evaluation
from adgen.lstm.training.memory import check_training_memory
from adgen.lstm.training.settings import TrainingConfig
from adgen.tokens.base import AdTokenizer
from adgen.tokens.encoded import EncodedAds
from adgen.tokens.examples import Examples, ad_windows, pack, windows
from adgen.tokens.packing import num_longer_ads
from adgen.tokens.spelling import SpellingModel
from adgen.tokens.store import TokenStore
from adgen.tokens.subword_tokenizer import SubwordTokenizer
from adgen.tokens.word_tokenizer import WordTokenizer
from adgen.tokens.words import count_words

logger = logging.getLogger(__name__)

# Training ads scored after every epoch where no validation split says how many.
CURVE_ADS = 500
# Ads of validation and test that a run's final figures are of: a minute's work. The n-gram model's
# bits per character on random samples of so many validation ads vary by 0.005 (standard deviation);
# `adgen evaluate` scores all.
_FINAL_ADS = 10_000
_SMALLEST_VOCABULARY = 4  # what is certain before the ads are read
_COUNTED_AT_ONCE = 1 << 20  # token ids of a mapped file


@dataclass(frozen=True)
class TrainingData:
    """The data of a run: what it trains on, and what it is scored on.

    Attributes:
        tokenizer: Fitted on the training split.
        spelling: What prices unknown words, if anything does.
        lstm_config: The architecture.
        examples: What the model is trained on.
        encoded: What the final figures are of, for every split that holds ads.
        check_valid: The validation ads, or some of them, that are scored during training; None if
            there are none.
        curve_sample: As many training ads, for the learning curve. A model that reads a stream
            meets them there cut into other windows than in training.
        token_counts: (vocab,) how often each token occurs in the training split.
        sha256: Of the tokens of every split: another corpus, another digest.
        origin: What a run record says of `corpus` and `split`.
        num_cut_ads: Training ads longer than a packed row, which go on in another one; 0 where
            there are no such rows.
    """

    tokenizer: AdTokenizer
    spelling: SpellingModel | None
    lstm_config: LSTMConfig
    examples: Examples
    encoded: Mapping[str, EncodedAds]
    check_valid: EncodedAds | None
    curve_sample: EncodedAds
    token_counts: np.ndarray
    sha256: str
    origin: Mapping[str, Any]
    num_cut_ads: int = 0

    @property
    def num_training_tokens(self) -> int:
        """Returns the number of tokens in the training split."""
        return int(self.token_counts.sum())

    def log_frequencies(self) -> np.ndarray:
        """Returns ln of every token's share of the training split (vocab,) float32, none of 0."""
        counts = self.token_counts + 0.5
        return np.log(counts / counts.sum()).astype(np.float32)


def load_training_data(source: AdSource, config: TrainingConfig) -> TrainingData:
    """Loads what a run learns from and is scored on.

    Files are read whole; a prepared corpus is read as token ids on disk.

    Raises:
        FileNotFoundError: There are no such ads.
        ValueError: `prepare` or `load_tokens` says why.
    """
    check_training_memory(config, vocab_size=_SMALLEST_VOCABULARY)
    if source.is_corpus:
        return load_tokens(
            source.path, config, categories=source.corpus_categories(), max_ads=source.max_ads
        )
    ads = source.load()
    if ads.report is not None:
        logger.info("%s", ads.report.summary())
    return prepare(ads, config)


def prepare(ads: Ads | pd.DataFrame, config: TrainingConfig) -> TrainingData:
    """Fits the tokenizer on the training split and encodes every split.

    Args:
        ads: From `load_ads`, or a frame with the columns `ad` and `split`, as from `split_ads`.
        config: The run's settings.

    Raises:
        ValueError: A column is missing, the training split is empty or too small, or `patience` is
            set and there are no validation ads; or the training needs more memory than there is.
    """
    frame = ads if isinstance(ads, pd.DataFrame) else ads.frame
    missing = {"ad", "split"} - set(frame.columns)
    if missing:
        raise ValueError(
            f"The ads have no column {', '.join(sorted(missing))}. Call split_ads(ads) first."
        )
    ads = Ads.of(frame) if isinstance(ads, pd.DataFrame) else ads
    texts = {split: ads.texts(split) for split in SPLITS}
    if not texts["train"]:
        raise ValueError("No ad is in the training split. Give more ads.")
    if config.patience is not None and not texts["valid"]:
        raise ValueError(
            f"patience is {config.patience}, but no ad is in the validation split to stop by. "
            "Give more ads, patience None, or, of CSVs, a larger share: valid=0.2."
        )
    check_training_memory(config, vocab_size=_SMALLEST_VOCABULARY)
    tokenizer, spelling = _fit_tokenizer(texts["train"], config)
    lstm_config = config.lstm_config(tokenizer.vocab_size)

    def encode(some_texts: Sequence[str]) -> EncodedAds:
        return encode_for_evaluation(some_texts, tokenizer, lstm_config, spelling)

    encoded = {split: encode(texts[split]) for split in SPLITS if texts[split]}
    check_places = spread_places(len(texts["valid"]), config.num_check_ads)
    check_ads = [texts["valid"][place] for place in check_places]
    is_all = len(check_ads) == len(texts["valid"])
    curve_places = spread_places(len(texts["train"]), len(check_ads) or CURVE_ADS)
    token_ids = encoded["train"].token_ids
    check_training_memory(config, vocab_size=tokenizer.vocab_size, num_tokens=len(token_ids))
    return TrainingData(
        tokenizer=tokenizer,
        spelling=spelling,
        lstm_config=lstm_config,
        examples=_examples(token_ids, config),
        encoded=encoded,
        check_valid=(encoded.get("valid") if is_all else encode(check_ads)),
        curve_sample=encode([texts["train"][place] for place in curve_places]),
        token_counts=np.bincount(token_ids, minlength=tokenizer.vocab_size),
        sha256=tokens_sha256({split: part.token_ids for split, part in encoded.items()}),
        origin={
            "corpus": ads.corpus,
            "split": {**(ads.split or {}), "num_ads": ads.num_ads_by_split()},
            **{name: chosen for name, chosen in ads.chosen.items() if chosen is not None},
        },
        num_cut_ads=_num_cut_ads(token_ids, config),
    )


def tokens_sha256(token_ids: Mapping[str, np.ndarray]) -> str:
    """Returns a digest of the token ids of every split."""
    digest = hashlib.sha256()
    for split, ids in token_ids.items():
        digest.update(f"{split} {len(ids)} {ids.dtype} ".encode())
        digest.update(np.ascontiguousarray(ids).tobytes())
    return digest.hexdigest()


def _fit_tokenizer(
    texts: list[str], config: TrainingConfig
) -> tuple[AdTokenizer, SpellingModel | None]:
    """Fits a run's tokenizer, and what prices the words that it does not know."""
    if config.tokenizer == "subword":
        return SubwordTokenizer.fit(texts, vocab_size=config.subword_vocab_size), None
    counts = count_words(texts)
    tokenizer = WordTokenizer.from_word_counts(counts, min_count=config.min_count)
    rare = {word: count for word, count in counts.items() if count < config.min_count}
    # A model that never saw <unk> has no probability for it worth the name, so it gets no spelling
    # model either.
    return tokenizer, SpellingModel.fit(rare) if rare else None


def _num_cut_ads(token_ids: np.ndarray, config: TrainingConfig) -> int:
    """Counts the training ads that go on in another row, and says so."""
    if config.reads != "packed":
        return 0
    number = num_longer_ads(token_ids, config.sequence_length)
    if number:
        logger.info(
            "%s training ads have more than %s tokens, which a row has; they go on in another one.",
            f"{number:,}",
            f"{config.sequence_length:,}",
        )
    return number


def _examples(token_ids: np.ndarray, config: TrainingConfig) -> Examples:
    """Returns what the model is trained on."""
    if config.reads == "packed":
        return pack(token_ids, sequence_length=config.sequence_length, seed=config.seed)
    if config.reads == "ad":
        return ad_windows(token_ids, sequence_length=config.sequence_length)
    return windows(token_ids, sequence_length=config.sequence_length, step=STREAM_STEP)


def load_tokens(
    corpus_dir: str | Path,
    config: TrainingConfig,
    *,
    categories: Sequence[str] | None = None,
    max_ads: int | None = None,
) -> TrainingData:
    """Returns what a run on a prepared corpus learns from and is scored on.

    Token ids and packed rows that are not on disk yet are made and kept there.

    Args:
        corpus_dir: From `adgen data prepare`.
        config: The run's settings; model "ad-lstm" with sub-words.
        categories: Ads of these alone, in every split.
        max_ads: Most training ads, a random sample; validation and test stay whole.

    Returns:
        The data; `encoded` holds samples of the splits.

    Raises:
        FileNotFoundError: There is no prepared corpus.
        ValueError: Settings that do not fit, or a split without ads.
    """
    if config.model != "ad-lstm" or config.tokenizer != "subword":
        raise ValueError(
            'A prepared corpus trains model "ad-lstm" with tokenizer "subword"; received '
            f'"{config.model}" with "{config.tokenizer}". Give those, or a CSV instead of a corpus.'
        )
    store = TokenStore.open(Path(corpus_dir), config.subword_vocab_size, categories, max_ads)
    num_check_ads = min(config.num_check_ads or store.num_ads("valid"), store.num_ads("valid"))
    curve_sample = store.sample("train", num_check_ads or CURVE_ADS)
    encoded = {
        split: store.sample(split, _FINAL_ADS)
        for split in ("valid", "test")
        if store.num_ads(split)
    }
    check_training_memory(config, vocab_size=store.tokenizer.vocab_size)
    token_ids = store.token_ids("train")
    counts = sum(
        np.bincount(
            token_ids[start : start + _COUNTED_AT_ONCE], minlength=store.tokenizer.vocab_size
        )
        for start in range(0, len(token_ids), _COUNTED_AT_ONCE)
    )  # (vocab,)
    return TrainingData(
        tokenizer=store.tokenizer,
        spelling=None,
        lstm_config=config.lstm_config(store.tokenizer.vocab_size),
        examples=store.packed(config.sequence_length, config.seed),
        encoded={"train": curve_sample, **encoded},
        check_valid=store.sample("valid", num_check_ads) if num_check_ads else None,
        curve_sample=curve_sample,
        token_counts=np.asarray(counts),
        sha256=store.about["sha256"],
        origin={
            "corpus": store.about["corpus"],
            "split": store.about["split"] | {"num_ads": store.about["num_ads"]},
            "categories": store.about["categories"],
            "max_ads": max_ads,
        },
        num_cut_ads=_num_cut_ads(token_ids, config),
    )
