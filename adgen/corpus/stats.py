"""Describes a corpus in figures, by category.

This module counts words between white space; it knows no tokens and no files.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from tqdm.auto import tqdm


def corpus_stats(ads: pd.DataFrame) -> pd.DataFrame:
    """Counts ads, words and lengths of every category and of all together.

    Args:
        ads: A frame with the columns `ad` and `category`, such as `load_corpus` returns.

    Returns:
        A row for every category in alphabetical order and the row `total`, with the columns
        `num_ads`, `share` (of all ads), `num_words` (separated by white space),
        `num_distinct_words`, `mean_words`, `median_words`, `max_words`, `mean_chars`,
        `median_chars` and `max_chars` (the last six of an ad).

    Raises:
        ValueError: If a column is missing or there are no ads.

    Example:
        >>> categories = ["home", "home", "wood"]
        >>> ads = pd.DataFrame({"ad": ["Tin cup", "Cup", "Oak"], "category": categories})
        >>> columns = ["num_ads", "num_words", "num_distinct_words", "max_chars"]
        >>> corpus_stats(ads)[columns].values.tolist()
        [[2, 3, 3, 7], [1, 1, 1, 3], [3, 4, 4, 7]]
    """
    missing = {"ad", "category"} - set(ads.columns)
    if missing or ads.empty:
        raise ValueError(
            f"Received {len(ads):,} rows with the columns {list(ads.columns)}; "
            "expected ads in the columns 'ad' and 'category', as load_corpus returns them."
        )
    categories = ads.groupby("category", observed=True)["ad"]
    bar = tqdm(categories, desc="counting words", unit="category", disable=None)
    counted = {name: _count(texts) for name, texts in bar}
    num_words, num_chars, distinct = zip(*counted.values(), strict=True)
    counted["total"] = (
        np.concatenate(num_words),
        np.concatenate(num_chars),
        set[str]().union(*distinct),
    )
    rows = [_row(*one, len(ads)) for one in counted.values()]
    return pd.DataFrame(rows, index=list(counted))


def _count(ads: pd.Series) -> tuple[np.ndarray, np.ndarray, set[str]]:
    """Returns each ad's words and characters, shapes `(ads,)`, and the distinct words of all."""
    num_words = np.empty(len(ads), dtype=np.int64)
    num_chars = np.empty(len(ads), dtype=np.int64)
    distinct: set[str] = set()
    for row, ad in enumerate(ads):
        words = ad.split()
        distinct.update(words)
        num_words[row] = len(words)
        num_chars[row] = len(ad)
    return num_words, num_chars, distinct


def _row(
    num_words: np.ndarray, num_chars: np.ndarray, distinct: set[str], num_all: int
) -> dict[str, Any]:
    """Returns the figures of one category."""
    row = {
        "num_ads": len(num_words),
        "share": len(num_words) / num_all,
        "num_words": int(num_words.sum()),
        "num_distinct_words": len(distinct),
    }
    for unit, values in (("words", num_words), ("chars", num_chars)):
        row |= {
            f"mean_{unit}": float(values.mean()),
            f"median_{unit}": float(np.median(values)),
            f"max_{unit}": int(values.max()),
        }
    return row
