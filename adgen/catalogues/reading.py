"""Sellers' files in: any export, feed or table, recognised by what stands in it, as products.

A product is never dropped: what cannot be sold or said as it stands has flags that say why.
"""

from __future__ import annotations

import gzip
import io
import logging
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any, overload

from adgen.catalogues.drafts import products_of
from adgen.catalogues.feed import open_feed
from adgen.catalogues.headers import key_of
from adgen.catalogues.options import Options, check_columns, checked_map
from adgen.catalogues.plain import check_plain
from adgen.catalogues.recognise import FORMATS, KNOWN_KEYS, PLAIN, is_of_ads, recognised
from adgen.catalogues.sheets import open_json, open_parquet, open_workbook
from adgen.catalogues.table import Table, open_table
from adgen.corpus.encodings import SAMPLE_BYTES
from adgen.products.product import Product
from adgen.support.files import check_plain_file
from adgen.support.given import a_path, a_switch, a_text

log = logging.getLogger(__name__)

_WITHOUT_ADDRESSES = ("shopify", "magento", "wix")
_GZIP = b"\x1f\x8b"
_ZIP = b"PK"
_PARQUET = b"PAR1"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


class Catalogue(Sequence[Product]):
    """The products of a file, in its order.

    Attributes:
        format: The name of its format, one of `FORMATS`.
        title: What people call that.
        about: How the file is written: "cut at commas, names in row 3".
        notes: What is to be said about the file as a whole.
    """

    def __init__(
        self, products: Sequence[Product], format: str, about: str = "", notes: Sequence[str] = ()
    ) -> None:
        self._products = tuple(products)
        self.format = format
        self.title = FORMATS[format].title
        self.about = about
        self.notes = tuple(notes)

    @overload
    def __getitem__(self, place: int) -> Product: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Product]: ...
    def __getitem__(self, place: int | slice) -> Product | Sequence[Product]:
        return self._products[place]

    def __len__(self) -> int:
        return len(self._products)

    def __repr__(self) -> str:
        return f"Catalogue({self.title}, {len(self):,} products)"

    @property
    def num_variants(self) -> int:
        """Counts the variants of all products."""
        return sum(len(product.variants) for product in self._products)

    def num_flagged(self) -> Counter[str]:
        """Counts products by the reasons of their flags, without the case."""
        return Counter(
            reason
            for product in self._products
            for reason in {flag.partition(":")[0] for flag in product.flags}
        )


def read_products(
    path: str | PathLike[str],
    *,
    map: Mapping[str, str | Sequence[str]] | str | None = None,
    format: str | None = None,
    vendor_is_brand: bool | None = None,
    shop: str = "",
    combinations: str | PathLike[str] | None = None,
) -> Catalogue:
    r"""Reads the products of a seller's file.

    Args:
        path: An export of Shopify, WooCommerce, Magento 2, PrestaShop, Wix, BigCommerce, Etsy,
            eBay or Amazon, a feed of Google Merchant Center or Meta, or a table as CSV, TSV, JSON,
            Parquet or `.xlsx`; compressed with gzip or not.
        map: The columns of a plain table whose names are others: {"product": "NAME"}, or
            "product=NAME,brand=VENDOR". Fields are id, brand, product, category, attributes,
            description, url and group, which variants of one product share.
        format: The format, one of `FORMATS`; None to recognise it.
        vendor_is_brand: Whether Shopify's Vendor is a brand. None: unless all of five products or
            more have one vendor that no title names, which is then the shop.
        shop: The shop's address, "https://shop.example", for exports without addresses of
            products.
        combinations: PrestaShop's second file, which has the variants.

    Returns:
        The products, in the file's order, with the format that was recognised.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no catalogue, is empty, cut off or damaged, or has no column of products;
            or an argument is none of these.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder) / "mugs.csv"
        ...     _ = path.write_text("id,product,color\n7,Mug,red\n")
        ...     read_products(path)[0].facts
        (Fact(value='red', key='Color'),)
    """
    file_path = a_path("path", path)
    if vendor_is_brand is not None:
        a_switch("vendor_is_brand", vendor_is_brand)
    names = checked_map(map)
    name = _checked_format(format, is_mapped=bool(names))
    known = KNOWN_KEYS | {key_of(column) for columns in names.values() for column in columns}
    with opened_table(file_path, known) as table:
        check_columns(names, table.columns, file_path.name)
        if combinations is None:
            options = Options(names, vendor_is_brand, a_text("shop", shop))
            return _catalogue(file_path.name, table, name, options)
        with opened_table(a_path("combinations", combinations), known) as second:
            options = Options(names, vendor_is_brand, a_text("shop", shop), second)
            return _catalogue(file_path.name, table, name, options)


