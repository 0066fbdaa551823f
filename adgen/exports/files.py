"""Files for the platforms' tools, written whole or not at all, from a file of `adgen bulk`.

The file is gone through twice: once to see which ads a platform can take, before anything is
written, and once to write them. Memory does not grow with it.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote
from xml.sax.saxutils import escape

from adgen.bulk.reasons import kind_of
from adgen.bulk.rows import FAILED, SKIPPED
from adgen.exports.listings import Fields, Listing, check_rows_file, read_listings
from adgen.exports.records import Choices, Record
from adgen.exports.targets import Target
from adgen.formats.catalogue import read_format
from adgen.formats.finding import errors_of
from adgen.formats.lint import lint
from adgen.support.csv_lines import csv_line
from adgen.support.disk import disk_errors
from adgen.support.files import OTHER_PATH, check_output_file, replace_when_done

_DELIMITERS = {".csv": ","}  # others are tabs
_MACHINE_WRITTEN = "trained_algorithmic_media"  # what a model wrote, as Google wants it marked
_MARKED = frozenset(("structured_title", "structured_description"))
_LISTED = frozenset(("product_highlight",))  # of which there are several, a line each
_NAMESPACE = "http://base.google.com/ns/1.0"
_ID = "{id}"
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
FLAGGED = "their catalogue flags them"  # which is no failure
_UNUSED = {FAILED: "they failed in adgen bulk", SKIPPED: FLAGGED}


@dataclass(frozen=True)
class Exported:
    """Says what an export wrote.

    Attributes:
        num_products: Products in it.
        num_records: Rows of a table, or items of a feed.
        left_out: Products that are not in it, by reason, without what a reason says of one alone.
    """

    num_products: int
    num_records: int
    left_out: Mapping[str, int]


def export_ads(
    source: Path,
    path: Path,
    target: Target,
    choices: Choices | None = None,
    *,
    url_template: str = "",
) -> Exported:
    """Writes the ads of a file of `adgen bulk` for a platform's tool.

    Args:
        source: The file: .jsonl, .csv or .tsv.
        path: The file to write.
        target: The tool.
        choices: What the seller chooses; by default `Choices()`.
        url_template: The page of a product that has none, with {id} in the place of its key.

    Raises:
        ValueError: The file is none that adgen wrote, the ending is not the tool's, or no product
            has what the tool needs.
        OSError: A file cannot be read or written.
    """
    choices = choices or Choices()
    check_export(source, path, target, url_template=url_template)
    left_out = Counter(dict.fromkeys(_UNUSED.values(), 0))
    used: set[str] = set()
    num_products = 0
    for records, reason in _products(source, target, choices, url_template):
        used |= {name for record in records for name, text in record.items() if text}
        num_products += bool(records)
        left_out.update([reason] if reason else [])
    left_out = +left_out  # without what was never counted
    if not num_products:
        raise ValueError(
            f"{source} has nothing for {target.name}: {_what_is_missing(left_out, target)}"
        )
    columns = [name for name in target.columns if name in used or name not in target.optional]
    written = (
        record
        for records, _ in _products(source, target, choices, url_template)
        for record in records
    )
    with disk_errors(path), replace_when_done(path) as temporary, temporary.open("wb") as file:
        num_records = _write(file, path.suffix.lower(), target, columns, written)
    return Exported(num_products, num_records, dict(left_out))


def check_export(source: Path, path: Path, target: Target, *, url_template: str) -> None:
    """Raises where an export could not be written; nothing is changed."""
    check_rows_file(source)
    if path.suffix.lower() not in target.suffixes:
        raise ValueError(
            f"{path} ends in {path.suffix or 'nothing'}; expected what {target.name} takes, "
            f"{' or '.join(target.suffixes)}. Give such a name."
        )
    if url_template and _ID not in url_template:
        raise ValueError(
            f"url_template is {url_template!r:.80}; expected {_ID} in the place of a product's "
            "key, such as https://shop.example/products/{id}. Add it."
        )
    check_output_file(path, apart_from={"the ads": source})
    if path.exists() and path.stat().st_size:
        raise ValueError(f"{path} is there already. {OTHER_PATH}")


def _what_is_missing(left_out: Mapping[str, int], target: Target) -> str:
    """Returns why no product of a file is of use, and what to do."""
    reasons = [reason for reason in left_out if reason != FLAGGED]
    reason = reasons[-1] if reasons else "no product has ads"
    is_page = "url" in reason.casefold()
    how = "Give url_template" if is_page else f"Write it with adgen bulk --format {target.format}"
    return f"{reason}. {how}."


def _products(
    source: Path, target: Target, choices: Choices, url_template: str
) -> Iterator[tuple[list[Record], str]]:
    """Yields each product's records, or why it has none; of the template where it has no page."""
    for status, listing in read_listings(source):
        if listing is None:
            yield [], _UNUSED[status]
            continue
        if url_template and not listing.url:
            listing = replace(listing, url=url_template.replace(_ID, quote(listing.id, safe="")))
        yield _records(listing, target, choices)


