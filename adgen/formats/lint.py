"""Findings in an ad: what a platform refuses or advises against, each with its place.

Rules of texts are `rules`, of whole ads `whole_ads`; this module brings an ad's texts to them, with
the length of each. It judges form alone: whether an ad is true it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from itertools import islice

from adgen.formats.catalogue import as_format
from adgen.formats.finding import Finding
from adgen.formats.format import Field, Format, Rule
from adgen.formats.lengths import fitting_chars, length_of, said_unit, shown_text, wide_note
from adgen.formats.reading import AllowedNames, Reading, allowed_names
from adgen.formats.rules import AD_RULES, MOST_PLACES, TEXT_RULES, WATCHED, Find, kept_places
from adgen.formats.whole_ads import judge_whole
from adgen.support.given import a_text, is_many, kind_of, texts

Ad = str | Mapping[str, str | Sequence[str]]
_MOST_FIELDS = 256
_LONGEST_QUOTE = 40
_FEW = 2  # findings that have an order
# Control characters but for line breaks and tabs, which are spacing; halves of characters; and what
# Unicode keeps for programs. No platform takes them.
_NO_TEXT = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]+"
)


def lint(
    ad: Ad,
    format: Format | str,
    *,
    field: str = "",
    brand: str = "",
    allow: Collection[str] = (),
) -> tuple[Finding, ...]:
    """Returns what is wrong with an ad.

    Args:
        ad: A text, judged as one of the format's fields; or texts by field, one or several each,
            judged as a whole too.
        format: A format, or its name: "google-rsa", "amazon-title@2025-01-21".
        field: The field that a text is judged as; empty for the format's first.
        brand: The product's brand. Its capitals and signs pass, and other makers' names do not.
        allow: Other names whose capitals and signs pass: "AC/DC".

    Returns:
        The findings, in the order of fields and places; none for an ad that nothing is wrong with.

    Raises:
        ValueError: There is no such format or field, or the ad is no text.

    Example:
        >>> for finding in lint("FREE Shipping!!", "google-rsa"):
        ...     print(finding.rule, finding.severity, finding.start, finding.end)
        capitals error 0 4
        exclamation-mark warning 13 14
        repeated-punctuation error 13 15
        exclamation-mark warning 14 15
        >>> lint("LG OLED TV 55 Inch", "amazon-title", brand="LG")
        ()
    """
    form = as_format(format)
    a_text("field", field)
    names = allowed_names(a_text("brand", brand), tuple(texts("allow", allow)))
    if isinstance(ad, str):
        of_field = form.field(field) if field else form.fields[0]
        return tuple(_judge_text(ad, form, of_field, names))
    if field:
        raise ValueError(f"field={field!r} is for a text; this ad names its fields. Leave it out.")
    by_field = fields_of(ad, form)
    found: list[Finding] = []
    for one in form.fields:
        for index, text in enumerate(by_field.get(one.name, ())):
            judged = _judge_text(text, form, one, names)
            found += [finding._replace(index=index) for finding in judged]
    return (*found, *judge_whole(by_field, form))


def fields_of(ad: Mapping[str, str | Sequence[str]], form: Format) -> dict[str, list[str]]:
    """Returns an ad's texts by field, each field's as a list.

    Raises:
        ValueError: It is no such mapping, or has a field that the format has not.
    """
    if not isinstance(ad, Mapping):
        raise ValueError(f"ad is {kind_of(ad)}; expected a text, or texts by field. Give one.")
    found = {}
    for name, value in ad.items():
        form.field(name)
        if isinstance(value, str):
            found[name] = [value]
        elif is_many(value):
            found[name] = list(texts(name, value))
        else:
            raise ValueError(f"{name} is {kind_of(value)}; expected a text, or several. Give them.")
    return found


def _judge_text(text: str, form: Format, field: Field, names: AllowedNames) -> list[Finding]:
    """Returns what is wrong with a text of a field."""
    if not text or text.isspace():
        return [Finding("empty", "error", 0, len(text), "There is no text.", field.name)]
    if form.insertions and "{" in text:
        shown, places = shown_text(text)
        found = _judge_shown(shown, form, field, names)
        return [_placed(finding, places, len(text)) for finding in found]
    return _judge_shown(text, form, field, names)


def _judge_shown(text: str, form: Format, field: Field, names: AllowedNames) -> list[Finding]:
    """Returns what is wrong with a text in which nothing stands for another one."""
    found: list[Finding] = []
    if len(text) > _least_limit(field) or not text.isascii():
        found += _judge_length(text, field)
    reading = Reading(text, names, WATCHED)
    if not reading.is_plain:
        found += _judge_characters(text, field)
    for rule, find in _rules_of(form, field.name):
        spans = find(reading, rule)
        if spans:
            for start, end in kept_places(spans, rule, reading):
                message = TEXT_RULES[rule.name].message.format(found=_quoted(text[start:end]))
                found.append(Finding(rule.name, rule.severity, start, end, message, field.name))
    return found if len(found) < _FEW else sorted(found, key=_place)


def _judge_characters(text: str, field: Field) -> list[Finding]:
    """Returns where a text holds what no text does: control characters, halves of characters."""
    return [
        Finding(
            "forbidden-characters",
            "error",
            match.start(),
            match.end(),
            f"{_quoted(match.group())} is no character of a text; leave it out.",
            field.name,
        )
        for match in islice(_NO_TEXT.finditer(text), MOST_PLACES)
    ]


def _place(finding: Finding) -> tuple[int, int]:
    return finding.start, finding.end


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…")


@lru_cache(_MOST_FIELDS)
def _rules_of(form: Format, field: str) -> tuple[tuple[Rule, Find], ...]:
    """Returns the rules of a field's texts, each with what finds it."""
    of_field = (rule for rule in form.rules if not rule.fields or field in rule.fields)
    of_texts = (rule for rule in of_field if rule.name not in AD_RULES)
    return tuple((rule, TEXT_RULES[rule.name].find) for rule in of_texts)


def _least_limit(field: Field) -> int:
    """Returns the length up to which nothing is to be said of an ASCII text."""
    return field.max_length if field.advised_length is None else field.advised_length


def _judge_length(text: str, field: Field) -> list[Finding]:
    """Returns whether a text is too long, and from where on."""
    length = length_of(text, field.unit)
    if length > field.max_length:
        severity = "error" if field.hard else "warning"
        rule, limit = "too-long", field.max_length
    elif field.advised_length is not None and length > field.advised_length:
        severity = "warning"
        rule, limit = "longer-than-advised", field.advised_length
    else:
        return []
    note = wide_note(text, field.unit)
    counted = f"{length:,} {said_unit(field.unit)}"
    counted = f"Counts as {counted} ({note})" if note else counted
    allowed = f"expected {limit:,} at most"
    if rule == "longer-than-advised":
        allowed = f"{limit:,} at most are advised"
    message = f"{counted}; {allowed}. Shorten it."
    start = fitting_chars(text, limit, field.unit)
    return [Finding(rule, severity, start, len(text), message, field.name)]


def _placed(finding: Finding, places: Sequence[int], length: int) -> Finding:
    """Returns a finding in a text with its insertions, from its place in the text shown."""
    if finding.end <= finding.start:
        place = places[finding.start] if finding.start < len(places) else length
        return finding._replace(start=place, end=place)
    return finding._replace(start=places[finding.start], end=places[finding.end - 1] + 1)
