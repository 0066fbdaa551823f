"""eBay Seller Hub's files: listings with item specifics, variations in rows below them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adgen.catalogues.categories import category_of
from adgen.catalogues.drafts import Draft, Drafts, id_of
from adgen.catalogues.facts import Pair, cut
from adgen.catalogues.headers import Record
from adgen.catalogues.options import Options
from adgen.catalogues.table import Table
from adgen.catalogues.values import listed
from adgen.catalogues.variants import Choice, choices_of, is_offered

_SPECIFIC = "c:"
_ID = ("itemnumber", "itemid", "customlabel", "sku")
_ENDED = ("end", "enditem", "delete")
# Codes of conditions that an ad must not hide; 1000 is new.
_CONDITIONS: Mapping[str, str] = {
    "1500": "New, other",
    "1750": "New with defects",
    "2000": "Certified refurbished",
    "2010": "Excellent, refurbished",
    "2020": "Very good, refurbished",
    "2030": "Good, refurbished",
    "2500": "Seller refurbished",
    "2750": "Like new, used",
    "3000": "Used",
    "4000": "Used, very good",
    "5000": "Used, good",
    "6000": "Used, acceptable",
    "7000": "For parts or not working",
}


def is_ebay(table: Table) -> bool:
    """Says whether a table is eBay's."""
    columns = table.columns
    is_upload = columns.has_any("action") and columns.has_any("title", "customlabel")
    has_specifics = any(key.startswith(_SPECIFIC) for key in columns.keys)
    is_report = columns.has_all("itemnumber", "title") and columns.has_any(
        "customlabel", "availablequantity", "ebaycategory1name", "variationdetails"
    )
    return columns.has_any("title") and (is_upload or has_specifics or is_report)


def read_ebay(table: Table, options: Options) -> Drafts:
    """Gathers the rows of variations under the listing above them."""
    drafts: list[Draft] = []
    offered: list[tuple[Draft, str]] = []
    for record in table.records:
        first = record.at(0).lstrip("#").casefold()
        if first.startswith("info") and not record.get("title"):
            continue
        details = record.get("relationshipdetails", "variationdetails")
        is_variation = record.get("relationship").casefold() == "variation" or (
            bool(details) and not record.get("title")
        )
        if is_variation and drafts:
            sku = record.get("customlabel", "sku")
            choice = Choice(sku, tuple(_pairs(details)), is_offered=is_offered(record))
            drafts[-1].choices.append(choice)
            drafts[-1].note(record)
            continue
        draft = _draft(record)
        if is_variation:
            draft.flags.append("variant without its product: none stands above it")
        drafts.append(draft)
        offered.append((draft, details))
    for draft, details in offered:
        if not draft.choices:
            draft.choices += choices_of(_axes(details))
    return Drafts(drafts)


def _draft(record: Record) -> Draft:
    draft = Draft(
        id=id_of(record, *_ID),
        name=record.get("title"),
        brand=record.get("c:brand", "brand"),
        category=category_of(
            record.get("categoryname"),
            record.get("ebaycategory1name"),
            record.get("category"),
        ),
        description=record.get("description"),
        url=record.get("itemurl", "viewitemurl"),
        pairs=list(_specifics(record)),
    )
    draft.note(record)
    action = record.get("action").casefold()
    if action in _ENDED:
        draft.flags.append("ended")
    elif action == "draft":
        draft.flags.append("draft")
    return draft


def _specifics(record: Record) -> Iterator[Pair]:
    """Yields item specifics, several values cut at bars, and a condition that is not new."""
    for place, key in enumerate(record.columns.keys):
        if key.startswith(_SPECIFIC) and key != "c:brand":
            value = record.at(place)
            if value:
                label = record.columns.labels[place].lstrip("*")
                yield label[len(_SPECIFIC) :].strip(), listed(cut(value, "|"))
    condition = record.get("conditionid", "condition")
    said = _CONDITIONS.get(condition.partition("-")[0].strip())
    if said:
        yield "Condition", said


def _axes(details: str) -> Iterator[tuple[str, list[str]]]:
    """Yields what a listing offers: `Color=Red;Blue|Size=M;L`."""
    for name, value in _pairs(details):
        yield name, cut(value, ";")


def _pairs(details: str) -> Iterator[Pair]:
    for part in cut(details.strip("[]"), "|"):
        name, _, value = part.partition("=")
        if value.strip():
            yield name.strip(), value.strip()
