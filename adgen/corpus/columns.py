"""Tells headers from rows, and which column of a table holds the ads.

A column called `ad` is theirs, and so is the only one. Of any other table the user names one: the
refusal lists the columns, each with an example, the likeliest first. This module knows names and
cells; it opens no file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

DEFAULT_COLUMN = "ad"
_MAX_LISTED = 40
_EXAMPLE_CHARS = 40
# A name is no longer than this; what is longer is a text.
_MAX_NAME_CHARS = 100
_WORD = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![a-z])|[^\W\d_]+")
_ASIDE = re.compile(r"[(\[{].*?(?:[)\]}]|$)")
_NUMBER = re.compile(r"[^\w\s]{0,3}\s*[-+]?\d[\d.,:/ -]*\s*(?:[A-Z]{3}|%|[^\w\s])?")
_ADDRESS = re.compile(r"\S+://\S*|www\.\S+|\S+@\S+\.\S+", re.IGNORECASE)


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


# Words that name what an ad is, the likeliest first, and words that only say what it is of.
_TEXT_WORDS = _split(
    "ad ads title titles name text headline titel titre titulo título titolo nombre nom nome "
    "название наименование 商品名 タイトル 标题 subject input sentence review description "
    "descripcion descripción beschreibung descrizione описание body content copy"
)
_OF_PRODUCTS = _split("product item display article listing full long short input")
# Words of columns that are no text, whatever stands in them.
_NEVER = _split(
    "id ids sku key handle slug url uri link links href src image images img picture photo file "
    "path price prices cost amount currency msrp map gtin ean upc isbn asin mpn barcode code "
    "number no date time created updated qty quantity stock inventory weight width height length "
    "depth status type category categories count rank rating score year position tax vat "
    "preis prix precio prezzo цена артикул"
)
_KNOWN = frozenset((*_TEXT_WORDS, *_NEVER, *_split("brand vendor tags color colour size")))


def is_header(cells: Sequence[str], below: Sequence[Sequence[str]] = ()) -> bool:
    """Says whether a table's row holds the names of its columns.

    Args:
        cells: The row's cells.
        below: Rows under it.

    Example:
        >>> is_header(["Product Title", "Price (USD)"]), is_header(["Steel mug", "3.50"])
        (True, False)
    """
    names = [tidy_name(cell) for cell in cells]
    filled = [name for name in names if name]
    if len(filled) * 2 < len(names) or len(set(filled)) * 2 < len(filled):
        return False
    if not all(map(_may_be_name, filled)):
        return False
    return has_known_name(cells) or not any(
        _has_digit(name) and _mostly(_has_digit, [row[place] for row in below if place < len(row)])
        for place, name in enumerate(names)
    )


def has_known_name(cells: Sequence[str]) -> bool:
    """Says whether one of the cells is a usual name of a column: `id`, `Price (USD)`, `title`."""
    return any(0 < len(words) <= 3 and words[-1] in _KNOWN for words in map(_words, cells))


def is_known_name(cell: str) -> bool:
    """Says whether a cell is a single word that usually names a column."""
    words = _words(cell)
    return len(words) == 1 and words[0] in _KNOWN


def is_text_name(cell: str) -> bool:
    """Says whether a cell is a usual name of a column of texts: `title`, `Product Name`."""
    return _rank(cell) < len(_TEXT_WORDS)


def is_text(cell: str) -> bool:
    """Says whether a cell holds words and not a number, an address or a yes."""
    plain = cell.strip()
    return (
        any(char.isalpha() for char in plain)
        and plain.casefold() not in ("true", "false", "yes")
        and not _NUMBER.fullmatch(plain)
        and not _ADDRESS.fullmatch(plain)
    )


def tidy_name(cell: str) -> str:
    """Returns a column's name without white space, quotes and marks around it."""
    return cell.strip(' \t"\ufeff\u200b\n')


def find_column(names: Sequence[str | None], text_column: str | None) -> int | None:
    """Returns the place of the column of the ads; None where it has to be named, or is not there.

    Args:
        names: The columns' names; None for each of a table without header.
        text_column: What the user gave: a name, whose case does not matter, or a number from 1.
    """
    wanted = tidy_name(text_column or DEFAULT_COLUMN).casefold()
    folded = ["" if name is None else tidy_name(name).casefold() for name in names]
    if wanted in folded:
        return folded.index(wanted)
    if text_column is None:
        return 0 if len(names) == 1 else None
    unmarked = [name.strip("* ") for name in folded]  # of columns that must be filled
    if unmarked.count(wanted) == 1:
        return unmarked.index(wanted)
    if wanted.isdecimal() and 1 <= int(wanted) <= len(names):
        return int(wanted) - 1
    return None


