r"""Paths of this machine, which say who works on it and how, found in texts and taken out of them.

A path counts from a home, temporary or working folder on; of it the last part is kept.
"""

from __future__ import annotations

import re

_TOPS = "home|root|Users|tmp|var|private|mnt|media|opt|srv|usr|work|data|scratch|workspace|content"
# At the beginning of a word: not within an address, and not within a relative path.
_PATH = re.compile(
    rf"(?<![\w.:/~\\-])(?:~/|/(?:{_TOPS})/|[A-Za-z]:(?:\\\\?|/)(?=[\w.]))[^\s\"'`,;|<>()\[\]]+"
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
        >>> without_machine_paths('{"base": "/home/ann/models/gpt"}')
        '{"base": "gpt"}'
    """
    return _PATH.sub(lambda match: re.split(r"[/\\]+", match.group().rstrip("/\\"))[-1], text)