def _checked_format(format: str | None, *, is_mapped: bool) -> str | None:
    if format is not None and a_text("format", format) not in FORMATS:
        raise ValueError(
            f"format is {format!r:.60}; expected one of {', '.join(FORMATS)}. Give one of them, or "
            "leave it out to have it recognised."
        )
    if is_mapped and format not in (None, PLAIN):
        raise ValueError(
            f'format is {format!r} and map names columns; expected format "plain" with it. Leave '
            "one of them out."
        )
    return PLAIN if is_mapped else format


def _catalogue(file: str, table: Table, name: str | None, options: Options) -> Catalogue:
    if not len(table.columns):
        raise ValueError(
            f"{file} holds no products; expected the items of a feed, objects or rows. Export the "
            "catalogue again."
        )
    if name is None and is_of_ads(table.columns):
        raise ValueError(
            f"{file} is a file of ads, with columns of campaigns and ad groups; expected products. "
            'Give the shop\'s catalogue, or format "plain" to read it all the same.'
        )
    name = name or recognised(table) or PLAIN
    if name == PLAIN:
        check_plain(table.columns, options, file)
    _check_options(name, options)
    found = FORMATS[name].read(table, options)
    if not found.drafts:
        raise ValueError(
            f"{file} has the columns of {FORMATS[name].title} and no products below them; expected "
            "a row a product. Export the catalogue again."
        )
    catalogue = Catalogue(products_of(found.drafts), name, table.about, found.notes)
    log.debug("%s: %s, %s", file, catalogue.title, catalogue.about)
    return catalogue


def _check_options(name: str, options: Options) -> None:
    """Raises where an argument would do nothing for a format."""
    if options.combinations is not None and name != "prestashop":
        raise ValueError(
            f"combinations is PrestaShop's second file; the first is of {FORMATS[name].title}. "
            "Leave it out, or give PrestaShop's products."
        )
    if options.shop and name not in _WITHOUT_ADDRESSES:
        raise ValueError(
            f"shop makes addresses for {', '.join(_WITHOUT_ADDRESSES)}; the file is of "
            f"{FORMATS[name].title}. Leave it out."
        )
    if options.vendor_is_brand is not None and name != "shopify":
        raise ValueError(
            f"vendor_is_brand is for Shopify; the file is of {FORMATS[name].title}. Leave it out."
        )


@contextmanager
def opened_table(path: Path, known: frozenset[str]) -> Iterator[Table]:
    """Opens a file as a table, by what its first bytes are."""
    check_plain_file(path)
    with path.open("rb") as raw:
        is_packed = raw.read(2) == _GZIP
        raw.seek(0)
        stream: Any = gzip.GzipFile(fileobj=raw) if is_packed else raw
        with io.BufferedReader(stream, SAMPLE_BYTES) as file:
            try:
                yield _table(file, path.name, known)
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                raise ValueError(
                    f"{path.name} is damaged, or cut off: {error}. Bring the file anew."
                ) from None


def _table(file: io.BufferedReader, name: str, known: frozenset[str]) -> Table:
    start = file.peek(SAMPLE_BYTES)[:SAMPLE_BYTES]
    if not start.strip():
        raise ValueError(f"{name} is empty; expected products. Export the catalogue again.")
    if start.startswith(_OLD_EXCEL):
        raise ValueError(
            f"{name} is a spreadsheet of the old kind; expected .xlsx. Save it as that."
        )
    if start.startswith(_ZIP):
        return open_workbook(file, name, known)
    if start.startswith(_PARQUET):
        return open_parquet(file, name)
    first = start.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:2].replace(b"\0", b"")[:1]
    if first == b"<":
        return open_feed(file, name)
    if first in (b"{", b"["):
        return open_json(file, name)
    return open_table(file, name, known)