def refusal(
    file: str,
    names: Sequence[str | None],
    examples: Mapping[int, Sequence[str]],
    text_column: str | None,
    advice: str = "",
) -> ValueError:
    """Returns the error of a table whose column of ads is unknown.

    Args:
        file: What messages call the file.
        names: The columns' names; None for each of a table without header.
        examples: Some cells of each column, by its place.
        text_column: What the user gave.
        advice: What else may be done, the end of a sentence.
    """
    shown = [str(place + 1) if name is None else name for place, name in enumerate(names)]
    order = _likeliest(names, examples)
    num_texts = len(order)
    order += [place for place in range(len(names)) if place not in order]
    if text_column is not None:
        close = get_close_matches(text_column, shown, n=1)
        best = shown.index(close[0]) if close else order[0]
        missing = f"no column {text_column!r}"
    else:
        best = order[0]
        missing = "several columns" if None in names else f"no column {DEFAULT_COLUMN!r}"
    listed = [f"{shown[place]!r}{_example(examples.get(place, ()))}" for place in order]
    more = len(listed) - _MAX_LISTED
    columns = ", ".join(listed[:_MAX_LISTED]) + (f" and {more:,} more" if more > 0 else "")
    kind = "columns by number, as it has no header:" if None in names else "columns"
    is_sure = num_texts or text_column is not None
    example = f", for example text_column={shown[best]!r}" if is_sure else " as text_column"
    return ValueError(
        f"{file} has {missing}. It has the {kind} {columns}. "
        f"Name the one with the ads{example}{advice}."
    )


def _likeliest(names: Sequence[str | None], examples: Mapping[int, Sequence[str]]) -> list[int]:
    """Returns the places of columns that may hold ads, the likeliest first."""
    ranked = []
    for place, name in enumerate(names):
        cells = [cell for cell in examples.get(place, ()) if cell.strip()]
        if (cells and not _mostly(is_text, cells)) or (name and _is_never(name)):
            continue
        if not cells and name is None:
            continue
        mean_chars = sum(map(len, cells)) / max(1, len(cells))
        ranked.append((_rank(name or ""), -mean_chars, place))
    return [place for _, _, place in sorted(ranked)]


def _is_never(name: str) -> bool:
    words = _words(name)
    return bool(words) and words[-1] in _NEVER


def _rank(name: str) -> int:
    """Returns how far down a name stands among those of texts; a name of none stands last."""
    words = [word for word in _words(name) if word not in _OF_PRODUCTS] or _words(name)
    if len(words) == 1 and words[0] in _TEXT_WORDS:
        return _TEXT_WORDS.index(words[0])
    if words and words[0] in ("ad", "ads"):
        return len(_TEXT_WORDS)
    return len(_TEXT_WORDS) + 1


def _words(name: str) -> list[str]:
    """Returns the words of a column's name: `*C:Item_Name (text)` has the words c, item, name."""
    return [word.casefold() for word in _WORD.findall(_ASIDE.sub(" ", tidy_name(name)))]


def _may_be_name(cell: str) -> bool:
    has_letter = any(char.isalpha() for char in cell)
    return (
        has_letter
        and len(cell) <= _MAX_NAME_CHARS
        and "\n" not in cell
        and not _NUMBER.fullmatch(cell)
        and not _ADDRESS.fullmatch(cell)
    )


def _has_digit(cell: str) -> bool:
    return any(char.isdigit() for char in cell)


def _mostly(is_so: Callable[[str], bool], cells: Sequence[str]) -> bool:
    return sum(map(is_so, cells)) * 2 > len(cells)


def _example(cells: Sequence[str]) -> str:
    """Returns the first cell that is not empty, as ` (Steel mug)`."""
    cell = next((" ".join(cell.split()) for cell in cells if cell.strip()), None)
    if cell is None:
        return ""
    return f" ({cell if len(cell) <= _EXAMPLE_CHARS else cell[: _EXAMPLE_CHARS - 1] + '…'})"
