"""How a model that never learned products is asked: after example products and their titles."""

from __future__ import annotations

from adgen.products.product import Product, facts_of

# Products and their titles, made up for this purpose.
EXAMPLES = (
    (
        Product(
            brand="Soundwell",
            name="soundbar",
            category="electronics",
            facts=facts_of("300 W", "bluetooth", "wall mountable", "Color: black"),
        ),
        "Soundwell Bluetooth Soundbar, 300W, Wall Mountable, Black",
    ),
    (
        Product(
            brand="Hearthside",
            name="skillet",
            category="home kitchen",
            facts=facts_of("Material: cast iron", "10 inch", "pre seasoned"),
        ),
        "Hearthside Pre Seasoned Cast Iron Skillet, 10-Inch",
    ),
    (
        Product(
            brand="Lindo",
            name="running shoes",
            category="women fashion shoes",
            facts=facts_of("women", "breathable mesh", "Color: grey", "Size: 8"),
        ),
        "Lindo Women's Breathable Mesh Running Shoes, Grey, Size 8",
    ),
    (
        Product(
            brand="Pawfolk",
            name="dog leash",
            category="pets",
            facts=facts_of("6 ft", "reflective", "padded handle", "for large dogs"),
        ),
        "Pawfolk Reflective Dog Leash with Padded Handle, 6 ft, for Large Dogs",
    ),
)


def shots_prompt(product: Product) -> str:
    """Returns four examples and a product, as a text that goes on with the ad."""
    shown = [f"{_described(example)} {title}\n" for example, title in EXAMPLES]
    return "\n".join(["Titles of products in a shop.\n", *shown, _described(product)])


def _described(product: Product) -> str:
    facts = "; ".join(str(fact) for fact in product.facts)
    return (
        f"Category: {product.category}\nBrand: {product.brand}\nProduct: {product.name}\n"
        f"Facts: {facts}\nTitle:"
    )
