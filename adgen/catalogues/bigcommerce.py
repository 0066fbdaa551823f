"""BigCommerce's product exports, of the old form and the new: SKU rows below their product."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adgen.catalogues.categories import first_category, listed_categories
from adgen.catalogues.drafts import Draft, Drafts, id_of
from adgen.catalogues.facts import Pair, known_pairs, packed_pairs
from adgen.catalogues.headers import Record
from adgen.catalogues.options import Options
from adgen.catalogues.table import Table
from adgen.catalogues.variants import Choice, is_offered

# `[S]Size=M[/S],[RT]Color=Red[/RT]`, `[CS]Color=Red:#ff0000[/CS]`, and the new
# `Type=Dropdown|Name=Size|Value=M`.
_OLD_OPTION = re.compile(r"\[(\w+)\]([^=\[\]]+)=([^\[\]]*)\[/\1\]")
_NEW_OPTION = re.compile(r"Name=([^|]+)\|(?:Label=[^|]*\|)?Value=([^|\]\[]+)")
_SWATCH = re.compile(r":(?:#[0-9a-fA-F]{3,8}.*|\S+\.(?:png|jpe?g|gif))$")
_VARIANTS = ("sku", "variant")
_PASSED_OVER = ("rule", "image", "video", "custom field", "modifier")


def is_bigcommerce(table: Table) -> bool:
    """Says whether a table is BigCommerce's."""
    columns = table.columns
    is_old = columns.has_all("itemtype", "productname") or columns.has_all(
        "productname", "productcodesku"
    )
    return is_old or columns.has_all("item", "name", "options", "sku")


def read_bigcommerce(table: Table, options: Options) -> Drafts:
    """Gathers SKU rows under the product above them."""
    drafts: list[Draft] = []
    for record in table.records:
        kind = record.get("itemtype", "item").casefold()
        if kind in _PASSED_OVER:
            continue
        if kind not in _VARIANTS:
            drafts.append(_draft(record))
        elif drafts:
            drafts[-1].choices.append(_choice(record))
            drafts[-1].note(record)
        else:
            draft = _draft(record)
            draft.flags.append("variant without its product: none stands above it")
            drafts.append(draft)
    return Drafts(drafts)


def _draft(record: Record) -> Draft:
    draft = Draft(
        id=id_of(record, "productid", "id", "productcodesku", "sku"),
        name=record.get("productname", "name"),
        brand=record.get("brandname", "brand"),
        category=first_category(listed_categories(record.get("category", "categories"), ";")),
        description=record.get("productdescription", "description"),
        url=record.get("producturl"),
        pairs=[
            *known_pairs(record),
            *packed_pairs(record.get("productcustomfields", "customfields")),
        ],
    )
    draft.pairs += packed_pairs(record.get("productcustomfields", "customfields"))
    draft.note(record)
    if record.get("productvisible", "isvisible", "visible").casefold() in ("n", "no", "false", "0"):
        draft.flags.append("unpublished")
    return draft


def _choice(record: Record) -> Choice:
    cell = record.get("options", "productname", "name")
    key = record.get("productcodesku", "sku")
    return Choice(key, tuple(_pairs(cell)), is_offered=is_offered(record))


def _pairs(cell: str) -> Iterator[Pair]:
    for _, name, value in _OLD_OPTION.findall(cell):
        yield name.strip(), _SWATCH.sub("", value).strip()
    for name, value in _NEW_OPTION.findall(cell):
        yield name.strip(), _SWATCH.sub("", value).strip()
