"""What the rows of a GPT's training mean for a run: which ads, what is scored, what samples are.

Rows of ads are texts by themselves; rows "products" are ads after their products' facts, for models
that write from facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from adgen.corpus.choosing import spread_places
from adgen.corpus.source import Ads, AdSource
from adgen.generation.samples import write_samples
from adgen.generation.scorers import score_ads
from adgen.gpt.loading import ModelAndTokenizer
from adgen.gpt.tokens import GPTTokenizer
from adgen.gpt.training.pairs import as_pairs, score_pairs
from adgen.gpt.training.settings import FinetuneConfig
from adgen.records.base import Figures, Sample
from adgen.writing.engines import PRODUCT_ROWS
from adgen.writing.samples import product_samples

# Ads of validation and of test that a record's figures are of.
FINAL_ADS = 2_000


def check_writes(config: FinetuneConfig, architecture: str) -> None:
    """Raises where a model could not write from facts when it is trained.

    Raises:
        ValueError: Rows are products, and the model is no Llama model.
    """
    if config.rows == PRODUCT_ROWS and architecture != "llama":
        raise ValueError(
            f'rows is "products" and the model a {architecture}; `adgen write` takes Llama models '
            "alone. Give one as the base, or architecture llama."
        )


def load_rows(source: AdSource, config: FinetuneConfig) -> Ads:
    """Loads the ads; for models that write from facts, those that make pairs."""
    ads = source.load()
    if config.rows != PRODUCT_ROWS:
        return ads
    pairs = as_pairs(ads.frame, config.seed)
    split = dict(ads.split or {}) | {"num_ads": pairs["split"].value_counts().to_dict()}
    return replace(ads, frame=pairs, split=split)


def training_texts(ads: Ads, config: FinetuneConfig) -> list[str]:
    """Returns what a new model's tokenizer is fitted on."""
    texts = ads.texts("train")
    if config.rows != PRODUCT_ROWS:
        return texts
    prompts = ads.frame.loc[ads.frame["split"] == "train", "prompt"]
    return [prompt + ad for prompt, ad in zip(prompts, texts, strict=True)]


def score_rows(model: ModelAndTokenizer, ads: Ads, split: str, config: FinetuneConfig) -> Figures:
    """Scores the ads of a split that a record's figures are of, at equal distances."""
    frame = ads.frame[ads.frame["split"] == split]
    scored = frame.iloc[spread_places(len(frame), FINAL_ADS)]
    if config.rows == PRODUCT_ROWS:
        return Figures.from_dict(score_pairs(model[0], GPTTokenizer(model[1]), scored))
    return Figures.from_dict(score_ads(*model, scored["ad"].tolist(), template="ads"))


def samples_of(folder: Path, prompts: Sequence[str], config: FinetuneConfig) -> list[Sample]:
    """Writes a record's samples: of prompts, or of made-up products."""
    if config.rows == PRODUCT_ROWS:
        return product_samples(folder, seed=config.seed)
    return write_samples(folder, prompts, seed=config.seed)
