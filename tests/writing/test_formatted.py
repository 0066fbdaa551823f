import pytest

from adgen.formats.catalogue import format_names, read_format
from adgen.formats.lint import lint
from adgen.products.claims import invented_numbers
from adgen.products.product import Product, Variant
from adgen.writing import fields
from adgen.writing.headlines import alike
from adgen.writing.writer import AdWriter

PRODUCTS = (
    Product(brand="Acme", name="Bluetooth headphones", facts=("40 hours battery", "Color: black")),
    Product(
        brand="LG",
        name="TV wall mount",
        facts=("Screen Size: 32-55 inches", "Material: STEEL", "for LG TVs", 'VESA: 200" x 200"'),
    ),
    Product(name="6 ft dog leash", facts=("nylon", "Color: red", "reflective", "padded handle")),
    Product(
        brand="Nordhavn",
        name="Insulated Stainless Steel Water Bottle with Straw Lid and Carrying Loop for Hiking",
        facts=("Capacity: 24 oz", "leak proof", "BPA free", "Color: blue", "dishwasher safe"),
    ),
)


@pytest.fixture(scope="module")
def writer():
    return AdWriter.from_pretrained()


def headlines(ad):
    return ad.fields["headline"]


def test_every_field_of_every_format_has_its_way():
    names = {field.name for name in format_names() for field in read_format(name).fields}
    assert names - {"headline"} <= fields._WAYS.keys()


@pytest.mark.parametrize("name", format_names())
def test_ads_of_every_format_break_no_rule_and_say_no_number_of_their_own(writer, name):
    form = read_format(name)
    for result in writer.write(PRODUCTS, format=name, num_ads=2):
        product = result.product
        assert result.ads or "Give " in result.error
        for ad in result.ads:
            found = lint(ad.fields, form, brand=product.brand)
            assert [one for one in found if one.severity == "error"] == []
            for field in form.fields:
                texts = ad.fields.get(field.name, ())
                assert field.min_count <= len(texts) <= (field.max_count or len(texts))
            said = " ".join(text for texts in ad.fields.values() for text in texts)
            assert invented_numbers(said, product) == []


def test_a_responsive_search_ad_has_headlines_that_all_differ_and_four_descriptions(writer):
    (result,) = writer.write(PRODUCTS[2], format="google-rsa", num_ads=3)
    assert {len(ad.fields["description"]) for ad in result.ads} == {4}
    assert len({(headlines(ad), ad.fields["description"]) for ad in result.ads}) == 3
    for ad in result.ads:
        assert 12 <= len(headlines(ad)) == len({alike(text) for text in headlines(ad)})
        assert ad.text == " | ".join(headlines(ad)[:3])
    assert result.unfilled == ("headline: 13 of 15; no more facts",)


def test_a_thin_product_has_few_calls_and_no_description_twice(writer):
    product = Product(brand="Acme", name="glasses", facts=("Sport Type: Skiing", "Gender: Men"))
    (result,) = writer.write(product, format="google-rsa", num_ads=1)
    found = headlines(result.ads[0])
    calls = [text for text in found if text.startswith(("Shop", "Discover", "Explore", "Meet"))]
    assert len(calls) == 3
    assert "Men's Skiing Glasses" in found
    described = result.ads[0].fields["description"]
    assert len(described) == 2
    assert all("Men's" in text for text in described)


def test_highlights_that_would_repeat_the_title_are_left_out_with_the_reason(writer):
    product = Product(brand="Acme", name="mug", facts=("Color: red",))
    (result,) = writer.write(product, format="amazon-title", num_ads=1)
    assert "item_highlights" not in result.ads[0].fields
    reason = "item_highlights: nothing to say that title does not say in 125 characters"
    assert reason in result.unfilled


def test_a_keyword_stands_in_three_headlines(writer):
    (result,) = writer.write(PRODUCTS[2], format="microsoft-rsa", keywords=["puppy lead"])
    for ad in result.ads:
        assert sum("Puppy Lead" in text for text in headlines(ad)) >= 3


def test_a_keyword_without_room_is_named(writer):
    keyword = "a lead for puppies and for older dogs"
    (result,) = writer.write(PRODUCTS[2], format="google-rsa", keywords=[keyword], num_ads=1)
    assert any("in 0 headlines" in text for text in result.unfilled)


def test_amazons_highlights_say_what_the_title_has_no_room_for(writer):
    (result,) = writer.write(PRODUCTS[3], format="amazon-title@2026-07-27", num_ads=1)
    (title,), (highlights,) = (result.ads[0].fields[name] for name in ("title", "item_highlights"))
    assert title.startswith("Nordhavn") and "Insulated Stainless Steel Water Bottle" in title
    assert len(title) <= 75
    assert "Dishwasher Safe" in highlights
    assert highlights.split(", ")[0] not in title


def test_what_the_platform_refuses_is_left_out_with_its_rule(writer):
    product = Product(name="dog leash", facts=("great? value!", "Color: red"))
    (result,) = writer.write(product, format="amazon-title", num_ads=1)
    assert any("forbidden-characters" in text for text in result.left_out)
    assert "Red" in result.ads[0].text


