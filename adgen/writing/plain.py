"""A product's texts as an ad may say them: one line, no markup, nothing invisible."""

from __future__ import annotations

import re
from dataclasses import replace

from adgen.corpus import clean_text
from adgen.products.product import Fact, Product

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


def plain_product(product: Product) -> Product:
    """Returns a product whose brand, name and facts have no markup, entities or line breaks.

    Example:
        >>> plain_product(Product(name="<b>Mug</b> &amp; lid")).name
        'Mug & lid'
    """
    return replace(
        product,
        brand=_plain(product.brand),
        name=_plain(product.name),
        facts=tuple(Fact(_plain(fact.value), _plain(fact.key)) for fact in product.facts),
    )


def _plain(text: str) -> str:
    return clean_text(_TAG.sub(" ", clean_text(text)))
