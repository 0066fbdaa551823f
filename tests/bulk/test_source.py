"""Catalogues looked through before a run, with memory that does not grow with them."""

import tracemalloc

import pytest
from bulk_runs import made_product, save_catalogue

from adgen.bulk import source as source_module
from adgen.bulk.source import open_source
from adgen.catalogues.streaming import open_products
from adgen.products.product import Product


def source_of(path):
    return open_source(path, open_products(path))


def test_blocks_go_on_behind_what_is_done(tmp_path, monkeypatch):
    monkeypatch.setattr(source_module, "BLOCK_SIZE", 4)
    source = source_of(save_catalogue(tmp_path / "c.jsonl", map(made_product, range(10))))
    assert source.num_products == 10
    numbers = [[number for number, _ in block] for block in source.blocks()]
    assert numbers == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10]]
    assert [[n for n, _ in block] for block in source.blocks(8)] == [[9, 10]]
    assert list(source.blocks(10)) == []


def test_two_products_with_one_id_are_refused(tmp_path):
    products = [made_product(1), made_product(2), made_product(3, id="p1")]
    path = save_catalogue(tmp_path / "c.jsonl", products)
    with pytest.raises(ValueError, match="products 1 and 3 have one id, 'p1'"):
        source_of(path)


def test_ids_whose_digests_agree_are_two_ids(tmp_path, monkeypatch):
    monkeypatch.setattr(source_module, "_digest", lambda text: 7)
    path = save_catalogue(tmp_path / "c.jsonl", map(made_product, range(3)))
    assert source_of(path).num_products == 3


def test_a_catalogue_without_products_is_refused(tmp_path):
    with pytest.raises(ValueError, match="holds no products"):
        open_source(tmp_path / "c.jsonl", [])


def test_a_feed_that_was_cut_is_refused_before_any_work(tmp_path):
    path = save_catalogue(tmp_path / "c.jsonl", map(made_product, range(3000)))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ValueError, match="line 3,000 holds no JSON"):
        source_of(path)


def test_memory_does_not_grow_with_a_plain_table(tmp_path):
    def peak(num_products):
        path = tmp_path / f"{num_products}.csv"
        lines = [f"id{n},desk lamp,{n} cm" for n in range(num_products)]
        path.write_text("\n".join(["id,product,length", *lines]))
        tracemalloc.start()
        source = source_of(path)
        for block in source.blocks():
            assert isinstance(block[0][1], Product)
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(100)
    # Eight bytes an id, and what sorting them takes; a product held takes hundreds.
    assert peak(5_000) - peak(1_000) < 4_000 * 64
