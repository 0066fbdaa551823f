"""HTML to text: paragraphs, list items and table rows become lines, the rest goes.

Descriptions of shops are HTML, text, or both, sometimes escaped twice. The module knows tags; it
does not know what is said.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser

from adgen.corpus import clean_text

_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--")
_ESCAPED_TAG = re.compile(r"&(?:amp;)?lt;/?[A-Za-z](?:(?!&(?:amp;)?[lg]t;)[^<>])*&(?:amp;)?gt;")
_HIDDEN = frozenset(("script", "style", "head", "title", "template", "noscript", "iframe", "svg"))
_BLOCKS_TEXT = """
address article aside blockquote br caption dd div dl dt figcaption figure footer form h1 h2 h3 h4
h5 h6 header hr li main nav ol option p pre section table tbody tfoot thead tr ul
"""
_BLOCKS = frozenset(_BLOCKS_TEXT.split())
_CELLS = frozenset(("td", "th", "img"))
# Line breaks that were escaped once too often.
_WRITTEN_BREAK = re.compile(r"\\r\\n|\\n|\\r|\r\n?")
_BLOCK_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS))})\b", re.IGNORECASE)


def html_text(text: str) -> str:
    r"""Returns the text that HTML shows, its blocks as lines.

    Args:
        text: HTML or plain text.

    Returns:
        Clean lines, none of them empty, with `\n` between them.

    Example:
        >>> html_text("<p>Soft &amp; warm</p><ul><li>Wool<li>5 < 6</ul>")
        'Soft & warm\nWool\n5 < 6'
    """
    text = _WRITTEN_BREAK.sub("\n", text)
    if "&" in text:
        text = _ESCAPED_TAG.sub(_unescaped, text)
    if _TAG.search(text):
        text = _without_tags(text)
    lines = map(clean_text, text.split("\n"))
    return "\n".join(line for line in lines if line)


@lru_cache(maxsize=1 << 14)  # colours and sizes come again and again
def one_line(text: str) -> str:
    """Returns the text that HTML shows in one line.

    Example:
        >>> one_line("<b>Mug</b> &amp;  lid ")
        'Mug & lid'
    """
    return " ".join(html_text(text).split("\n"))


def _unescaped(match: re.Match[str]) -> str:
    text = match.group().replace("&amp;", "&")
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')


def _without_tags(text: str) -> str:
    # Without blocks the lines are the text's own; else a browser shows a line break as a space.
    reader = _Reader()
    reader.feed(text.replace("\n", " ") if _BLOCK_TAG.search(text) else text)
    reader.close()
    return "".join(reader.parts)


class _Reader(HTMLParser):
    """Gathers what is shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden.append(tag)
        self._space(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._space(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
        self._space(tag)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)

    def _space(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in _CELLS:
            self.parts.append(" ")
