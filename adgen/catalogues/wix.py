"""Wix's product export, of the old catalogue and the new: variants in rows below their product."""

from __future__ import annotations

from collections.abc import Iterator

from adgen.catalogues.categories import first_category
from adgen.catalogues.drafts import Draft, Drafts
from adgen.catalogues.facts import Pair, cut
from adgen.catalogues.headers import Record
from adgen.catalogues.options import Options
from adgen.catalogues.table import Table
from adgen.catalogues.variants import Choice, is_offered

_MOST_OPTIONS = 6


def is_wix(table: Table) -> bool:
    """Says whether a table is Wix's."""
    return table.columns.has_any("fieldtype") and table.columns.has_any("handleid", "handle")


def read_wix(table: Table, options: Options) -> Drafts:
    """Gathers the rows of variants under the product above them."""
    drafts: list[Draft] = []
    by_handle: dict[str, Draft] = {}
    names: dict[str, list[str]] = {}  # of a draft's options, by its handle
    offered: list[tuple[Draft, list[Pair]]] = []
    for record in table.records:
        handle = record.get("handleid", "handle") or f"row {record.number}"
        is_variant = record.get("fieldtype").casefold() == "variant"
        if is_variant and handle in by_handle:
            by_handle[handle].choices.append(_choice(record, names[handle]))
            by_handle[handle].note(record)
            continue
        draft = _draft(record, handle, options)
        if is_variant:
            draft.flags.append("variant without its product: none above it has its handle")
        drafts.append(draft)
        by_handle[handle] = draft
        names[handle] = [record.get(f"productoptionname{n}") for n in range(1, _MOST_OPTIONS + 1)]
        offered.append((draft, list(_offered(record, names[handle]))))
    for draft, values in offered:
        if not draft.choices:
            draft.choices += [Choice("", (pair,)) for pair in values]
    return Drafts(drafts)


def _draft(record: Record, handle: str, options: Options) -> Draft:
    collections = cut(record.get("collection", "collections", "categories"), ";")
    draft = Draft(
        id=handle,
        name=record.get("name"),
        brand=record.get("brand"),
        category=first_category(collections),
        description=record.get("description", "plaindescription"),
        url=record.get("producturl", "url") or options.page(f"product-page/{handle}"),
        pairs=list(_sections(record)),
    )
    draft.note(record)
    if record.get("visible").casefold() in ("false", "no", "0"):
        draft.flags.append("unpublished")
    return draft


def _sections(record: Record) -> Iterator[Pair]:
    """Yields what stands in a product's further sections, as "Material" with "Oak"."""
    for number in range(1, _MOST_OPTIONS + 1):
        title = record.get(f"additionalinfotitle{number}")
        text = record.get(f"additionalinfodescription{number}")
        if title and text:
            yield title, text


def _offered(record: Record, names: list[str]) -> Iterator[Pair]:
    """Yields the values that a product's options have: `Medium;Large`, `#b81616:Red`."""
    for number, name in enumerate(names, 1):
        cell = record.get(f"productoptiondescription{number}", f"productoptionchoices{number}")
        for value in cut(cell, ";"):
            if name:
                yield name, _said(value)


def _choice(record: Record, names: list[str]) -> Choice:
    found = []
    for number, name in enumerate(names, 1):
        value = record.get(f"productoptiondescription{number}", f"productoptionchoices{number}")
        if value:
            found.append((name or f"Option {number}", _said(value)))
    return Choice(record.get("sku"), tuple(found), is_offered=is_offered(record))


def _said(value: str) -> str:
    """Returns a value without the colour that is shown for it: `rgb(1,2,3):Cream`."""
    before, colon, name = value.rpartition(":")
    return name.strip() if colon and before.strip().startswith(("#", "rgb")) else value.strip()
