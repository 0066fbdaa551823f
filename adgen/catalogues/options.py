"""What a caller says about a file beside its path, checked."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from adgen.catalogues.headers import Columns, key_of
from adgen.catalogues.table import Table
from adgen.support.given import a_text, is_many, kind_of

FIELDS = ("id", "brand", "product", "category", "attributes", "description", "url", "group")
_OTHER_NAMES = {"name": "product", "title": "product", "facts": "attributes"}
_MOST_SHOWN = 30


@dataclass(frozen=True)
class Options:
    """Says how a file is read.

    Attributes:
        map: The columns of each of `FIELDS` that a caller has named.
        vendor_is_brand: Whether Shopify's Vendor is a brand; None to tell by the rows.
        shop: The address of the shop, where the file has no addresses of products.
        combinations: PrestaShop's second file.
    """

    map: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    vendor_is_brand: bool | None = None
    shop: str = ""
    combinations: Table | None = None

    def page(self, path: str) -> str:
        """Returns the address of a page of the shop; empty where the shop is not known."""
        return f"{self.shop.rstrip('/')}/{path}" if self.shop and path else ""


def checked_map(given: object) -> dict[str, tuple[str, ...]]:
    """Returns the columns that a caller has named.

    Args:
        given: Columns by field, as a mapping ({"product": "NAME"}; several in a list) or a text
            ("product=NAME,brand=VENDOR"). None for none.

    Raises:
        ValueError: It is something else, or names an unknown field.

    Example:
        >>> checked_map("product=NAME, brand=VENDOR")
        {'product': ('NAME',), 'brand': ('VENDOR',)}
    """
    if given is None:
        return {}
    pairs = _pairs_of_text(given) if isinstance(given, str) else _pairs_of_mapping(given)
    found: dict[str, tuple[str, ...]] = {}
    for name, column in pairs:
        field_name = _OTHER_NAMES.get(name, name)
        if field_name not in FIELDS:
            raise ValueError(
                f"map names {name!r}; expected one of {', '.join(FIELDS)}, such as "
                "product=COLUMN,brand=COLUMN. Name one of them."
            )
        found[field_name] = (*found.get(field_name, ()), column)
    return found


def check_columns(names: Mapping[str, Sequence[str]], columns: Columns, file: str) -> None:
    """Raises where a named column is not there.

    Raises:
        ValueError: One is not; the message shows those that are, the likeliest first.
    """
    for name, wanted in names.items():
        for column in wanted:
            if key_of(column) not in columns:
                close = difflib.get_close_matches(column, columns.labels, n=1)
                hint = f", such as {name}={close[0]}" if close else ""
                raise ValueError(
                    f"map is {name}={column}, and {file} has no such column; expected one of "
                    f"{shown(columns)}. Name one of them{hint}."
                )


def shown(columns: Columns) -> str:
    """Returns the names of columns for a message."""
    labels = [label for label in columns.labels if label]
    more = len(labels) - _MOST_SHOWN
    return ", ".join(map(repr, labels[:_MOST_SHOWN])) + f" and {more:,} more" * (more > 0)


def _pairs_of_text(text: str) -> Iterable[tuple[str, str]]:
    for part in next(csv.reader([text], skipinitialspace=True), None) or [text]:
        name, equals, column = part.partition("=")
        if not equals or not column.strip():
            raise ValueError(
                f"map holds {part!r}; expected FIELD=COLUMN, such as product=NAME. Name a field "
                "and its column."
            )
        yield name.strip().casefold(), column.strip()


def _pairs_of_mapping(given: object) -> Iterable[tuple[str, str]]:
    if not isinstance(given, Mapping):
        raise ValueError(
            f"map is {kind_of(given)}; expected columns by field, such as product=NAME. Give them "
            "so, or leave it out."
        )
    for name, columns in given.items():
        many = [columns] if isinstance(columns, str) or not is_many(columns) else columns
        for column in many:
            yield a_text("map", name).casefold(), a_text("map", column)
