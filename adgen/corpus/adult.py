"""Finds the ads of adult products in a corpus, by their category and by their words.

The words are `support.adult_words`'; this module knows which categories sell nothing else, and
counts. What is done with such ads is `corpus.store`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from adgen.corpus.text_arrays import as_strings, sign_table, text_chunks, with_signs
from adgen.support.adult_words import find_adult_words, folded, possible_words
from adgen.support.processes import Over

# A category or sub-category of such a name, or with a part of such a name between its slashes.
ADULT_CATEGORIES = frozenset(
    {"adult-products", "adult-toys", "erotica", "sex-toys", "sexual-wellness"}
)
_SIGNS = sign_table(digits="0")


@dataclass(frozen=True)
class AdultAds:
    """Says which ads are of adult products.

    Attributes:
        is_adult: (ads,) whether each is.
        num_by_category: How many stand in a category that sells nothing else.
        num_by_words: How many more have words of such a product.
    """

    is_adult: NDArray[np.bool_]
    num_by_category: int
    num_by_words: int

    def counts(self) -> dict[str, int]:
        """Returns the counts by their names."""
        return {"num_by_category": self.num_by_category, "num_by_words": self.num_by_words}


def find_adult_ads(ads: pd.DataFrame, over: Over = map) -> AdultAds:
    """Finds the ads of adult products.

    Args:
        ads: Columns `ad`, `category` and `subcategory`, as from `add_categories`.
        over: What calls a function for every chunk of them, such as `in_processes` gives.

    Example:
        >>> from adgen.corpus import add_categories
        >>> files = ["health/amazon_health_sexual-wellness.csv", "pets/a.csv", "pets/a.csv"]
        >>> ads = pd.DataFrame({"ad": ["Wand", "Cat tree", "Dildo"], "file": files})
        >>> find_adult_ads(add_categories(ads.astype({"file": "category"}))).is_adult.tolist()
        [True, False, True]
    """
    is_of_category = np.zeros(len(ads), np.bool_)
    for column in ("category", "subcategory"):
        names = ads[column].cat.categories
        adult_names = [name for name in names if not ADULT_CATEGORIES.isdisjoint(name.split("/"))]
        is_of_category |= ads[column].isin(adult_names).to_numpy()
    has_words = np.concatenate([[False], *over(_have_words, text_chunks(ads["ad"]))])[1:]
    num_by_category = int(is_of_category.sum())
    is_adult = is_of_category | has_words
    return AdultAds(is_adult, num_by_category, int(is_adult.sum()) - num_by_category)


def _have_words(ads: pa.LargeStringArray) -> NDArray[np.bool_]:
    """Tells which ads have such words; few may, and only those are looked at one by one."""
    plain = with_signs(ads, _SIGNS, folded)
    may = pc.match_substring_regex(plain, possible_words()).to_numpy(zero_copy_only=False)
    may[may] = [find_adult_words(ad) is not None for ad in as_strings(ads.filter(pa.array(may)))]
    return may
