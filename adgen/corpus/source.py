"""Ads with their splits: of a CSV, of a folder of them, or of a prepared corpus, all of it or some categories."""

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
        categories: These categories alone; empty for all. A CSV's category follows from its folder's or its own name.
        excluded: Categories to leave out.
        max_ads: Most training ads, a random sample; held-out ads stay as they are.
        text_column: Of CSVs, the column that holds the ads.
        split: Of CSVs, arguments of `split_ads`.
    """

    path: Path
    categories: Sequence[str] = ()
    excluded: Sequence[str] = ()
    max_ads: int | None = None
    text_column: str = "ad"
    split: tuple[tuple[str, Any], ...] = ()

    @property
    def is_corpus(self) -> bool:
        """Whether the ads are a prepared corpus's, divided into splits already."""
        return is_corpus(self.path)

    def load(self) -> pd.DataFrame:
        """Load the ads of all splits.

        Returns:
            Columns `ad`, `category`, `family` and `split`; `attrs` has `corpus`, `split`, `source` (what `as_dict`
            gives), and of CSVs the `report` of reading them.

        Raises:
            FileNotFoundError: There is nothing at `path`.
            ValueError: The files are damaged, a category is unknown, or there are no training ads.
        """
        if self.max_ads is not None and self.max_ads < 1:
            raise ValueError(f"max_ads is {self.max_ads}; expected 1 or more.")
        ads = load_corpus(self.path, categories=self.corpus_categories()) if self.is_corpus else self._csv()
        if not self.is_corpus:
            ads = split_ads(ads, **dict(self.split))
        is_train = ads["split"].astype(str) == "train"
        num_train = int(is_train.sum())
        if not num_train:
            raise ValueError(
                f"No ad of {self.path} is in the training split. Give more ads or other categories."
            )
        if self.max_ads is not None and self.max_ads < num_train:
            kept = is_train.to_numpy().nonzero()[0][sample_places(num_train, self.max_ads)]
            chosen = ~is_train.to_numpy()
            chosen[kept] = True
            ads = ads[chosen].reset_index(drop=True)
        counts = ads["split"].astype(str).value_counts().to_dict()
        ads.attrs["split"] = (ads.attrs["split"] or {}) | {"num_ads": counts}
        ads.attrs["source"] = self.as_dict()
        return ads

    def load_split(self, split: str) -> pd.DataFrame:
        """Load the ads of one split, whatever `max_ads` is.

        Args:
            split: "train", "valid" or "test"; "all" for every ad there is, CSVs then not divided at all.

        Raises:
            FileNotFoundError: There is nothing at `path`.
            ValueError: The split holds no ads, the files are damaged, or a category is unknown.
        """
        if self.is_corpus:
            splits = None if split == "all" else split
            ads = load_corpus(self.path, categories=self.corpus_categories(), splits=splits)
        else:
            ads = self._csv()
            ads.attrs["split"] = None
            if split != "all":
                ads = split_ads(ads, **dict(self.split))
                ads = ads[ads["split"] == split]
        if ads.empty:
            raise ValueError(
                f"There are no ads in the split {split} of {self.path}. Give more ads or another split."
            )
        return ads.reset_index(drop=True)

    def corpus_categories(self) -> list[str] | None:
        """The categories to load of a prepared corpus; None for all.

        Raises:
            FileNotFoundError: There is no corpus, or preparing one did not come to its end.
            ValueError: The corpus is damaged, a category is unknown, or all are left out.
        """
        return self._wanted(list(read_about(self.path)["num_ads_by_category"]))

    def _csv(self) -> pd.DataFrame:
        """Read CSVs; `attrs["corpus"]` is of all their ads, the frame has the chosen categories."""
        ads = add_categories(read_ads(self.path, text_column=self.text_column))
        ads.attrs["corpus"] = corpus_entry(self.path.resolve().name, ads["ad"])
        wanted = self._wanted(list(ads["category"].cat.categories))
        if wanted is not None:
            ads = ads[ads["category"].isin(wanted)].reset_index(drop=True)
            ads["category"] = ads["category"].cat.remove_unused_categories()
        return ads

    def _wanted(self, known: list[str]) -> list[str] | None:
        if not self.categories and not self.excluded:
            return None
        unknown = sorted({*self.categories, *self.excluded} - set(known))
        if unknown:
            raise ValueError(f"Unknown category {', '.join(unknown)}; the ads have {', '.join(known)}.")
        wanted = [name for name in (self.categories or known) if name not in self.excluded]
        if not wanted:
            raise ValueError("Every category is left out. Exclude fewer.")
        return wanted

    def as_dict(self) -> dict[str, Any]:
        """What a record says of it."""
        return {
            "categories": list(self.categories) or None,
            "excluded": list(self.excluded) or None,
            "max_ads": self.max_ads,
        }
