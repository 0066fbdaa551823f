"""What a cell holds that was no text where it comes from: JSON, a list, a number, yes or no.

One rule for JSON, Parquet, workbooks and text alike, since the same product may stand in each. The
module knows values; it does not know which column they stand in.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, cast

from adgen.catalogues.headers import key_of
from adgen.corpus.structured import text_of
from adgen.support.json_files import number_or_digits

_YES = "Yes"
_KINDS = {list: "a list", tuple: "a list", dict: "an object"}


def cell_of(value: Any) -> str:
    """Returns a value as the text of a cell; lists and objects as JSON.

    Example:
        >>> cell_of(129.0), cell_of(None), cell_of({"value": 3})
        ('129', '', '{"value": 3}')
    """
    if isinstance(value, list) and value and all(isinstance(one, tuple) for one in value):
        value = dict(value)  # a map of Parquet's
    if isinstance(value, (list, tuple, dict)):
        text = json.dumps(value, ensure_ascii=False, default=str) if value else ""
        return text_of(text) or ""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return text_of(_plain(value)) or ""


def said(value: object) -> str:
    """Returns what a value says in words; empty where it says nothing, as a nested object.

    Example:
        >>> said(True), said(2.0), said({"value": 3, "unit": "kg"}), said(["Wool", None, "Silk"])
        ('Yes', '2', '3 kg', 'Wool, Silk')
    """
    if isinstance(value, bool):
        return _YES if value else "No"
    if isinstance(value, (list, tuple)):
        return listed(map(said, value))
    if isinstance(value, Mapping):
        named = {key_of(str(key)): one for key, one in value.items()}
        if "value" in named:
            parts = (named["value"], named.get("unit"))
            return " ".join(filter(None, map(said, parts)))
        return said(named.get("name"))
    return text_of(_plain(value)) or ""


def texts_in(cell: str) -> tuple[list[str], str]:
    """Returns the texts of a cell that should hold one, and what it holds where that is no text.

    Example:
        >>> texts_in("Mug"), texts_in('["Mug"]'), texts_in('{"name": "Mug"}')
        ((['Mug'], ''), (['Mug'], ''), (['Mug'], ''))
        >>> texts_in("TRUE"), texts_in('{"en": "Mug"}')
        (([], "'TRUE'"), ([], 'an object'))
    """
    if cell.casefold() in ("true", "false"):
        return [], repr(cell)
    value = json_in(cell)
    if isinstance(value, Mapping):
        text = said(value)
        return ([text], "") if text else ([], _KINDS[dict])
    if isinstance(value, list):
        is_of_texts = all(isinstance(one, str) for one in value)
        return (value, "") if is_of_texts else ([], _KINDS[list])
    return [cell] if cell else [], ""


def json_in(cell: str) -> object:
    """Returns the list or object of a cell that holds JSON, or a hash of Ruby's; else None."""
    if cell[:1] not in ("[", "{"):
        return None
    for text in (cell, cell.replace("=>", ":")):
        try:
            return cast(object, json.loads(text, parse_int=number_or_digits))
        except (ValueError, RecursionError):
            continue
    return None


def listed(values: Iterable[str]) -> str:
    """Returns values as one: "Wool, Fleece"; each once."""
    return ", ".join(dict.fromkeys(value.strip() for value in values if value.strip()))


def _plain(value: object) -> object:
    """Returns a number as people write it: 129 for 129.0; nothing for what is none."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() else value
    return value
