"""Looks at what was read: are these texts, or a table, a program's data, a web page?

A file is read as one text a row where nothing says otherwise. This module is the last guard of
that: it knows texts alone, and refuses those of which most are none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

from adgen.corpus.columns import is_text

# So many texts of a file are looked at.
NUM_LOOKED_AT = 500
_NUM_SHOWN = 3
_SHOWN_CHARS = 60
_DATA = re.compile(r'\{.*\},?|\[\s*(?:[\[{"].*)?\],?|"[\w -]+"\s*:\s.*|[\[\]{}]+,?', re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|<!doctype", re.IGNORECASE)
_PAGE = re.compile(r"[\s\ufeff]*<(?:!doctype|html|head|\?xml|rss|feed|svg)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"(\d+)\b")
_ENTITY = re.compile(r"&#?\w+;")
# How a delimiter stands between columns, and not in a sentence, a number or `Mug | Shop`; the share
# of the rows that must have the same number of them; how few rows say nothing.
_DELIMITERS = {
    "\t": (re.compile(r"\S\t(?=\S)"), 0.5, 2),
    ";": (re.compile(r";(?=\S)"), 0.5, 2),
    "|": (re.compile(r"(?<!\s)\|(?=\S)"), 0.5, 2),
    ",": (re.compile(r",(?=\S)(?!\d{3}\b)"), 0.8, 3),
}
_NAMES = {"\t": "<tab>"}


def check_beginning(line: str, file: str) -> None:
    """Refuses a web page or feed by its first line.

    Raises:
        ValueError: It is one.
    """
    if _PAGE.match(line):
        raise ValueError(
            f"{file} is a web page, or XML: it begins with {_shortened(line.strip())!r}. Give a "
            "file of its texts, one a line, or export the products as CSV."
        )


def check_texts(texts: Sequence[str], file: str, *, whole_rows: bool) -> None:
    r"""Refuses texts that are no ads.

    Args:
        texts: As they stand in the file, different ones, in their order.
        file: What messages call the file.
        whole_rows: Whether each is a whole row, which no delimiter has cut.

    Raises:
        ValueError: Most of them hold tags, are data of a program, numbers or addresses, begin with
            their row's number, or hold the same delimiter.

    Example:
        >>> check_texts(["Tin cup", "Mug; blue"], "ads.csv", whole_rows=True)
        >>> check_texts(["Tin cup;3", "Mug;4"], "ads.csv", whole_rows=True)
        Traceback (most recent call last):
        ...
        ValueError: ads.csv: most rows hold the delimiter ';', as in 'Tin cup;3', 'Mug;4'. ...
    """
    if not texts:
        return
    for is_such, what, advice in _FAULTS:
        found = [text for text in texts if is_such(text)]
        if len(found) * 2 > len(texts):
            raise _refusal(file, what, found, advice)
    if _num_counted(texts) * 2 > len(texts):
        raise _refusal(file, "begin with their number", texts, _OTHER_COLUMN)
    if whole_rows:
        _check_delimiters(texts, file)


def _check_delimiters(texts: Sequence[str], file: str) -> None:
    plain = [_ENTITY.sub("", text) for text in texts]
    for delimiter, (pattern, share, smallest) in _DELIMITERS.items():
        counts = Counter(len(pattern.findall(text)) for text in plain)
        del counts[0]
        if len(texts) < smallest or not counts:
            continue
        if counts.most_common(1)[0][1] > share * len(texts):
            found = [text for text in texts if delimiter in text]
            shown = _NAMES.get(delimiter, delimiter)
            raise _refusal(
                file,
                f"hold the delimiter '{shown}'",
                found,
                f"If it divides columns, name each in the first line, as 'ad{shown}price'; if it "
                "does not, put a space after it.",
            )


def _num_counted(texts: Sequence[str]) -> int:
    """Counts texts that begin with a number that is by one larger than that before."""
    numbers = [int(match[1]) if (match := _NUMBERED.match(text)) else None for text in texts]
    return sum(before is not None and number == before + 1 for before, number in pairwise(numbers))


def _is_data(text: str) -> bool:
    return _DATA.fullmatch(text.strip()) is not None


def _has_tag(text: str) -> bool:
    return _TAG.search(text) is not None


def _is_no_text(text: str) -> bool:
    return not is_text(text)


def _is_numbered(text: str) -> bool:
    return re.match(r"\s*\d+[,;\t|](?!\d{3}\b)\S", text) is not None


def _refusal(file: str, what: str, found: Sequence[str], advice: str) -> ValueError:
    shown = ", ".join(repr(_shortened(text)) for text in found[:_NUM_SHOWN])
    return ValueError(f"{file}: most rows {what}, as in {shown}. {advice}")


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 1] + "…"


_OTHER_COLUMN = "Expected texts of ads; name another column with text_column, or mend the file."
_FAULTS: list[tuple[Callable[[str], bool], str, str]] = [
    (
        _is_data,
        "are a program's data",
        "Expected texts of ads; give a JSON file the suffix .json or .jsonl, or name another "
        "column with text_column.",
    ),
    (
        _has_tag,
        "hold tags",
        "Expected texts of ads; take the tags out, or name another column with text_column.",
    ),
    (_is_no_text, "are numbers, addresses or signs", _OTHER_COLUMN),
    (_is_numbered, "begin with a number and a delimiter", _OTHER_COLUMN),
]
