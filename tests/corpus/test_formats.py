"""Files of every kind are found and read alike, and what is not read is said."""

import csv
import gzip
import io
import json
import tracemalloc
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adgen.corpus import category_of, read_ads
from adgen.corpus.formats import find_files, stem_of, suffix_of
from adgen.corpus.reading import read_with_report

COLUMNS = {"id": ["1", "2"], "title": ['Mug; 5" | blue, big', "Cup\tred"], "price": ["3.50", "4"]}
TITLES = ['Mug; 5" | blue, big', "Cup red"]


def delimited(table, delimiter, encoding="utf-8"):
    """Returns a table as the csv module writes it."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    return buffer.getvalue().encode(encoding)


def as_bytes(table, suffix):
    """Returns a table as a file with this suffix."""
    frame = pd.DataFrame(table)
    records = frame.to_dict(orient="records")
    buffer = io.BytesIO()
    if suffix == ".parquet":
        frame.to_parquet(buffer)
    elif suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in [list(table), *frame.to_numpy().tolist()]:
            book.active.append(row)
        book.save(buffer)
    elif suffix == ".jsonl":
        return "".join(json.dumps(record) + "\n" for record in records).encode()
    elif suffix == ".json":
        return json.dumps(records, indent=1).encode()
    else:
        return delimited(table, "\t" if suffix == ".tsv" else ",")
    return buffer.getvalue()


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    "suffix", [".csv", ".tsv", ".txt", ".jsonl", ".json", ".parquet", ".xlsx", ".CSV", ".JsonL"]
)
def test_a_table_is_the_same_in_every_format(tmp_path, suffix, packed):
    content = as_bytes(COLUMNS, suffix.lower())
    path = tmp_path / f"ads{suffix}{'.gz' if packed else ''}"
    path.write_bytes(gzip.compress(content) if packed else content)
    assert list(read_ads(path, text_column="title")["ad"]) == TITLES
    assert list(read_ads(path, text_column="2")["ad"]) == TITLES
    with pytest.raises(ValueError, match=r"no column 'ad'.*for example text_column='title'"):
        read_ads(path)
    with pytest.raises(ValueError, match=r"no column 'heading'.*'title' \(Mug"):
        read_ads(path, text_column="heading")


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".txt", ".jsonl", ".json", ".parquet", ".xlsx"])
def test_the_column_ad_and_an_only_column_need_no_name(tmp_path, suffix):
    path = tmp_path / f"ads{suffix}"
    path.write_bytes(as_bytes({"id": ["1", "2"], "ad": ["Mug", "Cup"]}, suffix))
    assert list(read_ads(path)["ad"]) == ["Mug", "Cup"]
    path.write_bytes(as_bytes({"headline": ["Mug", "Cup"]}, suffix))
    assert list(read_ads(path)["ad"]) == ["Mug", "Cup"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@given(
    texts=st.lists(
        st.text("abc é;,|\t\"'\n#日", min_size=1, max_size=12).map(lambda text: f"Mug {text} x"),
        min_size=1,
        max_size=6,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
def test_what_the_csv_module_writes_is_read_back(tmp_path, delimiter, encoding, texts):
    path = tmp_path / "shop.csv"
    table = {"sku": [f"A{n}" for n in range(len(texts))], "Product Title": texts}
    path.write_bytes(delimited(table, delimiter, encoding))
    read, report = read_with_report(path, text_column="product title")
    assert report.dropped["wrong_columns"] == 0 and report.num_rows == len(texts)
    assert list(read["ad"]) == list(dict.fromkeys(" ".join(text.split()) for text in texts))


@pytest.mark.parametrize(
    ("content", "ads"),
    [
        ('{"ad": "Mug"}\n\n{"ad": "Cup", "more": 1}', ["Mug", "Cup"]),
        ('["Mug",\n"Cup"]', ["Mug", "Cup"]),
        ('"Mug"\n"Cup"\n', ["Mug", "Cup"]),
        ('{"products": [{"ad": "Mug"}, {"ad": "Cup"}], "page": 1}', ["Mug", "Cup"]),
        ('[{"ad": "Mug"}, {"ad": null}, {}, {"ad": 5}]', ["Mug", "5"]),
        ('{"ad": "half \\ud83d of a sign"}', ["half \ufffd of a sign"]),
        ("\ufeff[]", None),
        ("", None),
    ],
)
def test_json_is_read_in_its_usual_shapes(tmp_path, content, ads):
    for suffix in (".json", ".jsonl"):
        path = tmp_path / f"ads{suffix}"
        path.write_text(content)
        if ads is None:
            with pytest.raises(ValueError, match="No ads in"):
                read_ads(path)
        else:
            assert list(read_ads(path)["ad"]) == ads


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", b'{"ad": "Mug"}\n{"ad": "Cu', "line 2 holds no JSON"),
        ("a.jsonl", b'{"ad": "Mug"}\n"Cup"\n', "line 2 holds a text. Expected an object"),
        ("a.json", b'[{"ad": "Mug"},', "cut off"),
        ("a.json", b"[[1, 2]]", "holds a list; expected objects"),
        ("a.json", b"[" * 100_000, "holds no JSON"),
        ("a.json", b'{"ad": {"0": "Mug", "1": "Cup"}}', "one column after the other"),
        ("a.json", b'{"ad": "caf\xe9"}', "not UTF-8"),
        ("a.parquet", b"PAR1 and nothing", "is damaged .*; expected a Parquet file"),
        ("a.xlsx", b"PK\x03\x04 and nothing", "is damaged .*; expected an .xlsx workbook"),
        ("a.csv.gz", gzip.compress(b"ad\nMug\nCup\n", mtime=0)[:-9], "is damaged"),
        ("a.csv.gz", b"ad\nMug\n", "is damaged"),
        ("a.html", b"<p>Mug</p>", "a web page. Give a file of its texts"),
        ("a.XML", b"<rss/>", "Export the products as CSV"),
        ("a.xls", b"\xd0\xcf\x11", "Save the table as CSV or .xlsx"),
        ("a.zip", b"PK\x03\x04", "an archive. Unpack it"),
    ],
)
def test_what_is_damaged_or_of_another_kind_is_named(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_ads(tmp_path / name)


def test_a_workbook_is_read_from_its_first_filled_sheet_and_the_others_are_named(tmp_path):
    book = openpyxl.Workbook()
    for name, rows in {
        "ads": [["Spring sale"], [], ["id", "ad", "since"], [1, "Mug", None], [2, 'TV 5"', 7]],
        "prices": [["price"], [3]],
    }.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "shop.xlsx")
    ads, report = read_with_report(tmp_path / "shop.xlsx")
    assert list(ads["ad"]) == ["Mug", 'TV 5"']
    assert report.unread_files == ["shop.xlsx, sheet 'prices'"]


def test_what_a_folder_holds_beside_ads_is_counted_or_named(tmp_path):
    for name in (
        "pets/cats.csv",
        "TOYS.TSV.GZ",
        ".hidden.csv",
        ".ipynb_checkpoints/cats-checkpoint.csv",
        "__MACOSX/pets/cats.csv",
        "pets/._cats.csv",
        "README.txt",
        "settings.json",
        "notes.pdf",
        "source.json",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        content = f"ad\nan ad of {name}\n".encode()
        path.write_bytes(gzip.compress(content) if name.endswith("GZ") else content)
    ads, report = read_with_report(tmp_path)
    assert list(ads["ad"]) == ["an ad of TOYS.TSV.GZ", "an ad of pets/cats.csv"]
    assert (report.num_files, report.num_hidden_files) == (2, 4)
    assert report.unread_files == ["README.txt", "notes.pdf", "settings.json"]
    assert report.left_out() == (
        "Not read: 4 hidden files; README.txt, notes.pdf, settings.json, whose kind is not read."
    )


def test_texts_and_json_of_a_folder_are_read_where_it_holds_nothing_else(tmp_path):
    (tmp_path / "a.txt").write_text("Tin mug\nRed cup\n")
    (tmp_path / "b.json").write_text('["Oak lamp"]')
    assert list(read_ads(tmp_path)["ad"]) == ["Tin mug", "Red cup", "Oak lamp"]
    assert [path.name for path in find_files(tmp_path).paths] == ["a.txt", "b.json"]


def test_a_folder_of_other_files_says_which(tmp_path):
    (tmp_path / "a.pdf").touch()
    (tmp_path / "b.PDF").touch()
    with pytest.raises(ValueError, match=r"No file of ads.*There are 2 of \.pdf"):
        read_ads(tmp_path)


def test_every_file_of_a_folder_must_have_the_column_that_was_given(tmp_path):
    (tmp_path / "a.csv").write_text("title,price\nMug,3\n")
    (tmp_path / "b.csv").write_text("name,price\nCup,3\n")
    with pytest.raises(ValueError, match=r"b\.csv has no column 'title'"):
        read_ads(tmp_path, text_column="title")


def test_suffixes_count_without_case_and_packing():
    assert [suffix_of(Path(name)) for name in ("a.CSV", "b.json.GZ", "c", "d.gz")] == [
        ".csv",
        ".json",
        "",
        "",
    ]
    assert stem_of(Path("pets/cats.csv.gz")) == "cats"
    assert category_of("pets/amazon_pets_cats.csv.gz") == ("pets", "cats")


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".tsv", ".jsonl", ".json"])
def test_a_large_file_is_not_held_in_memory(tmp_path, suffix):
    texts = [f"{'mug ' * 20}{number}" for number in range(100)] * 400
    if suffix.startswith(".csv"):
        content = "".join(f"{text}\n" for text in ["ad", *texts])
    elif suffix == ".tsv":
        content = "".join(f"{text}\tx\n" for text in ["ad", *texts])
    else:
        between = "\n" if suffix == ".jsonl" else ","
        content = between.join(json.dumps({"ad": text}) for text in texts)
        content = content if suffix == ".jsonl" else f"[{content}]"
    path = tmp_path / f"ads{suffix}"
    path.write_bytes(gzip.compress(content.encode()) if suffix.endswith("gz") else content.encode())
    read_ads(path)  # what is loaded once
    tracemalloc.start()
    ads, report = read_with_report(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(ads), report.num_rows) == (100, 40_000)
    size = len(content)
    assert size > 3_000_000
    assert peak < size / 2
