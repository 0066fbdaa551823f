"""Made-up products of many kinds, and what a writer makes of them: for records and the tour."""

from __future__ import annotations

from pathlib import Path

from adgen.products.product import Product, facts_of
from adgen.records.base import Sample
from adgen.writing.writer import AdWriter

SAMPLE_PRODUCTS = (
    Product(
        brand="Acme",
        name="bluetooth headphones",
        category="electronics",
        facts=facts_of("40 hours battery", "noise cancelling", "foldable", "Color: black"),
    ),
    Product(
        brand="Tufftrail",
        name="hiking boots",
        category="men fashion shoes",
        facts=facts_of("Gender: men", "waterproof", "leather", "Size: 10", "Color: brown"),
    ),
    Product(
        brand="Zenko",
        name="yoga mat",
        category="sports outdoors",
        facts=facts_of("Thickness: 6 mm", "Size: 72 x 24 in", "non slip", "Color: purple"),
    ),
    Product(
        brand="Brightly",
        name="desk lamp",
        category="tools home lighting",
        facts=facts_of("led", "dimmable", "usb charging port", "5 color modes", "Color: white"),
    ),
    Product(
        brand="Pawfolk",
        name="dog leash",
        category="pets",
        facts=facts_of("6 ft", "reflective", "padded handle", "for large dogs"),
    ),
    Product(
        brand="Luma Home",
        name="throw pillow covers",
        category="home kitchen",
        facts=facts_of("18 x 18 inch", "Quantity: 2", "Material: velvet", "Color: navy blue"),
    ),
)


def product_samples(folder: Path, *, seed: int = 0) -> list[Sample]:
    """Writes ads of the made-up products with a writer's folder; nothing is picked."""
    found = AdWriter.from_pretrained(folder).write(SAMPLE_PRODUCTS, num_ads=2, seed=seed)
    return [Sample(prompt=described(one.product), ads=[ad.text for ad in one.ads]) for one in found]


def described(product: Product) -> str:
    """Returns a product in one line: "Acme mat: 6 mm; Color: red"."""
    head = " ".join(text for text in (product.brand, product.name) if text)
    return f"{head}: {'; '.join(map(str, product.facts))}"
