"""What sellers shorten: "BT" is Bluetooth, "2 pcs incl." has them included."""

from __future__ import annotations

import re
from dataclasses import replace

from adgen.products.product import Fact

_BLUETOOTH = re.compile(r"BT(?: version)?")
_INCLUDED = re.compile(r"\bincl\b\.?(?=\)?$)", re.IGNORECASE)
_MARKED = re.compile(r"^(\d[\d.,]* ?(?:k?g|[mc]?l)) ?[e℮]$", re.IGNORECASE)  # the EU's 200 g e
_PAGES = re.compile(r"(?P<number>\d[\d,]*) ?pp\.?", re.IGNORECASE)
_EXCLUDED = re.compile(r"excl\.?", re.IGNORECASE)


def spelled_out(fact: Fact) -> Fact:
    """Returns a fact with its shorthand in words.

    Example:
        >>> spelled_out(Fact("incl.", "Base")), spelled_out(Fact("v5.1", "BT"))
        (Fact(value='included', key='Base'), Fact(value='v5.1', key='Bluetooth version'))
    """
    if not fact.key:
        return fact
    value = "excluded" if _EXCLUDED.fullmatch(fact.value) else fact.value
    value = _INCLUDED.sub("included", value)
    key = fact.key
    value = _MARKED.sub(r"\1", value)
    pages = _PAGES.fullmatch(value)
    if pages:
        return Fact(pages["number"], "Pages")
    if _BLUETOOTH.fullmatch(key):
        key = "Bluetooth version" if re.search(r"\d", value) else "Bluetooth"
    return replace(fact, key=key, value=value)
