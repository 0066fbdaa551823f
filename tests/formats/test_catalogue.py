"""Formats as dated files: which one a name stands for, and what a file may not say."""

from datetime import date

import pytest

from adgen.formats.catalogue import all_formats, format_names, read_format
from adgen.formats.format import format_from
from adgen.formats.rules import AD_RULES, TEXT_RULES

PLATFORMS = """
    amazon-title google-rsa google-pmax microsoft-rsa merchant-center meta-feed
    linkedin-single-image amazon-sponsored-brands pinterest x etsy-title ebay-title
"""


def test_every_platform_has_a_format():
    assert set(PLATFORMS.split()) <= set(format_names())


@pytest.mark.parametrize(
    ("on", "limit"),
    [(date(2025, 1, 21), 200), (date(2026, 7, 26), 200), (date(2026, 7, 27), 75)],
)
def test_a_plain_name_is_the_newest_file_that_holds(on, limit):
    assert read_format("amazon-title", on=on).field("title").max_length == limit


def test_a_name_with_a_day_is_that_file():
    assert read_format("amazon-title@2025-01-21").id == "amazon-title@2025-01-21"
    assert read_format("amazon-title@2026-07-27").field("item_highlights").max_length == 125


def test_a_clock_before_all_files_gives_the_oldest(monkeypatch):
    class Early(date):
        @classmethod
        def today(cls):
            return date(2001, 1, 1)

    monkeypatch.setattr("adgen.formats.catalogue.date", Early)
    assert read_format("amazon-title").id == "amazon-title@2025-01-21"


@pytest.mark.parametrize(
    ("name", "on", "message"),
    [
        ("gogle-rsa", None, r"format is 'gogle-rsa'; expected one of .* Did you mean google-rsa\?"),
        (
            "amazon-title@2025-01-22",
            None,
            r"'amazon-title@2025-01-22'; expected amazon-title@ and one of 2025-01-21",
        ),
        ("amazon-title", date(2020, 1, 1), r"known from 2025-01-21 on; 2020-01-01 is before"),
        ("amazon-title@2025-01-21", date(2026, 1, 1), r"names a day, and 2026-01-01 is another"),
        (7, None, r"format is 7; expected a text"),
    ],
)
def test_what_is_not_there_is_refused(name, on, message):
    with pytest.raises(ValueError, match=message):
        read_format(name, on=on)


@pytest.mark.parametrize("form", all_formats(), ids=lambda form: form.id)
def test_every_limit_has_a_source_and_every_rule_exists(form):
    assert form.fields and form.rules
    assert all(field.source and field.checked_on <= date(2030, 1, 1) for field in form.fields)
    for rule in form.rules:
        assert rule.name in TEXT_RULES or rule.name in AD_RULES
        assert bool(rule.source) == (rule.confidence != "adgen")


def value(**changes):
    field = {"name": "title", "max_length": 75, "unit": "characters", "hard": True}
    field |= {"source": "a page", "checked_on": "2026-01-01", "confidence": "page"}
    rule = {"name": "capitals", "severity": "error", "source": "", "confidence": "adgen"}
    whole = {"name": "a", "valid_from": "2026-01-01", "shown": "A", "insertions": False}
    return {**whole, "fields": [field | changes], "rules": [rule]}


def test_a_file_is_read_as_it_is():
    form = format_from(value(max_count=1))
    assert (form.id, form.fields[0].max_count, form.rules[0].severity) == (
        "a@2026-01-01",
        1,
        "error",
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"unit": "letters"}, "unit is 'letters'; expected one of characters"),
        ({"max_length": "75"}, "max_length is '75'; expected int"),
        ({"max_length": True}, "max_length is True; expected int"),
        ({"max_lenght": 75}, "lacks a key, or has one too many: max_lenght"),
        ({"advised_length": 80}, "'title' takes 75 and advises 80"),
        ({"needs": "path1"}, "no field 'path1'"),
        ({"confidence": "sure"}, "confidence is 'sure'"),
    ],
)
def test_a_file_that_says_something_else_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        format_from(value(**changes))
