"""Ads by a template, without any model: what every writer is to be better than."""

from __future__ import annotations

from adgen.products.product import Product

MAX_CHARS = 150


def template_ad(product: Product, max_chars: int = MAX_CHARS) -> str:
    """Returns brand and name, and the facts one after the other, as far as there is room.

    Args:
        product: What the ad is about.
        max_chars: Characters at most; brand and name stay whole all the same.

    Example:
        >>> template_ad(Product(brand="Acme", name="Mat", facts=("red", "6 mm")))
        'Acme Mat, red, 6 mm'
    """
    text = f"{product.brand} {product.name}".strip()
    for fact in product.facts:
        if len(text) + 2 + len(fact.value) <= max_chars:
            text += f", {fact.value}"
    return text
