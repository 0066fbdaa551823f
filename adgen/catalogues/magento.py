"""Magento 2's product export (Adobe Commerce): attributes and variations packed into cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from adgen.catalogues.categories import first_category
from adgen.catalogues.drafts import Draft, Drafts, id_of
from adgen.catalogues.facts import Pair, known_pairs
from adgen.catalogues.headers import Record
from adgen.catalogues.options import Options
from adgen.catalogues.table import Table
from adgen.catalogues.values import listed
from adgen.catalogues.variants import Choice, is_offered

# Commas and bars stand between attributes and within values; a name and `=` begin one.
_OPTION = re.compile(r"(?:^|,)\s*([A-Za-z]\w*)=([^,]*(?:,(?!\s*[A-Za-z]\w*=)[^,]*)*)")


def is_magento(table: Table) -> bool:
    """Says whether a table is Magento's."""
    return table.columns.has_all("sku", "name") and table.columns.has_any(
        "additionalattributes", "configurablevariations", "attributesetcode", "storeviewcode"
    )


def read_magento(table: Table, options: Options) -> Drafts:
    """Gathers simple products under the configurable ones that name them."""
    drafts: list[Draft] = []
    by_sku: dict[str, Draft] = {}
    parent_of: dict[str, Draft] = {}
    hidden: list[Draft] = []
    sold_out: set[str] = set()
    num_views = 0
    for record in table.records:
        sku = record.get("sku")
        if sku in by_sku and record.get("storeviewcode"):
            num_views += 1  # the same product in another language
            continue
        draft = _draft(record, options)
        drafts.append(draft)
        by_sku.setdefault(sku, draft)
        if "unpublished" in draft.flags or not is_offered(record):
            sold_out.add(sku)
        draft.choices += _choices(record)
        parent_of |= {choice.id: draft for choice in draft.choices if choice.id}
        if "not visible" in record.get("visibility").casefold():
            hidden.append(draft)
    # 1. What a configurable product is sold in are its variants, and no products of their own.
    children = {id(draft) for draft in hidden if parent_of.get(draft.id) not in (None, draft)}
    for draft in hidden:
        if id(draft) in children:
            parent_of[draft.id].flags += [
                flag for flag in draft.flags if flag.startswith("number damaged")
            ]
        else:
            draft.flags.append("not visible individually")
    # 2. And it is sold in those that are for sale themselves.
    for draft in drafts:
        draft.choices = [
            replace(choice, is_offered=choice.id not in sold_out) for choice in draft.choices
        ]
    notes = [f"{num_views:,} rows of other store views are left out"] * bool(num_views)
    return Drafts([draft for draft in drafts if id(draft) not in children], notes)


def _draft(record: Record, options: Options) -> Draft:
    key = record.get("urlkey")
    attributes = dict(_attributes(record.get("additionalattributes")))
    draft = Draft(
        id=id_of(record, "sku"),
        name=record.get("name"),
        brand=attributes.pop("brand", "") or attributes.pop("manufacturer", ""),
        category=first_category(_paths(record.get("categories")), "/"),
        description=record.get("description", "shortdescription"),
        url=options.page(f"{key}.html" if key else ""),
        pairs=[*known_pairs(record), *attributes.items()],
    )
    draft.note(record)
    if record.get("productonline", "status").casefold() in ("2", "0", "disabled"):
        draft.flags.append("unpublished")
    return draft


def _paths(cell: str) -> list[str]:
    """Returns paths of categories, whose names may hold commas: each begins with the root."""
    root = re.escape(cell.partition("/")[0])
    return re.split(rf",(?={root}(?:[/,]|$))", cell)


def _attributes(cell: str) -> Iterator[Pair]:
    """Yields attributes: `material=Wool|Fleece,pattern=Solid`."""
    for name, value in _OPTION.findall(cell):
        yield name, listed(value.strip(' "').split("|"))


def _choices(record: Record) -> Iterator[Choice]:
    """Yields variations: `sku=A-S,size=S,color=Red|sku=A-M,size=M,color=Red`."""
    labels = dict(_attributes(record.get("configurablevariationlabels")))
    for part in record.get("configurablevariations").split("|"):
        found = dict(_OPTION.findall(part))
        sku = found.pop("sku", "")
        if found:
            named = ((labels.get(name) or name, value) for name, value in found.items())
            yield Choice(sku, tuple(named))
