"""Bytes become rows: encodings, marks, delimiters, headers that stand lower, quotes, damage."""

import gzip
import io
import json
import zipfile

import openpyxl
import pyarrow
import pytest
from pyarrow import parquet

from adgen.catalogues.headers import key_of, unguarded

PLAIN = "id,product,color,price\n1,Clay mug,red,5.00\n2,Oak tray,brown,9.50\n"
NAMES = ["Clay mug", "Oak tray"]


def names(catalogue):
    return [product.name for product in catalogue]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "#", "^"])
def test_any_delimiter_cuts(read, delimiter):
    assert names(read(PLAIN.replace(",", delimiter))) == NAMES


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_unicode_in_any_form(read, encoding):
    assert names(read(PLAIN.replace("Clay", "Töpfer").encode(encoding)))[0] == "Töpfer mug"


@pytest.mark.parametrize(
    "before", ["\n\t\ufeff", "\ufeff\ufeff", " \ufeff", "\r\n\ufeff", "\ufeff\n"]
)
def test_a_mark_in_an_odd_place_is_no_part_of_a_name(read, before):
    found = read(before + PLAIN)
    assert names(found) == NAMES
    assert [product.id for product in found] == ["1", "2"]


@pytest.mark.parametrize(
    ("encoding", "header", "name"),
    [
        ("cp932", "商品コード,商品名,カラー", "ヘアバンド 花柄 レディース"),
        ("cp1251", "артикул,название,цвет", "Кружка глиняная ручной работы"),
        ("cp1252", "id,name,farbe", "Gießkanne für den Garten"),
    ],
)
def test_encodings_of_old(read, encoding, header, name):
    (product,) = read(f"{header}\n7,{name},rot\n".encode(encoding, errors="replace"))
    assert product.name == name


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends(read, ends):
    assert names(read(PLAIN.replace("\n", ends))) == NAMES


def test_mixed_line_ends(read):
    assert names(read("id,product\r\n1,Clay mug\n2,Oak tray\r\n")) == NAMES


@pytest.mark.parametrize(
    "above",
    ["Stock report\n\n", "Report,,,\nMade on 2026-01-02,,,\n", "sep=,\n", "# made by a tool\n"],
)
def test_the_header_may_stand_lower(read, above):
    assert names(read(above + PLAIN)) == NAMES


def test_line_breaks_within_quotes_and_doubled_quotes(read):
    text = (
        'id,product,description\n1,"Clay ""big"" mug","<p>One</p>\n\n<p>Two, three</p>"\n2,Tray,x\n'
    )
    found = read(text)
    assert names(found) == ['Clay "big" mug', "Tray"]
    assert found[0].description == "One\nTwo, three"


def test_quotes_as_php_writes_them(read):
    mug = r'1,"Clay \"big\" mug","<p class=\"a\">One,' + '\ntwo</p>"'
    text = f"id,product,description\n{mug}\n2,Tray,x\n"
    found = read(text)
    assert names(found) == ['Clay "big" mug', "Tray"]
    assert found[0].description == "One, two"


def test_a_cut_quoted_cell_is_refused_with_its_line(read):
    with pytest.raises(ValueError, match=r"line 3 opens a quoted cell that never closes"):
        read('id,product,description\n1,Mug,"good"\n2,Tray,"half a des')


def test_a_cut_row_is_flagged(read):
    text = "id,product,color,price\n1,Mug,red,5\n2,Cup,red,5\n3,Tray,bl"
    assert [product.flags for product in read(text)] == [
        (),
        (),
        ("row is cut off: 3 cells, 4 names",),
    ]


def test_too_many_cells_are_flagged(read):
    found = read("id,product,price\n1,Mug,5\n2,Tray, oak, brown,9\n")
    assert found[1].flags == ("cells do not fit the header: 5 cells, 3 names",)
    assert not found[0].flags


def test_inch_marks_cut_nothing(read):
    found = read('id\tproduct\tcolor\n1\t"Pipe" 5" long\tred\n2\t"Half\tblue\n')
    assert [product.facts[0].value for product in found] == ["red", "blue"]


@pytest.mark.parametrize(
    ("cell", "value"),
    [("'-1", "-1"), ("'2", "2"), ("'+49", "+49"), ("'=A1", "=A1"), ("'n' Roll", "'n' Roll")],
)
def test_guards_of_spreadsheets_go(cell, value):
    assert unguarded(cell) == value


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("\ufeffHandle", "handle"),
        ("Body (HTML)", "body"),
        ("Categories (x;y;z...)", "categories"),
        ("*Title", "title"),
        ("g:item_group_id", "itemgroupid"),
        ("item_name[marketplace_id=ATVPD][language_tag=en_US]#1.value", "itemname"),
        ("productOptionName[2]", "productoptionname2"),
        ("Attribute 1 value(s)", "attribute1value"),
        ("ATTRIBUTE 1 VALUE(S)", "attribute1value"),
    ],
)
def test_names_of_columns_however_spelt(label, key):
    assert key_of(label) == key


