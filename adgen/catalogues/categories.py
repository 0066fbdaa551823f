"""Paths of categories: one of several, words only, as `A > B > C`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from adgen.catalogues.facts import cut
from adgen.catalogues.values import json_in, said

_APART = re.compile(r"\s*(?:>+|›|»|→)\s*|\s+\|\s+")
# What stands above the categories of a shop, and what is none.
_ROOTS_TEXT = (
    "default category;root catalog;root;home;startseite;accueil;inicio;главная;strona "
    "główna;all;all products;shop;products;store;catalog;каталог"
)
_ROOTS = frozenset(_ROOTS_TEXT.split(";"))
_NONE_TEXT = "uncategorized;unkategorisiert;non classé;sin categoría;uncategorised"
_NONE = frozenset(_NONE_TEXT.split(";"))
_NUMBERS = re.compile(r"[\d\s.,;>/-]+")


def category_of(*cells: str) -> str:
    """Returns the first of several categories that has words.

    Example:
        >>> category_of("276", "Home > Kitchen >> Mugs")
        'Kitchen > Mugs'
    """
    for cell in cells:
        path = _path(_APART.split(cell.strip()))
        if path:
            return path
    return ""


def first_category(cells: Iterable[str], levels: str = ">") -> str:
    """Returns the first of several paths, or a later one that begins with it and says more.

    Args:
        cells: The paths, each in a text.
        levels: What stands between the levels of one.

    Example:
        >>> first_category(["Clothing", "Clothing > T-shirts", "Sale"])
        'Clothing > T-shirts'
    """
    paths = []
    for cell in cells:
        parts = _APART.split(cell) if levels == ">" else cell.split(levels)
        if path := _path(parts):
            paths.append(path)
    if not paths:
        return ""
    return max((path for path in paths if f"{path} >".startswith(f"{paths[0]} >")), key=len)


def listed_categories(cell: str, separator: str) -> list[str]:
    """Returns the paths of a cell that holds several."""
    values = json_in(cell)
    return list(map(said, values)) if isinstance(values, list) else cut(cell, separator)


def _path(parts: Sequence[str]) -> str:
    """Returns a path without its roots; empty where it has no words."""
    names = [name for part in parts if (name := part.strip(' \t\n"[]'))]
    while names and names[0].casefold() in _ROOTS:
        names = names[1:]
    path = " > ".join(names)
    return "" if _NUMBERS.fullmatch(path) or path.casefold() in _NONE else path
