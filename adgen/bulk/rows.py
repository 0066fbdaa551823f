"""What a run says of one product: its ads and what is wrong with them, or why it has none."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adgen.products.product import Product

OK = "ok"
FAILED = "failed"
SKIPPED = "skipped"


@dataclass(frozen=True)
class JudgedAd:
    """Holds an ad and what its format has against it.

    Attributes:
        text: The ad.
        score: As `WrittenAd.score`, to four digits.
        fields: Texts by the format's fields; empty without a format.
        findings: Rule, severity, place and message of each.
    """

    text: str
    score: float
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    findings: tuple[Mapping[str, Any], ...] = ()

    @property
    def is_allowed(self) -> bool:
        """Tells whether no finding forbids the ad."""
        return not errors_among(self.findings)


@dataclass(frozen=True)
class Row:
    """Says what came of one product.

    Attributes:
        number: Its place in the catalogue, from 1.
        id: The seller's key.
        status: `OK`; `FAILED`: it has no ad that may be used; `SKIPPED`: its catalogue flags it.
        ads: The best first, those that the format allows before the others.
        reason: Why it is not `OK`; else empty.
        fingerprint: Of the product, from `fingerprint_of`.
        flags: What its catalogue says against it.
        left_out: Facts that no ad says, and fields with fewer texts than the format takes, with
            reasons.
        product: From `about_product`: what a platform's file needs beside the ads.
    """

    number: int
    id: str
    status: str
    ads: tuple[JudgedAd, ...] = ()
    reason: str = ""
    fingerprint: str = ""
    flags: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    product: Mapping[str, Any] = field(default_factory=dict)

    @property
    def score(self) -> float | None:
        """Returns the best ad's score; None without ads."""
        return self.ads[0].score if self.ads else None

    @property
    def num_ads(self) -> int:
        """Counts the ads."""
        return len(self.ads)

    @property
    def findings(self) -> tuple[Mapping[str, Any], ...]:
        """Returns what is wrong with the best ad."""
        return self.ads[0].findings if self.ads else ()


def errors_among(findings: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Returns the findings, as JSON has them, for which an ad may not be used."""
    return [finding for finding in findings if finding["severity"] == "error"]


def row_of(
    number: int,
    product: Product,
    status: str,
    *,
    ads: tuple[JudgedAd, ...] = (),
    reason: str = "",
    left_out: tuple[str, ...] = (),
) -> Row:
    """Returns the row of a product, what is to be known of the product itself among it."""
    return Row(
        number,
        product.id,
        status,
        ads,
        reason,
        fingerprint_of(product),
        product.flags,
        left_out,
        about_product(product),
    )


def about_product(product: Product) -> dict[str, Any]:
    """Returns what a platform's file needs of a product beside its ads, as JSON has it."""
    return {
        "brand": product.brand,
        "name": product.name,
        "url": product.url,
        "facts": list(map(str, product.facts)),
        "variants": [
            {"id": variant.id, "facts": list(map(str, variant.facts)), "url": variant.url}
            for variant in product.variants
        ],
    }


def fingerprint_of(product: Product) -> str:
    """Returns what changes when a product's facts do: 16 hexadecimal digits.

    Its id and its flags do not count: they say which product it is, and whether it is for sale.

    Example:
        >>> mat = Product(id="1", brand="Acme", name="Mat")
        >>> fingerprint_of(mat) == fingerprint_of(Product(id="2", brand="Acme", name="Mat"))
        True
        >>> fingerprint_of(mat) == fingerprint_of(Product(id="1", brand="Acme", name="Rug"))
        False
    """
    told = [
        product.brand,
        product.name,
        product.category,
        [[fact.key, fact.value] for fact in product.facts],
        product.description,
        product.url,
        [
            [variant.id, [[fact.key, fact.value] for fact in variant.facts], variant.url]
            for variant in product.variants
        ],
    ]
    text = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
