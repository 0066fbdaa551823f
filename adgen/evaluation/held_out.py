"""The ads that a model may be judged on: files split as in its training, or a prepared corpus.

The module compares the split that the model says it was trained on with the corpus's, and speaks up
where held-out ads may have been trained on. It knows what a model says of itself, not what it
computes.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adgen.corpus.source import Ads, AdSource

logger = logging.getLogger(__name__)

_SPLIT_ARGUMENTS = ("valid", "test", "seed", "by")


def load_for_model(
    source: AdSource, info: Mapping[str, Any], *, split: str = "test", max_ads: int | None = None
) -> Ads:
    """Loads the ads of a split for a model, files divided as in its training.

    Whether it was trained on that split is `check_split`'s question.

    Args:
        source: The ads; its own `max_ads` and `split` have no say.
        info: What the model says of its training.
        split: "train", "valid" or "test"; "all" for every ad there is.
        max_ads: If there are more ads, a random sample of so many, always the same one; a larger
            one contains it.

    Returns:
        A frame with the columns `ad` and `category`, and what a record says of it; `split` is None
        for all ads of files.

    Raises:
        FileNotFoundError: There is nothing at the source's path.
        ValueError: The split holds no ads, or the files are damaged.
    """
    arguments = tuple(_arguments(info.get("split", {})).items())
    ads = replace(source, split=arguments).load_split(split).sample(max_ads)
    return replace(ads, frame=ads.frame[["ad", "category"]])


def check_split(
    info: Mapping[str, Any], corpus: Mapping[str, Any], split: Mapping[str, Any] | None
) -> None:
    """Speaks up where a model may have been trained on a corpus's held-out ads.

    An ad's split follows from its own text and the split's arguments, so that equal arguments are
    enough, whatever the corpus.

    Args:
        info: What the model says of its training; `corpus` and `split` are read.
        corpus: `Ads.corpus` of the ads to judge it on.
        split: `Ads.split` of them.

    Raises:
        ValueError: The model was trained on another split of the same corpus.
    """
    trained_on = info.get("corpus", {})
    trained_split = _arguments(info.get("split", {}))
    present_split = _arguments(split or {})
    if trained_split == present_split:
        return
    if trained_on.get("sha256") == corpus["sha256"]:
        raise ValueError(
            f"The model was trained on the split {_in_words(trained_split)} of this corpus, which "
            f"is now split {_in_words(present_split)}: the model may have been trained on any of "
            "its ads. Prepare the corpus again with that split (see `adgen data prepare --help`), "
            "or give --split all."
        )
    logger.warning(
        "The model was trained on another corpus (%s, split %s) than %s, split %s: some of the ads "
        "may have been trained on.",
        trained_on.get("name", "unknown"),
        _in_words(trained_split),
        corpus["name"],
        _in_words(present_split),
    )


def _arguments(split: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the arguments that decide an ad's split, of all that is said of it."""
    return {name: split[name] for name in _SPLIT_ARGUMENTS if name in split}


def _in_words(split: Mapping[str, Any]) -> str:
    """Returns a split's arguments for a message."""
    return ", ".join(f"{name} {value}" for name, value in split.items()) or "unknown"
