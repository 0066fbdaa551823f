"""Names of columns as they are meant, however they are spelt, and rows asked by these names.

`Item_Name`, `*item name`, `g:item-name` and `item_name[language_tag=en_US]#1.value` are one name.
The module knows names and cells; it does not know what any of them means.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

# What stands in brackets, unless it counts (`option[1]`), and the counts of Amazon's newer
# templates: `#1.value`.
_ASIDE = re.compile(r"\([^()]*\)|\[(?!\d+\])[^\[\]]*\]|#\d+(?:\.\w+)*")
_GUARDED = re.compile(r"'(?=[-+=@\d])")


@lru_cache(maxsize=1 << 14)
def key_of(label: str) -> str:
    """Returns what a column is called, without case, marks, white space and what is in brackets.

    Example:
        >>> key_of("*Item_Name (required)"), key_of("g:item_group_id"), key_of("C:Brand")
        ('itemname', 'itemgroupid', 'c:brand')
    """
    text = unicodedata.normalize("NFKC", _ASIDE.sub("", label)).casefold().strip("\ufeff* \t\n")
    text = text.removeprefix("g:")
    return "".join(char for char in text if char.isalnum() or char == ":").strip(":")


def unguarded(cell: str) -> str:
    """Returns a cell without white space around it and the apostrophe that guards a number.

    Example:
        >>> unguarded(" '-1"), unguarded("'n' Roll")
        ('-1', "'n' Roll")
    """
    cell = cell.strip().lstrip("\ufeff")
    return cell[1:] if _GUARDED.match(cell) else cell


class Columns:
    """Says where the columns of a table stand.

    Attributes:
        labels: Their names as they are written.
        keys: The same as `key_of` gives them.
        places: The places of each key.
    """

    def __init__(self, labels: Iterable[str]) -> None:
        self.labels = tuple(label.strip("\ufeff \t\n") for label in labels)
        self.keys = tuple(map(key_of, self.labels))
        self.places: dict[str, tuple[int, ...]] = {}
        for place, key in enumerate(self.keys):
            if key:
                self.places[key] = (*self.places.get(key, ()), place)

    def __contains__(self, key: object) -> bool:
        return key in self.places

    def __len__(self) -> int:
        return len(self.labels)

    def has_any(self, *keys: str) -> bool:
        """Says whether there is one of these columns."""
        return any(key in self.places for key in keys)

    def has_all(self, *keys: str) -> bool:
        """Says whether there are all of these columns."""
        return all(key in self.places for key in keys)

    def renamed(self, names: dict[int, str]) -> Columns:
        """Returns columns of which those at some places have other names."""
        return Columns(names.get(place, label) for place, label in enumerate(self.labels))


class Record:
    """One row, asked by the names of its columns.

    Attributes:
        columns: Where they stand.
        cells: The cells; there may be fewer than columns.
        number: Of its line, row or item, from 1.
        damage: What is wrong with the row as a whole, or empty.
    """

    __slots__ = ("cells", "columns", "damage", "number")

    def __init__(
        self, columns: Columns, cells: Sequence[str], number: int, damage: str = ""
    ) -> None:
        self.columns = columns
        self.cells = cells
        self.number = number
        self.damage = damage

    def at(self, place: int) -> str:
        """Returns the cell at a place, without a guard; empty where there is none."""
        return unguarded(self.cells[place]) if place < len(self.cells) else ""

    def get(self, *keys: str) -> str:
        """Returns the first cell that is not empty of columns with these keys, in their order."""
        return next(self._filled(keys), "")

    def every(self, *keys: str) -> list[str]:
        """Returns all cells that are not empty of columns with these keys."""
        return list(self._filled(keys))

    def _filled(self, keys: Iterable[str]) -> Iterator[str]:
        for key in keys:
            for place in self.columns.places.get(key, ()):
                cell = self.at(place)
                if cell:
                    yield cell
