"""Amazon's flat files and its reports of listings.

A flat file has three rows of names, in the language of the marketplace and for programs; the newer
ones have names such as `item_name[language_tag=en_US]#1.value`.
"""

from __future__ import annotations

from collections.abc import Sequence

from adgen.catalogues.categories import category_of
from adgen.catalogues.drafts import Draft, Drafts, id_of
from adgen.catalogues.facts import Pair, known_pairs
from adgen.catalogues.headers import Record
from adgen.catalogues.options import Options
from adgen.catalogues.table import Table
from adgen.catalogues.variants import Choice, is_offered, shared_pairs

_SKU = ("itemsku", "contributionsku", "sellersku", "sku", "vendorsku")
_PARENT = ("parentsku", "childparentskurelationshipparentsku", "childparentskurelationship")
_LEVEL = ("parentchild", "parentagelevel")
_ACTION = ("updatedelete", "recordaction", "::recordaction")
# Columns that say one thing each, beside those that all formats share.
_FREE = ("bulletpoint", "specialfeature", "specialfeatures")
_NUMBERED = ("bulletpoint", "specialfeatures", "specialfeature", "productfeatures")
_MOST_NUMBERS = 10
_LONGEST_POINT = 120  # what is longer is a text

# Reports are named in the language of the marketplace: English, German, Japanese.
_REPORT_NAME = ("itemname", "artikelbezeichnung", "商品名")
_REPORT_SKU = ("sellersku", "händlersku", "出品者sku")
_REPORT_TEXT = ("itemdescription", "artikelbeschreibung", "商品説明")
_REPORT_ID = ("listingid", "angebotsnummer", "出品id", "asin1", "opendate", "price", "quantity")


def is_flat_file(table: Table) -> bool:
    """Says whether a table is a flat file."""
    columns = table.columns
    return columns.has_any("itemname") and columns.has_any(
        "itemsku", "contributionsku", "feedproducttype", "externalproductid"
    )


def is_active_listings(table: Table) -> bool:
    """Says whether a table is a report of listings."""
    columns = table.columns
    has_names = columns.has_any(*_REPORT_NAME) and columns.has_any(*_REPORT_SKU)
    return has_names and columns.has_any(*_REPORT_ID)


def read_flat_file(table: Table, options: Options) -> Drafts:
    """Gathers children under the parents that they name."""
    drafts: list[Draft] = []
    by_sku: dict[str, Draft] = {}
    children: list[Record] = []
    for record in table.records:
        level = record.get(*_LEVEL).casefold()
        if record.get(*_PARENT) and level != "parent":
            children.append(record)
            continue
        draft = _draft(record)
        drafts.append(draft)
        by_sku.setdefault(draft.id, draft)
    of_parent: dict[str, list[Record]] = {}
    for record in children:
        parent = record.get(*_PARENT)
        if parent not in by_sku:
            # A file of children alone, as sellers send who change prices or texts.
            by_sku[parent] = _draft(record)
            by_sku[parent].id = parent
            by_sku[parent].flags.append(f"parent is not in the file: {parent}")
            by_sku[parent].pairs = []
            drafts.append(by_sku[parent])
        draft = by_sku[parent]
        _complete(draft, record)
        key = id_of(record, *_SKU)
        choice = Choice(key, tuple(known_pairs(record)), is_offered=is_offered(record))
        draft.choices.append(choice)
        draft.note(record)
        of_parent.setdefault(parent, []).append(record)
    for parent, records in of_parent.items():
        points = shared_pairs(_short(_points(record)) for record in records)
        by_sku[parent].pairs = by_sku[parent].pairs or points
    return Drafts(drafts)


def read_active_listings(table: Table, options: Options) -> Drafts:
    """Reads a listing a row; variants have names of their own and are not told from products."""
    drafts = []
    for record in table.records:
        draft = Draft(
            id=id_of(record, *_REPORT_SKU, "listingid"),
            name=record.get(*_REPORT_NAME),
            description=record.get(*_REPORT_TEXT),
        )
        draft.note(record)
        status = record.get("status").casefold()
        if status in ("inactive", "incomplete"):
            draft.flags.append(status)
        drafts.append(draft)
    return Drafts(drafts)


def _draft(record: Record) -> Draft:
    points = _points(record)
    texts = [record.get("productdescription", "itemdescription")]
    texts += [point for point in points if len(point) > _LONGEST_POINT]
    draft = Draft(
        id=id_of(record, *_SKU),
        name=record.get("itemname"),
        brand=record.get("brandname", "brand", "manufacturer"),
        category=category_of(
            record.get("itemtypename", "itemtype", "itemtypekeyword", "productsubtype"),
            record.get("feedproducttype", "producttype").replace("_", " "),
        ),
        description="\n".join(filter(None, texts)),
        pairs=[*known_pairs(record), *_short(points)],
    )
    draft.note(record)
    if record.get(*_ACTION).casefold() in ("delete", "delete product"):
        draft.flags.append("deleted")
    return draft


def _complete(draft: Draft, record: Record) -> None:
    """Takes from a child what its parent's row leaves empty."""
    draft.name = draft.name or record.get("itemname")
    draft.brand = draft.brand or record.get("brandname", "brand", "manufacturer")
    draft.description = draft.description or record.get("productdescription")


def _points(record: Record) -> list[str]:
    """Returns bullet points and special features, each once."""
    keys = [*_FREE, *(f"{name}{n}" for name in _NUMBERED for n in range(1, _MOST_NUMBERS + 1))]
    return list(dict.fromkeys(record.every(*keys)))


def _short(points: Sequence[str]) -> list[Pair]:
    """Returns points that are short enough for facts."""
    return [("", point) for point in points if len(point) <= _LONGEST_POINT]
