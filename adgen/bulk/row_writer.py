"""Products in, rows out: writes a block's ads, judges them, and says why a product has none."""

from __future__ import annotations

from collections.abc import Sequence

from adgen.bulk.crew import Numbered
from adgen.bulk.flags import keeping_flags
from adgen.bulk.judging import findings_of
from adgen.bulk.plan import BulkPlan
from adgen.bulk.rows import FAILED, OK, SKIPPED, JudgedAd, Row, errors_among, row_of
from adgen.formats.catalogue import read_format
from adgen.products.product import Product
from adgen.writing.writer import AdWriter, ProductAds

_SCORE_DIGITS = 4


class RowWriter:
    """Writes the rows of products.

    Args:
        writer: What writes their ads.
        plan: How.
    """

    def __init__(self, writer: AdWriter, plan: BulkPlan) -> None:
        self._writer = writer
        self._plan = plan
        name = plan.settings.format
        self._format = None if name is None else read_format(name)

    @classmethod
    def open(cls, plan: BulkPlan, *, num_threads: int | None = None) -> RowWriter:
        """Opens the plan's writer; errors are those of `AdWriter.from_pretrained`."""
        writer = AdWriter.from_pretrained(
            plan.model,
            revision=plan.revision,
            precision=plan.precision,
            num_threads=num_threads,
        )
        return cls(writer, plan)

    def write(self, block: Sequence[Numbered]) -> list[Row]:
        """Returns the row of each product, in order.

        A fault that nobody foresaw fails its own product alone.
        """
        for_ads = [product for _, product in block if not self._plan.skips(product)]
        found = iter(self._ads_of(for_ads))
        return [
            row_of(number, product, SKIPPED, reason="; ".join(keeping_flags(product)))
            if self._plan.skips(product)
            else self._row(number, product, next(found))
            for number, product in block
        ]

    def _ads_of(self, products: Sequence[Product]) -> list[ProductAds]:
        try:
            return self._writer.write(products, self._plan.settings)
        except Exception as error:
            if len(products) == 1:
                reason = f"Writing failed: {type(error).__name__}: {error}"
                return [ProductAds(products[0], error=" ".join(reason.split()))]
            return [found for product in products for found in self._ads_of([product])]

    def _row(self, number: int, product: Product, found: ProductAds) -> Row:
        if found.error is not None:
            return row_of(number, product, FAILED, reason=found.error)
        ads = [
            JudgedAd(
                ad.text,
                round(ad.score, _SCORE_DIGITS),
                ad.fields,
                findings_of(ad, self._format, brand=product.brand),
            )
            for ad in found.ads
        ]
        # Those that may be used first, else as they are ranked.
        best = tuple(sorted(ads, key=lambda ad: not ad.is_allowed))
        reason = _reason(best, self._plan.settings.format)
        status = FAILED if reason else OK
        left_out = (*found.left_out, *found.unfilled)
        return row_of(number, product, status, ads=best, reason=reason, left_out=left_out)


def _reason(ads: Sequence[JudgedAd], ad_format: str | None) -> str:
    """Returns why none of the ads may be used; empty where one may."""
    if not ads:
        return "No ad was written. Give more facts."
    if ads[0].is_allowed:
        return ""
    first = errors_among(ads[0].findings)[0]
    return f"No ad is one that {ad_format} allows: {first['message']}"
