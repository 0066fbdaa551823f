"""A shop's export of invented products, as dirty as real ones: to try everything without a shop.

It has the form of Shopify's: products of twenty categories (`sample_products.json`, data) with
variants, images and HTML, and among them drafts, empty titles, handles that two products share,
colours that a title denies, guards of spreadsheets and damaged numbers. Brands, names and facts are
invented. It knows files, and nothing of how they are read.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from adgen.support.files import replace_when_done
from adgen.support.ranges import SEEDS, Range, check_number

NUM_PRODUCTS = Range(1, 10_000_000)
_HEADER_TEXT = (
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,"
    "Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Grams,Variant Inventory Qty,"
    "Variant Price,Variant Barcode,Image Src,Image Position,SEO Title,Google Shopping / Gender,"
    "Color (product.metafields.shopify.color-pattern),"
    "Material (product.metafields.shopify.material),Status"
)
_HEADER = _HEADER_TEXT.split(",")
_COLOUR_COLUMN = "Color (product.metafields.shopify.color-pattern)"
_BRANDS = ["Norrvik", "Kaldrune", "Solevika", "Velquist", "Tamberly", "Orrowin", "Pexholm"]
_LINES = ["Fjell", "Halden", "Mira", "Tove", "Arden", "Lumo", "Skog", "Bris", "Vinter", "Ekko"]
_COLOURS = ["Red", "Blue", "Green", "Black", "White", "Gray", "Brown", "Pink"]
_SIZES = ["S", "M", "L", "XL"]
_MOST_DETAILS = 4  # of a product
_NOTHING = ("n/a", "-", "TBD")  # what a cell says that has nothing to say
Row = dict[str, str]


def write_sample_catalogue(
    path: str | Path, num_products: int, *, seed: int = 0, details: bool = False
) -> None:
    """Writes an export of invented products as CSV; the same arguments give the same bytes.

    Args:
        path: The file, which is replaced where it is there.
        num_products: How many, 1 to 10,000,000.
        seed: Which ones, 0 to 2,147,483,647.
        details: Whether products have up to four facts of their kind (capacity, care, weight), each
            a column that the shop added; the rest of the file stays as it is without.

    Raises:
        ValueError: A number is none, or out of its range.
        OSError: The file cannot be written.

    Example:
        >>> import pathlib, tempfile
        >>> from adgen.catalogues.reading import read_products
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     shop = pathlib.Path(folder) / "shop.csv"
        ...     write_sample_catalogue(shop, 20)
        ...     read_products(shop)
        Catalogue(Shopify, 20 products)
    """
    check_number("num_products", num_products, NUM_PRODUCTS, is_whole=True)
    check_number("seed", seed, SEEDS, is_whole=True)
    header = [*_HEADER, *map(_column, _detail_names())] if details else _HEADER
    with (
        replace_when_done(Path(path)) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        for rows in made_products(num_products, seed, details=details):
            writer.writerows(rows)


def made_products(num_products: int, seed: int, *, details: bool = False) -> Iterator[list[Row]]:
    """Yields the rows of one product after the other; arguments are `write_sample_catalogue`'s."""
    draws = random.Random(seed)
    detail_draws = random.Random(f"details {seed}")  # apart, so that the others stay as they are
    handles: list[str] = []
    for number in range(1, num_products + 1):
        category, about = draws.choice(list(_categories().items()))
        kind, material = about["kind"], draws.choice(about["materials"])
        colours = draws.sample(_COLOURS, draws.choice((1, 1, 2, 3)))
        title = f"{draws.choice(_LINES)} {kind}"
        if len(colours) == 1 and draws.random() < 0.5:
            title = f"{title} {colours[0]}"
        handle = f"{title.lower().replace(' ', '-').replace(chr(39), '')}-{number}"
        if handles and draws.random() < 0.002:
            handle = draws.choice(handles)  # another product's
        handles.append(handle)
        first = {
            "Handle": handle,
            "Title": "" if draws.random() < 0.01 else title + draws.choice(("", "", " ")),
            "Body (HTML)": _body(draws, kind, material),
            "Vendor": draws.choice(_BRANDS),
            "Product Category": category,
            "Type": kind,
            "Tags": f"new, {material}",
            "Published": "false" if draws.random() < 0.03 else "true",
            "SEO Title": f"{title} | Free Shipping",
            "Material (product.metafields.shopify.material)": material,
            "Status": draws.choices(("active", "draft", "archived"), (90, 5, 5))[0],
        }
        if draws.random() < 0.01:
            first[_COLOUR_COLUMN] = draws.choice(_COLOURS).lower()
        if details:
            first |= _details(detail_draws, about["details"])
        yield _variants(draws, first, colours, category.startswith("Apparel"))


def _details(draws: random.Random, values: Mapping[str, list[str]]) -> Row:
    """Returns facts of a product as cells, some with nothing in them, or with an entity of HTML."""
    chosen = draws.sample(list(values), draws.randint(2, min(_MOST_DETAILS, len(values))))
    cells = {name: draws.choice(values[name]) for name in chosen}
    if draws.random() < 0.1:
        cells[draws.choice(chosen)] = draws.choice(_NOTHING)
    return {_column(name): text.replace('"', "&quot;") for name, text in cells.items()}


def _variants(draws: random.Random, first: Row, colours: list[str], has_sizes: bool) -> list[Row]:
    """Returns the rows of a product's variants and images; the first says everything else."""
    sizes = draws.sample(_SIZES, 2) if has_sizes else [""]
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


def _body(draws: random.Random, kind: str, material: str) -> str:
    """Returns a description in HTML, with line breaks, entities and what shops promise."""
    return (
        f'<meta charset="utf-8"><h3>🌟 {kind}</h3>\n<p>Made of {material} &amp; made to last.</p>\n'
        f"<ul><li>{draws.choice(('Easy to clean', 'Made in small batches', 'Light'))}</li>\n"
        "<li>Free Returns ✓ Free Shipping✓</li></ul>"
    )


def _column(name: str) -> str:
    """Returns the column of a detail, as Shopify names what shops add."""
    return f"{name} (product.metafields.custom.{name.lower().replace(' ', '_')})"


def _detail_names() -> list[str]:
    """Returns the names of all details, each once."""
    return list(dict.fromkeys(name for one in _categories().values() for name in one["details"]))


@lru_cache(maxsize=1)
def _categories() -> Mapping[str, Mapping[str, Any]]:
    """Returns what is sold in each category, what it is made of, and what is said of it."""
    path = resources.files("adgen.catalogues").joinpath("sample_products.json")
    found: Mapping[str, Mapping[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found
