"""Figures of written ads: how new they are, how they repeat themselves, how they look like ads.

Each figure says something only beside the same figure of human ads. The module knows texts, not who
wrote them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

import pandas as pd

from adgen.corpus.choosing import spread_places
from adgen.evaluation.novelty import novelty_figures
from adgen.generation.kinds import open_model
from adgen.generation.shipped import SHIPPED_LSTM, shipped_model_dir
from adgen.scoring.protocol import AdScorer, Figures, scorer_figures

_PROMPT_WORDS = 2
WRITTEN_FIGURES = (
    "novel_3_share",
    "exact_copy_share",
    "distinct_1",
    "distinct_2",
    "repeated_word_share",
    "repeated_trigram_share",
    "mean_words",
)


def begun_ads(held_out: pd.DataFrame, num_ads: int) -> pd.DataFrame:
    """Chooses held-out ads at equal distances, whose first words a model is given to go on from.

    Raises:
        ValueError: None has a word after them.
    """
    long_enough = ads_to_begin(held_out)
    if long_enough.empty:
        raise ValueError("No held-out ad has three words. Give longer ads, or more of them.")
    return long_enough.iloc[spread_places(len(long_enough), num_ads)]


def ads_to_begin(ads: pd.DataFrame) -> pd.DataFrame:
    """Returns the ads, column `ad`, that go on after their first words."""
    return ads[ads["ad"].str.count(" ") >= _PROMPT_WORDS]


def first_words(ads: Iterable[str]) -> list[str]:
    """Returns the first words of each ad, which a model goes on from."""
    return [" ".join(ad.split()[:_PROMPT_WORDS]) for ad in ads]


def written_figures(
    texts: Mapping[str, Sequence[str]], training: pd.DataFrame, max_training_ads: int | None = None
) -> dict[str, Figures]:
    """Computes `WRITTEN_FIGURES` of sets of ads of one size, and their `likeness`.

    Args:
        texts: Sets by name.
        training: Ads to compare them with, column `ad`.
        max_training_ads: So many of them at most; None takes all.
    """
    known = training["ad"].iloc[spread_places(len(training), max_training_ads)].tolist()
    novelty = novelty_figures(texts, known)
    return {
        name: {figure: novelty[name][figure] for figure in WRITTEN_FIGURES}
        | {"likeness": likeness(ads)}
        for name, ads in texts.items()
    }


def likeness(texts: Sequence[str]) -> float | None:
    """Returns bits per character of texts under the LSTM that comes with adgen.

    The lower they are, the more the texts look like ads.
    """
    return scorer_figures(_judge(), [text for text in texts if text])["bits_per_char"]


@cache
def _judge() -> AdScorer:
    """Opens the LSTM that comes with adgen, once a process."""
    return open_model(shipped_model_dir(SHIPPED_LSTM)).scorer


def prose() -> list[str]:
    """Returns sentences that are no ads."""
    return files("adgen.evaluation").joinpath("prose.txt").read_text(encoding="utf-8").splitlines()