def _records(listing: Listing, target: Target, choices: Choices) -> tuple[list[Record], str]:
    """Returns a product's records, or why it has none."""
    ads, reason = _taken(listing, target)
    if not ads:
        return [], reason
    found = list(target.records(replace(listing, ads=ads), choices))
    missing = [name for record in found for name in target.needed if not record.get(name)]
    return ([], f"there is no {missing[0]}") if missing else (found, "")


def _taken(listing: Listing, target: Target) -> tuple[tuple[Fields, ...], str]:
    """Returns the ads that a tool takes, with its own fields; or why it takes none."""
    if not target.is_checked:
        return listing.ads, "no ad may be used"
    form = read_format(target.format)
    ads, reason = [], "no ad may be used"
    for ad in listing.ads:
        own = {f.name: ad[f.name][: f.max_count] for f in form.fields if f.name in ad}
        missing = [f.name for f in form.fields if len(own.get(f.name, ())) < f.min_count]
        found = lint(own, form, brand=listing.brand) if not missing else ()
        errors = errors_of(found)
        if missing or errors:
            reason = (
                f"there is no {missing[0]}" if missing else kind_of(errors[0].message).rstrip(".")
            )
        else:
            ads.append(own)
    return tuple(ads), reason


def _write(
    file: BinaryIO, suffix: str, target: Target, columns: list[str], records: Iterable[Record]
) -> int:
    """Writes records, and returns how many."""
    if suffix == ".xml":
        return _write_feed(file, columns, records)
    delimiter = _DELIMITERS.get(suffix, "\t")

    def write(cells: Iterable[str]) -> None:
        line = csv_line(cells, delimiter).removesuffix("\n") + "\r\n"
        file.write(line.encode("utf-8"))

    if target.has_bom:
        file.write(codecs.BOM_UTF8)
    for row in target.above:
        write(row[: len(columns)])
    write(columns)
    for record in target.first:
        write([record.get(name, "") for name in columns])
    num_records = 0
    for record in records:
        write([_cell(name, record.get(name, "")) for name in columns])
        num_records += 1
    return num_records


def _cell(name: str, text: str) -> str:
    """Returns a cell; what a model wrote for Google with its mark, a list with quotes."""
    if name in _LISTED and text:
        return ",".join(map(_quoted, text.split("\n")))
    return f"{_MACHINE_WRITTEN}:{_quoted(text)}" if name in _MARKED and text else text


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _write_feed(file: BinaryIO, columns: list[str], records: Iterable[Record]) -> int:
    """Writes records as the items of an RSS feed, and returns how many."""
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:g="{_NAMESPACE}">\n'
    file.write(f"{head}<channel>\n<title>adgen</title>\n".encode())
    num_records = 0
    for record in records:
        parts = [
            _element(name, text)
            for name in columns
            if record.get(name)
            for text in (record[name].split("\n") if name in _LISTED else [record[name]])
        ]
        file.write(f"<item>{''.join(parts)}</item>\n".encode())
        num_records += 1
    file.write(b"</channel>\n</rss>\n")
    return num_records


def _element(name: str, text: str) -> str:
    value = escape(_NOT_IN_XML.sub("", text))
    if name in _MARKED:
        source = f"<g:digital_source_type>{_MACHINE_WRITTEN}</g:digital_source_type>"
        value = f"{source}<g:content>{value}</g:content>"
    return f"<g:{name}>{value}</g:{name}>"
