"""Divides ads into training, validation and test by whole families.

Where an ad goes depends on its family and the seed alone: not on the other ads, the order of the
rows, the machine or the Python process. More ads therefore never move an ad. This module knows no
files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
import pandas as pd

from adgen.corpus.families import family_ids
from adgen.corpus.text_arrays import each_text
from adgen.support.given import kind_of, texts

SPLITS = ("train", "valid", "test")


def split_ads(
    ads: pd.DataFrame | Sequence[str],
    *,
    valid: float = 0.05,
    test: float = 0.05,
    seed: int = 0,
    by: Literal["family", "ad"] = "family",
) -> pd.DataFrame:
    """Puts every ad into `train`, `valid` or `test`, families undivided.

    Each family (or ad) has a number that is uniform in [0, 1) and made from it and the seed alone.
    The lowest go to `test`, the highest to `valid`, so that a larger share for one only takes from
    `train`. The shares of the ads are close to `valid` and `test`, not exact.

    Args:
        ads: A frame with the column `ad`, or the ads themselves. Families that a frame has from an
            earlier split are kept, which spares their computation.
        valid: The share of families for validation, from 0.
        test: The share of families for the test, from 0; together below 1.
        seed: Another seed gives another, equally good split.
        by: `"family"` keeps variants of one product together; `"ad"` throws each distinct ad on its
            own, the usual random split, whose validation ads have near twins in training.

    Returns:
        A copy with the columns `family` (int64, the family whatever `by` is) and `split`.

    Raises:
        ValueError: If there is no column `ad`, an ad is not a string, the shares do not leave any
            training ads or `by` is unknown.

    Example:
        >>> texts = ["Steel mug, blue, 2 pack", "Steel mug, red", "Oak table"]
        >>> ads = split_ads(texts, valid=0.3, test=0.3)
        >>> ads["family"].nunique(), ads["split"][0] == ads["split"][1]
        (2, True)
    """
    split_arguments(valid=valid, test=test, seed=seed, by=by)  # checks them
    frame = _as_frame(ads)
    has_families = "family" in frame
    families = frame["family"].to_numpy(np.int64) if has_families else family_ids(frame["ad"])
    if by == "family":
        # One draw a family, handed to all of its ads.
        distinct, inverse = np.unique(families, return_inverse=True)  # (families,), (ads,)
        draws = _draws(map(str, distinct.tolist()), seed)[inverse]
    else:
        draws = _draws(each_text(frame["ad"]), seed)
    codes = np.where(draws < test, 2, np.where(draws >= 1 - valid, 1, 0))  # (ads,)
    frame["family"] = families
    frame["split"] = np.array(SPLITS, dtype=object)[codes]
    return frame


def split_arguments(
    *,
    valid: float = 0.05,
    test: float = 0.05,
    seed: int = 0,
    by: Literal["family", "ad"] = "family",
) -> dict[str, Any]:
    """Returns the arguments of `split_ads` as records keep them.

    Raises:
        ValueError: If the shares do not leave any training ads or `by` is unknown.
    """
    for name, share in (("valid", valid), ("test", test)):
        is_number = isinstance(share, Real) and not isinstance(share, bool)
        if not (is_number and 0 <= share < 1):
            raise ValueError(
                f"{name}={kind_of(share)}; expected a share from 0 to below 1, "
                "for example 0.05 for one in twenty."
            )
    if valid + test >= 1:
        raise ValueError(
            f"valid={valid} and test={test} leave no training ads; make their sum smaller than 1."
        )
    if not isinstance(seed, Integral) or isinstance(seed, bool):
        raise ValueError(f"seed={kind_of(seed)}; expected a whole number, for example 0.")
    if not isinstance(by, str) or by not in ("family", "ad"):
        raise ValueError(f"by={kind_of(by)}; expected 'family' or 'ad'.")
    return {"valid": float(valid), "test": float(test), "seed": int(seed), "by": by}


def _as_frame(ads: pd.DataFrame | Sequence[str]) -> pd.DataFrame:
    """Copies the ads into a frame of their own."""
    if isinstance(ads, str):
        raise ValueError(
            "Received one string; expected a frame with the column 'ad' or a list of ads."
        )
    if not isinstance(ads, pd.DataFrame):
        texts("ads", ads)  # raises where it gives none; each is checked with its row
        return pd.DataFrame({"ad": list(ads)})
    if "ad" not in ads.columns:
        raise ValueError(
            f"No column 'ad' among {list(ads.columns)}. "
            "Rename the column that holds the ads to 'ad'."
        )
    return ads.copy()


def _draws(names: Iterable[str], seed: int) -> np.ndarray:
    """Returns each name's number in [0, 1), the same on every machine, shape `(names,)`."""
    prefix = hashlib.blake2b(f"{seed}:".encode(), digest_size=8)

    def draw(name: str) -> float:
        state = prefix.copy()
        state.update(name.encode("utf-8", "surrogatepass"))
        # 53 bits, as many as a float holds exactly: rounding must not give 1.0.
        return (int.from_bytes(state.digest(), "big") >> 11) * 2.0**-53

    return np.fromiter(map(draw, names), dtype=np.float64)
