"""The writer with a model that knows nothing: what it says is true all the same."""

import json
import re

import pytest
from tiny_gpt import save_tiny, tiny_model
from tiny_writer import save_tiny_writer

from adgen.corpus.training_ads import TrainingAds
from adgen.products.product import Fact, Product
from adgen.products.prompts import prompt_of
from adgen.writing.ranking import WrittenAd, choose_ads, likeness, num_different
from adgen.writing.resources import load_casing
from adgen.writing.settings import WriteSettings
from adgen.writing.whole_names import without_colour
from adgen.writing.writer import AdWriter

LAMP = Product(brand="Acme", name="desk lamp", facts=("40 hours battery", "Color: black", "led"))
MAT = Product(name="yoga mat", facts=("6 mm", "non slip"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_tiny_writer(tmp_path_factory.mktemp("writer"))


@pytest.fixture(scope="module")
def writer(folder):
    return AdWriter.from_pretrained(folder)


def texts(results):
    return [[ad.text for ad in one.ads] for one in results]


def test_ads_say_every_fact_and_differ(writer):
    (found,) = writer.write(LAMP)
    assert len(found.ads) == len({ad.text for ad in found.ads}) == 3
    for ad in found.ads:
        assert ad.text.startswith("Acme ")
        assert "Desk Lamp" in ad.text
        assert "40" in ad.text and "Battery" in ad.text and "Black" in ad.text and "LED" in ad.text
    assert found.error is None


def test_the_same_seed_gives_the_same_ads_and_batch_mates_do_not_matter(writer):
    alone, together = writer.write(MAT, seed=3), writer.write([LAMP, MAT, LAMP], seed=3)
    assert texts(alone)[0] == texts(together)[1]
    assert texts(together)[0] == texts(together)[2]
    assert texts(writer.write(LAMP, seed=4)) != texts(writer.write(LAMP, seed=5))


def test_a_bad_product_is_said_in_its_place_and_the_others_have_ads(writer):
    results = writer.write([Product(), LAMP, Product(name="лампа")])
    assert [bool(one.ads) for one in results] == [False, True, False]
    assert results[0].error.startswith("name is empty")
    assert "Cyrillic" in results[2].error


def test_brand_and_name_need_no_more_than_their_own_characters(writer):
    product = Product(brand="Acme", name="desk lamp")
    exact, short = writer.write(product, max_chars=14), writer.write(product, max_chars=13)
    assert texts(exact) == [["Acme Desk Lamp"]]
    assert "brand and name need more" in short[0].error


def test_what_is_written_is_one_line_without_markup(writer):
    product = Product(
        brand="Ac\u200bme", name="<b>mug</b>", facts=("12 oz\nceramic", "tea &amp; lid")
    )
    for ad in writer.write(product)[0].ads:
        assert ad.text.startswith(("Acme Mug", "Acme 12", "Acme Tea & Lid Mug"))
        assert not set("<>\n\u200b;") & set(ad.text)


@pytest.mark.parametrize(
    ("facts", "keyword"), [(("waterproof: no",), "Waterproof"), (("Color: black",), "red")]
)
def test_a_keyword_that_the_facts_deny_is_refused(writer, facts, keyword):
    (found,) = writer.write(Product(name="mug", facts=facts), keywords=[keyword])
    assert not found.ads
    assert found.error.startswith(f"keyword '{keyword}' is asked for and the facts say")


def test_limits_are_kept_and_what_has_no_room_is_told(writer):
    (found,) = writer.write(LAMP, max_chars=26)
    assert all(len(ad.text) <= 26 for ad in found.ads)
    assert found.left_out == ("40 hours battery: no room",)
    (none,) = writer.write(LAMP, max_chars=10)
    assert none.ads == () and "brand and name need more" in none.error


def test_excluded_words_and_promotion_are_not_said(writer):
    product = Product(name="lamp", facts=("best seller", "black", "led"))
    (found,) = writer.write(product, exclude=["BLACK"])
    assert found.left_out == ("best seller: promotion (Best Seller)", "black: excluded")
    assert not any("black" in ad.text.casefold() for ad in found.ads)
    (whole,) = writer.write(product, exclude=["lack"])  # a word, and no part of one
    assert not any("excluded" in reason for reason in whole.left_out)
    (none,) = writer.write(product, exclude=["lamp"])
    assert "'lamp' cannot be said: excluded" in none.error


def test_an_empty_fact_is_called_so(writer):
    product = Product(name="lamp", facts=("", "<b></b>", Fact("", "Colour"), "n/a"))
    (found,) = writer.write(product)
    assert found.left_out == (
        "an empty fact",
        "an empty fact",
        "Colour: an empty fact",
        "n/a: says what is not there",
    )


def test_escape_sequences_are_no_part_of_an_ad(writer):
    product = Product(name="yoga\x1b[31m mat", facts=("\x1b]0;title\x07blue",))
    plain = Product(name="yoga mat", facts=("blue",))
    assert texts(writer.write(product)) == texts(writer.write(plain))


def test_keywords_are_said(writer):
    (found,) = writer.write(MAT, keywords=["home workout"])
    assert all("Home Workout" in ad.text for ad in found.ads)


def test_a_product_longer_than_the_context_is_refused_alone(writer):
    long = Product(name="mat", facts=tuple(f"a fact that is number {n}" for n in range(400)))
    results = writer.write([long, MAT])
    assert "tokens long" in results[0].error
    assert results[1].ads


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"num_ads": 0}, "num_ads is 0"),
        ({"max_chars": 9}, "max_chars is 9"),
        ({"num_ads": 4, "num_candidates": 3}, "num_candidates is 3 and num_ads 4"),
        ({"temperature": 0.0}, "temperature is 0"),
        ({"keywords": "led"}, "keywords is 'led'; expected texts"),
        ({"exclude": ["a", " "]}, "exclude holds an empty text"),
    ],
)
def test_settings_out_of_range_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        WriteSettings(**changes)


