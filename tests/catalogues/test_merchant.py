"""Feeds of Google Merchant Center in XML and as tables, and catalogues of Meta."""

import pytest
from made_catalogues import facts

ITEMS = """
    <{item}><g:id>H-R</g:id><g:title>Fjell Wool Hat - Red</g:title>
      <g:description><![CDATA[<p>Soft &amp; warm</p>]]></g:description>
      <g:link>https://x.example/h?c=r</g:link><g:image_link>https://x.example/h.jpg</g:image_link>
      <g:price>15.00 GBP</g:price><g:brand>Fjell</g:brand><g:item_group_id>H</g:item_group_id>
      <g:color>Red</g:color><g:material>wool</g:material><g:gtin>4006381333931</g:gtin>
      <g:google_product_category>276</g:google_product_category>
      <g:product_type>Home &gt; Clothing &gt; Hats</g:product_type>
      <g:shipping><g:country>GB</g:country><g:price>2.00 GBP</g:price></g:shipping>
      <g:product_detail><g:section_name>General</g:section_name>
        <g:attribute_name>Ratio</g:attribute_name><g:attribute_value>16:9</g:attribute_value>
      </g:product_detail>
      <g:product_highlight>Made in Norway</g:product_highlight>
      <g:product_highlight>Free shipping on all hats</g:product_highlight>
    </{item}>
    <{item}><g:id>H-B</g:id><g:title>Fjell Wool Hat - Blue</g:title><g:condition>new</g:condition>
      <g:link>https://x.example/h?c=b</g:link><g:brand>Fjell</g:brand>
      <g:item_group_id>H</g:item_group_id><g:color>Blue</g:color><g:material>wool</g:material>
    </{item}>
    <{item}><g:id>K</g:id><g:title>Kettle</g:title><g:brand>OEM</g:brand>
      <g:condition>used</g:condition><g:additional_image_link>https://x.example/1.jpg
      </g:additional_image_link></{item}>
"""
RSS = (
    '<?xml version="1.0"?><rss version="2.0"{ns}><channel><title>Shop</title>'
    "{items}</channel></rss>"
)
ATOM = (
    '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"{ns}><title>x</title>'
    "{items}</feed>"
)
NS = ' xmlns:g="http://base.google.com/ns/1.0"'


def check(found):
    assert found.format == "google_merchant"
    hat, kettle = found
    assert (hat.id, hat.name, hat.brand) == ("H", "Fjell Wool Hat", "Fjell")
    assert (hat.category, hat.description) == ("Clothing > Hats", "Soft & warm")
    assert facts(hat) == ["Ratio: 16:9", "Made in Norway", "Material: wool", "Color options: 2"]
    assert [(one.id, facts(one), one.url) for one in hat.variants] == [
        ("H-R", ["Color: Red"], "https://x.example/h?c=r"),
        ("H-B", ["Color: Blue"], "https://x.example/h?c=b"),
    ]
    assert (kettle.id, kettle.brand, facts(kettle)) == ("K", "", ["Condition: used"])


@pytest.mark.parametrize("before", ["", "\ufeff", "\n "])
@pytest.mark.parametrize("ns", [NS, "", ' xmlns:g="http://other.example/ns"'])
@pytest.mark.parametrize(("feed", "item"), [(RSS, "item"), (ATOM, "entry")])
def test_feeds_with_and_without_the_namespace(read, feed, item, ns, before):
    items = ITEMS.replace("{item}", item)
    check(read(before + feed.replace("{items}", items).replace("{ns}", ns), "feed.xml"))


def test_a_feed_without_prefixes(read):
    items = ITEMS.replace("{item}", "item").replace("g:", "")
    check(read(RSS.replace("{items}", items).replace("{ns}", ""), "feed.xml"))


def test_names_of_atom_itself(read):
    entry = (
        "<entry><id>1</id><title>Mug</title><summary>Red <b>clay</b> mug</summary>"
        '<link rel="self" href="https://x.example/feed"/><link href="https://x.example/1"/>'
        "<g:title>Clay Mug</g:title><g:availability>in stock</g:availability></entry>"
    )
    (mug,) = read(ATOM.replace("{items}", entry).replace("{ns}", NS), "feed.xml")
    assert (mug.name, mug.url) == ("Clay Mug", "https://x.example/1")
    assert mug.description.split() == ["Red", "clay", "mug"]


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_feed_cut_in_half_is_refused_with_its_line(read, share):
    text = RSS.replace("{items}", ITEMS.replace("{item}", "item") * 5).replace("{ns}", NS)
    with pytest.raises(ValueError, match=r"feed.xml: line \d+ is no XML") as refused:
        read(text[: int(len(text) * share)], "feed.xml")
    assert "\n" not in str(refused.value)


