"""What a format has against a written ad."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adgen.formats.format import Format
from adgen.formats.lint import lint
from adgen.writing.ranking import WrittenAd


def findings_of(
    ad: WrittenAd, ad_format: Format | None, *, brand: str
) -> tuple[Mapping[str, Any], ...]:
    """Returns what is wrong with an ad, as JSON objects; nothing without a format.

    Args:
        ad: The ad.
        ad_format: What it is written for.
        brand: The product's, whose spelling and signs pass.
    """
    if ad_format is None:
        return ()
    found = lint(ad.fields or ad.text, ad_format, brand=brand)
    return tuple(finding.as_dict() for finding in found)
