"""Etsy's download of listings (EtsyListingsDownload.csv), which has no id of a listing."""

from __future__ import annotations

from collections.abc import Iterator

from adgen.catalogues.drafts import Draft, Drafts
from adgen.catalogues.facts import cut
from adgen.catalogues.headers import Record
from adgen.catalogues.options import Options
from adgen.catalogues.table import Table
from adgen.catalogues.values import listed
from adgen.catalogues.variants import choices_of


def is_etsy(table: Table) -> bool:
    """Says whether a table is Etsy's."""
    return table.columns.has_all("title", "materials") and table.columns.has_any(
        "variation1type", "currencycode", "image1"
    )


def read_etsy(table: Table, options: Options) -> Drafts:
    """Reads a listing a row."""
    return Drafts([_draft(record) for record in table.records])


def _draft(record: Record) -> Draft:
    skus = cut(record.get("sku"), ",")
    draft = Draft(
        id=record.get("listingid") or (skus[0] if skus else f"row {record.number}"),
        name=record.get("title"),
        description=record.get("description"),
        url=record.get("url", "listingurl"),
    )
    # Etsy writes `_` for the spaces of what it lists.
    materials = cut(record.get("materials").replace("_", " "), ",")
    if materials:
        draft.pairs.append(("Material", listed(materials)))
    draft.choices += choices_of(_axes(record))
    draft.note(record)
    return draft


def _axes(record: Record) -> Iterator[tuple[str, list[str]]]:
    """Yields names and values of variations; the type counts where the name says nothing."""
    for number in (1, 2):
        name = record.get(f"variation{number}name", f"variation{number}type")
        yield name.replace("_", " "), cut(record.get(f"variation{number}values"), ",")
