"""Shopify's product export, the old names of its columns and the new.

The first row of a handle says everything; rows of variants and images carry their own cells alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from adgen.catalogues.categories import category_of
from adgen.catalogues.drafts import Draft, Drafts
from adgen.catalogues.facts import Pair, brand_of
from adgen.catalogues.headers import Columns, Record
from adgen.catalogues.options import Options
from adgen.catalogues.table import Table
from adgen.catalogues.variants import Choice, is_offered

_HANDLE = ("handle", "urlhandle")
_METAFIELD = re.compile(r"\(product\.metafields\.([\w-]+)\.([\w-]+)\)")
# Of other apps: reviews, stars ("custom average_rating"), recommendations, search engines.
_APPS = re.compile(
    r"review|(?:^| )(?:(?:product|average|avg|star|customer|overall|total)[_-])?ratings?(?:$|[_-])"
    r"|^ratings? |seo|discovery|search|global|recommend|feed|app--|judgeme|yotpo"
)
_HIDDEN_STATUS = ("draft", "archived", "unlisted")
# So many products of one vendor, none of which says its name, are a shop's own.
_MIN_OF_SHOP = 5


def is_shopify(table: Table) -> bool:
    """Says whether a table is Shopify's."""
    columns = table.columns
    has_key = columns.has_any(*_HANDLE) and not columns.has_any("fieldtype", "variants")
    return has_key and columns.has_any(
        "option1value", "variantsku", "vendor", "bodyhtml", "option1name", "variantprice"
    )


def read_shopify(table: Table, options: Options) -> Drafts:
    """Gathers rows by their handle."""
    drafts: list[Draft] = []
    latest: dict[str, Draft] = {}
    names: dict[str, tuple[str, ...]] = {}  # of a draft's options, by its handle
    metafields = list(_metafields(table.columns))
    for record in table.records:
        handle = record.get(*_HANDLE)
        title = record.get("title")
        draft = latest.get(handle)
        if (
            draft is None
            or not handle
            or _begins(record, title, draft, is_last=draft is drafts[-1])
        ):
            draft = _draft(record, handle or f"row {record.number}", options)
            draft.pairs += _pairs(record, metafields)
            drafts.append(draft)
            latest[handle] = draft
            names[handle] = ("", "", "")
        elif title and not draft.name:
            _complete(draft, _draft(record, handle, options), _pairs(record, metafields))
        draft.note(record)
        names[handle] = _option_names(record, names[handle])
        choice = _choice(record, names[handle])
        if choice is not None:
            draft.choices.append(choice)
    return Drafts(drafts, _without_shop(drafts, options.vendor_is_brand))


def _begins(record: Record, title: str, draft: Draft, *, is_last: bool) -> bool:
    """Says whether a row is another product's that has the same handle as a draft."""
    if is_last:
        return bool(title and draft.name and title != draft.name)
    return bool(title or record.get("vendor", "body", "bodyhtml", "description"))


def _draft(record: Record, handle: str, options: Options) -> Draft:
    draft = Draft(
        id=handle,
        name=record.get("title"),
        brand=record.get("vendor"),
        category=category_of(
            record.get("productcategory", "standardproducttype"),
            record.get("type", "customproducttype", "producttype"),
            record.get("googleshoppinggoogleproductcategory"),
        ),
        description=record.get("body", "bodyhtml", "description"),
        url=record.get("url", "onlinestoreurl") or options.page(f"products/{handle}"),
    )
    status = record.get("status").casefold()
    if status in _HIDDEN_STATUS:
        draft.flags.append(status)
    if record.get("published", "publishedononlinestore").casefold() in ("false", "no", "0"):
        draft.flags.append("unpublished")
    return draft


def _complete(draft: Draft, said: Draft, pairs: Iterable[Pair]) -> None:
    """Takes what the product's own row says, where it stands below the row of a variant."""
    draft.name = said.name
    draft.brand = draft.brand or said.brand
    draft.category = draft.category or said.category
    draft.description = draft.description or said.description
    draft.flags += said.flags
    draft.pairs += pairs


def _option_names(record: Record, before: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the names of the options, which stand in the first row of a handle alone."""
    return tuple(record.get(f"option{number}name") or before[number - 1] for number in range(1, 4))


def _choice(record: Record, names: Sequence[str]) -> Choice | None:
    """Returns a row's variant; None for the row of an image."""
    found = []
    is_default = False
    for number, name in enumerate(names, 1):
        value = record.get(f"option{number}value")
        is_default = is_default or value.casefold() == "default title"
        if value and value.casefold() != "default title":
            found.append((name or f"Option {number}", value))
    sku = record.get("variantsku", "sku")
    if not found and (is_default or not (sku and record.get("variantprice", "price"))):
        return None
    return Choice(sku, tuple(found), is_offered=is_offered(record))


def _metafields(columns: Columns) -> Iterator[tuple[int, str]]:
    """Yields places and names of the columns that shops and Shopify's taxonomy add."""
    for place, label in enumerate(columns.labels):
        found = _METAFIELD.search(label)
        if found and not _APPS.search(f"{found[1]} {found[2]}".casefold()):
            yield place, label[: found.start()].strip() or found[2].replace("_", " ")


def _pairs(record: Record, metafields: Sequence[tuple[int, str]]) -> Iterator[Pair]:
    for place, name in metafields:
        value = record.at(place)
        if value:
            yield name, ", ".join(part.strip() for part in value.split(";") if part.strip())
    for name in ("Gender", "Age group"):
        value = record.get(f"googleshopping{name.replace(' ', '').casefold()}")
        if value:
            yield name, value


def _without_shop(drafts: Sequence[Draft], vendor_is_brand: bool | None) -> list[str]:
    """Takes the vendor off products where it is the shop; says so."""
    counts = Counter(draft.brand for draft in drafts if brand_of(draft.brand))
    if vendor_is_brand is None:
        vendor_is_brand = not _is_shop(drafts, counts)
    if vendor_is_brand or not counts:
        return []
    for draft in drafts:
        draft.brand = ""
    shown = ", ".join(repr(name) for name, _ in counts.most_common(3))
    return [f"vendor {shown} is taken for the shop, not a brand; vendor_is_brand=True says it is"]


def _is_shop(drafts: Sequence[Draft], counts: Counter[str]) -> bool:
    """Says whether one vendor has all products, and no title says its name."""
    if len(counts) != 1 or counts.total() < _MIN_OF_SHOP:
        return False
    (vendor,) = counts
    return not any(vendor.casefold() in draft.name.casefold() for draft in drafts)
