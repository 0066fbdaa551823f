"""A product as the text that a writer reads before it writes the ad.

Training pairs and writing share it, so that a model is asked as it has learned.
"""

from __future__ import annotations

from adgen.products.product import Product

LENGTH_STEP = 20  # characters: wanted lengths are told in such steps


def prompt_of(product: Product, num_chars: int) -> str:
    r"""Returns category, brand, name, facts and wanted length, a line each.

    Args:
        product: With a name.
        num_chars: Characters that the ad should have, about.

    Example:
        >>> prompt_of(Product(brand="Acme", name="Mat", facts=("6 mm", "Colour: red")), 30)
        '\nAcme\nMat\n6 mm; Colour: red\n40\n'
    """
    wanted = -(-num_chars // LENGTH_STEP) * LENGTH_STEP
    facts = "; ".join(_line(str(fact)) for fact in product.facts)
    head = (_line(text) for text in (product.category, product.brand, product.name))
    return "\n".join([*head, facts, str(wanted), ""])


def _line(text: str) -> str:
    return " ".join(text.split())
