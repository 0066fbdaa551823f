"""A catalogue of a visitor: recognised, written, exported; nothing in it is executed."""

import csv

import pytest
from bulk_runs import made_product, save_catalogue

from adgen.demo.catalogue import (
    MOST_PRODUCTS,
    ROWS,
    Order,
    read_catalogue,
    summary,
    write_export,
)
from adgen.demo.catalogue_tab import recognised, written


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


def test_no_file_yet():
    assert "appears here" in recognised(None)
    *_, (html, path) = written(None, ROWS, "", 1)
    assert path is None and "There is no file yet" in html


def test_an_unknown_export_is_refused(catalogue):
    *_, (html, _) = written(str(catalogue), "../../etc", "", 1)
    assert "There is no export" in html


def test_too_many_products_are_refused(tmp_path):
    many = [{"id": str(n), "product": "mug"} for n in range(MOST_PRODUCTS + 1)]
    path = save_catalogue(tmp_path / "many.jsonl", many)
    with pytest.raises(ValueError, match="2,001 products; this page takes 2,000"):
        read_catalogue(str(path))


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
