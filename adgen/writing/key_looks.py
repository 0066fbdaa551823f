"""How an ad says looks: a pattern, a finish, what something is plated with."""

from __future__ import annotations

import re

from adgen.writing.key_words import is_stuff

_PATTERNED = {"stripe": "striped", "stripes": "striped", "checks": "checked"}


def patterned(value: str) -> list[str]:
    """Returns how a pattern is said: "stripes" as "Striped"."""
    is_said = re.search(r"(?i)(?:pattern|print|printed|striped|plaid|floral)$", value)
    if is_said:
        return [value]
    if value.casefold() in _PATTERNED:
        return [_PATTERNED[value.casefold()]]
    is_alone = value.casefold() != "solid" and not value.endswith("s") and not is_stuff(value)
    return [f"{value} pattern", value] if is_alone else [f"{value} pattern"]


def finished(value: str) -> list[str]:
    """Returns how a finish is said; what it looks like keeps the word: "Marble Finish"."""
    is_plain = value.isalpha() and not value.casefold().endswith(("ed", "finish"))
    if is_stuff(value):
        return [f"{value} finish"]  # a marble finish is no marble
    return [f"{value} finish", value] if is_plain else [value]


def plated(value: str) -> list[str]:
    """Returns how it is said with what something is plated."""
    is_said = re.search(r"plated|vermeil| over ", value.casefold())
    return [value if is_said else f"{value} plated"]