def test_a_model_that_learned_products_is_asked_as_it_learned(tmp_path):
    learned = AdWriter.from_pretrained(save_tiny_writer(tmp_path / "w", rows="products"))
    ids = learned.engine.prompt_ids(MAT, 50)
    assert learned.engine.vocabulary.decode(ids) == prompt_of(MAT, 50)
    (found,) = learned.write(MAT)
    assert "6" in found.ads[0].text and "Non Slip" in found.ads[0].text


def test_common_uses_are_said_where_lively_ads_are_wanted(writer, monkeypatch):
    monkeypatch.setattr(
        "adgen.writing.allowed.load_uses", lambda: {"yoga mat": ("Gym", "Home", "Travel")}
    )
    plain, lively = (writer.write(MAT, liveliness=number)[0] for number in (0, 2))
    assert not any(" for " in ad.text for ad in plain.ads)
    assert all(re.search(r"\bfor \w+ and \w+", ad.text) for ad in lively.ads)
    known = Product(name="yoga mat", facts=("for Pilates",))
    assert all(ad.text.count("for ") == 1 for ad in writer.write(known, liveliness=2)[0].ads)


def test_other_models_are_refused(tmp_path):
    save_tiny(tmp_path / "neo", tiny_model("gpt_neo"))
    with pytest.raises(ValueError, match="llama"):
        AdWriter.from_pretrained(tmp_path / "neo")
    with pytest.raises(FileNotFoundError, match="nothing' is no model's folder: it does not exist"):
        AdWriter.from_pretrained(tmp_path / "nothing")


def test_likely_candidates_that_differ_are_chosen():
    texts = ("Acme Mat, Red, 6mm", "Acme Mat, Red - 6mm", "Acme 6mm Mat, Red", "acme mat, red, 6mm")
    scores = (-1.0, -1.1, -1.2, -3.0)
    candidates = [WrittenAd(*one) for one in zip(texts, scores, strict=True)]
    chosen = choose_ads(candidates, 2)
    assert [one.text for one in chosen] == [texts[0], texts[2]]
    assert len(choose_ads(candidates, 9)) == 3


@pytest.mark.parametrize(
    ("one", "other", "share"), [("a b c", "a b c", 1), ("a b c", "A, b d", 0.5), ("a", "a", 0)]
)
def test_likeness_counts_pairs_of_neighbours(one, other, share):
    assert likeness(one, other) == share