def test_gzip(read):
    assert names(read(gzip.compress(PLAIN.encode()), "shop.csv.gz")) == NAMES


def test_cut_gzip_is_refused(read):
    with pytest.raises(ValueError, match="damaged, or cut off"):
        read(gzip.compress(PLAIN.encode() * 50)[:60], "shop.csv.gz")


@pytest.mark.parametrize("as_list", [True, False])
def test_json(read, as_list):
    values = [
        {"id": 1, "product": "Clay mug", "attributes": {"color": "red", "parts": ["cup", "lid"]}},
        {"id": 2, "product": "Oak tray", "attributes": ["Color: brown", "handmade"]},
    ]
    text = json.dumps(values) if as_list else "\n".join(map(json.dumps, values))
    found = read(text, "shop.jsonl")
    assert names(found) == NAMES
    assert [str(fact) for fact in found[0].facts] == ["Color: red", "Parts: cup, lid"]
    assert [str(fact) for fact in found[1].facts] == ["Color: brown", "handmade"]


def test_parquet(tmp_path, read):
    table = pyarrow.table({"id": [1, 2], "product": NAMES, "color": ["red", None]})
    parquet.write_table(table, tmp_path / "made.parquet")
    found = read((tmp_path / "made.parquet").read_bytes(), "shop.parquet")
    assert [(one.id, one.name) for one in found] == [("1", "Clay mug"), ("2", "Oak tray")]
    assert found[1].facts == ()


def test_of_a_workbook_the_sheet_with_products_is_read(tmp_path, read):
    book = openpyxl.Workbook()
    book.active.append(["How to fill in this file", "Read the second sheet"])
    sheet = book.create_sheet("Template")
    sheet.append(["Products of spring"])
    sheet.append(["id", "product", "color"])
    sheet.append([129.0, "Clay mug", "red"])
    book.save(tmp_path / "made.xlsx")
    (product,) = read((tmp_path / "made.xlsx").read_bytes(), "shop.xlsx")
    assert (product.id, product.name) == ("129", "Clay mug")


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        (b"", "a.csv", "a.csv is empty"),
        (b"\n \n", "a.csv", "a.csv is empty"),
        ("id,product\n", "a.csv", "no products below them"),
        ("<rss><channel/></rss>", "a.xml", "holds no products"),
        ("[]", "a.json", "holds no products"),
        ("sku;preis\n1;5\n", "a.csv", r"no column of products; .*'sku', 'preis'"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 4, "a.csv", "not text"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "a.xls", "old kind; expected .xlsx"),
        (b"PK\x03\x04 no workbook", "a.xlsx", "is damaged .*; expected an .xlsx .*export it again"),
        (
            b"PAR1 no parquet",
            "a.parquet",
            "is damaged .*; expected a Parquet file.*export it again",
        ),
        ('[{"product": "Mug"}', "a.json", "cut off"),
        ('["Mug"]', "a.json", "no object"),
        ("<!DOCTYPE html><html></html>", "a.xml", "web page"),
        ("<html><p>x</p></html>", "a.xml", "web page"),
        ("Campaign,Ad group,Headline 1,Title\na,b,c,d\n", "a.csv", "file of ads"),
    ],
)
def test_what_is_no_catalogue_is_refused_in_one_line(read, text, name, message):
    with pytest.raises(ValueError, match=message) as refused:
        read(text, name)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda sheet: sheet[: len(sheet) // 2], r"a.xlsx is damaged \(.*line 1, column"),
        (lambda sheet: sheet.replace(b"<v>7</v>", b"<v>seven</v>"), "'seven'"),
        (
            lambda sheet: sheet.replace(b"<v>7</v>", b"<v>%s</v>" % (b"9" * 5_000)),
            "a cell holds a number of thousands of digits",
        ),
    ],
)
def test_a_workbook_that_is_damaged_far_below_its_header(read, damage, message):
    book = openpyxl.Workbook()
    for cells in (["id", "product"], *([5, "Mug"] for _ in range(300)), [7, "Cup"]):
        book.active.append(cells)
    whole, damaged = io.BytesIO(), io.BytesIO()
    book.save(whole)
    with zipfile.ZipFile(whole) as parts, zipfile.ZipFile(damaged, "w") as copy:
        for name in parts.namelist():
            data = parts.read(name)
            copy.writestr(name, damage(data) if name.endswith("sheet1.xml") else data)
    assert len(read(whole.getvalue(), "a.xlsx")) == 301
    with pytest.raises(ValueError, match=message) as refused:
        read(damaged.getvalue(), "a.xlsx")
    assert "expected an .xlsx workbook. Save or export it again" in str(refused.value)
    assert "int string" not in str(refused.value)
