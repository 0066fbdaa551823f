"""Names of repositories on the Hub, told from folders; nothing is looked up."""

from __future__ import annotations

import re
from pathlib import Path

# Owner and name: letters, digits and ._- within, at most 96 characters each.
_PART = r"[A-Za-z0-9](?:[\w.-]{0,94}[A-Za-z0-9])?"
_REPO = re.compile(rf"{_PART}/{_PART}", re.ASCII)


def check_repo(repo: str) -> None:
    """Raises unless a text is the name of a repository.

    Raises:
        ValueError: It is none.

    Example:
        >>> check_repo("just-a-name")
        Traceback (most recent call last):
        ValueError: 'just-a-name' is no repository of the Hub; expected OWNER/NAME ...
    """
    if not is_repo(repo):
        raise ValueError(
            f"{repo!r:.120} is no repository of the Hub; expected OWNER/NAME in letters, digits, "
            "'-', '_' and '.'. Give one such as your-name/ad-writer."
        )


def is_repo(text: str) -> bool:
    """Tells whether a text has the form of a repository's name, OWNER/NAME.

    Example:
        >>> [is_repo(text) for text in ("me/my-model", "model", "a/b/c", "../model", "me/a--b")]
        [True, False, False, False, False]
    """
    return _REPO.fullmatch(text) is not None and "--" not in text and ".." not in text


def means_repo(name: str | Path) -> bool:
    """Tells whether a name stands for a repository, and for nothing that lies here.

    A folder or file of that name comes first, and a folder called OWNER says that a folder in it
    was meant.
    """
    text = str(name)
    return is_repo(text) and not Path(text).exists() and not Path(text).parent.is_dir()