@pytest.mark.parametrize("seed", range(8))
def test_as_many_ads_come_as_are_asked_for_where_the_facts_allow_it(seed):
    product = Product(
        brand="Acme", name="Bluetooth Headphones", facts=("40 hours battery", "black")
    )
    (found,) = AdWriter.from_pretrained().write(product, num_ads=3, seed=seed)
    assert len(found.ads) == 3
    assert num_different(found.ads) >= 2
    (alone,) = AdWriter.from_pretrained().write(Product(name="mat"), num_ads=3, seed=seed)
    assert len(alone.ads) == 1


def test_ads_that_differ_in_joints_and_measures_alone_are_one():
    texts = ("Acme Mat, 6mm, Red", "Acme Mat - 6 mm (Red)", "Acme Red Mat, 6mm")
    assert num_different([WrittenAd(text, 0.0) for text in texts]) == 2


def test_training_ads_are_no_candidates_unless_there_is_nothing_else():
    texts = ("Acme Mat, Red, 6mm", "Acme 6mm Mat, Red", "Acme Mat, 6mm, Red")
    candidates = [WrittenAd(text, -number) for number, text in enumerate(texts)]
    assert [one.text for one in choose_ads(candidates, 2, {texts[0]})] == [texts[1], texts[2]]
    assert [one.text for one in choose_ads(candidates, 2, set(texts[1:]))] == [texts[0]]
    assert choose_ads(candidates, 3, {"Acme Lamp"}) == choose_ads(candidates, 3)
    # Of copies alone one is enough: the likeliest.
    assert choose_ads(candidates, 2, set(texts)) == [candidates[0]]


def test_a_writer_leaves_out_what_it_learned_from(writer):
    usual = texts(writer.write(MAT))[0]
    learned = TrainingAds.of([usual[0].upper()])
    other = AdWriter(writer.engine, load_casing(), learned)
    found = texts(other.write(MAT))[0]
    assert usual[0] not in found and found
    assert all("6" in text and "Non Slip" in text for text in found)
    no_matter = AdWriter(writer.engine, load_casing())
    assert texts(no_matter.write(MAT)) == texts(writer.write(MAT))


def test_what_is_no_filter_of_ads_is_refused(writer):
    with pytest.raises(ValueError, match="training_ads is a list"):
        AdWriter(writer.engine, load_casing(), ["Acme Mat"])


def test_the_command_prints_ads_and_json(folder, capsys):
    from adgen.cli.main import main

    words = ["write", "--model", str(folder), "--brand", "Acme", "--product", "Lamp"]
    words += ["--fact", "led", "--fact", "best seller", "--num-ads", "2"]
    assert main(words) == 0
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == 2
    assert shown.err == "Left out: best seller: promotion (Best Seller)\n"
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [ad["text"] for ad in found["ads"]] == shown.out.splitlines()
    assert main(["write", "--model", str(folder), "--product", "лампа"]) == 2
    assert "Cyrillic" in capsys.readouterr().err


def test_the_writer_that_needs_a_base_says_how_to_fetch_it(tmp_path, monkeypatch):
    monkeypatch.setenv("ADGEN_CACHE", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="adgen base fetch smollm2-135m"):
        AdWriter.from_pretrained("adgen-writer")


@pytest.mark.parametrize(
    ("name", "apart", "colour"),
    [
        ("Skog Yoga Mat Green", "Skog Yoga Mat", ["Color: Green"]),
        ("Table Lamp Rose Pink", "Table Lamp", ["Color: Rose Pink"]),
        ("Socks, Black", "Socks", ["Color: Black"]),
        ("Twilight Blue", "Twilight Blue", []),
        ("Desk Lamp Black and White", "Desk Lamp Black and White", []),
    ],
)
def test_a_colour_behind_the_name_is_a_fact(name, apart, colour):
    product = without_colour(Product(name=name))
    assert (product.name, list(map(str, product.facts))) == (apart, colour)


def test_no_colour_hangs_on_the_name():
    product = Product(brand="Acme", name="Skog Yoga Mat Green", facts=("Material: rubber",))
    (found,) = AdWriter.from_pretrained().write(product, num_ads=3)
    assert found.ads
    assert all("Green" in ad.text and "Mat Green" not in ad.text for ad in found.ads)
