"""The ads that a model may be judged on: of a CSV, split as in its training, or of a prepared corpus, split already.

It compares the split that the model says it was trained on with the corpus's, and speaks up where held-out ads may
have been trained on. It knows what a model says of itself, not what it computes.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from adgen.corpus.choosing import sample_places
from adgen.corpus.source import AdSource

logger = logging.getLogger(__name__)

_SPLIT_ARGUMENTS = ("valid", "test", "seed", "by")


def load_ads(
    path: str | Path,
    info: Mapping[str, Any],
    *,
    split: str = "test",
    categories: Sequence[str] = (),
    excluded: Sequence[str] = (),
    text_column: str = "ad",
    max_ads: int | None = None,
) -> pd.DataFrame:
    """Load the ads of a split for a model; whether it was trained on that split is `check_split`'s question.

    Args:
        path: A CSV file, a folder of them, or a folder that `adgen data prepare` wrote.
        info: What the model says of its training, `ModelDirectory.info`.
        split: "train", "valid" or "test"; "all" for every ad there is.
        categories: Ads of these categories alone; empty for all.
        excluded: Categories to leave out.
        text_column: Of a CSV, the column that holds the ads.
        max_ads: If there are more ads, a random sample of so many, always the same one; a larger one contains it.

    Returns:
        A frame with the columns `ad` and `category`; `attrs["corpus"]` and `attrs["split"]` say of what, the latter
        None for all ads of a CSV.

    Raises:
        FileNotFoundError: There is nothing at `path`.
        ValueError: The split holds no ads, or the files are damaged.
    """
    arguments = tuple(_arguments(info.get("split", {})).items())
    source = AdSource(
        Path(path), tuple(categories), tuple(excluded), text_column=text_column, split=arguments
    )
    ads = source.load_split(split)
    if max_ads is not None and max_ads < len(ads):
        ads = ads.iloc[sample_places(len(ads), max_ads)]
    chosen = ads[["ad", "category"]].reset_index(drop=True)
    chosen.attrs = {name: ads.attrs[name] for name in ("corpus", "split")}
    return chosen


def check_split(info: Mapping[str, Any], about: Mapping[Any, Any]) -> None:
    """Speak up where a model may have been trained on a corpus's held-out ads.

    An ad's split follows from its own text and the split's arguments, so that equal arguments are enough, whatever
    the corpus.

    Args:
        info: What the model says of its training; `corpus` and `split` are read.
        about: The same of the corpus to judge it on, `attrs` of `load_ads`.

    Raises:
        ValueError: The model was trained on another split of the same corpus.
    """
    trained_on, corpus = info.get("corpus", {}), about["corpus"]
    trained_split, split = _arguments(info.get("split", {})), _arguments(about["split"])
    if trained_split == split:
        return
    if trained_on.get("sha256") == corpus["sha256"]:
        raise ValueError(
            f"The model was trained on the split {_in_words(trained_split)} of this corpus, which is now split "
            f"{_in_words(split)}: the model may have been trained on any of its ads. Prepare the corpus again with "
            "that split (see `adgen data prepare --help`), or give --split all."
        )
    logger.warning(
        "The model was trained on another corpus (%s, split %s) than %s, split %s: some of the ads may have been "
        "trained on.",
        trained_on.get("name", "unknown"),
        _in_words(trained_split),
        corpus["name"],
        _in_words(split),
    )


def _arguments(split: Mapping[str, Any]) -> dict[str, Any]:
    return {name: split[name] for name in _SPLIT_ARGUMENTS if name in split}


def _in_words(split: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in split.items()) or "unknown"
