"""Ads as HTML: a card each, with bars, underlined findings, facts, novelty, and what to copy.

Every text of a visitor, a model or a file is escaped here. Nothing is said by colour alone: marks
have messages in words, bars have numbers, and all of it can be reached by keyboard.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby, pairwise

from adgen.demo.messages import in_page_words
from adgen.demo.reviews import AdReview, TextReview
from adgen.formats.finding import Finding
from adgen.formats.lengths import said_unit, wide_note
from adgen.support.csv_lines import csv_line, guarded

_FALSE_ALARMS = 120  # of so many new ads one is taken for a training ad
_CSV_COLUMNS = (
    *("model", "ad", "field", "text", "length", "limit"),
    *("findings", "findings of the ad", "facts missing"),
)


def cards(reviews: Sequence[AdReview], errors: Mapping[str, str], *, is_done: bool) -> str:
    """Returns all ads of a request, the models side by side.

    Args:
        reviews: The ads so far, each author's in a row.
        errors: Why an author has written nothing, by its name.
        is_done: Whether nothing more will come.
    """
    by_author = groupby(reviews, lambda one: one.author)
    columns = [_column(name, list(own), n) for n, (name, own) in enumerate(by_author)]
    columns += [_failed(name, text) for name, text in errors.items()]
    state = "Done." if is_done else "Writing …"
    above = f'<p class="ag-state" role="status">{state}</p>'
    below = _download(reviews) if is_done and reviews else ""
    return (
        f'<div class="ag-ads">{above}{below}<div class="ag-columns">{"".join(columns)}</div></div>'
    )


def alert(text: str) -> str:
    """Returns an error as people should read it."""
    said = escape(in_page_words(text))
    return f'<div class="ag-alert" role="alert"><strong>Not yet.</strong> {said}</div>'


def csv_of(reviews: Sequence[AdReview]) -> str:
    """Returns ads as a table, a line a text; no cell is a spreadsheet's formula."""
    lines = [csv_line(_CSV_COLUMNS)]
    for ad in reviews:
        for one in ad.texts:
            cells = (
                ad.author,
                ad.number,
                one.field,
                one.text,
                one.length,
                one.limit,
                _messages(one.findings),
                _messages(ad.whole),
                "; ".join(ad.facts_missing),
            )
            lines.append(csv_line(guarded(c) if isinstance(c, str) else c for c in cells))
    return "".join(lines)


def _messages(findings: Sequence[Finding]) -> str:
    return "; ".join(finding.message for finding in findings)


def _download(reviews: Sequence[AdReview]) -> str:
    # The byte order mark tells spreadsheets that it is UTF-8.
    data = b64encode(b"\xef\xbb\xbf" + csv_of(reviews).encode()).decode()
    return (
        f'<a class="ag-button ag-download" download="ads.csv" '
        f'href="data:text/csv;charset=utf-8;base64,{data}">Download all as CSV</a>'
    )


def _column(name: str, reviews: Sequence[AdReview], place: int) -> str:
    ads = "".join(_card(ad, f"ag-{place}-{ad.number}") for ad in reviews)
    kind = escape(reviews[0].kind)
    limits = f'<p class="ag-limits">{escape(reviews[0].limits)}</p>' * bool(reviews[0].limits)
    return (
        f'<section class="ag-column" aria-label="Ads of {escape(name)}">'
        f'<h2>{escape(name)} <span class="ag-kind">{kind}</span></h2>{limits}{ads}</section>'
    )


def _failed(name: str, text: str) -> str:
    return (
        f'<section class="ag-column" aria-label="Ads of {escape(name)}"><h2>{escape(name)}</h2>'
        f"{alert(text)}</section>"
    )


def _card(ad: AdReview, ident: str) -> str:
    title = f"Ad {ad.number} of {escape(ad.author)}"
    texts = "".join(_text(one, f"{ident}-{n}") for n, one in enumerate(ad.texts))
    if not ad.is_done:
        return f'<article class="ag-card ag-writing" aria-label="{title}">{texts}</article>'
    copy = (
        f'<button type="button" class="ag-button ag-copy" data-copy="{escape(ad.text)}" '
        f'aria-label="Copy ad {ad.number} of {escape(ad.author)}">Copy</button>'
    )
    return (
        f'<article class="ag-card" aria-label="{title}">{texts}{_whole(ad.whole)}{_facts(ad)}'
        f"{_unfilled(ad.unfilled)}{_novelty(ad)}{_notes(ad.notes)}{copy}</article>"
    )


def _text(one: TextReview, ident: str) -> str:
    """Returns a text with its bar and its findings."""
    field = f'<span class="ag-field">{escape(one.field.replace("_", " "))}</span>' * bool(one.field)
    messages = "".join(
        f'<li id="{ident}-f{n}" class="ag-{finding.severity}">'
        f"<strong>{finding.severity.capitalize()}:</strong> {escape(finding.message)}</li>"
        for n, finding in enumerate(one.findings)
        if _first_like(one.findings, n) == n
    )
    listed = f'<ul class="ag-findings">{messages}</ul>' if messages else ""
    return (
        f'<div class="ag-text">{field}<p class="ag-words" dir="auto">{marked(one, ident)}</p>'
        f"{_bar(one)}{listed}</div>"
    )


