import csv
import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from adgen import read_products
from adgen.bulk.row_lines import SUFFIXES, RowLines
from adgen.bulk.rows import FAILED, OK, SKIPPED, JudgedAd, Row, about_product
from adgen.cli import export_ads as command
from adgen.cli.main import main
from adgen.exports.files import export_ads
from adgen.exports.records import Choices
from adgen.exports.targets import TARGETS
from adgen.products.product import Product, Variant

SEARCH = {
    "headline": ("Acme Yoga Mat", "6mm Thick", "Shop Acme", "Non-Slip Yoga Mat"),
    "description": ("Acme Yoga Mat, 6mm Thick.", "Discover the Acme Yoga Mat: Non-Slip."),
    "path1": ("Yoga-Mat",),
}
LISTING = {
    "title": ('Acme 24" Yoga Mat & Strap',),
    "description": ("Acme Yoga Mat: 6mm Thick.",),
    "short_title": ("Acme Yoga Mat",),
}
ON_AMAZON = {"title": ("Acme Yoga Mat",), "item_highlights": ("6mm Thick, Non-Slip",)}
MAT = Product(
    id="m1",
    brand="Acme",
    name="yoga mat",
    url="https://shop.example/m1",
    variants=(
        Variant("m1-r", {"Color": "Red"}),
        Variant("m1-b", {"Color": "Blue"}, "https://shop.example/m1-b"),
    ),
)
MUG = Product(id="=m2", brand="", name="mug")


def row(number, product, *fields, status=OK, findings=()):
    ads = [JudgedAd("text", -1.0, one, findings) for one in fields]
    return Row(number, product.id, status, tuple(ads), product=about_product(product))


def written(path, *rows):
    lines = RowLines(path.suffix)
    path.write_bytes(lines.header + b"".join(map(lines.data, rows)))
    return path


def table(path, delimiter=","):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def exported(tmp_path, to, *rows, suffix=None, **given):
    source = written(tmp_path / "ads.jsonl", *rows)
    target = TARGETS[to]
    path = tmp_path / f"export{suffix or target.suffixes[0]}"
    path.unlink(missing_ok=True)
    return path, export_ads(source, path, target, **given)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_ads_editor_gets_its_columns_whatever_the_ads_were_stored_in(tmp_path, suffix):
    source = written(tmp_path / f"ads{suffix}", row(1, MAT, SEARCH), row(2, MUG, status=SKIPPED))
    path = tmp_path / "editor.csv"
    export_ads(source, path, TARGETS["google-ads-editor"])
    (header, cells) = table(path)
    record = dict(zip(header, cells, strict=True))
    assert record["Ad type"] == "Responsive search ad"
    assert record["Headline 1"] == "Acme Yoga Mat" and record["Headline 15"] == ""
    assert record["Ad group"] == "Acme yoga mat (m1)"
    assert (record["Path 1"], record["Path 2"], record["Status"]) == ("Yoga-Mat", "", "Paused")


def test_googles_own_message_takes_the_texts(tmp_path):
    types = pytest.importorskip("google.ads.googleads.v26.common.types")
    path, _ = exported(tmp_path, "google-ads-editor", row(1, MAT, SEARCH))
    header, cells = table(path)
    headlines = [text for name, text in zip(header, cells, strict=True) if "Headline" in name]
    assets = [types.AdTextAsset(text=text) for text in headlines if text]
    info = types.ResponsiveSearchAdInfo(headlines=assets)
    assert [asset.text for asset in info.headlines] == list(SEARCH["headline"])


