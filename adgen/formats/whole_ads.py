"""Rules of a whole ad: how many texts its fields have, which are alike, what needs what.

The module looks at no text's words but to compare them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from adgen.formats.finding import Finding
from adgen.formats.format import Field, Format
from adgen.formats.lengths import length_of, shown_text
from adgen.products.words import keys_of

_PHRASE_ENDS = re.compile(r"[,;|]")


def judge_whole(ad: Mapping[str, Sequence[str]], form: Format) -> Iterator[Finding]:
    """Yields what is wrong with an ad as a whole.

    Args:
        ad: The texts of each field.
        form: The format.
    """
    for field in form.fields:
        texts = ad.get(field.name, ())
        yield from _judge_count(field, texts)
        if field.needs and texts and not ad.get(field.needs):
            message = f"{field.name} needs {field.needs}; give that too, or leave it out."
            yield Finding("missing-field", "error", 0, 0, message, field.name)
        if field.differs_from:
            for index, text in enumerate(texts):
                for other in ad.get(field.differs_from, ()):
                    yield from _judge_repetition(text, other, field, index)
    for rule in form.rules:
        if rule.name == "alike":
            for name in rule.fields or tuple(ad):
                yield from _judge_likeness(name, ad.get(name, ()), rule.severity)


def _judge_count(field: Field, texts: Sequence[str]) -> Iterator[Finding]:
    """Yields what is wrong with the number of a field's texts."""
    num = len(texts)
    if num < field.min_count:
        message = f"{field.name} has {num} texts; expected {field.min_count} at least. Write more."
        yield Finding("too-few", "error", 0, 0, message, field.name)
    elif field.max_count is not None and num > field.max_count:
        message = (
            f"{field.name} has {num} texts; expected {field.max_count} at most. Leave some out."
        )
        yield Finding("too-many", "error", 0, 0, message, field.name, field.max_count)
    elif len(set(map(_folded, texts))) < field.advised_count:
        message = f"{field.name} has {num} texts; {field.advised_count} different ones are advised."
        yield Finding("fewer-than-advised", "warning", 0, 0, message, field.name)
    short = field.short_length
    if texts and short is not None:
        lengths = [length_of(shown_text(text)[0], field.unit) for text in texts]
        if min(lengths) > short:
            message = f"No {field.name} has {short} or fewer; write a short one too."
            yield Finding("no-short-text", "warning", 0, 0, message, field.name)


def _judge_likeness(name: str, texts: Sequence[str], severity: str) -> Iterator[Finding]:
    """Yields the texts that say what one before them says, but for case, spaces and marks."""
    first: dict[str, int] = {}
    for index, text in enumerate(texts):
        before = first.setdefault(_folded(text), index)
        if before != index:
            message = f"The same as {name} {before + 1}; write another one."
            yield Finding("alike", severity, 0, len(text), message, name, index)


def _judge_repetition(text: str, other: str, field: Field, index: int) -> Iterator[Finding]:
    """Yields the phrases of a text that another field says already."""
    said = f" {' '.join(keys_of(other))} "
    start = 0
    for phrase in _PHRASE_ENDS.split(text):
        keys = keys_of(phrase)
        if keys and f" {' '.join(keys)} " in said:
            message = f"{field.differs_from} says {phrase.strip()!r} already; say something else."
            begin = start + len(phrase) - len(phrase.lstrip())
            end = start + len(phrase.rstrip())
            yield Finding("repeats-field", "warning", begin, end, message, field.name, index)
        start += len(phrase) + 1


def _folded(text: str) -> str:
    return " ".join(keys_of(text)) or text.strip()
