"""Reads the category and sub-category of ads off the path of their file.

The public corpus says what an ad is about by its folders and file names alone, and writes both in
several ways. This module knows paths; it opens no file and reads no ad.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from adgen.corpus.formats import stem_of

_PREFIX = "amazon_"
# How file names of the public corpus spell some of their folders.
_OTHER_SPELLINGS = {
    "accessories": "access",
    "build-supp": "building-supplies",
    "kitchen-bath": "kitchen-bath-fixtures",
    "outdoor-recreation": "aports-outdoors-recreation",
}


def category_of(file: str) -> tuple[str, str]:
    """Reads category and sub-category off a file's path in the corpus's tree.

    The category is the first folder, or the file's own name where it lies in none. The sub-category
    is what the further folders and the file's name say beyond that.

    Args:
        file: The path below the corpus's folder, with `/` between its parts.

    Returns:
        Both names, never empty, with `/` for the tree's `__` and `-` for its `_`.

    Example:
        >>> category_of("girl-fashion__clothing/amazon_girl-fashion_clothing_shorts.csv")
        ('girl-fashion/clothing', 'shorts')
        >>> category_of("sports-outdoors/fitness/teams/amazon_fitness_teams_sports-medicine.csv")
        ('sports-outdoors', 'fitness/teams/sports-medicine')
        >>> category_of("amazon_smart-home.csv")
        ('smart-home', 'smart-home')
    """
    *folders, name = PurePosixPath(file).parts
    stem = stem_of(PurePosixPath(name))
    stem = _tidy(stem.removeprefix(_PREFIX) or stem)
    if not folders:
        return stem, stem
    rest = stem
    for folder in [*folders[0].split("__"), *folders[1:]]:
        rest = _without(rest, _tidy(folder))
    names = [_tidy(folder) for folder in folders[1:]] + [rest] * bool(rest)
    return _tidy(folders[0]), "/".join(names) or stem


def add_categories(ads: pd.DataFrame) -> pd.DataFrame:
    """Gives every ad the category and sub-category of its file.

    Folders that all files have in common say nothing about any of them and are left out.

    Args:
        ads: A frame with the column `file`, as `read_ads` returns it.

    Returns:
        A copy with the columns `category` and `subcategory`, both categorical in alphabetical
        order.

    Example:
        >>> files = ["ads/home_garden/amazon_home_garden_hoses.csv", "ads/pets/amazon_pets.csv"]
        >>> ads = add_categories(pd.DataFrame({"file": pd.Categorical(files)}))
        >>> ads[["category", "subcategory"]].values.tolist()
        [['home-garden', 'hoses'], ['pets', 'pets']]
    """
    ads = ads.copy()
    pairs = [category_of(file) for file in _below_common_folder(list(ads["file"].cat.categories))]
    file_codes = ads["file"].cat.codes.to_numpy()  # (ads,)
    for column, values in zip(("category", "subcategory"), zip(*pairs, strict=True), strict=True):
        names, codes = np.unique(values, return_inverse=True)  # codes: (files,)
        found = pd.Categorical.from_codes(codes[file_codes], categories=names.tolist())
        ads[column] = found.remove_unused_categories()
    return ads


def _below_common_folder(files: Sequence[str]) -> list[str]:
    shared = posixpath.commonpath([posixpath.dirname(file) for file in files])
    return [PurePosixPath(file).relative_to(shared).as_posix() for file in files]


def _tidy(name: str) -> str:
    return name.replace("__", "/").replace("_", "-")


def _without(name: str, folder: str) -> str:
    """Takes a folder's name off the start of a file's, however it is spelt there."""
    for spelling in (_OTHER_SPELLINGS.get(folder), folder):
        if spelling == name:
            return ""
        if spelling and name.startswith(spelling + "-"):
            return name[len(spelling) + 1 :]
    return name
