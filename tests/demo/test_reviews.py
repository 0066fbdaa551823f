"""What is said of an ad is what the rooms below say of it."""

import pytest

from adgen.demo.authors import Piece, TemplateAuthor
from adgen.demo.reviews import nearest_in, review, with_nearest
from adgen.formats.catalogue import read_format
from adgen.formats.lint import lint
from adgen.products.product import Product

PRODUCT = Product(brand="Acme", name="Mug", facts=("Color: red", "12 oz"))


def reviewed(piece, format_name="google-rsa"):
    return review(piece, TemplateAuthor(), product=PRODUCT, format_name=format_name)


def test_facts_are_said_or_not():
    found = reviewed(Piece(0, "Acme Mug, Red"), None)
    assert found.facts_used == ("Color: red",) and found.facts_missing == ("12 oz",)


def test_every_finding_stands_once():
    fields = {
        "headline": ["FREE Mugs!!", "Acme Mug", "Acme Mug"],
        "description": ["Buy NOW", "A mug."],
    }
    found = reviewed(Piece(0, "FREE Mugs!!", fields))
    shown = [one for text in found.texts for one in text.findings] + list(found.whole)
    expected = lint(fields, "google-rsa", brand="Acme")
    assert expected and sorted(shown) == sorted(expected)
    for text in found.texts:
        assert text.limit == read_format("google-rsa").field(text.field).max_length
        assert text.length == len(text.text)


@pytest.mark.parametrize("format_name", [None, "google-rsa", "x"])
def test_a_word_over_and_over_is_told_whatever_the_format(format_name):
    found = reviewed(Piece(0, "Zenko yoga mat mat Mats mat"), format_name)
    assert [one.message for one in found.whole if one.rule == "repetition"] == [
        "Says 'mat' 4 times. Choose another ad."
    ]
    found = reviewed(Piece(0, "Zenko yoga mat, mat bag, 2 2 2 and and and"), format_name)
    assert [one for one in found.whole if one.rule == "repetition"] == []


def test_without_a_format_four_of_a_word_are_too_many():
    text = "Cat toy, cat bed, cat bowl, cats"
    found = reviewed(Piece(0, text), None)
    assert [one.message for one in found.whole] == ["Says 'Cat' 4 times. Choose another ad."]
    assert reviewed(Piece(0, text.removesuffix(", cats")), None).whole == ()


def test_who_knows_no_facts_says_so_of_a_product_alone(monkeypatch):
    monkeypatch.setattr(TemplateAuthor, "limits", "knows no facts")
    assert reviewed(Piece(0, "Mug")).limits == "knows no facts"
    found = review(Piece(0, "Mug"), TemplateAuthor(), product=None, format_name=None)
    assert found.limits == ""


def test_an_unfinished_ad_is_not_judged():
    found = reviewed(Piece(0, "FREE!!", is_done=False))
    assert found.is_copy is None and not found.texts[0].findings


def test_fields_without_a_title_are_not_said_to_be_new():
    fields = {"headline": ["Acme Mug"], "description": ["A mug."]}
    assert reviewed(Piece(0, "Acme Mug", fields)).is_copy is None
    titled = Piece(0, "Acme Mug", {"title": ["Acme Mug, 12 oz, of a test"]})
    assert reviewed(titled, "amazon-title").is_copy is False


@pytest.mark.parametrize(
    ("ad", "share"), [("Red oak table", 2 / 3), ("Tin cup", 0.0), ("Small oak table", 1.0)]
)
def test_the_nearest_share_is_the_longest_copied_run(ad, share):
    nearest = nearest_in(["Small oak table", "Blue lamp"])
    found = with_nearest([reviewed(Piece(0, ad), None)], nearest)
    assert found[0].nearest_share == pytest.approx(share)


def test_nearest_shares_stay_with_their_ads():
    ads = ["Tin cup"] * 11 + ["Small oak table"]
    assert list(nearest_in(["Small oak table"])(ads)) == [0.0] * 11 + [1.0]
