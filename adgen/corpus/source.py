"""Ads with their splits for GPT models: of a CSV, or of a prepared corpus and some of its categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from adgen.corpus import add_categories, load_corpus, read_ads, split_ads
from adgen.corpus.choosing import sample_places
from adgen.corpus.store import is_corpus, read_about
from adgen.records.record import corpus_entry


@dataclass(frozen=True)
class AdSource:
    """Where ads come from.

    Attributes:
        path: A CSV, a folder of them, or a folder that `adgen data prepare` wrote.
        categories: Of a corpus, these categories alone; empty for all.
        excluded: Of a corpus, categories to leave out.
        max_ads: Most training ads, a random sample; held-out ads stay as they are.
        text_column: Of a CSV, the column that holds the ads.
        split: Of a CSV, arguments of `split_ads`.
    """

    path: Path
    categories: Sequence[str] = ()
    excluded: Sequence[str] = ()
    max_ads: int | None = None
    text_column: str = "ad"
    split: tuple[tuple[str, Any], ...] = ()

    def load(self) -> pd.DataFrame:
        """Load the ads: columns `ad`, `category`, `family`, `split`; `attrs` has `corpus` and `split`.

        Raises:
            FileNotFoundError: There is nothing at `path`.
            ValueError: The files are damaged, a category is unknown, or there are no training ads.
        """
        ads = self._corpus() if is_corpus(self.path) else self._csv()
        is_train = ads["split"].astype(str) == "train"
        num_train = int(is_train.sum())
        if not num_train:
            raise ValueError(
                f"No ad of {self.path} is in the training split. Give more ads or other categories."
            )
        if self.max_ads is not None and self.max_ads < 1:
            raise ValueError(f"max_ads is {self.max_ads}; expected 1 or more.")
        if self.max_ads is not None and self.max_ads < num_train:
            kept = is_train.to_numpy().nonzero()[0][sample_places(num_train, self.max_ads)]
            chosen = ~is_train.to_numpy()
            chosen[kept] = True
            ads = ads[chosen].reset_index(drop=True)
        counts = ads["split"].astype(str).value_counts().to_dict()
        ads.attrs["split"] = (ads.attrs["split"] or {}) | {"num_ads": counts}
        return ads

    def _corpus(self) -> pd.DataFrame:
        if self.excluded:
            known = list(read_about(self.path)["num_ads_by_category"])
            unknown = sorted(set(self.excluded) - set(known))
            if unknown:
                raise ValueError(f"Unknown category {', '.join(unknown)}; the corpus has {', '.join(known)}.")
            wanted = [name for name in (self.categories or known) if name not in self.excluded]
            if not wanted:
                raise ValueError("Every category is left out. Exclude fewer.")
        else:
            wanted = list(self.categories)
        return load_corpus(self.path, categories=wanted or None)

    def _csv(self) -> pd.DataFrame:
        if self.categories or self.excluded:
            raise ValueError("Categories are those of a prepared corpus. Leave them out with a CSV.")
        ads = split_ads(add_categories(read_ads(self.path, text_column=self.text_column)), **dict(self.split))
        ads.attrs["corpus"] = corpus_entry(self.path.resolve().name, ads["ad"])
        return ads

    def as_dict(self) -> dict[str, Any]:
        """What a record says of it."""
        return {
            "categories": list(self.categories) or None,
            "excluded": list(self.excluded) or None,
            "max_ads": self.max_ads,
        }
