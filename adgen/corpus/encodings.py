"""Reads the lines of a text file, whatever it is encoded in, one by one.

UTF-8 and marked UTF-16 and UTF-32 are what files of today are in; UTF-16 without a mark is told by
its line ends, and a line that is not UTF-8 is read as Windows-1252. What is no text is refused. The
module knows bytes and lines; it knows no rows.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator

from adgen.corpus.reading_report import CorpusReport

# No row of any file is longer; a file without line ends would else be read into memory whole.
MAX_LINE_CHARS = 1 << 24
# Enough to tell what a file is; the buffer of the file that is given.
SAMPLE_BYTES = 1 << 16
# How the first bytes of archives, images, PDFs and spreadsheets look.
_BINARY_STARTS = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF",
    b"\xd0\xcf\x11",
    b"PAR1",
    b"SQLite format",
)
_CONTROLS = bytes(range(1, 9)) + bytes(range(14, 32))
# UTF-32's little-endian mark begins like that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# How a byte that is not UTF-8 comes out of `surrogateescape`.
_NOT_UTF_8 = re.compile("[\udc80-\udcff]")
_MIN_FOREIGN_LINES = 2
# Shares of bytes: of control characters in a text, and in one that something has damaged; of NULs,
# of which UTF-16 has half in ASCII.
_MOST_CONTROLS, _MOST_CONTROLS_OF_DAMAGED, _MOST_NULS = 1 / 50, 1 / 16, 1 / 4


def open_text(file: io.BufferedReader, name: str) -> io.TextIOWrapper:
    """Opens a text file; line ends come out as LF, bytes that are not UTF-8 as `surrogateescape`.

    Args:
        file: The file, at its beginning, with a buffer of `SAMPLE_BYTES`.
        name: What messages call it.

    Raises:
        ValueError: The file is not text.
    """
    encoding = _encoding_of(file.peek(SAMPLE_BYTES), name)
    errors = "surrogateescape" if encoding == "utf-8-sig" else "replace"
    return io.TextIOWrapper(file, encoding=encoding, errors=errors, newline=None)


def read_lines(file: io.BufferedReader, name: str, report: CorpusReport) -> Iterator[str]:
    """Yields the lines of a text file without their ends, which are LF, CRLF or CR.

    Args:
        file: The file, at its beginning, with a buffer of `SAMPLE_BYTES`.
        name: What messages call it.
        report: Where lines are counted that had to be read as Windows-1252.

    Raises:
        ValueError: The file is not text, is in an encoding that is not read, or has no line ends.
    """
    text = open_text(file, name)
    num_foreign = 0
    while line := text.readline(MAX_LINE_CHARS):
        if len(line) == MAX_LINE_CHARS:
            raise ValueError(
                f"{name} has a line of more than {MAX_LINE_CHARS:,} characters. "
                "Expected one text a line; save the file with line ends."
            )
        line = line.removesuffix("\n")
        if not line.isascii() and _NOT_UTF_8.search(line):
            content = line.encode("utf-8", "surrogateescape")
            num_foreign += _is_foreign(content)
            report.num_cp1252_lines[name] += 1
            line = content.decode("cp1252", errors="replace")
        yield line
    if num_foreign >= _MIN_FOREIGN_LINES and num_foreign * 2 > report.num_cp1252_lines[name]:
        raise ValueError(
            f"{name} is neither UTF-8 nor Windows-1252: {num_foreign:,} lines have hardly a letter "
            "that these know. Save it as UTF-8."
        )


def _encoding_of(sample: bytes, name: str) -> str:
    """Returns what a file is encoded in.

    Args:
        sample: Its first bytes.
        name: What messages call it.

    Raises:
        ValueError: It is not text.
    """
    for mark, encoding in _MARKS.items():
        if sample.startswith(mark):
            return encoding
    for encoding in ("utf-16-le", "utf-16-be"):
        if _is_utf_16(sample, encoding):
            return encoding
    if sample.startswith(_BINARY_STARTS) or _share_of_controls(sample) > _MOST_CONTROLS:
        raise ValueError(
            f"{name} is not text (an archive, image or spreadsheet?). "
            "Unpack it or save it as a CSV file."
        )
    return "utf-8-sig"


def _is_utf_16(sample: bytes, encoding: str) -> bool:
    """Says whether bytes without a mark are UTF-16: their pairs hold line ends and ASCII signs."""
    if b"\0" not in sample or is_utf_8_with_nuls(sample):
        return False
    text = sample.decode(encoding, errors="replace")
    num_ascii = sum(char.isascii() and (char.isprintable() or char in "\t\r\n") for char in text)
    is_text = text.count("\0") * 50 < len(text) and "\ufffd" not in text[:-1]
    return is_text and ("\n" in text or "\r" in text) and num_ascii * 50 >= len(text)


def is_utf_8_with_nuls(sample: bytes) -> bool:
    """Says whether bytes are UTF-8 once the few NULs that a damaged file has are gone.

    In UTF-16 every second byte of ASCII is one, and what is left of other scripts is no UTF-8, or
    full of control characters.
    """
    rest = sample.replace(b"\0", b"")
    has_many = len(sample) - len(rest) > _MOST_NULS * len(sample)
    if has_many or _share_of_controls(rest) > _MOST_CONTROLS_OF_DAMAGED:
        return False
    reader = codecs.getincrementaldecoder("utf-8")()
    try:
        reader.decode(rest)
    except UnicodeDecodeError:
        return False
    return True


def _share_of_controls(sample: bytes) -> float:
    """Returns which share of bytes are control characters, NULs not counted."""
    return (len(sample) - len(sample.translate(None, _CONTROLS))) / max(1, len(sample))


def _is_foreign(line: bytes) -> bool:
    """Says whether most signs of a line are none of ASCII's, as in no language of Windows-1252."""
    signs = line.translate(None, b" \t\r\n,;|\"'.-0123456789")
    return len(signs.translate(None, bytes(range(128)))) * 2 > len(signs)
