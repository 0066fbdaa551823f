r"""Paths of this machine, which say who works on it and how, found in texts and taken out of them.

A path counts from a home, temporary or working folder, a drive, a server or `file:` on; of it the
last part is kept. A bare `/tmp` says nothing of anybody, and does not count.
"""

from __future__ import annotations

import re

_TOPS = (
    r"(?:home|mnt|data|scratch|export)\d*|root|Users|Volumes|tmp|var|private|media|run/media|opt"
    "|srv|usr|work|workspace|content|kaggle|notebooks|teamspace|cygdrive|gpfs|lustre|nfs|dbfs"
    "|[A-Za-z]/Users"
)
# Two backslashes, a server, a folder; in JSON each backslash is two.
_SERVER = r"[A-Za-z0-9][\w.$-]+"
_SHARED = rf"\\\\{_SERVER}\\(?=[\w.$]{{2}})|\\\\\\\\{_SERVER}\\\\(?=[\w.$]{{2}})"
# At the beginning of a word: not within an address, and not within a relative path. In JSON a
# word may stand after a break of line, "\n", which there is a letter.
_START = (
    r"(?:(?<![\w.:/~\\-])|(?<=\\n)|(?<=\\t)|(?<=\w:)(?=/))"
    rf"(?:~/|/(?:{_TOPS})/|[A-Za-z]:(?:\\\\?|/)(?=[\w.])|{_SHARED}|file:/{{1,3}})"
)
# A path goes on to the next space; in quotation marks to the next of them, spaces and all. A
# backslash before a mark is not the path's.
_PATH = re.compile(
    "|".join(rf"(?<={mark}){_START}(?:[^{mark}\\\n]|\\(?!{mark}))+" for mark in ('"', "'", "`"))
    + rf"|{_START}(?:[^\s\"'`,;|<>()\[\]\\]|\\(?![\"'`]))+"
)


def machine_paths(text: str) -> list[str]:
    """Returns the paths of a machine that a text holds.

    Example:
        >>> machine_paths("from /home/ann/ads.csv to runs/small, see https://x.org/home/page")
        ['/home/ann/ads.csv']
    """
    return [match.group() for match in _PATH.finditer(text)]


def without_machine_paths(text: str) -> str:
    """Returns a text with the last part of each path in the path's place.

    Example:
        >>> without_machine_paths('{"base": "/home/ann/my models/gpt"}')
        '{"base": "gpt"}'
    """
    return _PATH.sub(lambda match: re.split(r"[/\\]+", match.group().rstrip("/\\"))[-1], text)
