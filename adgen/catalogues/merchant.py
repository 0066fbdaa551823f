"""Feeds of Google Merchant Center and catalogues of Meta: an item a row, a group a product."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from adgen.catalogues.categories import category_of
from adgen.catalogues.contradictions import contradictions
from adgen.catalogues.drafts import Draft, Drafts, id_of
from adgen.catalogues.facts import Pair, cut, fact_of, known_pairs, packed_pairs
from adgen.catalogues.headers import Record
from adgen.catalogues.options import Options
from adgen.catalogues.table import Table
from adgen.catalogues.variants import Choice, is_offered, shared_pairs

_MADE = re.compile(
    r"(?:trained_algorithmic_media|default):\s*\"?(.*?)\"?", re.IGNORECASE | re.DOTALL
)
_NEW = ("new", "neu", "neuf", "nuevo", "nuovo", "nieuw", "nowy", "novo", "новый", "nový", "新品")
_OF_META = ("fbproductcategory", "quantitytosellonfacebook", "video0url", "producttags0", "style0")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_QUOTED_LIST = re.compile(rf"{_QUOTED.pattern}(?:\s*,\s*{_QUOTED.pattern})*")
# Behind the name that variants share.
_ENDS = " -–—,;:|/(["


def is_meta(table: Table) -> bool:
    """Says whether a table is one of Meta's catalogue."""
    is_template = any(cell.startswith("# Required |") for row in table.before for cell in row)
    has_items = table.columns.has_all("id", "title")
    return has_items and (is_template or table.columns.has_any(*_OF_META))


def is_merchant(table: Table) -> bool:
    """Says whether a table is a feed of Google's form."""
    columns = table.columns
    has_items = columns.has_any("id", "offerid") and columns.has_any("title", "structuredtitle")
    marks = ("imagelink", "availability", "googleproductcategory", "gtin", "itemgroupid", "link")
    return has_items and sum(mark in columns for mark in marks) >= 2


def read_items(table: Table, options: Options) -> Drafts:
    """Gathers items of one group; those without a group are products."""
    groups: dict[str, list[Record]] = {}
    for number, record in enumerate(table.records):
        group = record.get("itemgroupid")
        groups.setdefault(f"group {group}" if group else f"item {number}", []).append(record)
    return Drafts([_draft(records) for records in groups.values()])


def _draft(records: Sequence[Record]) -> Draft:
    first = records[0]
    titles = [_title(record) for record in records]
    draft = Draft(
        id=first.get("itemgroupid") if len(records) > 1 else id_of(first, "id", "offerid"),
        name=_shared(titles),
        brand=first.get("brand"),
        category=category_of(
            *first.every("googleproductcategory"),
            *first.every("producttype"),
            *first.every("fbproductcategory"),
        ),
        description=_made(first.get("description", "structureddescription", "summary", "content")),
        url=first.get("link", "url", "canonicallink"),
        pairs=shared_pairs(map(_details, records)),
    )
    for record in records:
        draft.note(record)
    if len(records) == 1:
        draft.pairs += known_pairs(first)
    else:
        for record, title in zip(records, titles, strict=True):
            pairs = tuple(known_pairs(record))
            key = record.get("id", "offerid")
            draft.choices.append(Choice(key, pairs, record.get("link"), is_offered(record)))
            # A group's name has no colours; an item's title has its own.
            facts = [fact for pair in pairs if (fact := fact_of(*pair))]
            draft.flags += contradictions(title, "", facts, ()).reasons
    if first.get("status", "visibility").casefold() in ("archived", "hidden", "staging"):
        draft.flags.append("unpublished")
    return draft


def _title(record: Record) -> str:
    return record.get("title") or _made(record.get("structuredtitle"))


def _made(text: str) -> str:
    """Returns a text that a feed marks as written by a machine without the mark."""
    found = _MADE.fullmatch(text)
    return found[1] if found else text


def _details(record: Record) -> Iterator[Pair]:
    """Yields details (`section:name:value`), highlights, and a condition that is not new."""
    for cell in record.every("productdetail", "productdetails"):
        for part in cut(cell, ",") if cell.count(",") and cell.count(":") > 2 else [cell]:
            *_, name, value = ["", *part.split(":", 2)]
            if value:
                yield name, value.strip(' "')
    for cell in record.every("producthighlight", "producthighlights"):
        yield from (("", text) for text in _listed(cell))
    for cell in record.every("additionalvariantattribute"):
        yield from packed_pairs(cell)
    condition = record.get("condition")
    if condition and condition.casefold() not in _NEW:
        yield "Condition", condition


def _listed(cell: str) -> list[str]:
    """Returns the texts of a cell that lists them in quotes; any other cell is one text.

    Example:
        >>> _listed('"24"" wide, blue","Soft"'), _listed('24" wide, blue')
        (['24" wide, blue', 'Soft'], ['24" wide, blue'])
    """
    if not _QUOTED_LIST.fullmatch(cell):
        return [cell]
    return [text[1:-1].replace('""', '"') for text in _QUOTED.findall(cell)]


def _shared(titles: Sequence[str]) -> str:
    """Returns what the titles of variants begin or end with together; the first if that is little.

    Example:
        >>> _shared(["Wool Hat - Red", "Wool Hat - Blue"]), _shared(["Red Hat", "Blue Hat"])
        ('Wool Hat', 'Hat')
    """
    words = [title.split() for title in titles]
    enough = min(map(len, words)) / 2
    if len(set(titles)) > 1 and enough:
        for shared in (_start(words), _start([one[::-1] for one in words])[::-1]):
            if len(shared) >= enough:
                return " ".join(shared).strip(_ENDS)
    return titles[0]


def _start(rows: Sequence[Sequence[str]]) -> list[str]:
    """Returns what rows of words begin with together."""
    same = takewhile(lambda words: len(set(words)) == 1, zip(*rows, strict=False))
    return [words[0] for words in same]
