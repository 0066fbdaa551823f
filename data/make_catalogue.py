"""Makes a shop's export of invented products, as dirty as real ones.

    python data/make_catalogue.py 10000 --output shop.csv --seed 1

Writes a CSV in the form of Shopify's export: products of 20 categories with variants, images and
HTML, and among them drafts, empty titles, handles that two products share, colours that a title
denies, guards of spreadsheets and damaged numbers. Brands and names are invented; the same number
and seed give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterator
from pathlib import Path

from adgen.support.files import replace_when_done

HEADER_TEXT = (
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,"
    "Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Grams,Variant Inventory Qty,"
    "Variant Price,Variant Barcode,Image Src,Image Position,SEO Title,Google Shopping / Gender,"
    "Color (product.metafields.shopify.color-pattern),"
    "Material (product.metafields.shopify.material),Status"
)
HEADER = HEADER_TEXT.split(",")
COLOUR_COLUMN = "Color (product.metafields.shopify.color-pattern)"
# A category's path, what is sold there, and what it is made of.
CATEGORIES = {
    "Electronics > Audio > Headphones": ("Wireless Headphones", "plastic steel"),
    "Electronics > Audio > Speakers": ("Bluetooth Speaker", "plastic aluminum"),
    "Electronics > Chargers": ("USB-C Charger", "plastic"),
    "Home & Garden > Kitchen > Mugs": ("Mug", "stoneware porcelain glass"),
    "Home & Garden > Kitchen > Knives": ("Chef's Knife", "steel"),
    "Home & Garden > Bedding": ("Duvet Cover", "cotton linen"),
    "Home & Garden > Lighting": ("Table Lamp", "brass oak ceramic"),
    "Home & Garden > Rugs": ("Area Rug", "wool jute"),
    "Home & Garden > Garden > Planters": ("Planter", "terracotta steel"),
    "Apparel > Shirts": ("T-Shirt", "cotton linen"),
    "Apparel > Jackets": ("Rain Jacket", "nylon polyester"),
    "Apparel > Hats": ("Beanie", "wool acrylic"),
    "Apparel > Shoes": ("Running Shoes", "mesh leather"),
    "Jewelry > Rings": ("Ring", "silver gold"),
    "Jewelry > Necklaces": ("Necklace", "silver gold"),
    "Toys > Puzzles": ("Wooden Puzzle", "wood"),
    "Sports > Yoga": ("Yoga Mat", "rubber cork"),
    "Sports > Camping": ("Two-Person Tent", "nylon polyester"),
    "Pets > Dog Beds": ("Dog Bed", "polyester cotton"),
    "Office > Notebooks": ("Dotted Notebook", "paper leather"),
}
BRANDS = ["Norrvik", "Kaldrune", "Solevika", "Velquist", "Tamberly", "Orrowin", "Pexholm"]
LINES = ["Fjell", "Halden", "Mira", "Tove", "Arden", "Lumo", "Skog", "Bris", "Vinter", "Ekko"]
COLOURS = ["Red", "Blue", "Green", "Black", "White", "Gray", "Brown", "Pink"]
SIZES = ["S", "M", "L", "XL"]
Row = dict[str, str]


def main() -> None:
    """Writes the file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("num_products", type=int, help="1 or more")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0, help="(default: %(default)s)")
    options = parser.parse_args()
    if options.num_products < 1:
        parser.error(f"num_products is {options.num_products}; expected 1 or more")
    with (
        replace_when_done(options.output) as path,
        path.open("w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.DictWriter(file, HEADER, restval="")
        writer.writeheader()
        for rows in made_products(options.num_products, options.seed):
            writer.writerows(rows)


def made_products(num_products: int, seed: int) -> Iterator[list[Row]]:
    """Yields the rows of one product after the other."""
    draws = random.Random(seed)
    handles: list[str] = []
    for number in range(1, num_products + 1):
        category, (kind, materials) = draws.choice(list(CATEGORIES.items()))
        material = draws.choice(materials.split())
        colours = draws.sample(COLOURS, draws.choice((1, 1, 2, 3)))
        title = f"{draws.choice(LINES)} {kind}"
        if len(colours) == 1 and draws.random() < 0.5:
            title = f"{title} {colours[0]}"
        handle = f"{title.lower().replace(' ', '-').replace(chr(39), '')}-{number}"
        if handles and draws.random() < 0.002:
            handle = draws.choice(handles)  # another product's
        handles.append(handle)
        first = {
            "Handle": handle,
            "Title": "" if draws.random() < 0.01 else title + draws.choice(("", "", " ")),
            "Body (HTML)": body(draws, kind, material),
            "Vendor": draws.choice(BRANDS),
            "Product Category": category,
            "Type": kind,
            "Tags": f"new, {material}",
            "Published": "false" if draws.random() < 0.03 else "true",
            "SEO Title": f"{title} | Free Shipping",
            "Material (product.metafields.shopify.material)": material,
            "Status": draws.choices(("active", "draft", "archived"), (90, 5, 5))[0],
        }
        if draws.random() < 0.01:
            first[COLOUR_COLUMN] = draws.choice(COLOURS).lower()
        yield variants(draws, first, colours, category.startswith("Apparel"))


def variants(draws: random.Random, first: Row, colours: list[str], has_sizes: bool) -> list[Row]:
    """Returns the rows of a product's variants and images; the first says everything else."""
    sizes = draws.sample(SIZES, 2) if has_sizes else [""]
    rows = []
    for colour in colours:
        for size in sizes:
            code = f"{draws.randrange(10**13):013}"
            rows.append(
                {
                    "Option1 Value": colour,
                    "Option2 Value": size,
                    "Variant SKU": f"{first['Handle']}-{colour}-{size}".rstrip("-"),
                    "Variant Grams": str(draws.randrange(50, 5000)),
                    "Variant Inventory Qty": draws.choice(("'-1", "'2", "5", "0")),
                    "Variant Price": f"{draws.randrange(5, 200)}.90",
                    "Variant Barcode": "8.80609E+12" if draws.random() < 0.002 else f"'{code}",
                }
            )
    named = {"Option1 Name": "Color", "Option2 Name": "Size" if has_sizes else ""}
    rows[0] = first | rows[0] | named
    images = [
        {"Image Src": f"https://shop.example/{first['Handle']}-{n}.jpg", "Image Position": str(n)}
        for n in range(1, draws.randrange(1, 4))
    ]
    return [{"Handle": first["Handle"]} | row for row in [*rows, *images]]


def body(draws: random.Random, kind: str, material: str) -> str:
    """Returns a description in HTML, with line breaks, entities and what shops promise."""
    return (
        f'<meta charset="utf-8"><h3>🌟 {kind}</h3>\n<p>Made of {material} &amp; made to last.</p>\n'
        f"<ul><li>{draws.choice(('Easy to clean', 'Made in small batches', 'Light'))}</li>\n"
        "<li>Free Returns ✓ Free Shipping✓</li></ul>"
    )


if __name__ == "__main__":
    main()
