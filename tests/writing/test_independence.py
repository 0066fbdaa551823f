"""A product's ads depend on the product and the seed alone, not on what is written beside it."""

from itertools import product as combinations

import pytest

from adgen.products.product import Product
from adgen.writing.settings import WriteSettings
from adgen.writing.writer import AdWriter

SETTINGS = WriteSettings(max_chars=120, seed=5)
KINDS = {
    "desk lamp": ("led", "Color: black", "18 inch", "40 hours battery"),
    "yoga mat": ("6 mm", "non slip", "Material: cork"),
    "dog bowl": ("Capacity: 32 oz", "stainless steel", "dishwasher safe", "2 pack"),
    "hiking boots": ("waterproof", "Color: brown", "Gender: women"),
}
# 36 products: each kind with no, some and all of its facts, of several brands.
PRODUCTS = [
    Product(brand=brand, name=name, category=name.split()[-1], facts=facts[:count])
    for (name, facts), brand, count in combinations(
        KINDS.items(), ("", "Acme", "Hollin"), (1, 2, 4)
    )
]


@pytest.fixture(scope="module", params=["float32", "int8"])
def writer(request):
    if request.param == "int8":
        pytest.importorskip("onnxruntime")
        pytest.importorskip("onnx")
    return AdWriter.from_pretrained(precision=request.param)


@pytest.fixture(scope="module")
def together(writer):
    return writer.write(PRODUCTS, SETTINGS)


def test_the_order_does_not_matter(writer, together):
    """Scores are compared too, to the last bit."""
    assert writer.write(PRODUCTS[::-1], SETTINGS)[::-1] == together


@pytest.mark.parametrize("size", [1, 5])
def test_nor_does_the_size_of_a_batch(writer, together, size):
    found = [
        one
        for start in range(0, len(PRODUCTS), size)
        for one in writer.write(PRODUCTS[start : start + size], SETTINGS)
    ]
    assert found == together
    assert all(one.ads for one in found)


def test_nor_a_neighbour_that_cannot_be_written(writer, together):
    found = writer.write([Product(), *PRODUCTS[:3], Product(name="лампа")], SETTINGS)
    assert found[1:4] == together[:3]
