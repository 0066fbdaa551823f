"""Tables are told from texts, and the column of the ads is found or asked for."""

import pytest

from adgen.corpus import read_ads
from adgen.corpus.columns import find_column, is_header
from adgen.corpus.reading import read_with_report

SHOPIFY = "Handle,Title,Body (HTML),Vendor,Option1 Name,Variant Price,Image Src"
AMAZON = (
    "TemplateType=fptcustom\tVersion=2021.1014\t\t\t\t\n"
    "Produktart\tVerkäufer-SKU\tMarke\tProduktname\tPreis\tFarbe\n"
    "feed_product_type\titem_sku\tbrand_name\titem_name\tstandard_price\tcolor_name\n"
    "mug\tA-1\tAcme\tAcme steel mug\t3\tred\n"
)
EBAY = (
    "\ufeffInfo,Version=1.0.0,Template=fx_category_template_EBAY_US\r\n"
    "*Action(SiteID=US|Country=US|CC=UTF-8),CustomLabel,*Category,*Title,*C:Brand,PicURL\r\n"
    "Add,A1,24541,Acme steel mug,Acme,https://a.b/1.jpg|https://a.b/2.jpg\r\n"
)
META = (
    "# Required | A unique id. Limit: 100,# Required | A title. See https://a.b,# Optional\r\n"
    "id,title,price\r\n0,Acme steel mug,10.00 USD\r\n"
)


@pytest.fixture
def ads_of(tmp_path):
    """Writes a file and returns its ads."""

    def read(content, text_column=None):
        path = tmp_path / "shop.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(read_ads(path, text_column=text_column)["ad"])

    return read


@pytest.mark.parametrize(
    ("content", "text_column", "ads"),
    [
        ("id\tad\n1\tTV\n", None, ["TV"]),
        ("ad;price\nTV;5\n", None, ["TV"]),
        ("ad|price\nTV|5\nMug, big|3\n", None, ["TV", "Mug, big"]),
        ("Item Name,Unit Price (USD)\nMug,3\n", "item name", ["Mug"]),
        ("Item Name,Unit Price (USD)\nMug,3\n", "Item Name", ["Mug"]),
        ("sep=;\nid;ad\n1;TV\n", None, ["TV"]),
        ('"sep=\t"\nid\tad\n1\tTV\n', None, ["TV"]),
        ("sep=^\nid^ad\n1^TV\n", None, ["TV"]),
        ("# exported by a shop\n# on Monday\nid,ad\n1,TV\n", None, ["TV"]),
        ("#exported\nid;ad\n1;TV\n", None, ["TV"]),
        ("#id,ad\n1,TV\n2,Mug\n", None, ["TV", "Mug"]),
        ("# of a shop\nTin mug\nRed cup\n", None, ["Tin mug", "Red cup"]),
        ("# Tin mug\n# Red cup\n", None, ["# Tin mug", "# Red cup"]),
        ("#1 Dad mug\n#2 Mum mug\n", None, ["#1 Dad mug", "#2 Mum mug"]),
        ("id,title\n1,TV\n".encode("utf-16-le"), "title", ["TV"]),
        ("id,ad\n1,телевизор\n".encode("utf-16-be"), None, ["телевизор"]),
        ("id, title, price\n1, TV, 3\n2, Mug, 4\n", "title", ["TV", "Mug"]),
        ("id | title | price\n1 | TV | 3\n2 | Mug | 4\n", "title", ["TV", "Mug"]),
        ("My report\nAll time\nid,title,price\n1,TV,3\n2,Mug,4\n", "title", ["TV", "Mug"]),
        ("\n\n\nid;ad\n\n1;TV\n", None, ["TV"]),
        ("id;ad\n1;Cup; red\n", None, ["Cup; red"]),
        ('"id";"ad"\n"1";"Mug; ""big"""\n"2";"Cup\nred"\n', None, ['Mug; "big"', "Cup red"]),
        ("ad;\nMug;\nCup, red;\n", None, ["Mug", "Cup, red"]),
        ("1,Mug,3\n2,Cup,4\n", "2", ["Mug", "Cup"]),
        ("TV_1\tBlack TV\t3\nTV_2\tBlue TV\t4\n", "2", ["Black TV", "Blue TV"]),
        ("Product Title\nMug\nCup\n", None, ["Mug", "Cup"]),
        ('ad\n"Baby wipes"\n"Refills,2 Count,Baby Category,Tag"\nA, b\n', None,
         ["Baby wipes", "Refills,2 Count,Baby Category,Tag", "A, b"]),
        ("Baby wipes\nRefills,2 Count,Baby Category,Tag\nA, b\nB\n", None, None),
        ("Mug | Acme shop\nCup | Acme shop\nTV | Acme shop\n", None, None),
        ("Mug; steel; 12 oz\nCup; tin; 10 oz\n", None, None),
        ("Mug, steel\nCup, tin\n", None, None),
        ("ad\n手机\n电视\n", None, ["手机", "电视"]),
        (f"{SHOPIFY}\nmug,Steel mug,<p>x</p>,Acme,Size,3,\nmug,,,,,4,\n", "Title", ["Steel mug"]),
        (AMAZON, "item_name", ["Acme steel mug"]),
        (AMAZON, "Produktname", ["Acme steel mug"]),
        (EBAY, "Title", ["Acme steel mug"]),
        (EBAY, "*title", ["Acme steel mug"]),
        (META, "title", ["Acme steel mug"]),
        ("item-name\tlisting-id\tprice\nSteel mug\t01AB\t3\n", "item-name", ["Steel mug"]),
        ("TITLE,DESCRIPTION,PRICE\nSteel mug,\"Two\nlines\",3\n", "title", ["Steel mug"]),
        ("Product ID,Active (0/1),Name *,Tags (x;y;z...)\n1,1,iPod,a;b\n", "name", ["iPod"]),
    ],
)  # fmt: skip
def test_rows_are_cut_where_they_are_a_table(ads_of, content, text_column, ads):
    expected = content.strip().split("\n") if ads is None else ads
    assert ads_of(content, text_column) == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "Item Name,Unit Price (USD)\nMug,3\n",
            r"'Item Name' \(Mug\), 'Unit Price \(USD\)' \(3\).*text_column='Item Name'\.$",
        ),
        (f"{SHOPIFY}\nmug,Steel mug,A long text of it,Acme,Size,3,\n", "text_column='Title'"),
        ("id,description,title\n1,Long words of it,Mug\n", "text_column='title'"),
        ("sku;Bezeichnung;Farbe\n1;Ein Becher;rot\n2;Eine Tasse;blau\n", "'Bezeichnung'"),
        ("id\tprice\n1\t3\n2\t4\n", r"'id' \(1\), 'price' \(3\)\. Name the one with the ads as "),
        ("1,Mug,3\n2,Cup,4\n", r"no header: '2' \(Mug\), '1' \(1\).*text_column='2'"),
        ("1\tMug blue\t3\n2\tCup\t4\n", r"text_column='2', or add a header line 'ad'"),
        ("Mug,blue\nCup,red\n", "'Mug'.*'blue'.*add a header line 'ad'"),
        (AMAZON, r"'Produktname' \(Acme steel mug\)"),
        (EBAY, r"text_column='\*Title'"),
        (META, r"'title' \(Acme steel mug\)"),
    ],
)  # fmt: skip
def test_a_table_without_a_clear_column_is_refused_with_the_likeliest_first(
    ads_of, content, message
):
    with pytest.raises(ValueError, match=message):
        ads_of(content)