def marked(one: TextReview, ident: str) -> str:
    """Returns a text with its findings underlined, each tied to its message by the message's id."""
    found = one.findings
    borders = {0, len(one.text), *(f.start for f in found), *(f.end for f in found)}
    parts = []
    for start, end in pairwise(sorted(borders)):
        words = escape(one.text[start:end])
        over = [n for n, f in enumerate(found) if f.start <= start and end <= f.end]
        if over:
            worst = "error" if any(found[n].severity == "error" for n in over) else "warning"
            ids = " ".join(f"{ident}-f{n}" for n in sorted({_first_like(found, n) for n in over}))
            words = (
                f'<mark class="ag-mark ag-{worst}" tabindex="0" aria-describedby="{ids}">'
                f"{words}</mark>"
            )
        parts.append(words)
    return "".join(parts)


def _first_like(findings: Sequence[Finding], number: int) -> int:
    """Returns the first finding that says the same, since a message stands once."""
    messages = [one.message for one in findings]
    return messages.index(messages[number])


def _bar(one: TextReview) -> str:
    """Returns a text's length against its limit, with a mark at the advised length."""
    if one.limit is None:
        return f'<p class="ag-length">{one.length:,} {said_unit(one.unit)}</p>'
    share = min(100, round(100 * one.length / one.limit))
    said, state = _length(one, one.limit)
    mark = ""
    if one.advised is not None:
        mark = f'<i style="left:{min(100, round(100 * one.advised / one.limit))}%"></i>'
    return (
        f'<div class="ag-bar" role="meter" aria-label="Length" aria-valuemin="0" '
        f'aria-valuemax="{one.limit}" aria-valuenow="{min(one.length, one.limit)}" '
        f'aria-valuetext="{said}"><span class="{state}" style="width:{share}%"></span>{mark}</div>'
        f'<p class="ag-length {state}">{said}</p>'
    )


def _length(one: TextReview, limit: int) -> tuple[str, str]:
    """Returns a text's length against its limits in words, and the class of its colour."""
    said = f"{one.length:,} of {limit:,} {said_unit(one.unit)}"
    note = wide_note(one.text, one.unit)
    said = f"counts as {said}: {note}" if note else said
    if one.advised is not None:
        said += f"; {one.advised:,} at most are advised"
    if one.length > limit:
        return said, "ag-over"
    is_above = one.advised is not None and one.length > one.advised
    return said, "ag-above" if is_above else "ag-within"


def _whole(findings: Sequence[Finding]) -> str:
    items = "".join(
        f'<li class="ag-{finding.severity}"><strong>{finding.severity.capitalize()}:</strong> '
        f"{escape(finding.message)}</li>"
        for finding in findings
    )
    return f'<ul class="ag-findings">{items}</ul>' if items else ""


def _facts(ad: AdReview) -> str:
    """Returns which facts an ad says and which it does not."""
    if not ad.facts_used and not ad.facts_missing:
        return ""
    used = "".join(
        f'<li class="ag-used"><span aria-hidden="true">✓</span> '
        f'<span class="ag-hidden">said:</span> {escape(fact)}</li>'
        for fact in ad.facts_used
    )
    missing = "".join(
        f'<li class="ag-missing"><span aria-hidden="true">–</span> '
        f'<span class="ag-hidden">not said:</span> {escape(fact)}</li>'
        for fact in ad.facts_missing
    )
    total = len(ad.facts_used) + len(ad.facts_missing)
    return (
        f'<p class="ag-label">{len(ad.facts_used)} of {total} facts said</p>'
        f'<ul class="ag-facts">{used}{missing}</ul>'
    )


def _novelty(ad: AdReview) -> str:
    """Returns what is known of whether an ad is new; nothing where nothing is known."""
    is_whole = ad.nearest_share == 1
    said = []
    if ad.is_copy:
        said.append(
            "Looks like a copy of one of the public corpus's training ads (one new ad in "
            f"{_FALSE_ALARMS} is taken for one)."
        )
    elif ad.is_copy is not None:
        said.append("No copy of the public corpus's training ads.")
    if is_whole:
        said.append("It stands whole in a training ad of the given corpus.")
    elif ad.nearest_share is not None:
        said.append(
            f"Its longest run found in one text of the given corpus: {ad.nearest_share:.0%} of it."
        )
    if not said:
        return ""
    state = "ag-warning" if ad.is_copy or is_whole else "ag-new"
    return f'<p class="ag-novelty {state}">{" ".join(said)}</p>'


def _unfilled(reasons: Sequence[str]) -> str:
    """Returns which fields of the platform have fewer texts than it takes, and why."""
    if not reasons:
        return ""
    said = "; ".join(reason.replace("_", " ") for reason in reasons)
    return f'<p class="ag-label">Not all fields are filled: {escape(said)}.</p>'


def _notes(notes: Sequence[str]) -> str:
    if not notes:
        return ""
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return (
        f'<details class="ag-notes"><summary>What was left out</summary><ul>{items}</ul></details>'
    )
