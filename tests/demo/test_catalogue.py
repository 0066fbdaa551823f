"""A catalogue of a visitor: recognised, written, exported; nothing in it is executed."""

import csv
import gzip
from itertools import count
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from bulk_runs import made_product, save_catalogue

from adgen.demo.catalogue import (
    MOST_PRODUCTS,
    MOST_UNPACKED_BYTES,
    ROWS,
    Order,
    read_catalogue,
    write_export,
)
from adgen.demo.catalogue_cards import summary
from adgen.demo.catalogue_tab import recognised, written
from adgen.formats.catalogue import read_format


@pytest.fixture
def catalogue(tmp_path):
    return save_catalogue(tmp_path / "mine.jsonl", [made_product(n) for n in range(4)])


def test_progress_ends_with_the_export(catalogue, tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    *before, last = write_export(str(catalogue), Order(), folder)
    assert [one.path for one in before] == [None] * len(before)
    assert before[0].num_done == 0 and last.num_done == last.num_products == 4
    assert (last.num_ads, last.num_skipped) == (3, 1)
    rows = list(csv.DictReader(last.path.open(encoding="utf-8")))
    assert [row["status"] for row in rows] == ["ok", "ok", "ok", "skipped"]


def test_an_export_for_a_platform(catalogue, tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    order = Order(target="google-ads-editor", url_template="https://shop.example/{id}")
    *_, last = write_export(str(catalogue), order, folder)
    rows = list(csv.DictReader(last.path.open(encoding="utf-8")))
    assert rows and all(row["Final URL"].startswith("https://shop.example/p") for row in rows)


def test_errors_name_the_visitors_file_and_no_folder_of_ours(catalogue, tmp_path):
    *_, (html, path) = written(str(catalogue), "google-ads-editor", "", 1)
    assert path is None and 'role="alert"' in html
    assert "Your catalogue has nothing" in html and "pages of products" in html
    assert str(tmp_path) not in html and "adgen-demo-" not in html
    for bad in ("", "just words, no table\n"):
        (tmp_path / "bad.csv").write_text(bad)
        html = recognised(str(tmp_path / "bad.csv"))
        assert 'role="alert"' in html and str(tmp_path) not in html and "bad.csv" in html


def test_it_says_at_once_that_it_reads(catalogue):
    html, path = next(written(str(catalogue), ROWS, "", 1))
    assert path is None and "Reading your file" in html


def test_no_file_yet():
    assert "appears here" in recognised(None)
    *_, (html, path) = written(None, ROWS, "", 1)
    assert path is None and "There is no file yet" in html


def test_an_unknown_export_is_refused(catalogue):
    *_, (html, _) = written(str(catalogue), "../../etc", "", 1)
    assert "There is no export" in html


@pytest.mark.parametrize(
    ("target", "url", "num_ads", "message"),
    [
        (5, "", 1, "target is 5; expected a text"),
        (ROWS, None, 1, "url_template is None; expected a text"),
        (ROWS, "a" * 501, 1, "501 characters; expected 500 at most"),
        (ROWS, "", None, "num_ads is None; expected a whole number from 1 to 5"),
        (ROWS, "", 2.5, "num_ads is 2.5; expected a whole number from 1 to 5"),
        (ROWS, "", 6, "num_ads is 6; expected a whole number from 1 to 5"),
    ],
)
def test_values_of_another_type_or_size_are_refused(catalogue, target, url, num_ads, message):
    *_, (html, path) = written(str(catalogue), target, url, num_ads)
    assert path is None and message in html


def test_what_the_machine_cannot_do_is_said_without_its_folders(tmp_path):
    gone = tmp_path / "mine.csv"
    message = "mine.csv cannot be worked on here: No such file or directory. Send it again"
    for html in (recognised(str(gone)), [*written(str(gone), ROWS, "", 1)][-1][0]):
        assert message in html and str(tmp_path) not in html


def test_columns_of_other_names_are_named_in_words_of_the_page(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("hello world,firm\nred mug,Zenko\n")
    said = recognised(str(path))
    assert "Name it under Columns: product=hello world." in said and "map" not in said
    columns = "product=hello world, brand=firm"
    assert "<td>Zenko</td><td>red mug</td>" in recognised(str(path), columns)
    *_, (html, made) = written(str(path), ROWS, "", 1, columns=f" {columns} ")
    assert made is not None and "1 of 1 product, 1 ad. Ready to download." in html
    said = recognised(str(path), "product=nowhere")
    assert "Columns is product=nowhere, and mine.csv has no such column" in said


def test_rows_have_the_platform_that_was_chosen(catalogue, tmp_path):
    for number, (name, limit) in enumerate((("google-rsa", 30), ("etsy-title", 140))):
        folder = tmp_path / f"work{number}"
        folder.mkdir()
        *_, last = write_export(str(catalogue), Order(format=name), folder)
        form = read_format(name)
        assert form.fields[0].max_length == limit
        assert [next(iter(ad.ads[0])) for ad in last.first] == [form.fields[0].name] * 3
    *_, (html, path) = written(str(catalogue), ROWS, "", 1, "no-such")
    assert path is None and "format is &#x27;no-such&#x27;; expected one of" in html
    *_, (html, path) = written(str(catalogue), ROWS, "", 1, 5)
    assert path is None and "format is 5; expected a text" in html


def test_the_first_ads_are_shown_at_the_end(catalogue):
    *_, (before, _), (html, _) = written(str(catalogue), ROWS, "", 1)
    assert "The first ads" not in before
    assert html.count("<tr><td>Zenko") == 3


def test_where_no_product_has_an_ad_the_reason_is_said(tmp_path):
    path = save_catalogue(tmp_path / "bad.jsonl", [made_product(1, product="free shipping mug")])
    *_, (html, made) = written(str(path), ROWS, "", 1)
    assert made is not None and "0 ads, 1 failed. The file says why" in html
    assert "Ready" not in html and "Leave the promotion out" in html
    *_, (html, made) = written(str(path), "google-ads-editor", "https://shop.example/{id}", 1)
    assert made is None and "No product has an ad." in html and "Leave the promotion out" in html


def test_too_many_products_are_refused(tmp_path):
    many = [{"id": str(n), "product": "mug"} for n in range(MOST_PRODUCTS + 1)]
    path = save_catalogue(tmp_path / "many.jsonl", many)
    with pytest.raises(ValueError, match="more products than the 2,000 that this page"):
        read_catalogue(str(path))


def test_of_too_many_products_no_more_are_read(monkeypatch, catalogue):
    endless = count()
    monkeypatch.setattr("adgen.demo.catalogue.open_products", lambda _, map: endless)
    with pytest.raises(ValueError, match="more products than"):
        read_catalogue(str(catalogue))
    assert next(endless) == MOST_PRODUCTS + 1


def test_compressed_files_are_refused(tmp_path):
    table = b"id,product\n1,Mug\n"
    (tmp_path / "mine.csv.gz").write_bytes(gzip.compress(table))
    (tmp_path / "packed.csv").write_bytes(gzip.compress(table))
    with ZipFile(tmp_path / "mine.zip", "w") as packed:
        packed.writestr("mine.csv", table)
    for name in ("mine.csv.gz", "packed.csv", "mine.zip"):
        with pytest.raises(ValueError, match=f"^{name} is compressed; expected the file itself"):
            read_catalogue(str(tmp_path / name))


def test_files_that_grow_are_refused(tmp_path):
    with ZipFile(tmp_path / "mine.xlsx", "w", ZIP_DEFLATED) as packed:
        for number in range(3):
            packed.writestr(f"xl/worksheets/sheet{number}.xml", bytes(MOST_UNPACKED_BYTES // 3 + 1))
    with pytest.raises(ValueError, match=r"mine\.xlsx holds 200,000,001 bytes once it is unpacked"):
        read_catalogue(str(tmp_path / "mine.xlsx"))
    (tmp_path / "mine.parquet").write_bytes(b"PAR1 and so on")
    with pytest.raises(ValueError, match="Save it as CSV"):
        read_catalogue(str(tmp_path / "mine.parquet"))
    (tmp_path / "cut.xlsx").write_bytes(b"PK\3\4 and no more")
    with pytest.raises(ValueError, match=r"cut\.xlsx is damaged"):
        read_catalogue(str(tmp_path / "cut.xlsx"))


def test_markup_in_cells_and_names_stays_text(tmp_path):
    product = {"id": "1", "brand": "<b>Acme</b>", "product": "mug & cup", "attributes": ["<i>"]}
    flagged = {"id": "2", "product": "<script>alert(1)</script>"}
    path = save_catalogue(tmp_path / "<img src=x>.jsonl", [product, flagged])
    html = summary(read_catalogue(str(path)))
    assert "<b>" not in html and "<script" not in html and "<i>" not in html
    (tmp_path / "<img src=x>.csv").write_text("")
    assert "<img" not in recognised(str(tmp_path / "<img src=x>.csv"))


def test_no_exported_cell_is_a_formula(tmp_path):
    path = save_catalogue(
        tmp_path / "mine.jsonl", [made_product(1, id="=1+1"), made_product(2, id="@x")]
    )
    folder = tmp_path / "work"
    folder.mkdir()
    *_, last = write_export(str(path), Order(), folder)
    rows = list(csv.DictReader(last.path.open(encoding="utf-8")))
    assert [row["id"] for row in rows] == ["'=1+1", "'@x"]
    assert not [cell for row in rows for cell in row.values() if cell[:1] in "=+@\t" and cell]