@pytest.mark.parametrize(
    ("content", "text_column", "message"),
    [
        ("ad;price\nTV;5\n", "titel", "no column 'titel'.*'ad' .TV."),
        ("title;price\nTV;5\n", "titel", "no column 'titel'.*for example text_column='title'"),
        ("ad\nTV\n", "title", "the one column 'ad'.*Leave out text_column"),
        ("Tin mug\nRed cup\n", "ad", "it has no header, and a text a row. Leave out"),
        ("id,ad\n1,TV\n", "3", "no column '3'"),
        ("Tin mug, 3\nRed cup\n", "2", "no column '2'"),
    ],
)
def test_a_column_that_is_not_there_is_always_an_error(ads_of, content, text_column, message):
    with pytest.raises(ValueError, match=message):
        ads_of(content, text_column)


def test_the_advice_of_a_refusal_works(ads_of):
    assert ads_of("ad\nMug,blue\nCup,red\n") == ["Mug,blue", "Cup,red"]
    assert ads_of("Tin mug\nRed cup\n", "1") == ["Tin mug", "Red cup"]


def test_an_ad_or_price_is_no_header():
    assert is_header(["Handle", "Body (HTML)", "Color (product.metafields.shopify.color-pattern)"])
    assert is_header(["", "ad"])
    assert not is_header(["1", "Steel mug"])
    assert not is_header(["Steel mug", "3.50 USD"])
    assert not is_header(["Steel mug", "https://a.b/c"])
    assert not is_header(["A-1", "Mug"], [["A-2", "Cup"], ["A-3", "TV"]])


def test_a_name_is_preferred_to_a_number():
    assert find_column(["2", "1"], "1") == 1
    assert find_column(["a", "b"], "1") == 0
    assert find_column([None, None], "2") == 1
    assert find_column([None, None], "0") is None
    assert find_column(["Name *", "Meta name"], "name") == 0


def test_lines_are_numbered_as_in_the_file(tmp_path):
    path = tmp_path / "shop.csv"
    path.write_text(f"\n# a shop\nid;ad\n1;Mug\n2;{'x' * 3000}\n")
    report = read_with_report(path)[1]
    assert [one.line for one in report.set_aside] == [5]