def test_microsofts_own_reader_reads_the_bulk_file(tmp_path):
    bulk = pytest.importorskip("bingads.v13.bulk")
    path, _ = exported(
        tmp_path, "microsoft-bulk", row(1, MAT, SEARCH), choices=Choices("Spring", "enabled")
    )
    assert path.read_bytes().startswith(b"\xef\xbb\xbfType,") and b"\r\n" in path.read_bytes()
    reader = bulk.BulkFileReader(
        file_path=str(path), result_file_type=bulk.ResultFileType.full_download, file_type="Csv"
    )
    with reader:
        (entity,) = [one for one in reader if isinstance(one, bulk.BulkResponsiveSearchAd)]
    ad = entity.responsive_search_ad
    assert (entity.campaign_name, entity.ad_group_name) == ("Spring", "Acme yoga mat (m1)")
    assert [link.Asset.Text for link in ad.Headlines.AssetLink] == list(SEARCH["headline"])
    assert [link.Asset.Text for link in ad.Descriptions.AssetLink] == list(SEARCH["description"])
    assert (ad.Status, ad.Path1, list(ad.FinalUrls.string)) == ("Active", "Yoga-Mat", [MAT.url])


def test_a_feed_marks_what_a_model_wrote_and_has_each_variant(tmp_path):
    path, found = exported(tmp_path, "merchant-feed", row(1, MAT, LISTING))
    google = "{http://base.google.com/ns/1.0}"
    items = ET.parse(path).getroot().findall("channel/item")
    assert [item.findtext(f"{google}id") for item in items] == ["m1-r", "m1-b"]
    title = items[0].find(f"{google}structured_title")
    assert title.findtext(f"{google}digital_source_type") == "trained_algorithmic_media"
    assert title.findtext(f"{google}content") == 'Acme 24" Yoga Mat & Strap, Red'
    assert items[0].find(f"{google}title") is None
    assert (found.num_products, found.num_records) == (1, 2)


HIGHLIGHTS = ("6mm Thick", 'Fits 24" Bags, Rolled', "Non-Slip & Soft")


def test_highlights_are_elements_of_a_feed_and_a_list_in_a_cell(tmp_path):
    ads = {**LISTING, "highlight": HIGHLIGHTS}
    rows = (
        row(1, MAT, ads),
        row(2, replace(MUG, id="m2"), {**LISTING, "highlight": HIGHLIGHTS[:1]}),
    )
    path, _ = exported(tmp_path, "merchant-feed", *rows)
    name = "{http://base.google.com/ns/1.0}product_highlight"
    found = [
        [one.text for one in item.iter(name)] for item in ET.parse(path).getroot().iter("item")
    ]
    assert found == [list(HIGHLIGHTS), list(HIGHLIGHTS), []]  # of fewer than two Google takes none
    path, _ = exported(tmp_path, "merchant-feed", *rows, suffix=".tsv")
    header, red, _, mug = table(path, "\t")
    assert header[-1] == "product_highlight" and mug[-1] == ""
    assert red[-1] == '"6mm Thick","Fits 24"" Bags, Rolled","Non-Slip & Soft"'
    # Ours reads both as Google does.
    for suffix in (".xml", ".tsv"):
        path, _ = exported(tmp_path, "merchant-feed", row(1, MUG, ads), suffix=suffix)
        (again,) = read_products(path, format="google_merchant")
        assert [str(fact) for fact in again.facts] == list(HIGHLIGHTS)


def test_without_highlights_there_is_no_column_of_them(tmp_path):
    path, _ = exported(tmp_path, "merchant-feed", row(1, MUG, LISTING), suffix=".tsv")
    assert "product_highlight" not in table(path, "\t")[0]


def test_merchant_centers_own_message_takes_the_title(tmp_path):
    merchant = pytest.importorskip("google.shopping.merchant_products_v1")
    path, _ = exported(tmp_path, "merchant-feed", row(1, MAT, LISTING))
    item = ET.parse(path).getroot().find("channel/item")
    google = "{http://base.google.com/ns/1.0}"
    title = item.find(f"{google}structured_title")
    source = title.findtext(f"{google}digital_source_type").upper()
    made = merchant.ProductAttributes(
        structured_title={
            "digital_source_type": source,
            "content": title.findtext(f"{google}content"),
        }
    )
    assert made.structured_title.digital_source_type.name == "TRAINED_ALGORITHMIC_MEDIA"


def test_in_a_text_feed_the_mark_stands_before_quoted_words(tmp_path):
    path, _ = exported(tmp_path, "merchant-feed", row(1, MUG, LISTING), suffix=".tsv")
    header, cells = table(path, "\t")
    assert header == ["id", "structured_title", "structured_description", "short_title"]
    assert cells[1] == 'trained_algorithmic_media:"Acme 24"" Yoga Mat & Strap"'


