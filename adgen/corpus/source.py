"""Opens the ads that a user names: a file, a folder of files, or a prepared corpus.

`load_ads` returns them with what a record says of them. The module knows files and frames; it knows
no models.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from adgen.corpus.adult import find_adult_ads
from adgen.corpus.categories import add_categories
from adgen.corpus.choosing import sample_places
from adgen.corpus.reading import read_with_report
from adgen.corpus.reading_report import CorpusReport
from adgen.corpus.splits import split_ads, split_arguments
from adgen.corpus.store import is_corpus, load_corpus, read_about
from adgen.records.record import corpus_entry
from adgen.support.given import a_path, a_text, an_object, texts
from adgen.support.ranges import COUNTS, check_number

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ads:
    """Ads, and what a record says of them.

    Attributes:
        frame: Columns `ad`, `category`, `family` and `split`, and others where they are known.
        corpus: Name, number of ads and SHA-256 of the whole corpus, however much of it was loaded.
        split: The arguments of `split_ads` that divided them, and `num_ads` by split where all
            splits were loaded. None where they are not divided; empty where nobody knows how they
            were.
        report: What reading files dropped and repaired; None where none were read.
        chosen: Which ads of the corpus: `categories`, `excluded`, `max_ads`; None for each that
            leaves out nothing.
    """

    frame: pd.DataFrame
    corpus: Mapping[str, Any]
    split: Mapping[str, Any] | None
    report: CorpusReport | None = None
    chosen: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls, frame: pd.DataFrame, name: str = "ads", *, split: Mapping[str, Any] | None = None
    ) -> Ads:
        """Returns the ads of a frame that was made by hand.

        Args:
            frame: Columns `ad` and `split`, as from `split_ads`.
            name: What records call the corpus.
            split: The arguments of the split, as `split_arguments` gives them, if they are known.
        """
        an_object("frame", frame, pd.DataFrame)
        known = {} if split is None else an_object("split", split, Mapping)
        return cls(frame, corpus_entry(name, frame["ad"]), known)

    def texts(self, split: str) -> list[str]:
        """Returns the ads of one split."""
        a_text("split", split)
        return self.frame.loc[self.frame["split"] == split, "ad"].tolist()

    def num_ads_by_split(self) -> dict[str, int]:
        """Counts the ads of each split that has some, the largest first."""
        counts = self.frame["split"].value_counts()
        return {str(split): int(count) for split, count in counts.items() if count}

    def sample(self, max_ads: int | None) -> Ads:
        """Returns a random sample of all splits together, or all ads if there are no more.

        A larger sample contains the smaller one.

        Raises:
            ValueError: `max_ads` is below 1.
        """
        if max_ads is None:
            return self
        check_number("max_ads", max_ads, COUNTS, is_whole=True)
        if max_ads >= len(self.frame):
            return self
        kept = self.frame.iloc[sample_places(len(self.frame), max_ads)]
        return replace(self, frame=kept.reset_index(drop=True))


@dataclass(frozen=True)
class AdSource:
    """The source of ads and a choice of them; nothing is read before they are loaded.

    Attributes:
        path: A file of ads, a folder of them, or a folder that `adgen data prepare` wrote.
        categories: These categories alone; empty for all. A file's category follows from its
            folder's or its own name.
        excluded: Categories to leave out.
        max_ads: Most training ads, a random sample, 1 to 1,000,000,000, None for all; held-out ads
            stay as they are.
        text_column: Of files, the column that holds the ads, as in `read_ads`.
        split: Of files, arguments of `split_ads`.
    """

    path: Path
    categories: Sequence[str] = ()
    excluded: Sequence[str] = ()
    max_ads: int | None = None
    text_column: str | None = None
    split: tuple[tuple[str, Any], ...] = ()

    def __post_init__(self) -> None:
        if self.max_ads is not None:
            check_number("max_ads", self.max_ads, COUNTS, is_whole=True)

    @property
    def is_corpus(self) -> bool:
        """Whether the ads are a prepared corpus's, divided into splits already."""
        return is_corpus(self.path)

    def load(self) -> Ads:
        """Loads the ads of all splits.

        Raises:
            FileNotFoundError: There is nothing at `path`.
            ValueError: The files are damaged, a category is unknown, or there are no training ads.
        """
        ads = self._open(None)
        is_train = (ads.frame["split"].astype(str) == "train").to_numpy()
        if not is_train.any():
            raise ValueError(
                f"No ad of {self.path} is in the training split. {self._how_to_get_training_ads()}"
            )
        if self.max_ads is not None and self.max_ads < is_train.sum():
            train_places = is_train.nonzero()[0]
            is_chosen = ~is_train
            is_chosen[train_places[sample_places(len(train_places), self.max_ads)]] = True
            ads = replace(ads, frame=ads.frame[is_chosen].reset_index(drop=True))
        if not self.is_corpus:
            _say_adult(ads.frame, self.path)
        split = {**(ads.split or {}), "num_ads": ads.num_ads_by_split()}
        return replace(ads, split=split, chosen=self.as_dict())

    def load_split(self, split: str) -> Ads:
        """Loads the ads of one split, whatever `max_ads` is.

        Args:
            split: "train", "valid" or "test"; "all" for every ad there is, files then not divided
                at all.

        Raises:
            FileNotFoundError: There is nothing at `path`.
            ValueError: The split holds no ads, the files are damaged, or a category is unknown.
        """
        ads = self._open(split)
        if ads.frame.empty:
            raise ValueError(
                f"There are no ads in the split {split} of {self.path}. "
                "Give more ads or another split."
            )
        return replace(ads, chosen={**self.as_dict(), "max_ads": None})

    def _how_to_get_training_ads(self) -> str:
        """Returns the advice that fits what was given."""
        if self.categories or self.excluded:
            return "Choose other categories."
        if self.is_corpus:
            return "Prepare the corpus again with smaller shares of validation and test ads."
        return "Give more ads, or smaller shares of the others: valid=0.05 and test=0.05."

    def corpus_categories(self) -> list[str] | None:
        """Returns the categories to load of a prepared corpus; None for all.

        Raises:
            FileNotFoundError: There is no corpus, or preparing one did not come to its end.
            ValueError: The corpus is damaged, a category is unknown, or all are left out.
        """
        return self._wanted(read_about(self.path)["num_ads_by_category"])

    def as_dict(self) -> dict[str, Any]:
        """Returns the choice as records keep it."""
        return {
            "categories": list(self.categories) or None,
            "excluded": list(self.excluded) or None,
            "max_ads": self.max_ads,
        }

    def _open(self, split: str | None) -> Ads:
        """Loads the ads of a split; None for those of all, "all" for files that are not divided."""
        if not self.is_corpus:
            return self._open_files(split)
        about = read_about(self.path)
        splits = None if split == "all" else split
        frame = load_corpus(self.path, categories=self.corpus_categories(), splits=splits)
        return Ads(frame, about["corpus"], about["split"])

    def _open_files(self, split: str | None) -> Ads:
        frame, report = read_with_report(self.path, text_column=self.text_column)
        if report.left_out():
            logger.info("%s", report.left_out())
        frame = add_categories(frame)
        corpus = corpus_entry(self.path.resolve().name, frame["ad"])
        wanted = self._wanted(frame["category"].cat.categories)
        if wanted is not None:
            frame = frame[frame["category"].isin(wanted)].reset_index(drop=True)
            frame["category"] = frame["category"].cat.remove_unused_categories()
        if split == "all":
            return Ads(frame, corpus, None, report)
        arguments = dict(self.split)
        frame = split_ads(frame, **arguments)
        if split is not None:
            frame = frame[frame["split"] == split].reset_index(drop=True)
        return Ads(frame, corpus, split_arguments(**arguments), report)

    def _wanted(self, known: Iterable[str]) -> list[str] | None:
        """Returns the categories to load; None for all."""
        if not self.categories and not self.excluded:
            return None
        known = list(known)
        unknown = sorted({*self.categories, *self.excluded} - set(known))
        if unknown:
            raise ValueError(
                f"Unknown category {', '.join(unknown)}; the ads have {', '.join(known)}."
            )
        wanted = [name for name in (self.categories or known) if name not in self.excluded]
        if not wanted:
            raise ValueError("Every category is left out. Exclude fewer.")
        return wanted


