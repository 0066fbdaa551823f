"""docs/formats.md says what the data files say, of every field of every format."""

from pathlib import Path

import pytest

from adgen.formats.catalogue import all_formats

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")


def row(form, field):
    """A field's row of the table."""
    texts = f"{field.min_count} to {'any' if field.max_count is None else field.max_count}"
    limit = f"{field.max_length:,} {field.unit}" + ("" if field.hard else ", advised")
    advised = "" if field.advised_length is None else f"{field.advised_length:,}"
    source = f"<{field.source}>" if field.source.startswith("https:") else field.source
    known = "" if field.confidence == "page" else f" ({field.confidence})"
    cells = (f"`{form.id}`", field.name, texts, limit, advised, source + known, field.checked_on)
    return f"| {' | '.join(map(str, cells))} |"


@pytest.mark.parametrize("form", all_formats(), ids=lambda form: form.id)
def test_the_page_has_every_field(form):
    for field in form.fields:
        assert row(form, field) in PAGE


@pytest.mark.parametrize("form", all_formats(), ids=lambda form: form.id)
def test_the_page_has_every_note(form):
    for note in form.notes:
        assert note in PAGE


def test_the_page_has_no_other_fields():
    num_fields = sum(len(form.fields) for form in all_formats())
    assert (
        sum(line.count("@20") > 0 for line in PAGE.splitlines() if line[:3] == "| `") == num_fields
    )