def test_amazon_gets_its_three_rows_and_only_what_changes(tmp_path):
    path, _ = exported(tmp_path, "amazon", row(1, MAT, ON_AMAZON))
    first, _, header, *rows = table(path, "\t")
    assert first[0] == "TemplateType=fptcustom"
    assert header == ["item_sku", "update_delete", "item_name", "title_differentiation"]
    assert rows[0] == ["m1-r", "PartialUpdate", "Acme Yoga Mat, Red", "6mm Thick, Non-Slip"]


def test_shops_get_titles_and_descriptions_by_their_own_keys(tmp_path):
    path, _ = exported(tmp_path, "shopify", row(1, MAT, LISTING))
    assert table(path)[0] == ["Handle", "Title"]
    wished = Choices(descriptions=True)
    path, _ = exported(tmp_path, "shopify", row(1, MAT, LISTING), choices=wished)
    assert table(path)[1][2] == "<p>Acme Yoga Mat: 6mm Thick.</p>"
    path, _ = exported(tmp_path, "shopify", row(1, MAT, ON_AMAZON))
    assert table(path) == [["Handle", "Title"], ["m1", "Acme Yoga Mat"]]
    path, _ = exported(
        tmp_path, "woocommerce", row(1, MAT, ON_AMAZON), choices=Choices(key_column="ID")
    )
    assert table(path) == [["ID", "Name"], ["m1", "Acme Yoga Mat"]]


def test_what_a_platform_reads_is_not_guarded_and_what_a_spreadsheet_opens_is(tmp_path):
    path, _ = exported(tmp_path, "meta", row(1, MUG, LISTING))
    assert table(path)[1][0] == "=m2"
    stored = written(tmp_path / "ads.csv", row(1, MUG, LISTING))
    assert table(stored)[1][1] == "'=m2"
    assert next(RowLines(".csv").read(stored)).id == "=m2"


def test_an_ad_that_breaks_a_rule_or_may_not_be_used_is_left_out(tmp_path):
    shouting = {**SEARCH, "headline": ("BUY YOGA MATS NOW", *SEARCH["headline"])}
    refused = ({"severity": "error"},)
    rows = (row(1, MAT, SEARCH), row(2, MUG, shouting), row(3, MUG, SEARCH, findings=refused))
    path, found = exported(tmp_path, "google-ads-editor", *rows)
    assert len(table(path)) == 2
    assert sum(found.left_out.values()) == 2


def test_headlines_alone_are_no_title_of_a_catalogue(tmp_path):
    with pytest.raises(ValueError, match="there is no title"):
        exported(tmp_path, "meta", row(1, MAT, SEARCH))


def test_of_ads_with_more_texts_a_tool_gets_what_it_takes(tmp_path):
    descriptions = tuple(f"Acme Yoga Mat, {number} of its kind." for number in range(5))
    more = {**SEARCH, "description": descriptions, "long_headline": ("Acme Yoga Mat",)}
    path, _ = exported(tmp_path, "google-ads-editor", row(1, MAT, more))
    assert [text for text in table(path)[1] if "of its kind" in text] == list(descriptions[:4])


def test_a_product_without_a_page_needs_a_template(tmp_path):
    rows = row(1, MUG, SEARCH)
    with pytest.raises(ValueError, match=r"no Final URL\. Give url_template"):
        exported(tmp_path, "google-ads-editor", rows)
    path, _ = exported(
        tmp_path, "google-ads-editor", rows, url_template="https://shop.example/{id}"
    )
    assert "https://shop.example/%3Dm2" in table(path)[1]


@pytest.mark.parametrize("to", TARGETS)
def test_ads_of_another_format_are_refused_with_the_one_that_is_needed(tmp_path, to):
    other = {"poll_option": ("Which mat?",)}
    with pytest.raises(ValueError, match=f"--format {TARGETS[to].format}"):
        exported(tmp_path, to, row(1, MAT, other))
    assert [path.name for path in tmp_path.iterdir()] == ["ads.jsonl"]