def _say_adult(frame: pd.DataFrame, path: Path) -> None:
    """Says how many ads of CSVs are of adult products: what a user names is trained on."""
    num_adult = int(find_adult_ads(frame).is_adult.sum())
    if num_adult:
        logger.info(
            "%s: %s of %s ads are of adult products, and are trained on. Leave them out with "
            "`adgen data prepare`.",
            path,
            f"{num_adult:,}",
            f"{len(frame):,}",
        )


def load_ads(
    path: str | Path,
    *,
    categories: Sequence[str] = (),
    excluded: Sequence[str] = (),
    max_ads: int | None = None,
    text_column: str | None = None,
    **split: Any,
) -> Ads:
    r"""Loads ads with their splits, whatever they are kept in.

    Args:
        path: A file of ads, a folder of them, or a folder that `prepare_corpus` wrote.
        categories: These categories alone; empty for all.
        excluded: Categories to leave out.
        max_ads: Most training ads, a random sample; validation and test ads stay as they are.
        text_column: Of files, the column that holds the ads, as in `read_ads`.
        split: Of files, arguments of `split_ads`: `valid`, `test`, `seed`, `by`.

    Raises:
        FileNotFoundError: There is nothing at `path`.
        ValueError: The files are damaged, a category is unknown, there are no training ads, or a
            prepared corpus, which is divided already, is given with arguments of files.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     csv_path = Path(folder) / "mugs.csv"
        ...     _ = csv_path.write_text("ad\nSteel mug\nSteel mug\nOak table\n")
        ...     ads = load_ads(csv_path, valid=0, test=0)
        >>> ads.texts("train"), ads.corpus["name"], ads.report.dropped["duplicate"]
        (['Steel mug', 'Oak table'], 'mugs.csv', 1)
    """
    if text_column is not None:
        a_text("text_column", text_column)
    source = AdSource(
        a_path("path", path),
        tuple(texts("categories", categories)),
        tuple(texts("excluded", excluded)),
        max_ads,
        text_column,
        tuple(split.items()),
    )
    unused = [*split, *(["text_column"] if text_column else [])]
    if unused and source.is_corpus:
        raise ValueError(
            f"{path} is a prepared corpus, read and divided already; {', '.join(unused)} would do "
            "nothing. Leave it out, or prepare the corpus again."
        )
    return source.load()