def test_entities_of_its_own_are_refused(read):
    bomb = '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    text = RSS.replace("{items}", "<item><g:title>&b;</g:title></item>").replace("{ns}", NS)
    with pytest.raises(ValueError, match="has a DOCTYPE"):
        read(text.replace("?><rss", f"?>{bomb}<rss"), "feed.xml")


def test_other_encodings_of_xml(read):
    text = RSS.replace('"1.0"?>', '"1.0" encoding="windows-1251"?>').replace("{ns}", NS)
    item = (
        "<item><g:id>1</g:id><g:title>Кружка</g:title><g:link>u</g:link><g:price>5</g:price></item>"
    )
    (mug,) = read(text.replace("{items}", item).encode("cp1251"), "feed.xml")
    assert mug.name == "Кружка"


@pytest.mark.parametrize("spell", [str, lambda name: name.replace("_", " "), str.upper])
def test_a_table_of_googles_names(read, spell):
    names = ["id", "title", "description", "link", "image_link", "availability", "price", "brand",
             "item_group_id", "color", "size", "product_detail", "product_highlight"]  # fmt: skip
    rows = [
        ["A-S", "Tee", "x", "https://x.example/s", "i", "in_stock", "15.00 GBP", "Fjell", "A",
         "red", "S", "General:Neck:crew,General:Sleeve:short", '"Soft","Made in Norway, by hand"'],
        ["A-M", "Tee", "x", "https://x.example/m", "i", "true", "15.00 GBP", "Fjell", "A", "red",
         "M", "", ""],
    ]  # fmt: skip
    found = read("\n".join("\t".join(row) for row in [list(map(spell, names)), *rows]), "feed.txt")
    assert found.format == "google_merchant"
    (tee,) = found
    assert (tee.id, tee.name) == ("A", "Tee")
    assert facts(tee) == [
        "Neck: crew",
        "Sleeve: short",
        "Soft",
        "Made in Norway, by hand",
        "Color: red",
        "Sizes: S and M",
    ]
    assert [facts(one) for one in tee.variants] == [["Size: S"], ["Size: M"]]


def test_ids_that_are_not_unique_are_flagged_and_not_merged(read):
    text = "id\ttitle\tlink\tprice\tavailability\n1\tMug\tu\t5\tin stock\n1\tTray\tu\t5\tin stock\n"
    found = read(text, "feed.tsv")
    assert [one.name for one in found] == ["Mug", "Tray"]
    assert all(one.flags == ("id not unique: 2 products have '1'",) for one in found)


def test_an_item_of_a_group_whose_title_denies_its_colour_is_flagged(read):
    header = "id\ttitle\tlink\tprice\tavailability\titem_group_id\tcolor\n"
    rows = "1\tTee green\tu\t5\tin stock\tT\tred\n2\tTee blue\tu\t5\tin stock\tT\tblue\n"
    (tee,) = read(header + rows, "feed.tsv")
    assert tee.name == "Tee"
    assert tee.flags == ("another colour in the title: 'Tee green', Color is 'red'",)


def test_metas_template_with_its_row_of_comments(read):
    text = (
        "\ufeff# Required | A unique content ID,# Required | A title,# Required | Text, "
        "with a comma,# Optional | x,# Optional | x,# Optional | x\r\n"
        "id,title,description,availability,fb_product_category,gtin\r\n"
        "7,Clay Mug,Holds tea.,in stock,Home > Mugs,8.80609E+12\r\n"
    )
    found = read(text)
    assert (found.format, found.about) == ("meta", "cut at ',', names in row 2")
    (mug,) = found
    assert (mug.id, mug.name, mug.category, mug.facts) == ("7", "Clay Mug", "Mugs", ())
    assert mug.flags == ("number damaged by a spreadsheet: 8.80609E+12 in gtin",)


def test_a_structured_title_is_read_without_its_mark(read):
    header = "id\tstructured_title\tlink\tprice\timage_link\n"
    (mug,) = read(header + '1\ttrained_algorithmic_media:"Clay Mug"\tu\t5\ti\n', "feed.tsv")
    assert mug.name == "Clay Mug"
