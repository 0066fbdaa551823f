"""Which of a catalogue's flags keep a product from having ads, and which are only to be known."""

from __future__ import annotations

from adgen.products.product import Product

# What they doubt is in no ad: a template's description, a bar code.
_ONLY_KNOWN = frozenset(
    (
        "placeholder",
        "number damaged by a spreadsheet",
        "category is no text",
        "description is no text",
    )
)


def keeping_flags(product: Product) -> tuple[str, ...]:
    """Returns the flags for which a product should have no ad until somebody has looked at it.

    Example:
        >>> keeping_flags(Product(name="mug", flags=("draft", "placeholder: lorem ipsum")))
        ('draft',)
    """
    return tuple(flag for flag in product.flags if flag.partition(":")[0] not in _ONLY_KNOWN)
