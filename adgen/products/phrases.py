"""Phrases of a title: what stands between marks, and before or behind "with", "for", "fits".

Found on the classes of a title's tokens (`title_tokens`). It knows no words.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_SKIPPED = re.compile(r"[,|&qo]*")
_INTRODUCER = re.compile(r"FuW|W?F|P[WF]?|vW|W|B")
_BODY = re.compile(r"[^,|WFPB]*")


class Phrase(NamedTuple):
    """Describes a phrase by indexes of tokens.

    Attributes:
        introducer: The classes of what introduces it: "F" of "for"; empty where nothing does.
        start: Its first token, the introducer's too.
        body: The first token behind the introducer.
        end: The token behind its last one; `body` where there is nothing in it.
    """

    introducer: str
    start: int
    body: int
    end: int


def phrase_at(classes: str, position: int) -> Phrase | None:
    """Returns the first phrase that begins at a token or behind it; None at the title's end."""
    start = _end(_SKIPPED, classes, position)
    if start == len(classes):
        return None
    found = _INTRODUCER.match(classes, start)
    body = found.end() if found else start
    end = _end(_BODY, classes, body)
    if not found and end == start:
        return phrase_at(classes, start + 1)
    return Phrase(found.group() if found else "", start, body, end)


def first_token(classes: str) -> int:
    """Returns the first token that is neither a mark nor a word such as "the"."""
    return _end(_SKIPPED, classes, 0)


def _end(pattern: re.Pattern[str], classes: str, position: int) -> int:
    match = pattern.match(classes, position)
    return match.end() if match else position
