"""A visitor's catalogue as HTML: what was recognised, how far its ads are, the first of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from adgen.catalogues.reading import Catalogue
from adgen.demo.catalogue import Progress
from adgen.demo.messages import in_page_words
from adgen.exports.listings import Listing

_SHOWN = 5
_MOST_REASONS = 8
_MOST_TEXTS = 3  # of a field


def summary(catalogue: Catalogue) -> str:
    """Returns what was recognised, as HTML."""
    reasons = _reasons(catalogue.num_flagged())
    notes = "".join(f"<li>{escape(in_page_words(note))}</li>" for note in catalogue.notes)
    rows = [(p.brand, p.name, "; ".join(map(str, p.facts[:6]))) for p in catalogue[:_SHOWN]]
    return (
        f'<div class="ag-catalogue" role="status"><p><strong>{escape(catalogue.title)}</strong>, '
        f"{escape(catalogue.about)}</p><p>{_number_of(len(catalogue), 'product')}, "
        f"{_number_of(catalogue.num_variants, 'variant')}</p>"
        + (f"<p>To be looked at:</p>{reasons}" if reasons else "")
        + (f"<ul>{notes}</ul>" if notes else "")
        + f"{_table('The first products', ('Brand', 'Name', 'Facts'), rows)}</div>"
    )


def progress_bar(progress: Progress) -> str:
    """Returns how far a run is, as HTML; of one that is done, why products have no ads."""
    products = _number_of(progress.num_products, "product")
    done = f"{progress.num_done:,} of {products}, {_number_of(progress.num_ads, 'ad')}"
    more = f", {progress.num_failed:,} failed" * bool(progress.num_failed)
    more += f", {progress.num_skipped:,} skipped" * bool(progress.num_skipped)
    left_out = f"<p>{escape(progress.left_out)}</p>" * bool(progress.left_out)
    return (
        '<div class="ag-catalogue" role="status"><progress aria-label="Products done" '
        f'max="{max(1, progress.num_products)}" value="{progress.num_done}"></progress>'
        f"<p>{done}{more}. {_state(progress)}</p>{left_out}{_failed(progress)}"
        f"{_first_ads(progress.first)}</div>"
    )


def _number_of(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + "s" * (number != 1)


def _state(progress: Progress) -> str:
    if progress.path is None:
        return "No product has an ad." if progress.is_done else "Writing …"
    return "Ready to download." if progress.num_ads else "The file says why, product by product."


def _failed(progress: Progress) -> str:
    """Returns why products of a run that is done have no ads."""
    reasons = _reasons(progress.reasons) if progress.is_done else ""
    if not reasons:
        return ""
    first = f"<p>The first: {escape(in_page_words(progress.first_failed))}</p>"
    return f"<p>Products without ads:</p>{reasons}{first * bool(progress.first_failed)}"


def _reasons(counts: Mapping[str, int]) -> str:
    """Returns the most frequent reasons with their counts."""
    reasons = sorted(counts.items(), key=lambda one: -one[1])
    items = [f"{n:,} × {escape(in_page_words(why))}" for why, n in reasons[:_MOST_REASONS]]
    if rest := reasons[_MOST_REASONS:]:
        items.append(f"{sum(n for _, n in rest):,} × other reasons")
    listed = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul>{listed}</ul>" if listed else ""


def _first_ads(listings: Sequence[Listing]) -> str:
    rows = [(f"{one.brand} {one.name}".strip(), _ad(one.ads[0])) for one in listings if one.ads]
    return _table("The first ads", ("Product", "Ad"), rows) if rows else ""


def _ad(fields: Mapping[str, Sequence[str]]) -> str:
    """Returns an ad's texts in a line, of each field the first ones."""
    shown: list[str] = []
    for texts in fields.values():
        shown += texts[:_MOST_TEXTS]
        shown += ["…"] * (len(texts) > _MOST_TEXTS)
    return " | ".join(shown)


def _table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Returns a table that scrolls where it is wide."""
    columns = "".join(f'<th scope="col">{head}</th>' for head in heads)
    lines = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return (
        f'<div class="ag-scroll" tabindex="0" role="region" aria-label="{caption}">'
        f"<table><caption>{caption}</caption><thead><tr>{columns}</tr></thead>"
        f"<tbody>{lines}</tbody></table></div>"
    )
