"""Whatever is read: products or one line of refusal; nothing lost, nothing made up."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adgen import Product, read_products
from adgen.catalogues.sample import made_products, write_sample_catalogue


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Makes a dirty export of 600 products, and what stands in it."""
    path = tmp_path_factory.mktemp("shop") / "shop.csv"
    write_sample_catalogue(path, 600, seed=3)
    return path, list(made_products(600, 3))


def test_a_dirty_shop_loses_nothing(shop):
    path, made = shop
    found = read_products(path)
    assert isinstance(found[0], Product)
    assert [one.id for one in found] == [rows[0]["Handle"] for rows in made]
    assert [one.name for one in found] == [rows[0]["Title"].strip() for rows in made]
    num_variants = [sum("Variant SKU" in row for row in rows) for rows in made]
    assert [len(one.variants) for one in found] == [n if n > 1 else 0 for n in num_variants]
    first = [rows[0] for rows in made]
    for flag, num_rows in {
        "draft": sum(row["Status"] == "draft" for row in first),
        "archived": sum(row["Status"] == "archived" for row in first),
        "unpublished": sum(row["Published"] == "false" for row in first),
        "no name": sum(not row["Title"] for row in first),
    }.items():
        assert num_rows and found.num_flagged()[flag] == num_rows


def test_a_dirty_shop_says_nothing_that_shops_promise_or_count(shop):
    said = {fact.key for one in read_products(shop[0]) for fact in one.facts}
    said |= {fact.key for one in read_products(shop[0]) for v in one.variants for fact in v.facts}
    assert said == {"Color", "Size", "Material", "Color options", "Sizes"}


@pytest.mark.parametrize("seed", range(60))
def test_damaged_files_give_products_or_one_line(shop, tmp_path, seed):
    draws = random.Random(seed)
    content = bytearray(shop[0].read_bytes()[: draws.randrange(200, 20_000)])
    for _ in range(draws.randrange(1, 30)):
        place = draws.randrange(len(content))
        content[place : place + draws.randrange(3)] = draws.choice(
            [b'"', b"\n", b"\0", b"\xff", b",", b"<", b"&", b"", b"\xef\xbb\xbf", b"'"]
        )
    path = tmp_path / "damaged.csv"
    path.write_bytes(content)
    try:
        found = read_products(path)
    except ValueError as refused:
        assert "\n" not in str(refused)
    else:
        assert len(found)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=5), max_size=4),
    header=st.sampled_from(
        [
            "Handle,Title,Option1 Name,Option1 Value,Variant SKU",
            "Type,SKU,Name,Published,Parent,Attribute 1 name,Attribute 1 value(s)",
            "sku,name,additional_attributes,configurable_variations",
            "handleId,fieldType,name,productOptionName1,productOptionDescription1",
            "*Action(X),*Title,C:Color,Relationship,RelationshipDetails",
            "item_sku,item_name,parent_sku,color_name,feed_product_type",
            "id,title,link,item_group_id,product_detail,image_link",
            "Product ID,Active (0/1),Name *,Categories (x;y;z...),Feature(Name:Value:Position)",
            "TITLE,MATERIALS,VARIATION 1 TYPE,VARIATION 1 VALUES,IMAGE1",
            "Item Type,Product Name,Product Code/SKU,Category,Price",
            "id,product,attributes,category,brand",
        ]
    ),
)
def test_any_cells_under_any_header(tmp_path, cells, header):
    rows = ["|".join(cell.replace("|", "") for cell in row) for row in cells]
    text = "\n".join([header.replace(",", "|"), *rows])
    path = tmp_path / "any.csv"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        found = read_products(path)
    except ValueError as refused:
        assert "\n" not in str(refused)
    else:
        assert all(isinstance(one, Product) for one in found)


def test_a_catalogue_is_a_sequence(read):
    found = read("id,product\n1,Mug\n2,Tray\n")
    assert [one.name for one in found[:1]] == ["Mug"]
    assert found[-1] in found
    assert repr(found) == "Catalogue(plain table, 2 products)"