def test_a_file_without_ads_is_refused(tmp_path):
    with pytest.raises(ValueError, match="they failed in adgen bulk"):
        exported(tmp_path, "meta", row(1, MUG, status=FAILED))


def test_the_command_offers_every_target():
    assert set(command._TARGETS) == set(TARGETS)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--to", "shopify", "x.csv", "--campaign", "a"], "--campaign is for"),
        (["--to", "meta", "x.tsv"], "expected what meta takes, .csv"),
        (["--to", "meta", "ads.jsonl.csv", "--url-template", "https://x"], "--url-template is"),
        (["--to", "meta", "ads.jsonl"], "takes, .csv"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(tmp_path, monkeypatch, capsys, words, message):
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "ads.jsonl", row(1, MAT, LISTING))
    assert main(["export-ads", "ads.jsonl", *words]) == 2
    error = capsys.readouterr().err.strip()
    assert message in error and "\n" not in error
    assert len(list(tmp_path.iterdir())) == 1


def test_reasons_that_differ_in_a_product_s_own_words_are_one(tmp_path):
    shouting = [{**SEARCH, "headline": (f"BUY {word} NOW",) * 3} for word in ("MATS", "RUGS")]
    rows = [row(n, replace(MAT, id=f"s{n}"), ads) for n, ads in enumerate(shouting, 1)]
    _, found = exported(tmp_path, "google-ads-editor", *rows, row(3, MAT, SEARCH))
    assert list(found.left_out.values()) == [2]
    assert next(iter(found.left_out)).startswith("... shouts; write it in lower case")


def test_the_command_says_what_it_wrote_and_left_out(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    rows = row(1, MAT, SEARCH), row(2, MUG, SEARCH), row(3, MUG, status=SKIPPED)
    written(tmp_path / "ads.jsonl", *rows)
    assert main(["export-ads", "ads.jsonl", "--to", "google-ads-editor", "e.csv"]) == 1
    found = capsys.readouterr()
    assert found.out == "1 products, 1 records to e.csv\n"
    assert "Left out: 1 products: there is no Final URL\n" in found.err
    assert "Left out: 1 products: their catalogue flags them\n" in found.err
    assert json.loads((tmp_path / "ads.jsonl").read_text().splitlines()[0])["id"] == "m1"


def test_what_tells_a_variant_apart_does_not_make_its_title_too_long(tmp_path):
    title = "Acme Yoga Mat of Natural Rubber, 72 x 24 Inch, 6mm Thick, Non-Slip Bottom"
    path, _ = exported(tmp_path, "amazon", row(1, MAT, {"title": (title,)}))
    assert [cells[2] for cells in table(path, "\t")[3:]] == [title, title]


def test_what_has_no_room_in_a_title_begins_the_highlights_where_it_has_room_there(tmp_path):
    title = "Acme Yoga Mat of Natural Rubber, 72 x 24 Inch, 6mm Thick, Non-Slip Bottom"
    red, green = (variant.facts[0].value for variant in MAT.variants)
    for highlights, expected in (
        ("Washable", [f"{red}, Washable", f"{green}, Washable"]),
        ("w" * 125, ["w" * 125] * 2),
    ):
        ad = {"title": (title,), "item_highlights": (highlights,)}
        path, _ = exported(tmp_path, "amazon", row(1, MAT, ad))
        assert [cells[3] for cells in table(path, "\t")[3:]] == expected


def test_a_size_is_not_said_by_a_word_that_holds_its_letter(tmp_path):
    sizes = [Variant(id=f"v{size}", facts=(f"Size: {size}",)) for size in ("S", "M", "XL")]
    shirt = Product(id="s1", brand="Acme", name="Shirt", variants=tuple(sizes))
    path, _ = exported(tmp_path, "amazon", row(1, shirt, {"title": ("Acme Shirt, XL Fit",)}))
    titles = [cells[2] for cells in table(path, "\t")[3:]]
    assert titles == ["Acme Shirt, XL Fit, S", "Acme Shirt, XL Fit, M", "Acme Shirt, XL Fit"]
