"""The folders of a notebook: which ads there are, how many a setting takes, where runs go.

It finds the real corpus and the 13,070 ads of 2022 in `data/`; "colab" fetches the corpus, and is
what Google Colab gets where nothing else is asked for. For the
ads of 2022, which nobody publishes, as many ads of electronics stand in, and small sets of
synthetic ads where there is no corpus or the setting is "smoke". It knows folders and tables of
ads; it knows no models.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from adgen.corpus import load_corpus, prepare_corpus, read_ads
from adgen.corpus.download import download_corpus
from adgen.corpus.sample import make_sample_ads
from adgen.support.colab import on_colab
from adgen.support.files import replace_when_done

SETTINGS = ("smoke", "default", "colab")
CSV_NAME = "amazon_tv_wearable_12k_holidays.csv"
_STAND_IN_NAME = "electronics_ads.csv"
_NUM_ADS_OF_2022 = 13_070
_SAMPLE_ADS = {"smoke": 900, "default": 6_000, "colab": 6_000}


@dataclass(frozen=True)
class Workspace:
    """Knows the folders of one notebook.

    Attributes:
        setting: "smoke", seconds on synthetic ads, for tests; "default", what the committed outputs
            are of; "colab", everything.
        root: The folder that `data` and `runs` are in.
    """

    setting: str
    root: Path

    @classmethod
    def find(
        cls,
        setting: str | None = None,
        start: str | Path = ".",
        *,
        needs_corpus: bool = True,
    ) -> Workspace:
        """Finds the workspace of the nearest folder that has a `data` folder, from `start` upwards.

        For "colab" the corpus is downloaded and prepared where it is absent: minutes, once; unless
        `needs_corpus` says that the notebook works without it.

        Args:
            setting: One of `SETTINGS`; None takes "colab" on Google Colab, and "default" elsewhere.
            start: The folder to look from.
            needs_corpus: Whether the notebook works on ads of the corpus or of 2022.

        Raises:
            ValueError: There is no such setting.
            OSError: The corpus could not be downloaded.
        """
        if setting is None:
            setting = "colab" if on_colab() else "default"
        if setting not in SETTINGS:
            raise ValueError(f"setting is {setting!r}; expected one of {', '.join(SETTINGS)}.")
        here = Path(start).resolve()
        root = next(
            (folder for folder in (here, *here.parents) if (folder / "data").is_dir()), here
        )
        workspace = cls(setting, root)
        if setting == "colab" and needs_corpus and not workspace.has_corpus:
            download_corpus(None, root / "data" / "raw")
            prepare_corpus(root / "data" / "raw", root / "data" / "processed")
        return workspace

    @property
    def runs_dir(self) -> Path:
        """Returns the folder that notebooks write models and records in."""
        return self.root / "runs" / f"notebooks-{self.setting}"

    @property
    def has_corpus(self) -> bool:
        """Says whether the real corpus is prepared here and the setting uses it."""
        return (
            self.setting != "smoke" and (self.root / "data" / "processed" / "corpus.json").is_file()
        )

    @property
    def corpus_dir(self) -> Path:
        """Returns the folder of the prepared corpus.

        Where there is none, it is a small one of synthetic ads, made when it is first asked for.
        """
        if self.has_corpus:
            return self.root / "data" / "processed"
        folder = self.runs_dir / "synthetic-corpus"
        if not (folder / "corpus.json").is_file():
            raw = folder.with_name("synthetic-raw")
            for category, ads in self._sample().groupby("category"):
                path = raw / str(category).replace(" & ", "-").replace(" ", "-") / "ads.csv"
                path.parent.mkdir(parents=True, exist_ok=True)
                ads[["ad"]].to_csv(path, index=False)
            prepare_corpus(raw, folder)
        return folder

    @property
    def csv_path(self) -> Path:
        """Returns the CSV of 2022.

        Where it is absent, it is one of other ads, made when it is first asked for.
        """
        real = self.root / "data" / CSV_NAME
        if self.setting != "smoke" and real.is_file():
            return real
        path = self.runs_dir / (_STAND_IN_NAME if self.has_corpus else "synthetic_ads.csv")
        if not path.is_file():
            ads = (
                self.corpus(categories="electronics", max_ads=_NUM_ADS_OF_2022)
                if self.has_corpus
                else self._sample()
            )
            with replace_when_done(path) as temporary_path:
                ads[["ad"]].to_csv(temporary_path, index=False)
        return path

    def small_ads(self) -> pd.DataFrame:
        """Returns the ads of `csv_path`, cleaned; column `ad`."""
        return read_ads(self.csv_path)

    def corpus(self, **chosen: object) -> pd.DataFrame:
        """Returns the ads of `corpus_dir`; arguments are those of `load_corpus`."""
        return load_corpus(self.corpus_dir, **chosen)  # type: ignore[arg-type]

    def describe(self) -> str:
        """Says in one line which ads the notebook works on."""
        corpus = (
            "the public corpus" if self.has_corpus else "synthetic ads instead of the public corpus"
        )
        small = {
            CSV_NAME: "the 13,070 ads of 2022",
            _STAND_IN_NAME: "ads of electronics instead of those of 2022",
        }.get(self.csv_path.name, "synthetic ads instead of those of 2022")
        return f"Setting {self.setting}: {corpus}, {small}."

    def _sample(self) -> pd.DataFrame:
        return make_sample_ads(_SAMPLE_ADS[self.setting])
