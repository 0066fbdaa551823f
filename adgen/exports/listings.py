"""What a bulk run wrote, as exports take it: products with their ads, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adgen.bulk.row_lines import SUFFIXES, RowLines
from adgen.bulk.rows import OK, errors_among
from adgen.bulk.run import check_whole, read_note
from adgen.support.files import check_plain_file
from adgen.support.given import whole_text

Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Listing:
    """Describes a product, or one of its variants, with its ads.

    Attributes:
        id: The seller's key.
        brand: Its brand; may be empty.
        name: What it is.
        url: Its page; may be empty.
        ads: The fields of each ad, the best first; an ad without a format has a title alone.
        variants: The forms that it is sold in, without variants of their own; what tells one apart
            stands behind its titles.
        differs: What tells a variant apart: "Red, M".
    """

    id: str
    brand: str
    name: str
    url: str
    ads: tuple[Fields, ...]
    variants: tuple[Listing, ...] = ()
    differs: str = ""

    @property
    def each(self) -> tuple[Listing, ...]:
        """Returns what platforms know by a key of its own: variants that have one, or itself."""
        return tuple(one for one in self.variants if one.id) or (self,)


def read_listings(path: Path) -> Iterator[tuple[str, Listing | None]]:
    """Yields the status of each row of a file of `adgen bulk`, and its product if it has ads.

    Raises:
        ValueError: It is no such file.
        OSError: It cannot be read.
    """
    check_rows_file(path)
    note = read_note(path)
    if note:
        check_whole(path, note)
    lines = RowLines(path.suffix)
    for row in lines.read(path):
        if row.status != OK:
            yield row.status, None
            continue
        try:
            listing = _listing(lines.entries(row))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ValueError(
                f"{path}: row {row.number:,} is none that adgen bulk wrote ({error!r:.80}). Write "
                "it anew."
            ) from None
        yield OK, listing


def check_rows_file(path: Path) -> None:
    """Raises where a path is no plain file, or not named as one of `adgen bulk` is.

    Raises:
        ValueError: It has another ending, or is something else than a file.
        OSError: It is not there.
    """
    check_plain_file(path)
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(
            f"{path} ends in {path.suffix or 'nothing'}; expected what adgen bulk wrote, of "
            f"{', '.join(SUFFIXES)}. Give that file."
        )


def _listing(entries: Mapping[str, Any]) -> Listing:
    """Returns a row's product with the ads that its format allows."""
    ads = [ad for ad in entries["ads"] if not errors_among(ad["findings"])]
    about = entries.get("product") or {}
    whole = Listing(
        id=whole_text("id", entries["id"]),
        brand=whole_text("brand", about.get("brand", "")),
        name=whole_text("name", about.get("name", "")),
        url=whole_text("url", about.get("url", "")),
        ads=tuple(map(_fields, ads)),
    )
    variants = (_variant(whole, one) for one in about.get("variants", ()))
    return replace(whole, variants=tuple(variants))


def _fields(ad: Mapping[str, Any]) -> Fields:
    """Returns an ad's texts by field, each checked."""
    found = ad["fields"] or {"title": [ad["text"]]}
    return {name: [whole_text(name, text) for text in texts] for name, texts in found.items()}


def _variant(whole: Listing, about: Mapping[str, Any]) -> Listing:
    values = (fact.partition(": ")[2] or fact for fact in about["facts"])
    return replace(
        whole,
        id=whole_text("id", about["id"]),
        url=about.get("url") or whole.url,
        differs=", ".join(values),
    )
