"""Product feeds in XML (RSS and Atom), item by item, in memory that does not grow with them.

Names are read as they are written, so that feeds count which declare no namespace or another one.
Documents that define entities of their own are refused. The module does not know what a name means.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from xml.parsers import expat

from adgen.catalogues.headers import Columns, Record
from adgen.catalogues.table import Table, with_head

_ITEMS = frozenset(("item", "entry"))
_TEXTS = frozenset(("title", "description", "content", "summary"))
_CHUNK_BYTES = 1 << 16
_SPACE_AND_MARK = b" \t\r\n\xef\xbb\xbf"


def open_feed(file: io.BufferedReader, name: str) -> Table:
    """Opens a feed.

    Args:
        file: The file, at its beginning.
        name: What messages call it.

    Raises:
        ValueError: It is no XML, is cut off, or defines entities; it is a web page.
    """
    items = _items(file, name)
    table = with_head(Table(Columns(()), items, "XML"))
    labels = dict.fromkeys(label for one in table.head for label in one.columns.labels)
    return Table(Columns(labels), table.records, "XML", head=table.head)


def _items(file: io.BufferedReader, name: str) -> Iterator[Record]:
    reader = _Reader(name)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.doctype
    is_first = True
    try:
        while chunk := file.read(_CHUNK_BYTES):
            if is_first and not chunk.startswith((b"\xff\xfe", b"\xfe\xff")):
                chunk = chunk.lstrip(_SPACE_AND_MARK)
            is_first = False
            parser.Parse(chunk, False)
            yield from reader.taken()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ValueError(
            f"{name}: line {error.lineno:,} is no XML ({expat.ErrorString(error.code)}); expected "
            "a whole feed. The file is cut off or damaged: export it again."
        ) from None
    yield from reader.taken()


class _Reader:
    """Gathers the items of a feed while it is parsed."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._found: list[Record] = []
        self._columns: dict[tuple[str, ...], Columns] = {}
        self._path: list[str] = []
        self._text: list[str] = []
        self._cells: list[tuple[str, str]] = []
        self._parts: list[str] = []
        self._depth = 0  # of the item that is open, 0 outside of one
        self._number = 0

    def taken(self) -> list[Record]:
        """Returns the items that were found since it was last asked."""
        found = self._found
        self._found = []
        return found

    def doctype(self, root: str, *_: object) -> None:
        """Refuses what may define entities."""
        if root.casefold() == "html":
            raise ValueError(f"{self._name} is a web page; expected a feed. Save the feed itself.")
        raise ValueError(
            f"{self._name} has a DOCTYPE, which no feed needs; expected RSS or Atom. Leave it out."
        )

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Notes that an element begins."""
        if not self._path and tag.casefold() == "html":
            raise ValueError(f"{self._name} is a web page; expected a feed. Save the feed itself.")
        self._path.append(tag)
        if not self._depth and tag.rpartition(":")[2] in _ITEMS:
            self._depth = len(self._path)
            self._cells = []
        elif self._depth and len(self._path) == self._depth + 1:
            self._parts = []
            if tag == "link" and attributes.get("rel", "alternate") == "alternate":
                self._parts.append(attributes.get("href", ""))
        elif self._depth and (before := "".join(self._text).strip()):
            self._parts.append(before)
        self._text = []

    def text(self, data: str) -> None:
        """Notes text."""
        self._text.append(data)

    def end(self, tag: str) -> None:
        """Notes that an element ends; an item that does is found."""
        depth = len(self._path)
        self._path.pop()
        text = "".join(self._text).strip()
        self._text = []
        if not self._depth or depth < self._depth:
            return
        if depth == self._depth:
            self._finish()
        elif depth == self._depth + 1:
            # What has parts, as a product's detail, is one cell with colons between them; HTML that
            # nobody escaped has parts too.
            between = "\n" if tag.rpartition(":")[2] in _TEXTS else ":"
            self._cells.append((tag, between.join(part for part in (*self._parts, text) if part)))
            self._parts = []
        elif text:
            self._parts.append(text)

    def _finish(self) -> None:
        self._depth = 0
        self._number += 1
        # Google's own names count before RSS's and Atom's, which may say less.
        ordered = sorted(self._cells, key=lambda cell: ":" not in cell[0])
        keys = tuple(tag.rpartition(":")[2] for tag, _ in ordered)
        columns = self._columns.get(keys)
        if columns is None:
            columns = self._columns[keys] = Columns(keys)
        self._found.append(Record(columns, [text for _, text in ordered], self._number))
