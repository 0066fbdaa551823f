"""What visitors ask for is checked before any work, and refused kindly."""

import pytest

from adgen.demo.requests import (
    LONGEST,
    MOST_FACTS,
    Controls,
    check_keys,
    controls_from,
    product_from,
    prompt_from,
    settings_from,
)


def test_facts_are_lines_or_a_list():
    given = {"brand": " Acme ", "product": "Mat", "facts": "Color: red\n\n 6 mm \r\n"}
    found = product_from(given)
    assert (found.brand, found.name) == ("Acme", "Mat")
    assert [(fact.key, fact.value) for fact in found.facts] == [("Color", "red"), ("", "6 mm")]
    assert product_from({"product": "Mat", "facts": ["Color: red", "6 mm"]}).facts == found.facts


def test_a_product_needs_a_name():
    with pytest.raises(ValueError, match="What is the product"):
        product_from({"brand": "Acme", "product": "  "})


@pytest.mark.parametrize("name", ["brand", "product", "category", "facts"])
def test_texts_that_are_too_long_are_refused(name):
    fits = {"product": "Mat", name: "a" * LONGEST[name]}
    assert product_from(fits)
    with pytest.raises(ValueError, match=f"{name.capitalize()} has 100,000 characters; expected"):
        product_from({"product": "Mat", name: "a" * 100_000})


def test_a_prompt_that_is_too_long_or_missing_is_refused():
    with pytest.raises(ValueError, match="Prompt has 100,000"):
        prompt_from({"prompt": "a" * 100_000})
    with pytest.raises(ValueError, match="first words"):
        prompt_from({})


def test_many_short_facts_are_refused_too():
    with pytest.raises(ValueError, match="41 facts; expected 40 at most"):
        product_from({"product": "Mat", "facts": ["a"] * (MOST_FACTS + 1)})


@pytest.mark.parametrize("value", [5, {"a": 1}, [1], "half \ud800"])
def test_a_text_of_another_type_is_refused(value):
    with pytest.raises(ValueError, match="facts"):
        product_from({"product": "Mat", "facts": value})


def test_whole_numbers_may_come_as_floats():
    found = controls_from({"num_ads": 4.0, "seed": 7.0, "temperature": 1, "top_k": None})
    assert (found.num_ads, found.seed, found.top_k) == (4, 7, Controls().top_k)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("num_ads", 11),
        ("num_ads", 2.5),
        ("seed", -1),
        ("temperature", float("nan")),
        ("temperature", "hot"),
        ("top_p", 0),
        ("top_k", True),
    ],
)
def test_a_number_outside_its_range_is_refused(name, value):
    with pytest.raises(ValueError, match=name):
        controls_from({name: value})


def test_keywords_are_cut_at_commas():
    given = {"keywords": "gift, for her;new\n", "exclude": ["a, b"], "format": "amazon-title"}
    found = settings_from(given, Controls())
    assert found.keywords == ("gift", "for her", "new")
    assert found.exclude == ("a, b",)


def test_an_unknown_format_is_refused():
    with pytest.raises(ValueError, match="google-rsa"):
        settings_from({"format": "google-rsaa"}, Controls())


@pytest.mark.parametrize("given", [[1], "text", None, {"odd": 1}])
def test_a_request_has_known_keys_only(given):
    with pytest.raises(ValueError, match="expected"):
        check_keys(given, frozenset(("prompt",)))