def test_a_word_that_amazon_has_read_twice_is_not_said_again(writer):
    facts = ("steel frame", "steel handle", "steel wheels")
    (result,) = writer.write(
        Product(name="hand truck", facts=facts), format="amazon-title", num_ads=1
    )
    assert result.ads[0].text.lower().count("steel") == 2
    assert result.ads[0].fields["item_highlights"] == ("Steel Wheels",)


@pytest.mark.parametrize(
    ("name", "is_said"), [("google-rsa", True), ("merchant-center", False), ("amazon-title", False)]
)
def test_how_far_variants_range_is_said_where_they_are_not_listed_by_themselves(
    writer, name, is_said
):
    told = ("Material: wool", "Color options: 3", "Sizes: S to XL")
    variants = [Variant("r", ("Color: red",)), Variant("b", ("Color: blue",))]
    hat = Product(brand="Acme", name="Hat with Ear Flaps", facts=told, variants=variants)
    (result,) = writer.write(hat, format=name, num_ads=1)
    said = " ".join(text for texts in result.ads[0].fields.values() for text in texts)
    for text in ("3 Colors", "Sizes S to XL"):
        assert (text in said) is is_said
    assert "Wool" in said and result.left_out == ()


def test_a_name_that_has_no_room_is_refused_with_what_it_needs(writer):
    product = Product(brand="Acme", name="Zorbulating Quixotic " * 5 + "Frobnicator")
    (result,) = writer.write(product, format="amazon-title", num_ads=1)
    assert result.error == (
        "amazon-title has 75 characters for the title; brand and name need 121. Give a shorter "
        "name."
    )


@pytest.mark.parametrize(
    ("name", "headline"),
    [
        ("Brewford Gooseneck Electric Kettle", "Gooseneck Electric Kettle"),
        ('Visara 55" 4K QLED Smart TV VX-55Q8', 'Visara 55" 4K QLED Smart TV'),
        ("Screen Protector for Samsung Galaxy S23", "For Samsung Galaxy S23"),
        ("Women's Waterproof Hiking Shoes with Arch Support", "Women's Hiking Shoes"),
    ],
)
def test_headlines_say_what_is_sold(writer, name, headline):
    product = Product(brand=name.split()[0], name=name, facts=("Color: black",))
    product = product if product.brand in ("Brewford", "Visara") else Product(name=name)
    (result,) = writer.write(product, format="google-rsa", num_ads=1)
    assert headline in headlines(result.ads[0])


def test_without_a_headline_that_says_what_is_sold_there_is_no_ad(writer):
    product = Product(brand="Choco", name="Sugar-Free Dark Chocolate Hazelnut Spread")
    (result,) = writer.write(product, format="google-rsa")
    assert "30 characters for a headline" in result.error and "Give a shorter name" in result.error


def test_a_brand_in_the_name_is_the_business(writer):
    product = Product(brand="Brewford", name="Brewford Gooseneck Electric Kettle")
    (result,) = writer.write(product, format="google-pmax", num_ads=1)
    assert result.ads[0].fields["business_name"] == ("Brewford",)


def test_a_word_that_shouts_is_written_small(writer):
    product = Product(brand="Acme", name="garden hose", facts=("WATERPROOF seals",))
    (result,) = writer.write(product, format="google-rsa", num_ads=1)
    assert any("Waterproof Seals" in text for text in headlines(result.ads[0]))


def test_a_business_needs_a_brand(writer):
    (result,) = writer.write(PRODUCTS[2], format="google-pmax")
    assert "'business_name'" in result.error and "Give a brand" in result.error


def test_an_unknown_format_is_refused_before_anything_is_written(writer):
    with pytest.raises(ValueError, match=r"goggle-rsa.*Did you mean google-rsa"):
        writer.write(PRODUCTS, format="goggle-rsa")


def test_common_uses_are_headlines_where_lively_ads_are_wanted(writer):
    product = Product(brand="Acme", name="yoga mat", facts=("6 mm",))
    plain, lively = (
        writer.write(product, format="google-rsa", num_ads=1, liveliness=number)[0].ads[0]
        for number in (0, 1)
    )
    assert not any("Mat for " in text for text in headlines(plain))
    assert any("Mat for " in text for text in headlines(lively))


@pytest.mark.parametrize("product", [PRODUCTS[0], PRODUCTS[1], PRODUCTS[3]])
def test_performance_max_has_a_short_description(writer, product):
    (result,) = writer.write(product, format="google-pmax", num_ads=2)
    assert all(min(map(len, ad.fields["description"])) <= 60 for ad in result.ads)


@pytest.mark.parametrize(
    ("brand", "path"), [("Lumière", "Lumiere"), ("Bjørn's", "Bjorns"), ("Weiß", "Weiss")]
)
def test_addresses_lose_accents_and_no_letters(writer, brand, path):
    product = Product(brand=brand, name="face cream", facts=("50 ml", "fragrance free"))
    (result,) = writer.write(product, format="google-rsa", num_ads=1)
    paths = [*result.ads[0].fields["path1"], *result.ads[0].fields["path2"]]
    assert path in paths
    assert len(set(paths)) == len(paths)
