"""Products of large tables, read anew whenever they are gone through, and never held as a whole.

That can be where each row is a product: plain tables without groups. Other files gather products
from rows that may lie anywhere, and are read at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from pathlib import Path

from adgen.catalogues.drafts import products_of
from adgen.catalogues.headers import key_of
from adgen.catalogues.options import Options, check_columns, checked_map
from adgen.catalogues.plain import check_plain, gathers_rows, row_drafts
from adgen.catalogues.reading import Catalogue, opened_table, read_products
from adgen.catalogues.recognise import FORMATS, KNOWN_KEYS, PLAIN, is_of_ads, recognised
from adgen.products.product import Product
from adgen.support.given import a_path


class PlainProducts:
    """The products of a plain table, a row each, in its order; `open_products` gives them.

    Two that share an id are not flagged, since that would need all ids at once.

    Attributes:
        title: What people call the format.
    """

    title = FORMATS[PLAIN].title

    def __init__(self, path: Path, options: Options, known: frozenset[str]) -> None:
        self._path = path
        self._options = options
        self._known = known

    def __iter__(self) -> Iterator[Product]:
        with opened_table(self._path, self._known) as table:
            for draft in row_drafts(table, self._options):
                yield from products_of([draft])


def open_products(
    path: str | PathLike[str], *, map: str | None = None
) -> Catalogue | PlainProducts:
    r"""Opens the products of a seller's file, to be gone through again and again.

    Args:
        path: As for `read_products`.
        map: The same.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: As for `read_products`; of large tables, what is wrong with a row is found when
            it is read.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder) / "mugs.csv"
        ...     _ = path.write_text("id,product\n7,Mug\n8,Cup\n")
        ...     [product.name for product in open_products(path)]
        ['Mug', 'Cup']
    """
    file_path = a_path("path", path)
    options = Options(checked_map(map))
    known = KNOWN_KEYS | {key_of(one) for columns in options.map.values() for one in columns}
    with opened_table(file_path, known) as table:
        check_columns(options.map, table.columns, file_path.name)
        is_plain = bool(options.map) or recognised(table) in (None, PLAIN)
        if not is_plain or is_of_ads(table.columns):
            return read_products(file_path, map=map)
        check_plain(table.columns, options, file_path.name)
        if gathers_rows(table, options):
            return read_products(file_path, map=map)
    return PlainProducts(file_path, options, known)
